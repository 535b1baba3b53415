/** Keeps the last state of the public pages: newest where there is a line, else as it was last. */

export {};

interface Extendable extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Manifest {
  readonly files?: readonly { readonly name: string; readonly bytes: number }[];
}

const KEPT = "rafiqa-public";
const MOST_BYTES = 4_000_000;
const HERE = new URL("./", location.href);
const worker = self as unknown as {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(name: string, act: (event: never) => void): void;
};

const isPicture = (name: string): boolean => /^(pictures|sheets|static)\//.test(name);

/** Brings everything that a manifest names and is not kept yet; takes away what it names no more. */
async function keep(answer: Response): Promise<void> {
  const cache = await caches.open(KEPT);
  const told = (await answer.json()) as Manifest;
  const files = (told.files ?? []).filter((file) => !isPicture(file.name));
  if (!files.length || files.reduce((sum, file) => sum + file.bytes, 0) > MOST_BYTES) return;
  const wanted = new Set(files.map((file) => new URL(file.name, HERE).href));
  // On a server the page is at /public too, where its own addresses begin elsewhere.
  if (HERE.pathname.endsWith("/public/")) wanted.add(HERE.href.slice(0, -1));
  const hashed = (path: string): boolean => path.includes("/data/");
  await Promise.all(
    [...wanted].map(async (path) => {
      if (hashed(path) && (await cache.match(path))) return;
      const got = await fetch(path, { cache: "no-cache" });
      if (got.ok) await cache.put(path, got);
    }),
  );
  for (const request of await cache.keys()) {
    if (hashed(request.url) && !wanted.has(request.url)) await cache.delete(request);
  }
}

async function install(): Promise<void> {
  await keep(await fetch(new URL("manifest.json", HERE), { cache: "no-store" }));
  await worker.skipWaiting();
}

async function answered(event: Fetching): Promise<Response> {
  const { request } = event;
  const cache = await caches.open(KEPT);
  const { pathname } = new URL(request.url);
  try {
    const answer = await fetch(request);
    if (answer.ok && pathname.endsWith("/manifest.json")) event.waitUntil(keep(answer.clone()));
    else if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    if (pathname.endsWith("/manifest.json")) throw error;
    const page = request.mode === "navigate" ? new URL("index.html", HERE).href : request;
    const kept = (await cache.match(request, { ignoreVary: true, ignoreSearch: true })) ?? (await cache.match(page, { ignoreVary: true }));
    if (kept) return kept;
    throw error;
  }
}

worker.addEventListener("install", ((event: Extendable) => event.waitUntil(install())) as never);
worker.addEventListener("activate", ((event: Extendable) => event.waitUntil(worker.clients.claim())) as never);
worker.addEventListener("fetch", ((event: Fetching) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith(answered(event));
}) as never);
