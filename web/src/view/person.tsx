/** The part of the desk with the own account, and how a colleague is let in anew; fetched when first opened. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type OwnAccount, programOf } from "../core/person.ts";
import type { WorkId } from "../core/work.ts";
import { useReach, useT } from "./context.ts";
import { DelegationsPart } from "./delegations.tsx";
import { CodeMakerPart } from "./personcode.tsx";
import { Keys } from "./personkeys.tsx";
import { Asked, type PartProps, type Said, Section, useSend } from "./personparts.tsx";
import { Fault } from "./refusal.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

export function WorkPage({ id }: { id: WorkId }): JSX.Element {
  return id === "person" ? <PersonPage /> : <></>;
}

function PersonPage(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const signed = desk.session.value.actor !== null;
  const { answer, fault, again } = useAnswer<OwnAccount>(signed ? "/api/own-account" : null);
  if (!signed) {
    return (
      <WorkSheet name="own-account" title={t("desk.work.person")}>
        <p class="quiet">{t("desk.person.nobody")}</p>
      </WorkSheet>
    );
  }
  return (
    <WorkSheet name="own-account" title={t("desk.work.person")}>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <>
          <Standing told={answer} />
          <Keys told={answer} again={again} />
          <CodeMakerPart told={answer} again={again} />
          <Password again={again} />
          <DelegationsPart />
          <SessionsPart told={answer} again={again} />
          {answer.may_recover && <Recovery />}
        </>
      )}
    </WorkSheet>
  );
}

function Standing({ told }: { told: OwnAccount }): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const by = told.factors.map((each) => t(`desk.person.factor.${each}`)).join(", ");
  return (
    <Section name="standing">
      <dl class="facts">
        <Fact name="login" value={told.login} />
        <Fact name="organisation" value={told.organisation} />
        <Fact name="role" value={t(`role.${told.role}`)} />
        <Fact name="signed-by" value={by} />
        {told.until && <Fact name="until" value={desk.figures.value.date(told.until)} />}
        {told.area_ids.length > 0 && <Fact name="areas" value={told.area_ids.join(", ")} />}
      </dl>
      {told.approves && (
        <div class={told.strong ? "callout" : "notice bad"} role="status">
          <p>{t(told.strong ? "desk.person.strong" : `desk.person.weak.${told.approving}`)}</p>
          {!told.strong && (
            <button type="button" onClick={() => (page.signInOpen.value = true)}>
              {t("desk.person.step-up")}
            </button>
          )}
        </div>
      )}
      <button type="button" data-act="sign-out" onClick={() => void desk.signOut().catch(() => desk.checkHealth())}>
        {t("desk.signout")}
      </button>
    </Section>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  const t = useT();
  return (
    <div>
      <dt>{t(`desk.person.${name}`)}</dt>
      <dd>
        <bdi>{value}</bdi>
      </dd>
    </div>
  );
}

function Password({ again }: { readonly again: () => void }): JSX.Element {
  const t = useT();
  const { busy, wrong, send } = useSend();
  const [changed, setChanged] = useState(false);
  const change = async (said: Said): Promise<void> => {
    setChanged(false);
    const done = await send("/api/own-account/password", { password: said("password"), new_password: said("new-password") });
    setChanged(done);
    if (done) again();
  };
  return (
    <Section name="password">
      <Asked names={["password", "new-password"]} act="change-password" busy={busy} take={(said) => void change(said)} />
      {changed && (
        <p class="notice" role="status">
          {t("desk.person.password-changed")}
        </p>
      )}
      {wrong}
    </Section>
  );
}

function SessionsPart({ told, again }: PartProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { busy, wrong, send } = useSend();
  const end = async (sessionId: string | null): Promise<void> => {
    if (await send("/api/own-account/session-ends", { session_id: sessionId })) again();
  };
  const others = told.sessions.filter((each) => !each.own).length;
  return (
    <Section name="sessions">
      <ul class="cards">
        {told.sessions.map((each) => (
          <li key={each.session_id}>
            <div class="card-top">
              <b>
                <bdi>{programOf(each.agent)}</bdi>
              </b>
              {each.own ? (
                <span class="state">{t("desk.person.this-one")}</span>
              ) : (
                <button type="button" disabled={busy} onClick={() => void end(each.session_id)}>
                  {t("desk.person.end")}
                </button>
              )}
            </div>
            <span class="quiet">{t("desk.person.used", { since: desk.figures.value.moment(Date.parse(each.since)), used: desk.figures.value.moment(Date.parse(each.used)) })}</span>
          </li>
        ))}
      </ul>
      {others > 0 && (
        <button type="button" data-act="end-others" disabled={busy} onClick={() => void end(null)}>
          {t("desk.person.end-others", { n: desk.figures.value.whole(others) })}
        </button>
      )}
      {wrong}
    </Section>
  );
}

/** Two colleagues, each with one half of a ticket: neither half lets anybody in. */
function Recovery(): JSX.Element {
  const t = useT();
  const { busy, wrong, send } = useSend();
  const [half, setHalf] = useState("");
  const told = (answer: { readonly half: string }): void => setHalf(answer.half);
  const ask = (said: Said): void => void send("/api/recoveries", { login: said("login") }, told);
  const confirm = (said: Said): void => void send("/api/recoveries/confirmation", { login: said("login"), first_half: said("half") }, told);
  return (
    <Section name="recovery">
      <p class="sub">{t("desk.person.recovery-means")}</p>
      <details>
        <summary>{t("desk.person.recovery-first")}</summary>
        <Asked names={["login"]} act="ask-recovery" busy={busy} take={ask} />
      </details>
      <details>
        <summary>{t("desk.person.recovery-second")}</summary>
        <Asked names={["login", "half"]} act="confirm-recovery" busy={busy} take={confirm} />
      </details>
      {half && (
        <p class="notice" role="status">
          {t("desk.person.half", { half: `\u2066${half}\u2069` })}
        </p>
      )}
      {wrong}
    </Section>
  );
}
