/**
 * The lists in hand: whom the page believes, and the newest status list it has seen.
 *
 * What the page was served with comes first. A newer trust list takes its place only where it
 * succeeds it. A first list, where there was none, is taken only from a person who brought it on
 * its own: one that comes with a paper may be the forger's.
 */

import { hash, hex } from "./bytes.ts";
import { Malformed } from "./row.ts";
import type { StatusList } from "./statuslist.ts";
import { bytesOf, STATUS_LIST, TRUST_LIST } from "./texts.ts";
import { isSignedByRoots, type SignedTrust, succeeds, type TrustList, trustListOf } from "./trustlist.ts";
import { believed } from "./verdict.ts";

/** Where texts are kept between visits; may forget, and may refuse. */
export interface Memory {
  get(name: string): string | null;
  set(name: string, value: string): void;
}

/** What came of a list that was given. */
export type Taken = "taken" | "same" | "older" | "not-following" | "first-with-paper" | "unreadable" | "not-authentic" | "no-trust";

const CHAIN = "rafiqa.verify.trust";
const STATUSES = "rafiqa.verify.status";
/** How many trust lists are kept, so that an old page finds its way to the newest step by step. */
const CHAIN_LIMIT = 8;

export class Hand {
  trust: TrustList | null = null;
  /** Of the trust list's bytes: short enough to be read out over a telephone. */
  fingerprint = "";
  /** Whether a person brought the list in hand, and no server vouches for it. */
  brought = false;
  statuses: StatusList | null = null;
  statusBytes: Uint8Array | null = null;
  readonly #memory: Memory;
  #chain: string[] = [];

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Takes up what the page was served with, and what is remembered, as far as it follows. */
  async open(given: { readonly trust?: string | undefined; readonly status?: string | undefined }): Promise<void> {
    // Both are read before anything is taken: what is taken is remembered in their place.
    const status = this.#memory.get(STATUSES);
    const remembered = (this.#memory.get(CHAIN) ?? "").split("\n").filter((text) => text !== "");
    if (given.trust !== undefined) await this.takeTrust(given.trust, true);
    const served = this.trust !== null;
    for (const text of remembered) await this.takeTrust(text, this.trust === null);
    this.brought = this.trust !== null && !served;
    if (given.status !== undefined) await this.takeStatus(given.status);
    if (status !== null) await this.takeStatus(status);
  }

  /** Takes a trust list that succeeds the one in hand, or a first one where `first` allows it. */
  async takeTrust(text: string, first: boolean): Promise<Taken> {
    const data = bytesOf(text, TRUST_LIST);
    const read = data === null ? null : readTrust(data);
    if (data === null || read === null) return "unreadable";
    const held = this.trust;
    if (held === null) {
      if (!first) return "first-with-paper";
      if (!(await isSignedByRoots(read, read.trust))) return "not-authentic";
      this.brought = true;
    } else {
      if (fingerprintOf(data) === this.fingerprint) return "same";
      const ours = read.trust.authority === held.authority && read.trust.logOrigin === held.logOrigin;
      if (ours && read.trust.version <= held.version) return "older";
      if (!(await succeeds(read, held))) return "not-following";
    }
    this.trust = read.trust;
    this.fingerprint = fingerprintOf(data);
    this.#chain = [...this.#chain, text].slice(-CHAIN_LIMIT);
    this.#memory.set(CHAIN, this.#chain.join("\n"));
    // By the new list the status list may no longer be the authority's.
    if (this.statusBytes !== null) this.statuses = await believed(this.statusBytes, read.trust);
    if (this.statuses === null) this.statusBytes = null;
    return "taken";
  }

  /** Takes a status list of the authority that is newer than the one in hand. */
  async takeStatus(text: string): Promise<Taken> {
    const data = bytesOf(text, STATUS_LIST);
    if (data === null) return "unreadable";
    if (this.trust === null) return "no-trust";
    const list = await believed(data, this.trust);
    if (list === null) return "not-authentic";
    if (this.statuses !== null && list.version === this.statuses.version) return "same";
    if (this.statuses !== null && list.version < this.statuses.version) return "older";
    this.statuses = list;
    this.statusBytes = data;
    this.#memory.set(STATUSES, text);
    return "taken";
  }

  /** Forgets everything that was brought by hand; the page begins as it was served. */
  async forget(given: { readonly trust?: string | undefined; readonly status?: string | undefined }): Promise<void> {
    this.#memory.set(CHAIN, "");
    this.#memory.set(STATUSES, "");
    this.#chain = [];
    this.trust = null;
    this.fingerprint = "";
    this.brought = false;
    this.statuses = null;
    this.statusBytes = null;
    await this.open(given);
  }
}

function readTrust(data: Uint8Array): SignedTrust | null {
  try {
    return trustListOf(data);
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** 16 hexadecimal digits in fours. */
function fingerprintOf(data: Uint8Array): string {
  return (hex(hash(data).subarray(0, 8)).match(/.{4}/g) ?? []).join(" ");
}
