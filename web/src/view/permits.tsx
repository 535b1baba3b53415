/** Permits of a project and its stop-work notices: where they stand, what lifts a stop, who has heard. */

import type { JSX } from "preact";
import type { GateLine, Party, Permit, ProjectDetail, Reason, StopNotice } from "../core/types.ts";
import { useReach, useT } from "./context.ts";
import { MarkIcon } from "./marks.tsx";
import { Acknowledge, EndPermit, IssuePermit } from "./permitform.tsx";
import { Sentence } from "./sentence.tsx";
import { Id, Titled } from "./sheet.tsx";

const LOOK: Readonly<Record<string, "open" | "conditions" | "closed">> = { in_force: "open" };

export function Permits({ project }: { project: ProjectDetail }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const permits = project.permits ?? [];
  const notices = project.notices ?? [];
  const { validAt, knownAt } = desk.asked.value;
  // Acts are about the present: none is offered while the past is looked at.
  const may = validAt === null && knownAt === null ? (project.may ?? []) : [];
  if (!permits.length && !may.includes("issue_permit")) return null;
  return (
    <>
      {notices.length > 0 && (
        <Titled title={t("desk.notices")}>
          <ul class="stop-notices">
            {notices.map((notice) => (
              <Notice key={notice.notice_id} notice={notice} may={may} />
            ))}
          </ul>
        </Titled>
      )}
      <Titled title={t("desk.permits")}>
        <ul class="permits">
          {permits.map((permit) => (
            <PermitItem key={permit.permit_id} permit={permit} may={may} />
          ))}
        </ul>
        {may.includes("issue_permit") && <IssuePermit project={project} />}
      </Titled>
    </>
  );
}

interface PermitProps {
  readonly permit: Permit;
  readonly may: readonly string[];
}

function PermitItem({ permit, may }: PermitProps): JSX.Element {
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
        <p key={words}>{desk.words.value.name(words)}</p>
      ))}
      {permit.until && <p>{t("desk.permits.until", { until: desk.figures.value.date(permit.until) })}</p>}
      <p class="meta">{t("desk.permits.told", { told: desk.figures.value.list(told) })}</p>
      {may.length > 0 && (
        <p>
          <a href={`/api/permits/${encodeURIComponent(permit.permit_id)}/paper`} target="_blank" rel="noopener">
            {t("desk.permits.paper")}
          </a>
        </p>
      )}
      {may.includes("end_permit") && permit.state !== "ended" && <EndPermit permit={permit} />}
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
            <b>{desk.words.value.of("gate", line.gate)}</b> <Sentence text={line.detail} />
            {line.next && <p class="next"><Sentence text={line.next} /></p>}
          </li>
        ))}
        {props.reasons.map((reason) => (
          <li key={reason.code}>
            <Sentence text={reason.text} />
            {reason.next && <p class="next"><Sentence text={reason.next} /></p>}
          </li>
        ))}
      </ul>
    </>
  );
}

interface NoticeProps {
  readonly notice: StopNotice;
  readonly may: readonly string[];
}

export function Notice({ notice, may }: NoticeProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const figures = desk.figures.value;
  return (
    <li data-notice={notice.notice_id} data-over={notice.over_at ? "yes" : "no"}>
      <p>
        <b>{t("desk.notices.stopped", { permit: notice.permit_id, at: figures.date(notice.at) })}</b>
      </p>
      <Against title={t("desk.permits.stopped-by")} lines={notice.stopped_by} reasons={notice.reasons} />
      {notice.over_at && <p>{t("desk.notices.over", { at: figures.date(notice.over_at) })}</p>}
      {notice.acknowledged.map((heard) => (
        <p key={heard.role}>
          {t("desk.notices.heard-by", {
            party: `${heard.organisation} (${t(`party.${heard.role}`)})`,
            at: figures.date(heard.at),
          })}
        </p>
      ))}
      {notice.waiting.length === 0 && <p>{t("desk.notices.heard")}</p>}
      {notice.waiting.length > 0 && (
        <p>{t("desk.notices.waiting", { waiting: figures.list(notice.waiting.map(named)) })}</p>
      )}
      {notice.call && <p>{t("desk.notices.call", { party: named(notice.call) })}</p>}
      {may.includes("acknowledge_notice") &&
        notice.waiting.map((party) => (
          <Acknowledge
            key={`${party.role} ${party.organisation}`}
            notice={notice}
            role={party.role}
            organisation={party.organisation}
            party={named(party)}
          />
        ))}
    </li>
  );
}

function named(party: Party): string {
  return `${party.organisation} (${party.role_text})`;
}
