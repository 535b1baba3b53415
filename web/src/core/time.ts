/** Times of the page: days on the slider, instants in questions, dates in words. */

import { DATED, isLang, WRITTEN } from "./language.ts";
import type { AsOf, Mark, Site } from "./types.ts";

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

/** Writes dates, times, ages and figures in one language, always with Latin digits and in UTC. */
export class Figures {
  readonly #date: Intl.DateTimeFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #whole: Intl.NumberFormat;
  readonly #fine: Intl.NumberFormat;
  readonly #age: Intl.RelativeTimeFormat;
  readonly #list: Intl.ListFormat;

  constructor(lang: string) {
    const locale = [...DATED[isLang(lang) ? lang : "en"]];
    const day = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
    this.#date = new Intl.DateTimeFormat(locale, day);
    this.#time = new Intl.DateTimeFormat(locale, {
      ...day,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    this.#whole = new Intl.NumberFormat(WRITTEN, { maximumFractionDigits: 0 });
    this.#fine = new Intl.NumberFormat(WRITTEN, { maximumSignificantDigits: 2 });
    this.#age = new Intl.RelativeTimeFormat(locale, { numeric: "always" });
    this.#list = new Intl.ListFormat(locale, { type: "conjunction" });
  }

  /** The day of an instant in UTC; the text itself where it is no instant. */
  date(at: string | null | undefined): string {
    const ms = instant(at);
    return ms === null ? (at ?? "") : this.#date.format(ms);
  }

  /** Day and minute of an instant in UTC. */
  moment(atMs: number): string {
    return this.#time.format(atMs);
  }

  /** How long ago, in the largest unit that gives at least one. */
  age(spanMs: number): string {
    const seconds = Math.max(0, Math.round(spanMs / 1000));
    if (seconds < 90) return this.#age.format(-seconds, "second");
    if (seconds < 5_400) return this.#age.format(-Math.round(seconds / 60), "minute");
    if (seconds < 129_600) return this.#age.format(-Math.round(seconds / 3_600), "hour");
    return this.#age.format(-Math.round(seconds / 86_400), "day");
  }

  /** Several names as one phrase. */
  list(names: readonly string[]): string {
    return this.#list.format(names);
  }

  /** A whole number with its groups. */
  whole(value: number): string {
    return this.#whole.format(value);
  }

  /** An area: whole square metres from ten up, two digits below, so that a small figure shows. */
  area(valueM2: number): string {
    return (Math.abs(valueM2) < 10 ? this.#fine : this.#whole).format(valueM2);
  }
}
