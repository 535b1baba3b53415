/** Charts as plain geometry: rows that float between two figures, columns in stacks, and falling steps. */

/** How a bar is filled, told apart without colour by its lines. */
export type Fill = "hazard" | "more" | "less" | "released" | "plain" | "warn";

/** A bar from one figure to another, with what it says. */
export interface BarRow {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly fill: Fill;
  readonly text: string;
  /** A second figure on the same line, such as nine in ten where the bar is the half. */
  readonly mark?: number | null;
}

export interface ColumnPart {
  readonly name: string;
  readonly fill: Fill;
}

/** One column: a figure for each of the parts that every column has. */
export interface Column {
  readonly label: string;
  readonly values: readonly number[];
}

export interface StepLine {
  readonly name: string;
  readonly points: readonly { readonly days: number; readonly waiting: number }[];
}

/** A table that says what a chart shows, for reading and to take along. */
export interface Sheet {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export interface Signed {
  readonly name: string;
  readonly m2: number;
}

export interface Fall {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly kind: "total" | "more" | "less";
}

/**
 * The bars of a waterfall: the opening from nothing, each flow from where the last one ended, the
 * closing from nothing. The closing is the account's own figure, never the sum: were they to
 * differ, it would be seen.
 */
export function waterfall(opening: number, flows: readonly Signed[], closing: number): Fall[] {
  let at = opening;
  const moved = flows.map(({ name, m2 }): Fall => {
    const from = at;
    at += m2;
    return { name, from, to: at, kind: m2 < 0 ? "less" : "more" };
  });
  return [{ name: "opening_m2", from: 0, to: opening, kind: "total" }, ...moved, { name: "closing_m2", from: 0, to: closing, kind: "total" }];
}

/** What the flows of an account add, with the sign by which they do. */
const SIGNS: Readonly<Record<string, number>> = {
  new_m2: 1,
  reopened_m2: 1,
  reclassified_m2: 1,
  corrected_m2: 1,
  cancelled_m2: -1,
  reduced_m2: -1,
  cleared_m2: -1,
};

export function signedFlows(figures: Readonly<Record<string, number>>): Signed[] {
  return Object.entries(SIGNS)
    .map(([name, sign]) => ({ name, m2: sign * (figures[name] ?? 0) }))
    .filter(({ m2 }) => m2 !== 0);
}

/** Round figures from nothing to at least the most, a handful of them. */
export function ticksTo(most: number, about = 4): number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, at) => at * step);
}

/** The corners of a falling line: it stays until the day on which something ends, then falls. */
export function corners(line: StepLine, lastDay: number): [days: number, share: number][] {
  const found: [number, number][] = [[0, 1]];
  let share = 1;
  for (const { days, waiting } of line.points) {
    found.push([days, share], [days, waiting]);
    share = waiting;
  }
  found.push([Math.max(lastDay, found.at(-1)?.[0] ?? 0), share]);
  return found;
}

const FORMULA = /^[=+\-@\t\r]/;

function cell(value: string | number | null): string {
  if (value === null) return "";
  // Sums of areas end in noise beyond the twelfth digit, under a square millimetre of a city.
  if (typeof value === "number") return String(Number(value.toPrecision(12)));
  // No spreadsheet is to take a name for a formula (ASVS 1.2.10).
  const inert = FORMULA.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** A table as CSV, with the mark without which a spreadsheet takes Arabic for another encoding. */
export function csvOf(sheet: Sheet, told: readonly (readonly [string, string])[]): string {
  const rows = [sheet.head, ...sheet.rows, [], ...told];
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
