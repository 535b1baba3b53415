/** One part that is drawn: what it measures, what is said of it, and every fault of it beside it. */

import type { JSX } from "preact";
import { atCard, type DrawnPart, faultsOf, type PartsTold, type PartTold } from "../core/parts.ts";
import type { Fault } from "../core/types.ts";
import { useM2, useReach, useT } from "./context.ts";
import { Faults } from "./faults.tsx";

interface CardProps {
  readonly n: number;
  readonly part: DrawnPart;
  readonly told: PartTold | undefined;
  readonly of: PartsTold;
  /** Ids of all parts in their order: an overlap names the other by its number. */
  readonly numbers: readonly string[];
  readonly refused: readonly Fault[];
  readonly change: (what: Partial<DrawnPart>) => void;
  readonly redraw: () => void;
  readonly cut: () => void;
  readonly remove: () => void;
}

export function PartCard(props: CardProps): JSX.Element {
  const { page } = useReach();
  const t = useT();
  const m2 = useM2();
  const { n, part, told } = props;
  const faults = faultsOf(part.id, told, props.refused);
  const busy = page.sketch.value !== null;
  return (
    <li data-part={part.id} data-faults={faults.length > 0}>
      <fieldset>
        <legend>
          {t("desk.parts.part", { n })} {told && <b>{m2(told.area_m2)}</b>}
        </legend>
        {told && <Wrong told={told} numbers={props.numbers} />}
        <Says {...props} />
        {faults.length > 0 && (
          <div class="part-faults" role="group" aria-label={t("desk.parts.faults", { n })}>
            <Faults faults={faults.map((fault) => atCard(fault, props.numbers))} />
          </div>
        )}
        <p class="buttons">
          <button type="button" class="small" disabled={busy} onClick={props.redraw}>
            {t("desk.parts.redraw")}
          </button>
          <button type="button" class="small" disabled={busy} onClick={props.cut}>
            {t("desk.parts.cut")}
          </button>
          <button type="button" class="small" disabled={busy} onClick={props.remove}>
            {t("desk.parts.remove")}
          </button>
        </p>
      </fieldset>
    </li>
  );
}

/** Land of a part that is another's, no land of the ground, or released before. */
export function Wrong({ told, numbers }: { readonly told: PartTold; readonly numbers: readonly string[] }): JSX.Element {
  const t = useT();
  const m2 = useM2();
  const rows = [
    ...told.overlaps.map((each) => t("desk.parts.overlap", { n: numbers.indexOf(each.part_id) + 1, area: m2(each.area_m2) })),
    ...(told.outside_m2 > 0.01 ? [t("desk.parts.outside", { area: m2(told.outside_m2) })] : []),
    ...(told.over_released_m2 > 0.01 ? [t("desk.parts.over-released", { area: m2(told.over_released_m2) })] : []),
  ];
  return (
    <>
      {rows.map((words) => (
        <p key={words} class="said bad">
          {words}
        </p>
      ))}
    </>
  );
}

/** Outcome and method, and only what belongs to the outcome: a depth, a reason, how evidence was answered. */
function Says({ part, of, told, change }: CardProps): JSX.Element {
  const t = useT();
  const { choices } = of;
  const cleared = part.outcome === "cleared";
  const surveyed = part.outcome === "cancelled" || part.outcome === "reduced";
  const units = Object.fromEntries((told?.units ?? []).map((unit) => [unit.unit_id, unit.text]));
  return (
    <>
      <Pick label={t("desk.parts.outcome")} value={part.outcome} choices={choices["outcome"] ?? {}} set={(outcome) => change({ outcome })} />
      <Pick label={t("desk.parts.method")} value={part.method} choices={choices["method"] ?? {}} set={(method) => change({ method })} />
      {cleared && (
        <>
          <Typed label={t("desk.parts.depth")} value={part.depthCm} set={(depthCm) => change({ depthCm })} />
          <Typed label={t("desk.parts.depth-from")} value={part.depthFromCm} set={(depthFromCm) => change({ depthFromCm })} />
          <Pick optional label={t("desk.parts.surface")} value={part.surface} choices={choices["surface"] ?? {}} set={(surface) => change({ surface })} />
        </>
      )}
      {part.outcome === "not_cleared" && (
        <Pick optional label={t("desk.parts.reason")} value={part.reason} choices={choices["reason"] ?? {}} set={(reason) => change({ reason })} />
      )}
      {Object.keys(units).length > 0 && (
        <Pick optional label={t("desk.parts.unit")} value={part.unitId} choices={units} set={(unitId) => change({ unitId })} />
      )}
      {surveyed && <Answers part={part} of={of} change={change} />}
    </>
  );
}

/** How each item of the area's evidence was answered: a survey lowers nothing that evidence still speaks of. */
function Answers({ part, of, change }: Pick<CardProps, "part" | "of" | "change">): JSX.Element {
  const t = useT();
  const set = (id: string, how: string | null): void => {
    const { [id]: _, ...rest } = part.answers;
    change({ answers: how === null ? rest : { ...rest, [id]: how } });
  };
  return (
    <fieldset>
      <legend>{t("desk.parts.answers")}</legend>
      {of.evidence.length === 0 && <p class="quiet">{t("desk.release.no-evidence")}</p>}
      {of.evidence.map((item) => (
        <div key={item.evidence_id}>
          <label class="check">
            <input type="checkbox" checked={item.evidence_id in part.answers} onChange={() => set(item.evidence_id, item.evidence_id in part.answers ? null : "")} />
            <span>
              {item.kind_text} <code dir="ltr">{item.evidence_id}</code>
            </span>
          </label>
          {item.evidence_id in part.answers && (
            <label class="field">
              <span>{t("desk.parts.how")}</span>
              <input dir="auto" maxLength={2000} value={part.answers[item.evidence_id] ?? ""} onInput={(event) => set(item.evidence_id, event.currentTarget.value)} />
            </label>
          )}
        </div>
      ))}
    </fieldset>
  );
}

function Pick(props: {
  readonly label: string;
  readonly value: string;
  readonly choices: Readonly<Record<string, string>>;
  readonly set: (code: string) => void;
  readonly optional?: boolean;
}): JSX.Element {
  const t = useT();
  return (
    <label class="field">
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.set(event.currentTarget.value)}>
        {props.optional && <option value="">{t("desk.works.not-said")}</option>}
        {Object.entries(props.choices).map(([code, words]) => (
          <option key={code} value={code}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

function Typed(props: { readonly label: string; readonly value: string; readonly set: (typed: string) => void }): JSX.Element {
  return (
    <label class="field">
      <span>{props.label}</span>
      <input dir="ltr" inputMode="numeric" maxLength={8} value={props.value} onInput={(event) => props.set(event.currentTarget.value)} />
    </label>
  );
}
