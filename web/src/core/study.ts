/** Documents read at a desk, as the server tells them, and how candidates lie in their text. */

import type { Shape } from "./types.ts";
import type { Told } from "./waysin.ts";

export const PAGE_ROWS = 100;
/** Pieces of the text shown before and behind the candidate that is looked at; all where asked for. */
export const AROUND = 30;

export interface FaultTold {
  readonly code: string;
  readonly text: string;
  readonly next: string | null;
}

export interface DocumentRow {
  readonly id: string;
  readonly name: string | null;
  readonly kind: string;
  readonly kind_text: string;
  readonly kept_at: string;
  readonly published_on: string | null;
  readonly source: string | null;
  readonly source_grade_text: string | null;
  readonly n_bytes: number;
  readonly n_claims: number;
  readonly n_waiting: number;
  readonly n_doubtful: number;
  readonly n_copies: number;
  readonly faults: readonly FaultTold[];
}

export interface StudyDocuments {
  readonly documents: readonly DocumentRow[];
  readonly total: number;
  readonly n_waiting: number;
  readonly may_review: boolean;
  readonly may_bring: boolean;
  readonly grades: readonly { readonly code: string; readonly label: string }[];
}

/** What came of a document that was brought. */
export interface DocumentTaken {
  readonly id: string;
  readonly n_claims: number;
  readonly already: boolean;
  readonly faults: readonly FaultTold[];
}

export interface Block {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
  readonly page: number | null;
  readonly box_pt: readonly [number, number, number, number] | null;
  readonly doubtful: boolean;
}

export interface Place {
  readonly name: string;
  readonly place_id: string | null;
  readonly level_text: string | null;
  readonly lon_deg: number;
  readonly lat_deg: number;
  readonly radius_km: number;
}

export interface Claim {
  readonly id: string;
  readonly event: string;
  readonly event_text: string;
  readonly polarity: string;
  readonly polarity_text: string;
  readonly start: number;
  readonly end: number;
  readonly sentence_start: number;
  readonly sentence_end: number;
  readonly page: number | null;
  readonly hazards: readonly { readonly kind: string; readonly kind_text: string }[];
  readonly place_start: number | null;
  readonly place_end: number | null;
  readonly places: readonly Place[];
  readonly place_basis_text: string;
  readonly time_start: number | null;
  readonly time_end: number | null;
  readonly from_on: string | null;
  readonly until_on: string | null;
  readonly time_basis_text: string;
  readonly said_by_text: string;
  readonly flags: readonly Told[];
  readonly producer: string;
  readonly state: string;
  readonly state_text: string;
  readonly becomes: "evidence" | "reference";
  readonly n_agree: number;
  readonly chosen: Place | null;
  readonly reviews: readonly {
    readonly at: string;
    readonly decision: string;
    readonly decision_text: string;
    readonly note: string | null;
    readonly person: string;
    readonly organisation: string;
    readonly role: string;
    readonly evidence_id: string | null;
  }[];
}

export interface DocumentSheet {
  readonly row: DocumentRow;
  readonly text: string;
  readonly erased: boolean;
  readonly rtl: boolean;
  readonly blocks: readonly Block[];
  readonly pages: readonly { readonly width_pt: number; readonly height_pt: number }[];
  readonly readers: readonly string[];
  readonly warnings: readonly FaultTold[];
  readonly claims: readonly Claim[];
  readonly copies: readonly DocumentRow[];
  readonly may_review: boolean;
  readonly why_not: readonly Told[];
}

export const EVENTS = [
  "contamination_reported",
  "accident",
  "clearance_claimed",
  "detonation",
  "infrastructure_damage",
  "reconstruction",
  "return_of_residents",
  "population_presence",
  "security_notice",
  "other_civil",
] as const;

export function documentPath(id: string): string {
  return `/api/study/${encodeURIComponent(id)}`;
}

/** Cuts pieces out of a text by code points, as the server counts; a script's own count is of halves. */
export function cutter(text: string): (start: number, end: number) => string {
  // Without characters of two halves both counts are one, and nothing need be copied.
  if (!/[\ud800-\udbff]/.test(text)) return (start, end) => text.slice(start, end);
  const points = Array.from(text);
  return (start, end) => points.slice(start, end).join("");
}

/** A run of a block's text that lies in the same candidates from end to end. */
export interface Run {
  readonly start: number;
  readonly end: number;
  /** Numbers of the candidates whose quote it lies in. */
  readonly claims: readonly number[];
}

/** A block in runs, each as long as it can be. */
export function runsOf(block: Pick<Block, "start" | "end">, claims: readonly Pick<Claim, "start" | "end">[]): Run[] {
  const cuts = new Set([block.start, block.end]);
  const near = claims.flatMap((claim, at) => (claim.start < block.end && claim.end > block.start ? [{ claim, at }] : []));
  for (const { claim } of near) {
    cuts.add(Math.max(claim.start, block.start));
    cuts.add(Math.min(claim.end, block.end));
  }
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted.slice(1).map((end, at) => {
    const start = sorted[at] as number;
    const within = near.filter(({ claim }) => claim.start < end && claim.end > start);
    return { start, end, claims: within.map(({ at: number }) => number) };
  });
}

/** The first and last block to show around a place in the text. */
export function shownBlocks(blocks: readonly Block[], place: number, around: number): readonly [number, number] {
  const found = blocks.findIndex((block) => block.end > place);
  const at = found < 0 ? blocks.length - 1 : found;
  return [Math.max(0, at - around), Math.min(blocks.length, at + around + 1)];
}

/** Boxes of a candidate's lines on its page, as shares of the page from its upper left corner. */
export function boxesOf(
  sheet: Pick<DocumentSheet, "blocks" | "pages">,
  claim: Pick<Claim, "start" | "end" | "page">,
): { readonly left: number; readonly top: number; readonly width: number; readonly height: number }[] {
  const page = claim.page === null ? undefined : sheet.pages[claim.page - 1];
  if (!page) return [];
  const lines = sheet.blocks.filter((block) => block.page === claim.page && block.start < claim.end && block.end > claim.start);
  return lines.flatMap(({ box_pt }) =>
    box_pt
      ? [
          {
            left: box_pt[0] / page.width_pt,
            top: 1 - box_pt[3] / page.height_pt,
            width: (box_pt[2] - box_pt[0]) / page.width_pt,
            height: (box_pt[3] - box_pt[1]) / page.height_pt,
          },
        ]
      : [],
  );
}

/** The candidate to look at after one was decided on: the next that waits, from the start again after the last. */
export function nextWaiting(claims: readonly Pick<Claim, "state">[], at: number): number {
  for (let step = 1; step <= claims.length; step++) {
    const next = (at + step) % claims.length;
    if (claims[next]?.state === "waiting") return next;
  }
  return -1;
}

/** The places that a candidate may mean, for the map: points, never an outline. */
export function shapesOfClaim(claim: Pick<Claim, "places" | "chosen"> | undefined): Shape[] {
  const places = claim?.chosen ? [claim.chosen] : (claim?.places ?? []);
  return places.map(({ lon_deg, lat_deg, name }) => ({
    type: "Feature",
    properties: { name },
    geometry: { type: "Point", coordinates: [lon_deg, lat_deg] },
  }));
}
