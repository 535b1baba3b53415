/** What the parts of the own account share: a section, a short form, and how something is sent. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { OwnAccount } from "../core/person.ts";
import { useReach, useT } from "./context.ts";
import { Fault, useFault } from "./refusal.tsx";

/** Sends something and takes what is wrong; true where it was done. */
type Send = <T>(path: string, body: unknown, take?: (answer: T) => void) => Promise<boolean>;

export interface PartProps {
  readonly told: OwnAccount;
  readonly again: () => void;
}

/** How to send from here: a form that is busy, what went wrong, and the session as it is after. */
export function useSend(): { readonly busy: boolean; readonly wrong: JSX.Element; readonly send: Send } {
  const { desk } = useReach();
  const [busy, setBusy] = useState(false);
  const [fault, take, clear] = useFault();
  const send: Send = async (path, body, taken) => {
    setBusy(true);
    clear();
    try {
      const answer = await desk.api.send<never>("POST", path, body, { lang: desk.lang.value });
      taken?.(answer);
      await desk.loadSession();
      return true;
    } catch (error) {
      take(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, wrong: <Fault fault={fault} />, send };
}

export function Section({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  const t = useT();
  return (
    <section aria-labelledby={`person-${name}`} class="person-part" data-part={name}>
      <h3 id={`person-${name}`}>{t(`desk.person.${name}`)}</h3>
      {children}
    </section>
  );
}

export type Said = (name: string) => string;

interface AskedProps {
  readonly names: readonly ("password" | "code" | "login" | "half" | "new-password")[];
  readonly act: string;
  readonly busy: boolean;
  readonly take: (said: Said) => void;
}

const LABELS = { password: "desk.password", code: "desk.signin.code", login: "desk.login", half: "desk.person.first-half", "new-password": "desk.person.new-password" } as const;

/** A short form: a field for each name, and the button that sends what was said. */
export function Asked({ names, act, busy, take }: AskedProps): JSX.Element {
  const t = useT();
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const data = new FormData(form);
    take((name) => String(data.get(name) ?? "").trim());
    form.reset();
  };
  return (
    <form onSubmit={onSubmit} aria-busy={busy}>
      {names.map((name) => (
        <label class="field" key={name}>
          <span>{t(LABELS[name])}</span>
          {name === "password" && <input name={name} type="password" autocomplete="current-password" required />}
          {name === "new-password" && <input name={name} type="password" autocomplete="new-password" required minLength={8} maxLength={256} />}
          {!name.endsWith("password") && <input name={name} autocomplete={name === "code" ? "one-time-code" : "off"} required dir={name === "login" ? "auto" : "ltr"} />}
        </label>
      ))}
      <button type="submit" data-act={act} disabled={busy}>
        {t(`desk.person.${act}`)}
      </button>
    </form>
  );
}
