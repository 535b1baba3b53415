/** The sign-in dialog: password and code, passkey, or the ticket of a first time. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiFault } from "../core/api.ts";
import { type Credentials, givesKeys } from "../core/person.ts";
import { useReach, useT } from "./context.ts";
import { FaultText } from "./fault.tsx";
import { askKey } from "./passkey.ts";

export function SignIn(): JSX.Element | null {
  return useReach().page.signInOpen.value ? <Dialog /> : null;
}

/** What is wrong: a refusal, or that no key signed. */
type Wrong = ApiFault | "no-key" | null;

function Dialog(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const dialog = useRef<HTMLDialogElement>(null);
  const [wrong, setWrong] = useState<Wrong>(null);
  const [ticket, setTicket] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => {
    page.signInOpen.value = false;
  };
  const tried = async (enter: () => Promise<boolean>): Promise<void> => {
    setWrong(null);
    try {
      if (await enter()) close();
      else setWrong("no-key");
    } catch (error) {
      setWrong(error instanceof ApiFault ? error : new ApiFault(0, null));
    }
  };
  const byKey = async (): Promise<boolean> => {
    const passkey = await askKey(desk.api);
    if (passkey) await desk.signIn({ passkey });
    return passkey !== null;
  };
  const { vouched_by: vouchedBy, actor } = desk.session.value;
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="signin-title" onClose={close}>
      <h2 id="signin-title">{t("desk.signin")}</h2>
      {ticket ? (
        <TicketForm enter={(login, word, password) => tried(async () => (await desk.useTicket(login, word, password), true))} />
      ) : (
        <PasswordForm
          login={actor?.login ?? ""}
          asksCode={wrong instanceof ApiFault && codeOf(wrong) === "api.session.code-needed"}
          enter={(given) => tried(async () => (await desk.signIn(given), true))}
        />
      )}
      <WrongText wrong={wrong} />
      <div class="ways">
        {!ticket && givesKeys(location.protocol, location.hostname) && (
          <button type="button" data-way="passkey" onClick={() => void tried(byKey)}>
            {t("desk.signin.passkey")}
          </button>
        )}
        {!ticket && vouchedBy && (
          <a class="button" href="/api/session/vouched">
            {t("desk.signin.vouched", { house: vouchedBy })}
          </a>
        )}
        <button type="button" class="plain" aria-pressed={ticket} onClick={() => (setTicket(!ticket), setWrong(null))}>
          {t(ticket ? "desk.signin.by-password" : "desk.signin.by-ticket")}
        </button>
        <button type="button" class="plain" onClick={close}>
          {t("desk.cancel")}
        </button>
      </div>
    </dialog>
  );
}

function codeOf(fault: ApiFault): string {
  return fault.problem?.code ?? "";
}

function WrongText({ wrong }: { wrong: Wrong }): JSX.Element | null {
  const t = useT();
  if (!wrong) return null;
  if (wrong === "no-key") return <p class="notice bad" role="alert">{t("desk.signin.no-key")}</p>;
  const code = codeOf(wrong);
  if (code === "api.session.code-needed") return <p class="notice" role="status">{t("desk.signin.code-needed")}</p>;
  return (
    <div class="notice bad" role="alert">
      {code === "api.session.wrong" ? <p>{t("desk.signin.wrong")}</p> : <FaultText fault={wrong} />}
    </div>
  );
}

interface PasswordProps {
  readonly login: string;
  readonly asksCode: boolean;
  readonly enter: (given: Credentials) => Promise<void>;
}

function PasswordForm({ login, asksCode, enter }: PasswordProps): JSX.Element {
  const t = useT();
  const form = useRef<HTMLFormElement>(null);
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (asksCode) setAsked(true);
  }, [asksCode]);
  useLayoutEffect(() => {
    if (asked) form.current?.querySelector<HTMLElement>("[name=code]")?.focus();
  }, [asked]);
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const said = (name: string): string => String(data.get(name) ?? "");
    const code = said("code").trim();
    void enter({ login: said("login"), password: said("password"), ...(code ? { code } : {}) });
  };
  return (
    <form ref={form} onSubmit={onSubmit}>
      <label class="field">
        <span>{t("desk.login")}</span>
        <input name="login" autocomplete="username" required dir="auto" defaultValue={login} />
      </label>
      <label class="field">
        <span>{t("desk.password")}</span>
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
      {asked && (
        <label class="field">
          <span>{t("desk.signin.code")}</span>
          <input name="code" autocomplete="one-time-code" required dir="ltr" />
        </label>
      )}
      <p class="buttons">
        <button type="submit" class="strong">
          {t("desk.signin")}
        </button>
      </p>
    </form>
  );
}

function TicketForm({ enter }: { enter: (login: string, ticket: string, password: string) => Promise<void> }): JSX.Element {
  const t = useT();
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const said = (name: string): string => String(data.get(name) ?? "");
    void enter(said("login"), said("ticket"), said("password"));
  };
  return (
    <form onSubmit={onSubmit}>
      <p>{t("desk.signin.ticket-means")}</p>
      <label class="field">
        <span>{t("desk.login")}</span>
        <input name="login" autocomplete="username" required dir="auto" />
      </label>
      <label class="field">
        <span>{t("desk.signin.ticket")}</span>
        <input name="ticket" autocomplete="off" required dir="ltr" />
      </label>
      <label class="field">
        <span>{t("desk.person.new-password")}</span>
        <input name="password" type="password" autocomplete="new-password" required minLength={8} maxLength={256} />
      </label>
      <p class="buttons">
        <button type="submit" class="strong">
          {t("desk.signin")}
        </button>
      </p>
    </form>
  );
}
