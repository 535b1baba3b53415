/** Sends what waits; only the office's own receipt for this very report makes it received. */

import { all, keep, type Kept } from "./outbox.ts";

const PART_BYTES = 256 * 1024;
const HEADERS = { "X-Rafiqa": "desk" };

interface Receipt {
  readonly report_id: string;
  readonly entry_id: string;
  readonly received_at: string;
  readonly missing: readonly number[];
}

/** Sends everything that waits, danger first; resolves when all that can go has gone. */
export async function drain(changed: () => void): Promise<void> {
  const once = async (): Promise<void> => {
    const waiting = (await all()).filter((item) => item.body !== null || item.picture !== null);
    waiting.sort((a, b) => Number(a.kind !== "hazard") - Number(b.kind !== "hazard"));
    for (const item of waiting) {
      if (!(await sent(item, changed))) return;
    }
  };
  // Two tabs would send twice: the office would take it once all the same.
  if (navigator.locks) await navigator.locks.request("rafiqa-report-drain", once);
  else await once();
}

/** Whether it makes sense to go on with the next: false where there is no line. */
async function sent(item: Kept, changed: () => void): Promise<boolean> {
  let now = item;
  let missing: readonly number[] | null = null;
  if (now.body !== null) {
    const answer = await put(`/api/reports/${now.id}`, now.body, "application/json");
    if (!answer) return false;
    const receipt = await receiptOf(answer, now.id);
    if (!receipt) {
      const state = answer.status === 409 ? "apart" : answer.status >= 400 && answer.status < 429 ? "refused" : "waiting";
      // Whatever the answer was, what is here stays here.
      if (state !== now.state) await keep({ ...now, state });
      changed();
      return state !== "waiting";
    }
    missing = receipt.missing;
    if (now.picture === null) {
      await keep({ ...now, state: "received", receivedAt: receipt.received_at, body: null });
      changed();
      return true;
    }
    // The body stays until the picture is there too: sent again it asks what is missing.
    now = { ...now, state: "received", receivedAt: receipt.received_at };
    await keep(now);
    changed();
  }
  return sendPicture(now, missing ?? [], changed);
}

async function sendPicture(item: Kept, missing: readonly number[], changed: () => void): Promise<boolean> {
  const { picture, pictureHash } = item;
  if (!picture || !pictureHash) return true;
  for (const part of missing) {
    const content = picture.slice(part * PART_BYTES, (part + 1) * PART_BYTES);
    const path = `/api/reports/${item.id}/pictures/${pictureHash}/${part}?of=${picture.size}`;
    const answer = await put(path, content, "application/octet-stream");
    if (!answer || answer.status >= 429) return false;
    if (!answer.ok) {
      await keep({ ...item, body: null, picture: null, pictureFailed: true });
      changed();
      return true;
    }
  }
  await keep({ ...item, body: null, picture: null });
  changed();
  return true;
}

async function put(path: string, body: BodyInit, type: string): Promise<Response | null> {
  try {
    return await fetch(path, { method: "PUT", headers: { ...HEADERS, "Content-Type": type }, body, credentials: "omit", cache: "no-store" });
  } catch {
    return null;
  }
}

/** The receipt in an answer; null where it is none. A gateway's page that says 200 is none. */
async function receiptOf(answer: Response, id: string): Promise<Receipt | null> {
  if (answer.status !== 200 && answer.status !== 201) return null;
  try {
    const told = (await answer.json()) as Partial<Receipt>;
    const whole = told.report_id === id && Boolean(told.entry_id) && Boolean(told.received_at) && Array.isArray(told.missing);
    return whole ? (told as Receipt) : null;
  } catch {
    return null;
  }
}

export interface Became {
  readonly report_id: string;
  readonly kind: string;
  readonly received_at: string;
  readonly outcome: string | null;
  readonly outcome_label: string | null;
  readonly answered_at: string | null;
  readonly text: string | null;
}

/** What became of everything under a code; null where the office cannot be reached. */
export async function ask(code: string, lang: string): Promise<readonly Became[] | null> {
  try {
    const answer = await fetch(`/api/report-codes?lang=${lang}`, {
      method: "POST",
      headers: { ...HEADERS, "Content-Type": "application/json" },
      body: JSON.stringify({ code }),
      credentials: "omit",
      cache: "no-store",
    });
    if (!answer.ok) return null;
    const told = (await answer.json()) as { found?: unknown };
    return Array.isArray(told.found) ? (told.found as Became[]) : null;
  } catch {
    return null;
  }
}
