/** Byte strings: put together, told apart, hashed. */

import { sha256 } from "@noble/hashes/sha2.js";

const encoder = new TextEncoder();

/** The UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** One byte string after the other. */
export function joined(...all: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(all.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const each of all) {
    out.set(each, at);
    at += each.length;
  }
  return out;
}

/** Hexadecimal digits: a byte string as a key of a map. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Base64 with padding, as checkpoints write a root. */
export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** SHA-256. Not by WebCrypto, which a page without https lacks. */
export function hash(bytes: Uint8Array): Uint8Array {
  return sha256(bytes);
}
