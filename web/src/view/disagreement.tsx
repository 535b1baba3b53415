/** Where sources differ: each side by side with who says so, and nobody declared right. */

import type { JSX } from "preact";
import type { Disagreement, Topic } from "../core/account.ts";
import { useM2, useReach, useT } from "./context.ts";
import { Titled } from "./sheet.tsx";

const CODES: ReadonlySet<Topic> = new Set<Topic>(["class", "outcome"]);
const SHOWN = 20;

export function Disagreements(props: { title: string; found: readonly Disagreement[] }): JSX.Element | null {
  const [first, rest] = [props.found.slice(0, SHOWN), props.found.slice(SHOWN)];
  if (!first.length) return null;
  return (
    <Titled title={props.title}>
      <List found={first} />
      {rest.length > 0 && (
        <details>
          <summary>+ {rest.length}</summary>
          <List found={rest} />
        </details>
      )}
    </Titled>
  );
}

function List({ found }: { found: readonly Disagreement[] }): JSX.Element {
  const t = useT();
  const m2 = useM2();
  return (
    <ul class="disagreements">
      {found.map((each) => (
        <li key={`${each.topic} ${each.subjects.join(" ")}`}>
          <p>
            {t(`account.topic.${each.topic}`)}
            {each.area_m2 > 0 && <span class="quiet"> · {m2(each.area_m2)}</span>}
          </p>
          <ul class="changes">
            {each.said.map((said) => (
              <li key={said.entry_id + said.subject}>
                <span>
                  <bdi>{said.source}</bdi>
                  <small class="quiet">
                    <bdi class="id">{said.subject}</bdi>
                  </small>
                </span>
                <Value topic={each.topic} value={said.value} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

function Value({ topic, value }: { topic: Topic; value: string }): JSX.Element {
  const { desk } = useReach();
  if (CODES.has(topic)) return <b>{desk.words.value.of(topic, value)}</b>;
  const figure = Number(value);
  return <b>{Number.isFinite(figure) ? desk.figures.value.area(figure) : value}</b>;
}
