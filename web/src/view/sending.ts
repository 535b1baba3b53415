/** A chosen file on its way: hashed here, sent in parts. */

import { sha256 } from "@noble/hashes/sha2.js";
import { sendFile, type Sent } from "../core/rescue.ts";

export const MOST_BYTES = 64 * 1024 * 1024;

/** Hashed here: on a plain address of a local network the browser gives no hash of its own. */
export async function sendChosen(file: File, told: (share: number) => void): Promise<Sent> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const digest = Array.from(sha256(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  await sendFile((url, init) => fetch(url, init), bytes, digest, told);
  return { sha256: digest, name: file.name };
}
