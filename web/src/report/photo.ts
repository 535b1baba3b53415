/** Photographs, drawn anew from their pixels: place, day and device stay on this device. */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

const LONGEST_PX = 1_600;
const QUALITY = 0.75;

export interface Photo {
  readonly blob: Blob;
  readonly hash: string;
}

/** A photograph without anything but its pixels. Rejects what the browser cannot draw. */
export async function bare(file: Blob): Promise<Photo> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("canvas");
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob) throw new Error("canvas");
  // Not crypto.subtle: it is missing where the office's line has no certificate.
  return { blob, hash: bytesToHex(sha256(new Uint8Array(await blob.arrayBuffer()))) };
}
