// Saves an answer of the center as a file.

const KEPT_MS = 1000; // until the browser has taken it over

/**
 * Whether it came. @param {Ui} ui @param {string} path @param {string} name
 */
export async function save(ui, path, name) {
  const answer = await ui.feed.read(path).catch(() => null);
  const made = answer?.ok ? await answer.blob().catch(() => null) : null;
  if (made) hand(made, name);
  return Boolean(made);
}

/** Have the browser keep it. @param {Blob} made @param {string} name */
export function hand(made, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(made);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
