// A picture as small as it has to be, drawn anew: what the camera wrote into it, and where that was, is gone.

const SIDE = 1024; // pixels
const QUALITY = 0.8;

/** @param {Blob} file @returns {Promise<Blob | null>} a JPEG; null for what is no picture */
export async function shrunk(file) {
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
