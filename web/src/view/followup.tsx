/** Follow-up: quarter by quarter what came of it, and how people feel beside what is on record. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type Feeling, type FollowUp, keysOf, type Quarter, yearBefore } from "../core/waysin.ts";
import { useReach, useT } from "./context.ts";
import { Fault } from "./refusal.tsx";
import { Titled } from "./sheet.tsx";
import { Areas } from "./waysin.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

export function FollowUpPage(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [from, setFrom] = useState(() => yearBefore(desk.presentMs()));
  const { answer, fault } = useAnswer<FollowUp>("/api/followup", { query: from ? { from } : {}, timed: true });
  return (
    <WorkSheet name="followup" title={t("desk.work.followup")}>
      <label class="field">
        <span>{t("account.choose.from")}</span>
        <input type="date" name="from" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && <Body found={answer} />}
    </WorkSheet>
  );
}

function Body({ found }: { found: FollowUp }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  // The newest first: it is read first, and nobody has to scroll sideways to it.
  const quarters = [...found.quarters].reverse();
  const [last] = quarters;
  if (!last) return <p class="quiet">{t("desk.follow.none")}</p>;
  return (
    <>
      <p class="sub">{t("desk.follow.until", { at: desk.figures.value.date(last.valid_at) })}</p>
      <Table quarters={quarters} />
      <Feelings quarters={quarters} />
      <p class="sub">
        {t("desk.foot.entries", { n: found.statement.ledger.entries })} ·{" "}
        <code dir="ltr">{found.statement.ledger.root.slice(0, 12)}</code>
      </p>
    </>
  );
}

interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
}
interface Row {
  readonly name: string;
  readonly of: (quarter: Quarter) => string;
}

function useGroups(quarters: readonly Quarter[]): Group[] {
  const { desk } = useReach();
  const t = useT();
  const { figures } = desk;
  const area = (m2: number): string => figures.value.area(m2);
  const whole = (n: number): string => figures.value.whole(n);
  const counted = (title: string, family: string, of: (quarter: Quarter) => Readonly<Record<string, number>>): Group => ({
    title,
    rows: keysOf(quarters, of).map((key) => ({
      name: t(`${family}.${key}`),
      of: (quarter) => whole(of(quarter)[key] ?? 0),
    })),
  });
  const kinds = [...new Set(quarters.flatMap((quarter) => Object.keys(quarter.services)))];
  const land: Row[] = [
    ...keysOf(quarters, (quarter) => quarter.hazard_m2).map((key) => ({
      name: t(`class.${key}`),
      of: (quarter: Quarter) => area(quarter.hazard_m2[key] ?? 0),
    })),
    ...keysOf(quarters, (quarter) => quarter.flows_m2).map((key) => ({
      name: t(`account.${key}_m2`),
      of: (quarter: Quarter) => area(quarter.flows_m2[key] ?? 0),
    })),
  ];
  return [
    { title: t("desk.follow.land"), rows: land },
    counted(t("followup.projects"), "outcome", (quarter) => quarter.projects),
    counted(t("followup.permits"), "permit_state", (quarter) => quarter.permits),
    counted(t("followup.buildings"), "outcome", (quarter) => quarter.buildings),
    ...kinds.map((kind) => counted(t(`kind.${kind}`), "asset_state", (quarter: Quarter) => quarter.services[kind] ?? {})),
    counted(t("followup.rubble"), "rubble_state", (quarter) => quarter.rubble),
    { title: t("desk.follow.lifted"), rows: [{ name: t("desk.follow.volume"), of: (quarter: Quarter) => whole(quarter.lifted_m3) }] },
  ].filter((group) => group.rows.length > 0);
}

function Table({ quarters }: { quarters: readonly Quarter[] }): JSX.Element {
  const t = useT();
  const groups = useGroups(quarters);
  return (
    <div class="wide-table" role="region" aria-label={t("desk.work.followup")} tabIndex={0}>
      <table class="quarters">
        <thead>
          <tr>
            <td />
            {quarters.map((quarter) => (
              <th key={quarter.quarter} scope="col">
                <bdi dir="ltr">{quarter.quarter}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        {groups.map((group) => (
          <tbody key={group.title}>
            <tr>
              <th colSpan={quarters.length + 1} scope="rowgroup">
                {group.title}
              </th>
            </tr>
            {group.rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                {quarters.map((quarter) => (
                  <td key={quarter.quarter}>
                    <bdi dir="ltr">{row.of(quarter)}</bdi>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

/** How residents feel, of the newest quarter in which enough of them were asked. */
function Feelings({ quarters }: { quarters: readonly Quarter[] }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const told = quarters.find((quarter) => quarter.feelings.length > 0);
  if (!told) return null;
  const said = (felt: Feeling): string =>
    t(`followup.feeling-${felt.at_ease ?? "unsaid"}`, {
      area_id: `\u2068${felt.area_id}\u2069`,
      asked_least: felt.asked_least ?? "",
      hazard_m2: `\u2066${desk.figures.value.area(felt.hazard_m2)}\u2069`,
    });
  return (
    <Titled title={t("desk.follow.feelings", { quarter: `\u2066${told.quarter}\u2069` })}>
      <ul class="cards">
        {told.feelings.map((felt) => (
          <li key={felt.area_id}>
            <p>{said(felt)}</p>
            <Areas ids={[felt.area_id]} />
          </li>
        ))}
      </ul>
    </Titled>
  );
}
