/** Search: what a name, code or id finds, chosen with mouse, finger or arrow keys. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SearchHit } from "../core/types.ts";
import { readSelection } from "../core/url.ts";
import { goTo, type Reach, useReach, useT } from "./context.ts";
import { Icon } from "./marks.tsx";

const PAUSE_MS = 250;
const SHOWN = 12;
/** A place is first shown with what lies round it. */
const FOUND_ZOOM = 16;

/** What the server finds for a text, once typing rests; null for nothing to ask. */
function useHits(text: string): readonly SearchHit[] | null {
  const { desk } = useReach();
  const [hits, setHits] = useState<readonly SearchHit[] | null>(null);
  const [lang, login] = [desk.lang.value, desk.session.value.actor?.login];
  useEffect(() => {
    const query = text.trim();
    if (query.length < 2) {
      setHits(null);
      return undefined;
    }
    const run = new AbortController();
    const ask = async (): Promise<void> => {
      const question = { query: { q: query }, lang, asOf: desk.asked.peek(), signal: run.signal };
      try {
        setHits((await desk.api.get<{ results: SearchHit[] }>("/api/search", question)).results.slice(0, SHOWN));
      } catch {
        if (!run.signal.aborted) setHits(null);
      }
    };
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      run.abort();
    };
  }, [text, lang, login]);
  return hits;
}

/** Shows what was found: selected where it has a sheet of its own, else its place. */
function show(reach: Reach, hit: SearchHit): void {
  const selected = readSelection(hit.selected ?? null);
  if (hit.lon_deg !== null && hit.lat_deg !== null) reach.page.face.value?.flyTo(hit.lon_deg, hit.lat_deg, FOUND_ZOOM);
  if (selected) goTo(reach, selected);
  // A report without a place waits on the list of reports.
  else if (hit.kind === "report") reach.desk.openWork("reports");
}

export function Search(): JSX.Element {
  const reach = useReach();
  const t = useT();
  const [text, setText] = useState("");
  const [at, setAt] = useState(-1);
  const hits = useHits(text);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => setAt(-1), [hits]);
  useEffect(() => list.current?.children[at]?.scrollIntoView({ block: "nearest" }), [at]);
  const choose = (hit: SearchHit): void => {
    setText("");
    show(reach, hit);
  };
  const onKey = (event: KeyboardEvent): void => {
    const n = hits?.length ?? 0;
    if (event.key === "Escape") setText("");
    else if (event.key === "ArrowDown" && n) setAt((at + 1) % n);
    else if (event.key === "ArrowUp" && n) setAt((at + n - (at < 0 ? 0 : 1)) % n);
    else if (event.key === "Enter" && hits?.length) choose(hits[Math.max(0, at)] as SearchHit);
    else return;
    event.preventDefault();
  };
  return (
    <search class="search">
      <label class="hidden-text" for="search">
        {t("desk.search")}
      </label>
      <Icon name="search" />
      <input
        id="search"
        type="search"
        autocomplete="off"
        dir="auto"
        placeholder={t("desk.search")}
        value={text}
        aria-controls={hits?.length ? "found" : undefined}
        aria-activedescendant={at >= 0 ? `found-${at}` : undefined}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      {hits && (
        <div class="hits">
          <p class={hits.length ? "hidden-text" : "quiet"} role="status">
            {hits.length ? t("desk.search.found", { n: hits.length }) : t("desk.search.none")}
          </p>
          {hits.length > 0 && (
            <ul id="found" ref={list} role="listbox" aria-label={t("desk.search")}>
              {hits.map((hit, index) => (
                <Hit key={`${hit.kind}:${hit.id}`} hit={hit} id={`found-${index}`} current={index === at} choose={() => choose(hit)} />
              ))}
            </ul>
          )}
        </div>
      )}
    </search>
  );
}

interface HitProps {
  readonly hit: SearchHit;
  readonly id: string;
  readonly current: boolean;
  readonly choose: () => void;
}

function Hit({ hit, id, current, choose }: HitProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const name = desk.words.value.name(hit.name, hit.id);
  return (
    <li id={id} role="option" aria-selected={current} onClick={choose}>
      <span>
        <bdi>{name}</bdi> {name !== hit.id && <code dir="ltr">{hit.id}</code>}
      </span>
      <small>{t(`desk.found.${hit.kind}`)}</small>
    </li>
  );
}
