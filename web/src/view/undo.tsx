/** Taking an import back: first what that would do, then a reason and a second person of the authority. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Credentials } from "../core/person.ts";
import { IMPORT_WITHIN_MS, type UndoTold } from "../core/rescue.ts";
import { useReach, useT } from "./context.ts";
import { Fault, useFault } from "./refusal.tsx";
import { Second } from "./second.tsx";
import { Sentence } from "./sentence.tsx";
import { Id } from "./sheet.tsx";

export function UndoForm({ importId, done }: { importId: string; done: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [told, setTold] = useState<UndoTold | null>(null);
  const [fault, take, clear] = useFault();
  const [busy, setBusy] = useState(false);
  const second = useRef<Credentials | null>(null);
  const ask = async (body: unknown): Promise<void> => {
    setBusy(true);
    clear();
    const path = `/api/imports/${encodeURIComponent(importId)}/undo`;
    const more = { lang: desk.lang.value, withinMs: IMPORT_WITHIN_MS };
    try {
      const answer = await desk.api.send<UndoTold>("POST", path, body, more);
      setTold(answer);
      if (!answer.dry_run) {
        await desk.reload();
        done();
      }
    } catch (error) {
      take(error);
    }
    setBusy(false);
  };
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const said = (name: string): string => String(data.get(name) ?? "");
    void ask({ dry_run: false, note: said("note"), second: second.current });
  };
  return (
    <div class="act-form" aria-busy={busy}>
      <p>{t("desk.rescue.undo-means")}</p>
      <button type="button" disabled={busy} onClick={() => void ask({ dry_run: true })}>
        {t("desk.rescue.undo-look")}
      </button>
      <Fault fault={fault} />
      {told && <Outcome told={told} />}
      {told?.dry_run && told.taken_back > 0 && <Confirm rows={told.taken_back} busy={busy} onSubmit={onSubmit} take={(given) => void (second.current = given)} />}
    </div>
  );
}

interface ConfirmProps {
  readonly rows: number;
  readonly busy: boolean;
  readonly onSubmit: (event: SubmitEvent) => void;
  readonly take: (given: Credentials | null) => void;
}

/** A reason, and the second person by ways in of their own. */
function Confirm({ rows, busy, onSubmit, take }: ConfirmProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <form onSubmit={onSubmit}>
      <label class="field">
        <span>{t("desk.rescue.why")}</span>
        <textarea name="note" rows={2} required maxLength={2000} dir="auto" />
      </label>
      <Second legend={t("desk.rescue.second")} required take={take} />
      <button type="submit" class="strong" disabled={busy}>
        {t("desk.rescue.undo-do", { rows: desk.figures.value.whole(rows) })}
      </button>
    </form>
  );
}

function Outcome({ told }: { told: UndoTold }): JSX.Element {
  const t = useT();
  const { desk } = useReach();
  return (
    <div role="status">
      <p class="callout">{told.says}</p>
      {told.n_staying > 0 && <h4>{t("desk.rescue.staying", { rows: desk.figures.value.whole(told.n_staying) })}</h4>}
      <ul class="against">
        {told.staying.map((each) => (
          <li key={each.entry_id}>
            <Id id={each.entry_id} />
            {each.reasons.map((reason) => (
              <p key={reason.code}>
                <Sentence text={reason.text} /> {reason.next && <b><Sentence text={reason.next} /></b>}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </div>
  );
}
