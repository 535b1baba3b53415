/** A task's dossier as the server tells it, and the extract of the map that is printed with it. */

import type { Geometry, Position } from "geojson";
import type { EvidenceTold, Find, ReleasePart } from "./queue.ts";
import type { CertificateBrief, HistoryItem } from "./types.ts";

export interface TaskBrief {
  readonly task_id: string;
  readonly area_id: string;
  readonly area_name: string | null;
  readonly organisation: string;
  readonly stage: string;
  readonly stage_text: string;
  readonly ordered_at: string;
  readonly ground_m2: number;
  readonly hazard_m2: number;
}

export interface WorkTold {
  readonly work_id: string;
  readonly reported_at: string;
  readonly begun_at: string | null;
  readonly ended_at: string | null;
  readonly team_id: string | null;
  readonly asset_ids: readonly string[];
  readonly deminer_hours: number | null;
  readonly finds_complete: boolean | null;
  readonly note: string | null;
  readonly parts: readonly ReleasePart[];
  readonly finds: readonly Find[];
}

export interface Dossier {
  readonly task: TaskBrief;
  readonly methods: readonly string[];
  readonly depth_cm: number | null;
  readonly donor: string | null;
  readonly cost: number | null;
  readonly currency: string | null;
  readonly note: string | null;
  readonly ordered_by: string;
  readonly teams: readonly string[];
  readonly accreditations: readonly {
    readonly accreditation_id: string;
    readonly methods: readonly string[];
    readonly valid_from: string;
    readonly valid_until: string | null;
    readonly restrictions: string | null;
    readonly granted_by: string | null;
    readonly stands: boolean;
  }[];
  readonly ground: Geometry;
  readonly outcomes: readonly { readonly outcome: string; readonly outcome_text: string; readonly area_m2: number }[];
  readonly unrecorded_m2: number;
  readonly evidence: readonly EvidenceTold[];
  readonly works: readonly WorkTold[];
  readonly quality: readonly HistoryItem[];
  readonly nonconformities: readonly HistoryItem[];
  readonly releases: readonly {
    readonly release_id: string;
    readonly state: string;
    readonly part_ids: readonly string[];
    readonly area_m2: number;
    readonly proposed_at: string;
    readonly decided_at: string | null;
  }[];
  readonly handovers: readonly {
    readonly handover_id: string;
    readonly receiver: string;
    readonly told_on: string;
    readonly residual_risk: string;
    readonly limits: string;
    readonly not_cleared: readonly string[];
  }[];
  readonly certificates: readonly CertificateBrief[];
  readonly documents: readonly { readonly name: string; readonly media_type: string; readonly sha256: string; readonly at: string }[];
  readonly history: readonly HistoryItem[];
  readonly source: string;
  readonly as_of: string;
  readonly known_at: string;
  readonly method: string;
  readonly ledger_entries: number;
  readonly ledger_root: string;
}

/** A small map: outlines as paths in metres from its corner, north up, and a bar of a round length. */
export interface Extract {
  readonly width: number;
  readonly height: number;
  readonly ground: string;
  readonly parts: readonly { readonly outcome: string; readonly path: string }[];
  readonly finds: readonly (readonly [x: number, y: number])[];
  readonly barM: number;
}

const M_PER_DEG = 111_320;
const MARGIN = 0.08;

function rings(geometry: Geometry): Position[][] {
  if (geometry.type === "Polygon") return geometry.coordinates;
  if (geometry.type === "MultiPolygon") return geometry.coordinates.flat();
  return geometry.type === "GeometryCollection" ? geometry.geometries.flatMap(rings) : [];
}

/** The extract of a task's ground with its parts and finds; null where it has no ground. */
export function extractOf(dossier: Pick<Dossier, "ground" | "works">): Extract | null {
  const outline = rings(dossier.ground);
  const places = outline.flat();
  const [lons, lats] = [places.map(([lon]) => lon ?? 0), places.map(([, lat]) => lat ?? 0)];
  if (!places.length) return null;
  const [west, east, south, north] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)];
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180) * M_PER_DEG;
  const across = Math.max((east - west) * narrow, (north - south) * M_PER_DEG, 1);
  const margin = across * MARGIN;
  const at = ([lon = 0, lat = 0]: Position): [number, number] => [round((lon - west) * narrow + margin), round((north - lat) * M_PER_DEG + margin)];
  const path = (geometry: Geometry): string => rings(geometry).map((ring) => `M${ring.map((place) => at(place).join(" ")).join("L")}Z`).join("");
  const parts = dossier.works.flatMap((work) => work.parts);
  const finds = dossier.works.flatMap((work) => work.finds);
  return {
    width: round((east - west) * narrow + 2 * margin),
    height: round((north - south) * M_PER_DEG + 2 * margin),
    ground: path(dossier.ground),
    parts: parts.map((part) => ({ outcome: part.outcome, path: path(part.place) })),
    finds: finds.map((find) => at([find.lon_deg, find.lat_deg])),
    barM: roundLength(across / 4),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The largest of 1, 2, 5, 10 … metres that is no longer. */
export function roundLength(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return ([5, 2, 1].find((each) => each * power <= most) ?? 1) * power;
}
