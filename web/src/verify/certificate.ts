/** Certificates and the proofs that a log holds them, as they are read. */

import { hash, hex, utf8 } from "./bytes.ts";
import { type Claims, claimsOf, LIMIT_BYTES } from "./claims.ts";
import { KEY_ID_BYTES, opened, type Signed } from "./cose.ts";
import { HASH_BYTES, PATH_LIMIT } from "./merkle.ts";
import { Malformed, Row } from "./row.ts";

export const ID_BYTES = 8;
const PROOF_TAG = "rafiqa/log-proof/1";
const COSIGNATURES_LIMIT = 16;
const SIGNATURE_BYTES = 64;

/** A certificate: what it says, and its signature, not yet believed. */
export interface Certificate {
  readonly claims: Claims;
  readonly signed: Signed;
  readonly data: Uint8Array;
}

/** A witness's signature on a checkpoint (C2SP tlog-cosignature). */
export interface Cosignature {
  readonly keyId: Uint8Array;
  readonly timeS: number;
  readonly signature: Uint8Array;
}

/** That a certificate is in the log: place, path to a root, and who signed that root. */
export interface LogProof {
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
  readonly logSignature: Uint8Array;
  readonly cosignatures: readonly Cosignature[];
}

/** The certificate that bytes are; whose it is has not been asked. Throws Malformed. */
export function certificateOf(data: Uint8Array): Certificate {
  const signed = opened(data, LIMIT_BYTES);
  return { claims: claimsOf(signed.payload), signed, data };
}

/** Under which status lists name a certificate, in hexadecimal. */
export function certificateId(number: string): string {
  return hex(hash(utf8(number)).subarray(0, ID_BYTES));
}

/** The proof that bytes are; whether it holds has not been asked. Throws Malformed. */
export function proofOf(data: Uint8Array): LogProof {
  const row = Row.of(data, 6, LIMIT_BYTES);
  row.tag(PROOF_TAG);
  const index = row.whole();
  const size = row.whole();
  const joinedPath = row.raw();
  if (joinedPath.length % HASH_BYTES || joinedPath.length > PATH_LIMIT * HASH_BYTES || index >= size) {
    throw new Malformed("no such path");
  }
  const path = Array.from({ length: joinedPath.length / HASH_BYTES }, (_, at) =>
    joinedPath.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
  const logSignature = row.raw(SIGNATURE_BYTES);
  const cosignatures = row.many(cosignatureOf);
  if (cosignatures.length > COSIGNATURES_LIMIT) throw new Malformed("too many witnesses");
  return { index, size, path, logSignature, cosignatures };
}

function cosignatureOf(outer: Row): Cosignature {
  const row = outer.row(3);
  return { keyId: row.raw(KEY_ID_BYTES), timeS: row.whole(), signature: row.raw(SIGNATURE_BYTES) };
}
