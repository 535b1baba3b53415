/** The second person of an act: with a login, password and code of their own, or by a passkey. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { type Credentials, givesKeys } from "../core/person.ts";
import { useReach, useT } from "./context.ts";
import { askKey } from "./passkey.ts";
import { Fault, useFault } from "./refusal.tsx";

interface SecondProps {
  readonly legend: string;
  readonly required: boolean;
  /** Hears who it is as it is typed or signed; null while nobody is named. */
  readonly take: (given: Credentials | null) => void;
}

export function Second({ legend, required, take }: SecondProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const box = useRef<HTMLFieldSetElement>(null);
  const [signed, setSigned] = useState<"yes" | "no" | null>(null);
  const [fault, takeFault, clear] = useFault();
  const asksCode = desk.session.value.approving !== "password";
  const typed = (): void => {
    const said = (name: string): string => box.current?.querySelector<HTMLInputElement>(`[name=${name}]`)?.value ?? "";
    const [login, password, code] = [said("login").trim(), said("password"), said("code").trim()];
    setSigned(null);
    take(login ? { login, password, ...(code ? { code } : {}) } : null);
  };
  const sign = async (): Promise<void> => {
    clear();
    const passkey = await askKey(desk.api).catch((error: unknown) => (takeFault(error), undefined));
    if (passkey === undefined) return;
    setSigned(passkey ? "yes" : "no");
    take(passkey && { passkey });
  };
  const must = required && signed !== "yes";
  return (
    <fieldset ref={box} onInput={typed}>
      <legend>{legend}</legend>
      <label class="field">
        <span>{t("desk.login")}</span>
        <input name="login" autocomplete="off" required={must} dir="auto" />
      </label>
      <label class="field">
        <span>{t("desk.password")}</span>
        <input name="password" type="password" autocomplete="off" required={must} />
      </label>
      {asksCode && (
        <label class="field">
          <span>{t("desk.signin.code")}</span>
          <input name="code" autocomplete="off" dir="ltr" />
        </label>
      )}
      {givesKeys(location.protocol, location.hostname) && (
        <button type="button" onClick={() => void sign()}>
          {t("desk.second.passkey")}
        </button>
      )}
      {signed && <p role="status">{t(signed === "yes" ? "desk.second.signed" : "desk.signin.no-key")}</p>}
      <Fault fault={fault} />
    </fieldset>
  );
}
