/** The one-page verifier: reads codes, judges them on this device, and shows what they say. */

import { render } from "preact";
import { useEffect, useMemo, useReducer, useState } from "preact/hooks";
import { AnswerCard } from "./answer.tsx";
import { codesOnPicture } from "./capture.ts";
import { Codes } from "./codes.tsx";
import { Where } from "./drawing.tsx";
import { Hand, type Memory } from "./hand.ts";
import { Lists } from "./lists.tsx";
import { Advice, Paper } from "./paper.tsx";
import { useLocating } from "./position.ts";
import { type Given, Session } from "./session.ts";
import { type Lang, LANGUAGES, langOf } from "../core/language.ts";
import { type Catalogues, type Say, speaker } from "./words.ts";

const LANG = "rafiqa.verify.lang";

/** Keeps texts in the browser where it may, and forgets them with the page where it may not. */
const memory: Memory = {
  get(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch {
      // Full or forbidden: nothing is remembered then, and nothing else changes.
    }
  },
};

function block(id: string): unknown {
  return JSON.parse(document.getElementById(id)?.textContent || "{}");
}

function clockS(): number {
  return Math.floor(Date.now() / 1000);
}

/** Puts the reader at the verdict, with the eyes and with the keyboard. */
function showAnswer(): void {
  requestAnimationFrame(() => document.getElementById("answer-title")?.focus());
}

interface Props {
  readonly hand: Hand;
  readonly given: Given;
  readonly catalogues: Catalogues;
  readonly first: Lang;
}

function Page({ hand, given, catalogues, first }: Props) {
  const [lang, setLang] = useState(first);
  const [, changed] = useReducer((count: number) => count + 1, 0);
  const say = useMemo(() => speaker(catalogues, lang), [lang]);
  const session = useMemo(
    () => new Session(hand, given, { nowS: clockS, codesOnPicture, changed: () => changed(undefined), answered: showAnswer }),
    [],
  );
  useEffect(() => {
    document.documentElement.lang = lang;
    document.documentElement.dir = LANGUAGES[lang].direction;
    document.title = `${say("page.title")} · Rafiqa`;
  }, [lang]);
  const choose = (chosen: Lang): void => {
    setLang(chosen);
    memory.set(LANG, chosen);
  };
  return (
    <>
      <Header lang={lang} say={say} onChoose={choose} />
      <main>
        <h1>{say("page.title")}</h1>
        <p class="quiet">{say("page.lead")}</p>
        <Codes say={say} session={session} />
        <Judged say={say} session={session} />
        <Lists say={say} session={session} nowS={clockS()} />
      </main>
    </>
  );
}

function Header({ lang, say, onChoose }: { lang: Lang; say: Say; onChoose: (lang: Lang) => void }) {
  return (
    <header>
      <p class="brand">
        <bdi>الرافقة</bdi> Rafiqa
      </p>
      <nav aria-label={say("page.language")}>
        {(Object.keys(LANGUAGES) as Lang[]).map((each) => (
          <button key={each} type="button" lang={each} aria-pressed={each === lang} onClick={() => onChoose(each)}>
            {LANGUAGES[each].name}
          </button>
        ))}
      </nav>
    </header>
  );
}

/** The verdict, and what the code says where it is an office's own. */
function Judged({ say, session }: { say: Say; session: Session }) {
  const [position, locating, locate] = useLocating();
  const { found, hand } = session;
  const claims = found?.claims ?? null;
  const stopped = found !== null && found.status !== null && found.status !== "in-force";
  return (
    <>
      <div aria-live="polite">{found !== null && <AnswerCard found={found} say={say} nowS={clockS()} brought={hand.brought} />}</div>
      {found !== null && claims !== null && (
        <>
          <Paper claims={claims} found={found} say={say} />
          <Where claims={claims} stopped={stopped} say={say} position={position} locating={locating} onLocate={locate} />
          <p class="buttons no-print">
            <button type="button" onClick={() => print()}>
              {say("page.print")}
            </button>
          </p>
        </>
      )}
      {found !== null && <Advice say={say} />}
    </>
  );
}

async function open(): Promise<void> {
  const given = block("given") as Given;
  const hand = new Hand(memory);
  await hand.open(given);
  const asked = new URLSearchParams(location.search).get("lang");
  const first = langOf([asked, memory.get(LANG), ...navigator.languages].filter((tag) => tag !== null));
  const root = document.getElementById("page");
  if (root !== null) render(<Page hand={hand} given={given} catalogues={block("words") as Catalogues} first={first} />, root);
  document.documentElement.dataset["ready"] = "page";
}

void open();
