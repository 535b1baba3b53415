/** Bringing a file to the desk: choose it, see it on its way, wait while it is read, be told what became of it. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { useReach, useT } from "./context.ts";
import { FileField } from "./filefield.tsx";
import { Fault, useFault } from "./refusal.tsx";
import { MOST_BYTES, sendChosen } from "./sending.ts";

interface FileOnItsWayProps {
  /** How much of it has arrived, 0 to 1; null while nothing is on its way. */
  readonly share: number | null;
  readonly name?: string;
  readonly choose?: (file: File | undefined) => void | Promise<void>;
}

/** The field for any file of the desk's size, and how far it has come. */
export function FileOnItsWay({ share, name, choose }: FileOnItsWayProps): JSX.Element {
  const t = useT();
  return (
    <>
      <FileField
        label={t("desk.rescue.file", { most: MOST_BYTES / 1024 ** 2 })}
        {...(name === undefined ? {} : { name, required: true })}
        {...(choose && { choose: (input: HTMLInputElement) => choose(input.files?.[0]) })}
      />
      {share !== null && <progress aria-label={t("desk.rescue.sending")} max={1} value={share} />}
    </>
  );
}

interface BringProps<T> {
  readonly title: string;
  readonly means: string;
  readonly does: string;
  /** Where it is taken in once it has come whole. */
  readonly path: string;
  readonly withinMs: number;
  /** What else is said of it: read from the fields among `children`. */
  readonly said?: (filled: FormData) => Record<string, string | null>;
  readonly children?: ComponentChildren;
  readonly done: () => void;
  readonly told: (taken: T) => JSX.Element;
}

export function Bring<T extends object>({ title, means, does, path, withinMs, said, children, done, told }: BringProps<T>): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [share, setShare] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const [taken, setTaken] = useState<T | null>(null);
  const [fault, take, clear] = useFault();
  const bring = async (filled: FormData): Promise<void> => {
    const sent = await sendChosen(filled.get("file") as File, setShare);
    setShare(null);
    const body = { sha256: sent.sha256, file_name: sent.name, ...said?.(filled) };
    setTaken(await desk.api.send<T>("POST", path, body, { lang: desk.lang.value, withinMs }));
    done();
  };
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    setBusy(true);
    setTaken(null);
    clear();
    setShare(0);
    const over = (): void => {
      setBusy(false);
      setShare(null);
    };
    void bring(new FormData(event.currentTarget as HTMLFormElement)).catch(take).then(over);
  };
  return (
    <details class="bring">
      <summary>{title}</summary>
      <form class="act-form" aria-busy={busy} onSubmit={onSubmit}>
        <p>{means}</p>
        <FileOnItsWay share={share} name="file" />
        {children}
        {busy && share === null && <p class="quiet">{t("desk.rescue.reading")}</p>}
        <Fault fault={fault} />
        <p class="buttons">
          <button type="submit" class="strong" disabled={busy}>
            {does}
          </button>
        </p>
      </form>
      {taken && told(taken)}
    </details>
  );
}
