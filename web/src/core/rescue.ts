/** Import rescue: sending a file in parts, what would become of it, what was brought, and taking it back. */

import type { Geometry } from "geojson";
import { type Api, ApiFault, type Fetch } from "./api.ts";
import type { Credentials } from "./person.ts";
import type { Fault, Problem, Shape } from "./types.ts";
import type { Told } from "./waysin.ts";

export const PART_BYTES = 256 * 1024;
/** An import reads, checks and stores every row before it answers. */
export const IMPORT_WITHIN_MS = 600_000;

export interface Labelled {
  readonly code: string;
  readonly label: string;
}

export interface ImportRow {
  readonly import_id: string;
  readonly at: string;
  readonly file: string;
  readonly kind_text: string;
  readonly mapping: string | null;
  readonly rows: number;
  readonly withdrawn: number;
  readonly organisation: string;
}

export interface Imports {
  readonly imports: readonly ImportRow[];
  readonly kinds: readonly Labelled[];
  readonly encodings: readonly string[];
  readonly mappings: readonly { readonly name: string; readonly kind: string | null; readonly saved: boolean }[];
  readonly may_undo: boolean;
  readonly may_save: boolean;
  readonly may_decide: boolean;
  readonly may_see_quarantine: boolean;
}

export interface Column {
  readonly column: string;
  readonly field: string | null;
  readonly becomes: readonly string[];
}

interface Value {
  readonly label: string;
  readonly words: string;
}

export interface ImportTold {
  readonly says: string;
  readonly dry_run: boolean;
  readonly read: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly import_id: string | null;
  readonly n_refused: number;
  readonly refused: readonly Fault[];
  readonly n_warnings: number;
  readonly warnings: readonly Fault[];
  readonly columns: readonly Column[];
  readonly fields: readonly Labelled[];
  readonly rows: readonly {
    readonly row: number;
    readonly fields: readonly Value[];
    readonly beside: readonly Value[];
    readonly placed: boolean;
  }[];
  readonly mapping_named: boolean;
}

export interface UndoTold {
  readonly says: string;
  readonly dry_run: boolean;
  readonly taken_back: number;
  readonly n_staying: number;
  readonly staying: readonly { readonly entry_id: string; readonly reasons: readonly Told[] }[];
}

export interface Pair {
  readonly kind: string;
  readonly one: string;
  readonly other: string;
  readonly one_source: string;
  readonly other_source: string;
  readonly reasons: readonly Told[];
  readonly differences: readonly { readonly name: string; readonly one: string | null; readonly other: string | null }[];
  readonly one_place: Geometry;
  readonly other_place: Geometry;
  readonly decided: string | null;
}

export interface Pairs {
  readonly pairs: readonly Pair[];
  readonly total: number;
  readonly may_decide: boolean;
}

export interface Quarantine {
  readonly items: readonly {
    readonly quarantine_id: string;
    readonly at: string;
    readonly file: string | null;
    readonly row: number | null;
    readonly n_bytes: number;
    readonly faults: readonly Fault[];
  }[];
  readonly total: number;
}

/** How a chosen file is to be read. */
export interface Reading {
  readonly kind: string;
  readonly mapping: string;
  /** What a person said of single columns: a field, or nothing to keep it beside the record. */
  readonly columns: Readonly<Record<string, string>>;
  readonly saveAs: string;
  /** What the file does not say of itself. */
  readonly crs: string;
  readonly encoding: string;
  /** Who confirms an import of released land. */
  readonly second?: Credentials | null;
}

/** A file that is here whole: its bytes' SHA-256 and its name. */
export interface Sent {
  readonly sha256: string;
  readonly name: string;
}

/** The body of an import; of a mapping and columns only what was chosen. */
export function importBody(sent: Sent, reading: Reading, dryRun: boolean): Record<string, unknown> {
  const columns = Object.keys(reading.columns).length ? reading.columns : null;
  return {
    sha256: sent.sha256,
    file_name: sent.name,
    kind: reading.kind,
    dry_run: dryRun,
    mapping: columns ? null : reading.mapping || null,
    columns,
    crs: reading.crs.trim() || null,
    encoding: reading.encoding || null,
    save_as: reading.saveAs.trim() || null,
    ...(reading.second && !dryRun ? { second: reading.second } : {}),
  };
}

/** Both places of a pair for the map: the first whole, the second in dashes, as of a match. */
export function pairShapes(pair: Pair): Shape[] {
  return [
    { type: "Feature", properties: { epoch: "old" }, geometry: pair.one_place },
    { type: "Feature", properties: { epoch: "new" }, geometry: pair.other_place },
  ];
}

/** The number of parts of a file. */
export function partsOf(nBytes: number): number {
  return Math.max(1, Math.ceil(nBytes / PART_BYTES));
}

/**
 * Sends a file in parts, each tried again where the line broke. Throws ApiFault where it is refused.
 * The hash is handed in: on a plain address of a local network the browser gives none itself.
 */
export async function sendFile(
  put: Fetch,
  bytes: Uint8Array<ArrayBuffer>,
  sha256: string,
  told: (share: number) => void,
): Promise<void> {
  const count = partsOf(bytes.length);
  for (let number = 0; number < count; number += 1) {
    const part = bytes.slice(number * PART_BYTES, (number + 1) * PART_BYTES);
    const headers = { "X-Rafiqa": "desk", "Content-Type": "application/octet-stream" };
    await putPart(put, `/api/uploads/${sha256}/${number}?of=${bytes.length}`, { method: "PUT", headers, body: part });
    told((number + 1) / count);
  }
}

const TRIES = 4;

async function putPart(put: Fetch, url: string, init: RequestInit): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    const answer = await put(url, init).catch(() => null);
    if (answer?.ok) return;
    if (answer && answer.status < 500) {
      const problem = (await answer.json().catch(() => null)) as Problem | null;
      throw new ApiFault(answer.status, problem);
    }
    if (tried === TRIES) throw new ApiFault(answer?.status ?? 0, null);
  }
}

export function takeIn(api: Api, sent: Sent, reading: Reading, dryRun: boolean, lang: string): Promise<ImportTold> {
  const body = importBody(sent, reading, dryRun);
  return api.send<ImportTold>("POST", "/api/imports", body, { lang, withinMs: IMPORT_WITHIN_MS });
}
