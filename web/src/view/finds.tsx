/** The log of chance finds: where works stand still, and what an ordnance team said. */

import type { JSX } from "preact";
import { type Find, inOrder } from "../core/waysin.ts";
import { goTo, useReach, useT } from "./context.ts";
import { Fault } from "./refusal.tsx";
import { Id } from "./sheet.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

export function FindLog(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { answer, fault } = useAnswer<{ finds: Find[] }>("/api/finds", { timed: true });
  const open = answer?.finds.filter((find) => find.open).length ?? 0;
  return (
    <WorkSheet name="finds" title={t("desk.work.finds")}>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <>
          <p class="sub" role="status">
            {t("desk.finds.counts", { total: desk.figures.value.whole(answer.finds.length), open: desk.figures.value.whole(open) })}
          </p>
          <ul class="cards">
            {inOrder(answer.finds).map((find) => (
              <FindCard key={find.find_id} find={find} />
            ))}
          </ul>
        </>
      )}
    </WorkSheet>
  );
}

function FindCard({ find }: { find: Find }): JSX.Element {
  const reach = useReach();
  const t = useT();
  const { desk } = reach;
  const { lon_deg: lon, lat_deg: lat } = find;
  return (
    <li data-open={find.open}>
      <p class="card-top">
        <b>{find.category_text ?? t("desk.finds.kind-unknown")}</b>
        <span class="state">{find.state_text}</span>
      </p>
      <p>{find.lay_in_text}</p>
      {find.note && <p class="quiet">{desk.words.value.name(find.note)}</p>}
      <p class="meta">
        <time dateTime={find.at}>{desk.figures.value.date(find.at)}</time> <Id id={find.works_id} /> <Id id={find.find_id} />
      </p>
      {!find.works_known && <p class="callout">{t("desk.finds.works-unknown")}</p>}
      {lon !== null && lat !== null && (
        <button type="button" class="plain" onClick={() => goTo(reach, { kind: "spot", lon, lat })}>
          {t("desk.work.on-map")}
        </button>
      )}
      {find.answers.length === 0 && <p class="callout">{t("desk.finds.no-answer")}</p>}
      <ul class="answers">
        {find.answers.map((each) => (
          <li key={each.entry}>
            <p>{desk.words.value.name(each.note)}</p>
            <p class="meta">
              <time dateTime={each.at}>{desk.figures.value.date(each.at)}</time>{" "}
              {t(each.may_go_on ? "desk.finds.may-go-on" : "desk.finds.stands-still")}
            </p>
          </li>
        ))}
      </ul>
    </li>
  );
}
