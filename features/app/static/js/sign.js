// Signatures of this phone's requests, over method, path and body (RFC 9421, RFC 9530), as described in
// docs/api.md.

const COVERED = '("@method" "@path" "content-digest")';

const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const bytes = (text) => (typeof text === 'string' ? new TextEncoder().encode(text) : text);

/** Return the text to sign; it contains the body's digest only. */
export const signatureBase = (method, path, digest, parameters) =>
  [
    `"@method": ${method}`,
    `"@path": ${path}`,
    `"content-digest": ${digest}`,
    `"@signature-params": ${parameters}`,
  ].join('\n');

/**
 * Return the headers that sign a request with `key`, which the center stores as `device`. `createdMs`: the
 * present time by the center's clock.
 * @param {CryptoKey} key @param {string} device @param {string} method @param {string} path without a query
 * @param {string | ArrayBuffer} body empty where there is none @param {number} createdMs
 */
export async function signatureHeaders(key, device, method, path, body, createdMs) {
  const digest = `sha-256=:${base64(await crypto.subtle.digest('SHA-256', bytes(body)))}:`;
  const nonce = base64(crypto.getRandomValues(new Uint8Array(15)).buffer);
  const created = Math.floor(createdMs / 1000);
  const parameters = `${COVERED};created=${created};nonce="${nonce}";keyid="${device}";tag="securwoman"`;
  const over = bytes(signatureBase(method, path, digest, parameters));
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, over);
  return {
    'content-digest': digest,
    'signature-input': `sw=${parameters}`,
    signature: `sw=:${base64(signature)}:`,
  };
}
