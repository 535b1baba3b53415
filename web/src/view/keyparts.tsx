/** What a row of the key tells apart: depths, urgency, work states, grades of damage, how likely. */

import type { JSX } from "preact";
import type { LegendId } from "../core/layers.ts";
import { DAMAGE_GRADES, DEPTHS, depthOf, LOOKS, ROW_MARKS } from "../core/looks.ts";
import { countsBy, number, text } from "../core/picture.ts";
import { useReach, useT } from "./context.ts";
import { DamageSwatch, DepthSwatch, MarkIcon, Swatch } from "./marks.tsx";
import { ProbabilityKey } from "./probability.tsx";

/** The list under a row of the key, where the row holds more than one thing. */
export function RowParts({ id }: { readonly id: LegendId }): JSX.Element | null {
  if (id === "reopened") return <HazardStages />;
  if (id === "cleared") return <Depths />;
  if (id === "reports") return <Marked id={id} says={(name) => `desk.key.${name.replace("-", ".")}`} />;
  if (id === "damage") return <Damages />;
  if (id === "structures") return <Units />;
  if (id === "tasks") return <Stages />;
  if (id === "probability") return <ProbabilityKey />;
  return null;
}

function Depths(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const counts = countsBy(desk.picture.value?.layers?.parts, (of) =>
    of["outcome"] === "cleared" ? (depthOf(number(of["depth_cm"]))?.id ?? null) : null,
  );
  return (
    <ul class="key-parts">
      {DEPTHS.map((look, at) => {
        const below = DEPTHS[at + 1]?.above;
        const words = below === undefined ? t("desk.key.depth.above", { n: look.above }) : t("desk.key.depth.to", { n: below });
        return (
          <li key={look.id}>
            <DepthSwatch look={look} />
            <span>{words}</span>
            {!desk.picture.value?.partial && <span class="count">{desk.figures.value.whole(counts.get(look.id) ?? 0)}</span>}
          </li>
        );
      })}
    </ul>
  );
}

function Marked({ id, says }: { readonly id: LegendId; readonly says: (name: string) => string }): JSX.Element {
  const t = useT();
  return (
    <ul class="key-parts">
      {ROW_MARKS[id]?.map((name) => (
        <li key={name}>
          <MarkIcon name={name} size={18} />
          <span>{t(says(name))}</span>
        </li>
      ))}
    </ul>
  );
}

/** Marks are each source's; the fill of a building is the worst that any of them says. */
function Damages(): JSX.Element {
  const t = useT();
  return (
    <>
      <ul class="key-parts">
        {DAMAGE_GRADES.map((grade) => (
          <li key={grade}>
            <DamageSwatch grade={grade} />
            <MarkIcon name={`damage-${grade}`} size={18} />
            <span>{t(`desk.key.damage.${grade}`)}</span>
          </li>
        ))}
      </ul>
      <p class="key-says quiet">{t("desk.key.damage.worst")}</p>
    </>
  );
}

/** Structures of which a unit is still hazard, told apart from those whose units are all released. */
function Units(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const counts = countsBy(desk.picture.value?.layers?.structures, (of) => (number(of["units_left"]) === 0 ? "none" : "left"));
  const count = (of: string): string => desk.figures.value.whole(counts.get(of) ?? 0);
  return (
    <ul class="key-parts">
      <li>
        <Swatch id="not_cleared" />
        <span>{t("desk.key.units.left")}</span>
        <span class="count">{count("left")}</span>
      </li>
      <li>
        <svg class="swatch" viewBox="0 0 34 22" width="34" height="22" aria-hidden="true">
          <rect x="2" y="2" width="30" height="18" fill="none" stroke={LOOKS.cleared.line} stroke-width="2" />
        </svg>
        <span>{t("desk.key.units.none")}</span>
        <span class="count">{count("none")}</span>
      </li>
    </ul>
  );
}

/** Tasks by where the work on them stands. */
function Stages(): JSX.Element | null {
  const { desk } = useReach();
  const counts = countsBy(desk.picture.value?.layers?.tasks, (of) => text(of["stage"]));
  return <StageCounts counts={counts} words={(stage) => desk.words.value.of("stage", stage)} />;
}

/** Areas of hazard by where the work on them stands; what is not told to everybody stands as open. */
function HazardStages(): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const counts = countsBy(desk.picture.value?.layers?.hazards, (of) => text(of["stage"]));
  if (!counts.size) return null;
  return (
    <>
      <p class="key-says quiet">{t("desk.key.stages")}</p>
      <StageCounts counts={counts} words={(stage) => desk.words.value.of("stage", stage)} />
    </>
  );
}

function StageCounts(props: { readonly counts: Map<string, number>; readonly words: (stage: string) => string }): JSX.Element | null {
  const { desk } = useReach();
  if (!props.counts.size) return null;
  return (
    <ul class="key-parts plain">
      {[...props.counts].map(([stage, n]) => (
        <li key={stage}>
          <span>{props.words(stage)}</span>
          <span class="count">{desk.figures.value.whole(n)}</span>
        </li>
      ))}
    </ul>
  );
}
