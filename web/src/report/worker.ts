/** Keeps the residents' page on the phone, so that it opens without a line. */

declare const RAFIQA_VERSION: string;

interface Extendable extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

const PAGE = `rafiqa-report-page-${RAFIQA_VERSION}`;
const DATA = "rafiqa-report-data";
const PATH = "/report";
const worker = self as unknown as {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(name: string, act: (event: never) => void): void;
};

async function install(): Promise<void> {
  const cache = await caches.open(PAGE);
  await cache.add(new Request(PATH, { cache: "reload" }));
  await worker.skipWaiting();
}

/** The older page goes only now, when the newer one is whole on this phone. */
async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("rafiqa-report-page-") && name !== PAGE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function page(request: Request): Promise<Response> {
  const kept = await (await caches.open(PAGE)).match(PATH);
  return kept ?? fetch(request);
}

/** What the map and the search need: newest where there is a line, else as it was last. */
async function data(request: Request): Promise<Response> {
  const cache = await caches.open(DATA);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

worker.addEventListener("install", ((event: Extendable) => event.waitUntil(install())) as never);
worker.addEventListener("activate", ((event: Extendable) => event.waitUntil(activate())) as never);
worker.addEventListener("fetch", ((event: Fetching) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === PATH) event.respondWith(page(request));
  else if (/^\/(api\/report-places$|api\/area-notices$|api\/map\/|static\/|tiles\/)/.test(url.pathname)) event.respondWith(data(request));
}) as never);
