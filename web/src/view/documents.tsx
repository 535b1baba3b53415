/** Documents that were read at a desk: the list, those with something that waits first. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type DocumentRow, PAGE_ROWS, type StudyDocuments } from "../core/study.ts";
import { BringDocument } from "./bringdocument.tsx";
import { useReach, useT } from "./context.ts";
import { DocumentPage } from "./document.tsx";
import { Faults } from "./faults.tsx";
import { act, useKeys } from "./keys.ts";
import { Pages } from "./pages.tsx";
import { Fault } from "./refusal.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

export function DocumentsPage(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [page, setPage] = useState(0);
  const chosen = desk.of.value;
  const setChosen = (id: string | null): void => void (desk.of.value = id);
  const { answer, fault, again } = useAnswer<StudyDocuments>("/api/study", { query: page ? { skip: page * PAGE_ROWS } : {} });
  const back = (): void => {
    setChosen(null);
    again();
  };
  if (chosen !== null) return <OneDocument key={chosen} id={chosen} back={back} />;
  const whole = (n: number): string => desk.figures.value.whole(n);
  return (
    <WorkSheet name="documents" title={t("desk.work.documents")}>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <>
          <p class="sub" role="status">
            {t("desk.study.counts", { total: whole(answer.total), waiting: whole(answer.n_waiting) })}
          </p>
          {answer.may_bring && <BringDocument known={answer} done={again} />}
          {answer.total === 0 && <p class="callout">{t("desk.study.none")}</p>}
          <ul class="cards">
            {answer.documents.map((row) => (
              <li key={row.id}>
                <p class="card-top">
                  <button type="button" class="plain" onClick={() => setChosen(row.id)}>
                    <bdi>{row.name ?? row.id}</bdi>
                  </button>
                  <span class="state">{row.kind_text}</span>
                </p>
                <DocumentMeta row={row} />
                {row.faults.length > 0 && <Faults faults={row.faults} />}
              </li>
            ))}
          </ul>
          <Pages page={page} rows={PAGE_ROWS} total={answer.total} choose={setPage} />
        </>
      )}
    </WorkSheet>
  );
}

/** A document opened from the list: the keys of the queue work in it too. */
function OneDocument({ id, back }: { id: string; back: () => void }): JSX.Element {
  const t = useT();
  const [said, setSaid] = useState("");
  useKeys((what) => (what === "back" ? back() : act(what, () => setSaid(t("desk.queue.no-such-act")))), true);
  return (
    <DocumentPage
      id={id}
      back={back}
      above={
        <p class="hidden-text" role="status">
          {said}
        </p>
      }
    />
  );
}

export function DocumentMeta({ row }: { row: DocumentRow }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const whole = (n: number): string => desk.figures.value.whole(n);
  return (
    <>
      <p class="meta">
        <bdi>{row.source ?? t("desk.study.no-source")}</bdi>
        <span>{row.published_on ? t("desk.study.published", { on: desk.figures.value.date(row.published_on) }) : t("desk.study.no-day")}</span>
        {row.source_grade_text && <span>{row.source_grade_text}</span>}
      </p>
      <p class="meta">
        <span>{t("desk.study.waiting-n", { waiting: whole(row.n_waiting), total: whole(row.n_claims) })}</span>
        {row.n_copies > 0 && <span>{t("desk.study.copies", { n: whole(row.n_copies) })}</span>}
        {row.n_doubtful > 0 && <span>{t("desk.study.doubtful-n", { n: whole(row.n_doubtful) })}</span>}
      </p>
    </>
  );
}
