/** A refusal in words, with every reason the server gave and what to do next. */

import type { JSX } from "preact";
import type { ApiFault } from "../core/api.ts";
import { useReach, useT } from "./context.ts";
import { Sentence } from "./sentence.tsx";

export function FaultText({ fault }: { fault: ApiFault }): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const { problem } = fault;
  if (fault.unsent) return <p>{t("desk.copy.unsent")}</p>;
  if (fault.unreachable) return <p>{t(desk.copy.value ? "desk.copy.absent" : "desk.unreachable")}</p>;
  const faults = problem?.faults ?? [];
  return (
    <>
      <p>{problem?.detail || problem?.title || t("desk.refused", { status: fault.status })}</p>
      {faults.length > 0 && (
        <ul>
          {faults.map((each, at) => (
            <li key={`${each.code}${at}`}>
              {each.detail && each.detail !== problem?.detail && <span><Sentence text={each.detail} /> </span>}
              {each.next && <b><Sentence text={each.next} /> </b>}
              <code dir="ltr">{each.code}</code>
            </li>
          ))}
        </ul>
      )}
      {faults.some(({ code }) => code.startsWith("service.permit.factor.")) && (
        <button type="button" data-act="step-up" onClick={() => (page.signInOpen.value = true)}>
          {t("desk.person.step-up")}
        </button>
      )}
    </>
  );
}
