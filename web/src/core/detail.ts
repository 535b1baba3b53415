/** What the side sheet shows of a selection, loaded together as of the same two times. */

import { ApiFault, type Api } from "./api.ts";
import type { AreaDetail, AsOf, AssetDetail, PointAnswer, ProjectDetail, Selection } from "./types.ts";

export interface Detail {
  readonly selection: Selection;
  readonly asOf: AsOf;
  readonly point: PointAnswer | null;
  readonly areas: readonly AreaDetail[];
  readonly projects: readonly ProjectDetail[];
  readonly asset: AssetDetail | null;
}

export type DetailState =
  | { readonly kind: "loading"; readonly old: Detail | null }
  | { readonly kind: "ready"; readonly detail: Detail }
  | { readonly kind: "failed"; readonly old: Detail | null; readonly fault: ApiFault };

/** Everything known of a selection. Throws ApiFault if any part of it cannot be had. */
export async function loadDetail(
  api: Api,
  selection: Selection,
  asOf: AsOf,
  lang: string,
  signal: AbortSignal,
): Promise<Detail> {
  const question = { asOf, lang, signal };
  const one = <T>(kind: string, id: string): Promise<T> =>
    api.get<T>(`/api/${kind}/${encodeURIComponent(id)}`, question);
  const empty = { selection, asOf, point: null, areas: [], projects: [], asset: null };
  switch (selection.kind) {
    case "area":
      return { ...empty, areas: [await one<AreaDetail>("areas", selection.id)] };
    case "project":
      return { ...empty, projects: [await one<ProjectDetail>("projects", selection.id)] };
    case "asset":
      return { ...empty, asset: await one<AssetDetail>("assets", selection.id) };
    case "spot": {
      const query = { lon: selection.lon.toFixed(7), lat: selection.lat.toFixed(7) };
      const point = await api.get<PointAnswer>("/api/at", { ...question, query });
      const [areas, projects] = await Promise.all([
        Promise.all(point.areas.map((id) => one<AreaDetail>("areas", id))),
        Promise.all(point.projects.map((id) => one<ProjectDetail>("projects", id))),
      ]);
      return { ...empty, point, areas, projects };
    }
  }
}

/** Runs one load at a time; the newest wins, and the old answer stays in sight meanwhile. */
export class DetailLoader {
  #running: AbortController | null = null;
  readonly #set: (state: DetailState | null) => void;
  #last: Detail | null = null;

  constructor(set: (state: DetailState | null) => void) {
    this.#set = set;
  }

  async load(api: Api, selection: Selection | null, asOf: AsOf, lang: string): Promise<void> {
    this.#running?.abort();
    if (!selection) {
      this.#last = null;
      this.#set(null);
      return;
    }
    const run = new AbortController();
    this.#running = run;
    const old = this.#last && sameSelection(this.#last.selection, selection) ? this.#last : null;
    this.#set({ kind: "loading", old });
    try {
      const detail = await loadDetail(api, selection, asOf, lang, run.signal);
      if (run.signal.aborted) return;
      this.#last = detail;
      this.#set({ kind: "ready", detail });
    } catch (error) {
      if (run.signal.aborted) return;
      const fault = error instanceof ApiFault ? error : new ApiFault(0, null);
      // Not on record at these times: what stood there at others would mislead.
      this.#set({ kind: "failed", old: fault.status === 404 ? null : old, fault });
    }
  }
}

export function sameSelection(a: Selection, b: Selection): boolean {
  if (a.kind === "spot" || b.kind === "spot") {
    return a.kind === "spot" && b.kind === "spot" && a.lon === b.lon && a.lat === b.lat;
  }
  return a.kind === b.kind && a.id === b.id;
}
