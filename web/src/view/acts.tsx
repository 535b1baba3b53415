/** Acts on an area: buttons for what may be done, and why the rest may not. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiFault } from "../core/api.ts";
import type { Desk } from "../core/desk.ts";
import type { Act, AreaDetail } from "../core/types.ts";
import { useReach, useT } from "./context.ts";
import { FaultText } from "./fault.tsx";
import { Titled } from "./sheet.tsx";

/** Causes offered where the server names none. */
const CAUSES = [
  "missed_item",
  "accident",
  "new_evidence",
  "flood",
  "landslide",
  "new_fighting",
  "deeper_works",
  "changed_use",
  "failed_inspection",
  "other",
] as const;
const CLASSES = ["sha", "cha", "indication"] as const;

/** Acts that are drawn on the map: each has a page of its own. */
const DRAWN: Readonly<Record<string, (desk: Desk, areaId: string) => void>> = {
  correct_boundary: (desk, areaId) => desk.openDrawing(areaId),
  report_work: (desk, areaId) => desk.openWork("parts", `area:${areaId}`),
};

export function Acts({ area }: { area: AreaDetail }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const [chosen, setChosen] = useState<string | null>(null);
  if (!desk.session.value.actor || !area.acts.length) return null;
  const asked = desk.asked.value;
  const past = asked.validAt !== null || asked.knownAt !== null;
  return (
    <Titled title={t("desk.acts")}>
      {past && <p class="quiet">{t("desk.acts.past")}</p>}
      <ul class="acts">
        {area.acts.map((act) => {
          const key = `${act.act}:${act.subject}`;
          const open = chosen === key && act.allowed && !past;
          const draws = act.act in DRAWN;
          return (
            <li key={key}>
              <button
                type="button"
                disabled={!act.allowed || past}
                aria-expanded={act.allowed && !draws ? open : undefined}
                onClick={() => (draws ? DRAWN[act.act]?.(desk, area.area_id) : setChosen(open ? null : key))}
              >
                {t(`desk.act.${act.act}`)}
              </button>
              {!act.allowed && act.why.map((why) => <p key={why} class="why-not">{why}</p>)}
              {open && <ActForm act={act} area={area} done={() => setChosen(null)} />}
            </li>
          );
        })}
      </ul>
    </Titled>
  );
}

interface Filled {
  readonly cause: string;
  readonly class: string;
  readonly note: string;
  readonly parts: readonly string[];
}

/** Where an act goes, and what it says. */
function request(act: Act, area: AreaDetail, filled: Filled): readonly [path: string, body: unknown] {
  const release = `/api/releases/${encodeURIComponent(act.subject)}`;
  const { cause, note } = filled;
  switch (act.act) {
    case "reopen":
      return [`/api/areas/${encodeURIComponent(area.area_id)}/reopenings`, { cause, note, class: filled.class }];
    case "propose_release":
      return ["/api/releases", { work_id: act.subject, part_ids: filled.parts }];
    case "accept_release":
      return [`${release}/acceptance`, {}];
    default:
      return [`${release}/rejection`, { note }];
  }
}

function ActForm({ act, area, done }: { act: Act; area: AreaDetail; done: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [fault, setFault] = useState<ApiFault | null>(null);
  const [sending, setSending] = useState(false);
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const filled = {
      cause: String(data.get("cause") ?? ""),
      class: String(data.get("class") ?? ""),
      note: String(data.get("note") ?? "").trim(),
      parts: data.getAll("part").map(String),
    };
    setSending(true);
    try {
      await desk.act(...request(act, area, filled));
      done();
    } catch (error) {
      setFault(error instanceof ApiFault ? error : new ApiFault(0, null));
    }
    setSending(false);
  };
  return (
    <form class="act-form" onSubmit={(event) => void onSubmit(event)}>
      <p>{t(`desk.act.${act.act}.means`)}</p>
      <ActFields act={act} area={area} />
      {fault && (
        <div class="notice bad" role="alert">
          <FaultText fault={fault} />
        </div>
      )}
      <p class="buttons">
        <button type="submit" class="strong" disabled={sending}>
          {t(`desk.act.${act.act}.do`)}
        </button>
        <button type="button" onClick={done}>
          {t("desk.cancel")}
        </button>
      </p>
    </form>
  );
}

function ActFields({ act, area }: { act: Act; area: AreaDetail }): JSX.Element | null {
  const t = useT();
  if (act.act === "reopen") {
    return (
      <>
        <Choice name="cause" label={t("desk.reopen.cause")} group="cause" codes={act.causes ?? CAUSES} />
        <Choice name="class" label={t("desk.reopen.class")} group="class" codes={CLASSES} />
        <Note label={t("desk.reopen.note")} />
      </>
    );
  }
  if (act.act === "reject_release") return <Note label={t("desk.reject.note")} />;
  if (act.act !== "propose_release") return null;
  const ids = act.part_ids ?? area.parts.map((part) => part.part_id);
  return (
    <fieldset>
      <legend>{t("desk.propose.parts")}</legend>
      {ids.map((id) => {
        const part = area.parts.find((each) => each.part_id === id);
        return (
          <label key={id} class="check">
            <input type="checkbox" name="part" value={id} defaultChecked />
            <span>
              {part && t(`outcome.${part.outcome}`)} <code dir="ltr">{id}</code>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

function Choice(props: { name: string; label: string; group: string; codes: readonly string[] }): JSX.Element {
  const t = useT();
  return (
    <label class="field">
      <span>{props.label}</span>
      <select name={props.name} required>
        {props.codes.map((code) => (
          <option key={code} value={code}>
            {t(`${props.group}.${code}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Note({ label }: { label: string }): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <textarea name="note" rows={3} required maxLength={2000} />
    </label>
  );
}
