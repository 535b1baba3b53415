/** Faults row by row: where, what is wrong, and what to do next. */

import type { JSX } from "preact";
import type { Fault } from "../core/types.ts";
import { useReach, useT } from "./context.ts";
import { Sentence } from "./sentence.tsx";

export function Faults({ faults }: { faults: readonly Fault[] }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <ul class="against">
      {faults.map((fault, at) => (
        <li key={`${fault.code} ${at}`}>
          {fault.row != null && <b>{t("desk.rescue.row", { row: desk.figures.value.whole(fault.row) })} </b>}
          {fault.place && (
            <bdi class="quiet" dir="auto">
              {fault.place}{" "}
            </bdi>
          )}
          <Sentence text={fault.detail} /> {fault.next && <b><Sentence text={fault.next} /></b>} <code dir="ltr">{fault.code}</code>
        </li>
      ))}
    </ul>
  );
}
