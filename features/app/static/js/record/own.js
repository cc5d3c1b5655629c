// The person's own record, while it is open: read, changed, and forgotten by this phone once it is left.
// Nothing of it is kept here: whoever finds the phone finds nothing.

const ANSWER_MS = 8000;
const PICTURE_MS = 30_000;
const SIDE = 1024; // pixels
const QUALITY = 0.8;

/** Why it was not done, by the status of an answer; 0 is no answer at all. */
const WHY = { 400: 'fault', 403: 'notVerified', 412: 'changed', 413: 'picture', 429: 'tooMany' };

export class Own {
  constructor(api, changed) {
    this.api = api;
    this.changed = changed;
    this.close();
  }

  /** Left, or covered: nothing is known of it any more. */
  close() {
    this.pin = null;
    this.asksPin = false;
    this.version = 0;
    this.record = null; // as the center has it
    this.sealed = false; // shown to no phone: what is written fills it
    this.said = '';
    this.busy = false;
  }

  open = () => {
    this.close();
    this.#run(this.#read);
  };

  /** @param {SubmitEvent} event */
  givePin = (event) => {
    event.preventDefault();
    this.pin = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('pin')).trim();
    this.#run(this.#read);
  };

  /** Read again, in place of what was typed. */
  reread = () => this.#run(this.#read);

  /** @param {object} record whole */
  keep = (record) =>
    this.#run(async () => {
      const { status, said } = await this.api.keepRecord(record, this.version, this.pin, ANSWER_MS);
      if (status !== 200) return WHY[status] ?? 'unavailable';
      this.version = said.version;
      this.record = said.record;
      return this.sealed ? 'keptSealed' : 'kept';
    });

  /** A picture is sent as soon as it is chosen; the record that names it is kept with the rest. */
  choose = (file, name) =>
    this.#run(async () => {
      const picture = await shrunk(file);
      if (picture === null) return 'picture';
      const { status, said } = await this.api.sendPicture(picture, PICTURE_MS);
      if (status !== 201) return status === 400 ? 'picture' : (WHY[status] ?? 'unavailable');
      name(said.picture);
      return 'pictureSent';
    });

  #read = async () => {
    const { status, said } = await this.api.record(this.pin, ANSWER_MS);
    this.asksPin = status === 403 && said?.code === 'pin_needed';
    if (this.asksPin) return '';
    if (status !== 200) return WHY[status] ?? 'unavailable';
    this.version = said.version;
    this.record = said.record;
    this.sealed = said.sealed;
    return '';
  };

  async #run(work) {
    if (this.busy) return;
    this.busy = true;
    this.said = '';
    this.changed();
    const said = await work().catch(() => 'unavailable');
    this.busy = false;
    this.said = said;
    this.changed();
  }
}

/**
 * A picture as small as it has to be, drawn anew: what the camera wrote into it, and where that was, is gone.
 * @param {Blob} file @returns {Promise<Blob | null>} a JPEG; null for what is no picture
 */
async function shrunk(file) {
  const image = await createImageBitmap(file).catch(() => null);
  if (image === null) return null;
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/jpeg', QUALITY);
  });
}
