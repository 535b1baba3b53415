/** The lists in hand, and how others come in. */

import { useState } from "preact/hooks";
import type { Session } from "./session.ts";
import { ageOf, dayOf, type Say } from "./words.ts";

interface Props {
  readonly say: Say;
  readonly session: Session;
}

export function Lists({ say, session, nowS }: Props & { readonly nowS: number }) {
  return (
    <section class="card lists" aria-labelledby="lists-title">
      <h2 id="lists-title">{say("lists.title")}</h2>
      <p class="quiet">{say("lists.lead")}</p>
      <InHand say={say} session={session} nowS={nowS} />
      {session.hand.brought && <p class="warning">{say("lists.brought")}</p>}
      <div role="status">{session.listNotice !== null && <p class="notice">{say(session.listNotice)}</p>}</div>
      <Brought say={say} session={session} />
    </section>
  );
}

function InHand({ say, session, nowS }: Props & { readonly nowS: number }) {
  const { trust, statuses, fingerprint } = session.hand;
  const ofTrust = trust && { authority: trust.authority, version: trust.version, date: dayOf(trust.expiresAtS) };
  const ofStatus = statuses && { version: statuses.version, date: dayOf(statuses.issuedAtS), age: ageOf(say, statuses.issuedAtS, nowS) };
  return (
    <dl>
      <div data-field="trust">
        <dt>{say("lists.trust")}</dt>
        <dd>{ofTrust === null ? say("lists.none") : say("lists.trust-of", ofTrust)}</dd>
      </div>
      {trust !== null && (
        <div data-field="fingerprint">
          <dt>{say("lists.fingerprint")}</dt>
          <dd>
            <bdi>
              <code>{fingerprint}</code>
            </bdi>
          </dd>
        </div>
      )}
      <div data-field="status">
        <dt>{say("lists.status")}</dt>
        <dd>{ofStatus === null ? say("lists.none") : say("lists.status-of", ofStatus)}</dd>
      </div>
    </dl>
  );
}

function Brought({ say, session }: Props) {
  const [text, setText] = useState("");
  const load = (event: Event): void => {
    event.preventDefault();
    void session.takeLists(text);
    setText("");
  };
  return (
    <form class="no-print" onSubmit={load}>
      <label for="list-text">{say("lists.paste")}</label>
      <textarea id="list-text" rows={2} dir="ltr" spellcheck={false} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      <p class="buttons">
        <button type="submit">{say("lists.load")}</button>
        <FileButton id="list-file" label={say("lists.file")} accept=".txt,.rfq,text/plain" onFile={(file) => void session.takeListFile(file)} />
        <button type="button" onClick={() => void session.forget()}>
          {say("lists.forget")}
        </button>
      </p>
    </form>
  );
}

/** A file input that looks and is focused like a button. */
export function FileButton({ id, label, accept, onFile }: { id: string; label: string; accept: string; onFile: (file: File) => void }) {
  return (
    <label class="button" for={id}>
      <input
        id={id}
        class="hidden-text"
        type="file"
        accept={accept}
        onChange={(event) => {
          const input = event.currentTarget;
          const file = input.files?.[0];
          if (file !== undefined) onFile(file);
          input.value = ""; // the same file may be chosen again
        }}
      />
      {label}
    </label>
  );
}
