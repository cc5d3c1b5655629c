// By what the operator signs on, and where: what the center says of it, and what can be changed.

import * as passkeys from './passkeys.js';

const PATH = '/v1/console/access';

export const state = {
  /** @type {OwnAccess} */
  own: null,
  /** @type {Seed} */
  seed: null, // of an authenticator app that is being added
  busy: false,
  asked: '', // what is to be removed, or ended, at the next press
  said: '', // a key of access.js's SAID: what came of it
};

/** @param {Ui} ui */
export const load = (ui) => change(ui, () => ui.feed.ask('GET', PATH));

/** Forget what was shown. */
export function clear() {
  Object.assign(state, { own: null, seed: null, asked: '', said: '' });
}

/**
 * Order it; whether it was done. `done`, `faults`: what to say then, the faults by path.
 * @param {Ui} ui @param {() => Promise<Response>} order @param {string} [done]
 * @param {Record<string, string>} [faults]
 */
async function change(ui, order, done = '', faults = {}) {
  if (state.busy) return false;
  Object.assign(state, { busy: true, asked: '', said: '' });
  ui.draw();
  const answer = await order().catch(() => null);
  state.busy = false;
  const said = answer ? await answer.json().catch(() => ({})) : {};
  if (answer?.ok) state.own = said;
  state.said = answer?.ok
    ? done
    : answer?.status === 429
      ? said.code || 'tooOften'
      : (faults[said.path] ?? 'notDone');
  ui.draw();
  return Boolean(answer?.ok);
}

/** @param {Ui} ui @returns {Promise<Beginning>} */
async function begin(ui) {
  const answer = await ui.feed.ask('POST', `${PATH}/challenge`, {}).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

/** @param {Ui} ui @param {string} name */
export async function addPasskey(ui, name) {
  const options = (await begin(ui))?.passkey;
  const passkey = options ? await passkeys.create(options) : null;
  if (!passkey) {
    state.said = 'noPasskey';
    ui.draw();
    return;
  }
  await change(ui, () => ui.feed.ask('POST', `${PATH}/authenticators`, { name, passkey }), 'passkeyAdded');
}

/** @param {Ui} ui */
export async function beginApp(ui) {
  state.seed = (await begin(ui))?.totp ?? null;
  state.said = state.seed ? '' : 'notDone';
  ui.draw();
}

/** @param {Ui} ui @param {string} name @param {string} code */
export async function addApp(ui, name, code) {
  const { challenge } = state.seed;
  const added = await change(
    ui,
    () => ui.feed.ask('POST', `${PATH}/authenticators`, { name, challenge, code }),
    'appAdded',
    { '$.code': 'codeWrong', '$.challenge': 'tooLate' },
  );
  if (added || state.said === 'tooLate') state.seed = null;
  ui.draw();
}

/** @param {Ui} ui @param {string} id @param {string} name */
export const rename = (ui, id, name) =>
  change(ui, () => ui.feed.ask('PUT', `${PATH}/authenticators/${id}`, { name }), 'renamed');

/** At the second press. @param {Ui} ui @param {string} id */
export const remove = (ui, id) => twice(ui, id, `${PATH}/authenticators/${id}`, 'removed');

/** At the second press. @param {Ui} ui @param {string} id */
export const end = (ui, id) => twice(ui, id, `${PATH}/sessions/${id}`, 'ended');

/** @param {Ui} ui @param {string} id @param {string} path @param {string} done */
function twice(ui, id, path, done) {
  if (state.asked === id) return change(ui, () => ui.feed.ask('DELETE', path), done);
  state.asked = id;
  ui.draw();
  return undefined;
}

/** @param {Ui} ui @param {string} password @param {string} old */
export const setPassword = (ui, password, old) =>
  change(
    ui,
    () => ui.feed.ask('PUT', `${PATH}/password`, old ? { password, old } : { password }),
    'passwordSet',
    { '$.password': 'passwordSimple', '$.old': 'passwordWrong' },
  );
