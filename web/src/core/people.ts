/** People harmed and people warned, as the server tells of them: counts and pseudonyms, never a name. */

import { readPlace } from "./coordinates.ts";
import type { Told } from "./waysin.ts";

export interface InquiryStep {
  readonly step_text: string;
  readonly on: string;
  readonly organisation: string;
  readonly cause_text: string | null;
  readonly lessons: string | null;
  readonly area_id: string | null;
}

export interface Accident {
  readonly accident_id: string;
  readonly kind_text: string;
  readonly at: string;
  readonly area_ids: readonly string[];
  readonly steps: readonly InquiryStep[];
  readonly reopening_id: string | null;
}

export interface Help {
  readonly assistance_id: string;
  readonly person_ref: string;
  readonly service_text: string;
  readonly state_text: string;
  readonly consent: string;
  readonly consent_text: string;
  readonly on: string;
  readonly accident_id: string | null;
}

export interface Community {
  readonly survey_id: string;
  readonly community: string;
  readonly organisation: string;
  readonly on: string;
  readonly contaminated_text: string;
  readonly band: string;
  readonly band_text: string;
  readonly blocked_text: readonly string[];
  readonly waits: boolean;
}

export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly required: boolean;
  readonly choices: Readonly<Record<string, string>>;
  readonly least: number | null;
  readonly most: number | null;
  readonly letters: number | null;
}

export interface RecordForm {
  readonly kind: string;
  readonly title: string;
  readonly fields: readonly FormField[];
  readonly why_not: readonly Told[];
}

export interface People {
  readonly accidents: readonly Accident[];
  readonly communities: readonly Community[];
  readonly help: readonly Help[] | null;
  readonly forms: readonly RecordForm[];
}

interface Cell {
  readonly text: string;
}

export interface DrawnTable {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly label: string; readonly unit: string | null }[];
  readonly rows: readonly (readonly Cell[])[];
  readonly total: readonly Cell[] | null;
  readonly notes: readonly string[];
}

export interface PeoplePaper {
  readonly tables: readonly DrawnTable[];
  readonly missing: readonly { readonly code: string; readonly text: string }[];
  readonly notices: readonly string[];
}

/** What was filled in, as the dictionary's types: a number as a number, several codes as a list; what is empty is not said. */
export function toldFields(form: RecordForm, filled: FormData): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  for (const field of form.fields) {
    const given = filled.getAll(field.name).map(String).map((each) => each.trim()).filter(Boolean);
    const first = given[0];
    if (first === undefined) continue;
    if (field.type === "codes") told[field.name] = given;
    else if (field.type === "integer" || field.type === "decimal") told[field.name] = Number(first);
    else if (field.type === "boolean") told[field.name] = first === "true";
    else if (field.type === "point") told[field.name] = placeTold(first);
    else told[field.name] = first;
  }
  return told;
}

/** A place as the server reads it, latitude first; what cannot be read goes as it stands, and is refused there by name. */
function placeTold(written: string): string {
  const place = readPlace(written);
  return place ? `${place[1].toFixed(7)} ${place[0].toFixed(7)}` : written;
}

/** The same in words, to be read once more. */
export function toldWords(form: RecordForm, filled: FormData): string[] {
  return form.fields.flatMap((field) => {
    const given = filled.getAll(field.name).map(String).filter((each) => each.trim());
    return given.length ? [`${field.label}: ${given.map((each) => field.choices[each] ?? each).join(", ")}`] : [];
  });
}
