// The enrolment of this phone: it proves its number once; an enrolled phone lists and revokes phones, and
// sets the PINs. enrolment-page.js renders the screen.

import { newPair } from './key.js';
import { keepPhones, keepProof, keepSettings, phones, proof, settings } from './storage.js';

const ANSWER_MS = 8000;
const SYSTEM = /iPhone|iPad|Android|Windows|Mac|Linux/;
const INVITATION = /^#invitation=(swi_[\w-]{1,120})$/;
const PIN = /^[0-9]{4,12}$/;
const digits = (number) => number.replace(/\D/g, '');

/** Return a word for the failure of a request, by the status of its answer; status 0: no answer. */
const why = (status, own = {}) =>
  own[status] ?? { 400: 'phoneWrong', 401: 'keyWrong', 429: 'tooMany' }[status] ?? 'unavailable';

/**
 * Return the invitation in the address, or ''. The invitation is removed from the address at once; the
 * browser never sends it.
 */
export function takeInvitation() {
  const [, found = ''] = INVITATION.exec(location.hash) ?? [];
  if (location.hash.startsWith('#invitation='))
    history.replaceState(null, '', location.pathname + location.search);
  return found;
}

export class Enrolment {
  constructor(api, key, positions, changed) {
    this.api = api;
    this.key = key;
    this.positions = positions;
    this.changed = changed;
    this.busy = false;
    this.faults = {};
    this.message = '';
    this.phones = null; // as listed by the center
    this.ending = ''; // the phone that the next press revokes
  }

  /** Store an opened invitation. It waits for a press: a link alone must not change this phone's key. */
  invited = async (invitation) => {
    await this.key.ready;
    if (this.key.isPossible) await this.key.keep({ asked: { invitation } });
    this.changed();
  };

  /** Drop the invitation, or stop waiting for a code. */
  drop = () =>
    this.#run(async () => {
      await this.key.keep({ asked: null });
      return '';
    });

  /** Return why requests of this phone do not count as its own, or ''. */
  get doubt() {
    const { proved } = this.key;
    const moved = proved?.phone && digits(proved.phone) !== digits(settings().phone);
    return moved ? 'number' : proof().doubt;
  }

  accept = () =>
    this.#run(async () => {
      const { invitation } = this.key.asked;
      const { pair, answer } = await this.#offer({ invitation });
      if (answer.status === 201) {
        const { device, key, phone } = answer.data;
        keepSettings({ ...(key && { key }), ...(phone && { phone }) });
        this.positions.ask(); // now rather than in an emergency
        return this.#enrolled({ pair, device, phone: settings().phone });
      }
      if (answer.status === 410) await this.key.keep({ asked: null });
      return why(answer.status, { 410: 'invitationOver' });
    });

  askCode = () =>
    this.#run(async () => {
      const { phone } = settings();
      const { pair, answer } = await this.#offer({ phone });
      if (answer.status !== 202) return why(answer.status);
      await this.key.keep({ asked: { pair, device: answer.data.device, phone } });
      return 'codeSent';
    });

  confirm = (event) => {
    const { code: typed, phonePin } = formValues(event);
    const code = typed.replace(/\s/g, '');
    this.#run(async () => {
      const { asked } = this.key;
      const { status } = /^[0-9]{6}$/.test(code)
        ? await this.api.confirm(asked.device, code, phonePin, ANSWER_MS)
        : { status: 403 };
      // If the answer to a correct code was lost, the code is used up and the center knows the key.
      const known = status === 410 && (await this.api.devices(ANSWER_MS, asked)).status === 200;
      if (status === 201 || known) return this.#enrolled(asked);
      if (status === 410) await this.key.keep({ asked: null });
      if (status !== 403) return why(status, { 410: 'codeOver' });
      this.faults = { code: 'codeWrong' };
      return '';
    });
  };

  /** Request the state of this phone and the person's other phones. */
  refresh = () =>
    this.#run(async () => {
      await this.key.ready;
      return this.key.proved ? this.#list() : '';
    });

  /** Return phones of the person that this phone has not shown before; see storage.js. */
  get news() {
    const known = phones();
    return known === null
      ? []
      : (this.phones ?? []).filter((one) => !one.this && !known.includes(one.device));
  }

  /** Mark all phones as shown. */
  shown = () => {
    if (this.phones) keepPhones(this.phones.map((one) => one.device));
  };

  /** Revoke another phone with the person's PIN. */
  endAnother = (phone, event) => this.end(phone, formValues(event).endPin);

  /** Revoke a phone at the second press: a slip must not revoke a phone. */
  end = (phone, pin = '') => {
    if (this.ending !== phone.device) {
      this.ending = phone.device;
      this.changed();
      return;
    }
    this.#run(async () => {
      const { status, data } = await this.api.endDevice(phone.device, pin, ANSWER_MS);
      if (status !== 204 && status !== 404)
        return why(status, { 403: data?.code === 'young' ? 'tooYoung' : 'notVerified' });
      if (!phone.this) return this.#list();
      this.phones = null;
      await this.key.keep({ proved: null });
      return 'ended';
    });
  };

  setPins = (event) => {
    const form = event.target;
    const { newPin, duressPin, currentPin } = formValues(event);
    this.#run(async () => {
      this.faults = {
        ...(PIN.test(newPin) ? {} : { newPin: 'pinForm' }),
        ...(duressPin === '' || PIN.test(duressPin) ? {} : { duressPin: 'pinForm' }),
        ...(duressPin !== '' && duressPin === newPin ? { duressPin: 'pinsSame' } : {}),
      };
      if (Object.keys(this.faults).length > 0) return '';
      const body = {
        pin: newPin,
        ...(duressPin && { duress_pin: duressPin }),
        ...(currentPin && { current: currentPin }),
      };
      const { status } = await this.api.setPins(body, ANSWER_MS);
      if (status === 204) form.reset();
      if (status === 400) this.faults = { duressPin: 'pinsSame' };
      return Object.keys(this.faults).length > 0 ? '' : why(status, { 204: 'pinsSaved', 403: 'notVerified' });
    });
  };

  /** Create a key, and offer it to the center. */
  async #offer(by) {
    const { pair, public_key } = await newPair();
    // The person's name stays on this phone, as the settings promise.
    const [name] = SYSTEM.exec(navigator.userAgent) ?? [''];
    return { pair, answer: await this.api.enrol({ ...by, public_key, name }, ANSWER_MS) };
  }

  /** Store the proved key, and request the person's phones. */
  async #enrolled(proved) {
    await this.key.keep({ proved, asked: null });
    keepProof({ doubt: '' });
    // A browser short of storage may delete data that it was not asked to keep.
    navigator.storage?.persist?.().catch(() => {});
    return (await this.#list()) || 'nowVerified';
  }

  /** Request the person's phones; return a word for a failure. */
  async #list() {
    const { status, data } = await this.api.devices(ANSWER_MS);
    if (status === 200) {
      this.phones = data.devices;
      if (phones() === null) this.shown();
      // This request does not show which number an alert contains.
      keepProof({ provedMs: Date.now(), doubt: proof().doubt === 'number' ? 'number' : '' });
      return '';
    }
    this.phones = null;
    if (status !== 403) return why(status);
    keepProof({ doubt: data?.code || 'unsigned' });
    return '';
  }

  /** Run one task at a time, and show its message. */
  async #run(work) {
    if (this.busy) return;
    this.busy = true;
    this.faults = {};
    this.message = '';
    this.changed();
    try {
      this.message = await work();
    } catch {
      this.message = 'notKept';
    }
    this.busy = false;
    this.ending = '';
    this.changed();
    /** @type {HTMLElement?} */ (document.querySelector('[aria-invalid]'))?.focus();
  }
}

/** Return the values of a submitted form, in place of the browser's own submission. */
function formValues(event) {
  event.preventDefault();
  return Object.fromEntries(
    [...new FormData(event.target)].map(([name, value]) => [name, String(value).trim()]),
  );
}
