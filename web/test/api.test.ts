/** Questions carry both times and the language; faults are told apart. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, ApiFault, queryOf } from "../src/core/api.ts";

const json = (body: unknown, status = 200, type = "application/json"): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": type } });

test("now is left out of the question, other times are in it", () => {
  assert.equal(queryOf({ asOf: { validAt: null, knownAt: null } }), "");
  const asOf = { validAt: "2026-01-01T00:00:00Z", knownAt: "2026-02-01T00:00:00Z" };
  const query = new URLSearchParams(queryOf({ asOf, lang: "ar", query: { q: "حي & x" } }));
  assert.equal(query.get("valid_at"), asOf.validAt);
  assert.equal(query.get("known_at"), asOf.knownAt);
  assert.equal(query.get("lang"), "ar");
  assert.equal(query.get("q"), "حي & x");
});

test("a refusal carries every reason", async () => {
  const problem = { detail: "No.", code: "x", faults: [{ code: "x.y" }, { code: "x.z" }] };
  const api = new Api(async () => json(problem, 422, "application/problem+json"));
  await assert.rejects(api.act("/api/releases", {}), (error: ApiFault) => {
    assert.equal(error.status, 422);
    assert.equal(error.message, "No.");
    assert.equal(error.problem?.faults?.length, 2);
    return !error.unreachable;
  });
});

test("no answer, a broken answer and a late answer are all unreachable", async () => {
  const never = (_url: string, init?: RequestInit): Promise<Response> =>
    new Promise((_, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
  const broken = async (): Promise<Response> =>
    new Response("{", { headers: { "Content-Type": "application/json" } });
  const gone = async (): Promise<Response> => Promise.reject(new TypeError("no network"));
  for (const fetch of [never, broken, gone]) {
    const fault = await new Api(fetch, 20).get("/x").then(() => null, (error: ApiFault) => error);
    assert.ok(fault instanceof ApiFault && fault.unreachable);
  }
});

test("a refusal that cannot be read is still a refusal", async () => {
  const api = new Api(async () => new Response("<html>", { status: 500, headers: { "Content-Type": "application/json" } }));
  await assert.rejects(api.get("/x"), (error: ApiFault) => error.status === 500 && error.problem === null);
});

test("acts carry the desk's header and a JSON body", async () => {
  let seen: RequestInit | undefined;
  const api = new Api(async (_url, init) => {
    seen = init;
    return json({ entry_id: "e" }, 201);
  });
  assert.deepEqual(await api.act("/api/areas/1/reopenings", { note: "n" }), { entry_id: "e" });
  assert.equal((seen?.headers as Record<string, string>)["X-Rafiqa"], "desk");
  assert.equal(seen?.body, '{"note":"n"}');
});

test("an act without an answer goes out again under its key; any other under a new one", async () => {
  const keys: string[] = [];
  let reached = false;
  const api = new Api(async (_url, init) => {
    keys.push((init?.headers as Record<string, string>)["Idempotency-Key"] ?? "");
    if (!reached) throw new TypeError("no network");
    return json({ entry_id: "e" }, 201);
  });
  const act = (note: string): Promise<unknown> => api.act("/api/areas/1/reopenings", { note });
  await assert.rejects(act("a"), (error: ApiFault) => error.unreachable);
  await assert.rejects(act("b"), (error: ApiFault) => error.unreachable);
  reached = true;
  await act("a");
  await act("a");
  assert.match(keys[0] ?? "", /^[0-9a-f]{32}$/);
  assert.equal(keys[2], keys[0], "the same act, of which nobody knew");
  assert.notEqual(keys[1], keys[0], "another act");
  assert.notEqual(keys[3], keys[0], "the same words, but the first was answered");
});

test("a refused act is known not to have been done", async () => {
  const keys: string[] = [];
  const api = new Api(async (_url, init) => {
    keys.push((init?.headers as Record<string, string>)["Idempotency-Key"] ?? "");
    return json({}, keys.length === 1 ? 503 : 422, "application/problem+json");
  });
  for (let times = 0; times < 3; times++) await assert.rejects(api.act("/x", {}));
  assert.equal(keys[1], keys[0], "after 503 nobody knows");
  assert.notEqual(keys[2], keys[1], "after 422 everybody does");
});

test("whoever acts for another says so with what they ask and do, and with nothing of their own", async () => {
  const seen = new Map<string, string | undefined>();
  const keys: string[] = [];
  const api = new Api(async (url, init) => {
    const headers = (init?.headers ?? {}) as Record<string, string>;
    seen.set(url, headers["Rafiqa-Acting-For"]);
    if (headers["Idempotency-Key"]) keys.push(headers["Idempotency-Key"]);
    return json({}, 503);
  });
  api.actingFor = () => "D1";
  for (const path of ["/api/areas", "/api/session", "/api/own-account", "/api/delegations"]) await api.get(path).catch(() => null);
  await api.act("/api/releases/R2/acceptance", {}).catch(() => null);
  api.actingFor = () => null;
  await api.act("/api/releases/R2/acceptance", {}).catch(() => null);
  await api.act("/api/releases", {}).catch(() => null);
  assert.deepEqual(Object.fromEntries(seen), {
    "/api/areas": "D1",
    "/api/session": undefined,
    "/api/own-account": undefined,
    "/api/delegations": undefined,
    "/api/releases/R2/acceptance": undefined,
    "/api/releases": undefined,
  });
  assert.equal(new Set(keys).size, 3, "an act for another is another act");
});
