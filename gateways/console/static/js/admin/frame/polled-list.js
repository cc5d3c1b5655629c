// A list of the center: requested when its place is opened and every few seconds after, drawn again when it
// has changed.

/** @template T */
export class PolledList {
  /** @type {T} */
  data = null;
  fault = ''; // `notYours`, `noConnection`
  #tag = '';
  #requests = 0;
  /** @type {Promise<boolean>} */
  #latest = null;

  /** @param {string} path */
  constructor(path) {
    this.path = path;
  }

  clear() {
    Object.assign(this, { data: null, fault: '' });
    this.#tag = '';
    this.#requests += 1;
    this.#latest = null;
  }

  /**
   * Request the list, and return true if it has changed. An overtaken request ends with the later request.
   * @param {Ui} ui
   */
  load(ui) {
    this.#latest = this.#load(ui);
    return this.#latest;
  }

  /** Request the list; see `load`. @param {Ui} ui @returns {Promise<boolean>} */
  async #load(ui) {
    const request = (this.#requests += 1);
    const answer = await ui.feed
      .read(this.path, this.#tag ? { 'if-none-match': this.#tag } : {})
      .catch(() => null);
    const answered = answer?.ok ? await answer.json().catch(() => null) : null;
    if (request !== this.#requests) {
      await this.#latest;
      return false;
    }
    const fault =
      answered || answer?.status === 304 ? '' : answer?.status === 403 ? 'notYours' : 'noConnection';
    const news = Boolean(answered) || fault !== this.fault;
    this.fault = fault;
    if (answered) {
      this.data = answered;
      this.#tag = answer.headers.get('etag') ?? '';
    }
    if (news) ui.draw();
    return Boolean(answered);
  }
}
