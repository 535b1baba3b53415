/** A proposed release as the second person reads it: parts, depth, quality, what is against it; then the decision. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type ReleaseSheet, releaseAct, shapesOfParts } from "../core/queue.ts";
import { useM2, useReach, useT } from "./context.ts";
import { Evidence, Finds, Happened, Parts } from "./parts.tsx";
import { Fault, useFault } from "./refusal.tsx";
import { Sentence } from "./sentence.tsx";
import { Id, Titled } from "./sheet.tsx";
import { Areas } from "./waysin.tsx";
import { useAnswer, useOnMap, WorkSheet } from "./worksheet.tsx";

interface PageProps {
  readonly id: string;
  readonly back: () => void;
  readonly above: ComponentChildren;
}

export function ReleasePage({ id, back, above }: PageProps): JSX.Element {
  const t = useT();
  const { answer, fault, again } = useAnswer<ReleaseSheet>(`/api/releases/${encodeURIComponent(id)}`);
  return (
    <WorkSheet name="release" title={t("desk.queue.kind.release")} back={back}>
      {above}
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && <Body sheet={answer} again={again} />}
    </WorkSheet>
  );
}

function Body({ sheet, again }: { sheet: ReleaseSheet; again: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  useOnMap(shapesOfParts(sheet.parts), sheet.release_id);
  const day = (at: string): string => desk.figures.value.date(at);
  return (
    <>
      <h3>
        <bdi>{desk.words.value.name(sheet.area_name, sheet.area_id)}</bdi>
      </h3>
      <p class="meta">
        <Id id={sheet.release_id} />
        <Areas ids={[sheet.area_id]} />
        {sheet.task_id && (
          <button type="button" class="chip" onClick={() => desk.openWork("tasks", sheet.task_id)}>
            {t("desk.release.task")} <bdi dir="ltr">{sheet.task_id}</bdi>
          </button>
        )}
      </p>
      <Totals sheet={sheet} />
      <p>{t("desk.release.proposed-by", { person: `\u2068${sheet.proposed_by}\u2069`, at: day(sheet.proposed_at) })}</p>
      {sheet.note && <blockquote dir="auto">{desk.words.value.name(sheet.note)}</blockquote>}
      <Against sheet={sheet} />
      <Titled title={t("desk.release.parts-told")}>
        <Parts parts={sheet.parts} />
      </Titled>
      {sheet.left.length > 0 && (
        <Titled title={t("desk.release.left")}>
          <Parts parts={sheet.left} />
        </Titled>
      )}
      <Titled title={t("desk.release.work")}>
        <p>
          {t("desk.release.worked", {
            operator: `\u2068${sheet.operator}\u2069`,
            team: `\u2068${sheet.team_id ?? "–"}\u2069`,
            until: day(sheet.ended_at),
            reported: day(sheet.reported_at),
          })}
        </p>
        <Finds finds={sheet.finds} complete={sheet.finds_complete} />
      </Titled>
      <Titled title={t("desk.release.quality")}>
        <Happened items={sheet.quality} none={t("desk.release.no-quality")} />
        <Happened items={sheet.nonconformities} none={t("desk.release.no-breach")} />
      </Titled>
      <Titled title={t("desk.release.evidence")}>
        <Evidence evidence={sheet.evidence} />
      </Titled>
      <Decision sheet={sheet} done={again} />
    </>
  );
}

/** What would come off record as hazard, by outcome, and to which depth: in large, first of all. */
function Totals({ sheet }: { sheet: ReleaseSheet }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const m2 = useM2();
  const depth = (outcome: string): string => {
    const depths = sheet.parts.filter((part) => part.outcome === outcome).flatMap((part) => part.depth_cm ?? []);
    if (!depths.length) return "";
    return ` · ${t("desk.release.least-depth", { depth: desk.figures.value.whole(Math.min(...depths)) })}`;
  };
  return (
    <p class="verdict" data-outcome={sheet.against.length ? "closed" : "conditions"}>
      <span>
        {Object.entries(sheet.totals_m2).map(([outcome, size]) => (
          <b key={outcome}>
            {t(`outcome.${outcome}`)}: {m2(size)}
            {depth(outcome)}
          </b>
        ))}
        {sheet.state === "proposed" && <small>{t("desk.release.means")}</small>}
      </span>
    </p>
  );
}

function Against({ sheet }: { sheet: ReleaseSheet }): JSX.Element | null {
  const t = useT();
  if (sheet.state !== "proposed") return null;
  // What speaks against this person is told at the decision; nothing may say otherwise above it.
  if (!sheet.against.length) return sheet.why_not.length ? null : <p class="callout">{t("desk.release.nothing-against")}</p>;
  return (
    <div class="notice bad">
      <b>{t("desk.release.against")}</b>
      <ul class="against">
        {sheet.against.map((each, at) => (
          <li key={`${each.code} ${at}`}>
            <Sentence text={each.text} />
            {each.next && <p class="next"><Sentence text={each.next} /></p>}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The decision: accepting asks once more, sending back asks for the reason. The server rules again. */
function Decision({ sheet, done }: { sheet: ReleaseSheet; done: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [asking, setAsking] = useState<"accept" | "return" | null>(null);
  if (sheet.state !== "proposed") {
    return (
      <p class="callout" role="status">
        <b>{t(`desk.release.${sheet.state}`)}</b>{" "}
        {sheet.decided_at && t("desk.release.decided", { person: `\u2068${sheet.decided_by ?? ""}\u2069`, at: desk.figures.value.date(sheet.decided_at) })}{" "}
        {sheet.decision_note && <bdi>{desk.words.value.name(sheet.decision_note)}</bdi>}
      </p>
    );
  }
  return (
    <section class="decision" aria-label={t("desk.release.decision")}>
      {sheet.why_not.map((why) => (
        <p key={why.code} class="why-not">
          <Sentence text={why.text} />
        </p>
      ))}
      <p class="buttons">
        <button type="button" class="strong" data-act="accept" disabled={!sheet.may_accept} aria-expanded={asking === "accept"} onClick={() => setAsking("accept")}>
          {t("desk.release.accept")}
        </button>
        <button type="button" data-act="return" disabled={!sheet.may_reject} aria-expanded={asking === "return"} onClick={() => setAsking("return")}>
          {t("desk.release.send-back")}
        </button>
      </p>
      {asking && <Confirm key={asking} sheet={sheet} accepts={asking === "accept"} done={done} cancel={() => setAsking(null)} />}
    </section>
  );
}

interface ConfirmProps {
  readonly sheet: ReleaseSheet;
  readonly accepts: boolean;
  readonly done: () => void;
  readonly cancel: () => void;
}

function Confirm({ sheet, accepts, done, cancel }: ConfirmProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const m2 = useM2();
  const [busy, setBusy] = useState(false);
  const [read, setRead] = useState(false);
  const [fault, take, clear] = useFault();
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => form.current?.querySelector<HTMLElement>("input, textarea")?.focus(), []);
  const total = Object.values(sheet.totals_m2).reduce((sum, each) => sum + each, 0);
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const note = String(new FormData(event.currentTarget as HTMLFormElement).get("note") ?? "").trim();
    setBusy(true);
    clear();
    await desk.act(...releaseAct(sheet, accepts, note)).then(done, take);
    setBusy(false);
  };
  return (
    <form class="act-form" ref={form} aria-busy={busy} onSubmit={(event) => void onSubmit(event)}>
      <p>{t(accepts ? "desk.act.accept_release.means" : "desk.act.reject_release.means")}</p>
      {accepts && (
        <label class="check">
          <input type="checkbox" required checked={read} onChange={(event) => setRead(event.currentTarget.checked)} />
          <span>{t("desk.release.have-read", { area: m2(total), parts: desk.figures.value.whole(sheet.parts.length) })}</span>
        </label>
      )}
      <label class="field">
        <span>{t(accepts ? "desk.release.note" : "desk.reject.note")}</span>
        <textarea name="note" rows={2} maxLength={2000} required={!accepts} />
      </label>
      <Fault fault={fault} />
      <p class="buttons">
        <button type="submit" class="strong" disabled={busy || (accepts && !read)}>
          {t(accepts ? "desk.act.accept_release.do" : "desk.act.reject_release.do")}
        </button>
        <button type="button" onClick={cancel}>
          {t("desk.cancel")}
        </button>
      </p>
    </form>
  );
}
