/** The pages of work beside the map: which there are, and whom the server lets work on them. */

export const WORK_IDS = ["inbox", "news", "tasks", "figures", "submissions", "reports", "imports", "documents", "matches", "draw", "parts", "risk", "plan", "waysin", "followup", "finds", "told", "papers", "people", "vault", "federation", "person"] as const;
export type WorkId = (typeof WORK_IDS)[number];

/** Roles for whom a page holds something; nobody is listed whom the server would only refuse. The own account is opened by the own name. */
const FOR: Readonly<Record<WorkId, ReadonlySet<string> | "staff" | "all">> = {
  inbox: "staff",
  news: "staff",
  tasks: "staff",
  figures: "all",
  submissions: "staff",
  reports: "staff",
  imports: new Set(["authority", "information", "engineer", "surveyor", "operator", "quality"]),
  documents: new Set(["authority", "information", "surveyor"]),
  matches: new Set(["authority", "engineer", "information"]),
  draw: new Set(["surveyor", "authority", "information"]),
  parts: new Set(["surveyor", "operator"]),
  risk: "staff",
  plan: new Set(["authority", "planner"]),
  waysin: "all",
  followup: "staff",
  finds: "staff",
  told: "staff",
  papers: "staff",
  people: new Set(["authority", "information"]),
  vault: new Set(["authority", "information"]),
  federation: new Set(["authority", "information"]),
  person: new Set(),
};

/** The pages that somebody of a role can open, in the order of the menu; null is nobody signed in. */
export function workFor(role: string | null): WorkId[] {
  return WORK_IDS.filter((id) => {
    const whom = FOR[id];
    if (whom === "all") return true;
    return role !== null && role !== "resident" && (whom === "staff" || whom.has(role));
  });
}

export function readWork(text: string | null): WorkId | null {
  return WORK_IDS.find((id) => id === text) ?? null;
}

/** The parts that the pages of work come in: each is fetched when the first of its pages is opened. */
export type WorkPart = "work" | "queue" | "figures" | "folk" | "person";

const PART: Partial<Record<WorkId, WorkPart>> = { inbox: "queue", news: "queue", tasks: "queue", documents: "queue", figures: "figures", people: "folk", vault: "folk", federation: "folk", person: "person" };

export function partOf(id: WorkId): WorkPart {
  return PART[id] ?? "work";
}
