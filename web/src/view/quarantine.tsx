/** What was refused and kept: every fault with the next step, and the original to take along. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Quarantine } from "../core/rescue.ts";
import { useReach, useT } from "./context.ts";
import { Faults } from "./faults.tsx";
import { Pages } from "./pages.tsx";
import { Fault } from "./refusal.tsx";
import { useAnswer } from "./worksheet.tsx";

const PAGE_ROWS = 50;

export function QuarantineList(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [page, setPage] = useState(0);
  const { answer, fault } = useAnswer<Quarantine>("/api/quarantine", { query: page ? { skip: page * PAGE_ROWS } : {} });
  if (!answer) return fault ? <Fault fault={fault} /> : <p class="quiet">{t("desk.loading")}</p>;
  return (
    <>
      <p class="sub" role="status">
        {t("desk.rescue.kept", { total: desk.figures.value.whole(answer.total) })}
      </p>
      <ul class="cards">
        {answer.items.map((item) => (
          <li key={item.quarantine_id}>
            <p class="card-top">
              <b>
                <bdi dir="auto">{item.file ?? t("desk.rescue.no-file")}</bdi>
                {item.row !== null && ` · ${t("desk.rescue.row", { row: desk.figures.value.whole(item.row) })}`}
              </b>
              <a class="download" href={`/api/quarantine/${encodeURIComponent(item.quarantine_id)}/original`} download>
                {t("desk.rescue.original")}
              </a>
            </p>
            <p class="meta">
              <time dateTime={item.at}>{desk.figures.value.moment(Date.parse(item.at))}</time>
            </p>
            <Faults faults={item.faults} />
          </li>
        ))}
      </ul>
      <Pages page={page} rows={PAGE_ROWS} total={answer.total} choose={setPage} />
    </>
  );
}
