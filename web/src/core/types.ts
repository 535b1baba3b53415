/** The shapes the server answers with. Times are ISO 8601 in UTC, areas in square metres. */

import type { Feature, FeatureCollection, Geometry } from "geojson";

export type HazardClass = "indication" | "sha" | "cha";
export type PartOutcome = "cancelled" | "reduced" | "cleared";
export type GateOutcome = "open" | "conditions" | "closed";
export type PointState = HazardClass | PartOutcome | "unrecorded" | "not_cleared";
export type Box = readonly [west: number, south: number, east: number, north: number];

/** The two times of every question; null is "now". */
export interface AsOf {
  readonly validAt: string | null;
  readonly knownAt: string | null;
}

export interface Mark {
  readonly at: string;
  readonly kind: string;
  readonly text: string;
}

export interface Site {
  readonly name: string;
  readonly lon_deg: number;
  readonly lat_deg: number;
  readonly bbox_lonlat: Box | null;
  readonly first_valid_at: string | null;
  readonly last_valid_at: string | null;
  readonly first_known_at: string | null;
  readonly last_known_at: string | null;
  readonly entries: number;
  readonly root: string;
  readonly marks: readonly Mark[];
  readonly counts: Readonly<Record<string, number>>;
  readonly languages: readonly string[];
  /** When something with a mark became known, one instant a day. */
  readonly known_days?: readonly string[];
  readonly base?: BaseMap | null;
}

/** The base map that the server was given: its zooms, and the layers inside its tiles. */
export interface BaseMap {
  readonly first_zoom: number;
  readonly last_zoom: number;
  readonly layers: readonly string[];
}

export interface Health {
  readonly status: string;
  readonly entries: number;
  /** The server's clock. */
  readonly now?: string;
  readonly root: string;
  readonly writable: boolean;
}

export interface Actor {
  readonly login: string;
  readonly person_id: string;
  readonly organisation_id: string;
  readonly organisation: string;
  readonly role: string;
}

export interface Session {
  readonly actor: Actor | null;
  /** What the store asks of who approves, and whether who is signed in proved that much. */
  readonly approving?: "passkey" | "totp" | "password";
  readonly strong?: boolean;
  /** Another house by which one may sign in. */
  readonly vouched_by?: string | null;
}

export interface Reason {
  readonly code: string;
  readonly text: string;
  readonly subject?: string | null;
  readonly at?: string | null;
  readonly source?: string | null;
  /** What to do next, where there is something. */
  readonly next?: string | null;
}

export interface AssetBrief {
  readonly asset_id: string;
  readonly kind: string;
  readonly name: string | null;
  readonly storeys: number | null;
}

export interface PointAnswer {
  readonly state: PointState;
  readonly reopened: boolean;
  readonly depth_cm: number | null;
  readonly headline: string;
  /** Released, and something newer speaks against it. */
  readonly in_doubt?: boolean;
  readonly reasons: readonly Reason[];
  readonly areas: readonly string[];
  readonly assets: readonly AssetBrief[];
  readonly projects: readonly string[];
  /** The neighbourhood that the point lies in; null where it lies in none with a name. */
  readonly neighbourhood?: string | null;
}

export interface AreaBrief {
  readonly area_id: string;
  readonly name: string | null;
  readonly class: string | null;
  readonly stage: string | null;
  readonly reopened: boolean;
  readonly open_m2: number | null;
  /** Whether the release of some of its released ground is in doubt. */
  readonly in_doubt?: boolean;
}

export interface Part {
  readonly part_id: string;
  readonly outcome: string;
  readonly depth_cm: number | null;
  readonly area_m2: number;
  readonly since: string | null;
  readonly in_doubt?: boolean;
  readonly reasons?: readonly Reason[];
}

export interface Act {
  readonly act: string;
  readonly subject: string;
  readonly allowed: boolean;
  readonly why: readonly string[];
  readonly part_ids?: readonly string[];
  readonly causes?: readonly string[];
  /** Codes with their words, by field. */
  readonly choices?: Choices | null;
}

export type Choices = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Release {
  readonly release_id: string;
  readonly state: string;
  readonly proposed_by: string | null;
  readonly accepted_by: string | null;
  readonly part_ids: readonly string[];
  readonly proves: readonly Reason[];
}

export interface HistoryItem {
  readonly seq: number;
  readonly kind: string;
  readonly title: string;
  readonly text: string;
  readonly valid_at: string;
  readonly recorded_at: string;
  readonly actor: string | null;
  readonly organisation: string | null;
}

export interface CertificateBrief {
  readonly number: string;
  readonly kind: string;
  readonly state: string;
  readonly issued_at: string;
}

export interface AreaDetail {
  readonly area_id: string;
  readonly name: string | null;
  readonly class: string | null;
  readonly stage: string | null;
  readonly validation: string | null;
  readonly figures: Readonly<Record<string, number | null>>;
  readonly source: string | null;
  readonly parts: readonly Part[];
  readonly reasons: readonly Reason[];
  readonly acts: readonly Act[];
  readonly releases: readonly Release[];
  readonly certificates: readonly CertificateBrief[];
  readonly history: readonly HistoryItem[];
  /** Its outline on record; for staff. */
  readonly outline?: Geometry | null;
}

export interface ProjectBrief {
  readonly project_id: string;
  readonly name: string | null;
  readonly kind: string;
  readonly outcome: GateOutcome;
  readonly depth_cm: number | null;
}

export interface GateLine {
  readonly gate: string;
  readonly outcome: GateOutcome;
  readonly code: string;
  readonly detail: string;
  readonly next: string | null;
  readonly area_ids: readonly string[];
  /** Whom a condition binds, in words, and until when it holds. */
  readonly who?: string | null;
  readonly until?: string | null;
}

/** A gate that was not asked, and why: no all-clear. */
export interface GateNotAsked {
  readonly gate: string;
  readonly code: string;
  readonly detail: string;
}

export interface GateRuling {
  readonly outcome: GateOutcome;
  readonly gates: readonly GateLine[];
  readonly not_asked?: readonly GateNotAsked[];
  /** What closes the works, by name: an override gives it back. Staff alone are told. */
  readonly seen?: string | null;
}

export interface ProjectDetail {
  readonly project_id: string;
  readonly name: string | null;
  readonly kind: string;
  readonly depth_cm: number | null;
  readonly assets: readonly (string | AssetBrief)[];
  readonly gate: GateRuling;
  readonly history: readonly HistoryItem[];
  readonly permits?: readonly Permit[];
  readonly notices?: readonly StopNotice[];
  /** Acts on permits that the role of who is signed in may do. */
  readonly may?: readonly string[];
  /** As what an organisation can be told of a stop. */
  readonly party_roles?: readonly string[];
}

/** An organisation that is concerned, and as what. */
export interface Party {
  readonly role: string;
  readonly role_text: string;
  readonly organisation: string;
}

export interface Permit {
  readonly permit_id: string;
  readonly state: string;
  readonly state_text: string;
  readonly stopped_by: readonly GateLine[];
  readonly reasons: readonly Reason[];
  readonly until: string | null;
  readonly conditions: readonly string[];
  readonly printed: readonly GateLine[];
  readonly override: string | null;
  readonly authority: string | null;
  readonly told: readonly Party[];
}

export interface StopNotice {
  readonly notice_id: string;
  readonly permit_id: string;
  readonly at: string;
  readonly stopped_by: readonly GateLine[];
  readonly reasons: readonly Reason[];
  readonly over_at: string | null;
  readonly acknowledged: readonly { readonly role: string; readonly organisation: string; readonly at: string }[];
  readonly waiting: readonly Party[];
  readonly call: Party | null;
}

/** One assessment of damage in the words of its source; two are never made one. */
export interface Damage {
  readonly assessment_id: string;
  readonly at: string;
  readonly scale_name: string;
  readonly as_written: string;
  readonly grade_text: string;
  readonly hint: boolean;
  readonly source: string | null;
}

/** The newest engineer's tag, and whether it stands. */
export interface StructureTag {
  readonly tag: string;
  readonly tag_name: string;
  readonly engineer: string;
  readonly at: string;
  readonly stands: boolean;
  readonly text: string;
  readonly next: string | null;
}

export interface AssetDetail extends AssetBrief {
  readonly gate: GateRuling;
  readonly damage?: readonly Damage[];
  readonly tag?: StructureTag | null;
  /** What damage never means, where there is any. */
  readonly remark?: string | null;
  readonly at: { readonly state: PointState; readonly headline?: string; readonly in_doubt?: boolean } | null;
  /** Works that name it. */
  readonly works?: readonly ProjectBrief[];
  /** What who asks may do about it now, each with the codes of its fields. */
  readonly acts?: readonly Act[];
  /** Its own outline; for staff. */
  readonly outline?: Geometry | null;
  readonly lon_deg?: number | null;
  readonly lat_deg?: number | null;
}

export interface SearchHit {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly lon_deg: number | null;
  readonly lat_deg: number | null;
  /** What the address shows it by: `area:H1`, `spot:…`; null where it has no place of its own. */
  readonly selected?: string | null;
}

export interface Catalogue {
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  readonly texts: Readonly<Record<string, string>>;
}

export interface Fault {
  readonly code: string;
  readonly place?: string | null;
  readonly row?: number | null;
  readonly detail?: string | null;
  readonly next?: string | null;
}

export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly code?: string;
  readonly faults?: readonly Fault[];
}

export type Props = Readonly<Record<string, unknown>>;
export type Shape = Feature<Geometry, Record<string, unknown>>;
export type Shapes = FeatureCollection<Geometry, Record<string, unknown>>;

/** What is selected: a thing with an id, or a spot on the ground. */
export type Selection =
  | { readonly kind: "area" | "project" | "asset"; readonly id: string }
  | { readonly kind: "spot"; readonly lon: number; readonly lat: number };

export interface MapView {
  readonly lon: number;
  readonly lat: number;
  readonly zoom: number;
}
