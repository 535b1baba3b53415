/** The figures of the dashboards as the server tells them. */

import type { Statement } from "./account.ts";

export const SECTIONS = ["account", "progress", "quality", "waits", "equity"] as const;
export type Section = (typeof SECTIONS)[number];

/** The section that an address asks for; the first where it asks for none. */
export function readSection(text: string | null): Section {
  return SECTIONS.find((each) => each === text) ?? "account";
}

/** The sections that somebody may see: the land account and its progress are for everybody. */
export function sectionsFor(role: string | null): readonly Section[] {
  return role !== null && role !== "resident" ? SECTIONS : ["account", "progress"];
}

type Sizes = Readonly<Record<string, number>>;

export interface Progress {
  readonly statement: Statement;
  readonly quarters: readonly {
    readonly quarter: string;
    readonly until: string;
    readonly closing_m2: Sizes;
    readonly flows_m2: Sizes;
    readonly balance_error_m2: number;
  }[];
}

export interface Quality {
  readonly statement: Statement;
  readonly quarters: readonly {
    readonly quarter: string;
    readonly passed: number;
    readonly failed: number;
    readonly visits: number;
    readonly raised: Sizes;
    readonly rework_m2: number;
  }[];
  readonly n_passed: number;
  readonly n_failed: number;
  readonly wrong: readonly { readonly look_id: string; readonly work_id: string; readonly shown_by: string; readonly at: string }[];
  readonly open_by_severity: Sizes;
  readonly seeds_laid: number;
  readonly seeds_found: number;
}

export interface WaitStep {
  readonly step: string;
  readonly n_over: number;
  readonly n_open: number;
  readonly left_out: number;
  readonly median_days: number | null;
  readonly p90_days: number | null;
  readonly over_median_days: number | null;
  readonly over_p90_days: number | null;
  readonly longest_open_days: number | null;
  readonly longest: readonly { readonly subject: string; readonly since: string }[];
  readonly curve: readonly { readonly days: number; readonly waiting: number }[];
}

export interface Waits {
  readonly statement: Statement;
  readonly steps: readonly WaitStep[];
}

export interface District {
  readonly district: string | null;
  readonly residents: number;
  readonly hazard_m2: number;
  readonly indication_m2: number;
  readonly released_m2: number;
  readonly per_resident_m2: number | null;
  readonly n_areas: number;
  readonly median_days: number | null;
  readonly longest_days: number | null;
}

export interface Equity {
  readonly statement: Statement;
  readonly districts: readonly District[];
  readonly hazard_m2: number;
}

/** Districts by what each of their people lives beside, the most first; where nobody is counted, last. */
export function byBurden(districts: readonly District[]): District[] {
  const burden = (each: District): number => each.per_resident_m2 ?? -1;
  return [...districts].sort((one, other) => burden(other) - burden(one) || other.hazard_m2 - one.hazard_m2);
}
