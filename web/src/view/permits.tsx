/** Permits of a project and its stop-work notices: where they stand, what lifts a stop, who has heard. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiFault } from "../core/api.ts";
import type { GateLine, Party, Permit, ProjectDetail, Reason, StopNotice } from "../core/types.ts";
import { useReach, useT } from "./context.ts";
import { FaultText } from "./fault.tsx";
import { MarkIcon } from "./marks.tsx";
import { Id, Titled } from "./sheet.tsx";

const LOOK: Readonly<Record<string, "open" | "conditions" | "closed">> = { in_force: "open" };

export function Permits({ project }: { project: ProjectDetail }): JSX.Element | null {
  const t = useT();
  const permits = project.permits ?? [];
  const notices = project.notices ?? [];
  if (!permits.length) return null;
  return (
    <>
      {notices.length > 0 && (
        <Titled title={t("desk.notices")}>
          <ul class="stop-notices">
            {notices.map((notice) => (
              <Notice key={notice.notice_id} notice={notice} />
            ))}
          </ul>
        </Titled>
      )}
      <Titled title={t("desk.permits")}>
        <ul class="permits">
          {permits.map((permit) => (
            <PermitItem key={permit.permit_id} permit={permit} />
          ))}
        </ul>
      </Titled>
    </>
  );
}

function PermitItem({ permit }: { permit: Permit }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const look = LOOK[permit.state] ?? "closed";
  const told = permit.told.map(named);
  return (
    <li data-permit={permit.permit_id} data-state={permit.state}>
      <p class="verdict" data-outcome={look}>
        <MarkIcon name={`gate-${look}`} size={24} />
        <span>
          <b>{permit.state_text}</b> <Id id={permit.permit_id} />
        </span>
      </p>
      {permit.override !== null && (
        <p class="callout">
          {t("desk.permits.override", { authority: permit.authority ?? "", reason: permit.override })}
        </p>
      )}
      <Against title={t("desk.permits.stopped-by")} lines={permit.stopped_by} reasons={permit.reasons} />
      <Against title={t("desk.permits.printed")} lines={permit.printed} reasons={[]} />
      {permit.conditions.map((words) => (
        <p key={words}>{words}</p>
      ))}
      {permit.until && <p>{t("desk.permits.until", { until: desk.figures.value.date(permit.until) })}</p>}
      <p class="meta">{t("desk.permits.told", { told: desk.figures.value.list(told) })}</p>
    </li>
  );
}

function Against(props: {
  title: string;
  lines: readonly GateLine[];
  reasons: readonly Reason[];
}): JSX.Element | null {
  const { desk } = useReach();
  if (!props.lines.length && !props.reasons.length) return null;
  return (
    <>
      <p>
        <b>{props.title}</b>
      </p>
      <ul class="against">
        {props.lines.map((line, at) => (
          <li key={`${line.code}${at}`}>
            <b>{desk.words.value.of("gate", line.gate)}</b> {line.detail}
            {line.next && <p class="next">{line.next}</p>}
          </li>
        ))}
        {props.reasons.map((reason) => (
          <li key={reason.code}>
            {reason.text}
            {reason.next && <p class="next">{reason.next}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}

function Notice({ notice }: { notice: StopNotice }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [fault, setFault] = useState<ApiFault | null>(null);
  const figures = desk.figures.value;
  const { validAt, knownAt } = desk.asked.value;
  const acknowledge = async (role: string): Promise<void> => {
    try {
      setFault(null);
      await desk.act(`/api/notices/${encodeURIComponent(notice.notice_id)}/acknowledgements`, { role });
    } catch (error) {
      setFault(error instanceof ApiFault ? error : new ApiFault(0, null));
    }
  };
  return (
    <li data-notice={notice.notice_id} data-over={notice.over_at ? "yes" : "no"}>
      <p>
        <b>{t("desk.notices.stopped", { permit: notice.permit_id, at: figures.date(notice.at) })}</b>
      </p>
      <Against title={t("desk.permits.stopped-by")} lines={notice.stopped_by} reasons={notice.reasons} />
      {notice.over_at && <p>{t("desk.notices.over", { at: figures.date(notice.over_at) })}</p>}
      {notice.waiting.length === 0 && <p>{t("desk.notices.heard")}</p>}
      {notice.waiting.length > 0 && (
        <p>{t("desk.notices.waiting", { waiting: figures.list(notice.waiting.map(named)) })}</p>
      )}
      {notice.call && <p>{t("desk.notices.call", { party: named(notice.call) })}</p>}
      {fault && <FaultText fault={fault} />}
      {validAt === null &&
        knownAt === null &&
        notice.waiting.map((party) => (
          <button key={party.role} type="button" onClick={() => void acknowledge(party.role)}>
            {t("desk.notices.acknowledge", { party: party.role_text })}
          </button>
        ))}
    </li>
  );
}

function named(party: Party): string {
  return `${party.organisation} (${party.role_text})`;
}
