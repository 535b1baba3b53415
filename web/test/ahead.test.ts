/** What is asked before the desk's scripts have come: once, of now only, and in nobody else's name. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Ahead, AHEAD_MS, langAtFirst } from "../src/core/ahead.ts";
import { Api, type Fetch } from "../src/core/api.ts";
import { Desk } from "../src/core/desk.ts";
import { readUrl } from "../src/core/url.ts";

const json = (body: unknown): Response => new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });
const turn = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

/** A server of a site of so many areas; `asked` tells what it was asked, in order. */
function server(nAreas: number): { readonly asked: string[]; readonly fetch: Fetch } {
  const asked: string[] = [];
  return {
    asked,
    fetch: async (url) => {
      asked.push(url);
      if (url.startsWith("/api/site")) return json({ name: "x", counts: { areas: nAreas } });
      if (url.startsWith("/api/areas")) return json({ areas: [] });
      if (url.startsWith("/api/projects")) return json({ projects: [] });
      if (url === "/health") return json({ entries: asked.length });
      return json(url.startsWith("/api/map/") ? { type: "FeatureCollection", features: [] } : { actor: null });
    },
  };
}

test("the first answers are those that were asked ahead, each address asked once", async () => {
  const { asked, fetch } = server(7);
  const ahead = new Ahead(fetch, () => 0);
  ahead.start("?lang=ar", "ar");
  await turn();
  const before = [...asked];
  assert.deepEqual(before.toSorted(), ["/api/areas?lang=ar", "/api/catalogue/ar.json", "/api/projects?lang=ar", "/api/session", "/api/site?lang=ar", "/health"]);
  assert.equal(before[0], "/api/session", "whose answers are kept is known first");
  const desk = new Desk({
    api: new Api((url, init) => ahead.fetch(url, init)),
    memory: { get: () => null, set: () => undefined },
    nowMs: () => 0,
    start: readUrl("?lang=ar"),
    lang: "ar",
  });
  await Promise.all([desk.loadWords(), desk.loadSession(), desk.loadPicture()]);
  assert.equal(desk.picture.value?.areas.length, 0);
  for (const url of before) assert.equal(asked.filter((each) => each === url).length, 1, url);
  await desk.loadPicture();
  assert.equal(asked.filter((each) => each === "/health").length, 2, "the second time the server is asked");
});

test("of another time than now only words and session are asked ahead", async () => {
  for (const search of ["?valid_at=2026-01-01T00:00:00Z", "?known_at=then", "?known_at=2026-01-01T00:00:00Z"]) {
    const { asked, fetch } = server(7);
    new Ahead(fetch, () => 0).start(search, "en");
    await turn();
    assert.deepEqual(asked, ["/api/session", "/api/catalogue/en.json"], search);
  }
});

test("the areas of a large site are not asked ahead, and later asked of the server", async () => {
  const { asked, fetch } = server(2_001);
  const ahead = new Ahead(fetch, () => 0);
  ahead.start("", "en");
  await turn();
  assert.ok(!asked.includes("/api/areas?lang=en"));
  assert.deepEqual(await (await ahead.fetch("/api/areas?lang=en")).json(), { areas: [] });
});

test("an answer that has waited too long is asked for anew, and an act never takes one", async () => {
  const { asked, fetch } = server(7);
  let nowMs = 0;
  const ahead = new Ahead(fetch, () => nowMs);
  ahead.start("", "en");
  await turn();
  const n = asked.length;
  await ahead.fetch("/api/session", { method: "DELETE" });
  assert.equal(asked.length, n + 1);
  nowMs = AHEAD_MS + 1;
  await ahead.fetch("/health");
  assert.equal(asked.length, n + 2);
  nowMs = -1; // a clock that was set back tells no age
  await ahead.fetch("/api/site?lang=en");
  assert.equal(asked.length, n + 3);
});

test("a server that does not answer ahead is given up as any other", async () => {
  const never: Fetch = (_url, init) =>
    new Promise((_, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
  const ahead = new Ahead(never, () => 0);
  ahead.start("", "en");
  const api = new Api((url, init) => ahead.fetch(url, init), 20);
  await assert.rejects(api.get("/health"), { status: 0 });
  await assert.rejects(api.get("/api/areas", { lang: "en" }), { status: 0 });
});

test("the language is the address's, else the one kept, else the browser's", () => {
  assert.equal(langAtFirst("?lang=ar", "en", ["ckb"]), "ar");
  assert.equal(langAtFirst("?lang=xx", "ckb", ["ar"]), "ckb");
  assert.equal(langAtFirst("", null, ["fr", "ar-IQ"]), "ar");
});
