/** The page: header, notices, lists, map, sheet, time, and the line at the foot. */

import type { ComponentChildren, ComponentProps, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { FALLBACK_NAME } from "../core/words.ts";
import { partOf, type WorkId, type WorkPart } from "../core/work.ts";
import { type Reach, ReachContext, useReach, useT } from "./context.ts";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { Lists } from "./lists.tsx";
import { IconButton } from "./marks.tsx";
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
type DrawChunk = typeof import("./draw.tsx");
type AccountChunk = typeof import("./account.tsx");

/** How what is not needed at first is fetched once it is. */
interface Fetches {
  readonly map: ComponentProps<typeof Stage>["fetchMap"];
  readonly work: FetchWork;
  readonly draw: () => Promise<DrawChunk>;
  readonly account: () => Promise<AccountChunk>;
}

export function App({ reach, fetches }: { reach: Reach; fetches: Fetches }): JSX.Element {
  return (
    <ReachContext.Provider value={reach}>
      <Frame fetches={fetches} />
    </ReachContext.Provider>
  );
}

function Frame({ fetches }: { fetches: Fetches }): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const drawing = desk.work.value === "draw" || desk.work.value === "parts";
  if (!desk.words.value.loaded || !page.opened.value) return <Wordless />;
  return (
    <div class="frame" data-map={page.map.value} data-drawing={page.sketch.value !== null}>
      <a class="skip" href="#lists">
        {t("desk.skip")}
      </a>
      <Header />
      <main class="main">
        <Lists />
        <div class="middle">
          <Notices />
          <Stage fetchMap={fetches.map} />
          {page.sketch.value && <Dock fetch={fetches.draw} />}
        </div>
        {drawing && <Drawing key={desk.work.value} fetch={fetches.draw} parts={desk.work.value === "parts"} />}
        {desk.work.value && !drawing && <Work fetch={fetches.work} />}
        {!desk.work.value && <Sheet />}
        <TimeBar />
        <Announcer />
      </main>
      <Footer />
      <SignIn />
      {desk.account.value && <Account fetch={fetches.account} />}
    </div>
  );
}

/** A chunk fetched when it is first needed, or what stands there until it has come. */
function useChunk<T>(fetch: () => Promise<T>): { readonly chunk: T | null; readonly meanwhile: JSX.Element } {
  const t = useT();
  const [chunk, setChunk] = useState<{ readonly it: T } | "failed" | null>(null);
  const [tried, setTried] = useState(0);
  useEffect(() => {
    setChunk(null);
    fetch().then(
      (it) => setChunk({ it }),
      () => setChunk("failed"),
    );
  }, [tried]);
  const meanwhile =
    chunk === "failed" ? (
      <p class="notice bad" role="alert">
        <span>{t("desk.unreachable")}</span>{" "}
        <button type="button" onClick={() => setTried(tried + 1)}>
          {t("desk.again")}
        </button>
      </p>
    ) : (
      <p class="quiet">{t("desk.loading")}</p>
    );
  return { chunk: chunk === "failed" ? null : (chunk?.it ?? null), meanwhile };
}

/** The page of work that is open. */
function Work({ fetch }: { readonly fetch: FetchWork }): JSX.Element | null {
  const id = useReach().desk.work.value;
  const part = id && partOf(id);
  // What is here of another part knows nothing of this page: each part is a chunk of its own.
  return id && part && <Part key={part} id={id} fetch={() => fetch(part)} />;
}

/** The part of the pages of work that a page comes with, fetched when its first page is opened. */
function Part({ id, fetch }: { readonly id: WorkId; readonly fetch: () => Promise<WorkChunk> }): JSX.Element {
  const { chunk, meanwhile } = useChunk(fetch);
  return chunk ? <chunk.WorkPage key={id} id={id} /> : <Waiting>{meanwhile}</Waiting>;
}

/** The pages that put an outline on record, or work by parts that are drawn; fetched with the pen. */
function Drawing({ fetch, parts }: { readonly fetch: Fetches["draw"]; readonly parts: boolean }): JSX.Element {
  const { chunk, meanwhile } = useChunk(fetch);
  if (!chunk) return <Waiting>{meanwhile}</Waiting>;
  return parts ? <chunk.PartsPage /> : <chunk.DrawPage />;
}

/** The pen and what it measures, under the map while somebody draws. */
function Dock({ fetch }: { readonly fetch: Fetches["draw"] }): JSX.Element {
  const { chunk, meanwhile } = useChunk(fetch);
  return chunk ? <chunk.DrawDock /> : <div class="dock">{meanwhile}</div>;
}

/** The land account, over everything; until it has come, a box that can be left and takes no focus. */
function Account({ fetch }: { readonly fetch: Fetches["account"] }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { chunk, meanwhile } = useChunk(fetch);
  if (chunk) return <chunk.AccountPage />;
  return (
    <dialog open class="dialog account waiting" aria-label={t("account.title")}>
      {meanwhile}
      <p class="buttons">
        <button type="button" onClick={() => (desk.account.value = null)}>
          {t("desk.close")}
        </button>
      </p>
    </dialog>
  );
}

/** What stands there until a page has come; who has no network now can leave it. */
function Waiting({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const close = (): void => {
    desk.work.value = null;
    page.sketch.value = null;
    document.querySelector<HTMLElement>(".work-menu > button")?.focus();
  };
  return (
    <aside class="sheet work" aria-label={t("desk.work")} onKeyDown={(event) => event.key === "Escape" && close()}>
      <div class="sheet-top">
        <h2>{desk.work.value && t(`desk.work.${desk.work.value}`)}</h2>
        <IconButton name="close" label={t("desk.close")} onClick={close} />
      </div>
      <div class="sheet-body">{children}</div>
    </aside>
  );
}
