/** How likely contamination is, as the server tells it. It orders survey and work, and frees no ground. */

export type Shown = "p" | "width";

export interface RiskClass {
  readonly at_least: number;
  readonly colour: string;
  readonly cells: number;
}

export interface RiskTerm {
  readonly log_odds: number;
  readonly text: string;
}

export interface RiskTurn {
  readonly kind: string;
  readonly p_contaminated: number;
  readonly text: string;
}

export interface RiskPlace {
  readonly p: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly prior_only: boolean | null;
  readonly text: string;
  readonly terms: readonly RiskTerm[];
  readonly turns: readonly RiskTurn[];
}

/** What work of one year, or of one area, found against what was expected, in words. */
export interface Part {
  readonly text: string;
  readonly holds: boolean;
}

export interface Calibration {
  readonly text: string;
  readonly years: readonly Part[];
  readonly areas: readonly Part[];
}

export type Corner = readonly [lonDeg: number, latDeg: number];

export interface Risk {
  readonly cells: number;
  readonly cell_m: number;
  readonly prior_only_cells: number;
  readonly summary: string;
  readonly limits: string;
  readonly calibration: Calibration;
  readonly corners: readonly [Corner, Corner, Corner, Corner];
  readonly classes: Readonly<Record<Shown, readonly RiskClass[]>>;
  readonly place: RiskPlace | null;
}

const AREAS_MOST = 12;

/** The years of work, where there are several, and the areas that leave the level of the whole. */
export function apart({ years, areas }: Calibration): Part[] {
  return [...(years.length > 1 ? years : []), ...areas.filter((each) => !each.holds).slice(0, AREAS_MOST)];
}

/** Terms that move the sum the most first; those that move it by less than a hundredth are left out. */
export function heaviest(terms: readonly RiskTerm[], most: number): RiskTerm[] {
  return [...terms]
    .filter((term) => Math.abs(term.log_odds) >= 0.01)
    .sort((a, b) => Math.abs(b.log_odds) - Math.abs(a.log_odds))
    .slice(0, most);
}

/** A probability in per cent, never so rounded that it reads as none or as certain. */
export function percent(p: number): string {
  if (p < 0.001) return "< 0.1";
  if (p > 0.999) return "> 99.9";
  return (100 * p).toFixed(p < 0.1 ? 1 : 0);
}

/** Where a row of mines goes on if it keeps to its pattern. It says where to look, and frees no ground. */
export interface RowPlace {
  readonly lon: number;
  readonly lat: number;
  readonly p_mine: number;
  readonly text: string;
}

export interface MineRow {
  readonly text: string;
  readonly expected: readonly RowPlace[];
}

export interface MineRows {
  readonly rows: readonly MineRow[];
  readonly summary: string;
  readonly limits: string;
}
