/** Reports drawn up for paper: what can be asked, and the address of each as a file. */

import { queryOf } from "./api.ts";
import type { Lang } from "./language.ts";

export interface PaperKinds {
  readonly kinds: readonly { readonly kind: string; readonly title: string }[];
  readonly areas: readonly string[];
  readonly projects: readonly string[];
  readonly donors: readonly string[];
}

export interface DrawnUp {
  readonly kind: string;
  readonly title: string;
  readonly about: readonly string[];
  readonly statement: { readonly valid_at: string; readonly known_at: string; readonly ledger: { readonly entries: number; readonly root: string } };
  readonly tables: readonly { readonly name: string; readonly title: string; readonly rows: readonly unknown[] }[];
  readonly missing: readonly { readonly code: string; readonly text: string }[];
  readonly notices: readonly string[];
}

export interface PaperChoice {
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly area: string;
  readonly project: string;
  readonly donor: string;
}

export const FORMATS = ["pdf", "xlsx"] as const;
export const PAPER_LANGS: readonly Lang[] = ["en", "ar"];

/** The choice that a page of reports begins with. */
export const FIRST_CHOICE: PaperChoice = { kind: "monthly", from: "", to: "", area: "", project: "", donor: "" };

/** What of a choice goes into the query: whatever is filled in. */
export function queryOfChoice(choice: PaperChoice): Record<string, string> {
  const { kind: _kind, ...rest } = choice;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value.trim() !== ""));
}

/** The address under which a report is a file. */
export function fileOf(choice: PaperChoice, format: (typeof FORMATS)[number], lang: Lang): string {
  return `/api/papers/${encodeURIComponent(choice.kind)}/${format}${queryOf({ query: queryOfChoice(choice), lang })}`;
}
