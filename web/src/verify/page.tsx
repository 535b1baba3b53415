/** The one-page verifier: reads codes, judges them on this device, and shows what they say. */

import { render } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { AnswerCard } from "./answer.tsx";
import { codesOnPicture } from "./capture.ts";
import { Codes } from "./codes.tsx";
import { type Locating, Where } from "./drawing.tsx";
import type { Position } from "./ground.ts";
import { Hand, type Memory } from "./hand.ts";
import { Lists } from "./lists.tsx";
import { Advice, Paper } from "./paper.tsx";
import { CERTIFICATE, codesIn, PROOF, STATUS_LIST, TRUST_LIST } from "./texts.ts";
import { refused, type Verdict, verdict } from "./verdict.ts";
import { type Catalogues, type Lang, LANGUAGES, langOf, speaker } from "./words.ts";

const FILE_BYTES = 64 * 1024 * 1024;
const TEXT_BYTES = 4 * 1024 * 1024;
const LOCATE_MS = 30_000;
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

const catalogues = block("words") as Catalogues;
const given = block("given") as { trust?: string; status?: string };
const hand = new Hand(memory);

function Page({ first }: { first: Lang }) {
  const [lang, setLang] = useState(first);
  const say = useMemo(() => speaker(catalogues, lang), [lang]);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const [found, setFound] = useState<Verdict | null>(null);
  const [reading, setReading] = useState(false);
  const [notice, setNotice] = useState<string | null>(null);
  const [listNotice, setListNotice] = useState<string | null>(null);
  const [position, setPosition] = useState<Position | null>(null);
  const [locating, setLocating] = useState<Locating>("no");
  const scanned = useRef<readonly string[]>([]);
  const watch = useRef<number | null>(null);
  const nowS = clockS();

  useEffect(() => {
    document.documentElement.lang = lang;
    document.documentElement.dir = LANGUAGES[lang].direction;
    document.title = `${say("page.title")} · Rafiqa`;
  }, [lang]);

  /** Judges the codes anew; the newest judgement is the one that counts. */
  const round = useRef(0);
  async function judge(texts: readonly string[], show: boolean): Promise<void> {
    const mine = ++round.current;
    const judged = hand.trust === null ? refused("no-trust") : await verdict(texts, hand.trust, hand.statusBytes, clockS());
    if (mine !== round.current) return;
    setFound(texts.length === 0 ? null : judged);
    if (show && texts.length > 0) requestAnimationFrame(() => document.getElementById("answer-title")?.focus());
  }

  /** Takes in what came with a paper; lists among it too, but never a first trust list. */
  async function take(texts: readonly string[], show: boolean): Promise<void> {
    const papers = texts.filter((text) => text.startsWith(CERTIFICATE) || text.startsWith(PROOF));
    let told: string | null = null;
    for (const text of texts) {
      if (text.startsWith(TRUST_LIST)) told = `notice.${await hand.takeTrust(text, false)}`;
      if (text.startsWith(STATUS_LIST)) told = `notice.${await hand.takeStatus(text)}`;
    }
    setNotice(told);
    if (papers.length === 0) return judge(scanned.current, false);
    const all = [...new Set([...scanned.current, ...papers])];
    if (all.length === scanned.current.length && found !== null) return;
    scanned.current = all;
    setCodes(all);
    return judge(all, show);
  }

  async function takeText(text: string): Promise<void> {
    if (text.trim() === "") return setNotice("codes.none");
    const texts = codesIn(text);
    if (texts.length > 0) return take(texts, true);
    // Nothing in it begins as a code does: it is judged as it stands, so that it is told what it is.
    scanned.current = [];
    setCodes([]);
    setNotice(null);
    return judge([text.slice(0, TEXT_BYTES)], true);
  }

  async function takeFile(file: File): Promise<void> {
    setReading(true);
    setNotice(null);
    try {
      const texts = await textsIn(file);
      if (texts.length === 0) setNotice("notice.no-code");
      else await take(texts, true);
    } catch (error) {
      setNotice(error instanceof RangeError ? "notice.too-large" : "notice.no-code");
    } finally {
      setReading(false);
    }
  }

  async function takeLists(text: string): Promise<void> {
    let told = "notice.unreadable";
    // The trust list first: the other is believed by it.
    const texts = codesIn(text.trimStart()).sort().reverse();
    for (const each of texts) {
      if (each.startsWith(TRUST_LIST)) told = `notice.${await hand.takeTrust(each, true)}`;
      if (each.startsWith(STATUS_LIST)) told = `notice.${await hand.takeStatus(each)}`;
    }
    setListNotice(told);
    await judge(scanned.current, false);
  }

  async function takeListFile(file: File): Promise<void> {
    if (file.size > TEXT_BYTES) return setListNotice("notice.too-large");
    return takeLists(await file.text());
  }

  async function forget(): Promise<void> {
    await hand.forget(given);
    setListNotice(null);
    await judge(scanned.current, false);
    setCodes([...scanned.current]);
  }

  function clear(): void {
    round.current += 1;
    scanned.current = [];
    setCodes([]);
    setFound(null);
    setNotice(null);
  }

  function locate(): void {
    if (watch.current !== null) navigator.geolocation.clearWatch(watch.current);
    if (navigator.geolocation === undefined) return setLocating("failed");
    setLocating("asked");
    watch.current = navigator.geolocation.watchPosition(
      ({ coords }) => {
        setPosition({ lon: coords.longitude, lat: coords.latitude, accuracyM: coords.accuracy });
        setLocating("no");
      },
      () => {
        setPosition(null); // an old position is no position
        setLocating("failed");
      },
      { enableHighAccuracy: true, timeout: LOCATE_MS, maximumAge: 0 },
    );
  }

  return (
    <>
      <header>
        <p class="brand">
          <bdi>الرافقة</bdi> Rafiqa
        </p>
        <nav aria-label={say("page.language")}>
          {(Object.keys(LANGUAGES) as Lang[]).map((each) => (
            <button
              key={each}
              type="button"
              lang={each}
              aria-pressed={each === lang}
              onClick={() => {
                setLang(each);
                memory.set(LANG, each);
              }}
            >
              {LANGUAGES[each].name}
            </button>
          ))}
        </nav>
      </header>
      <main>
        <h1>{say("page.title")}</h1>
        <p class="quiet">{say("page.lead")}</p>
        <Codes
          say={say}
          codes={codes}
          reading={reading}
          notice={notice}
          onText={(text) => void takeText(text)}
          onFile={(file) => void takeFile(file)}
          onCodes={(texts) => void take(texts, false)}
          onClear={clear}
          onNotice={setNotice}
        />
        <div aria-live="polite">{found !== null && <AnswerCard found={found} say={say} nowS={nowS} brought={hand.brought} />}</div>
        {found?.claims && (
          <>
            <Paper claims={found.claims} found={found} say={say} />
            <Where claims={found.claims} stopped={found.status !== null && found.status !== "in-force"} say={say} position={position} locating={locating} onLocate={locate} />
            <p class="buttons no-print">
              <button type="button" onClick={() => print()}>
                {say("page.print")}
              </button>
            </p>
          </>
        )}
        {found !== null && <Advice say={say} />}
        <Lists
          hand={hand}
          say={say}
          nowS={nowS}
          notice={listNotice}
          onText={(text) => void takeLists(text)}
          onFile={(file) => void takeListFile(file)}
          onForget={() => void forget()}
        />
      </main>
    </>
  );
}

/** The texts of the codes in a text or on a picture. Throws RangeError where the file is too large. */
async function textsIn(file: File): Promise<string[]> {
  const isText = file.type.startsWith("text/") || /\.(txt|rfq)$/i.test(file.name);
  if (file.size > (isText ? TEXT_BYTES : FILE_BYTES)) throw new RangeError("too large");
  const texts = isText ? codesIn(await file.text()) : await codesOnPicture(file);
  return texts.flatMap((text) => codesIn(text));
}

async function open(): Promise<void> {
  await hand.open(given);
  const asked = new URLSearchParams(location.search).get("lang");
  const first = langOf([asked, memory.get(LANG), ...navigator.languages].filter((tag) => tag !== null));
  const root = document.getElementById("page");
  if (root !== null) render(<Page first={first} />, root);
  document.documentElement.dataset.ready = "page";
}

void open();
