/** What a certificate says, field by field. Everything that is shown comes from here. */

import { type Outline, outlineOf } from "./outline.ts";
import { Malformed, Row } from "./row.ts";

const TAG = "rafiqa/certificate/1";
const KINDS: readonly string[] = ["completion", "release", "handover", "cancellation"];
const OUTCOMES: readonly string[] = ["cleared", "reduced", "cancelled"];
export const LIMIT_BYTES = 4096;
const CODE_LETTERS = 40;
const DEPTH_END_CM = 100_000;

/** A part of land with one outcome. */
export interface Part {
  readonly partId: string;
  readonly outcome: string;
  /** The storey, room group or layer that it is, or null for open ground. */
  readonly unit: string | null;
  /** Cleared down to here from the surface; null where nothing was dug. */
  readonly depthCm: number | null;
  readonly areaM2: number;
  readonly notDug: readonly string[];
  readonly outline: Outline;
}

/** Ground or a unit inside that was not cleared, and why. */
export interface NotCleared {
  readonly unit: string | null;
  readonly reason: string;
  readonly outline: Outline;
}

export interface Found {
  readonly kind: string;
  readonly count: number;
}

/** The authority of papers whose keys everybody knows: anybody can sign them. */
export const DEMONSTRATION = "Demo city (invented)";

export interface Claims {
  readonly number: string;
  readonly kind: string;
  readonly authority: string;
  readonly place: string;
  /** Days since 1970-01-01. */
  readonly decidedOn: number;
  readonly loggedAtS: number;
  readonly methods: readonly string[];
  readonly parts: readonly Part[];
  readonly notCleared: readonly NotCleared[];
  readonly found: readonly Found[];
  readonly areaM2: number;
  readonly receivedBy: string | null;
  readonly listVersion: number;
  readonly supersedes: string | null;
}

/** The claims that bytes are. Throws Malformed; also where a paper says what its kind may not say. */
export function claimsOf(data: Uint8Array): Claims {
  const row = Row.of(data, 17, LIMIT_BYTES);
  row.tag(TAG);
  const head = {
    number: code(row),
    kind: code(row),
    authority: row.text(),
    place: row.text(),
    decidedOn: row.whole(),
    loggedAtS: row.whole(),
    methods: row.many(code),
    parts: row.many(partOf),
    notCleared: row.many(notClearedOf),
    found: row.many(foundOf),
    areaM2: row.whole(),
    receivedBy: row.maybe((next) => next.text()),
  };
  row.raw(32); // the hash of the survey: nothing to be shown
  const listVersion = row.whole();
  row.raw(16); // salt
  const claims = { ...head, listVersion, supersedes: row.maybe(code) };
  if (!maySay(claims)) throw new Malformed("its kind may not say this");
  return claims;
}

/** Cancelled land is never called cleared; what is cleared has a depth or is a unit. */
function maySay(claims: Claims): boolean {
  const outcomes = [...new Set(claims.parts.map((part) => part.outcome))];
  const cancelled = outcomes.includes("cancelled");
  if (!KINDS.includes(claims.kind) || outcomes.length === 0) return false;
  if (!outcomes.every((outcome) => OUTCOMES.includes(outcome))) return false;
  if ((claims.kind === "cancellation") !== (cancelled && outcomes.length === 1)) return false;
  if (claims.kind === "release" && cancelled) return false;
  if ((claims.kind === "handover") !== (claims.receivedBy !== null)) return false;
  return claims.parts.every(isSound);
}

function isSound(part: Part): boolean {
  if (part.outcome === "cleared") return part.depthCm !== null || part.unit !== null;
  return part.depthCm === null && part.notDug.length === 0;
}

function code(row: Row): string {
  return row.text(CODE_LETTERS);
}

function partOf(outer: Row): Part {
  const row = outer.row(7);
  return {
    partId: code(row),
    outcome: code(row),
    unit: row.maybe((next) => next.text()),
    depthCm: row.maybe((next) => next.whole(DEPTH_END_CM)),
    areaM2: row.whole(),
    notDug: row.many((next) => next.text()),
    outline: outlineOf(row.raw()),
  };
}

function notClearedOf(outer: Row): NotCleared {
  const row = outer.row(3);
  return { unit: row.maybe((next) => next.text()), reason: row.text(), outline: outlineOf(row.raw()) };
}

function foundOf(outer: Row): Found {
  const row = outer.row(2);
  return { kind: code(row), count: row.whole() };
}
