/** One signature over one payload, as COSE_Sign1 (RFC 9052); there is one spelling of each. */

import { hash, joined, utf8 } from "./bytes.ts";
import { compare } from "./cbor.ts";
import { isSigned } from "./ed25519.ts";
import { Malformed, Row } from "./row.ts";

export const KEY_ID_BYTES = 8;

/** How something is signed. This page checks Ed25519; ML-DSA-44 does not stand on paper. */
export type Algorithm = "ed25519" | "ml-dsa-44";

export const SIZES: Readonly<Record<Algorithm, { readonly publicKey: number; readonly signature: number }>> = {
  ed25519: { publicKey: 32, signature: 64 },
  "ml-dsa-44": { publicKey: 1312, signature: 2420 },
};

const TAG = 0xd2;
// A map of two: 1 (the algorithm) and 4 (the key's id, 8 bytes).
const HEADERS: readonly (readonly [Algorithm, Uint8Array])[] = [
  ["ed25519", Uint8Array.of(0xa2, 0x01, 0x27, 0x04, 0x48)],
  ["ml-dsa-44", Uint8Array.of(0xa2, 0x01, 0x38, 0x2f, 0x04, 0x48)],
];

/** A payload with one signature, not yet believed. */
export interface Signed {
  readonly algorithm: Algorithm;
  readonly keyId: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** The first 8 bytes of the SHA-256 of a public key: enough to find it, not to trust it. */
export function keyIdOf(publicKey: Uint8Array): Uint8Array {
  return hash(publicKey).slice(0, KEY_ID_BYTES);
}

/** What bytes say they are; nothing is checked but their form. Throws Malformed. */
export function opened(data: Uint8Array, limitBytes: number): Signed {
  if (data[0] !== TAG) throw new Malformed("no COSE_Sign1");
  const row = Row.of(data.subarray(1), 4, limitBytes);
  const header = row.raw();
  const headers = row.value();
  const payload = row.raw();
  const signature = row.raw();
  if (!(headers instanceof Map) || headers.size > 0) throw new Malformed("headers that nobody signed");
  for (const [algorithm, start] of HEADERS) {
    const keyId = header.subarray(start.length);
    if (keyId.length !== KEY_ID_BYTES || compare(header.subarray(0, start.length), start) !== 0) continue;
    if (signature.length !== SIZES[algorithm].signature) break;
    return { algorithm, keyId, payload, signature };
  }
  throw new Malformed("signed in no way we know");
}

/** Whether that key signed it, by the algorithm it names; never where that is not Ed25519. */
export async function isBy(signed: Signed, publicKey: Uint8Array): Promise<boolean> {
  if (signed.algorithm !== "ed25519" || compare(signed.keyId, keyIdOf(publicKey)) !== 0) return false;
  return isSigned(publicKey, messageOf(signed), signed.signature);
}

/** What is signed (RFC 9052, 4.4). */
function messageOf(signed: Signed): Uint8Array {
  const start = HEADERS.find(([algorithm]) => algorithm === signed.algorithm)?.[1] ?? new Uint8Array(0);
  const header = joined(start, signed.keyId);
  const context = utf8("Signature1");
  return joined(
    Uint8Array.of(0x84),
    head(0x60, context.length),
    context,
    head(0x40, header.length),
    header,
    head(0x40, 0),
    head(0x40, signed.payload.length),
    signed.payload,
  );
}

function head(major: number, length: number): Uint8Array {
  if (length < 24) return Uint8Array.of(major | length);
  if (length < 0x100) return Uint8Array.of(major | 24, length);
  if (length < 0x10000) return Uint8Array.of(major | 25, length >> 8, length & 0xff);
  return Uint8Array.of(major | 26, (length >>> 24) & 0xff, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}
