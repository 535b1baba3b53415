/**
 * Ed25519 (RFC 8032): by the browser's own WebCrypto where that has it, else in JavaScript.
 *
 * Both check as OpenSSL and BoringSSL do, without the cofactor and by comparing the bytes of R, so
 * that no signature is good on one machine and bad on another.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { compare } from "./cbor.ts";
import { joined } from "./bytes.ts";

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

export type Check = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => Promise<boolean>;

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;

/** Whether the signature of a message is that of the key, in JavaScript. False for anything malformed. */
export async function checkByScript(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  try {
    const r = signature.subarray(0, 32);
    const s = whole(signature.subarray(32));
    if (s >= ORDER) return false;
    const key = Point.fromBytes(publicKey, true);
    const challenge = whole(sha512(joined(r, publicKey, message))) % ORDER;
    const expected = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(challenge));
    return compare(expected.toBytes(), r) === 0;
  } catch {
    return false;
  }
}

/** The same by WebCrypto. */
export async function checkByBrowser(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  try {
    const key = await crypto.subtle.importKey("raw", own(publicKey), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, own(signature), own(message));
  } catch {
    return false;
  }
}

let chosen: Promise<Check> | null = null;

/** Whether the signature of a message is that of the key, by whatever works here. */
export async function isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  chosen ??= chooseCheck();
  return (await chosen)(publicKey, message, signature);
}

/** Fixes how signatures are checked from now on, instead of by whatever works. */
export function checkBy(check: Check): void {
  chosen = Promise.resolve(check);
}

/** The browser's check where it takes a good signature and refuses a bad one (RFC 8032, 7.1, test 1). */
export async function chooseCheck(): Promise<Check> {
  const key = bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const good = bytes(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  );
  const bad = Uint8Array.from(good, (byte, at) => (at === 5 ? byte ^ 1 : byte));
  const message = new Uint8Array(0);
  const works = (await checkByBrowser(key, message, good)) && !(await checkByBrowser(key, message, bad));
  return works ? checkByBrowser : checkByScript;
}

function whole(littleEndian: Uint8Array): bigint {
  return littleEndian.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function bytes(digits: string): Uint8Array {
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

/** A copy in memory of its own, as WebCrypto's types ask for. */
function own(view: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(view);
}
