// The person's own record while it is open: requested, changed, and dropped when it is closed. Nothing is
// stored on the phone: a finder of the phone finds nothing.

const ANSWER_MS = 8000;
const PICTURE_MS = 30_000;
const SIDE = 1024; // pixels
const QUALITY = 0.8;

/** The reasons of a failure by the status of an answer; status 0: no answer. */
const WHY = {
  400: 'fault',
  403: 'notVerified',
  404: 'notKept',
  412: 'changed',
  413: 'picture',
  429: 'tooMany',
};

export class OwnRecord {
  constructor(api, changed) {
    this.api = api;
    this.changed = changed;
    this.close();
  }

  /** Drop the record: its screen is closed or covered. */
  close() {
    this.pin = null;
    this.asksPin = false;
    this.version = 0;
    this.record = null; // as stored by the center
    this.sealed = false; // the center shows the record to no phone: sent fields are added
    this.message = '';
    this.busy = false;
  }

  open = () => {
    this.close();
    this.#run(this.#read);
  };

  /** Open the record with the submitted PIN. @param {SubmitEvent} event */
  givePin = (event) => {
    event.preventDefault();
    this.pin = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('pin')).trim();
    this.#run(this.#read);
  };

  /** Request the record again, in place of the typed text. */
  reread = () => this.#run(this.#read);

  /** Save the whole record. @param {object} record */
  keep = (record) =>
    this.#run(async () => {
      const { status, data } = await this.api.keepRecord(record, this.version, this.pin, ANSWER_MS);
      if (status !== 200) return WHY[status] ?? 'unavailable';
      this.version = data.version;
      this.record = data.record;
      return this.sealed ? 'keptSealed' : 'kept';
    });

  /** Send a picture as soon as it is chosen; the record that names the picture is saved later. */
  choose = (file, name) =>
    this.#run(async () => {
      const picture = await reduced(file);
      if (picture === null) return 'picture';
      const { status, data } = await this.api.sendPicture(picture, PICTURE_MS);
      if (status !== 201) return status === 400 ? 'picture' : (WHY[status] ?? 'unavailable');
      name(data.picture);
      return 'pictureSent';
    });

  #read = async () => {
    const { status, data } = await this.api.record(this.pin, ANSWER_MS);
    this.asksPin = status === 403 && data?.code === 'pin_needed';
    if (this.asksPin) return '';
    if (status !== 200) return WHY[status] ?? 'unavailable';
    this.version = data.version;
    this.record = data.record;
    this.sealed = data.sealed;
    return '';
  };

  /** Run one task at a time, and show its message. */
  async #run(work) {
    if (this.busy) return;
    this.busy = true;
    this.message = '';
    this.changed();
    const message = await work().catch(() => 'unavailable');
    this.busy = false;
    this.message = message;
    this.changed();
  }
}

/**
 * Return a picture of limited size, drawn again: the camera's data, such as the place, is removed.
 * @param {Blob} file @returns {Promise<Blob | null>} a JPEG; null for what is no picture
 */
async function reduced(file) {
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
