/** What everybody is told, as the desk works on it: notices for a neighbourhood, and the archive of places. */

export interface Labelled {
  readonly code: string;
  readonly label: string;
}

export interface ToldItem {
  readonly item_id: string;
  readonly what: "notice" | "archive";
  readonly state: "written" | "approved" | "rejected" | "withdrawn";
  readonly state_text: string;
  readonly title: string;
  readonly place: string | null;
  readonly lines: readonly string[];
  readonly begins: string | null;
  readonly ends: string | null;
  readonly taken_on: string | null;
  readonly consent_ref: string | null;
  readonly at: string;
  readonly in_force: boolean;
  readonly picture: string | null;
  readonly may: readonly string[];
}

export interface ToldWork {
  readonly items: readonly ToldItem[];
  readonly waiting: number;
  readonly places: readonly Labelled[];
  readonly kinds: readonly Labelled[];
  readonly subjects: readonly Labelled[];
  readonly moments: readonly Labelled[];
  readonly purposes: readonly Labelled[];
  readonly may_write: boolean;
}

const NOTICE = ["kind", "place_id", "text", "text_ar"] as const;
const MEMORY = ["subject", "subject_id", "moment", "taken_on", "purpose", "credit", "consent_ref", "caption", "caption_ar", "caption_ckb", "caption_kmr"] as const;

/** A local time as a form gives it, as the instant that it is. */
export function instantOf(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? local : at.toISOString();
}

/** The body that asks for a notice, from the fields of its form. */
export function noticeBody(id: string, field: (name: string) => string): Record<string, unknown> {
  const told = Object.fromEntries(NOTICE.map((name) => [name, field(name).trim()]));
  const [begins, ends] = [`from`, `until`].map((name) => instantOf(field(name)));
  return { notice_id: id, ...told, from: begins, until: ends };
}

/** The body that asks for an entry of the archive; its picture as Base64, or empty. */
export function memoryBody(id: string, field: (name: string) => string, picture: string, hidden: boolean): Record<string, unknown> {
  const told = Object.fromEntries(MEMORY.map((name) => [name, field(name).trim()]));
  return { archive_id: id, ...told, picture, faces_hidden: hidden };
}
