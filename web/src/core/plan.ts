/** A plan asked of the server, and where its bars and shapes go. Nothing of it is kept. */

import type { Api } from "./api.ts";
import { labelPoint, ofArea } from "./geometry.ts";
import type { Lang } from "./language.ts";
import type { AsOf, Shape, Shapes } from "./types.ts";

/** A plan tries many orders before it answers: a quarter of a minute where nothing else is asked, minutes on a small machine. */
const PLAN_WITHIN_MS = 300_000;

export interface PlanReason {
  readonly code: string;
  readonly text: string;
  readonly next?: string | null;
}

export interface PlanTask {
  readonly area_id: string;
  readonly name: string | null;
  readonly rank: number;
  readonly start: string;
  readonly end: string;
  readonly team: string;
  readonly reasons: readonly PlanReason[];
}

export interface PlanForecast {
  readonly district: string | null;
  readonly done_by: { readonly tenth: string | null; readonly half: string | null; readonly nine_tenths: string | null };
  readonly m2_per_day: number;
}

export interface Plan {
  readonly planned_on: string;
  readonly days: number;
  readonly tasks: readonly PlanTask[];
  readonly left: readonly { readonly area_id: string; readonly reason: PlanReason }[];
  readonly outcome: { readonly averted: { readonly low: number; readonly mid: number; readonly high: number } };
  readonly harm_first: { readonly averted: { readonly mid: number } };
  readonly bound: number | null;
  readonly weights: Readonly<Record<string, number>>;
  readonly sensitivity: { readonly first: readonly string[]; readonly steady: readonly string[] };
  readonly districts: readonly { readonly district: string | null; readonly borne: number; readonly relieved: number }[];
  readonly forecasts: readonly PlanForecast[];
  readonly changes: readonly { readonly text: string; readonly averted: number; readonly days_sooner: number | null }[];
  readonly what_ifs: readonly { readonly name: string; readonly text: string; readonly outcome: Plan["outcome"] }[];
  readonly notes: readonly PlanReason[];
}

/** What a plan is asked with: documents as they were read, and days. */
export interface PlanChoice {
  readonly teams: unknown;
  readonly decisions: unknown;
  readonly days: number;
}

/** The plan of a choice. Throws ApiFault with every fault of teams and decisions. */
export function askPlan(api: Api, choice: PlanChoice, asOf: AsOf, lang: Lang): Promise<Plan> {
  const decided = (choice.decisions ?? {}) as { pins?: unknown; policy?: unknown };
  const teams = (choice.teams as { teams?: unknown } | null)?.teams ?? choice.teams;
  const body: Record<string, unknown> = { teams: Array.isArray(teams) ? teams : [], days: choice.days };
  if (Array.isArray(decided)) body["pins"] = decided;
  if (decided.pins !== undefined) body["pins"] = decided.pins;
  if (decided.policy !== undefined) body["policy"] = decided.policy;
  return api.send<Plan>("POST", "/api/plan", body, { asOf, lang, withinMs: PLAN_WITHIN_MS });
}

const DAY_MS = 86_400_000;

/** How many days there are bars for: those planned, or fewer where all tasks end before. */
export function spanOf(plan: Pick<Plan, "planned_on" | "days" | "tasks">): number {
  const ends = plan.tasks.map((task) => (Date.parse(task.end) - Date.parse(plan.planned_on)) / DAY_MS + 1);
  return Math.max(1, Math.min(plan.days, Math.max(1, ...ends)));
}

/** Where a task's bar begins and how long it is, as shares of so many days; both ends worked on. */
export function barOf(plannedOn: string, days: number, task: Pick<PlanTask, "start" | "end">): [number, number] {
  const first = Date.parse(plannedOn);
  const from = (Date.parse(task.start) - first) / DAY_MS / days;
  const until = ((Date.parse(task.end) - first) / DAY_MS + 1) / days;
  return [from, Math.min(1, until) - from];
}

/** The tasks of each team, in the order in which the teams begin. */
export function byTeam(tasks: readonly PlanTask[]): [string, PlanTask[]][] {
  const found = new Map<string, PlanTask[]>();
  for (const task of tasks) found.set(task.team, [...(found.get(task.team) ?? []), task]);
  return [...found];
}

/** The shapes of the areas planned, and a point for the rank of each. */
export function plannedShapes(hazards: Shapes | undefined, tasks: readonly PlanTask[]): Shape[] {
  const found: Shape[] = [];
  for (const task of tasks) {
    const shapes = ofArea(hazards, task.area_id);
    for (const shape of shapes) found.push({ ...shape, properties: { area_id: task.area_id } });
    const at = labelPoint(shapes[0]?.geometry ?? null);
    if (at) {
      const properties = { rank: String(task.rank), area_id: task.area_id };
      found.push({ type: "Feature", properties, geometry: { type: "Point", coordinates: at } });
    }
  }
  return found;
}
