/** Judges cases of certificates, as a file of them says, and tells what this verifier answers. */

import { checkBy, checkByBrowser, checkByScript } from "../src/verify/ed25519.ts";
import { Malformed } from "../src/verify/row.ts";
import { isSignedByRoots, succeeds, type TrustList, trustListOf } from "../src/verify/trustlist.ts";
import { verdict } from "../src/verify/verdict.ts";

export interface Case {
  readonly name: string;
  readonly texts: readonly string[];
  readonly trust: string;
  readonly list: string | null;
  readonly now_s: number;
  readonly answer: unknown;
}

export interface Succession {
  readonly name: string;
  readonly newer: string;
  readonly older: string | null;
  readonly taken: boolean;
}

export interface Cases {
  readonly trust_lists: Readonly<Record<string, string>>;
  readonly status_lists: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
  readonly successions: readonly Succession[];
}

export interface Judged {
  readonly name: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** Every case with our answer beside the one that is written, by both ways of checking signatures. */
export async function judgedBothWays(all: Cases): Promise<Judged[]> {
  checkBy(checkByBrowser);
  const byBrowser = await judged(all);
  checkBy(checkByScript);
  return [...byBrowser, ...(await judged(all))];
}

async function judged(all: Cases): Promise<Judged[]> {
  const trusts = new Map(Object.entries(all.trust_lists).map(([name, data]) => [name, trustListOf(unhex(data)).trust]));
  const out: Judged[] = [];
  for (const each of all.cases) {
    const list = each.list === null ? null : unhex(all.status_lists[each.list] ?? "");
    const found = await verdict(each.texts, trusts.get(each.trust) as TrustList, list, each.now_s);
    const ours = {
      answer: found.answer,
      reasons: found.reasons,
      status: found.status,
      number: found.claims?.number ?? null,
      issuer: found.issuer,
      logged: found.logged,
      status_at_s: found.statusAtS,
    };
    out.push({ name: each.name, ours, theirs: each.answer });
  }
  for (const each of all.successions) {
    const older = each.older === null ? null : (trusts.get(each.older) ?? null);
    out.push({ name: each.name, ours: await taken(unhex(each.newer), older), theirs: each.taken });
  }
  return out;
}

async function taken(data: Uint8Array, older: TrustList | null): Promise<boolean> {
  try {
    const newer = trustListOf(data);
    return older === null ? await isSignedByRoots(newer, newer.trust) : await succeeds(newer, older);
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

export function unhex(digits: string): Uint8Array {
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}
