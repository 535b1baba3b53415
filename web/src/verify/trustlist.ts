/** Trust lists: whose keys count, for what, and until when; signed by those who keep the roots. */

import { hex } from "./bytes.ts";
import { compare } from "./cbor.ts";
import { type Algorithm, isBy, KEY_ID_BYTES, keyIdOf, type Signed, SIZES } from "./cose.ts";
import { Malformed, Row } from "./row.ts";

const TAG = "rafiqa/trust-list/1";
const ENVELOPE_TAG = "rafiqa/signed-trust-list/1";
const ROLES: readonly string[] = ["root", "issuer", "status", "log", "witness"];
const LIMIT_BYTES = 256 * 1024;
const KEYS_LIMIT = 256;
const LEAST_ROOTS = 2;
const LEAST_WITNESSES = 2;

/** A key and what it counts for. */
export interface Key {
  readonly name: string;
  readonly organisation: string;
  readonly role: string;
  readonly algorithm: Algorithm;
  readonly publicKey: Uint8Array;
  readonly keyId: Uint8Array;
  readonly validFromS: number;
  readonly validUntilS: number;
  /** The place in the certificate log from which on nothing signed by it counts, or null. */
  readonly revokedFrom: number | null;
}

/** Whom a verifier believes. */
export interface TrustList {
  readonly authority: string;
  readonly version: number;
  readonly issuedAtS: number;
  readonly expiresAtS: number;
  readonly statusDays: number;
  readonly logOrigin: string;
  readonly rootQuorum: number;
  readonly witnessQuorum: number;
  readonly keys: readonly Key[];
}

/** A list with its signatures, not yet believed. */
export interface SignedTrust {
  readonly trust: TrustList;
  readonly signatures: readonly Signed[];
}

export function countsAt(key: Key, atS: number): boolean {
  return key.validFromS <= atS && atS < key.validUntilS;
}

/** The key of a role by its id, or null. */
export function keyOf(trust: TrustList, role: string, keyId: Uint8Array): Key | null {
  return trust.keys.find((key) => key.role === role && compare(key.keyId, keyId) === 0) ?? null;
}

/** The list that bytes are, and its signatures. Throws Malformed. */
export function trustListOf(data: Uint8Array): SignedTrust {
  const envelope = Row.of(data, 3, LIMIT_BYTES);
  envelope.tag(ENVELOPE_TAG);
  const payload = envelope.raw();
  const signatures = envelope.many((outer): Signed => {
    const row = outer.row(3);
    const algorithm = algorithmOf(row);
    return { algorithm, keyId: row.raw(KEY_ID_BYTES), payload, signature: row.raw(SIZES[algorithm].signature) };
  });
  const row = Row.of(payload, 10, LIMIT_BYTES);
  row.tag(TAG);
  const trust: TrustList = {
    authority: row.text(),
    version: row.whole(),
    issuedAtS: row.whole(),
    expiresAtS: row.whole(),
    statusDays: row.whole(),
    logOrigin: row.text(),
    rootQuorum: row.whole(),
    witnessQuorum: row.whole(),
    keys: row.many(readKey),
  };
  if (!isSound(trust) || signatures.length > KEYS_LIMIT) throw new Malformed("no verifier would take this list");
  return { trust, signatures };
}

/** Whether enough root keys of one list signed another, each counted once. */
export async function isSignedByRoots(signed: SignedTrust, roots: TrustList): Promise<boolean> {
  const by = new Set<string>();
  for (const signature of signed.signatures) {
    const key = keyOf(roots, "root", signature.keyId);
    if (key === null || key.algorithm !== signature.algorithm) continue;
    if (countsAt(key, signed.trust.issuedAtS) && (await isBy(signature, key.publicKey))) by.add(hex(key.keyId));
  }
  return by.size >= roots.rootQuorum;
}

/** Whether a list takes the place of the one in hand. */
export async function succeeds(newer: SignedTrust, older: TrustList): Promise<boolean> {
  return (
    newer.trust.authority === older.authority &&
    newer.trust.logOrigin === older.logOrigin &&
    newer.trust.version > older.version &&
    (await isSignedByRoots(newer, older)) &&
    (await isSignedByRoots(newer, newer.trust))
  );
}

function isSound(trust: TrustList): boolean {
  const ids = new Set(trust.keys.map((key) => `${key.role} ${hex(key.keyId)}`));
  const roots = new Set(trust.keys.filter((key) => key.role === "root").map((key) => hex(key.keyId)));
  const witnesses = new Set(trust.keys.filter((key) => key.role === "witness").map((key) => key.organisation));
  return (
    ids.size === trust.keys.length &&
    trust.keys.length <= KEYS_LIMIT &&
    LEAST_ROOTS <= trust.rootQuorum &&
    trust.rootQuorum <= roots.size &&
    LEAST_WITNESSES <= trust.witnessQuorum &&
    trust.witnessQuorum <= Math.max(witnesses.size, LEAST_WITNESSES) &&
    trust.issuedAtS < trust.expiresAtS &&
    !trust.logOrigin.includes("\n")
  );
}

function readKey(outer: Row): Key {
  const row = outer.row(8);
  const [name, organisation, role] = [row.text(), row.text(), row.text()];
  const algorithm = algorithmOf(row);
  if (!ROLES.includes(role)) throw new Malformed("no such role");
  const publicKey = row.raw(SIZES[algorithm].publicKey);
  const [validFromS, validUntilS] = [row.whole(), row.whole()];
  const revokedFrom = row.maybe((next) => next.whole());
  return { name, organisation, role, algorithm, publicKey, keyId: keyIdOf(publicKey), validFromS, validUntilS, revokedFrom };
}

function algorithmOf(row: Row): Algorithm {
  const name = row.text();
  if (name !== "ed25519" && name !== "ml-dsa-44") throw new Malformed("no such algorithm");
  return name;
}
