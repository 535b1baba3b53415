/** The state of the desk in the address line, so that a link shows what its sender saw. */

import type { AccountChoice } from "./account.ts";
import { OFF_AT_FIRST } from "./layers.ts";
import type { LonLat } from "./plane.ts";
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
  /** What the page of work shows of many: a submission, a task, something that waits. */
  readonly of: string | null;
  readonly hidden: readonly string[];
  /** Corners of an outline that is not on record: a link shows it to somebody else. */
  readonly drawn: readonly LonLat[];
  /** The area that it is to be the outline of; null for a new one. */
  readonly drawnFor: string | null;
  /** What the land account is asked, where it is open. */
  readonly account: AccountChoice | null;
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
    of: params.get("of") || null,
    hidden: readHidden(params.get("hide"), params.get("show")),
    drawn: readCorners(params.get("drawn")),
    drawnFor: params.get("drawn_for") || null,
    account: readAccount(params),
  };
}

/** The query string of a state, with what is at its default left out. */
export function writeUrl(state: UrlState): string {
  const parts: string[] = [];
  const put = (name: string, value: string | null): void => {
    if (value) parts.push(`${name}=${encodeURIComponent(value).replace(/%(3A|2C|3B)/g, decodeURIComponent)}`);
  };
  put("lang", state.lang);
  put("valid_at", state.time.validAt);
  put("known_at", state.time.tied ? "then" : state.time.knownAt);
  put("selected", writeSelection(state.selected));
  put("view", writeView(state.view));
  put("work", state.work);
  put("of", state.work && state.of);
  const off: readonly string[] = OFF_AT_FIRST;
  put("hide", state.hidden.filter((id) => !off.includes(id)).sort().join(","));
  put("show", off.filter((id) => !state.hidden.includes(id)).join(","));
  put("drawn", writeCorners(state.drawn));
  put("drawn_for", state.drawnFor);
  if (state.account) {
    put("account", "open");
    put("since", state.account.from);
    put("compare", state.account.compare);
    put("boundary", writeCorners(state.account.boundary));
  }
  return parts.length ? `?${parts.join("&")}` : "";
}

/** What is not shown: what is hidden, and what nobody asked to see. */
function readHidden(hide: string | null, show: string | null): string[] {
  const ids = (text: string | null): string[] => (text ?? "").split(",").filter((id) => /^[a-z_]+$/.test(id));
  const shown = ids(show);
  return [...ids(hide), ...OFF_AT_FIRST.filter((id) => !shown.includes(id))];
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

function readAccount(params: URLSearchParams): AccountChoice | null {
  if (params.get("account") !== "open") return null;
  const day = (name: string): string => params.get(name)?.match(/^\d{4}-\d\d-\d\d$/)?.[0] ?? "";
  return { from: day("since"), compare: day("compare"), boundary: readCorners(params.get("boundary")) };
}

const CORNERS_MOST = 200;

/** Corners with a semicolon between; none where one of them cannot be read: half an outline is another. */
export function readCorners(text: string | null): LonLat[] {
  const found = (text ?? "").split(";").filter(Boolean).map(numbers);
  const corners = found.filter((pair): pair is [number, number] => pair.length === 2 && inWorld(pair[0], pair[1]));
  return corners.length === found.length && found.length <= CORNERS_MOST ? corners : [];
}

/** Corners to about a millimetre; nothing where they are too many for an address. */
export function writeCorners(corners: readonly LonLat[]): string | null {
  if (corners.length > CORNERS_MOST) return null;
  return corners.map(([lonDeg, latDeg]) => `${+lonDeg.toFixed(8)},${+latDeg.toFixed(8)}`).join(";");
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
