/** What the desk asks first, asked while its own scripts are still on their way; each answer is taken once. */

import { type Fetch, queryOf, SESSION } from "./api.ts";
import { isLang, type Lang, langOf } from "./language.ts";
import { LARGE_FROM_AREAS } from "./layers.ts";
import type { Site } from "./types.ts";

/** An answer older than this when the desk comes to ask is not of now, and is not taken. */
export const AHEAD_MS = 10_000;

/** The language of the address, the one chosen last time, or the browser's. */
export function langAtFirst(search: string, kept: string | null, wanted: readonly string[]): Lang {
  const asked = new URLSearchParams(search).get("lang");
  if (isLang(asked)) return asked;
  return isLang(kept) ? kept : langOf(wanted);
}

/** Answers on their way, by the address asked. */
export class Ahead {
  readonly #fetch: Fetch;
  readonly #nowMs: () => number;
  readonly #beganMs: number;
  readonly #asked = new Map<string, { readonly answer: Promise<Response | null>; readonly stop: AbortController }>();

  constructor(fetch: Fetch, nowMs: () => number) {
    this.#fetch = fetch;
    this.#nowMs = nowMs;
    this.#beganMs = nowMs();
  }

  /**
   * Asks for the words and, where the address is of now, for the lists. Who is signed in comes
   * first: what keeps answers must know of whom they are.
   */
  start(search: string, lang: Lang): void {
    this.#ask(SESSION);
    this.#ask(`/api/catalogue/${lang}.json`);
    const asked = new URLSearchParams(search);
    if (asked.has("valid_at") || asked.has("known_at")) return;
    const query = queryOf({ lang });
    const site = this.#ask(`/api/site${query}`);
    for (const path of [`/api/projects${query}`, "/health"]) this.#ask(path);
    // The areas of a large site are many, and its lists are shown without them.
    this.#ask(`/api/areas${query}`, async () => {
      const told = site && (await site)?.clone();
      return told?.ok === true && (((await told.json()) as Site).counts["areas"] ?? 0) <= LARGE_FROM_AREAS;
    });
  }

  #ask(url: string, wanted?: () => Promise<boolean>): Promise<Response | null> {
    const stop = new AbortController();
    const ask = async (): Promise<Response | null> => {
      if (wanted && !(await wanted().catch(() => false))) return null;
      return this.#fetch(url, { signal: stop.signal });
    };
    const answer = ask();
    answer.catch(() => undefined); // told to whoever takes it
    this.#asked.set(url, { answer, stop });
    return answer;
  }

  /** Asks as `fetch` does, with the answer that is on its way already where there is one. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const found = this.#asked.get(url);
    if (!found || (init.method ?? "GET") !== "GET") return this.#fetch(url, init);
    this.#asked.delete(url);
    const ageMs = this.#nowMs() - this.#beganMs;
    if (ageMs < 0 || ageMs > AHEAD_MS) {
      found.stop.abort();
      return this.#fetch(url, init);
    }
    const given = new Promise<never>((_, reject) => {
      const stop = (): void => {
        found.stop.abort();
        reject(new DOMException("given up", "AbortError"));
      };
      if (init.signal?.aborted) stop();
      else init.signal?.addEventListener("abort", stop, { once: true });
    });
    return (await Promise.race([found.answer, given])) ?? this.#fetch(url, init);
  }
}
