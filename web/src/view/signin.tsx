/** The sign-in dialog. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiFault } from "../core/api.ts";
import { useReach, useT } from "./context.ts";
import { FaultText } from "./fault.tsx";

export function SignIn(): JSX.Element | null {
  return useReach().page.signInOpen.value ? <Dialog /> : null;
}

function Dialog(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const dialog = useRef<HTMLDialogElement>(null);
  const [fault, setFault] = useState<ApiFault | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => {
    page.signInOpen.value = false;
  };
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    try {
      await desk.signIn(String(data.get("login")), String(data.get("password")));
      close();
    } catch (error) {
      setFault(error instanceof ApiFault ? error : new ApiFault(0, null));
    }
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="signin-title" onClose={close}>
      <form onSubmit={(event) => void onSubmit(event)}>
        <h2 id="signin-title">{t("desk.signin")}</h2>
        <label class="field">
          <span>{t("desk.login")}</span>
          <input name="login" autocomplete="username" required dir="auto" />
        </label>
        <label class="field">
          <span>{t("desk.password")}</span>
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        {fault && (
          <div class="notice bad" role="alert">
            {fault.status === 401 ? <p>{t("desk.signin.wrong")}</p> : <FaultText fault={fault} />}
          </div>
        )}
        <p class="buttons">
          <button type="submit" class="strong">
            {t("desk.signin")}
          </button>
          <button type="button" onClick={close}>
            {t("desk.cancel")}
          </button>
        </p>
      </form>
    </dialog>
  );
}
