/** Exchange with other authorities, as the server tells of it. */

import type { Fault } from "./types.ts";
import type { Told } from "./waysin.ts";

export interface PeerKey {
  readonly fingerprint: string;
  readonly enrolled_by: string;
  readonly enrolled_at: string;
  readonly stands: boolean;
  readonly revoked_by: string | null;
  readonly revoked_at: string | null;
  readonly why: string | null;
  readonly n_taken: number;
  readonly n_taken_over: number;
}

export interface Peer {
  readonly peer: string;
  readonly authority: string;
  readonly stands: boolean;
  readonly keys: readonly PeerKey[];
}

export interface Stream {
  readonly peer: string;
  readonly stream: string;
  readonly number: number;
  readonly issued_at: string;
  readonly taken_at: string;
  readonly taken_by: string;
  readonly key_stands: boolean;
  readonly n_of: Readonly<Record<string, number>>;
  readonly n_differences: number;
  readonly differences: readonly Told[];
  readonly n_releases: number;
  readonly releases: readonly { readonly item: string; readonly not_confirmed_by: string | null }[];
}

export interface TakenOver {
  readonly peer: string;
  readonly stream: string;
  readonly item: string;
  readonly part: string;
  readonly number: number;
  readonly newest: number;
  readonly taken_at: string;
  readonly taken_by: string;
  readonly confirmed_by: string;
  readonly key_stands: boolean;
  readonly withdrawn: boolean;
}

export interface MayAct {
  readonly act: string;
  readonly why_not: readonly Told[];
}

export interface Federation {
  readonly authority: string;
  readonly peers: readonly Peer[];
  readonly streams: readonly Stream[];
  readonly taken_over: readonly TakenOver[];
  readonly given: readonly { readonly stream: string; readonly number: number; readonly given_at: string; readonly given_by: string; readonly n_items: number }[];
  readonly acts: readonly MayAct[];
}

export interface BundleDone {
  readonly peer: string;
  readonly number: number;
  readonly n_items: number;
  readonly already: boolean;
  readonly raised: readonly string[];
  readonly reopened: readonly string[];
  readonly warnings: readonly Fault[];
}

/** Why who is signed in may not do an act; null where they may. An act that the server does not name is not theirs. */
export function whyNot(acts: readonly MayAct[], act: string): string | null {
  const found = acts.find((each) => each.act === act);
  if (!found) return act;
  return found.why_not.length ? found.why_not.map((each) => each.text).join(" ") : null;
}
