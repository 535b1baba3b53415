/** A hazardous area: what the land is, where the work stands, whether the record is approved. */

import type { JSX } from "preact";
import { LOOKS, type LookId } from "../core/looks.ts";
import type { AreaDetail, Part } from "../core/types.ts";
import { Acts } from "./acts.tsx";
import { useReach, useT } from "./context.ts";
import { History } from "./history.tsx";
import { Swatch } from "./marks.tsx";
import { Sentence } from "./sentence.tsx";
import { Id, Reasons, Titled } from "./sheet.tsx";
import { useAnswer } from "./worksheet.tsx";

export function Area({ area, folded }: { area: AreaDetail; folded: boolean }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <section class="block area">
      <h2>
        <bdi>{desk.words.value.name(area.name, area.area_id)}</bdi>
      </h2>
      <p class="sub">
        {t("desk.found.area")} <Id id={area.area_id} />
      </p>
      <Axes area={area} />
      <Reasons reasons={area.reasons} />
      <Figures area={area} />
      <Parts parts={area.parts} />
      <Releases area={area} />
      <Certificates area={area} />
      <Documents areaId={area.area_id} />
      <Acts area={area} />
      <History items={area.history} folded={folded} />
      {area.source && (
        <p class="meta">
          {t("desk.source")} <bdi>{area.source}</bdi> ·{" "}
          {t("desk.as_of", { date: desk.figures.value.moment(desk.atServerMs(desk.picture.value?.loadedAtMs)) })}
        </p>
      )}
    </section>
  );
}

/** Three axes, never one field: the land, the work, the record. */
function Axes({ area }: { area: AreaDetail }): JSX.Element {
  const words = useReach().desk.words.value;
  const land = [words.of("class", area.class), inDoubtM2(area) > 0 && words.t("desk.doubt")].filter(Boolean).join(" · ");
  const rows = [
    ["desk.axis.land", land],
    ["desk.axis.work", words.of("stage", area.stage)],
    ["desk.axis.record", words.of("validation", area.validation)],
  ] as const;
  return (
    <dl class="axes">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{words.t(name)}</dt>
          <dd>{value || words.t("desk.unknown")}</dd>
        </div>
      ))}
    </dl>
  );
}

/** How much of the released land is in doubt, and of each outcome. */
const IN_DOUBT = ["cleared", "reduced", "cancelled"].map((outcome) => [`${outcome}_m2`, `${outcome}_in_doubt_m2`] as const);

function inDoubtM2({ figures }: AreaDetail): number {
  return IN_DOUBT.reduce((sum, [, name]) => sum + (figures[name] ?? 0), 0);
}

const BAR: readonly (readonly [string, LookId | null])[] = [
  ["open_m2", null],
  ["not_cleared_m2", "not_cleared"],
  ["cleared_m2", "cleared"],
  ["reduced_m2", "reduced"],
  ["cancelled_m2", "cancelled"],
];
const OTHER_FIGURES = ["registered_m2", "computed_m2", "reported_m2", "grid_difference_m2"];

/** The land of the area by outcome, as a bar and as figures that add up. */
function Figures({ area }: { area: AreaDetail }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { figures } = area;
  const openLook = (area.class === "cha" || area.class === "indication" ? area.class : "sha") as LookId;
  const shares = BAR.map(([name, look]) => ({ name, look: look ?? openLook, m2: figures[name] ?? 0 }));
  const doubts = new Map<string, number>(IN_DOUBT.map(([of, name]) => [of, figures[name] ?? 0]));
  const doubtM2 = inDoubtM2(area);
  const bars = [
    ...shares.map((share) => ({ ...share, m2: share.m2 - (doubts.get(share.name) ?? 0) })),
    { name: "in_doubt_m2", look: "doubt" as LookId, m2: doubtM2 },
  ];
  const total = shares.reduce((sum, share) => sum + Math.max(0, share.m2), 0);
  const write = (m2: number): string => t("desk.m2", { n: desk.figures.value.area(m2) });
  return (
    <Titled title={t("desk.figures")}>
      {total > 0 && (
        <div class="bar" aria-hidden="true">
          {bars.map(
            ({ name, look, m2 }) =>
              m2 > 0 && (
                <i key={name} data-look={look} style={{ flexGrow: m2 / total, borderColor: LOOKS[look].line }} />
              ),
          )}
        </div>
      )}
      <table class="figures">
        <tbody>
          {shares.map(({ name, look, m2 }) => (
            <tr key={name}>
              <th scope="row">
                <span>
                  <Swatch id={look} /> {t(`desk.figure.${name}`)}
                </span>
              </th>
              <td>{write(m2)}</td>
            </tr>
          ))}
          {doubtM2 > 0 && (
            <tr>
              <th scope="row">
                <span>
                  <Swatch id="doubt" /> {t("desk.figure.in_doubt_m2")}
                </span>
              </th>
              <td>{write(doubtM2)}</td>
            </tr>
          )}
          {OTHER_FIGURES.map((name) => (
            <tr key={name} class="other">
              <th scope="row">{t(`desk.figure.${name}`)}</th>
              <td>{figures[name] == null ? t("desk.unknown") : write(figures[name])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Titled>
  );
}

function Parts({ parts }: { parts: readonly Part[] }): JSX.Element | null {
  const t = useT();
  if (!parts.length) return null;
  return (
    <Titled title={t("desk.parts")}>
      <ul class="parts">
        {parts.map((part) => (
          <PartRow key={part.part_id} part={part} />
        ))}
      </ul>
    </Titled>
  );
}

function PartRow({ part }: { part: Part }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { figures, words } = desk;
  return (
    <li>
      {part.in_doubt ? <Swatch id="doubt" /> : part.outcome in LOOKS && <Swatch id={part.outcome as LookId} />}
      <div>
        <p>
          <b>{words.value.of("outcome", part.outcome)}</b>
          {part.in_doubt && ` · ${t("desk.doubt")}`}
          {part.depth_cm !== null && ` · ${t("desk.depth.to", { n: part.depth_cm })}`} ·{" "}
          {t("desk.m2", { n: figures.value.area(part.area_m2) })}
        </p>
        {(part.reasons ?? []).map((reason) => (
          <p key={reason.code} class="why">
            <Sentence text={reason.text} />
          </p>
        ))}
        <p class="meta">
          {part.since && <span>{t("desk.since", { date: figures.value.date(part.since) })}</span>}
          <Id id={part.part_id} />
        </p>
      </div>
    </li>
  );
}

/** Numbers and where each stands are for everybody; the paper is for who may give it out. */
function Certificates({ area }: { area: AreaDetail }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  if (!area.certificates.length) return null;
  const mayPrint = Boolean(desk.session.value.actor);
  return (
    <Titled title={t("desk.certificates")}>
      <ul class="releases">
        {area.certificates.map((each) => (
          <li key={each.number} data-state={each.state}>
            <p>
              <b>{t(`desk.certificate.kind.${each.kind}`)}</b> <Id id={each.number} />
            </p>
            <p class="meta">
              <span>{t(`desk.certificate.state.${each.state}`)}</span>
              <span>{desk.figures.value.date(each.issued_at)}</span>
              {mayPrint && each.state === "in-force" && (
                <a href={`/api/certificates/${encodeURIComponent(each.number)}/paper`} target="_blank" rel="noopener">
                  {t("desk.certificate.paper")}
                </a>
              )}
            </p>
          </li>
        ))}
      </ul>
    </Titled>
  );
}

interface Document {
  readonly sha256: string;
  readonly record_id: string;
  readonly media_type: string;
  readonly n_bytes: number;
  readonly note: string | null;
  readonly whole: boolean;
}

/** Files attached to the area, its evidence and its work; for staff. */
function Documents({ areaId }: { areaId: string }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const path = `/api/areas/${encodeURIComponent(areaId)}/documents`;
  const { answer } = useAnswer<{ documents: readonly Document[] }>(desk.session.value.actor ? path : null);
  if (!answer?.documents.length) return null;
  return (
    <Titled title={t("desk.documents")}>
      <ul class="releases">
        {answer.documents.map((each) => (
          <li key={`${each.record_id} ${each.sha256}`}>
            {each.whole ? (
              <a href={`${path}/${each.sha256}`} target="_blank" rel="noopener">
                <bdi>{each.note ?? each.media_type}</bdi>
              </a>
            ) : (
              <span>
                <bdi>{each.note ?? each.media_type}</bdi> · {t("desk.documents.missing")}
              </span>
            )}
            <p class="meta">
              <Id id={each.record_id} /> <span>{t("desk.documents.size", { n: desk.figures.value.whole(Math.ceil(each.n_bytes / 1000)) })}</span>
            </p>
          </li>
        ))}
      </ul>
    </Titled>
  );
}

function Releases({ area }: { area: AreaDetail }): JSX.Element | null {
  const words = useReach().desk.words.value;
  if (!area.releases.length) return null;
  return (
    <Titled title={words.t("desk.releases")}>
      <ul class="releases">
        {area.releases.map((release) => (
          <li key={release.release_id} data-state={release.state}>
            <p>
              <b>{words.t(`desk.release.${release.state}`)}</b> <Id id={release.release_id} />
            </p>
            <p class="meta">
              {release.proposed_by && <span>{words.t("desk.release.by", { who: release.proposed_by })}</span>}
              {release.accepted_by && <span>{words.t("desk.release.and", { who: release.accepted_by })}</span>}
              <span>{words.t("desk.release.parts", { n: release.part_ids.length })}</span>
            </p>
          </li>
        ))}
      </ul>
    </Titled>
  );
}
