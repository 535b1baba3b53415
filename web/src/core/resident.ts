/** Residents' reports and requests as the desk works on them. */

import type { Reason, Shape } from "./types.ts";

export const PAGE_ROWS = 50;
export const TRIAGES = ["immediate", "untriaged", "soon", "routine"] as const;
export const KINDS = ["hazard", "survey", "clearance", "feeling", "knowledge"] as const;
export const REPORT_OUTCOMES = ["item_removed", "marked", "new_area", "joined", "nothing_found", "not_reached"] as const;
export const REQUEST_OUTCOMES = ["planned", "visited", "on_record", "taken_in", "not_now"] as const;
export const CHANNELS = ["phone", "sms", "in_person", "council", "other"] as const;

export interface AnswerGiven {
  readonly entry_id: string;
  readonly at: string;
  readonly area_id: string | null;
  readonly note: string | null;
  readonly text: string | null;
  readonly organisation: string;
  readonly told_by: string | null;
}

export interface Report {
  readonly report_id: string;
  readonly kind: string;
  readonly triage: string;
  readonly received_at: string;
  readonly written_at: string | null;
  readonly seen: string | null;
  readonly lon_deg: number | null;
  readonly lat_deg: number | null;
  readonly geo_precision: string;
  readonly accuracy_m: number | null;
  readonly place: string | null;
  readonly text: string | null;
  readonly language: string | null;
  readonly children_near: string | null;
  readonly moved: string | null;
  readonly marked: string | null;
  readonly feels_at_ease: string | null;
  readonly state: string | null;
  readonly area_ids: readonly string[];
  readonly reasons: readonly Reason[];
  readonly likely_same: readonly string[];
  readonly pictures: readonly string[];
  readonly outcome: string | null;
  readonly told_at: string | null;
  readonly answer: AnswerGiven | null;
  /** The neighbourhood that it lies in, where it has a place and the layer a name for it. */
  readonly neighbourhood?: string | null;
}

export interface Reports {
  readonly reports: readonly Report[];
  readonly waiting: number;
  readonly total: number;
  readonly may_answer: boolean;
}

/** What the list is cut by; empty for everything. */
export interface ReportCut {
  readonly state: string;
  readonly triage: string;
  readonly kind: string;
  readonly q: string;
}

export function reportQuery(cut: ReportCut, page: number): Record<string, string | number> {
  const given = Object.entries(cut).filter(([, value]) => value.trim() !== "");
  return { ...Object.fromEntries(given), limit: PAGE_ROWS, ...(page > 0 ? { skip: page * PAGE_ROWS } : {}) };
}

/** The pins of reports that name a place. */
export function pinsOf(reports: readonly Report[]): Shape[] {
  return reports.flatMap(({ lon_deg: lon, lat_deg: lat }): Shape[] => {
    if (lon === null || lat === null) return [];
    return [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [lon, lat] } }];
  });
}

/** Whether nobody must wait for this one; such are told apart by more than their place in the list. */
export function presses(report: Report): boolean {
  return report.outcome === null && report.triage === "immediate";
}

/** What can be answered: what became of a danger, or of what was asked for. */
export function outcomesFor(report: Report): readonly string[] {
  return report.kind === "hazard" ? REPORT_OUTCOMES : REQUEST_OUTCOMES;
}
