/** The residents' page: report what was seen, ask the office, and read what became of it. */

import { render } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { type Lang, LANGUAGES, langOf } from "../core/language.ts";
import { type Catalogues, type Say, speaker } from "../verify/words.ts";
import { Answer } from "./answer.tsx";
import { Form } from "./form.tsx";
import { Items } from "./items.tsx";
import { Notices } from "./notices.tsx";
import { all, type Kept } from "./outbox.ts";
import type { Named } from "./place.ts";
import { drain } from "./sending.ts";

const LANG = "rafiqa.report.lang";
const AGAIN_MS = 30_000;

export type View = "home" | "hazard" | "request" | "answer";

function remembered(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function firstLang(): Lang {
  const asked = new URLSearchParams(location.search).get("lang") ?? remembered(LANG);
  return langOf(asked ? [asked] : navigator.languages);
}

function usePlaces(): readonly Named[] {
  const [places, setPlaces] = useState<readonly Named[]>([]);
  useEffect(() => {
    fetch("/api/report-places")
      .then((answer) => answer.json() as Promise<{ places?: Named[] }>)
      .then((told) => setPlaces(told.places ?? []))
      .catch(() => undefined);
  }, []);
  return places;
}

/** What is on this device, sent whenever there may be a line. */
function useOutbox(): { items: readonly Kept[]; broken: boolean; refresh: () => void } {
  const [items, setItems] = useState<readonly Kept[]>([]);
  const [broken, setBroken] = useState(false);
  const show = useCallback(() => {
    all().then(setItems, () => setBroken(true));
  }, []);
  const refresh = useCallback(() => {
    show();
    drain(show).then(show, show);
  }, [show]);
  useEffect(() => {
    refresh();
    const seen = (): void => {
      if (document.visibilityState === "visible") refresh();
    };
    addEventListener("online", refresh);
    document.addEventListener("visibilitychange", seen);
    const timer = setInterval(refresh, AGAIN_MS);
    return () => {
      removeEventListener("online", refresh);
      document.removeEventListener("visibilitychange", seen);
      clearInterval(timer);
    };
  }, [refresh]);
  return { items, broken, refresh };
}

function Page({ catalogues, first }: { readonly catalogues: Catalogues; readonly first: Lang }) {
  const [lang, setLang] = useState(first);
  const [view, setView] = useState<View>("home");
  const say = useMemo(() => speaker(catalogues, lang), [lang]);
  const places = usePlaces();
  const { items, broken, refresh } = useOutbox();
  useEffect(() => {
    document.documentElement.lang = lang;
    document.documentElement.dir = LANGUAGES[lang].direction;
    document.title = say("page.title");
    try {
      localStorage.setItem(LANG, lang);
    } catch {
      // Forbidden: the choice is forgotten with the page.
    }
    document.documentElement.dataset["ready"] = "page";
  }, [lang]);
  const go = (to: View): void => {
    setView(to);
    requestAnimationFrame(() => {
      scrollTo(0, 0);
      document.querySelector<HTMLElement>("main h1")?.focus();
    });
  };
  const home = (): void => {
    refresh();
    go("home");
  };
  return (
    <>
      <Header say={say} lang={lang} setLang={setLang} />
      <main>
        {broken && <p class="warning" role="alert">{say("kept.broken")}</p>}
        {view === "home" && <Home say={say} lang={lang} items={items} go={go} refresh={refresh} />}
        {(view === "hazard" || view === "request") && <Form key={view} hazard={view === "hazard"} say={say} lang={lang} places={places} kept={refresh} done={home} />}
        {view === "answer" && <Answer say={say} lang={lang} back={home} />}
      </main>
    </>
  );
}

function Header({ say, lang, setLang }: { readonly say: Say; readonly lang: Lang; readonly setLang: (lang: Lang) => void }) {
  return (
    <header>
      <span class="brand">{say("page.title")}</span>
      <nav aria-label={say("page.language")}>
        {(Object.keys(LANGUAGES) as Lang[]).map((each) => (
          <button type="button" key={each} lang={each} aria-pressed={each === lang} onClick={() => setLang(each)}>
            {LANGUAGES[each].name}
          </button>
        ))}
      </nav>
    </header>
  );
}

interface HomeProps {
  readonly say: Say;
  readonly lang: Lang;
  readonly items: readonly Kept[];
  readonly go: (to: View) => void;
  readonly refresh: () => void;
}

function Home({ say, lang, items, go, refresh }: HomeProps) {
  return (
    <>
      <h1 tabIndex={-1}>{say("home.title")}</h1>
      <p class="danger">{say("home.rule")}</p>
      <Notices lang={lang} />
      <div class="choices">
        <button type="button" class="main" onClick={() => go("hazard")}>{say("home.hazard")}</button>
        <button type="button" onClick={() => go("request")}>{say("home.request")}</button>
        <button type="button" onClick={() => go("answer")}>{say("home.answer")}</button>
      </div>
      <Items say={say} lang={lang} items={items} refresh={refresh} />
      <p class="quiet">{say("home.nameless")}</p>
    </>
  );
}

const catalogues = JSON.parse(document.getElementById("words")?.textContent ?? "{}") as Catalogues;
render(<Page catalogues={catalogues} first={firstLang()} />, document.getElementById("page") as HTMLElement);

if ("serviceWorker" in navigator) {
  navigator.serviceWorker
    .register("/report-worker.js", { scope: "/report" })
    .then(() => navigator.serviceWorker.ready)
    .then(() => {
      document.documentElement.dataset["offline"] = "ready";
    })
    // Without a certificate browsers keep no page: it works with a line alone then.
    .catch(() => undefined);
}
