/** Quality, waiting times and equity: what failed, how long things take, and who bears what. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { BarRow } from "../core/chart.ts";
import { byBurden, type District, type Equity, type Quality, type Waits, type WaitStep } from "../core/dash.ts";
import { Bars, Columns, COLUMNS_HEIGHT, rowsHeight, Steps } from "./bars.tsx";
import { Chart } from "./chart.tsx";
import { useM2, useReach, useT } from "./context.ts";
import { From } from "./landcharts.tsx";
import { Fault } from "./refusal.tsx";
import { Id, Titled } from "./sheet.tsx";
import { useAnswer } from "./worksheet.tsx";

export function QualityChart(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const m2 = useM2();
  const [from, setFrom] = useState("");
  const { answer, fault } = useAnswer<Quality>("/api/quality", { query: from ? { from } : {}, timed: true });
  const whole = (n: number): string => desk.figures.value.whole(n);
  return (
    <>
      <From from={from} choose={setFrom} />
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <>
          <Chart
            title={t("desk.figures.looks")}
            says={t("desk.figures.looks-says", {
              passed: whole(answer.n_passed),
              failed: whole(answer.n_failed),
              wrong: whole(answer.wrong.length),
              rework: m2(answer.quarters.reduce((sum, each) => sum + each.rework_m2, 0)),
            })}
            statement={answer.statement}
            method={t("desk.figures.method.quality")}
            sheet={{
              head: [t("desk.figures.quarter"), t("desk.figures.passed"), t("desk.figures.failed"), t("desk.figures.visits"), t("desk.figures.raised"), t("account.heading.rework")],
              rows: answer.quarters.map((each) => [
                each.quarter,
                each.passed,
                each.failed,
                each.visits,
                Object.values(each.raised).reduce((sum, n) => sum + n, 0),
                each.rework_m2,
              ]),
            }}
            name="quality"
            height={COLUMNS_HEIGHT}
            fills={["less", "hazard"]}
          >
            <Columns
              unit={t("desk.figures.inspections")}
              parts={[
                { name: t("desk.figures.passed"), fill: "less" },
                { name: t("desk.figures.failed"), fill: "hazard" },
              ]}
              columns={answer.quarters.map((each) => ({ label: each.quarter, values: [each.passed, each.failed] }))}
            />
          </Chart>
          <WrongPasses answer={answer} />
        </>
      )}
    </>
  );
}

function WrongPasses({ answer }: { answer: Quality }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const whole = (n: number): string => desk.figures.value.whole(n);
  const open = Object.entries(answer.open_by_severity);
  return (
    <>
      <Titled title={t("desk.figures.wrong")}>
        <p class="quiet">{t("desk.figures.wrong-means")}</p>
        <ul class="against">
          {answer.wrong.map((each) => (
            <li key={each.look_id}>
              <Id id={each.look_id} /> · <Id id={each.work_id} /> · {t("desk.figures.shown-by")} <Id id={each.shown_by} />{" "}
              <time dateTime={each.at}>{desk.figures.value.date(each.at)}</time>
            </li>
          ))}
        </ul>
      </Titled>
      <Titled title={t("desk.figures.open-breaches")}>
        {open.length === 0 && <p class="quiet">{t("desk.figures.none-open")}</p>}
        <ul class="against">
          {open.map(([severity, n]) => (
            <li key={severity}>
              {t(`severity.${severity}`)}: {whole(n)}
            </li>
          ))}
        </ul>
        {answer.seeds_laid > 0 && <p>{t("desk.figures.seeds", { laid: whole(answer.seeds_laid), found: whole(answer.seeds_found) })}</p>}
      </Titled>
    </>
  );
}

export function WaitsChart(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const { answer, fault } = useAnswer<Waits>("/api/waits", { timed: true });
  const days = (n: number | null): string => (n === null ? t("desk.figures.not-yet") : t("desk.figures.days", { n }));
  const rows = (answer?.steps ?? []).map((step): BarRow => {
    const median = step.median_days ?? step.longest_open_days ?? 0;
    // On a telephone both would run into the name of the step; the line shows the second, the table tells it.
    const least = page.narrow.value || (step.median_days === null && step.p90_days === null);
    const text = days(step.median_days) + (least ? "" : ` · ${t("desk.figures.p90")} ${days(step.p90_days)}`);
    return { label: t(`desk.figures.step.${step.step}`), from: 0, to: median, fill: step.median_days === null ? "warn" : "less", text, mark: step.p90_days };
  });
  return (
    <>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <>
          <Chart
            title={t("desk.figures.waits-title")}
            says={t("desk.figures.waits-says")}
            statement={answer.statement}
            method={t("desk.figures.method.waits")}
            sheet={{ head: HEAD.map((name) => t(`desk.figures.${name}`)), rows: answer.steps.map((step) => waitRow(t(`desk.figures.step.${step.step}`), step)) }}
            name="waiting-times"
            height={rowsHeight(rows.length)}
            fills={["less", "warn"]}
          >
            <Bars rows={rows} />
          </Chart>
          <Chart
            title={t("desk.figures.curve")}
            says={t("desk.figures.curve-says")}
            statement={answer.statement}
            method={t("desk.figures.method.waits")}
            sheet={{
              head: [t("desk.figures.way"), t("desk.figures.day"), t("desk.figures.still")],
              rows: answer.steps.flatMap((step) => step.curve.map((point) => [t(`desk.figures.step.${step.step}`), point.days, `${(point.waiting * 100).toFixed(1)} %`])),
            }}
            name="still-waiting"
            height={COLUMNS_HEIGHT}
            fills={[]}
          >
            <Steps unit={t("desk.figures.day")} lines={answer.steps.map((step) => ({ name: t(`desk.figures.step.${step.step}`), points: step.curve }))} />
          </Chart>
          {answer.steps.map((step) => (
            <Longest key={step.step} step={step} />
          ))}
        </>
      )}
      {answer && <p class="sub">{t("desk.figures.as-of", { at: desk.figures.value.date(answer.statement.valid_at) })}</p>}
    </>
  );
}

const HEAD = ["way", "n-over", "n-open", "left-out", "median", "p90-days", "over-median", "over-p90", "longest"] as const;

function waitRow(name: string, step: WaitStep): (string | number | null)[] {
  const { n_over, n_open, left_out, median_days, p90_days, over_median_days, over_p90_days, longest_open_days } = step;
  return [name, n_over, n_open, left_out, median_days, p90_days, over_median_days, over_p90_days, longest_open_days];
}

function Longest({ step }: { step: WaitStep }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  return (
    <Titled title={t(`desk.figures.step.${step.step}`)}>
      <p class="quiet">{t(`desk.figures.step.${step.step}.means`)}</p>
      <ul class="against">
        {step.longest.map((each) => (
          <li key={each.subject}>
            <Id id={each.subject} /> · {t("desk.queue.since", { age: desk.figures.value.age(desk.presentMs() - Date.parse(each.since)) })}
          </li>
        ))}
      </ul>
    </Titled>
  );
}

export function EquityChart(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const m2 = useM2();
  const { answer, fault } = useAnswer<Equity>("/api/equity", { timed: true });
  const name = (each: District): string => (each.district === null ? t("desk.figures.no-district") : desk.words.value.name(each.district));
  const districts = byBurden(answer?.districts ?? []);
  const rows = districts
    .filter((each) => each.per_resident_m2 !== null)
    .map((each): BarRow => {
      const value = each.per_resident_m2 ?? 0;
      const wait = each.median_days === null ? "" : ` · ${t("desk.figures.days", { n: Math.round(each.median_days) })}`;
      return { label: name(each), from: 0, to: value, fill: "hazard", text: `${m2(value)}${wait}` };
    });
  return (
    <>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <Chart
          title={t("desk.figures.equity-title")}
          says={t("desk.figures.equity-says", { hazard: m2(answer.hazard_m2) })}
          statement={answer.statement}
          method={t("desk.figures.method.equity")}
          sheet={{
            head: ["district", "residents", "hazard", "each", "areas", "wait", "longest"].map((each) => t(`desk.figures.${each}`)),
            rows: districts.map((each) => [name(each), each.residents, each.hazard_m2, each.per_resident_m2, each.n_areas, each.median_days, each.longest_days]),
          }}
          name="equity"
          height={rowsHeight(Math.max(rows.length, 1))}
          fills={["hazard"]}
        >
          <Bars rows={rows} />
        </Chart>
      )}
    </>
  );
}
