/** Submissions from the field: the queue of who reviews, and all that an organisation sent itself. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { PAGE_ROWS, queueQuery, type QueueCut, STATES, type SubmissionRow, type Submissions } from "../core/submission.ts";
import { useReach, useT } from "./context.ts";
import { Pages } from "./pages.tsx";
import { Fault } from "./refusal.tsx";
import { SubmissionPage } from "./submission.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

const EXPORTS = ["csv", "geojson", "zip"] as const;
const WAITING: QueueCut = { form: "", state: "waiting", from: "", to: "" };

export function SubmissionQueue(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [cut, setCut] = useState<QueueCut>(WAITING);
  const [page, setPage] = useState(0);
  const chosen = desk.of.value;
  const setChosen = (id: string | null): void => void (desk.of.value = id);
  const { answer, fault, again } = useAnswer<Submissions>("/api/reviews", { query: queueQuery(cut, page) });
  const back = (): void => {
    setChosen(null);
    again();
  };
  if (chosen !== null) return <SubmissionPage key={chosen} id={chosen} back={back} open={setChosen} />;
  return (
    <WorkSheet name="submissions" title={t("desk.work.submissions")}>
      {answer && <p class="sub">{t(answer.may_review ? "desk.inbox.all" : "desk.inbox.own")}</p>}
      <Cut
        cut={cut}
        found={answer}
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
            {t("desk.inbox.shown", { total: desk.figures.value.whole(answer.total) })}
          </p>
          {answer.total === 0 && <p class="quiet">{t("desk.inbox.none")}</p>}
          <ul class="cards">
            {answer.submissions.map((row) => (
              <RowCard key={row.id} row={row} open={() => setChosen(row.id)} />
            ))}
          </ul>
          <Pages page={page} rows={PAGE_ROWS} total={answer.total} choose={setPage} />
          <p class="sub">
            {t("desk.inbox.export")}{" "}
            {EXPORTS.map((format) => (
              <a key={format} class="download" href={`/api/submissions/?format=${format}&lang=${desk.lang.value}`} download>
                {format.toUpperCase()}
              </a>
            ))}
          </p>
        </>
      )}
    </WorkSheet>
  );
}

interface CutProps {
  readonly cut: QueueCut;
  readonly found: Submissions | null;
  readonly choose: (change: Partial<QueueCut>) => void;
}

/** By form, state and day; each state with how many there are of it. */
function Cut({ cut, found, choose }: CutProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const counted = (name: string, n: number): string => `${name} (${desk.figures.value.whole(n)})`;
  const day = (name: "from" | "to"): JSX.Element => (
    <label class="field">
      <span>{t(`desk.inbox.${name}`)}</span>
      <input type="date" value={cut[name]} onChange={(event) => choose({ [name]: event.currentTarget.value })} />
    </label>
  );
  return (
    <div class="cut">
      <label class="field">
        <span>{t("desk.inbox.state")}</span>
        <select value={cut.state} onChange={(event) => choose({ state: event.currentTarget.value })}>
          <option value="">{t("desk.inbox.any")}</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {counted(t(`field.state.${state}`), found?.counts[state] ?? 0)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t("desk.inbox.form")}</span>
        <select value={cut.form} onChange={(event) => choose({ form: event.currentTarget.value })}>
          <option value="">{t("desk.inbox.any")}</option>
          {(found?.forms ?? []).map((form) => (
            <option key={form.form_id} value={form.form_id}>
              {counted(form.title, form.n)}
            </option>
          ))}
        </select>
      </label>
      {day("from")}
      {day("to")}
    </div>
  );
}

function RowCard({ row, open }: { row: SubmissionRow; open: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <li data-urgent={row.dangerous && row.state === "waiting"}>
      <p class="card-top">
        <button type="button" class="plain" onClick={open}>
          <bdi>{row.form_title}</bdi>
        </button>
        <span class="state">{row.state_text}</span>
      </p>
      {row.dangerous && <p class="danger">{t("desk.inbox.danger")}</p>}
      {row.note && <p class="quiet">{row.note}</p>}
      <p class="meta">
        <time dateTime={row.received_at}>{desk.figures.value.moment(Date.parse(row.received_at))}</time>
        <bdi>{row.organisation}</bdi>
        {row.device_id && <bdi>{row.device_id}</bdi>}
        {row.n_files > 0 && <span>{t("desk.inbox.files-n", { count: row.n_files, missing: row.n_missing })}</span>}
        {row.n_faults > 0 && <span>{t("desk.inbox.faults-n", { count: row.n_faults })}</span>}
      </p>
    </li>
  );
}
