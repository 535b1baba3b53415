/** What waits for who is signed in, as the server tells it, and the keys by which it is worked. */

import type { Geometry } from "geojson";
import type { HistoryItem, Reason, Shape } from "./types.ts";
import type { Told } from "./waysin.ts";

export type Danger = "immediate" | "urgent" | "routine";

export interface QueueItem {
  readonly kind: string;
  readonly id: string;
  readonly text: string;
  readonly since: string;
  readonly danger: Danger;
  readonly area_ids: readonly string[];
  readonly why_not: readonly Told[];
  readonly may_set_aside: boolean;
  readonly n: number;
}

export interface Queue {
  readonly items: readonly QueueItem[];
  readonly others: readonly QueueItem[];
  readonly counts: readonly { readonly kind: string; readonly n: number }[];
  readonly role: string;
}

/** The name by which one of them stands in the address line. */
export function keyOf(item: Pick<QueueItem, "kind" | "id">): string {
  return `${item.kind}:${item.id}`;
}

/** Kind and id out of such a name; an id may hold colons itself. */
export function readKey(key: string | null): { kind: string; id: string } | null {
  const cut = key?.indexOf(":") ?? -1;
  return key && cut > 0 ? { kind: key.slice(0, cut), id: key.slice(cut + 1) } : null;
}

/** What a key does in a list of things that wait, by its place on the keyboard: letters differ by language. */
const IN_LIST: Readonly<Record<string, string>> = {
  KeyJ: "next",
  ArrowDown: "next",
  KeyK: "before",
  ArrowUp: "before",
  Home: "first",
  End: "last",
  KeyS: "aside",
};

/** What a key does while one of them is open. */
const IN_ONE: Readonly<Record<string, string>> = {
  KeyJ: "next",
  KeyK: "before",
  KeyU: "back",
  KeyA: "accept",
  KeyB: "return",
  KeyX: "refuse",
  KeyS: "aside",
  KeyE: "edit",
  KeyC: "unsure",
  KeyN: "further",
  KeyP: "earlier",
};

export interface Pressed {
  readonly code: string;
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** What a key asks for; null where it is none of ours, or belongs to the browser. */
export function meantBy(pressed: Pressed, open: boolean): string | null {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return null;
  if (pressed.key === "?" || pressed.key === "؟") return "help";
  return (open ? IN_ONE : IN_LIST)[pressed.code] ?? null;
}

/** Where a step leads in a list of so many: it stays within it. */
export function stepTo(at: number, step: string, count: number): number {
  if (count === 0) return -1;
  const to = { next: at + 1, before: at - 1, first: 0, last: count - 1 }[step] ?? at;
  return Math.min(Math.max(to, 0), count - 1);
}

export interface ReleasePart {
  readonly part_id: string;
  readonly outcome: string;
  readonly outcome_text: string;
  readonly method_text: string | null;
  readonly depth_cm: number | null;
  readonly depth_from_cm: number | null;
  readonly surface_text: string | null;
  readonly reason_text: string | null;
  readonly area_m2: number;
  readonly reported_m2: number | null;
  readonly unit_id: string | null;
  readonly answers: readonly { readonly evidence_id: string; readonly how: string }[];
  readonly proofs: readonly Reason[];
  readonly place: Geometry;
}

export interface Find {
  readonly category_text: string;
  readonly count: number;
  readonly depth_cm: number | null;
  readonly action_text: string | null;
  readonly lon_deg: number;
  readonly lat_deg: number;
}

export interface EvidenceTold {
  readonly evidence_id: string;
  readonly kind_text: string;
  readonly at: string;
  readonly text: string | null;
  readonly source_text: string;
}

export interface ReleaseSheet {
  readonly release_id: string;
  readonly state: string;
  readonly area_id: string;
  readonly area_name: string | null;
  readonly work_id: string;
  readonly task_id: string | null;
  readonly operator: string;
  readonly team_id: string | null;
  readonly begun_at: string | null;
  readonly ended_at: string;
  readonly reported_at: string;
  readonly finds_complete: boolean | null;
  readonly proposed_by: string;
  readonly proposed_organisation: string;
  readonly proposed_at: string;
  readonly note: string | null;
  readonly decided_by: string | null;
  readonly decided_at: string | null;
  readonly decision_note: string | null;
  readonly parts: readonly ReleasePart[];
  readonly left: readonly ReleasePart[];
  readonly totals_m2: Readonly<Record<string, number>>;
  readonly finds: readonly Find[];
  readonly evidence: readonly EvidenceTold[];
  readonly quality: readonly HistoryItem[];
  readonly nonconformities: readonly HistoryItem[];
  readonly against: readonly Told[];
  readonly may_accept: boolean;
  readonly may_reject: boolean;
  readonly why_not: readonly Told[];
  readonly digest: string;
}

/** The outlines of parts, for the map. */
export function shapesOfParts(parts: readonly ReleasePart[]): Shape[] {
  return parts.map(({ place, part_id, outcome }) => ({ type: "Feature", properties: { part_id, outcome }, geometry: place }));
}

/** Where an act on a release goes, and what it says. */
export function releaseAct(sheet: ReleaseSheet, accepted: boolean, note: string): readonly [path: string, body: unknown] {
  const path = `/api/releases/${encodeURIComponent(sheet.release_id)}`;
  return accepted ? [`${path}/acceptance`, { note, seen: sheet.digest }] : [`${path}/rejection`, { note }];
}

export interface NewsItem {
  readonly kind: string;
  readonly at: string;
  readonly text: string;
  readonly danger: Danger;
  readonly is_new: boolean;
  readonly page: string;
  readonly id: string;
}

export interface News {
  readonly items: readonly NewsItem[];
  readonly n_new: number;
  readonly seen_seq: number;
  readonly seq: number;
}
