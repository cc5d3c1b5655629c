// What the browser does with passkeys. It is asked for one at a press of a key or button alone.

/** Whether this browser has passkeys at all. */
export const known = () => Boolean(window.PublicKeyCredential?.parseCreationOptionsFromJSON);

/**
 * A new one, as the center reads it; null where the person thinks better of it, or it is there already.
 * @param {CreationOptions} options
 */
export const create = (options) =>
  made(() =>
    navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(/** @type {any} */ (options)),
    }),
  );

/** One that is there signs. @param {object} options */
export const sign = (options) =>
  made(() =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(/** @type {any} */ (options)),
    }),
  );

/** @param {() => Promise<Credential>} ask */
async function made(ask) {
  try {
    const credential = /** @type {PublicKeyCredential} */ (await ask());
    return credential.toJSON();
  } catch {
    return null;
  }
}
