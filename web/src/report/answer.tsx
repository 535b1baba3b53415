/** What became of a report: asked with its code alone. */

import { useState } from "preact/hooks";
import type { Lang } from "../core/language.ts";
import { dayOf, type Say } from "../verify/words.ts";
import { readCode } from "./code.ts";
import { ask, type Became } from "./sending.ts";

interface Props {
  readonly say: Say;
  readonly lang: Lang;
  readonly back: () => void;
}

/** The place to write a code, and below it what the office says of it. */
export function Answer({ say, lang, back }: Props) {
  const [fault, setFault] = useState("");
  const [found, setFound] = useState<readonly Became[] | null>(null);
  const look = async (event: Event): Promise<void> => {
    event.preventDefault();
    const written = new FormData(event.target as HTMLFormElement).get("code");
    const code = readCode(String(written ?? ""));
    setFound(null);
    if (!code) return setFault("answer.wrong-code");
    setFault("");
    const told = await ask(code, lang);
    if (!told) return setFault("answer.no-line");
    if (!told.length) return setFault("answer.none");
    setFound(told);
  };
  return (
    <>
      <h1 tabIndex={-1}>{say("home.answer")}</h1>
      <form class="card" onSubmit={look}>
        <label for="code">{say("answer.code")}</label>
        <input id="code" name="code" inputMode="numeric" autocomplete="off" dir="ltr" aria-describedby="code-hint" />
        <p id="code-hint" class="quiet">{say("answer.hint")}</p>
        <button type="submit" class="main">{say("answer.look")}</button>
        <p role="alert">{fault && say(fault)}</p>
      </form>
      <div aria-live="polite">
        {found?.map((each) => (
          <section class="card became" key={each.report_id}>
            <p>{say(`kind.${each.kind}`)}</p>
            <p>{say("kept.received", { day: dayOf(Date.parse(each.received_at) / 1000) })}</p>
            {each.outcome ? (
              <>
                <p><strong>{each.outcome_label ?? each.outcome}</strong></p>
                {each.text && <p dir="auto">{each.text}</p>}
                {each.answered_at && <p class="quiet">{say("answer.on", { day: dayOf(Date.parse(each.answered_at) / 1000) })}</p>}
                <p class="notice">{say("answer.still")}</p>
              </>
            ) : (
              <p><strong>{say("answer.waiting")}</strong></p>
            )}
          </section>
        ))}
      </div>
      <button type="button" onClick={back}>{say("page.back")}</button>
    </>
  );
}
