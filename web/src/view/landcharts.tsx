/** The land account as a waterfall, and hazard and release quarter by quarter, with a forecast where there is a plan. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Account } from "../core/account.ts";
import { type BarRow, type Fill, signedFlows, waterfall } from "../core/chart.ts";
import type { Progress } from "../core/dash.ts";
import { instant } from "../core/time.ts";
import { workFor } from "../core/work.ts";
import { Bars, Columns, COLUMNS_HEIGHT, rowsHeight } from "./bars.tsx";
import { Chart } from "./chart.tsx";
import { useM2, useReach, useT } from "./context.ts";
import { Fault } from "./refusal.tsx";
import { useAnswer } from "./worksheet.tsx";

/** The start of the period, as a day; empty for the beginning. */
export function From({ from, choose }: { from: string; choose: (from: string) => void }): JSX.Element {
  const t = useT();
  return (
    <label class="field">
      <span>{t("account.choose.from")}</span>
      <input type="date" value={from} onChange={(event) => choose(event.currentTarget.value)} />
    </label>
  );
}

export function AccountChart(): JSX.Element {
  const t = useT();
  const m2 = useM2();
  const [from, setFrom] = useState("");
  const { answer, fault } = useAnswer<Account>("/api/account", { query: from ? { from } : {}, timed: true });
  const plain = (name: string): string => t(`account.${name}`).replace(/^[+−±]\s*/, "");
  return (
    <>
      <From from={from} choose={setFrom} />
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer &&
        Object.entries(answer.classes).map(([name, figures]) => {
          const [opening, closing] = [figures["opening_m2"] ?? 0, figures["closing_m2"] ?? 0];
          const falls = waterfall(opening, signedFlows(figures), closing);
          const rows = falls.map(({ name: what, from: low, to: high, kind }): BarRow => {
            const fill: Fill = kind === "total" ? "hazard" : kind;
            return { label: plain(what), from: low, to: high, fill, text: kind === "total" ? m2(high) : m2(high - low, true) };
          });
          const table = falls.map(({ name: what, from: low, to: high, kind }) => [plain(what), kind === "total" ? high : high - low]);
          return (
            <Chart
              key={name}
              title={t("desk.figures.account-of", { class: t(`class.${name}`) })}
              says={t("desk.figures.account-says", { opening: m2(opening), closing: m2(closing), error: m2(answer.balance_error_m2) })}
              statement={answer.statement}
              method={t("account.method")}
              sheet={{ head: [t("desk.figures.figure"), t("desk.figures.m2")], rows: table }}
              name={`land-account-${name}`}
              height={rowsHeight(rows.length)}
              fills={["hazard", "more", "less"]}
            >
              <Bars rows={rows} />
            </Chart>
          );
        })}
    </>
  );
}

export function ProgressChart(): JSX.Element {
  const t = useT();
  const m2 = useM2();
  const [from, setFrom] = useState("");
  const { answer, fault } = useAnswer<Progress>("/api/progress", { query: from ? { from } : {}, timed: true });
  const last = answer?.quarters.at(-1);
  const left = last ? Object.values(last.closing_m2).reduce((sum, each) => sum + each, 0) : 0;
  return (
    <>
      <From from={from} choose={setFrom} />
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <>
          <Chart
            title={t("desk.figures.left")}
            says={t("desk.figures.left-says", { left: m2(left) })}
            statement={answer.statement}
            method={t("desk.figures.method.progress")}
            sheet={{
              head: [t("desk.figures.quarter"), t("class.cha"), t("class.sha")],
              rows: answer.quarters.map((each) => [each.quarter, each.closing_m2["cha"] ?? 0, each.closing_m2["sha"] ?? 0]),
            }}
            name="hazard-left"
            height={COLUMNS_HEIGHT}
            fills={["hazard", "warn"]}
          >
            <Columns
              unit={t("desk.figures.m2")}
              parts={[
                { name: t("class.cha"), fill: "hazard" },
                { name: t("class.sha"), fill: "warn" },
              ]}
              columns={answer.quarters.map((each) => ({ label: each.quarter, values: [each.closing_m2["cha"] ?? 0, each.closing_m2["sha"] ?? 0] }))}
            />
          </Chart>
          <Released answer={answer} />
          <Forecast statement={answer.statement} />
        </>
      )}
    </>
  );
}

/** What came off record as hazard in each quarter; what became hazard again stands in the table. */
function Released({ answer }: { answer: Progress }): JSX.Element {
  const t = useT();
  const m2 = useM2();
  const flow = (quarter: Progress["quarters"][number], name: string): number => quarter.flows_m2[name] ?? 0;
  return (
    <Chart
      title={t("desk.figures.released")}
      says={t("desk.figures.released-says", {
        sum: m2(answer.quarters.reduce((sum, each) => sum + flow(each, "cancelled") + flow(each, "reduced") + flow(each, "cleared"), 0)),
        reopened: m2(answer.quarters.reduce((sum, each) => sum + flow(each, "reopened"), 0)),
      })}
      statement={answer.statement}
      method={t("desk.figures.method.progress")}
      sheet={{
        head: [t("desk.figures.quarter"), ...FLOWS.map((name) => t(`outcome.${name}`)), t("account.reopened_m2"), t("account.new_m2")],
        rows: answer.quarters.map((each) => [each.quarter, ...FLOWS.map((name) => flow(each, name)), flow(each, "reopened"), flow(each, "new")]),
      }}
      name="released"
      height={COLUMNS_HEIGHT}
      fills={["less", "released", "plain"]}
    >
      <Columns
        unit={t("desk.figures.m2")}
        parts={FLOWS.map((name, at) => ({ name: t(`outcome.${name}`), fill: (["less", "released", "plain"] as const)[at] ?? "plain" }))}
        columns={answer.quarters.map((each) => ({ label: each.quarter, values: FLOWS.map((name) => flow(each, name)) }))}
      />
    </Chart>
  );
}

const FLOWS = ["cleared", "reduced", "cancelled"] as const;
const DAY_MS = 86_400_000;

/** When it would all be done, of the plan made last on this page; a range, never a promised day. */
function Forecast({ statement }: { statement: Progress["statement"] }): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const plan = page.plan.value;
  if (!plan) {
    const plans = workFor(desk.session.value.actor?.role ?? null).includes("plan");
    return (
      <section class="chart">
        <h3>{t("desk.plan.forecast")}</h3>
        <p class="callout">
          {t("desk.figures.no-plan")} {!plans && t("desk.figures.plan-by")}
        </p>
        {plans && (
          <button type="button" onClick={() => desk.openWork("plan")}>
            {t("desk.figures.make-plan")}
          </button>
        )}
      </section>
    );
  }
  const start = instant(`${plan.planned_on}T00:00:00Z`) ?? 0;
  const days = (at: string | null): number | null => (at === null ? null : ((instant(`${at}T00:00:00Z`) ?? start) - start) / DAY_MS);
  const day = (at: string | null): string => (at === null ? t("desk.figures.not-within") : desk.figures.value.date(`${at}T00:00:00Z`));
  const name = (district: string | null): string => (district === null ? t("desk.plan.forecast.all") : desk.words.value.name(district));
  const rows = plan.forecasts.flatMap(({ district, done_by: by }): BarRow[] => {
    const [tenth, half, late] = [days(by.tenth), days(by.half), days(by.nine_tenths)];
    if (tenth === null) return [];
    const text = `${day(by.tenth)} – ${day(by.nine_tenths)}`;
    return [{ label: name(district), from: tenth, to: late ?? half ?? tenth, fill: "less", text, mark: half }];
  });
  return (
    <Chart
      title={t("desk.plan.forecast")}
      says={t("desk.figures.forecast-says", { days: desk.figures.value.whole(plan.days) })}
      statement={statement}
      method={t("desk.figures.method.forecast")}
      sheet={{
        head: [t("desk.figures.district"), t("desk.figures.tenth"), t("desk.figures.half"), t("desk.figures.nine-tenths")],
        rows: plan.forecasts.map(({ district, done_by: by }) => [name(district), day(by.tenth), day(by.half), day(by.nine_tenths)]),
      }}
      name="forecast"
      height={rowsHeight(Math.max(rows.length, 1))}
      fills={["less"]}
    >
      <Bars rows={rows} />
    </Chart>
  );
}
