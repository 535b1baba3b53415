/** The land account as the server tells it: figures, where they come from, and what changed them. */

import type { Api } from "./api.ts";
import type { LonLat } from "./plane.ts";
import type { AsOf, Reason } from "./types.ts";
import { writeCorners } from "./url.ts";

export interface Statement {
  readonly source: string;
  readonly from: string;
  readonly valid_at: string;
  readonly known_at: string;
  readonly method: string;
  readonly boundary: string;
  readonly ledger: { readonly entries: number; readonly root: string };
}

export type ClassFigures = Readonly<Record<string, number>>;
export type ByClass = Readonly<Record<string, ClassFigures>>;

export interface OutputRow {
  readonly heading: "output" | "rework";
  readonly organisation: string | null;
  readonly donor: string | null;
  readonly method: string | null;
  readonly outcome: string;
  readonly transferred: boolean;
  readonly decided_m2: number;
  readonly worked_m2: number;
}

export interface SizeTotal {
  readonly stated: number;
  readonly reported_m2: number;
  readonly computed_m2: number;
  readonly difference_m2: number;
  readonly unstated: number;
}

export interface Indicator {
  readonly indicator: string;
  readonly of: string | null;
  readonly value: number | null;
  readonly unit: string;
  readonly reason: Reason | null;
}

export interface ChangedBy {
  readonly entry_id: string | null;
  readonly title: string;
  readonly subject: string | null;
  readonly recorded_at: string;
}

export interface Difference {
  readonly classes: ByClass;
  readonly facts: readonly (ChangedBy & { readonly area_m2: ByClass })[];
  readonly together: readonly { readonly facts: readonly ChangedBy[]; readonly area_m2: ByClass }[];
  readonly earlier: Statement;
}

export interface FloorFigure {
  readonly floor_m2: number;
  readonly units: number;
  readonly unmeasured: number;
}

export interface Said {
  readonly source: string;
  readonly subject: string;
  readonly value: string;
  readonly entry_id: string;
}

export type Topic = "class" | "outcome" | "depth" | "extent" | "area";

export interface Disagreement {
  readonly topic: Topic;
  readonly subjects: readonly string[];
  readonly area_m2: number;
  readonly said: readonly Said[];
}

export interface Account {
  readonly classes: ByClass;
  readonly floor: { readonly states: Readonly<Record<string, FloorFigure>> };
  readonly disagreements: readonly Disagreement[];
  readonly balance_error_m2: number;
  readonly statement: Statement;
  readonly indication: { readonly opening_m2: number; readonly closing_m2: number };
  readonly output: {
    readonly output_m2: number;
    readonly rework_m2: number;
    readonly rows: readonly OutputRow[];
  };
  readonly reported: { readonly totals: Readonly<Record<string, SizeTotal>> };
  readonly indicators: readonly Indicator[];
  readonly difference: Difference | null;
}

/** What the reader chose: the start of the period and an earlier knowing, as days; empty for none. */
export interface AccountChoice {
  readonly from: string;
  readonly compare: string;
  /** Only ground within these corners; everything on record where there are none. */
  readonly boundary: readonly LonLat[];
}

export const WHOLE_ACCOUNT: AccountChoice = { from: "", compare: "", boundary: [] };

/** The account as of two times, with all that stands beside it. Throws ApiFault. */
export function loadAccount(
  api: Api,
  choice: AccountChoice,
  asOf: AsOf,
  lang: string,
  signal: AbortSignal,
): Promise<Account> {
  const period = choice.from ? { from: choice.from } : {};
  const earlier = choice.compare ? { compare_known_at: choice.compare } : {};
  const ring = writeCorners(choice.boundary);
  const within = ring ? { boundary: ring } : {};
  const query = { show: "output,reported,disagreements,indicators", ...period, ...earlier, ...within };
  return api.get<Account>("/api/account", { asOf, lang, query, signal });
}

/** One figure that changed, by class and name. */
export interface Changed {
  readonly class: string;
  readonly figure: string;
  readonly m2: number;
}

/** Drawing new lines moves old ones by less than a millimetre: under this nothing is shown. */
const SHOWN_M2 = 0.05;

/** The figures that changed by enough to be read. */
export function changes(classes: ByClass): Changed[] {
  return Object.entries(classes).flatMap(([name, figures]) =>
    Object.entries(figures)
      .filter(([, m2]) => Math.abs(m2) >= SHOWN_M2)
      .map(([figure, m2]) => ({ class: name, figure, m2 })),
  );
}

/** The indicators in the order of the server, without those of single parts. */
export function told(indicators: readonly Indicator[]): Indicator[] {
  return indicators.filter(({ indicator, of }) => indicator !== "fade_out" || of === null);
}
