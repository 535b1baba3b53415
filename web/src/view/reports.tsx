/** Residents' reports and requests: immediate danger first, each followed to an answer that is told back. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { KINDS, PAGE_ROWS, pinsOf, presses, type Report, type ReportCut, reportQuery, type Reports, TRIAGES } from "../core/resident.ts";
import { useReach, useT } from "./context.ts";
import { Pages } from "./pages.tsx";
import { Fault } from "./refusal.tsx";
import { ReportPage } from "./resident.tsx";
import { useAnswer, useOnMap, WorkSheet } from "./worksheet.tsx";

const WAITING: ReportCut = { state: "waiting", triage: "", kind: "", q: "" };
const PAUSE_MS = 300;

export function ReportList(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [cut, setCut] = useState<ReportCut>(WAITING);
  const [page, setPage] = useState(0);
  const chosen = desk.of.value;
  const setChosen = (id: string | null): void => void (desk.of.value = id);
  const { answer, fault, again } = useAnswer<Reports>("/api/reports", { query: reportQuery(cut, page) });
  const back = (): void => {
    setChosen(null);
    again();
  };
  if (chosen !== null) {
    return <ReportPage key={chosen} id={chosen} may={answer?.may_answer ?? false} back={back} open={setChosen} />;
  }
  return (
    <WorkSheet name="reports" title={t("desk.work.reports")}>
      <Cut
        cut={cut}
        choose={(change) => {
          setPage(0);
          setCut((newest) => ({ ...newest, ...change }));
        }}
      />
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <>
          <p class="sub" role="status">
            {t("desk.heard.counts", {
              waiting: desk.figures.value.whole(answer.waiting),
              total: desk.figures.value.whole(answer.total),
            })}
          </p>
          {answer.total === 0 && <p class="quiet">{t("desk.heard.none")}</p>}
          <Rows reports={answer.reports} open={setChosen} />
          <Pages page={page} rows={PAGE_ROWS} total={answer.total} choose={setPage} />
        </>
      )}
    </WorkSheet>
  );
}

function Rows({ reports, open }: { reports: readonly Report[]; open: (id: string) => void }): JSX.Element {
  useOnMap(pinsOf(reports), reports.map((report) => report.report_id).join(" "));
  return (
    <ul class="cards">
      {reports.map((report) => (
        <Row key={report.report_id} report={report} open={() => open(report.report_id)} />
      ))}
    </ul>
  );
}

interface CutProps {
  readonly cut: ReportCut;
  readonly choose: (change: Partial<ReportCut>) => void;
}

function Cut({ cut, choose }: CutProps): JSX.Element {
  const t = useT();
  const [words, setWords] = useState(cut.q);
  useEffect(() => {
    if (words === cut.q) return undefined;
    const timer = setTimeout(() => choose({ q: words }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words]);
  const choice = (name: "state" | "triage" | "kind", codes: readonly string[], said: (code: string) => string): JSX.Element => (
    <label class="field">
      <span>{t(`desk.heard.${name}`)}</span>
      <select value={cut[name]} onChange={(event) => choose({ [name]: event.currentTarget.value })}>
        <option value="">{t("desk.inbox.any")}</option>
        {codes.map((code) => (
          <option key={code} value={code}>
            {said(code)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div class="cut">
      {choice("state", ["waiting", "answered"], (code) => t(`desk.heard.${code}`))}
      {choice("triage", TRIAGES, (code) => t(`triage.${code}`))}
      {choice("kind", KINDS, (code) => t(code === "hazard" ? "desk.heard.hazard" : `request_kind.${code}`))}
      <label class="field">
        <span>{t("desk.heard.words")}</span>
        <input type="search" value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      </label>
    </div>
  );
}

/** What it is about: the thing seen, or what was asked for. */
export function useAbout(): (report: Report) => string {
  const t = useT();
  return (report) => {
    if (report.kind !== "hazard") return t(`request_kind.${report.kind}`);
    return report.seen ? t(`seen.${report.seen}`) : t("desk.heard.hazard");
  };
}

/** How urgent it is while it waits, what became of it afterwards: in words, never by colour alone. */
export function Standing({ report }: { report: Report }): JSX.Element {
  const t = useT();
  if (report.outcome) {
    const family = report.kind === "hazard" ? "report_outcome" : "request_outcome";
    return <span class="state">{t(`${family}.${report.outcome}`)}</span>;
  }
  if (report.kind !== "hazard") return <span class="state">{t("desk.heard.waiting")}</span>;
  return <span class={presses(report) ? "state danger" : "state"}>{t(`triage.${report.triage}`)}</span>;
}

function Row({ report, open }: { report: Report; open: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const about = useAbout();
  const where = report.place ?? report.neighbourhood ?? (report.lon_deg === null ? t("desk.heard.no-place") : t(`precision.${report.geo_precision}`));
  return (
    <li data-urgent={presses(report)}>
      <p class="card-top">
        <button type="button" class="plain" onClick={open}>
          {about(report)}
        </button>
        <Standing report={report} />
      </p>
      {report.text && <p class="clamp">{desk.words.value.name(report.text)}</p>}
      <p class="meta">
        <time dateTime={report.received_at}>{desk.figures.value.moment(Date.parse(report.received_at))}</time>
        <bdi>{where}</bdi>
        {report.pictures.length > 0 && <span>{t("desk.heard.pictures-n", { count: report.pictures.length })}</span>}
        {report.likely_same.length > 0 && <span>{t("desk.heard.same-n", { count: report.likely_same.length })}</span>}
        {report.outcome && <span>{t(report.told_at ? "desk.heard.was-told" : "desk.heard.not-told")}</span>}
      </p>
    </li>
  );
}
