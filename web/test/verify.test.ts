/** The verifier's own pieces, and the published cases by both ways of checking a signature. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fromBase45 } from "../src/verify/base45.ts";
import { fromCbor, Malformed } from "../src/verify/cbor.ts";
import { checkByBrowser, checkByScript, chooseCheck } from "../src/verify/ed25519.ts";
import { outlineOf } from "../src/verify/outline.ts";
import { codesIn } from "../src/verify/texts.ts";
import { verdict } from "../src/verify/verdict.ts";
import { trustListOf } from "../src/verify/trustlist.ts";
import { judgedBothWays, unhex } from "./judge.ts";

const cases = JSON.parse(readFileSync(join(process.env.WEB_ROOM ?? "..", "../examples/certificate-vectors.json"), "utf8"));

test("the published cases are answered as they are written", async () => {
  const found = await judgedBothWays(cases);
  assert.equal(found.length, 2 * (cases.cases.length + cases.successions.length));
  for (const { name, ours, theirs } of found) assert.deepEqual(ours, theirs, name);
});

test("hostile bytes never throw, and are never authentic", async () => {
  const { trust } = trustListOf(unhex(Object.values(cases.trust_lists)[0] as string));
  const text: string = cases.cases[0].texts[0];
  let seed = 7;
  const next = (end: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % end;
  };
  for (let round = 0; round < 2_000; round++) {
    const letters = [...text];
    for (let edit = 0; edit <= round % 4; edit++) {
      const at = 5 + next(letters.length - 5);
      const letter = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[next(45)] as string;
      if (next(3) === 0) letters.splice(at, 1 + next(6));
      else letters[at] = letter;
    }
    const changed = letters.join("");
    const { answer } = await verdict([changed], trust, null, 1_767_225_600);
    assert.ok(changed === text || answer === "not-authentic");
  }
});

test("Base45 has one spelling (RFC 9285, 4.3 and 4.4)", () => {
  assert.deepEqual(fromBase45("%69 VD92EX0"), new TextEncoder().encode("Hello!!"));
  assert.deepEqual(fromBase45("BB8"), new TextEncoder().encode("AB"));
  for (const wrong of ["GGW", "::", "A", "bb8", "B B".padEnd(4, "\n"), "٣٣٣"]) assert.equal(fromBase45(wrong), null, wrong);
});

test("CBOR has one spelling", () => {
  assert.deepEqual(fromCbor(Uint8Array.of(0x82, 0x18, 0x18, 0xf6)), [24, null]);
  assert.equal(fromCbor(Uint8Array.of(0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)), 2n ** 64n - 1n);
  for (const wrong of ["1817", "190017", "5f", "a26161016161f6", "a26162016161f6", "a10101", "f93c00", "c101", "62c080", "0000", ""]) {
    assert.throws(() => fromCbor(unhex(wrong)), Malformed, wrong);
  }
});

test("an outline is read as it was written", () => {
  assert.deepEqual(outlineOf(unhex("010103000002000002")), [[[[0, 0], [1, 0], [1, 1]]]]);
  assert.throws(() => outlineOf(unhex("010103")), Malformed);
});

test("both ways of checking Ed25519 agree (RFC 8032, 7.1, test 2)", async () => {
  const key = unhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const good = unhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  );
  const message = Uint8Array.of(0x72);
  for (const check of [checkByBrowser, checkByScript, await chooseCheck()]) {
    assert.equal(await check(key, message, good), true);
    assert.equal(await check(key, Uint8Array.of(0x73), good), false);
    assert.equal(await check(key.slice(1), message, good), false);
    assert.equal(await check(key, message, good.slice(1)), false);
    assert.equal(await check(key, message, good.map((byte, at) => (at === 40 ? byte ^ 1 : byte))), false);
  }
});

test("codes stand at the beginning of a line and go on over lines", () => {
  assert.deepEqual(codesIn("hello\nRFQ1:AB\nCD\r\nRFQ2:X\n"), ["RFQ1:ABCD", "RFQ2:X"]);
  assert.deepEqual(codesIn("no code"), []);
});
