/** An act in two steps: fill in, read once more what is about to be put on record, then do it. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiFault } from "../core/api.ts";
import { useReach, useT } from "./context.ts";
import { FaultText } from "./fault.tsx";

/** What is about to be done: where it goes, what it says, and the same in words. */
export interface Order {
  readonly path: string;
  readonly body: unknown;
  readonly said: readonly string[];
}

/** Six bytes behind a letter: an id that nobody else makes on the same day. */
export function freshId(letter: string): string {
  const bits = crypto.getRandomValues(new Uint8Array(6));
  return `${letter}-${Array.from(bits, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

export function filledIn(filled: FormData, name: string): string {
  return String(filled.get(name) ?? "").trim();
}

interface StepsProps {
  /** What the act means, above the fields. */
  readonly means: string;
  /** On the last button. */
  readonly does: string;
  readonly order: (filled: FormData) => Order;
  readonly done: () => void;
  /** Beside that, once it is on record. */
  readonly acted?: () => void;
  /** Told what the server refused, beside that it is shown here. */
  readonly refused?: (fault: ApiFault) => void;
  readonly children?: ComponentChildren;
}

export function Steps({ means, does, order, done, acted, refused, children }: StepsProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [ready, setReady] = useState<Order | null>(null);
  const [fault, setFault] = useState<ApiFault | null>(null);
  const [sending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const alert = useRef<HTMLDivElement>(null);
  // Before it is painted, here and below: a key pressed at once, or focus moved on, is not taken back.
  useLayoutEffect(() => {
    if (!ready) form.current?.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
  }, [ready]);
  useLayoutEffect(() => alert.current?.focus(), [fault]);
  const read = (event: SubmitEvent): void => {
    event.preventDefault();
    setFault(null);
    setReady(order(new FormData(event.currentTarget as HTMLFormElement)));
  };
  const act = async (given: Order): Promise<void> => {
    setSending(true);
    try {
      await desk.act(given.path, given.body);
      acted?.();
      done();
    } catch (error) {
      const found = error instanceof ApiFault ? error : new ApiFault(0, null);
      setFault(found);
      refused?.(found);
      setReady(null);
    }
    setSending(false);
  };
  return (
    <div class="act-form">
      {/* The fields stay where they are while they are read once more: nothing typed is lost. */}
      <form ref={form} hidden={ready !== null} onSubmit={read}>
        <p>{means}</p>
        {children}
        {fault && (
          <div ref={alert} tabIndex={-1} class="notice bad" role="alert">
            <FaultText fault={fault} />
          </div>
        )}
        <p class="buttons">
          <button type="submit" class="strong">
            {t("desk.go-on")}
          </button>
          <button type="button" onClick={done}>
            {t("desk.cancel")}
          </button>
        </p>
      </form>
      {ready && (
        <Confirm said={ready.said} does={does} sending={sending} act={() => void act(ready)} back={() => setReady(null)} />
      )}
    </div>
  );
}

interface ConfirmProps {
  readonly said: readonly string[];
  readonly does: string;
  readonly sending: boolean;
  readonly act: () => void;
  readonly back: () => void;
}

/** What is about to be put on record, to be read once more. */
function Confirm({ said, does, sending, act, back }: ConfirmProps): JSX.Element {
  const t = useT();
  const group = useRef<HTMLDivElement>(null);
  // Who works by keyboard or by ear is led here.
  useLayoutEffect(() => group.current?.focus(), []);
  return (
    <div ref={group} tabIndex={-1} role="group" aria-label={t("desk.confirm")}>
      <p>
        <b>{t("desk.confirm")}</b>
      </p>
      <ul class="against">
        {said.map((words, at) => (
          <li key={at}>{words}</li>
        ))}
      </ul>
      <p class="buttons">
        <button type="button" class="strong" disabled={sending} onClick={act}>
          {does}
        </button>
        <button type="button" disabled={sending} onClick={back}>
          {t("desk.back")}
        </button>
      </p>
    </div>
  );
}

/** A button that opens the steps of an act beneath it. */
export function Opening(props: {
  readonly words: string;
  readonly children: (done: () => void) => ComponentChildren;
}): JSX.Element {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const done = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div class="opening">
      <button ref={button} type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {props.words}
      </button>
      {open && props.children(done)}
    </div>
  );
}

/** Words of several lines. */
export function Words(props: {
  readonly name: string;
  readonly label: string;
  readonly required?: boolean;
}): JSX.Element {
  return (
    <label class="field">
      <span>{props.label}</span>
      <textarea name={props.name} rows={3} dir="auto" required={props.required ?? false} maxLength={2000} />
    </label>
  );
}
