/** The verdict: a shape, a word and a colour, the reasons, and how old the status is. */

import type { Verdict } from "./verdict.ts";
import { ageOf, dayOf, minuteOf, type Say } from "./words.ts";

interface Props {
  readonly found: Verdict;
  readonly say: Say;
  readonly nowS: number;
  /** Whether a person brought the trust list by which the paper is authentic. */
  readonly brought: boolean;
}

export function AnswerCard({ found, say, nowS, brought }: Props) {
  const bad = found.status !== null && found.status !== "in-force";
  const look = bad ? "stopped" : found.answer;
  return (
    <section class="card answer" data-look={look} data-answer={found.answer} data-status={found.status ?? "none"} aria-labelledby="answer-title">
      <Mark look={look} />
      <div>
        <h2 id="answer-title" tabIndex={-1}>
          <span class="hidden-text">{say("answer.title")}: </span>
          {say(`answer.${found.answer}`)}
        </h2>
        {found.status !== null && found.statusAtS !== null && (
          <p class="standing">
            <strong>{say(`status.${found.status}`)}</strong>
            <span>{say("status.as-of", { date: dayOf(found.statusAtS), age: ageOf(say, found.statusAtS, nowS) })}</span>
          </p>
        )}
        <ul class="reasons">
          {found.reasons.map((reason) => (
            <li key={reason} data-reason={reason}>
              {say(`reason.${reason}`)}
            </li>
          ))}
        </ul>
        <p>{say(`say.${found.answer}`, { issuer: found.issuer ?? "" })}</p>
        {brought && found.claims !== null && <p class="warning">{say("lists.brought")}</p>}
        <p class="quiet">
          {say("page.meaning")} {say("answer.checked", { time: minuteOf(nowS) })}
        </p>
      </div>
    </section>
  );
}

/** A seal, a diamond with a question, an octagon with a cross; a struck seal where it no longer stands. */
function Mark({ look }: { look: string }) {
  return (
    <svg class="mark" viewBox="0 0 64 64" width="64" height="64" aria-hidden="true">
      {(look === "authentic-status-known" || look === "stopped") && (
        <>
          <circle cx="32" cy="32" r="28" class="body" />
          <circle cx="32" cy="32" r="20" class="line" />
        </>
      )}
      {look === "authentic-status-known" && <path d="M24 25 H40 M24 32 H40 M24 39 H34" class="line" />}
      {look === "stopped" && <path d="M14 50 L50 14" class="line thick" />}
      {look === "authentic-status-unknown" && (
        <>
          <path d="M32 2 L62 32 L32 62 L2 32 Z" class="body" />
          <path d="M24 26 a8 8 0 1 1 11 7 q-3 1.5 -3 6 M32 45 v4" class="line" />
        </>
      )}
      {look === "not-authentic" && (
        <>
          <path d="M20 3 H44 L61 20 V44 L44 61 H20 L3 44 V20 Z" class="body" />
          <path d="M21 21 L43 43 M43 21 L21 43" class="line thick" />
        </>
      )}
    </svg>
  );
}
