/** A plan on the desk: where bars lie, whose they are, and which shapes carry a rank. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../src/core/api.ts";
import { askPlan, barOf, byTeam, plannedShapes, type PlanTask, spanOf } from "../src/core/plan.ts";
import type { Shapes } from "../src/core/types.ts";

const task = (rank: number, team: string, start: string, end: string): PlanTask => ({
  area_id: `H${rank}`,
  name: null,
  rank,
  start,
  end,
  team,
  reasons: [],
});
const plan = { planned_on: "2026-03-01", days: 10 };

test("a bar covers both its days, and ends with the days planned", () => {
  const short = task(1, "A", "2026-03-01", "2026-03-01");
  const long = task(1, "A", "2026-03-06", "2026-04-30");
  assert.deepEqual(barOf(plan.planned_on, 10, short), [0, 0.1]);
  assert.deepEqual(barOf(plan.planned_on, 10, long), [0.5, 0.5]);
  assert.deepEqual([[], [short], [short, long]].map((tasks) => spanOf({ ...plan, tasks })), [1, 1, 10]);
});

test("each team has its own tasks, in the order in which they begin", () => {
  const tasks = [task(1, "B", "", ""), task(2, "A", "", ""), task(3, "B", "", "")];
  assert.deepEqual(byTeam(tasks).map(([team, own]) => [team, own.map((each) => each.rank)]), [
    ["B", [1, 3]],
    ["A", [2]],
  ]);
});

test("only planned areas are drawn, each with its rank inside it", () => {
  const square = (lon: number): [number, number][] => [[lon, 0], [lon + 1, 0], [lon + 1, 1], [lon, 1], [lon, 0]];
  const feature = (id: string, lon: number) => ({
    type: "Feature" as const,
    properties: { area_id: id },
    geometry: { type: "Polygon" as const, coordinates: [square(lon)] },
  });
  const hazards = { type: "FeatureCollection", features: [feature("H1", 0), feature("H9", 5)] } as unknown as Shapes;
  const drawn = plannedShapes(hazards, [task(1, "A", "", "")]);
  assert.deepEqual(drawn.map((each) => each.properties["area_id"]), ["H1", "H1"]);
  assert.equal(drawn[1]?.properties["rank"], "1");
  const at = drawn[1]?.geometry as unknown as { coordinates: [number, number] };
  assert.ok(at.coordinates[0] > 0 && at.coordinates[0] < 1);
});

test("what was read goes out as teams, pins and policy; what is no list is left to the server to refuse", async () => {
  const sent: unknown[] = [];
  const api = new Api((_, init) => {
    sent.push(JSON.parse(String(init?.body)));
    return Promise.resolve(new Response("{}", { headers: { "Content-Type": "application/json" } }));
  });
  const now = { validAt: null, knownAt: null };
  await askPlan(api, { teams: { teams: [1] }, decisions: { pins: [2], policy: { seed: 3 } }, days: 4 }, now, "en");
  await askPlan(api, { teams: [1], decisions: [2], days: 4 }, now, "en");
  await askPlan(api, { teams: 7, decisions: null, days: 4 }, now, "en");
  assert.deepEqual(sent, [
    { teams: [1], days: 4, pins: [2], policy: { seed: 3 } },
    { teams: [1], days: 4, pins: [2] },
    { teams: [], days: 4 },
  ]);
});
