// Saving an answer of the center as a file.

const LINK_MS = 1000; // until the browser has copied the data

/**
 * Request a path and save the answer as a file. Return true on success.
 * @param {Ui} ui @param {string} path @param {string} name
 */
export async function save(ui, path, name) {
  const answer = await ui.feed.read(path).catch(() => null);
  const made = answer?.ok ? await answer.blob().catch(() => null) : null;
  if (made) saveBlob(made, name);
  return Boolean(made);
}

/** Save data as a file in the browser. @param {Blob} made @param {string} name */
export function saveBlob(made, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(made);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), LINK_MS);
}
