/** Status lists: which certificates are suspended, reopened, revoked or superseded. */

import { hex } from "./bytes.ts";
import { compare } from "./cbor.ts";
import { ID_BYTES } from "./certificate.ts";
import { opened, type Signed } from "./cose.ts";
import { Malformed, Row } from "./row.ts";

const TAG = "rafiqa/status-list/1";
export const STATES = ["suspended", "reopened", "revoked", "superseded"] as const;
const LIMIT_BYTES = 1024 * 1024;

export type State = (typeof STATES)[number];

/** What an authority said of its certificates at one time. */
export interface StatusList {
  readonly authority: string;
  readonly version: number;
  readonly issuedAtS: number;
  /** By certificate id in hexadecimal, those that are not in force. */
  readonly states: ReadonlyMap<string, State>;
}

/** The list that bytes are, and its signature, not yet believed. Throws Malformed. */
export function statusListOf(data: Uint8Array): { list: StatusList; signed: Signed } {
  const signed = opened(data, LIMIT_BYTES);
  const row = Row.of(signed.payload, 5, LIMIT_BYTES);
  row.tag(TAG);
  const [authority, version, issuedAtS] = [row.text(), row.whole(), row.whole()];
  const rows = row.row(STATES.length);
  const states = new Map<string, State>();
  let count = 0;
  for (const state of STATES) {
    const ids = idsIn(rows.raw());
    count += ids.length;
    for (const id of ids) states.set(hex(id), state);
  }
  if (states.size !== count) throw new Malformed("an id stands twice");
  return { list: { authority, version, issuedAtS, states }, signed };
}

function idsIn(data: Uint8Array): Uint8Array[] {
  if (data.length % ID_BYTES) throw new Malformed("half an id");
  const ids = Array.from({ length: data.length / ID_BYTES }, (_, at) => data.subarray(at * ID_BYTES, (at + 1) * ID_BYTES));
  for (const [at, id] of ids.entries()) {
    const before = ids[at - 1];
    if (before !== undefined && compare(before, id) >= 0) throw new Malformed("ids out of order");
  }
  return ids;
}
