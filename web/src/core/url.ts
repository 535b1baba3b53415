/** The state of the desk in the address line, so that a link shows what its sender saw. */

import { instant, NOW, type TimeChoice } from "./time.ts";
import { isLang, type Lang } from "./language.ts";
import type { MapView, Selection } from "./types.ts";
import { readWork, type WorkId } from "./work.ts";

export interface UrlState {
  readonly lang: Lang | null;
  readonly time: TimeChoice;
  readonly selected: Selection | null;
  readonly view: MapView | null;
  readonly work: WorkId | null;
  readonly hidden: readonly string[];
}

/** The state a query string asks for; anything it cannot read is left at its default. */
export function readUrl(query: string): UrlState {
  const params = new URLSearchParams(query);
  const lang = params.get("lang");
  return {
    lang: isLang(lang) ? lang : null,
    time: readTime(params.get("valid_at"), params.get("known_at")),
    selected: readSelection(params.get("selected")),
    view: readView(params.get("view")),
    work: readWork(params.get("work")),
    hidden: (params.get("hide") ?? "").split(",").filter((id) => /^[a-z_]+$/.test(id)),
  };
}

/** The query string of a state, with what is at its default left out. */
export function writeUrl(state: UrlState): string {
  const parts: string[] = [];
  const put = (name: string, value: string | null): void => {
    if (value) parts.push(`${name}=${encodeURIComponent(value).replace(/%(3A|2C)/g, decodeURIComponent)}`);
  };
  put("lang", state.lang);
  put("valid_at", state.time.validAt);
  put("known_at", state.time.tied ? "then" : state.time.knownAt);
  put("selected", writeSelection(state.selected));
  put("view", writeView(state.view));
  put("work", state.work);
  put("hide", [...state.hidden].sort().join(","));
  return parts.length ? `?${parts.join("&")}` : "";
}

function readTime(validAt: string | null, knownAt: string | null): TimeChoice {
  const tied = knownAt === "then";
  return {
    validAt: instant(validAt) === null ? NOW.validAt : validAt,
    knownAt: tied || instant(knownAt) === null ? NOW.knownAt : knownAt,
    tied,
  };
}

/** `area:HA-1`, `project:P-2`, `asset:B-3` or `spot:44.01,36.19`; null for anything else. */
export function readSelection(text: string | null): Selection | null {
  const cut = text?.indexOf(":") ?? -1;
  if (!text || cut < 0) return null;
  const kind = text.slice(0, cut);
  const rest = text.slice(cut + 1);
  if (kind === "spot") {
    const [lon, lat] = numbers(rest);
    return inWorld(lon, lat) ? { kind, lon: lon as number, lat: lat as number } : null;
  }
  if ((kind === "area" || kind === "project" || kind === "asset") && rest) return { kind, id: rest };
  return null;
}

export function writeSelection(selected: Selection | null): string | null {
  if (!selected) return null;
  if (selected.kind !== "spot") return `${selected.kind}:${selected.id}`;
  return `spot:${selected.lon.toFixed(6)},${selected.lat.toFixed(6)}`;
}

function readView(text: string | null): MapView | null {
  const [lon, lat, zoom] = numbers(text ?? "");
  if (!inWorld(lon, lat) || zoom === undefined || zoom < 0 || zoom > 24) return null;
  return { lon: lon as number, lat: lat as number, zoom };
}

function writeView(view: MapView | null): string | null {
  return view && `${view.lon.toFixed(5)},${view.lat.toFixed(5)},${view.zoom.toFixed(2)}`;
}

function numbers(text: string): (number | undefined)[] {
  return text.split(",").map((part) => {
    const value = part.trim() === "" ? Number.NaN : Number(part);
    return Number.isFinite(value) ? value : undefined;
  });
}

function inWorld(lon: number | undefined, lat: number | undefined): boolean {
  return lon !== undefined && lat !== undefined && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
}
