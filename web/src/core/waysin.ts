/** Ways in, follow-up and the log of finds, as the server tells them. */

import type { Statement } from "./account.ts";
import type { GateOutcome } from "./types.ts";

/** A reason in words and what to do next. */
export interface Told {
  readonly code: string;
  readonly text: string;
  readonly next?: string | null;
}

export interface WayIn {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly outcome: GateOutcome;
  readonly reason: Told;
  /** Each inner list is one way to open it: all of those areas together. */
  readonly waits_for: readonly (readonly string[])[];
}

export interface Opening {
  readonly area_ids: readonly string[];
  readonly n: number;
  readonly projects: readonly string[];
  readonly services: readonly string[];
}

export interface Access {
  readonly n_pieces: number | null;
  readonly reasons: readonly Told[];
  readonly openings: readonly Opening[];
  readonly places: readonly WayIn[];
}

export interface Feeling {
  readonly area_id: string;
  readonly asked_least: number | null;
  readonly at_ease: "few" | "mixed" | "most" | null;
  readonly hazard_m2: number;
}

type Counts = Readonly<Record<string, number>>;

export interface Quarter {
  readonly quarter: string;
  readonly valid_at: string;
  readonly hazard_m2: Counts;
  readonly flows_m2: Counts;
  readonly projects: Counts;
  readonly permits: Counts;
  readonly buildings: Counts;
  readonly services: Readonly<Record<string, Counts>>;
  readonly rubble: Counts;
  readonly lifted_m3: number;
  readonly feelings: readonly Feeling[];
}

export interface FollowUp {
  readonly statement: Statement;
  readonly quarters: readonly Quarter[];
}

export interface Find {
  readonly works_id: string;
  readonly works_known: boolean;
  readonly find_id: string;
  readonly at: string;
  readonly lay_in_text: string;
  readonly category_text: string | null;
  readonly lon_deg: number | null;
  readonly lat_deg: number | null;
  readonly note: string | null;
  readonly open: boolean;
  readonly state_text: string;
  readonly answers: readonly { readonly at: string; readonly may_go_on: boolean; readonly note: string; readonly entry: string }[];
}

/** Those that stand still first, then the newest. */
export function inOrder(finds: readonly Find[]): Find[] {
  return [...finds].sort((a, b) => Number(b.open) - Number(a.open) || b.at.localeCompare(a.at));
}

/** Every key of a figure that is counted in any quarter, in the order in which they first come. */
export function keysOf(quarters: readonly Quarter[], figure: (quarter: Quarter) => Counts): string[] {
  return [...new Set(quarters.flatMap((quarter) => Object.keys(figure(quarter))))];
}

/** The first day of the quarter a year before an instant, to begin with. */
export function yearBefore(atMs: number): string {
  const at = new Date(atMs);
  const month = at.getUTCMonth() - (at.getUTCMonth() % 3);
  return new Date(Date.UTC(at.getUTCFullYear() - 1, month, 1)).toISOString().slice(0, 10);
}
