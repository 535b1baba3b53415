/** One thing that waits, on the page that belongs to its kind. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { QueueItem } from "../core/queue.ts";
import type { Pairs, Quarantine } from "../core/rescue.ts";
import type { StopNotice } from "../core/types.ts";
import { goTo, useReach, useT } from "./context.ts";
import { DocumentPage } from "./document.tsx";
import { Faults } from "./faults.tsx";
import { OnePair } from "./pairs.tsx";
import { Notice } from "./permits.tsx";
import { Fault, useFault } from "./refusal.tsx";
import { ReleasePage } from "./release.tsx";
import { ReportPage } from "./resident.tsx";
import { Id } from "./sheet.tsx";
import { SubmissionPage } from "./submission.tsx";
import { Areas } from "./waysin.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

interface WaitingProps {
  readonly of: { readonly kind: string; readonly id: string };
  readonly item: QueueItem | undefined;
  readonly back: () => void;
  readonly keys: ComponentChildren;
}

export function OneWaiting(props: WaitingProps): JSX.Element {
  const { desk } = useReach();
  const { of, back, keys } = props;
  const open = (id: string): void => void (desk.of.value = `${of.kind}:${id}`);
  switch (of.kind) {
    case "submission":
    case "returned":
      return <SubmissionPage id={of.id} back={back} open={open} above={keys} />;
    case "report":
    case "tell":
      return <ReportPage id={of.id} may back={back} open={open} above={keys} />;
    case "release":
      return <ReleasePage id={of.id} back={back} above={keys} />;
    case "document":
      return <DocumentPage id={of.id} back={back} above={keys} />;
    case "notice":
    case "chase":
      return <NoticePage {...props} />;
    case "pair":
      return <PairPage {...props} />;
    case "quarantine":
      return <QuarantinePage {...props} />;
    case "nonconformity":
    case "closing":
      return <BreachPage {...props} />;
    default:
      return <Plain {...props} />;
  }
}

/** What has no act of its own here: what it is, and where it is worked on. */
function Plain({ of, item, back, keys }: WaitingProps): JSX.Element {
  const t = useT();
  return (
    <WorkSheet name="waiting" title={t(`desk.queue.kind.${of.kind}`)} back={back}>
      {keys}
      <p>
        <Id id={of.id} />
      </p>
      {item ? <p>{item.text}</p> : <p class="callout">{t("desk.queue.gone")}</p>}
      <Areas ids={item?.area_ids ?? []} />
    </WorkSheet>
  );
}

function NoticePage({ of, item, back, keys }: WaitingProps): JSX.Element {
  const reach = useReach();
  const t = useT();
  const { answer, fault } = useAnswer<{ notices: readonly (StopNotice & { project_id: string })[] }>("/api/notices");
  const notice = answer?.notices.find((each) => each.notice_id === of.id);
  return (
    <WorkSheet name="waiting" title={t(`desk.queue.kind.${of.kind}`)} back={back}>
      {keys}
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {item && <p>{item.text}</p>}
      {answer && !notice && <p class="callout">{t("desk.absent")}</p>}
      {notice && (
        <>
          <ul class="stop-notices">
            <Notice notice={notice} may={["acknowledge_notice"]} />
          </ul>
          <button type="button" onClick={() => goTo(reach, { kind: "project", id: notice.project_id })}>
            {t("desk.queue.show-project")}
          </button>
        </>
      )}
    </WorkSheet>
  );
}

function PairPage({ of, back, keys }: WaitingProps): JSX.Element {
  const t = useT();
  const { answer, fault } = useAnswer<Pairs>("/api/duplicates");
  const pair = answer?.pairs.find((each) => `${each.one} ${each.other}` === of.id);
  return (
    <WorkSheet name="waiting" title={t("desk.queue.kind.pair")} back={back}>
      {keys}
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && !pair && <p class="callout">{t("desk.queue.gone")}</p>}
      {answer && pair && <OnePair pair={pair} may={answer.may_decide} done={back} later={back} />}
    </WorkSheet>
  );
}

function QuarantinePage({ of, item, back, keys }: WaitingProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { answer, fault } = useAnswer<Quarantine>("/api/quarantine");
  const found = (answer?.items ?? []).filter((each) => each.quarantine_id === of.id || each.file === of.id);
  return (
    <WorkSheet name="waiting" title={t("desk.queue.kind.quarantine")} back={back}>
      {keys}
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {item && <p>{item.text}</p>}
      {answer && found.length === 0 && <p class="callout">{t("desk.queue.gone")}</p>}
      <ul class="cards">
        {found.map((each) => (
          <li key={each.quarantine_id}>
            <p class="card-top">
              <b>{each.row === null ? <bdi dir="auto">{each.file}</bdi> : t("desk.rescue.row", { row: desk.figures.value.whole(each.row) })}</b>
              <a class="download" href={`/api/quarantine/${encodeURIComponent(each.quarantine_id)}/original`} download>
                {t("desk.rescue.original")}
              </a>
            </p>
            <p class="meta">
              <time dateTime={each.at}>{desk.figures.value.moment(Date.parse(each.at))}</time>
            </p>
            <Faults faults={each.faults} />
          </li>
        ))}
      </ul>
      <p class="sub">{t("desk.queue.aside-means")}</p>
    </WorkSheet>
  );
}

/** A nonconformity: its answer by who it was raised against, its closing by who verifies that. */
function BreachPage({ of, item, back, keys }: WaitingProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [busy, setBusy] = useState(false);
  const [fault, take, clear] = useFault();
  const answers = of.kind === "nonconformity";
  const names = answers ? (["root_cause", "corrective_action"] as const) : (["note"] as const);
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const body = Object.fromEntries(names.map((name) => [name, String(data.get(name) ?? "").trim()]));
    setBusy(true);
    clear();
    const path = `/api/nonconformities/${encodeURIComponent(of.id)}/${answers ? "answer" : "closure"}`;
    await desk.act(path, body).then(back, take);
    setBusy(false);
  };
  return (
    <WorkSheet name="waiting" title={t(`desk.queue.kind.${of.kind}`)} back={back}>
      {keys}
      <p>
        <Id id={of.id} />
      </p>
      {item ? <p>{item.text}</p> : <p class="callout">{t("desk.queue.gone")}</p>}
      {item && (
        <form class="act-form" aria-busy={busy} onSubmit={(event) => void onSubmit(event)}>
          <p>{t(`desk.queue.${of.kind}-means`)}</p>
          {names.map((name) => (
            <label key={name} class="field">
              <span>{t(`desk.queue.${name}`)}</span>
              <textarea name={name} rows={2} maxLength={2000} />
            </label>
          ))}
          <Fault fault={fault} />
          <p class="buttons">
            <button type="submit" class="strong" data-act="accept" data-needs={names[0]} disabled={busy}>
              {t(`desk.queue.${of.kind}-do`)}
            </button>
          </p>
        </form>
      )}
    </WorkSheet>
  );
}
