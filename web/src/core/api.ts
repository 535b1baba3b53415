/** The one way to the server: asks with both times and the language, and tells faults apart. */

import { KEPT_HEADER } from "./kept.ts";
import type { AsOf, Problem } from "./types.ts";

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** A question that went wrong: the server could not be reached, or it refused with reasons. */
export class ApiFault extends Error {
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly problem: Problem | null;
  /** True where nothing was sent at all, since the page reads a copy. */
  readonly unsent: boolean;

  constructor(status: number, problem: Problem | null, unsent = false) {
    super(problem?.detail ?? problem?.title ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
    this.unsent = unsent;
  }

  /** True where no answer came at all. */
  get unreachable(): boolean {
    return this.status === 0;
  }
}

export interface Question {
  readonly asOf?: AsOf;
  readonly lang?: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly signal?: AbortSignal;
  /** How long to wait for what takes longer than a question. */
  readonly withinMs?: number;
}

export const ANSWER_WITHIN_MS = 30_000;
/** Where somebody signs in and out, which is no act on the record. */
export const SESSION = "/api/session";
/** The header by which somebody acts for another. */
const ACTING_FOR = "Rafiqa-Acting-For";
/** What one does and sees in one's own right, whoever one acts for. */
const OWN = [SESSION, "/api/own-account", "/api/delegations"];

/** The server's questions and acts; `fetch` is handed in, so that tests need no network. */
export class Api {
  readonly #fetch: Fetch;
  readonly #withinMs: number;
  /** What must be done before anything is asked. */
  ready: () => Promise<void> = async () => undefined;
  /** Hears of every answer when it was kept, in ms since 1970; null of one that the server gave now. */
  heard: (keptAtMs: number | null) => void = () => undefined;
  /** Whether what the page shows is a copy: then nothing is sent, and nothing kept to be sent later. */
  readsCopy: () => boolean = () => false;
  /** The delegation by which somebody acts for another; null while they act in their own right. */
  actingFor: () => string | null = () => null;
  /** Keys of acts of which nobody knows whether they were done: sent again, they are done once. */
  readonly #unsure = new Map<string, string>();

  constructor(fetch: Fetch, withinMs = ANSWER_WITHIN_MS) {
    this.#fetch = fetch;
    this.#withinMs = withinMs;
  }

  /** The answer to a GET. Throws ApiFault; an aborted question throws its AbortError. */
  async get<T>(path: string, question: Question = {}): Promise<T> {
    await this.ready();
    const headers = this.#acting(path);
    return this.#ask<T>(path + queryOf(question), headers ? { headers } : {}, question.signal);
  }

  /** The answer to a POST or DELETE. Throws ApiFault with every reason of a refusal. */
  async send<T>(method: "POST" | "DELETE", path: string, body?: unknown, more: Question = {}, key?: string): Promise<T> {
    if (path !== SESSION && this.readsCopy()) throw new ApiFault(0, null, true);
    const headers: Record<string, string> = { "X-Rafiqa": "desk", ...this.#acting(path) };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (key !== undefined) headers["Idempotency-Key"] = key;
    const init: RequestInit = { method, headers };
    if (body !== undefined) init.body = JSON.stringify(body);
    return this.#ask<T>(path + queryOf(more), init, more.signal, more.withinMs);
  }

  /**
   * The answer to an act, which is done once. Where no answer came, the same act asked for again
   * goes out under the same key, and the server does not do it twice.
   */
  async act<T>(path: string, body: unknown, lang?: string): Promise<T> {
    if (this.readsCopy()) throw new ApiFault(0, null, true);
    const what = `${this.actingFor() ?? ""} ${path} ${JSON.stringify(body)}`;
    const key = this.#unsure.get(what) ?? freshKey();
    this.#unsure.set(what, key);
    try {
      const answer = await this.send<T>("POST", path, body, lang ? { lang } : {}, key);
      this.#unsure.delete(what);
      return answer;
    } catch (error) {
      const refused = error instanceof ApiFault && !error.unreachable && error.status < 500;
      if (refused) this.#unsure.delete(what);
      throw error;
    }
  }

  #acting(path: string): Record<string, string> | undefined {
    const id = OWN.some((own) => path.startsWith(own)) ? null : this.actingFor();
    return id === null ? undefined : { [ACTING_FOR]: id };
  }

  async #ask<T>(url: string, init: RequestInit, outer?: AbortSignal, withinMs = this.#withinMs): Promise<T> {
    const limit = new AbortController();
    const stop = (): void => limit.abort();
    const timer = setTimeout(stop, withinMs);
    outer?.addEventListener("abort", stop, { once: true });
    try {
      const answer = await this.#fetch(url, { ...init, signal: limit.signal });
      const told = await readAnswer<T>(answer);
      const keptAt = answer.headers.get(KEPT_HEADER);
      this.heard(keptAt === null ? null : Number(keptAt));
      return told;
    } catch (error) {
      if (outer?.aborted || error instanceof ApiFault) throw error;
      throw new ApiFault(0, null);
    } finally {
      clearTimeout(timer);
      outer?.removeEventListener("abort", stop);
    }
  }
}

/** 128 random bits; `crypto.randomUUID` is not there on a plain address of a local network. */
function freshKey(): string {
  const bits = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bits, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function readAnswer<T>(answer: Response): Promise<T> {
  const isJson = /\bjson\b/.test(answer.headers.get("Content-Type") ?? "");
  if (answer.ok) return (answer.status === 204 || !isJson ? null : await answer.json()) as T;
  let problem: Problem | null = null;
  try {
    problem = isJson ? ((await answer.json()) as Problem) : null;
  } catch {
    problem = null; // the refusal stands, even where its reasons cannot be read
  }
  throw new ApiFault(answer.status, problem);
}

/** The query string of a question; times at "now" are left out. */
export function queryOf(question: Question): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(question.query ?? {})) params.set(name, String(value));
  if (question.asOf?.validAt) params.set("valid_at", question.asOf.validAt);
  if (question.asOf?.knownAt) params.set("known_at", question.asOf.knownAt);
  if (question.lang) params.set("lang", question.lang);
  const text = params.toString();
  return text ? `?${text}` : "";
}
