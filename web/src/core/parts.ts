/** Parts of an area drawn at completion: what is drawn, what is sent, and what the server makes of it. */

import type { Geometry } from "geojson";
import type { EvidenceTold } from "./queue.ts";
import type { Act, Choices, Fault, Shape } from "./types.ts";

/** A part as somebody draws it and says of it; figures as typed. */
export interface DrawnPart {
  readonly id: string;
  readonly geometry: Geometry;
  readonly outcome: string;
  readonly method: string;
  readonly depthCm: string;
  readonly depthFromCm: string;
  readonly surface: string;
  readonly reason: string;
  readonly unitId: string;
  /** How each item of evidence was answered, by its id. */
  readonly answers: Readonly<Record<string, string>>;
}

/** Work that is about to be reported; it stands on this page and nowhere else. */
export interface WorkDraft {
  readonly workId: string;
  readonly areaId: string;
  readonly taskId: string | null;
  readonly parts: readonly DrawnPart[];
  /** How many parts were ever drawn: no id is given twice. */
  readonly drawn: number;
  readonly began: string;
  readonly ended: string;
  readonly team: string;
  readonly nothingFound: boolean;
  readonly note: string;
}

export interface PartTold {
  readonly part_id: string;
  readonly area_m2: number;
  readonly outside_m2: number;
  readonly over_released_m2: number;
  readonly overlaps: readonly { readonly part_id: string; readonly area_m2: number; readonly geometry: Geometry }[];
  readonly units: readonly { readonly unit_id: string; readonly text: string }[];
  readonly faults: readonly Fault[];
}

/** Ordnance found on the ground before, and the parts in which it lay. */
export interface FoundHere {
  readonly subject: string;
  readonly category_text: string | null;
  readonly count: number;
  readonly depth_cm: number | null;
  readonly at: string;
  readonly lon_deg: number;
  readonly lat_deg: number;
  readonly part_ids: readonly string[];
  readonly open: boolean;
}

export interface PartsTold {
  readonly area_id: string;
  readonly area_name: string | null;
  readonly ground: Geometry;
  readonly ground_m2: number;
  readonly released_m2: number;
  readonly twice_m2: number;
  readonly outside_m2: number;
  readonly over_released_m2: number;
  readonly left_m2: number;
  readonly left: Geometry | null;
  readonly parts: readonly PartTold[];
  readonly faults: readonly Fault[];
  readonly evidence: readonly EvidenceTold[];
  readonly finds: readonly FoundHere[];
  readonly report: Act;
  readonly choices: Choices;
}

export function newDraft(workId: string, areaId: string, taskId: string | null, day: string): WorkDraft {
  return { workId, areaId, taskId, parts: [], drawn: 0, began: day, ended: day, team: "", nothingFound: false, note: "" };
}

/** The draft with more parts; until something is said of them they are not cleared. */
export function withParts(draft: WorkDraft, outlines: readonly Geometry[]): WorkDraft {
  const method = draft.parts.at(-1)?.method ?? "manual";
  const added = outlines.map((geometry, at): DrawnPart => ({ ...SAYS_NOTHING, id: `${draft.workId}-${draft.drawn + at + 1}`, geometry, method }));
  return { ...draft, parts: [...draft.parts, ...added], drawn: draft.drawn + outlines.length };
}

const SAYS_NOTHING = { outcome: "not_cleared", depthCm: "", depthFromCm: "", surface: "", reason: "", unitId: "", answers: {} } as const;

export function withPart(draft: WorkDraft, id: string, change: Partial<DrawnPart>): WorkDraft {
  return { ...draft, parts: draft.parts.map((part) => (part.id === id ? { ...part, ...change } : part)) };
}

export function withoutPart(draft: WorkDraft, id: string): WorkDraft {
  return { ...draft, parts: draft.parts.filter((part) => part.id !== id) };
}

/** The draft with a part cut into pieces, each with what was said of the whole. */
export function withPieces(draft: WorkDraft, id: string, outlines: readonly Geometry[]): WorkDraft {
  const whole = draft.parts.find((part) => part.id === id);
  if (!whole) return draft;
  const pieces = outlines.map((geometry, at): DrawnPart => ({ ...whole, id: `${draft.workId}-${draft.drawn + at + 1}`, geometry }));
  const parts = draft.parts.flatMap((part) => (part.id === id ? pieces : [part]));
  return { ...draft, parts, drawn: draft.drawn + outlines.length };
}

/** What is sent, to be measured or to be reported. */
export function workBody(draft: WorkDraft): Record<string, unknown> {
  return {
    work_id: draft.workId,
    area_id: draft.areaId,
    task_id: draft.taskId,
    began: draft.began,
    ended: draft.ended,
    team_id: draft.team.trim() || null,
    finds_complete: draft.nothingFound ? true : null,
    note: draft.note.trim(),
    parts: draft.parts.map(partBody),
  };
}

function partBody(part: DrawnPart): Record<string, unknown> {
  const cleared = part.outcome === "cleared";
  const surveyed = part.outcome === "cancelled" || part.outcome === "reduced";
  const answers = Object.entries(part.answers).map(([id, how]) => ({ evidence_id: id, how: how.trim() }));
  return {
    part_id: part.id,
    geometry: part.geometry,
    outcome: part.outcome,
    method: part.method,
    // Only what belongs to the outcome: what was typed for another one is not told.
    depth_cm: cleared ? wholeCm(part.depthCm) : null,
    depth_from_cm: cleared ? wholeCm(part.depthFromCm) : null,
    surface: cleared ? part.surface || null : null,
    reason: part.outcome === "not_cleared" ? part.reason || null : null,
    unit_id: part.unitId || null,
    answers: surveyed ? answers : [],
  };
}

/** Whole centimetres, rounded down: deeper ground stays unknown. Arabic digits are read too. */
export function wholeCm(typed: string): number | null {
  const latin = typed.trim().replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15));
  return /^\d{1,4}([.,]\d+)?$/.test(latin) ? Math.floor(Number(latin.replace(",", "."))) : null;
}

/** One line of the sum: what it is, and with which sign it counts. */
export interface SumLine {
  readonly name: string;
  readonly sign: 1 | -1;
  readonly m2: number;
  /** Of a part: which. */
  readonly partId?: string;
}

/** Lines that add up to the ground: released before, each part, what is counted wrongly, what is left. */
export function sumLines(told: PartsTold): SumLine[] {
  const lines: SumLine[] = [
    { name: "released", sign: 1, m2: told.released_m2 },
    ...told.parts.map((part): SumLine => ({ name: "part", sign: 1, m2: part.area_m2, partId: part.part_id })),
    { name: "twice", sign: -1, m2: told.twice_m2 },
    { name: "outside", sign: -1, m2: told.outside_m2 },
    { name: "over_released", sign: -1, m2: told.over_released_m2 },
    { name: "left", sign: 1, m2: told.left_m2 },
  ];
  return lines.filter((line) => line.m2 > 0 || line.name === "left" || line.name === "part");
}

/**
 * Figures in whole m² that add up to the total in whole m², as they are read by eye: where
 * rounding each by itself misses, the lines that it moved the most take the difference.
 */
export function addingUp(lines: readonly SumLine[], total: number): number[] {
  const exact = lines.map((line) => line.sign * line.m2);
  const shown = exact.map(Math.round);
  let missing = Math.round(total) - shown.reduce((sum, each) => sum + each, 0);
  const step = Math.sign(missing);
  const gain = (at: number): number => step * ((exact[at] ?? 0) - (shown[at] ?? 0));
  const order = [...lines.keys()].sort((a, b) => gain(b) - gain(a));
  for (const at of order) {
    if (missing === 0) break;
    shown[at] = (shown[at] ?? 0) + step;
    missing -= step;
  }
  return shown.map(Math.abs);
}

/** What the map shows of a draft: the ground, the parts by number, what is left, what lies wrongly, and finds. */
export function draftShapes(draft: WorkDraft, told: PartsTold | null): Shape[] {
  const shape = (geometry: Geometry, properties: Record<string, unknown>): Shape => ({ type: "Feature", geometry, properties });
  const wrong = told?.parts.flatMap((part) => part.overlaps.map((each) => shape(each.geometry, { fault: true }))) ?? [];
  return [
    ...(told ? [shape(told.ground, { epoch: "old" })] : []),
    ...(told?.left && draft.parts.length ? [shape(told.left, { epoch: "new" })] : []),
    ...wrong,
    ...draft.parts.map((part, at) => shape(part.geometry, { rank: String(at + 1) })),
    ...(told?.finds ?? []).map((find) => shape({ type: "Point", coordinates: [find.lon_deg, find.lat_deg] }, { rank: "×" })),
  ];
}

/** Every fault of a part once: those of the last refusal, and those told since. */
export function faultsOf(id: string, told: PartTold | undefined, refused: readonly Fault[]): Fault[] {
  const found = [...(told?.faults ?? []), ...refused.filter((fault) => fault.place === id)];
  const seen = new Set<string>();
  return found.filter((fault) => {
    const key = `${fault.code} ${fault.detail ?? ""}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** A fault as its card tells it: parts by their number there, and without its place, where it stands. */
export function atCard({ place: _, ...fault }: Fault, ids: readonly string[]): Fault {
  const numbered = (words: string | null | undefined): string | null =>
    words == null ? null : ids.reduceRight((told, id, at) => told.replaceAll(id, String(at + 1)), words);
  return { ...fault, detail: numbered(fault.detail), next: numbered(fault.next) };
}

/** A draft kept by this browser while it is open; null where it is of something else or cannot be read. */
export function readDraft(text: string | null): WorkDraft | null {
  if (!text) return null;
  try {
    const draft = JSON.parse(text) as WorkDraft;
    return typeof draft.workId === "string" && Array.isArray(draft.parts) ? draft : null;
  } catch {
    return null;
  }
}
