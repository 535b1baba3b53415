/** One candidate: what it says and how it is known, and the decision on it. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Credentials } from "../core/person.ts";
import { type Claim, cutter, type DocumentSheet, EVENTS, type Place } from "../core/study.ts";
import { useReach, useT } from "./context.ts";
import { Fault, useFault } from "./refusal.tsx";
import { Second } from "./second.tsx";

interface CardProps {
  readonly sheet: DocumentSheet;
  readonly claim: Claim;
  readonly done: () => void;
}

export function ClaimCard({ sheet, claim, done }: CardProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const cut = cutter(sheet.text);
  return (
    <article class="claim" data-becomes={claim.becomes}>
      <p class="card-top">
        <b>{claim.event_text}</b>
        <span class="state">{claim.polarity_text}</span>
      </p>
      {claim.flags.map((flag) => (
        <p key={flag.code} class="callout">
          {flag.text}
        </p>
      ))}
      {claim.producer !== "rules" && <p class="callout">{t("desk.study.model")}</p>}
      <blockquote dir="auto">{cut(claim.start, claim.end)}</blockquote>
      <dl class="said-answers">
        {claim.hazards.length > 0 && <Said name="hazards" words={claim.hazards.map(({ kind_text }) => kind_text).join(" · ")} />}
        <PlaceSaid sheet={sheet} claim={claim} />
        <TimeSaid sheet={sheet} claim={claim} />
        <Said name="said-by" words={claim.said_by_text} />
      </dl>
      {claim.n_agree > 0 && <p>{t("desk.study.agree", { n: desk.figures.value.whole(claim.n_agree) })}</p>}
      <Decided claim={claim} />
      {sheet.may_review && <Decision sheet={sheet} claim={claim} done={done} />}
    </article>
  );
}

function Said({ name, words, beside }: { name: string; words: string; beside?: string }): JSX.Element {
  const t = useT();
  return (
    <div>
      <dt>{t(`desk.study.${name}`)}</dt>
      <dd>
        <bdi>{words}</bdi> {beside && <small class="quiet">{beside}</small>}
      </dd>
    </div>
  );
}

function usePlaceName(): (place: Place) => string {
  const { desk } = useReach();
  const t = useT();
  return (place) =>
    t(place.level_text ? "desk.study.radius" : "desk.study.radius-bare", {
      name: `\u2068${place.name}\u2069`,
      level: place.level_text ?? "",
      km: desk.figures.value.area(Math.ceil(place.radius_km * 10) / 10),
    });
}

function PlaceSaid({ sheet, claim }: Omit<CardProps, "done">): JSX.Element {
  const t = useT();
  const named = usePlaceName();
  const { place_start: start, place_end: end } = claim;
  const words = start !== null && end !== null ? cutter(sheet.text)(start, end) : "–";
  const known = claim.chosen ?? (claim.places.length === 1 ? claim.places[0] : undefined);
  const beside = known ? named(known) : start !== null && !claim.places.length ? t("desk.study.place-unknown") : "";
  return <Said name="place" words={words} beside={[claim.place_basis_text, beside].filter(Boolean).join(" · ")} />;
}

function TimeSaid({ sheet, claim }: Omit<CardProps, "done">): JSX.Element {
  const { desk } = useReach();
  const { time_start: start, time_end: end, from_on: from, until_on: until } = claim;
  const words = start !== null && end !== null ? cutter(sheet.text)(start, end) : "–";
  const days = [from, until].filter((day, at) => day !== null && (at === 0 || day !== from)) as string[];
  const told = days.map((day) => desk.figures.value.date(day)).join(" – ");
  return <Said name="time" words={words} beside={[claim.time_basis_text, told].filter(Boolean).join(" · ")} />;
}

/** What was decided until now, by whom, when and why. */
function Decided({ claim }: { claim: Claim }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  if (!claim.reviews.length) return null;
  return (
    <>
      <h3>{t("desk.study.decided")}</h3>
      <ul class="answers">
        {claim.reviews.map((review, at) => (
          <li key={at}>
            <p>
              <b>{review.decision_text}</b> {review.note && <bdi>{desk.words.value.name(review.note)}</bdi>}
            </p>
            <p class="meta">
              <time dateTime={review.at}>{desk.figures.value.moment(Date.parse(review.at))}</time>
              <bdi>{review.person}</bdi> <bdi>{review.organisation}</bdi>
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

type Verdict = "accepted" | "edited" | "rejected" | "cannot_tell" | "undone";

function Decision(props: CardProps): JSX.Element {
  return props.claim.state === "waiting" ? <OpenDecision {...props} /> : <TakingBack {...props} />;
}

/** Sends what a form decides, by which of its buttons was pressed. */
function useDecision(
  { sheet, claim, done }: CardProps,
  second?: { readonly current: Credentials | null },
): {
  readonly busy: boolean;
  readonly fault: ReturnType<typeof useFault>[0];
  readonly send: (event: SubmitEvent) => void;
} {
  const { desk } = useReach();
  const [busy, setBusy] = useState(false);
  const [fault, take, clear] = useFault();
  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const decision = ((event.submitter as HTMLButtonElement | null)?.value ?? "") as Verdict;
    if (!decision) return;
    const data = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    clear();
    const path = `/api/claims/${encodeURIComponent(claim.id)}/review`;
    const confirmed = second?.current ? { second: second.current } : {};
    await desk.act(path, { ...bodyOf(sheet.row.id, claim, decision, data), ...confirmed }).then(done, take);
    setBusy(false);
  };
  return { busy, fault, send: (event) => void send(event) };
}

interface VerdictProps {
  readonly verdict: Verdict;
  readonly word: string;
  readonly act: string;
  readonly needs?: string | undefined;
  readonly busy: boolean;
}

function VerdictButton({ verdict, word, act, needs, busy }: VerdictProps): JSX.Element {
  const t = useT();
  const strong = verdict === "accepted" || verdict === "edited";
  return (
    <button type="submit" value={verdict} class={strong ? "strong" : ""} data-act={act} data-needs={needs} disabled={busy}>
      {t(`desk.study.${word}`)}
    </button>
  );
}

function TakingBack(props: CardProps): JSX.Element {
  const t = useT();
  const second = useRef<Credentials | null>(null);
  const { busy, fault, send } = useDecision(props, second);
  const isEvidence = Boolean(props.claim.reviews.at(-1)?.evidence_id);
  return (
    <form class="act-form" aria-busy={busy} onSubmit={send}>
      {isEvidence && <p>{t("desk.study.undo-evidence")}</p>}
      <Why />
      {isEvidence && <Second legend={t("desk.study.undo-second")} required take={(given) => void (second.current = given)} />}
      <Fault fault={fault} />
      <p class="buttons">
        <VerdictButton verdict="undone" word="undo" act="return" needs="note" busy={busy} />
      </p>
    </form>
  );
}

function OpenDecision(props: CardProps): JSX.Element {
  const { claim } = props;
  const t = useT();
  const [editing, setEditing] = useState(false);
  const { busy, fault, send } = useDecision(props);
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => {
    if (editing) form.current?.querySelector<HTMLElement>(".changes select")?.focus();
  }, [editing]);
  const unsettled = claim.becomes === "evidence" && claim.places.length > 1;
  return (
    <form class="act-form" ref={form} aria-busy={busy} onSubmit={send}>
      <p>{t(`desk.study.means-${claim.becomes}`)}</p>
      {claim.places.length > 1 && <WhichPlace claim={claim} />}
      {editing && <Changes claim={claim} />}
      <Why />
      <Fault fault={fault} />
      <p class="buttons">
        {editing ? (
          <VerdictButton verdict="edited" word="save-edit" act="accept" needs="note" busy={busy} />
        ) : (
          <>
            <VerdictButton verdict="accepted" word="accept" act="accept" needs={unsettled ? "place" : undefined} busy={busy} />
            <button type="button" data-act="edit" aria-expanded={editing} disabled={busy} onClick={() => setEditing(true)}>
              {t("desk.study.edit")}
            </button>
          </>
        )}
        <VerdictButton verdict="rejected" word="reject" act="refuse" needs="note" busy={busy} />
        <VerdictButton verdict="cannot_tell" word="cannot-tell" act="unsure" needs="note" busy={busy} />
        {editing && (
          <button type="button" onClick={() => setEditing(false)}>
            {t("desk.cancel")}
          </button>
        )}
      </p>
    </form>
  );
}

/** What is sent: only what differs from the proposal is a change. */
function bodyOf(documentId: string, claim: Claim, decision: Verdict, data: FormData): Record<string, unknown> {
  const told = (name: string): string => String(data.get(name) ?? "").trim();
  const body: Record<string, unknown> = { document_id: documentId, decision, note: told("note") };
  if (decision !== "accepted" && decision !== "edited") return body;
  if (told("place")) body["place"] = Number(told("place"));
  if (decision === "accepted") return body;
  if (told("event") && told("event") !== claim.event) body["event"] = told("event");
  if (told("from_on") && told("from_on") !== claim.from_on) body["from_on"] = told("from_on");
  if (told("until_on") && told("until_on") !== claim.until_on) body["until_on"] = told("until_on");
  if (told("lon") && told("lat")) {
    body["placed"] = { lon_deg: Number(told("lon")), lat_deg: Number(told("lat")), radius_km: Number(told("radius") || "1"), name: told("named") };
  }
  return body;
}

function Why(): JSX.Element {
  const t = useT();
  return (
    <label class="field">
      <span>{t("desk.study.why")}</span>
      <textarea name="note" rows={2} maxLength={2000} dir="auto" />
    </label>
  );
}

function WhichPlace({ claim }: { claim: Claim }): JSX.Element {
  const t = useT();
  const named = usePlaceName();
  return (
    <label class="field">
      <span>{t("desk.study.place-which")}</span>
      <select name="place">
        <option value="">{t("desk.study.place-choose")}</option>
        {claim.places.map((place, at) => (
          <option key={`${place.place_id ?? ""} ${at}`} value={at}>
            {named(place)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What may be wrong with a candidate: what it is about, when, and where. */
function Changes({ claim }: { claim: Claim }): JSX.Element {
  const t = useT();
  const number = (name: string, word: string, least: number, most: number): JSX.Element => (
    <label class="field">
      <span>{t(word)}</span>
      <input name={name} type="number" step="any" min={least} max={most} dir="ltr" />
    </label>
  );
  return (
    <div class="cut changes">
      <label class="field">
        <span>{t("desk.study.event")}</span>
        <select name="event" defaultValue={claim.event}>
          {EVENTS.map((event) => (
            <option key={event} value={event}>
              {t(`study.event.${event}`)}
            </option>
          ))}
        </select>
      </label>
      {(["from", "until"] as const).map((end) => (
        <label key={end} class="field">
          <span>{t(`desk.study.${end}`)}</span>
          <input name={`${end}_on`} type="date" defaultValue={claim[`${end}_on`] ?? ""} />
        </label>
      ))}
      <label class="field">
        <span>{t("desk.study.place")}</span>
        <input name="named" maxLength={200} dir="auto" />
      </label>
      {number("lon", "desk.study.lon", -180, 180)}
      {number("lat", "desk.study.lat", -90, 90)}
      {number("radius", "desk.study.reach", 0, 1000)}
    </div>
  );
}
