/** Sending a file in parts, and what an import is asked with. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiFault } from "../src/core/api.ts";
import { importBody, PART_BYTES, partsOf, type Reading, sendFile } from "../src/core/rescue.ts";
import { partsOf as partsOfForm, queueQuery } from "../src/core/submission.ts";
import { reportQuery } from "../src/core/resident.ts";

const READING: Reading = { kind: "hazard-areas", mapping: "city", columns: {}, saveAs: " ", crs: "", encoding: "" };
const ok = (): Response => new Response("{}", { status: 200 });

test("every byte goes out once, in parts that fit, through a line that breaks", async () => {
  const bytes = Uint8Array.from({ length: 2 * PART_BYTES + 7 }, (_, at) => at % 251);
  const here = new Map<string, number>();
  let broken = 0;
  const put = async (url: string, init?: RequestInit): Promise<Response> => {
    if (url.includes("/1?") && broken < 2) {
      broken += 1;
      throw new TypeError("the line broke");
    }
    here.set(url, (init?.body as Uint8Array).length);
    return ok();
  };
  const shares: number[] = [];
  await sendFile(put, bytes, "ab", (share) => shares.push(share));
  const sizes = [...here.values()];
  assert.deepEqual(sizes, [PART_BYTES, PART_BYTES, 7]);
  assert.equal([...here.keys()][2], `/api/uploads/ab/2?of=${bytes.length}`);
  assert.equal(shares.at(-1), 1);
  assert.equal(partsOf(0), 1);
});

test("a refusal ends the sending at once, and a line that stays broken is told", async () => {
  let asked = 0;
  const refuse = async (): Promise<Response> => {
    asked += 1;
    return new Response(JSON.stringify({ code: "api.upload.size" }), { status: 400 });
  };
  const faultOf = async (put: () => Promise<Response>): Promise<ApiFault> =>
    sendFile(put, new Uint8Array(3), "ab", () => undefined).then(() => assert.fail("it was taken"), (error: ApiFault) => error);
  assert.equal((await faultOf(refuse)).problem?.code, "api.upload.size");
  assert.equal(asked, 1);
  assert.ok((await faultOf(() => Promise.reject(new TypeError("gone")))).unreachable);
});

test("what was said of columns goes before a mapping, and nothing empty is sent", () => {
  const sent = { sha256: "ab", name: "a.csv" };
  const plain = importBody(sent, READING, true);
  assert.deepEqual([plain["mapping"], plain["columns"], plain["crs"], plain["save_as"]], ["city", null, null, null]);
  const said = importBody(sent, { ...READING, columns: { Nom: "name" }, crs: " EPSG:4326 " }, false);
  assert.deepEqual([said["mapping"], said["columns"], said["crs"]], [null, { Nom: "name" }, "EPSG:4326"]);
});

test("lists are asked for by what cuts them alone", () => {
  assert.deepEqual(queueQuery({ form: "", state: "waiting", from: "", to: "" }, 2), { state: "waiting", skip: 200 });
  assert.deepEqual(reportQuery({ state: "", triage: "", kind: "", q: " " }, 0), { limit: 50 });
});

test("answers stand by part, each filling of it apart", () => {
  const answer = (part: string, number: number) => ({ part, number, question: "q", label: "q", words: "w", placed: false });
  const parts = partsOfForm([answer("place", 0), answer("item", 1), answer("item", 1), answer("item", 2)]);
  assert.deepEqual(parts.map((part) => [part.title, part.number, part.answers.length]), [["place", 0, 1], ["item", 1, 2], ["item", 2, 1]]);
});
