/** The passkeys of the own account: which there are, taking one out, and making another. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { givesKeys, type OwnKey } from "../core/person.ts";
import { useReach, useT } from "./context.ts";
import { makeKey } from "./passkey.ts";
import { type PartProps, Section, useSend } from "./personparts.tsx";
import { Fault, useFault } from "./refusal.tsx";

export function Keys({ told, again }: PartProps): JSX.Element {
  const t = useT();
  const { busy, wrong, send } = useSend();
  const remove = async (key: OwnKey): Promise<void> => {
    if (await send("/api/own-account/passkeys/removal", { key_id: key.key_id })) again();
  };
  return (
    <Section name="passkeys">
      <p class="sub">{t("desk.person.passkeys-means")}</p>
      <ul class="cards">
        {told.passkeys.map((key) => (
          <KeyCard key={key.key_id} held={key} busy={busy} remove={() => void remove(key)} />
        ))}
      </ul>
      {wrong}
      <NewKey told={told} again={again} />
    </Section>
  );
}

interface CardProps {
  readonly held: OwnKey;
  readonly busy: boolean;
  readonly remove: () => void;
}

function KeyCard({ held, busy, remove }: CardProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <li>
      <div class="card-top">
        <b>
          <bdi>{held.label || t("desk.person.passkey")}</bdi>
        </b>
        <button type="button" disabled={busy} onClick={remove}>
          {t("desk.person.take-out")}
          <span class="hidden-text"> {held.label}</span>
        </button>
      </div>
      <span class="quiet">
        {t("desk.person.since", { at: desk.figures.value.date(held.made_at) })} · <bdi>{held.rp_id}</bdi>
      </span>
    </li>
  );
}

function NewKey({ told, again }: PartProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { busy, wrong, send } = useSend();
  const [turnedDown, setTurnedDown] = useState(false);
  const [fault, take, clear] = useFault();
  const add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const label = String(new FormData(form).get("label") ?? "").trim();
    setTurnedDown(false);
    clear();
    const made = await makeKey(desk.api).catch((error: unknown) => (take(error), undefined));
    if (made === undefined) return;
    if (made === null) return setTurnedDown(true);
    if (await send("/api/own-account/passkeys", { ...made, label })) {
      form.reset();
      again();
    }
  };
  if (!givesKeys(location.protocol, location.hostname)) return <p class="callout">{t("desk.person.no-keys-here")}</p>;
  if (!told.may_enrol) return <p class="callout">{t("desk.person.needs-ticket")}</p>;
  return (
    <form onSubmit={(event) => void add(event)} aria-busy={busy}>
      <label class="field">
        <span>{t("desk.person.key-label")}</span>
        <input name="label" maxLength={60} dir="auto" />
      </label>
      <button type="submit" data-act="add-passkey" disabled={busy}>
        {t("desk.person.add-passkey")}
      </button>
      {wrong}
      <Fault fault={fault} />
      {turnedDown && (
        <p class="notice bad" role="alert">
          {t("desk.signin.no-key")}
        </p>
      )}
    </form>
  );
}
