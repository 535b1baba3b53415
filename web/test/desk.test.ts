/** The picture is swapped in whole or not at all; an old one is marked as old, never lost. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../src/core/api.ts";
import { Desk } from "../src/core/desk.ts";
import { DetailLoader, type DetailState } from "../src/core/detail.ts";
import { NOW } from "../src/core/time.ts";

const SITE = { name: "Q", entries: 1, root: "ab", marks: [], counts: {}, languages: [] };
const AREA = { area_id: "HA-1", class: "cha", reopened: true, stage: "open", area_m2: 10, name: "One" };

class Server {
  readonly failing = new Set<string>();
  failStatus = 503;
  readonly asked: string[] = [];
  hazards: unknown[] = [{ type: "Feature", geometry: null, properties: AREA }];
  entries = 1;
  nAreas = 0;
  hold: Promise<void> | null = null;

  fetch = async (url: string, init?: RequestInit): Promise<Response> => {
    this.asked.push(url);
    const path = url.split("?")[0] ?? "";
    if (this.hold && path.includes("/map/")) await this.hold;
    init?.signal?.throwIfAborted();
    for (const part of this.failing) {
      if (path.endsWith(part)) return new Response("{}", { status: this.failStatus });
    }
    const status = path === "/api/areas" ? 404 : 200;
    return new Response(JSON.stringify(this.body(path)), {
      status,
      headers: { "Content-Type": "application/json" },
    });
  };

  body(path: string): unknown {
    if (path === "/health" || path === "/api/site") return { ...SITE, entries: this.entries, counts: { areas: this.nAreas } };
    if (path === "/api/projects") return { projects: [{ project_id: "P", outcome: "closed" }] };
    if (path.startsWith("/api/catalogue/")) return { lang: "en", dir: "ltr", texts: { a: "b" } };
    if (path === "/api/map/hazards") return { type: "FeatureCollection", features: this.hazards };
    if (path.startsWith("/api/map/")) return { type: "FeatureCollection", features: [] };
    if (path === "/api/at") return { state: "cha", areas: ["HA-1"], projects: [], assets: [], reasons: [] };
    return { area_id: "HA-1" };
  }
}

function desk(server: Server, stillMs = 0): Desk {
  const kept = new Map<string, string>();
  let now = 1000;
  return new Desk({
    api: new Api(server.fetch),
    nowMs: () => (now += 1000),
    memory: { get: (name) => kept.get(name) ?? null, set: (name, value) => void kept.set(name, value) },
    start: { lang: null, time: NOW, selected: null, view: null, work: null, of: null, hidden: [], drawn: [], drawnFor: null, account: null },
    lang: "en",
    stillMs,
  });
}

test("a picture comes whole, and areas are told from the layers where there is no list", async () => {
  const server = new Server();
  const it = desk(server);
  await it.loadPicture();
  const picture = it.picture.value;
  assert.equal(picture?.layers?.hazards.features.length, 1);
  assert.deepEqual(picture?.areas.map((area) => [area.area_id, area.class, area.reopened]), [["HA-1", "cha", true]]);
  assert.equal(it.stale.value, null);
  assert.equal(it.busy.value, false);
});

test("a large site is shown before the shapes of its land, and is not asked for them while time moves", async () => {
  const server = new Server();
  server.nAreas = 20_000;
  const it = desk(server, 40);
  await it.loadPicture();
  assert.equal(it.large.value, true);
  assert.equal(it.picture.value?.partial, undefined);
  assert.equal(it.picture.value?.layers?.hazards.features.length, 1);
  server.asked.length = 0;
  it.setTime({ validAt: "2025-01-01T00:00:00Z" });
  const early = it.loadPicture();
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(it.picture.value?.asOf.validAt, "2025-01-01T00:00:00Z");
  assert.equal(it.picture.value?.partial, true);
  assert.equal(it.busy.value, true);
  it.setTime({ validAt: "2025-01-02T00:00:00Z" });
  await Promise.all([early, it.loadPicture()]);
  const land = server.asked.filter((url) => url.includes("/map/hazards"));
  assert.deepEqual(land.length, 1, "only where time stood still");
  assert.match(land[0] ?? "", /2025-01-02/);
  assert.equal(it.picture.value?.partial, undefined);
});

test("a site that has grown large keeps to shapes until the page is opened again", async () => {
  const server = new Server();
  const it = desk(server);
  await it.loadPicture();
  server.nAreas = 20_000;
  await it.reload();
  assert.equal(it.large.value, false);
  assert.equal(it.picture.value?.layers?.hazards.features.length, 1);
});

test("if the shapes of a large site's land fail, that is said", async () => {
  const server = new Server();
  server.nAreas = 20_000;
  server.failing.add("/map/hazards");
  const it = desk(server);
  await it.loadPicture();
  assert.ok(it.stale.value);
  assert.equal(it.picture.value?.partial, true);
});

for (const layer of ["hazards", "parts", "notcleared", "projects", "accidents"]) {
  test(`if ${layer} fails, the old picture stays and is marked`, async () => {
    const server = new Server();
    const it = desk(server);
    await it.loadPicture();
    const before = it.picture.value;
    server.failing.add(`/map/${layer}`);
    server.hazards = [];
    it.setTime({ validAt: "2025-01-01T00:00:00Z" });
    await it.loadPicture();
    assert.equal(it.picture.value, before);
    assert.ok(it.stale.value);
    const since = it.stale.value.sinceMs;
    await it.loadPicture();
    assert.equal(it.stale.value?.sinceMs, since, "it is old since the first fault");
    server.failing.clear();
    await it.loadPicture();
    assert.equal(it.stale.value, null);
    assert.equal(it.picture.value?.asOf.validAt, "2025-01-01T00:00:00Z");
  });
}

test("a hazard layer that is withheld is a fault; a layer for those signed in is not", async () => {
  for (const status of [401, 403, 404]) {
    for (const [layer, isFault] of [["tasks", false], ["hazards", true], ["notcleared", true]] as const) {
      const server = new Server();
      server.failStatus = status;
      server.failing.add(`/map/${layer}`);
      const it = desk(server);
      await it.loadPicture();
      assert.equal(it.stale.value !== null, isFault, `${layer} ${status}`);
      assert.equal(it.picture.value?.layers === null, isFault);
    }
  }
});

test("the newest question wins over an older one that answers late", async () => {
  const server = new Server();
  const it = desk(server);
  let release = (): void => undefined;
  server.hold = new Promise((resolve) => (release = resolve));
  it.setTime({ validAt: "2024-01-01T00:00:00Z" });
  const older = it.loadPicture();
  server.hold = null;
  it.setTime({ validAt: "2025-01-01T00:00:00Z" });
  await it.loadPicture();
  release();
  await older;
  assert.equal(it.picture.value?.asOf.validAt, "2025-01-01T00:00:00Z");
  assert.equal(it.stale.value, null);
});

test("lists come before the map's layers the first time", async () => {
  const server = new Server();
  const it = desk(server);
  let release = (): void => undefined;
  server.hold = new Promise((resolve) => (release = resolve));
  const load = it.loadPicture();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(it.picture.value?.projects.length, 1);
  assert.equal(it.picture.value?.layers, null);
  release();
  await load;
  assert.ok(it.picture.value?.layers);
});

test("a grown ledger loads again, an unchanged one does not", async () => {
  const server = new Server();
  const it = desk(server);
  await it.loadWords();
  await it.loadGround();
  await it.loadPicture();
  server.asked.length = 0;
  await it.checkHealth();
  assert.deepEqual(server.asked, ["/health"]);
  server.entries = 2;
  await it.checkHealth();
  assert.ok(server.asked.length > 5);
});

test("words are remembered for when the server is gone", async () => {
  const server = new Server();
  const it = desk(server);
  await it.loadWords();
  server.failing.add("en.json");
  it.words.value = new (it.words.value.constructor as new (c: null) => typeof it.words.value)(null);
  await it.loadWords();
  assert.equal(it.words.value.t("a"), "b");
});

test("details load together; the newest selection wins; a failure keeps the old in sight", async () => {
  const server = new Server();
  const states: (DetailState | null)[] = [];
  const loader = new DetailLoader((state) => states.push(state));
  const api = new Api(server.fetch);
  const asOf = { validAt: null, knownAt: null };
  const spot = { kind: "spot", lon: 1, lat: 2 } as const;
  const first = loader.load(api, { kind: "area", id: "old" }, asOf, "en");
  await Promise.all([first, loader.load(api, spot, asOf, "en")]);
  const last = states.at(-1);
  assert.ok(last?.kind === "ready" && last.detail.point?.state === "cha" && last.detail.areas.length === 1);
  assert.equal(states.filter((state) => state?.kind === "ready").length, 1);
  server.failing.add("/at");
  await loader.load(api, spot, asOf, "en");
  const failed = states.at(-1);
  assert.ok(failed?.kind === "failed" && failed.old !== null);
  server.failStatus = 404;
  await loader.load(api, spot, asOf, "en");
  const absent = states.at(-1);
  assert.ok(absent?.kind === "failed" && absent.old === null, "what stood there at other times would mislead");
  await loader.load(api, { kind: "area", id: "x" }, asOf, "en");
  await loader.load(api, null, asOf, "en");
  assert.equal(states.at(-1), null);
});
