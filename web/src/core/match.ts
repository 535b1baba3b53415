/** Matching two versions of a layer: which there are, what is doubtful, and a person's word on it. */

import type { Geometry } from "geojson";
import type { Api } from "./api.ts";
import type { Shape } from "./types.ts";

export interface LayerVersion {
  readonly layer_id: string;
  readonly kind: string;
  readonly version: number;
  readonly sha256: string;
  readonly valid_at: string;
  readonly recorded_at: string;
  readonly content: "whole" | "missing" | "changed";
}

export interface Doubt {
  readonly candidate_id: string;
  readonly old_ids: readonly string[];
  readonly new_ids: readonly string[];
  readonly kind_name: string;
  readonly common_permille: number;
  readonly doubts_text: string;
  readonly old_shapes: readonly Geometry[];
  readonly new_shapes: readonly Geometry[];
}

export interface Decided {
  readonly candidate_id: string;
  readonly old_ids: readonly string[];
  readonly new_ids: readonly string[];
  readonly accepted: boolean;
  readonly by: string;
  readonly role: string;
  readonly at: string;
  readonly note: string | null;
}

export interface Matches {
  readonly sure: number;
  readonly gone: number;
  readonly new: number;
  readonly queue: readonly Doubt[];
  readonly decided: readonly Decided[];
  readonly may_decide: boolean;
}

/** Kinds of layers whose rows can be the same things in another version. */
const MATCHED = new Set(["buildings", "roads", "bridges", "works"]);

export async function loadVersions(api: Api, signal: AbortSignal): Promise<readonly LayerVersion[]> {
  const { layers } = await api.get<{ layers: LayerVersion[] }>("/api/layers", { signal });
  return layers.filter((each) => MATCHED.has(each.kind) && each.content === "whole");
}

export function loadMatches(api: Api, pair: Pair, lang: string, signal: AbortSignal): Promise<Matches> {
  return api.get<Matches>("/api/matches", { query: { ...pair }, lang, signal });
}

/** Two versions by their hashes, the older first. */
export interface Pair {
  readonly old: string;
  readonly new: string;
}

export function decide(api: Api, pair: Pair, doubt: Doubt, accepted: boolean, lang: string): Promise<unknown> {
  const body = { ...pair, candidate_id: doubt.candidate_id, accepted };
  return api.act("/api/matches/decisions", body, lang);
}

/** Both shapes of a match for the map, each with the epoch that it is of. */
export function comparedShapes(doubt: Doubt): Shape[] {
  const of = (epoch: "old" | "new", shapes: readonly Geometry[]): Shape[] =>
    shapes.map((geometry) => ({ type: "Feature", properties: { epoch }, geometry }));
  return [...of("old", doubt.old_shapes), ...of("new", doubt.new_shapes)];
}

/** What a key means here; by its place on the keyboard, so that it is the same in Arabic. */
export function keyed(code: string): "yes" | "no" | "skip" | null {
  return code === "KeyY" ? "yes" : code === "KeyN" ? "no" : code === "KeyS" ? "skip" : null;
}
