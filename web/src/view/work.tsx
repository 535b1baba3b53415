/** The pages of work, fetched when the first one is opened: none of them is needed to read the map. */

import type { JSX } from "preact";
import type { WorkId } from "../core/work.ts";
import { FindLog } from "./finds.tsx";
import { FollowUpPage } from "./followup.tsx";
import { MatchReview } from "./matches.tsx";
import { PapersPage } from "./papers.tsx";
import { PlanPage } from "./plan.tsx";
import { ReportList } from "./reports.tsx";
import { ImportRescue } from "./rescue.tsx";
import { RiskPage } from "./risk.tsx";
import { SubmissionQueue } from "./submissions.tsx";
import { ToldPage } from "./told.tsx";
import { WaysIn } from "./waysin.tsx";

const PAGES: Partial<Record<WorkId, () => JSX.Element>> = {
  submissions: SubmissionQueue,
  reports: ReportList,
  imports: ImportRescue,
  matches: MatchReview,
  risk: RiskPage,
  plan: PlanPage,
  waysin: WaysIn,
  followup: FollowUpPage,
  finds: FindLog,
  papers: PapersPage,
  told: ToldPage,
};

export function WorkPage({ id }: { id: WorkId }): JSX.Element {
  const Page = PAGES[id];
  return Page ? <Page /> : <></>;
}
