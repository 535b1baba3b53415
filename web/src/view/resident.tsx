/** One report of a resident: what was told, what is on record there, its answer, and that it was told back. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { CHANNELS, outcomesFor, pinsOf, presses, type Report, type Reports } from "../core/resident.ts";
import { useReach, useT } from "./context.ts";
import { Fault, useFault } from "./refusal.tsx";
import { Standing, useAbout } from "./reports.tsx";
import { Sentence } from "./sentence.tsx";
import { Id, Titled } from "./sheet.tsx";
import { Areas } from "./waysin.tsx";
import { useAnswer, useOnMap, WorkSheet } from "./worksheet.tsx";

interface PageProps {
  readonly id: string;
  readonly may: boolean;
  readonly back: () => void;
  readonly open: (id: string) => void;
  /** What the page it is opened from shows above it. */
  readonly above?: ComponentChildren;
}

export function ReportPage({ id, may, back, open, above }: PageProps): JSX.Element {
  const t = useT();
  const about = useAbout();
  const { answer, fault, again } = useAnswer<Reports>("/api/reports", { query: { q: id } });
  const report = answer?.reports.find((each) => each.report_id === id) ?? null;
  return (
    <WorkSheet name="report" title={report ? about(report) : t("desk.work.reports")} back={back}>
      {above}
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && !report && <p class="callout">{t("desk.absent")}</p>}
      {report && <Body report={report} may={may} again={again} open={open} />}
    </WorkSheet>
  );
}

interface BodyProps {
  readonly report: Report;
  readonly may: boolean;
  readonly again: () => void;
  readonly open: (id: string) => void;
}

function Body({ report, may, again, open }: BodyProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  useOnMap(pinsOf([report]), report.report_id);
  return (
    <>
      <p class="card-top">
        <Standing report={report} />
        <Id id={report.report_id} />
      </p>
      {presses(report) && <p class="callout">{t("desk.heard.now")}</p>}
      {report.text && <blockquote dir="auto">{desk.words.value.name(report.text)}</blockquote>}
      <Told report={report} />
      <Pictures report={report} />
      {report.likely_same.length > 0 && (
        <Titled title={t("desk.heard.same")}>
          <p class="quiet">{t("desk.heard.same-means")}</p>
          <p class="area-links">
            {report.likely_same.map((id) => (
              <button key={id} type="button" class="chip" onClick={() => open(id)}>
                <bdi dir="ltr">{id}</bdi>
              </button>
            ))}
          </p>
        </Titled>
      )}
      {report.reasons.length > 0 && (
        <Titled title={t("desk.heard.ground")}>
          <ul class="reasons">
            {report.reasons.map((reason) => (
              <li key={reason.code}>
                <p><Sentence text={reason.text} /></p>
                {reason.next && <p class="next"><Sentence text={reason.next} /></p>}
              </li>
            ))}
          </ul>
          {report.area_ids.length > 0 && <Areas ids={report.area_ids} />}
        </Titled>
      )}
      {report.answer && <Given key={report.answer.entry_id} report={report} may={may} done={again} />}
      {may ? <AnswerForm key={report.outcome} report={report} done={again} /> : <p class="why-not">{t("desk.heard.may-not")}</p>}
    </>
  );
}

/** What whoever reported told of it, question by question. */
function Told({ report }: { report: Report }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const yes = (code: string | null): string | null => (code === null ? null : t(`yes_no.${code}`));
  const rows: readonly (readonly [string, string | null])[] = [
    ["received", desk.figures.value.moment(Date.parse(report.received_at))],
    ["place", report.place],
    ["neighbourhood", report.neighbourhood ?? null],
    ["precision", t(`precision.${report.geo_precision}`)],
    ["accuracy", report.accuracy_m === null ? null : t("desk.scale.m", { n: report.accuracy_m })],
    ["children", yes(report.children_near)],
    ["moved", yes(report.moved)],
    ["marked", yes(report.marked)],
    ["at-ease", yes(report.feels_at_ease)],
  ];
  return (
    <dl class="said-answers">
      {rows.map(
        ([name, value]) =>
          value !== null && (
            <div key={name}>
              <dt>{t(`desk.heard.${name}`)}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}

function Pictures({ report }: { report: Report }): JSX.Element | null {
  const t = useT();
  if (!report.pictures.length) return null;
  const at = `/api/reports/${encodeURIComponent(report.report_id)}/pictures/`;
  return (
    <p class="pictures">
      {report.pictures.map((digest, number) => (
        <a key={digest} href={at + digest} target="_blank" rel="noopener">
          <img src={at + digest} loading="lazy" alt={t("desk.heard.picture", { number: number + 1 })} />
        </a>
      ))}
    </p>
  );
}

interface ActProps {
  readonly report: Report;
  readonly done: () => void;
}

/** The answer given, whether it was heard, and that somebody told it another way. */
function Given({ report, may, done }: ActProps & { readonly may: boolean }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [fault, take, clear] = useFault();
  const { answer } = report;
  if (!answer) return <></>;
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const channel = String(new FormData(event.currentTarget as HTMLFormElement).get("channel"));
    const body = { answer_entry_id: answer.entry_id, channel };
    clear();
    await desk.act(`/api/reports/${encodeURIComponent(report.report_id)}/told`, body).then(done, take);
  };
  return (
    <Titled title={t("desk.heard.answer")}>
      <p>
        <Standing report={report} /> {answer.area_id && <Areas ids={[answer.area_id]} />}
      </p>
      {answer.text && <blockquote dir="auto">{answer.text}</blockquote>}
      {answer.note && (
        <p class="quiet">
          {t("desk.heard.office-note")} <bdi>{answer.note}</bdi>
        </p>
      )}
      <p class="meta">
        <time dateTime={answer.at}>{desk.figures.value.date(answer.at)}</time> <bdi>{answer.organisation}</bdi>
      </p>
      {report.told_at ? (
        <p>
          {t("desk.heard.told-at", { at: desk.figures.value.date(report.told_at), channel: t(`channel.${answer.told_by ?? "web"}`) })}
        </p>
      ) : (
        <>
          <p class="callout">{t("desk.heard.tell-them")}</p>
          {may && (
            <form class="act-form" onSubmit={(event) => void onSubmit(event)}>
              <Choice name="channel" label={t("desk.heard.channel")} codes={CHANNELS} family="channel" />
              <Fault fault={fault} />
              <button type="submit">{t("desk.heard.do-told")}</button>
            </form>
          )}
        </>
      )}
    </Titled>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly codes: readonly string[];
  readonly family: string;
}

function Choice({ name, label, codes, family }: ChoiceProps): JSX.Element {
  const t = useT();
  return (
    <label class="field">
      <span>{label}</span>
      <select name={name} required data-act="accept">
        {/* Nothing stands chosen: what nobody chose must not be told. */}
        <option value="">{t("desk.heard.choose")}</option>
        {codes.map((code) => (
          <option key={code} value={code}>
            {t(`${family}.${code}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What became of it, in which area, and what whoever sent it will read. */
function AnswerForm({ report, done }: ActProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [fault, take, clear] = useFault();
  const [busy, setBusy] = useState(false);
  const near = new Set(report.area_ids);
  const areas = [...(desk.picture.value?.areas ?? [])].sort((a, b) => Number(near.has(b.area_id)) - Number(near.has(a.area_id)));
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const said = (name: string): string => String(data.get(name) ?? "").trim();
    const body = { outcome: said("outcome"), area_id: said("area") || null, note: said("note"), text: said("text") };
    setBusy(true);
    clear();
    await desk.act(`/api/reports/${encodeURIComponent(report.report_id)}/answer`, body).then(done, take);
    setBusy(false);
  };
  const family = report.kind === "hazard" ? "report_outcome" : "request_outcome";
  return (
    <Titled title={t(report.outcome ? "desk.heard.answer-again" : "desk.heard.do-answer")}>
      <form class="act-form" aria-busy={busy} onSubmit={(event) => void onSubmit(event)}>
        <p>{t("desk.heard.answer-means")}</p>
        <Choice name="outcome" label={t("desk.heard.outcome")} codes={outcomesFor(report)} family={family} />
        <label class="field">
          <span>{t("desk.heard.area")}</span>
          <select name="area" defaultValue={report.area_ids[0] ?? ""}>
            <option value="">{t("desk.heard.no-area")}</option>
            {areas.map((area) => (
              <option key={area.area_id} value={area.area_id}>
                {desk.words.value.name(area.name, area.area_id)} · {area.area_id}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{t("desk.heard.text")}</span>
          <textarea name="text" rows={2} maxLength={2000} dir="auto" />
        </label>
        <label class="field">
          <span>{t("desk.heard.note")}</span>
          <textarea name="note" rows={2} maxLength={2000} dir="auto" />
        </label>
        <Fault fault={fault} />
        <p class="buttons">
          <button type="submit" class="strong" disabled={busy}>
            {t("desk.heard.do-answer")}
          </button>
        </p>
      </form>
    </Titled>
  );
}
