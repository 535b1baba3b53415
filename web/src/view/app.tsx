/** The page: header, notices, lists, map, sheet, time, and the line at the foot. */

import type { ComponentProps, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { FALLBACK_NAME } from "../core/words.ts";
import { partOf, type WorkId, type WorkPart } from "../core/work.ts";
import { AccountPage } from "./account.tsx";
import { type Reach, ReachContext, useReach, useT } from "./context.ts";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { Lists } from "./lists.tsx";
import { Notices } from "./notices.tsx";
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

interface WorkChunk {
  readonly WorkPage: (props: { id: WorkId }) => JSX.Element;
}
export type FetchWork = (part: WorkPart) => Promise<WorkChunk>;

interface Fetches {
  readonly fetchMap: ComponentProps<typeof Stage>["fetchMap"];
  readonly fetchWork: FetchWork;
}

export function App({ reach, ...fetches }: { reach: Reach } & Fetches): JSX.Element {
  return (
    <ReachContext.Provider value={reach}>
      <Frame {...fetches} />
    </ReachContext.Provider>
  );
}

function Frame({ fetchMap, fetchWork }: Fetches): JSX.Element {
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
        {desk.work.value ? <Work fetchWork={fetchWork} /> : <Sheet />}
        <TimeBar />
        <Announcer />
      </main>
      <Footer />
      <SignIn />
      <AccountPage />
    </div>
  );
}

/** The page of work that is open, fetched with its part when the first of that part is. */
function Work({ fetchWork }: Pick<Fetches, "fetchWork">): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [found, setFound] = useState<{ part: WorkPart; chunk: WorkChunk | "failed" } | null>(null);
  const [tried, setTried] = useState(0);
  const id = desk.work.value;
  const part = id && partOf(id);
  useEffect(() => {
    let left = false;
    setFound(null);
    const take = (chunk: WorkChunk | "failed"): void => void (left || (part && setFound({ part, chunk })));
    if (part) fetchWork(part).then(take, () => take("failed"));
    return () => void (left = true);
  }, [tried, part]);
  // What is here of another part knows nothing of this page.
  const chunk = found?.part === part ? (found?.chunk ?? null) : null;
  if (chunk !== null && chunk !== "failed") return <>{id && <chunk.WorkPage key={id} id={id} />}</>;
  return (
    <aside class="sheet" aria-label={t("desk.work")} aria-busy={chunk === null}>
      <div class="sheet-body">
        {chunk === null ? (
          <p class="quiet">{t("desk.loading")}</p>
        ) : (
          <p class="notice bad" role="alert">
            <span>{t("desk.unreachable")}</span>{" "}
            <button type="button" onClick={() => setTried(tried + 1)}>
              {t("desk.again")}
            </button>
          </p>
        )}
      </div>
    </aside>
  );
}
