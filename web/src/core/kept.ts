/** What the desk keeps of its answers for reading without a network: which, where, for whom and how long. */

import { LANGUAGES } from "./language.ts";

/** On an answer that comes from the copy: when it was kept, in ms since 1970. */
export const KEPT_HEADER = "X-Rafiqa-Kept";

/** So long is the copy of somebody signed in readable without a word from the server: as long as a session lasts. */
export const OWNED_MS = 12 * 3_600_000;

/** Kept apart, so that what is opened by the hundred never pushes out what the map is drawn from. */
export type Shelf = "state" | "opened" | "tiles";

/** How many answers a shelf holds; the oldest go first. */
export const MOST: Readonly<Record<Shelf, number>> = { state: 400, opened: 400, tiles: 2_000 };

const ONE = "[^/]+";
const SHELVES: readonly (readonly [RegExp, Shelf])[] = [
  [/^\/health$/, "state"],
  [/^\/api\/(?:site|areas|projects|queue|news|tasks|account|progress|quality|waits|equity)$/, "state"],
  [new RegExp(`^/api/map/${ONE}$`), "state"],
  [new RegExp(`^/api/(?:areas|projects|assets|tasks)/${ONE}$`), "opened"],
  [/^\/api\/at$/, "opened"],
  [new RegExp(`^/tiles/${ONE}/\\d+/\\d+/\\d+\\.mvt$`), "tiles"],
];

/**
 * Where an answer is kept; null for one that is not. What residents told, papers, pictures and
 * files name persons and are never kept; nor is another time than now, of which a slider asks by the hundred.
 */
export function shelfOf(url: URL): Shelf | null {
  if (url.searchParams.has("valid_at") || url.searchParams.has("known_at")) return null;
  return SHELVES.find(([path]) => path.test(url.pathname))?.[1] ?? null;
}

/** The addresses under which an answer may be found: the one asked for, then the same in other languages. */
export function namesOf(url: URL): string[] {
  const asked = url.pathname + url.search;
  if (!url.searchParams.has("lang")) return [asked];
  const others = Object.keys(LANGUAGES).map((lang) => {
    const other = new URL(url);
    other.searchParams.set("lang", lang);
    return other.pathname + other.search;
  });
  return [asked, ...others.filter((name) => name !== asked)];
}

/** Whose copy it is, and when the server last said so; `login` is null where nobody is signed in. */
export interface Owner {
  readonly login: string | null;
  readonly saidAtMs: number;
}

/** Whether a copy may be read: nobody's always, somebody's only as long as a session would last. */
export function readable(owner: Owner | null, nowMs: number): boolean {
  if (!owner) return false;
  const ageMs = nowMs - owner.saidAtMs;
  return owner.login === null || (ageMs >= 0 && ageMs < OWNED_MS);
}
