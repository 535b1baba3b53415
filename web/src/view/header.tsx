/** The top line: whose city this is, search, language, and who is signed in. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { isLang, LANGUAGES } from "../core/language.ts";
import type { SearchHit } from "../core/types.ts";
import { goTo, useReach, useT } from "./context.ts";
import { Icon } from "./marks.tsx";
import { WorkMenu } from "./menu.tsx";

export function Header(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const name = desk.words.value.name(desk.site.value?.name);
  return (
    <header class="top">
      <div class="brand">
        <img src="/static/icon.svg" width="28" height="28" alt="" />
        <h1>
          <span class="product">{t("desk.name")}</span>
          {name && <bdi class="site">{name}</bdi>}
        </h1>
      </div>
      <Search />
      <nav class="tools" aria-label={t("desk.tools")}>
        <button type="button" class="plain" onClick={() => (page.accountOpen.value = true)}>
          {t("account.button")}
        </button>
        <WorkMenu />
        <Languages />
        <Person />
      </nav>
    </header>
  );
}

function Languages(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const spoken = (desk.site.value?.languages ?? [desk.lang.value]).filter(isLang);
  return (
    <select
      class="plain"
      aria-label={t("desk.language")}
      value={desk.lang.value}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        if (isLang(chosen)) desk.lang.value = chosen;
      }}
    >
      {spoken.map((lang) => (
        <option key={lang} value={lang} lang={lang}>
          {LANGUAGES[lang].name}
        </option>
      ))}
    </select>
  );
}

function Person(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const actor = desk.session.value.actor;
  if (!actor) {
    return (
      <button type="button" class="plain person" onClick={() => (page.signInOpen.value = true)}>
        <Icon name="person" />
        <span class="wide-only">{t("desk.signin")}</span>
        <span class="narrow-only hidden-text">{t("desk.signin")}</span>
      </button>
    );
  }
  return (
    <div class="person signed">
      <span class="who wide-only">
        <bdi>{actor.login}</bdi> <small>{actor.organisation}</small>
      </span>
      <button type="button" class="plain" onClick={() => void desk.signOut().catch(() => desk.checkHealth())}>
        {t("desk.signout")}
      </button>
    </div>
  );
}

const PAUSE_MS = 250;

function Search(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [text, setText] = useState("");
  const [hits, setHits] = useState<readonly SearchHit[] | null>(null);
  const lang = desk.lang.value;
  useEffect(() => {
    const query = text.trim();
    if (query.length < 2) {
      setHits(null);
      return;
    }
    const run = new AbortController();
    const ask = async (): Promise<void> => {
      const question = { query: { q: query }, lang, asOf: desk.asked.peek(), signal: run.signal };
      try {
        setHits((await desk.api.get<{ results: SearchHit[] }>("/api/search", question)).results);
      } catch {
        if (!run.signal.aborted) setHits(null);
      }
    };
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      run.abort();
    };
  }, [text, lang]);
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
        placeholder={t("desk.search")}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && setText("")}
      />
      {hits && <Hits hits={hits} done={() => setText("")} />}
    </search>
  );
}

function Hits({ hits, done }: { hits: readonly SearchHit[]; done: () => void }): JSX.Element {
  const reach = useReach();
  const t = useT();
  const choose = (hit: SearchHit): void => {
    done();
    const spot = hit.lon_deg !== null && hit.lat_deg !== null;
    if (spot) reach.page.face.value?.flyTo(hit.lon_deg ?? 0, hit.lat_deg ?? 0, 16);
    if (hit.kind === "area" || hit.kind === "project") goTo(reach, { kind: hit.kind, id: hit.id });
    else if (hit.kind === "asset" || hit.kind === "building") reach.desk.select({ kind: "asset", id: hit.id });
    else if (spot) goTo(reach, { kind: "spot", lon: hit.lon_deg ?? 0, lat: hit.lat_deg ?? 0 });
  };
  return (
    <div class="hits" aria-live="polite">
      {hits.length === 0 && <p class="quiet">{t("desk.search.none")}</p>}
      <ul>
        {hits.slice(0, 12).map((hit) => (
          <li key={`${hit.kind}:${hit.id}`}>
            <button type="button" onClick={() => choose(hit)}>
              <bdi>{reach.desk.words.value.name(hit.name, hit.id)}</bdi>
              <small>{t(`desk.found.${hit.kind}`)}</small>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
