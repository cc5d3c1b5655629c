// Passkeys in the browser. The browser is called only at the press of a key or button.

/** Return true if this browser supports passkeys. */
export const isSupported = () => Boolean(window.PublicKeyCredential?.parseCreationOptionsFromJSON);

/**
 * Create a passkey in the form that the center reads. Return null if the user cancels or the passkey exists
 * already.
 * @param {CreationOptions} options
 */
export const create = (options) =>
  credentialJson(() =>
    navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(/** @type {any} */ (options)),
    }),
  );

/** Sign a challenge with an existing passkey; return null if the user cancels. @param {object} options */
export const sign = (options) =>
  credentialJson(() =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(/** @type {any} */ (options)),
    }),
  );

/** Return the credential as JSON, or null. @param {() => Promise<Credential>} ask */
async function credentialJson(ask) {
  try {
    const credential = /** @type {PublicKeyCredential} */ (await ask());
    return credential.toJSON();
  } catch {
    return null;
  }
}
