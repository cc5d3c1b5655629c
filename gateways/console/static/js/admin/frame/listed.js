// A list of the center: requested when its place is opened and every few seconds after, drawn again when it
// has changed.

/** @template T */
export class Listed {
  /** @type {T} */
  said = null;
  fault = ''; // `notYours`, `noConnection`
  #tag = '';
  #asked = 0;
  /** @type {Promise<boolean>} */
  #latest = null;

  /** @param {string} path */
  constructor(path) {
    this.path = path;
  }

  clear() {
    Object.assign(this, { said: null, fault: '' });
    this.#tag = '';
    this.#asked += 1;
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
    const asked = (this.#asked += 1);
    const answer = await ui.feed
      .read(this.path, this.#tag ? { 'if-none-match': this.#tag } : {})
      .catch(() => null);
    const said = answer?.ok ? await answer.json().catch(() => null) : null;
    if (asked !== this.#asked) {
      await this.#latest;
      return false;
    }
    const fault = said || answer?.status === 304 ? '' : answer?.status === 403 ? 'notYours' : 'noConnection';
    const news = Boolean(said) || fault !== this.fault;
    this.fault = fault;
    if (said) {
      this.said = said;
      this.#tag = answer.headers.get('etag') ?? '';
    }
    if (news) ui.draw();
    return Boolean(said);
  }
}
