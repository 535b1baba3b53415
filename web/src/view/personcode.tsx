/** The code maker of the own account: a second factor for who has no passkey at hand. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { CodeMaker } from "../core/person.ts";
import { useReach, useT } from "./context.ts";
import { Asked, type PartProps, type Said, Section, useSend } from "./personparts.tsx";

export function CodeMakerPart({ told, again }: PartProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { busy, wrong, send } = useSend();
  const [made, setMade] = useState<(CodeMaker & { readonly password: string }) | null>(null);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const begin = (said: Said): void => {
    const password = said("password");
    void send<CodeMaker>("/api/own-account/code-maker", { password }, (answer) => setMade({ ...answer, password }));
  };
  const confirm = async (said: Said): Promise<void> => {
    if (!made) return;
    const body = { handle: made.handle, password: made.password, code: said("code") };
    const taken = (answer: { readonly codes: readonly string[] }): void => setCodes(answer.codes);
    if (await send("/api/own-account/code-maker/confirmation", body, taken)) {
      setMade(null);
      again();
    }
  };
  const remove = async (said: Said): Promise<void> => {
    const body = { password: said("password"), code: said("code") };
    if (await send("/api/own-account/code-maker/removal", body)) {
      setCodes([]);
      again();
    }
  };
  return (
    <Section name="code-maker">
      <p class="sub">{t("desk.person.code-maker-means")}</p>
      {told.has_code_maker && <p>{t("desk.person.has-code-maker", { n: desk.figures.value.whole(told.recovery_left) })}</p>}
      <Codes codes={codes} />
      {made && <Secret made={made} busy={busy} confirm={(said) => void confirm(said)} />}
      {!made && !told.has_code_maker && told.may_enrol && <Asked names={["password"]} act="add-code-maker" busy={busy} take={begin} />}
      {!told.has_code_maker && !told.may_enrol && <p class="callout">{t("desk.person.needs-ticket")}</p>}
      {told.has_code_maker && (
        <details>
          <summary>{t("desk.person.take-out")}</summary>
          <Asked names={["password", "code"]} act="remove-code-maker" busy={busy} take={(said) => void remove(said)} />
        </details>
      )}
      {wrong}
    </Section>
  );
}

/** Recovery codes, shown this once. */
function Codes({ codes }: { readonly codes: readonly string[] }): JSX.Element | null {
  const t = useT();
  if (!codes.length) return null;
  return (
    <div class="notice" role="status">
      <p>{t("desk.person.recovery-once")}</p>
      <ul class="codes" dir="ltr">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface SecretProps {
  readonly made: CodeMaker;
  readonly busy: boolean;
  readonly confirm: (said: Said) => void;
}

/** The secret to scan or type, and the first code that shows it has arrived. */
function Secret({ made, busy, confirm }: SecretProps): JSX.Element {
  const t = useT();
  return (
    <>
      <p>{t("desk.person.scan")}</p>
      <img class="qr" src={made.picture} alt={t("desk.person.scan")} width="230" height="230" />
      <p>
        <code dir="ltr">{made.secret}</code>
      </p>
      <Asked names={["code"]} act="confirm-code" busy={busy} take={confirm} />
    </>
  );
}
