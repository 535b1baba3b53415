/** A picture drawn anew from its pixels: place, day and device stay on this device. */

const LONGEST_PX = 1_280;
const QUALITY = 0.75;

/** The picture as JPEG in Base64. Rejects what the browser cannot draw. */
export async function bareBase64(file: Blob): Promise<string> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("canvas");
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.toDataURL("image/jpeg", QUALITY).split(",")[1] ?? "";
}
