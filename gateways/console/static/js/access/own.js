// The state of the operator's own sign-on as the center reports it, and the requests that change it.

import * as passkeys from './passkeys.js';

const PATH = '/v1/console/access';

export const state = {
  /** @type {OwnAccess} */
  own: null,
  /** @type {Seed} */
  seed: null, // the seed of an authenticator app that is being added
  busy: false,
  toConfirm: '', // the item that the next press removes or ends
  result: '', // the result of the last request: a key of access.js's RESULTS
};

/** Request the operator's sign-on data. @param {Ui} ui */
export const load = (ui) => change(ui, () => ui.feed.request('GET', PATH));

/** Clear the state. */
export function clear() {
  Object.assign(state, { own: null, seed: null, toConfirm: '', result: '' });
}

/**
 * Send a change, and return true on success. `done`: the result on success; `faults`: results of failures, by
 * path.
 * @param {Ui} ui @param {() => Promise<Response>} order @param {string} [done]
 * @param {Record<string, string>} [faults]
 */
async function change(ui, order, done = '', faults = {}) {
  if (state.busy) return false;
  Object.assign(state, { busy: true, toConfirm: '', result: '' });
  ui.draw();
  const answer = await order().catch(() => null);
  state.busy = false;
  const answered = answer ? await answer.json().catch(() => ({})) : {};
  if (answer?.ok) state.own = answered;
  state.result = answer?.ok
    ? done
    : answer?.status === 429
      ? answered.code || 'tooOften'
      : (faults[answered.path] ?? 'notDone');
  ui.draw();
  return Boolean(answer?.ok);
}

/**
 * Request the challenge for a new passkey or app; return null on failure.
 * @param {Ui} ui @returns {Promise<Beginning>}
 */
async function requestChallenge(ui) {
  const answer = await ui.feed.request('POST', `${PATH}/challenge`, {}).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

/** Create a passkey in the browser, and add it. @param {Ui} ui @param {string} name */
export async function addPasskey(ui, name) {
  const options = (await requestChallenge(ui))?.passkey;
  const passkey = options ? await passkeys.create(options) : null;
  if (!passkey) {
    state.result = 'noPasskey';
    ui.draw();
    return;
  }
  await change(
    ui,
    () => ui.feed.request('POST', `${PATH}/authenticators`, { name, passkey }),
    'passkeyAdded',
  );
}

/** Request the seed for a new authenticator app. @param {Ui} ui */
export async function beginApp(ui) {
  state.seed = (await requestChallenge(ui))?.totp ?? null;
  state.result = state.seed ? '' : 'notDone';
  ui.draw();
}

/** Add the authenticator app by its first code. @param {Ui} ui @param {string} name @param {string} code */
export async function addApp(ui, name, code) {
  const { challenge } = state.seed;
  const added = await change(
    ui,
    () => ui.feed.request('POST', `${PATH}/authenticators`, { name, challenge, code }),
    'appAdded',
    { '$.code': 'codeWrong', '$.challenge': 'tooLate' },
  );
  if (added || state.result === 'tooLate') state.seed = null;
  ui.draw();
}

/** Rename a passkey or app. @param {Ui} ui @param {string} id @param {string} name */
export const rename = (ui, id, name) =>
  change(ui, () => ui.feed.request('PUT', `${PATH}/authenticators/${id}`, { name }), 'renamed');

/** Remove a passkey or app at the second press. @param {Ui} ui @param {string} id */
export const remove = (ui, id) => deleteAtSecondPress(ui, id, `${PATH}/authenticators/${id}`, 'removed');

/** End a session at the second press. @param {Ui} ui @param {string} id */
export const end = (ui, id) => deleteAtSecondPress(ui, id, `${PATH}/sessions/${id}`, 'ended');

/**
 * Send a deletion at the second press for the same item.
 * @param {Ui} ui @param {string} id @param {string} path @param {string} done
 */
function deleteAtSecondPress(ui, id, path, done) {
  if (state.toConfirm === id) return change(ui, () => ui.feed.request('DELETE', path), done);
  state.toConfirm = id;
  ui.draw();
  return undefined;
}

/** Change the password. @param {Ui} ui @param {string} password @param {string} old */
export const setPassword = (ui, password, old) =>
  change(
    ui,
    () => ui.feed.request('PUT', `${PATH}/password`, old ? { password, old } : { password }),
    'passwordSet',
    { '$.password': 'passwordSimple', '$.old': 'passwordWrong' },
  );
