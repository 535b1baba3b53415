/** The lists in hand: which are taken, which are not, and what is remembered. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Hand, type Memory } from "../src/verify/hand.ts";
import { text } from "./papertext.ts";

const cases = JSON.parse(readFileSync(join(process.env.WEB_ROOM ?? "..", "test/verify-lists.json"), "utf8"));
const trust: Record<string, string> = Object.fromEntries(Object.entries(cases.trust).map(([name, data]) => [name, text("RFQ4:", data as string)]));
const status: Record<string, string> = Object.fromEntries(Object.entries(cases.status).map(([name, data]) => [name, text("RFQ3:", data as string)]));

class Kept implements Memory {
  readonly values = new Map<string, string>();
  get(name: string) {
    return this.values.get(name) ?? null;
  }
  set(name: string, value: string) {
    this.values.set(name, value);
  }
}

function version(hand: Hand): number | null {
  return hand.trust?.version ?? null;
}

test("a first list is taken only from a person who brings it on its own", async () => {
  const hand = new Hand(new Kept());
  await hand.open({});
  assert.equal(hand.trust, null);
  assert.equal(await hand.takeTrust(trust.three as string, false), "first-with-paper");
  assert.equal(hand.trust, null);
  assert.equal(await hand.takeTrust(trust.forged as string, true), "not-authentic");
  assert.equal(await hand.takeTrust(trust.three as string, true), "taken");
  assert.equal(version(hand), 3);
  assert.equal(hand.brought, true);
  assert.match(hand.fingerprint, /^([0-9a-f]{4} ){3}[0-9a-f]{4}$/);
});

test("a newer list takes its place only where it succeeds it", async () => {
  const hand = new Hand(new Kept());
  await hand.open({ trust: trust.three });
  assert.equal(hand.brought, false);
  assert.equal(await hand.takeTrust(trust.three as string, true), "same");
  assert.equal(await hand.takeTrust(trust.two as string, true), "older");
  assert.equal(await hand.takeTrust(trust.stranger as string, true), "not-following");
  assert.equal(await hand.takeTrust(trust.forged as string, true), "not-following");
  assert.equal(await hand.takeTrust("RFQ4:AB", true), "unreadable");
  assert.equal(hand.trust?.version, 3);
  assert.equal(await hand.takeTrust(trust.four as string, false), "taken"); // even with a paper: the old roots signed it
  assert.equal(hand.trust?.version, 4);
});

test("the newest list is remembered, step by step", async () => {
  const memory = new Kept();
  const first = new Hand(memory);
  await first.open({ trust: trust.three });
  await first.takeTrust(trust.rotated as string, false);
  await first.takeTrust(trust.after as string, false);
  assert.equal(first.trust?.version, 5);
  const again = new Hand(memory);
  await again.open({ trust: trust.three });
  assert.equal(again.trust?.version, 5, "the roots changed on the way, and each step was kept");
  assert.equal(again.brought, false);
  const elsewhere = new Hand(new Kept());
  await elsewhere.open({ trust: trust.three });
  assert.equal(await elsewhere.takeTrust(trust.after as string, true), "not-following");
});

test("what the page was served with is believed before what is remembered", async () => {
  const memory = new Kept();
  const tricked = new Hand(memory);
  await tricked.open({});
  assert.equal(await tricked.takeTrust(trust.stranger as string, true), "taken");
  const served = new Hand(memory);
  await served.open({ trust: trust.three });
  assert.equal(served.fingerprint, await fingerprint(trust.three as string));
});

async function fingerprint(list: string): Promise<string> {
  const hand = new Hand(new Kept());
  await hand.open({ trust: list });
  return hand.fingerprint;
}

test("of status lists the authority's newest is kept", async () => {
  const memory = new Kept();
  const hand = new Hand(memory);
  await hand.open({});
  assert.equal(await hand.takeStatus(status.nine as string), "no-trust");
  await hand.takeTrust(trust.three as string, true);
  assert.equal(await hand.takeStatus(status.nine as string), "taken");
  assert.equal(await hand.takeStatus(status.eight as string), "older");
  assert.equal(await hand.takeStatus(status.nine as string), "same");
  assert.equal(await hand.takeStatus(status.forged as string), "not-authentic");
  assert.equal(await hand.takeStatus("RFQ3:"), "not-authentic");
  assert.equal(hand.statuses?.version, 9);
  assert.equal(await hand.takeStatus(status.ten as string), "taken");
  const again = new Hand(memory);
  await again.open({ trust: trust.three, status: status.nine });
  assert.equal(again.statuses?.version, 10, "an older list with the page does not bring back what was suspended since");
});

test("memory that forgets or refuses changes nothing else", async () => {
  const hand = new Hand({ get: () => null, set: () => undefined });
  await hand.open({ trust: trust.three, status: status.nine });
  assert.equal(hand.statuses?.version, 9);
  const broken = new Hand({ get: () => "\u0000RFQ4:?\n???", set: () => undefined });
  await broken.open({});
  assert.equal(broken.trust, null);
});

test("forgetting leaves what the page was served with", async () => {
  const hand = new Hand(new Kept());
  await hand.open({ trust: trust.three });
  await hand.takeTrust(trust.four as string, false);
  await hand.takeStatus(status.nine as string);
  await hand.forget({ trust: trust.three });
  assert.equal(hand.trust?.version, 3);
  assert.equal(hand.statuses, null);
});
