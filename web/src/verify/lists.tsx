/** The lists in hand, and how others come in. */

import { useState } from "preact/hooks";
import type { Hand } from "./hand.ts";
import { ageOf, dayOf, type Say } from "./words.ts";

interface Props {
  readonly hand: Hand;
  readonly say: Say;
  readonly nowS: number;
  readonly notice: string | null;
  readonly onText: (text: string) => void;
  readonly onFile: (file: File) => void;
  readonly onForget: () => void;
}

export function Lists({ hand, say, nowS, notice, onText, onFile, onForget }: Props) {
  const [text, setText] = useState("");
  const { trust, statuses } = hand;
  return (
    <section class="card lists" aria-labelledby="lists-title">
      <h2 id="lists-title">{say("lists.title")}</h2>
      <p class="quiet">{say("lists.lead")}</p>
      <dl>
        <div data-field="trust">
          <dt>{say("lists.trust")}</dt>
          <dd>
            <bdi>
              {trust === null
                ? say("lists.none")
                : say("lists.trust-of", { authority: trust.authority, version: trust.version, date: dayOf(trust.expiresAtS) })}
            </bdi>
          </dd>
        </div>
        {trust !== null && (
          <div>
            <dt>{say("lists.fingerprint")}</dt>
            <dd>
              <bdi>
                <code>{hand.fingerprint}</code>
              </bdi>
            </dd>
          </div>
        )}
        <div data-field="status">
          <dt>{say("lists.status")}</dt>
          <dd>
            {statuses === null
              ? say("lists.none")
              : say("lists.status-of", {
                  version: statuses.version,
                  date: dayOf(statuses.issuedAtS),
                  age: ageOf(say, statuses.issuedAtS, nowS),
                })}
          </dd>
        </div>
      </dl>
      {hand.brought && <p class="warning">{say("lists.brought")}</p>}
      <div role="status">{notice !== null && <p class="notice">{say(notice)}</p>}</div>
      <form
        class="no-print"
        onSubmit={(event) => {
          event.preventDefault();
          onText(text);
          setText("");
        }}
      >
        <label for="list-text">{say("lists.paste")}</label>
        <textarea id="list-text" rows={2} dir="ltr" spellcheck={false} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        <p class="buttons">
          <button type="submit">{say("lists.load")}</button>
          <FileButton id="list-file" label={say("lists.file")} accept=".txt,.rfq,text/plain" onFile={onFile} />
          <button type="button" onClick={onForget}>
            {say("lists.forget")}
          </button>
        </p>
      </form>
    </section>
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
