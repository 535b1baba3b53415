/** A copy is read as what it is: of one person, of one time, no newer than its oldest answer, and nothing is sent from it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, ApiFault } from "../src/core/api.ts";
import { Desk } from "../src/core/desk.ts";
import { KEPT_HEADER, MOST, namesOf, OWNED_MS, readable, shelfOf } from "../src/core/kept.ts";
import { NOW } from "../src/core/time.ts";

const url = (path: string): URL => new URL(path, "http://desk.test");

test("what the map and the dossiers are read from is kept, as of now alone", () => {
  assert.equal(shelfOf(url("/api/map/hazards?lang=ar")), "state");
  assert.equal(shelfOf(url("/api/queue?lang=en")), "state");
  assert.equal(shelfOf(url("/api/areas/HA-1?lang=en")), "opened");
  assert.equal(shelfOf(url("/tiles/hazards/14/1/2.mvt?lang=en")), "tiles");
  for (const at of ["valid_at", "known_at"]) assert.equal(shelfOf(url(`/api/map/hazards?${at}=2026-01-01T00:00:00Z`)), null);
});

test("what names persons, and every paper, is not kept", () => {
  const never = ["/api/reports", "/api/reports/R-1/pictures/ab", "/api/submissions", "/api/areas/HA-1/documents", "/api/finds", "/api/papers", "/api/reviews", "/api/search?q=a", "/api/releases/R-1", "/api/certificates/1/paper", "/report", "/verify"];
  for (const path of never) assert.equal(shelfOf(url(path)), null, path);
});

test("an answer is found in another language, the one asked for first", () => {
  const names = namesOf(url("/api/areas/HA-1?lang=ckb"));
  assert.equal(names[0], "/api/areas/HA-1?lang=ckb");
  assert.deepEqual([...names].sort(), ["ar", "ckb", "en", "kmr"].map((lang) => `/api/areas/HA-1?lang=${lang}`).sort());
  assert.deepEqual(namesOf(url("/health")), ["/health"]);
});

test("somebody's copy is readable as long as a session would last; a clock set back reads nothing", () => {
  const own = { login: "a", saidAtMs: 1_000 };
  assert.ok(readable(own, 1_000 + OWNED_MS - 1));
  assert.ok(!readable(own, 1_000 + OWNED_MS));
  assert.ok(!readable(own, 999));
  assert.ok(readable({ login: null, saidAtMs: 1_000 }, 1_000 + 30 * OWNED_MS));
  assert.ok(!readable(null, 1_000));
  assert.ok(MOST.state > 100);
});

class Server {
  /** When the copy was kept that answers in its place; null while it answers itself. */
  keptAtMs: number | null = null;
  /** Whether nothing answers at all. */
  gone = false;
  newer: number | null = null;
  entries = 1;
  readonly sent: string[] = [];

  fetch = async (path: string, init?: RequestInit): Promise<Response> => {
    const method = init?.method ?? "GET";
    if (method !== "GET") this.sent.push(`${method} ${path}`);
    if (this.gone || (method !== "GET" && this.keptAtMs !== null)) throw new TypeError("no network");
    const headers: Record<string, string> = { "Content-Type": "application/json" };
    const kept = path.startsWith("/api/map/parts") && this.newer !== null ? this.newer : this.keptAtMs;
    if (kept !== null) headers[KEPT_HEADER] = String(kept);
    return new Response(JSON.stringify(this.body(path)), { headers });
  };

  body(path: string): unknown {
    if (path === "/health" || path.startsWith("/api/site")) return { name: "Q", entries: this.entries, root: "ab", marks: [], counts: {}, languages: [] };
    if (path.startsWith("/api/projects")) return { projects: [] };
    if (path.startsWith("/api/areas")) return { areas: [] };
    if (path.startsWith("/api/session")) return { actor: { login: "a", role: "authority" } };
    return { type: "FeatureCollection", features: [], lang: "en", dir: "ltr", texts: {} };
  }
}

function deskOf(server: Server, kept = new Map<string, string>()): Desk {
  return new Desk({
    api: new Api(server.fetch),
    nowMs: () => 50_000,
    memory: { get: (name) => kept.get(name) ?? null, set: (name, value) => void kept.set(name, value) },
    start: { lang: null, time: NOW, selected: null, view: null, work: null, of: null, hidden: [], drawn: [], drawnFor: null, account: null },
    lang: "en",
  });
}

test("a copy is as old as its oldest answer, and is one until all comes from the server", async () => {
  const server = new Server();
  [server.keptAtMs, server.newer] = [9_000, 20_000];
  const it = deskOf(server);
  await it.loadPicture();
  assert.deepEqual(it.copy.value, { asOfMs: 9_000 });
  assert.equal(it.picture.value?.loadedAtMs, 9_000);
  server.keptAtMs = null;
  await it.reload();
  assert.deepEqual(it.copy.value, { asOfMs: 9_000 }, "one layer still came from the copy");
  server.newer = null;
  await it.reload();
  assert.equal(it.copy.value, null);
  assert.equal(it.picture.value?.loadedAtMs, 50_000);
});

test("a health that the copy tells is no server that answers; one that answers brings the picture anew", async () => {
  const server = new Server();
  const it = deskOf(server);
  await it.loadPicture();
  [server.keptAtMs, server.entries] = [60_000, 2];
  await it.checkHealth();
  assert.deepEqual(it.copy.value, { asOfMs: 50_000 }, "what is in sight is no newer than when it was loaded");
  assert.equal(it.site.value?.entries, 1);
  server.keptAtMs = null;
  await it.checkHealth();
  assert.equal(it.copy.value, null);
  assert.equal(it.site.value?.entries, 2);
});

test("an age that cannot be read is the oldest there is", async () => {
  const server = new Server();
  server.keptAtMs = Number.NaN;
  const it = deskOf(server);
  await it.loadPicture();
  assert.deepEqual(it.copy.value, { asOfMs: 0 });
});

test("no act is sent from a copy, and none is kept to be sent later", async () => {
  const server = new Server();
  server.keptAtMs = 9_000;
  const it = deskOf(server);
  await it.loadPicture();
  const unsent = (error: unknown): boolean => error instanceof ApiFault && error.unsent;
  await assert.rejects(it.act("/api/areas/HA-1/reopenings", {}), unsent);
  await assert.rejects(it.api.send("POST", "/api/plan", {}), unsent);
  server.keptAtMs = null;
  await it.reload();
  assert.deepEqual(server.sent, []);
});

test("who signs out without an answer sees nothing more, and the session ends before anything is asked", async () => {
  const server = new Server();
  const memory = new Map<string, string>();
  const it = deskOf(server, memory);
  await it.loadSession();
  await it.loadPicture();
  server.gone = true;
  await it.signOut();
  assert.equal(it.picture.value, null);
  assert.equal(it.session.value.actor, null);
  assert.ok(it.ending.value);
  server.gone = false;
  server.sent.length = 0;
  const next = deskOf(server, memory);
  assert.ok(next.ending.value, "a page that is opened later knows it");
  await Promise.all([next.loadSession(), next.loadPicture()]);
  assert.match(server.sent[0] ?? "", /^DELETE \/api\/session/);
  assert.ok(!next.ending.value);
});

test("who is refused when signing out is still signed in, and goes on", async () => {
  const server = new Server();
  const it = deskOf(server);
  await it.loadSession();
  it.api.send = async () => Promise.reject(new ApiFault(403, null));
  await assert.rejects(it.signOut());
  assert.ok(!it.ending.value);
  assert.equal(it.session.value.actor?.login, "a");
});
