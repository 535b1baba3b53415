/** One submission: its answers in words, its place on the map, its pictures, and the review of it. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import {
  partsOf,
  shapesOfPlaces,
  type Part,
  type SubmissionFile,
  submissionPath,
  type SubmissionSheet,
} from "../core/submission.ts";
import { useReach, useT } from "./context.ts";
import { Fault, useFault } from "./refusal.tsx";
import { Sentence } from "./sentence.tsx";
import { Id, Titled } from "./sheet.tsx";
import { useAnswer, useOnMap, WorkSheet } from "./worksheet.tsx";

interface PageProps {
  readonly id: string;
  readonly back: () => void;
  readonly open: (id: string) => void;
  /** What the page it is opened from shows above it. */
  readonly above?: ComponentChildren;
}

export function SubmissionPage({ id, back, open, above }: PageProps): JSX.Element {
  const t = useT();
  const { answer, fault, again } = useAnswer<SubmissionSheet>(submissionPath(id));
  return (
    <WorkSheet name="submission" title={answer?.row.form_title ?? t("desk.work.submissions")} back={back}>
      {above}
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && <Body sheet={answer} open={open} again={again} />}
    </WorkSheet>
  );
}

interface BodyProps {
  readonly sheet: SubmissionSheet;
  readonly open: (id: string) => void;
  readonly again: () => void;
}

function Body({ sheet, open, again }: BodyProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { row } = sheet;
  useOnMap(shapesOfPlaces(sheet.places), row.id);
  return (
    <>
      <p class="card-top">
        <b>{row.state_text}</b>
        <Id id={row.id} />
      </p>
      <p class="meta">
        <time dateTime={row.received_at}>{desk.figures.value.moment(Date.parse(row.received_at))}</time>
        <bdi>{row.organisation}</bdi>
        {row.device_id && <bdi>{row.device_id}</bdi>}
        {row.told_at && <span>{t("desk.inbox.told-at", { at: `\u2068${row.told_at}\u2069` })}</span>}
      </p>
      {sheet.sign && <p class="callout">{t(signCode(sheet.sign.waits))}</p>}
      {sheet.faults.map((fault) => (
        <p key={fault.code} class="callout">
          <Sentence text={fault.text} /> {fault.next && <b><Sentence text={fault.next} /></b>}
        </p>
      ))}
      {sheet.replaces && <Other code="desk.inbox.replaces" id={sheet.replaces} open={open} />}
      {sheet.replaced_by && <Other code="desk.inbox.replaced-by" id={sheet.replaced_by} open={open} />}
      <Titled title={t("desk.inbox.answers")}>
        {sheet.erased && <p class="quiet">{t("desk.inbox.erased")}</p>}
        {!sheet.erased && sheet.places.length === 0 && <p class="quiet">{t("desk.inbox.no-place")}</p>}
        {partsOf(sheet.answers).map((part, at) => (
          <PartAnswers key={at} part={part} />
        ))}
      </Titled>
      <Files sheet={sheet} />
      <ReviewForm sheet={sheet} done={again} />
      <Became sheet={sheet} />
    </>
  );
}

function signCode(waits: boolean | null): string {
  if (waits === null) return "desk.inbox.sign-evidence";
  return waits ? "desk.inbox.sign-waits" : "desk.inbox.sign-answered";
}

function Other({ code, id, open }: { code: string; id: string; open: (id: string) => void }): JSX.Element {
  const t = useT();
  return (
    <p class="sub">
      {t(code)}{" "}
      <button type="button" class="chip" onClick={() => open(id)}>
        <bdi dir="ltr">{id}</bdi>
      </button>
    </p>
  );
}

function PartAnswers({ part }: { part: Part }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const number = part.number > 0 ? ` ${desk.figures.value.whole(part.number)}` : "";
  return (
    <>
      {(part.title || number) && (
        <h4>
          {part.title}
          {number}
        </h4>
      )}
      <dl class="said-answers">
        {part.answers.map((answer, at) => (
          <div key={`${answer.question} ${at}`}>
            <dt>{answer.label}</dt>
            <dd>{answer.placed ? <i>{t("desk.inbox.on-map")}</i> : <bdi>{answer.words}</bdi>}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Files({ sheet }: { sheet: SubmissionSheet }): JSX.Element | null {
  const t = useT();
  if (!sheet.files.length) return null;
  return (
    <Titled title={t("desk.inbox.files")}>
      <ul class="files">
        {sheet.files.map((file) => (
          <li key={file.name}>
            <OneFile file={file} at={`${submissionPath(sheet.row.id)}/files/${encodeURIComponent(file.name)}`} />
          </li>
        ))}
      </ul>
    </Titled>
  );
}

function OneFile({ file, at }: { file: SubmissionFile; at: string }): JSX.Element {
  const t = useT();
  const name = <bdi dir="ltr">{file.name}</bdi>;
  if (file.erased) return <p class="quiet">{name} · {t("desk.inbox.file-erased")}</p>;
  if (!file.whole) return <p class="quiet">{name} · {t("desk.inbox.file-missing")}</p>;
  if (!file.picture) {
    return (
      <a class="download" href={at} download={file.name}>
        {name}
      </a>
    );
  }
  return (
    <figure>
      <a href={at} target="_blank" rel="noopener">
        <img src={at} loading="lazy" alt={t("desk.inbox.picture", { name: `\u2068${file.name}\u2069` })} />
      </a>
      <figcaption class="quiet">{name}</figcaption>
    </figure>
  );
}

/** What became of it: who said what, and the facts that were made of it. */
function Became({ sheet }: { sheet: SubmissionSheet }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <Titled title={t("desk.inbox.became")}>
      {sheet.reviews.length === 0 && <p class="quiet">{t("desk.inbox.not-yet")}</p>}
      <ul class="answers">
        {sheet.reviews.map((review, at) => (
          <li key={at}>
            <p>
              <b>{review.state_text}</b> {review.note && <bdi>{review.note}</bdi>}
            </p>
            <p class="meta">
              <time dateTime={review.at}>{desk.figures.value.date(review.at)}</time>
              <bdi>{review.organisation}</bdi> <span>{review.role}</span>
            </p>
          </li>
        ))}
        {sheet.made.map((made) => (
          <li key={made.entry_id}>
            <p>
              <b>{made.title}</b> <Sentence text={made.text} />
            </p>
            <p class="meta">
              <Id id={made.entry_id} />
            </p>
          </li>
        ))}
      </ul>
    </Titled>
  );
}

/** What the queue's keys do here. */
const KEYED = { accepted: "accept", returned: "return", refused: "refuse" } as const;

/** Accept, send back, refuse; the last two need a reason, which the sender reads. */
function ReviewForm({ sheet, done }: { sheet: SubmissionSheet; done: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [busy, setBusy] = useState(false);
  const [fault, take, clear] = useFault();
  if (!sheet.may_review) {
    return (
      <>
        {sheet.why_not.map((why) => (
          <p key={why.code} class="why-not">
            <Sentence text={why.text} />
          </p>
        ))}
      </>
    );
  }
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const state = (event.submitter as HTMLButtonElement).value;
    const note = String(new FormData(event.currentTarget as HTMLFormElement).get("note") ?? "").trim();
    setBusy(true);
    clear();
    try {
      await desk.act(`/api/submissions/${encodeURIComponent(sheet.row.id)}/review`, { state, note });
      done();
    } catch (error) {
      take(error);
    }
    setBusy(false);
  };
  return (
    <form class="act-form" aria-busy={busy} onSubmit={(event) => void onSubmit(event)}>
      <p>{t("desk.inbox.review-means")}</p>
      <label class="field">
        <span>{t("desk.inbox.note")}</span>
        <textarea name="note" rows={2} maxLength={2000} />
      </label>
      <Fault fault={fault} />
      <p class="buttons">
        {(["accepted", "returned", "refused"] as const).map((state) => (
          <button
            key={state}
            type="submit"
            value={state}
            class={state === "accepted" ? "strong" : ""}
            data-act={KEYED[state]}
            data-needs={state === "accepted" ? undefined : "note"}
            disabled={busy}
          >
            {t(`desk.inbox.do-${state}`)}
          </button>
        ))}
      </p>
    </form>
  );
}
