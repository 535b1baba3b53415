/** Times of the page: days on the slider, instants in questions, dates in words. */

import { written } from "./figure.ts";
import type { AsOf, Mark, Site } from "./types.ts";
import type { Words } from "./words.ts";

export const DAY_MS = 86_400_000;

/** What the person chose: the two times, and whether "known at" follows "true at". */
export interface TimeChoice {
  readonly validAt: string | null;
  readonly knownAt: string | null;
  readonly tied: boolean;
}

export const NOW: TimeChoice = { validAt: null, knownAt: null, tied: false };

/** The two times to ask with. */
export function asOf(choice: TimeChoice): AsOf {
  return { validAt: choice.validAt, knownAt: choice.tied ? choice.validAt : choice.knownAt };
}

export function sameAsOf(a: AsOf, b: AsOf): boolean {
  return a.validAt === b.validAt && a.knownAt === b.knownAt;
}

/** The instant in milliseconds, or null where the text is no instant. */
export function instant(text: string | null | undefined): number | null {
  if (!text) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

/** The slider's days: `days` steps from midnight of the first day; the last step is "now". */
export interface DayRange {
  readonly startMs: number;
  readonly days: number;
}

/** The days from the first of the given instants to today. */
export function dayRange(firstAt: string | null, lastAt: string | null, nowMs: number): DayRange {
  const first = instant(firstAt) ?? nowMs;
  const last = Math.max(instant(lastAt) ?? nowMs, nowMs);
  const startMs = Math.floor(Math.min(first, last) / DAY_MS) * DAY_MS;
  return { startMs, days: Math.max(1, Math.floor((last - startMs) / DAY_MS)) };
}

/** The range of "true at" for a site. */
export function validRange(site: Site | null, nowMs: number): DayRange {
  return dayRange(site?.first_valid_at ?? null, site?.last_valid_at ?? null, nowMs);
}

/** The range of "known at" for a site. */
export function knownRange(site: Site | null, nowMs: number): DayRange {
  return dayRange(site?.first_known_at ?? null, site?.last_known_at ?? null, nowMs);
}

/** The slider's step of an instant; null is the last step. */
export function stepOf(at: string | null, range: DayRange): number {
  const ms = instant(at);
  if (ms === null) return range.days;
  const step = Math.floor((ms - range.startMs) / DAY_MS);
  return Math.min(Math.max(step, 0), range.days - 1);
}

/** The instant of a slider's step: the end of that day in UTC, or null (now) at the last step. */
export function atStep(step: number, range: DayRange): string | null {
  if (step >= range.days) return null;
  const endMs = range.startMs + (Math.max(step, 0) + 1) * DAY_MS - 1000;
  return new Date(endMs).toISOString().replace(".000Z", "Z");
}

/** A tick on the slider: its place from 0 to 1, and the marks that fall on it. */
export interface Tick {
  readonly share: number;
  readonly kind: string;
  readonly at: string;
  readonly text: string;
}

/** The ticks of a site's marks within a range; marks outside it are left out. */
export function ticks(marks: readonly Mark[], range: DayRange): Tick[] {
  const span = range.days * DAY_MS;
  return marks.flatMap((mark) => {
    const ms = instant(mark.at);
    if (ms === null) return [];
    const share = (ms - range.startMs) / span;
    const today = span + DAY_MS; // what happened today stands at the end, with "now"
    if (share < 0 || ms - range.startMs > today) return [];
    return [{ share: Math.min(share, 1), kind: mark.kind, at: mark.at, text: mark.text }];
  });
}

/** The instant before or after another; null (now) after the last, undefined before the first. */
export function besideAt(times: readonly string[], at: string | null, step: -1 | 1, nowMs: number): string | null | undefined {
  const here = instant(at) ?? nowMs;
  const sorted = [...times].sort((a, b) => (instant(a) ?? 0) - (instant(b) ?? 0));
  if (step < 0) return sorted.filter((each) => (instant(each) ?? 0) < here).at(-1);
  return sorted.find((each) => (instant(each) ?? 0) > here) ?? null;
}

/** What is played, in order: every event, or about `frames` of them where there are more; now at the end. */
export function playlist(times: readonly string[], frames = 60): (string | null)[] {
  const sorted = [...new Set(times)].filter((at) => instant(at) !== null).sort((a, b) => (instant(a) ?? 0) - (instant(b) ?? 0));
  const stride = Math.max(1, Math.ceil(sorted.length / frames));
  return [...sorted.filter((_, at) => at % stride === 0), null];
}

/** The last mark at or before an instant, so that the slider can say what has just happened. */
export function markBefore(marks: readonly Mark[], at: string | null): Mark | null {
  const limit = instant(at) ?? Number.POSITIVE_INFINITY;
  let best: Mark | null = null;
  for (const mark of marks) {
    const ms = instant(mark.at);
    if (ms === null || ms > limit) continue;
    if (best === null || ms >= (instant(best.at) ?? 0)) best = mark;
  }
  return best;
}

/** Units of an age: how many seconds each has, and up to how many seconds the one before is told. */
const UNITS = [
  ["second", 1, 90],
  ["minute", 60, 5_400],
  ["hour", 3_600, 129_600],
  ["day", 86_400, Number.POSITIVE_INFINITY],
] as const;

/**
 * Writes dates, times, ages and figures in one language, always with Latin digits and in UTC.
 * Months and ages are the catalogue's: Chromium knows neither in Sorani nor in Kurmanji, and says
 * them in English.
 */
export class Figures {
  readonly #words: Words;

  constructor(words: Words) {
    this.#words = words;
  }

  /** The day of an instant in UTC; the text itself where it is no instant. */
  date(at: string | null | undefined): string {
    const ms = instant(at);
    return ms === null ? (at ?? "") : this.#day(new Date(ms));
  }

  /** Day and minute of an instant in UTC. */
  moment(atMs: number): string {
    const at = new Date(atMs);
    const time = at.toISOString().slice(11, 16);
    return this.#words.loaded ? this.#words.t("desk.moment", { date: this.#day(at), time }) : `${this.#day(at)} ${time}`;
  }

  #day(at: Date): string {
    if (!this.#words.loaded) return at.toISOString().slice(0, 10);
    const month = this.#words.t(`desk.date.month.${at.getUTCMonth() + 1}`);
    return this.#words.t("desk.date", { day: String(at.getUTCDate()), month, year: String(at.getUTCFullYear()) });
  }

  /** How long ago, in the largest unit that gives at least one. */
  age(spanMs: number): string {
    const seconds = Math.max(0, Math.round(spanMs / 1000));
    const [unit, length] = UNITS.find(([, , below]) => seconds < below) ?? UNITS[3];
    return this.#words.t(`desk.ago.${unit}`, { n: Math.round(seconds / length) });
  }

  /** Several names as one phrase. */
  list(names: readonly string[]): string {
    const [first = "", ...others] = names;
    const joined = (code: string) => (told: string, next: string) =>
      this.#words.loaded ? this.#words.t(code, { first: told, next }) : `${told}, ${next}`;
    const last = others.pop();
    const before = others.reduce(joined("desk.list.more"), first);
    return last === undefined ? first : joined("desk.list.last")(before, last);
  }

  /** A whole number with its groups. */
  whole(value: number): string {
    return written(value, "whole");
  }

  /** An area: whole square metres from ten up, two digits below, so that a small figure shows. */
  area(valueM2: number): string {
    return written(valueM2, Math.abs(valueM2) < 10 ? "fine" : "whole");
  }
}
