/** Parts of reported work, what was found, the evidence of an area, and what quality says: in words. */

import type { JSX } from "preact";
import type { EvidenceTold, Find, ReleasePart } from "../core/queue.ts";
import type { HistoryItem } from "../core/types.ts";
import { useM2, useReach, useT } from "./context.ts";
import { Sentence } from "./sentence.tsx";
import { Id } from "./sheet.tsx";

export function Parts({ parts }: { parts: readonly ReleasePart[] }): JSX.Element {
  const t = useT();
  return (
    <ul class="cards parts-told" aria-label={t("desk.release.parts-told")}>
      {parts.map((part) => (
        <li key={part.part_id} data-outcome={part.outcome === "not_cleared" ? "closed" : undefined}>
          <Part part={part} />
        </li>
      ))}
    </ul>
  );
}

function Part({ part }: { part: ReleasePart }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const m2 = useM2();
  const whole = (n: number): string => desk.figures.value.whole(n);
  const depth = part.depth_cm === null ? null : t("desk.release.depth", { from: whole(part.depth_from_cm ?? 0), to: whole(part.depth_cm) });
  const said = [part.method_text, depth, part.surface_text, part.reason_text].filter((each) => each !== null);
  return (
    <>
      <p class="card-top">
        <b>{part.outcome_text}</b>
        <span class="state">{m2(part.area_m2)}</span>
      </p>
      <p>{said.join(" · ")}</p>
      {part.reported_m2 !== null && <p class="quiet">{t("desk.release.reported-size", { n: m2(part.reported_m2) })}</p>}
      {part.answers.map((answer) => (
        <p key={answer.evidence_id} class="quiet">
          {t("desk.release.answers", { evidence: `\u2068${answer.evidence_id}\u2069` })}{" "}
          <bdi>{desk.words.value.name(answer.how) || (part.outcome === "cleared" ? "" : t("desk.release.not-told-how"))}</bdi>
        </p>
      ))}
      {part.proofs.map((proof) => (
        <p key={`${proof.code} ${proof.subject ?? ""}`} class="quiet">
          <Sentence text={proof.text} />
        </p>
      ))}
      <p class="meta">
        <Id id={part.part_id} />
        {part.unit_id && <Id id={part.unit_id} />}
      </p>
    </>
  );
}

export function Finds({ finds, complete }: { finds: readonly Find[]; complete: boolean | null }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const depth = (cm: number | null): string => (cm === null ? t("desk.release.depth-unsaid") : t("desk.release.at-depth", { depth: desk.figures.value.whole(cm) }));
  return (
    <>
      {complete !== true && <p class="callout">{t("desk.release.finds-unstated")}</p>}
      {finds.length === 0 && complete === true && <p>{t("desk.release.no-finds")}</p>}
      <ul class="against">
        {finds.map((find, at) => (
          <li key={at}>
            {find.category_text} × {desk.figures.value.whole(find.count)} · {depth(find.depth_cm)}
            {find.action_text && ` · ${find.action_text}`}
          </li>
        ))}
      </ul>
    </>
  );
}

export function Evidence({ evidence }: { evidence: readonly EvidenceTold[] }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  if (!evidence.length) return <p class="quiet">{t("desk.release.no-evidence")}</p>;
  return (
    <ul class="against">
      {evidence.map((each) => (
        <li key={each.evidence_id}>
          <b>{each.kind_text}</b> · {each.source_text} · <time dateTime={each.at}>{desk.figures.value.date(each.at)}</time>{" "}
          {each.text && <bdi>{desk.words.value.name(each.text)}</bdi>} <Id id={each.evidence_id} />
        </li>
      ))}
    </ul>
  );
}

/** What happened, the oldest first; or that nothing did. */
export function Happened({ items, none }: { items: readonly HistoryItem[]; none: string }): JSX.Element {
  const { desk } = useReach();
  if (!items.length) return <p class="quiet">{none}</p>;
  return (
    <ul class="against">
      {items.map((item) => (
        <li key={item.seq}>
          <time dateTime={item.valid_at}>{desk.figures.value.date(item.valid_at)}</time> · <b>{item.title}</b> <Sentence text={item.text} />{" "}
          {item.organisation && <bdi class="quiet">{item.organisation}</bdi>}
        </li>
      ))}
    </ul>
  );
}
