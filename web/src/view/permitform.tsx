/** Issue a permit, with an override where gates are closed; end one; say that a stop was heard of. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { GateLine, Permit, ProjectDetail, StopNotice } from "../core/types.ts";
import { useReach, useT } from "./context.ts";
import { filledIn, freshId, Opening, type Order, Steps, Words } from "./steps.tsx";

export function IssuePermit({ project }: { project: ProjectDetail }): JSX.Element {
  const t = useT();
  return (
    <Opening words={t("desk.act.issue_permit")}>
      {(done) => <IssueSteps project={project} done={done} />}
    </Opening>
  );
}

/** What is asked for, as it was filled in. */
interface Asked {
  readonly told: readonly { role: string; organisation: string }[];
  readonly until: string;
  readonly conditions: readonly string[];
  readonly override: { override: string; authority: string; covers: string[]; seen: string } | null;
}

function asked(filled: FormData, overriding: boolean, seen: string): Asked {
  const roles = filled.getAll("role").map(String);
  const told = filled.getAll("organisation").map((name, at) => ({
    role: roles[at] ?? "",
    organisation: String(name).trim(),
  }));
  const lines = filledIn(filled, "conditions").split("\n");
  return {
    told: told.filter((party) => party.organisation),
    until: filledIn(filled, "until"),
    conditions: lines.map((line) => line.trim()).filter(Boolean),
    override: overriding
      ? {
          override: filledIn(filled, "override"),
          authority: filledIn(filled, "authority"),
          covers: filled.getAll("covers").map(String),
          seen,
        }
      : null,
  };
}

/** The same in words, to be read once more. */
function useSaid(project: ProjectDetail): (id: string, given: Asked) => string[] {
  const { desk } = useReach();
  const t = useT();
  const figures = desk.figures.value;
  return (id, { told, until, conditions, override }) => {
    const name = desk.words.value.name(project.name, project.project_id);
    const parties = told.map((party) => `${party.organisation} (${t(`party.${party.role}`)})`);
    const covered = project.gate.gates.filter((gate) => override?.covers.includes(gate.code));
    return [
      t("desk.permit.said", { project: name, permit: id }),
      project.depth_cm === null ? t("desk.permit.said.no-depth") : t("desk.permit.said.depth", { n: project.depth_cm }),
      t("desk.permits.told", { told: figures.list(parties) }),
      until ? t("desk.permits.until", { until: figures.date(until) }) : t("desk.permit.said.no-end"),
      ...conditions,
      ...(override ? [t("desk.permits.override", { authority: override.authority, reason: override.override })] : []),
      ...covered.map((gate) => gate.detail),
    ];
  };
}

function IssueSteps({ project, done }: { project: ProjectDetail; done: () => void }): JSX.Element {
  const t = useT();
  const said = useSaid(project);
  // One id from the first try on: the same order sent again is the same permit.
  const [id] = useState(() => freshId("M"));
  const [overriding, setOverriding] = useState(false);
  const closed = project.gate.gates.filter((gate) => gate.outcome === "closed");
  const order = (filled: FormData): Order => {
    const { told, until, conditions, override } = asked(filled, overriding, project.gate.seen ?? "");
    const day = until ? { until } : {};
    const body = { permit_id: id, project_id: project.project_id, told, conditions, ...day, ...(override ?? {}) };
    return { path: "/api/permits", body, said: said(id, { told, until, conditions, override }) };
  };
  return (
    <Steps means={t("desk.act.issue_permit.means")} does={t("desk.act.issue_permit.do")} order={order} done={done}>
      <Parties roles={project.party_roles ?? []} />
      <label class="field">
        <span>{t("desk.permit.until")}</span>
        <input type="date" name="until" />
      </label>
      <Words name="conditions" label={t("desk.permit.conditions")} />
      {closed.length > 0 && (
        <label class="check">
          <input type="checkbox" checked={overriding} onChange={() => setOverriding(!overriding)} />
          <span>{t("desk.permit.overriding", { n: closed.length })}</span>
        </label>
      )}
      {overriding && <Override closed={closed} />}
    </Steps>
  );
}

/** Who hears of a stop, in the order in which they are called. */
function Parties({ roles }: { roles: readonly string[] }): JSX.Element {
  const t = useT();
  const [count, setCount] = useState(1);
  return (
    <fieldset class="parties">
      <legend>{t("desk.permit.told")}</legend>
      {Array.from({ length: count }, (_, at) => (
        <div key={at} class="party">
          <label class="field">
            <span>{t("desk.permit.party-role")}</span>
            <select name="role">
              {roles.map((role, place) => (
                <option key={role} value={role} selected={place === at % roles.length}>
                  {t(`party.${role}`)}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{t("desk.permit.party")}</span>
            <input name="organisation" dir="auto" required={at === 0} maxLength={300} autoComplete="off" />
          </label>
        </div>
      ))}
      {count < roles.length && (
        <button type="button" class="small" onClick={() => setCount(count + 1)}>
          {t("desk.permit.another")}
        </button>
      )}
    </fieldset>
  );
}

/**
 * Why, by whose office, and each closed gate by itself, every reason of it: none is passed over
 * without being read.
 */
function Override({ closed }: { closed: readonly GateLine[] }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const codes = new Map<string, GateLine[]>();
  for (const gate of closed) codes.set(gate.code, [...(codes.get(gate.code) ?? []), gate]);
  return (
    <fieldset>
      <legend>{t("desk.permit.override")}</legend>
      <Words name="override" label={t("desk.permit.override-reason")} required />
      <label class="field">
        <span>{t("desk.permit.authority")}</span>
        <input name="authority" dir="auto" required maxLength={300} autoComplete="off" />
      </label>
      {[...codes].map(([code, gates]) => (
        <label key={code} class="check">
          <input type="checkbox" name="covers" value={code} />
          <span>
            {gates.map((gate) => (
              <span key={gate.detail} class="reason">
                <b>{desk.words.value.of("gate", gate.gate)}</b> {gate.detail}{" "}
              </span>
            ))}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function EndPermit({ permit }: { permit: Permit }): JSX.Element {
  const t = useT();
  const order = (filled: FormData): Order => {
    const reason = filledIn(filled, "reason");
    const said = [t("desk.permit.ends", { permit: permit.permit_id }), reason];
    return { path: `/api/permits/${encodeURIComponent(permit.permit_id)}/end`, body: { reason }, said };
  };
  return (
    <Opening words={t("desk.act.end_permit")}>
      {(done) => (
        <Steps means={t("desk.act.end_permit.means")} does={t("desk.act.end_permit.do")} order={order} done={done}>
          <Words name="reason" label={t("desk.permit.end-reason")} required />
        </Steps>
      )}
    </Opening>
  );
}

/** One of those concerned has heard, and the work stands still. */
export function Acknowledge(props: {
  readonly notice: StopNotice;
  readonly role: string;
  readonly organisation: string;
  readonly party: string;
}): JSX.Element {
  const t = useT();
  const order = (filled: FormData): Order => {
    const note = filledIn(filled, "note");
    const said = [t("desk.notices.says", { party: props.party }), ...(note ? [note] : [])];
    const path = `/api/notices/${encodeURIComponent(props.notice.notice_id)}/acknowledgements`;
    return { path, body: { role: props.role, organisation: props.organisation, note }, said };
  };
  return (
    <Opening words={t("desk.notices.acknowledge", { party: props.party })}>
      {(done) => (
        <Steps
          means={t("desk.notices.acknowledge.means")}
          does={t("desk.notices.acknowledge.do")}
          order={order}
          done={done}
        >
          <Words name="note" label={t("desk.notices.note")} />
        </Steps>
      )}
    </Opening>
  );
}
