/** Keeps the desk and the last state that somebody saw on it, so that both can be read without a network. */

import { KEPT_HEADER, MOST, namesOf, type Owner, readable, type Shelf, shelfOf } from "../core/kept.ts";

declare const RAFIQA_VERSION: string;
declare const RAFIQA_FILES: readonly string[];

interface Extendable extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  readonly clientId: string;
  respondWith(answer: Promise<Response>): void;
}
interface Client {
  readonly id: string;
  postMessage(told: unknown): void;
}
const worker = self as unknown as {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void>; matchAll(): Promise<readonly Client[]> };
  addEventListener(name: string, act: (event: never) => void): void;
};

const PAGES = "rafiqa-desk-page-";
const PAGE = `${PAGES}${RAFIQA_VERSION}`;
const COPY = "rafiqa-desk-copy-";
const WHOSE = `${COPY}owner`;
const PAGE_FILES: ReadonlySet<string> = new Set(RAFIQA_FILES);
const SESSION = "/api/session";
/** Who comes in by a ticket is signed in by it, too. */
const TICKET = "/api/session/ticket";
const GONE: ReadonlySet<number> = new Set([401, 403, 404, 410]);
/** A shelf is looked through for what is too much after so many answers. */
const TIDY_EVERY = 100;

/** Counts up whenever a copy is thrown away: an answer that was asked for before is not put into the next. */
let turn = 0;
let n_put = 0;
let last: Promise<unknown> = Promise.resolve();

/** Does one thing after the other, so that nothing is put where something is being thrown away. */
function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const done = last.then(act, act);
  last = done.catch(() => undefined);
  return done;
}

async function install(): Promise<void> {
  await (await caches.open(PAGE)).addAll([...PAGE_FILES]);
  await worker.skipWaiting();
}

/** The older page goes only now, when the newer one is whole here. */
async function activate(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(PAGES) && name !== PAGE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The page and its files: the server's where there is one, else all of one version from here. */
async function page(request: Request, path: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(PAGE)).match(path, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

async function owner(): Promise<Owner | null> {
  const kept = await (await caches.open(WHOSE)).match(SESSION);
  return kept ? ((await kept.json()) as Owner) : null;
}

/** Throws the whole copy away, whoever's it is. */
function forget(): Promise<void> {
  turn += 1;
  return inTurn(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith(COPY));
    await Promise.all(names.map((name) => caches.delete(name)));
  });
}

function own(login: string | null): Promise<void> {
  const told: Owner = { login, saidAtMs: Date.now() };
  return inTurn(async () => (await caches.open(WHOSE)).put(SESSION, new Response(JSON.stringify(told))));
}

async function keep(name: string, shelf: Shelf, answer: Response, asked: number): Promise<void> {
  const headers = { "Content-Type": answer.headers.get("Content-Type") ?? "", [KEPT_HEADER]: String(Date.now()) };
  const body = await answer.arrayBuffer();
  await inTurn(async () => {
    // Of whom it is must be known before anything is kept.
    if (turn !== asked || !(await owner())) return;
    const cache = await caches.open(COPY + shelf);
    await cache.put(name, new Response(body, { headers }));
    n_put += 1;
    if (n_put % TIDY_EVERY) return;
    const names = await cache.keys();
    await Promise.all(names.slice(0, Math.max(0, names.length - MOST[shelf])).map((each) => cache.delete(each)));
  });
}

/** What is kept under an address, as long as it may be read; else nothing, and then nothing is left of it. */
async function kept(url: URL, shelf: Shelf): Promise<Response | undefined> {
  if (!readable(await owner(), Date.now())) {
    await forget();
    return undefined;
  }
  const cache = await caches.open(COPY + shelf);
  for (const name of namesOf(url)) {
    const found = await cache.match(name, { ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

async function data(event: Fetching, url: URL, shelf: Shelf): Promise<Response> {
  const asked = turn;
  let answer: Response;
  try {
    answer = await fetch(event.request);
  } catch (error) {
    const found = await kept(url, shelf);
    if (found) return found;
    throw error;
  }
  const name = url.pathname + url.search;
  if (answer.ok) event.waitUntil(keep(name, shelf, answer.clone(), asked).catch(() => undefined));
  // What may not be seen any more, or is not there any more, is not read from here either.
  else if (GONE.has(answer.status)) event.waitUntil(inTurn(async () => (await caches.open(COPY + shelf)).delete(name)));
  return answer;
}

/** Other windows of the same browser show what has just been thrown away: they begin anew. */
async function tellOthers(id: string): Promise<void> {
  for (const client of await worker.clients.matchAll()) if (client.id !== id) client.postMessage("another session");
}

interface Told {
  readonly actor?: { readonly login: string } | null;
}

/** Who is signed in decides whose the copy is; it never outlives that. */
async function session(event: Fetching): Promise<Response> {
  const { method } = event.request;
  if (method === "DELETE") {
    await forget();
    await tellOthers(event.clientId);
    return fetch(event.request);
  }
  let answer: Response;
  try {
    answer = await fetch(event.request);
  } catch (error) {
    const found = method === "GET" ? await kept(new URL(event.request.url), "state") : undefined;
    if (found) return found;
    throw error;
  }
  if (!answer.ok) return answer;
  const login = ((await answer.clone().json()) as Told).actor?.login ?? null;
  const before = await owner();
  if (method === "POST" || (before && before.login !== login)) {
    await forget();
    await tellOthers(event.clientId);
  }
  await own(login);
  if (method === "GET") await keep(SESSION, "state", answer.clone(), turn).catch(() => undefined);
  return answer;
}

worker.addEventListener("install", ((event: Extendable) => event.waitUntil(install())) as never);
worker.addEventListener("activate", ((event: Extendable) => event.waitUntil(activate())) as never);
worker.addEventListener("fetch", ((event: Fetching) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (url.pathname === SESSION || url.pathname === TICKET) return event.respondWith(session(event));
  if (request.method !== "GET") return;
  if (PAGE_FILES.has(url.pathname)) return event.respondWith(page(request, url.pathname));
  const shelf = shelfOf(url);
  if (shelf && request.mode !== "navigate") event.respondWith(data(event, url, shelf));
}) as never);
