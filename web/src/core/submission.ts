/** Submissions from the field, as the server tells them to who sent or reviews them. */

import type { Geometry } from "geojson";
import type { Told } from "./waysin.ts";
import type { Shape } from "./types.ts";

export const STATES = ["waiting", "returned", "accepted", "refused", "replaced"] as const;
export const PAGE_ROWS = 100;

export interface SubmissionRow {
  readonly id: string;
  readonly form_id: string;
  readonly form_title: string;
  readonly received_at: string;
  readonly told_at: string | null;
  readonly state: string;
  readonly state_text: string;
  readonly note: string | null;
  readonly organisation: string;
  readonly device_id: string | null;
  readonly mine: boolean;
  readonly dangerous: boolean;
  readonly n_files: number;
  readonly n_missing: number;
  readonly n_faults: number;
}

export interface Submissions {
  readonly submissions: readonly SubmissionRow[];
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly forms: readonly { readonly form_id: string; readonly title: string; readonly n: number }[];
  readonly may_review: boolean;
}

export interface Answer {
  readonly part: string;
  readonly number: number;
  readonly question: string;
  readonly label: string;
  readonly words: string;
  readonly placed: boolean;
}

export interface SubmissionFile {
  readonly name: string;
  readonly n_bytes: number | null;
  readonly whole: boolean;
  readonly erased: boolean;
  readonly picture: boolean;
}

export interface SubmissionSheet {
  readonly row: SubmissionRow;
  readonly erased: boolean;
  readonly answers: readonly Answer[];
  readonly places: readonly Geometry[];
  readonly files: readonly SubmissionFile[];
  readonly faults: readonly Told[];
  readonly replaces: string | null;
  readonly replaced_by: string | null;
  readonly reviews: readonly {
    readonly at: string;
    readonly state_text: string;
    readonly note: string | null;
    readonly organisation: string;
    readonly role: string;
  }[];
  readonly made: readonly { readonly entry_id: string; readonly title: string; readonly text: string }[];
  readonly sign: { readonly report_id: string; readonly waits: boolean | null } | null;
  readonly may_review: boolean;
  readonly why_not: readonly Told[];
}

/** What a queue is cut by; empty for everything. */
export interface QueueCut {
  readonly form: string;
  readonly state: string;
  readonly from: string;
  readonly to: string;
}

/** The query of a page of a queue, without what does not cut it. */
export function queueQuery(cut: QueueCut, page: number): Record<string, string | number> {
  const given = Object.entries(cut).filter(([, value]) => value !== "");
  return { ...Object.fromEntries(given), ...(page > 0 ? { skip: page * PAGE_ROWS } : {}) };
}

/** Answers that stand together: one part of the form, filled once. */
export interface Part {
  readonly title: string;
  readonly number: number;
  readonly answers: readonly Answer[];
}

/** The answers by part and filling, in the order in which they were given. */
export function partsOf(answers: readonly Answer[]): Part[] {
  const parts: { title: string; number: number; answers: Answer[] }[] = [];
  for (const answer of answers) {
    const last = parts.at(-1);
    if (last && last.title === answer.part && last.number === answer.number) last.answers.push(answer);
    else parts.push({ title: answer.part, number: answer.number, answers: [answer] });
  }
  return parts;
}

/** Places for the map. */
export function shapesOfPlaces(places: readonly Geometry[]): Shape[] {
  return places.map((geometry) => ({ type: "Feature", properties: {}, geometry }));
}

export function submissionPath(id: string): string {
  return `/api/reviews/${encodeURIComponent(id)}`;
}
