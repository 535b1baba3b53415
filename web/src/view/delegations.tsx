/** Who stands in for whom: seen, handed on, ended; and acting for somebody. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Delegation, Delegations } from "../core/person.ts";
import { useReach, useT } from "./context.ts";
import { Section, useSend } from "./personparts.tsx";
import { Fault } from "./refusal.tsx";
import { useAnswer } from "./worksheet.tsx";

export function DelegationsPart(): JSX.Element {
  const t = useT();
  const { answer, fault, again } = useAnswer<Delegations>("/api/delegations");
  return (
    <Section name="delegation">
      <p class="sub">{t("desk.person.delegation-means")}</p>
      <Fault fault={fault} />
      {answer && answer.delegations.length === 0 && <p class="quiet">{t("desk.person.delegation-none")}</p>}
      {answer && (
        <ul class="cards">
          {answer.delegations.map((each) => (
            <DelegationCard key={each.delegation_id} held={each} again={again} />
          ))}
        </ul>
      )}
      {answer && <Give told={answer} again={again} />}
    </Section>
  );
}

interface CardProps {
  readonly held: Delegation;
  readonly again: () => void;
}

function DelegationCard({ held, again }: CardProps): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const { busy, wrong, send } = useSend();
  const role = t(`role.${held.role}`);
  const end = async (): Promise<void> => {
    if (await send(`/api/delegations/${encodeURIComponent(held.delegation_id)}/end`, {})) {
      if (page.acting.value?.id === held.delegation_id) page.acting.value = null;
      again();
    }
  };
  const act = (): void => {
    page.acting.value = { id: held.delegation_id, giver: held.giver, role: held.role };
    void desk.reload();
  };
  const who = { giver: held.giver, taker: held.taker, role, until: desk.figures.value.date(held.until) };
  return (
    <li data-delegation={held.delegation_id}>
      <div class="card-top">
        <b>{t(`desk.person.delegation-side.${held.side}`, who)}</b>
        <span class="state">{t(`desk.person.delegation-state.${held.state}`)}</span>
      </div>
      <span class="quiet">{held.acts.map((each) => each.text).join(" · ")}</span>
      {held.area_ids.length > 0 && (
        <span class="quiet">
          <bdi>{held.area_ids.join(", ")}</bdi>
        </span>
      )}
      {held.side === "taker" && held.stands && (
        <button type="button" data-act="act-for" onClick={act}>
          {t("desk.person.delegation-act", who)}
        </button>
      )}
      {held.may_end && (
        <button type="button" data-act="end-delegation" disabled={busy} onClick={() => void end()}>
          {t("desk.person.delegation-end")}
        </button>
      )}
      {wrong}
    </li>
  );
}

interface GiveProps {
  readonly told: Delegations;
  readonly again: () => void;
}

function Give({ told, again }: GiveProps): JSX.Element | null {
  const { page } = useReach();
  const t = useT();
  const { busy, wrong, send } = useSend();
  const [named, setNamed] = useState<readonly string[]>([]);
  if (page.acting.value !== null || told.acts.length === 0) return null;
  if (told.colleagues.length === 0) return <p class="quiet">{t("desk.person.delegation-nobody")}</p>;
  if (!told.strong) return <p class="callout">{t("desk.person.delegation-strong")}</p>;
  const give = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const said = new FormData(form);
    const body = { login: said.get("login"), until: said.get("until"), acts: said.getAll("act"), area_ids: said.getAll("area") };
    if (await send("/api/delegations", body)) {
      form.reset();
      setNamed([]);
      again();
    }
  };
  const turn = (act: string, on: boolean): void => setNamed(on ? [...named, act] : named.filter((each) => each !== act));
  return (
    <details>
      <summary>{t("desk.person.delegation-give")}</summary>
      <form onSubmit={(event) => void give(event)} aria-busy={busy} data-form="delegation">
        <Asked told={told} turn={turn} />
        <button type="submit" data-act="give-delegation" disabled={busy || named.length === 0}>
          {t("desk.person.delegation-give")}
        </button>
      </form>
      {wrong}
    </details>
  );
}

interface AskedProps {
  readonly told: Delegations;
  readonly turn: (act: string, on: boolean) => void;
}

function Asked({ told, turn }: AskedProps): JSX.Element {
  const t = useT();
  return (
    <>
      <label class="field">
        <span>{t("desk.person.delegation-to")}</span>
        <select name="login" required>
          {told.colleagues.map((login) => (
            <option key={login} value={login}>
              {login}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t("desk.person.delegation-until", { n: told.most_days })}</span>
        <input name="until" type="date" required />
      </label>
      <fieldset>
        <legend>{t("desk.person.delegation-acts")}</legend>
        {told.acts.map((each) => (
          <label key={each.act} class="check">
            <input type="checkbox" name="act" value={each.act} onChange={(event) => turn(each.act, event.currentTarget.checked)} />
            <span>{each.text}</span>
          </label>
        ))}
      </fieldset>
      {told.area_ids.length > 0 && (
        <fieldset>
          <legend>{t("desk.person.delegation-areas")}</legend>
          {told.area_ids.map((areaId) => (
            <label key={areaId} class="check">
              <input type="checkbox" name="area" value={areaId} defaultChecked />
              <bdi>{areaId}</bdi>
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}
