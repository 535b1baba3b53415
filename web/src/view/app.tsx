/** The page: header, notices, lists, map, sheet, time, and the line at the foot. */

import type { ComponentProps, JSX } from "preact";
import { FALLBACK_NAME } from "../core/words.ts";
import { AccountPage } from "./account.tsx";
import { type Reach, ReachContext, useReach, useT } from "./context.ts";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { Lists } from "./lists.tsx";
import { MatchReview } from "./matches.tsx";
import { Notices } from "./notices.tsx";
import { PlanSheet } from "./plan.tsx";
import { Announcer, Sheet } from "./sheet.tsx";
import { SignIn } from "./signin.tsx";
import { Stage } from "./stage.tsx";
import { TimeBar } from "./timebar.tsx";

/** Before the words have come: the name, and what the server says is wrong, in its own words. */
function Wordless(): JSX.Element {
  const stale = useReach().desk.stale.value;
  return (
    <main class="wordless" aria-label={FALLBACK_NAME}>
      <img src="/static/icon.svg" width="56" height="56" alt="" />
      <h1>{FALLBACK_NAME}</h1>
      {stale?.fault.problem?.detail && <p role="alert">{stale.fault.problem.detail}</p>}
    </main>
  );
}

type FetchMap = ComponentProps<typeof Stage>["fetchMap"];

export function App({ reach, fetchMap }: { reach: Reach; fetchMap: FetchMap }): JSX.Element {
  return (
    <ReachContext.Provider value={reach}>
      <Frame fetchMap={fetchMap} />
    </ReachContext.Provider>
  );
}

function Frame({ fetchMap }: { fetchMap: FetchMap }): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  if (!desk.words.value.loaded) return <Wordless />;
  return (
    <div class="frame" data-map={page.map.value}>
      <a class="skip" href="#lists">
        {t("desk.skip")}
      </a>
      <Header />
      <main class="main">
        <Lists />
        <div class="middle">
          <Notices />
          <Stage fetchMap={fetchMap} />
        </div>
        {page.planOpen.value ? <PlanSheet /> : page.matchesOpen.value ? <MatchReview /> : <Sheet />}
        <TimeBar />
        <Announcer />
      </main>
      <Footer />
      <SignIn />
      <AccountPage />
    </div>
  );
}
