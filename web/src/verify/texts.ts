/** Signed papers as texts that codes hold and people can paste: a prefix, then Base45. */

import { fromBase45 } from "./base45.ts";

export const CERTIFICATE = "RFQ1:";
export const PROOF = "RFQ2:";
export const STATUS_LIST = "RFQ3:";
export const TRUST_LIST = "RFQ4:";
const PREFIXES = [CERTIFICATE, PROOF, STATUS_LIST, TRUST_LIST];
/** The most that one code holds (ISO/IEC 18004, version 40-L, alphanumeric). */
const CODE_LETTERS = 4_296;
const LIST_LETTERS = 1_600_000;

/** The bytes of a paper's text, or null where it is none with that prefix. */
export function bytesOf(written: string, prefix: string): Uint8Array | null {
  const text = written.replace(/[\r\n\t]/g, "");
  const limit = prefix === CERTIFICATE || prefix === PROOF ? CODE_LETTERS : LIST_LETTERS;
  if (!text.startsWith(prefix) || text.length > limit) return null;
  return fromBase45(text.slice(prefix.length));
}

/** The prefix that a text begins with, or null. */
export function prefixOf(text: string): string | null {
  return PREFIXES.find((prefix) => text.startsWith(prefix)) ?? null;
}

/** The texts of the codes in a text: each begins a line, and may go on over lines. */
export function codesIn(text: string): string[] {
  const codes: string[] = [];
  for (const line of text.split(/\r\n|[\n\r]/)) {
    if (prefixOf(line) !== null) codes.push(line);
    else if (codes.length > 0) codes[codes.length - 1] += line;
  }
  return codes;
}
