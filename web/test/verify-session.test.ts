/** A session of the verifier: codes come one after the other, lists beside them, files of all kinds. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Hand } from "../src/verify/hand.ts";
import { type Given, Session } from "../src/verify/session.ts";
import { text } from "./papertext.ts";

const ROOM = process.env["WEB_ROOM"] as string;
const cases = JSON.parse(readFileSync(join(ROOM, "../examples/certificate-vectors.json"), "utf8"));
const lists = JSON.parse(readFileSync(join(ROOM, "test/verify-lists.json"), "utf8"));
const trust = text("RFQ4:", lists.trust.three);
const nine = text("RFQ3:", lists.status.nine);
const logged = cases.cases.find((each: { answer: { logged: boolean } }) => each.answer.logged);
const [paper, proof] = [...logged.texts].sort() as [string, string];
const other: string = cases.cases.find(
  (each: { answer: { number: string | null } }) => each.answer.number !== null && each.answer.number !== logged.answer.number,
).texts[0];

async function begun(given: Given, onPicture: string[] = []) {
  const hand = new Hand({ get: () => null, set: () => undefined });
  await hand.open(given);
  let answered = 0;
  const session = new Session(hand, given, {
    nowS: () => 1_767_225_600,
    codesOnPicture: async () => onPicture,
    changed: () => undefined,
    answered: () => {
      answered += 1;
    },
  });
  return { session, answered: () => answered };
}

function status(session: Session): string | null {
  return session.found?.status ?? null;
}

test("without a trust list nothing is authentic, and the reason is told", async () => {
  const { session } = await begun({});
  await session.takeText(paper);
  assert.deepEqual([session.found?.answer, session.found?.reasons], ["not-authentic", ["no-trust"]]);
  await session.takeLists(`${nine}\n${trust}`);
  assert.equal(session.listNotice, "notice.taken");
  assert.equal(session.found?.status, "in-force");
});

test("a trust list that comes with the paper is not taken", async () => {
  const { session } = await begun({});
  await session.takeText(`${paper}\n${trust}`);
  assert.equal(session.notice, "notice.first-with-paper");
  assert.equal(session.found?.answer, "not-authentic");
  assert.equal(session.hand.trust, null);
});

test("both codes are read one after the other, in either order", async () => {
  for (const order of [
    [paper, proof],
    [proof, paper],
  ]) {
    const { session, answered } = await begun({ trust, status: nine });
    await session.takeText(order[0] as string);
    assert.equal(session.found?.logged ?? false, false);
    await session.takeText(order[1] as string);
    assert.equal(session.found?.logged, true);
    assert.equal(session.codes.length, 2);
    assert.equal(answered(), 2);
  }
});

test("who pastes again mends the mistake; two scanned papers stay two", async () => {
  const { session } = await begun({ trust, status: nine });
  await session.takeText(paper.slice(0, -4));
  assert.deepEqual(session.found?.reasons, ["unreadable"]);
  await session.takeText(paper);
  assert.equal(session.found?.status, "in-force");
  await session.takeCodes([other], false);
  assert.deepEqual(session.found?.reasons, ["two-papers"]);
  session.clear();
  assert.equal(status(session), null);
  await session.takeText(other);
  assert.equal(status(session), "in-force");
});

test("what is no code is told as such", async () => {
  const { session } = await begun({ trust });
  await session.takeText("  ");
  assert.deepEqual([session.found, session.notice], [null, "codes.none"]);
  await session.takeText("hello");
  assert.deepEqual(session.found?.reasons, ["unreadable"]);
  await session.takeLists("hello");
  assert.equal(session.listNotice, "notice.unreadable");
});

test("files: a text, a picture, one without a code, one too large", async () => {
  const { session } = await begun({ trust, status: nine }, [paper, "https://elsewhere"]);
  await session.takeFile(new File([`Certificate\n${paper}\n`], "a.txt", { type: "text/plain" }));
  assert.equal(session.found?.status, "in-force");
  session.clear();
  await session.takeFile(new File(["…"], "a.png", { type: "image/png" }));
  assert.equal(session.found?.status, "in-force");
  await session.takeFile(new File(["nothing"], "a.txt", { type: "text/plain" }));
  assert.equal(session.notice, "notice.no-code");
  await session.takeFile(new File([" ".repeat(4 * 1024 * 1024 + 1)], "a.txt", { type: "text/plain" }));
  assert.equal(session.notice, "notice.too-large");
  assert.equal(session.reading, false);
});

test("a list that comes in changes the verdict on the paper in hand", async () => {
  const { session } = await begun({ trust });
  await session.takeText(paper);
  assert.deepEqual(session.found?.reasons, ["no-list"]);
  await session.takeText(nine);
  assert.equal(session.notice, "notice.taken");
  assert.equal(session.found?.status, "in-force");
  await session.forget();
  assert.deepEqual(session.found?.reasons, ["no-list"]);
});
