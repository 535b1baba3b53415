/** A picture drawn anew from its pixels: place, day and device stay on this device. */

import { drawnAnew } from "./canvas.ts";

const LONGEST_PX = 1_280;
const QUALITY = 0.75;

/** The picture as JPEG in Base64. Rejects what the browser cannot draw. */
export async function bareBase64(file: Blob): Promise<string> {
  const canvas = await drawnAnew(file, LONGEST_PX);
  return canvas.toDataURL("image/jpeg", QUALITY).split(",")[1] ?? "";
}
