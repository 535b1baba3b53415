/**
 * Verdict: is this certificate an office's own, and is it known whether it still stands?
 *
 * Mirrors `rafiqa.ledger.verdict` answer by answer and reason by reason; `examples/` holds cases on
 * which both must agree. None of the three answers says anything of the ground itself.
 */

import { base64, joined, utf8 } from "./bytes.ts";
import { type Certificate, certificateId, certificateOf, type Cosignature, type LogProof, proofOf } from "./certificate.ts";
import type { Claims } from "./claims.ts";
import { isBy } from "./cose.ts";
import { isSigned } from "./ed25519.ts";
import { leafHash, rootOfInclusion } from "./merkle.ts";
import { Malformed } from "./row.ts";
import { type State, type StatusList, statusListOf } from "./statuslist.ts";
import { bytesOf, CERTIFICATE, PROOF } from "./texts.ts";
import { countsAt, type Key, keyOf, type TrustList } from "./trustlist.ts";

export const DAY_S = 86_400;
/** How far a reader's clock may be behind an issuer's before it is called wrong. */
const CLOCK_S = DAY_S;

export type Answer = "authentic-status-known" | "authentic-status-unknown" | "not-authentic";

/** What a verifier says. */
export interface Verdict {
  readonly answer: Answer;
  /** Codes that say why; empty where the status is known and the certificate in force. */
  readonly reasons: readonly string[];
  readonly status: "in-force" | State | null;
  /** What the certificate says; null where it is not authentic. */
  readonly claims: Claims | null;
  readonly issuer: string | null;
  readonly logged: boolean;
  readonly statusAtS: number | null;
}

/** The verdict that nothing at all can be said for a paper. */
export function refused(reason: string): Verdict {
  return { answer: "not-authentic", reasons: [reason], status: null, claims: null, issuer: null, logged: false, statusAtS: null };
}

/**
 * The verdict on the texts of a certificate's codes. Throws nothing, whatever they are.
 *
 * `trust` is whom to believe, `statusList` the bytes of the newest list at hand, `nowS` the
 * reader's clock in seconds since 1970 UTC.
 */
export async function verdict(
  texts: readonly string[],
  trust: TrustList,
  statusList: Uint8Array | null,
  nowS: number,
): Promise<Verdict> {
  const read = readTexts(texts);
  if (typeof read === "string") return refused(read);
  const { certificate, proof } = read;
  const key = keyOf(trust, "issuer", certificate.signed.keyId);
  const against = await reasonAgainst(certificate, proof, key, trust);
  if (against !== null || key === null) return refused(against ?? "issuer-unknown");
  const found = await statusOf(certificate.claims, trust, statusList, nowS);
  return {
    answer: found.status === null ? "authentic-status-unknown" : "authentic-status-known",
    reasons: found.reasons,
    status: found.status,
    claims: certificate.claims,
    issuer: key.name,
    logged: proof !== null,
    statusAtS: found.atS,
  };
}

/** The certificate and its proof, or why there are none. */
export function readTexts(texts: readonly string[]): { certificate: Certificate; proof: LogProof | null } | string {
  const byPrefix = new Map<string, Uint8Array>();
  for (const text of new Set(texts)) {
    const prefix = [CERTIFICATE, PROOF].find((each) => text.startsWith(each));
    const data = prefix === undefined ? null : bytesOf(text, prefix);
    if (prefix === undefined || data === null) return "unreadable";
    if (byPrefix.has(prefix)) return "two-papers";
    byPrefix.set(prefix, data);
  }
  const paper = byPrefix.get(CERTIFICATE);
  const beside = byPrefix.get(PROOF);
  if (paper === undefined) return beside === undefined ? "unreadable" : "no-certificate";
  try {
    return { certificate: certificateOf(paper), proof: beside === undefined ? null : proofOf(beside) };
  } catch (error) {
    if (error instanceof Malformed) return "unreadable";
    throw error;
  }
}

/** Why the certificate is not authentic, or null. */
async function reasonAgainst(
  certificate: Certificate,
  proof: LogProof | null,
  key: Key | null,
  trust: TrustList,
): Promise<string | null> {
  const { claims, signed } = certificate;
  if (key === null || key.algorithm !== signed.algorithm) return "issuer-unknown";
  // Only this page says so: `rafiqa verify` can check the other algorithm too.
  if (key.algorithm !== "ed25519") return "algorithm";
  if (!(await isBy(signed, key.publicKey))) return "signature";
  if (claims.authority !== trust.authority) return "authority";
  if (!countsAt(key, claims.loggedAtS)) return "key-not-valid";
  if (proof !== null && !(await isLogged(certificate, proof, trust))) return "proof";
  if (key.revokedFrom !== null && (proof === null || proof.index >= key.revokedFrom)) return "key-revoked";
  return null;
}

/** Whether the log and enough witnesses signed a root over the certificate. */
async function isLogged(certificate: Certificate, proof: LogProof, trust: TrustList): Promise<boolean> {
  const root = rootOfInclusion(leafHash(certificate.data), proof.index, proof.size, proof.path);
  if (root === null) return false;
  // C2SP tlog-checkpoint: origin, size and root, each on a line.
  const text = utf8(`${trust.logOrigin}\n${proof.size}\n${base64(root)}\n`);
  let logged = false;
  for (const key of trust.keys) {
    if (key.role !== "log" || key.algorithm !== "ed25519") continue;
    logged ||= await isSigned(key.publicKey, text, proof.logSignature);
  }
  if (!logged) return false;
  const seenBy = new Set<string>();
  for (const cosignature of proof.cosignatures) {
    const organisation = await witnessOf(cosignature, text, trust);
    // One that is wrong spoils all: a proof of ours has none, so somebody has changed it.
    if (organisation === null || seenBy.has(organisation)) return false;
    seenBy.add(organisation);
  }
  return seenBy.size >= trust.witnessQuorum;
}

/** The organisation whose witness signed, or null where nobody known did. */
async function witnessOf(cosignature: Cosignature, text: Uint8Array, trust: TrustList): Promise<string | null> {
  const key = keyOf(trust, "witness", cosignature.keyId);
  if (key === null || key.algorithm !== "ed25519" || !countsAt(key, cosignature.timeS)) return null;
  // C2SP tlog-cosignature: when the witness saw the log, then the checkpoint.
  const said = joined(utf8(`cosignature/v1\ntime ${cosignature.timeS}\n`), text);
  return (await isSigned(key.publicKey, said, cosignature.signature)) ? key.organisation : null;
}

interface Standing {
  readonly status: "in-force" | State | null;
  readonly reasons: readonly string[];
  readonly atS: number | null;
}

async function statusOf(claims: Claims, trust: TrustList, data: Uint8Array | null, nowS: number): Promise<Standing> {
  const unknown = (reason: string, atS: number | null = null): Standing => ({ status: null, reasons: [reason], atS });
  if (nowS + CLOCK_S < claims.loggedAtS || nowS + CLOCK_S < trust.issuedAtS) return unknown("clock");
  if (nowS >= trust.expiresAtS) return unknown("trust-expired");
  if (data === null) return unknown("no-list");
  const list = await believed(data, trust);
  if (list === null) return unknown("list-not-authentic");
  const atS = list.issuedAtS;
  const state = list.states.get(certificateId(claims.number));
  // Bad news does not grow old: what was suspended is not in force until a list says so.
  if (state !== undefined) return { status: state, reasons: [state], atS };
  if (atS > nowS + CLOCK_S) return unknown("clock", atS);
  if (nowS - atS > trust.statusDays * DAY_S) return unknown("list-old", atS);
  if (list.version < claims.listVersion) return unknown("list-older-than-certificate", atS);
  return { status: "in-force", reasons: [], atS };
}

/** The list that bytes are, if the authority's own key for lists signed it. */
export async function believed(data: Uint8Array, trust: TrustList): Promise<StatusList | null> {
  let read: ReturnType<typeof statusListOf>;
  try {
    read = statusListOf(data);
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
  const key = keyOf(trust, "status", read.signed.keyId);
  if (key === null || key.algorithm !== read.signed.algorithm || key.revokedFrom !== null) return null;
  if (read.list.authority !== trust.authority || !countsAt(key, read.list.issuedAtS)) return null;
  return (await isBy(read.signed, key.publicKey)) ? read.list : null;
}
