/** While time moves: an old course is never shown, and "now" is the server's, whatever the device's clock says. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../src/core/api.ts";
import { Course } from "../src/core/course.ts";
import { Desk } from "../src/core/desk.ts";
import { knownRange, NOW, validRange } from "../src/core/time.ts";

const DAY = 86_400_000;
const SERVER_NOW = Date.parse("2026-06-01T00:00:00Z");
/** One face: hazard from the first of January, released from the first of May. */
const COURSE = {
  told: true,
  times_us: [Date.parse("2026-01-01T00:00:00Z") * 1000, Date.parse("2026-05-01T00:00:00Z") * 1000],
  looks: ["unrecorded", "cha", "cleared"],
  xy: [0, 0, 100, 0, 0, 100, -100, -100],
  points: [4],
  rings: [1],
  steps: [2],
  at: [0, 1],
  look: [1, 2],
};

class Server {
  entries = 5;
  /** How many entries the course says were known; what the ledger has where null. */
  courseOf: number | null = null;
  told = true;
  nowMs = SERVER_NOW;
  readonly asked: string[] = [];
  hold: Promise<void> | null = null;
  holdCourse: Promise<void> | null = null;

  fetch = async (url: string, init?: RequestInit): Promise<Response> => {
    this.asked.push(url);
    const path = url.split("?")[0] ?? "";
    const answer = JSON.stringify(this.body(path));
    if (this.hold && path === "/api/site") await this.hold;
    if (this.holdCourse && path === "/api/course") await this.holdCourse;
    init?.signal?.throwIfAborted();
    return new Response(answer, { status: 200, headers: { "Content-Type": "application/json" } });
  };

  body(path: string): unknown {
    if (path === "/health") return { status: "ok", entries: this.entries, now: new Date(this.nowMs).toISOString() };
    if (path === "/api/site") return { name: "Q", entries: this.entries, marks: [], counts: { areas: 3 }, languages: [], last_known_at: "2026-05-30T00:00:00Z" };
    if (path === "/api/projects") return { projects: [] };
    if (path === "/api/areas") return { areas: [] };
    if (path === "/api/course") return { ...COURSE, told: this.told, n_known: this.courseOf ?? this.entries };
    return { type: "FeatureCollection", features: [] };
  }
}

/** A desk on a device whose clock says what is given; `many-areas` makes three areas many. */
function desk(server: Server, clock = { nowMs: SERVER_NOW, elapsedMs: 0 }): Desk {
  const kept = new Map([["many-areas", "2"]]);
  return new Desk({
    api: new Api(server.fetch),
    nowMs: () => clock.nowMs,
    elapsedMs: () => clock.elapsedMs,
    memory: { get: (name) => kept.get(name) ?? null, set: (name, value) => void kept.set(name, value) },
    start: { lang: null, time: NOW, selected: null, view: null, work: null, of: null, hidden: [], drawn: [], drawnFor: null, account: null },
    lang: "en",
    stillMs: 0,
  });
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 10));

async function opened(server: Server, clock?: { nowMs: number; elapsedMs: number }): Promise<Desk> {
  const it = desk(server, clock);
  await it.loadPicture();
  await settled();
  assert.ok(it.course.value, "the course has come");
  return it;
}

/** The look of the one face at the moment asked. */
function look(it: Desk): string | undefined {
  const [course, place] = [it.course.value, it.moving.value];
  return course && place !== null ? course.looks[course.lookOf(0, place)] : undefined;
}

test("while time moves the course tells the land, and nothing is asked", async () => {
  const server = new Server();
  const it = await opened(server);
  server.asked.length = 0;
  it.setTime({ validAt: "2026-05-02T00:00:00Z" });
  assert.equal(look(it), "cleared");
  it.setTime({ validAt: "2026-04-30T00:00:00Z" });
  assert.equal(look(it), "cha");
  assert.deepEqual(server.asked, []);
  assert.equal(it.withheld.value, false);
});

test("once the head has moved the old course is gone before the new picture has come", async () => {
  const server = new Server();
  const it = await opened(server);
  it.setTime({ validAt: "2026-05-02T00:00:00Z" });
  assert.equal(look(it), "cleared");
  server.entries = 6;
  let go = (): void => undefined;
  server.hold = new Promise((done) => (go = done));
  const checked = it.checkHealth();
  await settled();
  assert.equal(it.course.value, null);
  assert.equal(it.moving.value, null);
  assert.equal(it.withheld.value, true, "meanwhile no ground is shown as released");
  go();
  await checked;
  await settled();
  assert.equal(it.withheld.value, false);
  assert.ok(it.course.value);
});

for (const [name, turn] of [
  ["a reload", (it: Desk) => it.reload()],
  ["an act", (it: Desk) => it.act("/api/acts/evidence", {})],
] as const) {
  test(`the old course does not outlive ${name}`, async () => {
    const server = new Server();
    const it = await opened(server);
    const before = it.course.value;
    it.setTime({ validAt: "2026-05-02T00:00:00Z" });
    let go = (): void => undefined;
    server.hold = new Promise((done) => (go = done));
    const done = turn(it);
    await settled();
    assert.equal(it.course.value, null);
    assert.equal(it.withheld.value, true);
    go();
    await done;
    await settled();
    assert.notEqual(it.course.value, before);
  });
}

test("a course that was on its way when the ledger grew is not taken", async () => {
  const server = new Server();
  const it = desk(server);
  let go = (): void => undefined;
  server.holdCourse = new Promise((done) => (go = done));
  await it.loadPicture();
  await settled();
  assert.equal(server.asked.filter((url) => url.startsWith("/api/course")).length, 1);
  server.entries = 6;
  server.holdCourse = null;
  const reloaded = it.reload();
  go();
  await reloaded;
  await settled();
  assert.equal(server.asked.filter((url) => url.startsWith("/api/course")).length, 2);
  assert.equal(it.course.value?.nKnown, 6);
});

test("a course of fewer entries than the picture's, as out of some cache, is not taken", async () => {
  const server = new Server();
  server.courseOf = 4;
  const it = desk(server);
  await it.loadPicture();
  await settled();
  assert.equal(it.course.value, null);
});

test("a course of more entries says that the head has moved: all is loaded anew", async () => {
  const server = new Server();
  server.courseOf = 6;
  const it = desk(server);
  await it.loadPicture();
  server.entries = 6;
  await settled();
  await settled();
  assert.equal(it.course.value?.nKnown, 6);
  assert.equal(it.site.value?.entries, 6);
});

test("where no course is told each moment is asked of the server, and nothing is withheld", async () => {
  const server = new Server();
  server.told = false;
  const it = desk(server);
  await it.loadPicture();
  await settled();
  it.setTime({ validAt: "2026-05-02T00:00:00Z" });
  assert.deepEqual([it.course.value, it.moving.value, it.withheld.value], [null, null, false]);
});

for (const [name, offMs] of [
  ["a year behind", -365 * DAY],
  ["ten years ahead", 3650 * DAY],
] as const) {
  test(`now is the server's on a device whose clock is ${name}`, async () => {
    const server = new Server();
    // Later than the server's now: not yet released by then.
    const future = { ...COURSE, times_us: [COURSE.times_us[0], (SERVER_NOW + 30 * DAY) * 1000] };
    const body = server.body.bind(server);
    server.body = (path) => (path === "/api/course" ? { ...future, n_known: server.entries } : body(path));
    const clock = { nowMs: SERVER_NOW + offMs, elapsedMs: 1_000 };
    const it = await opened(server, clock);
    it.setTime({ validAt: "2026-04-30T00:00:00Z" });
    await it.loadPicture();
    it.setTime({ validAt: null });
    assert.equal(look(it), "cha");
    assert.equal(it.presentMs(), SERVER_NOW);
    clock.elapsedMs += 60_000;
    assert.equal(it.presentMs(), SERVER_NOW + 60_000);
    const ranges = [validRange(it.site.value, it.presentMs()), knownRange(it.site.value, it.presentMs())];
    for (const { startMs, days } of ranges) assert.ok(startMs + days * DAY <= SERVER_NOW + DAY, name);
  });
}

test("until the server has told its clock, now is when the ledger was last written, not the device's", async () => {
  const server = new Server();
  const body = server.body.bind(server);
  server.body = (path) => (path === "/health" ? { status: "ok", entries: 5 } : body(path));
  const it = await opened(server, { nowMs: SERVER_NOW + 3650 * DAY, elapsedMs: 0 });
  assert.equal(it.presentMs(), Date.parse("2026-05-30T00:00:00Z"));
});

/** A course of faces with these rings, in units of 1e-7 degrees at the equator. */
function drawn(...faces: (readonly (readonly [number, number])[])[][]): Course {
  const rings = faces.flat().map((ring) => [...ring, ring[0] as readonly [number, number]]);
  let [x, y] = [0, 0];
  const xy = rings.flat().flatMap(([nextX, nextY]) => {
    const step = [nextX - x, nextY - y];
    [x, y] = [nextX, nextY];
    return step;
  });
  const told = { ...COURSE, n_known: 1, xy, points: rings.map((ring) => ring.length), rings: faces.map((face) => face.length) };
  return new Course({ ...told, steps: faces.map(() => 0), at: [], look: [] }, null);
}

test("a strip is as wide as it is, whichever way it runs; what is cut out of ground is no part of it", () => {
  const unit = 360 * 1e7;
  const near = (found: number | undefined, expected: number): void =>
    assert.ok(Math.abs((found ?? NaN) * unit - expected) < expected * 0.02, `${(found ?? NaN) * unit} for ${expected}`);
  const slant = [[0, 0], [60_000, 80_000], [59_920, 80_060], [-80, 60]] as const; // 100 km by 100
  const square = [[0, 0], [10_000, 0], [10_000, 10_000], [0, 10_000]] as const;
  const hole = [[100, 100], [9_900, 100], [9_900, 9_900], [100, 9_900]] as const;
  const beside = [[20_000, 0], [30_000, 0], [30_000, 10_000], [20_000, 10_000]] as const;
  const { widths } = drawn([slant], [square], [square, hole], [hole.toReversed(), square], [square, beside]);
  near(widths[0], 100);
  near(widths[1], 5_000);
  near(widths[2], 100);
  near(widths[3], 100);
  near(widths[4], 5_000);
});
