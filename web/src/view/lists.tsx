/** The lists of projects and areas: the whole desk without the map. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { gateCounts, sortedAreas, sortedProjects } from "../core/picture.ts";
import type { LookId } from "../core/looks.ts";
import type { AreaBrief, ProjectBrief } from "../core/types.ts";
import { goTo, type Tab, useReach, useT } from "./context.ts";
import { Key } from "./key.tsx";
import { GateBadge, IconButton, MarkIcon, Swatch } from "./marks.tsx";

export function Lists(): JSX.Element {
  const { page } = useReach();
  const t = useT();
  const tab = page.tab.value;
  return (
    <section class="lists" id="lists" tabIndex={-1} aria-label={t("desk.lists")} data-open={tab !== null}>
      <Summary />
      <Tabs />
      {tab !== null && (
        <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`} tabIndex={0} class="list-body">
          {tab === "projects" && <Projects />}
          {tab === "areas" && <Areas />}
          {tab === "key" && <Key />}
        </div>
      )}
    </section>
  );
}

/** The state of the site in one line: projects by gate outcome, areas with open hazard. */
function Summary(): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const picture = desk.picture.value;
  if (!picture) return null;
  const counts = gateCounts(picture.projects);
  return (
    <ul class="summary" aria-label={t("desk.summary")}>
      {(["closed", "conditions", "open"] as const).map((gate) => (
        <li key={gate} title={t(`outcome.${gate}`)}>
          <MarkIcon name={`gate-${gate}`} size={20} />
          <b>{desk.figures.value.whole(counts[gate] ?? 0)}</b>
          <span>{t(`outcome.${gate}`)}</span>
        </li>
      ))}
    </ul>
  );
}

function Tabs(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const picture = desk.picture.value;
  const tabs: Tab[] = page.narrow.value ? ["projects", "areas", "key"] : ["projects", "areas"];
  const counts = { projects: picture?.projects.length, areas: picture?.areas.length, key: undefined };
  const choose = (tab: Tab, focus = false): void => {
    page.tab.value = tab;
    if (focus) document.getElementById(`tab-${tab}`)?.focus();
  };
  const onKey = (event: KeyboardEvent, at: number): void => {
    const forth = page.narrow.value || desk.words.value.dir === "ltr" ? "ArrowRight" : "ArrowLeft";
    const step = event.key === forth ? 1 : event.key === "ArrowLeft" || event.key === "ArrowRight" ? -1 : 0;
    const next = step ? tabs[(at + step + tabs.length) % tabs.length] : undefined;
    if (next) choose(next, true);
  };
  return (
    <div class="tab-line">
      <div role="tablist" class="tabs" aria-label={t("desk.lists")}>
        {tabs.map((tab, at) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`tab-${tab}`}
            aria-selected={page.tab.value === tab}
            aria-controls={page.tab.value === tab ? `panel-${tab}` : undefined}
            tabIndex={page.tab.value === tab || (page.tab.value === null && at === 0) ? 0 : -1}
            onClick={() => choose(tab)}
            onKeyDown={(event) => onKey(event, at)}
          >
            {t(`desk.tab.${tab}`)}
            {counts[tab] !== undefined && <span class="count">{desk.figures.value.whole(counts[tab])}</span>}
          </button>
        ))}
      </div>
      <Fold />
    </div>
  );
}

/** Folds the lists away on narrow screens, so that the map has the room. */
function Fold(): JSX.Element | null {
  const { page } = useReach();
  const t = useT();
  if (!page.narrow.value) return null;
  const open = page.tab.value !== null;
  return (
    <IconButton
      name={open ? "down" : "up"}
      label={t(open ? "desk.fold" : "desk.unfold")}
      expanded={open}
      onClick={() => (page.tab.value = open ? null : "projects")}
    />
  );
}

const ROWS_AT_ONCE = 200;

/** A list that stays quick however long it is. */
function Rows({ children }: { children: JSX.Element[] }): JSX.Element {
  const t = useT();
  const [limit, setLimit] = useState(ROWS_AT_ONCE);
  const left = children.length - limit;
  return (
    <>
      <ul class="rows">{children.slice(0, limit)}</ul>
      {left > 0 && (
        <button type="button" class="plain" onClick={() => setLimit(limit + ROWS_AT_ONCE)}>
          {t("desk.more", { n: left })}
        </button>
      )}
    </>
  );
}

function Projects(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const picture = desk.picture.value;
  if (!picture) return <Waiting />;
  if (!picture.projects.length) return <p class="quiet empty">{t("desk.projects.none")}</p>;
  return (
    <Rows>
      {sortedProjects(picture.projects, desk.lang.value).map((project) => (
        <ProjectRow key={project.project_id} project={project} />
      ))}
    </Rows>
  );
}

function ProjectRow({ project }: { project: ProjectBrief }): JSX.Element {
  const reach = useReach();
  const { words, selected } = reach.desk;
  const now = selected.value;
  const current = now?.kind === "project" && now.id === project.project_id;
  return (
    <li>
      <button
        type="button"
        aria-current={current ? "true" : undefined}
        onClick={() => goTo(reach, { kind: "project", id: project.project_id })}
      >
        <bdi class="title">{words.value.name(project.name, project.project_id)}</bdi>
        <GateBadge outcome={project.outcome} />
        <small>{words.value.of("kind", project.kind)}</small>
      </button>
    </li>
  );
}

function Areas(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const picture = desk.picture.value;
  if (!picture) return <Waiting />;
  return (
    <>
      {picture.areas.length === 0 && <p class="quiet empty">{t("desk.areas.none")}</p>}
      <Rows>
        {sortedAreas(picture.areas, desk.lang.value).map((area) => (
          <AreaRow key={area.area_id} area={area} />
        ))}
      </Rows>
      <p class="quiet empty">{t("desk.key.unrecorded")}</p>
    </>
  );
}

/** Released ground in doubt is never shown as released ground is. */
const RELEASED = new Set(["cancelled", "reduced", "cleared"]);
const CLASS_LOOKS = new Set(["cha", "sha", "indication", "cancelled", "reduced", "cleared"]);

function AreaRow({ area }: { area: AreaBrief }): JSX.Element {
  const reach = useReach();
  const t = useT();
  const { words, selected, figures } = reach.desk;
  const now = selected.value;
  const current = now?.kind === "area" && now.id === area.area_id;
  const open = area.open_m2;
  return (
    <li>
      <button
        type="button"
        aria-current={current ? "true" : undefined}
        onClick={() => goTo(reach, { kind: "area", id: area.area_id })}
      >
        <bdi class="title">{words.value.name(area.name, area.area_id)}</bdi>
        <span class="class-of">
          {area.reopened && <MarkIcon name="reopened" size={18} />}
          {area.in_doubt && <Swatch id="doubt" />}
          {CLASS_LOOKS.has(area.class ?? "") && !(area.in_doubt && RELEASED.has(area.class ?? "")) && <Swatch id={area.class as LookId} />}
        </span>
        <small>
          {words.value.of("class", area.class)}
          {area.in_doubt && ` · ${t("desk.doubt")}`}
          {area.reopened && ` · ${t("desk.reopened")}`}
          {area.stage && !(area.reopened && area.stage === "reopened") && ` · ${words.value.of("stage", area.stage)}`}
          {open !== null && open > 0 && ` · ${t("desk.open_m2", { n: figures.value.area(open) })}`}
        </small>
      </button>
    </li>
  );
}

function Waiting(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return <p class="quiet empty">{t(desk.stale.value ? "desk.nothing" : "desk.loading")}</p>;
}
