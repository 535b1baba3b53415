/** Photographs, drawn anew from their pixels: place, day and device stay on this device. */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { drawnAnew } from "../view/canvas.ts";

const LONGEST_PX = 1_600;
const QUALITY = 0.75;

export interface Photo {
  readonly blob: Blob;
  readonly hash: string;
}

/** A photograph without anything but its pixels. Rejects what the browser cannot draw. */
export async function bare(file: Blob): Promise<Photo> {
  const canvas = await drawnAnew(file, LONGEST_PX);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob) throw new Error("canvas");
  // Not crypto.subtle: it is missing where the office's line has no certificate.
  return { blob, hash: bytesToHex(sha256(new Uint8Array(await blob.arrayBuffer()))) };
}
