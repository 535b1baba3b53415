/** The top line: whose city this is, search, language, and who is signed in. */

import type { JSX } from "preact";
import { WHOLE_ACCOUNT } from "../core/account.ts";
import { isLang, LANGUAGES } from "../core/language.ts";
import { useReach, useT } from "./context.ts";
import { Icon } from "./marks.tsx";
import { WorkMenu } from "./menu.tsx";
import { Search } from "./search.tsx";

export function Header(): JSX.Element {
  const { desk } = useReach();
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
        <button type="button" class="plain" onClick={() => (desk.account.value = WHOLE_ACCOUNT)}>
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
  const leave = (): void => {
    page.plan.value = null;
    void desk.signOut().catch(() => desk.checkHealth());
  };
  return (
    <div class="person signed">
      <button type="button" class="plain who" aria-current={desk.work.value === "person" ? "page" : undefined} onClick={() => desk.openWork("person")}>
        <span class="narrow-only">
          <Icon name="person" />
        </span>
        <span class="hidden-text">{t("desk.work.person")}: </span>
        <span class="wide-only">
          <bdi>{actor.login}</bdi> <small>{actor.organisation}</small>
        </span>
      </button>
      <button type="button" class="plain wide-only" onClick={leave}>
        {t("desk.signout")}
      </button>
    </div>
  );
}
