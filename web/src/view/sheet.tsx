/** The side sheet: what is known of the thing or place selected, reasons first. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Detail } from "../core/detail.ts";
import type { LookId } from "../core/looks.ts";
import type { AssetDetail, PointAnswer, PointState, Reason, StructureTag } from "../core/types.ts";
import { writeSelection } from "../core/url.ts";
import { Area } from "./area.tsx";
import { AssetActs, AssetWorks } from "./assetacts.tsx";
import { useReach, useT } from "./context.ts";
import { FaultText } from "./fault.tsx";
import { UnrecordedSwatch } from "./key.tsx";
import { Gates, Project } from "./gates.tsx";
import { IconButton, MarkIcon, Swatch } from "./marks.tsx";
import { Sentence } from "./sentence.tsx";

export function Sheet(): JSX.Element | null {
  const { desk, page } = useReach();
  const t = useT();
  const selection = desk.selected.value;
  const state = page.detail.value;
  const heading = useRef<HTMLDivElement>(null);
  const key = writeSelection(selection);
  const shown = state !== null;
  useEffect(() => {
    // Who moves the map by keyboard stays there, and hears the answer instead.
    if (!document.activeElement?.matches("canvas")) heading.current?.focus({ preventScroll: true });
  }, [key, shown]);
  if (!selection || !state) return null;
  const close = (): void => {
    desk.select(null);
    document.querySelector<HTMLElement>('[role="tab"][tabindex="0"]')?.focus();
  };
  const detail = state.kind === "ready" ? state.detail : state.old;
  return (
    <aside
      class="sheet"
      aria-label={t("desk.sheet")}
      aria-busy={state.kind === "loading"}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <div class="sheet-top" ref={heading} tabIndex={-1}>
        {selection.kind === "spot" ? (
          <Place lon={selection.lon} lat={selection.lat} name={detail?.point?.neighbourhood ?? null} />
        ) : (
          <p class="place">{t(`desk.found.${selection.kind}`)}</p>
        )}
        <CopyLink />
        <IconButton name="close" label={t("desk.close")} onClick={close} />
      </div>
      <div class="sheet-body">
        {state.kind === "failed" && state.fault.status === 404 && <p class="callout">{t("desk.absent")}</p>}
        {state.kind === "failed" && state.fault.status !== 404 && (
          <div class="notice bad" role="alert">
            <FaultText fault={state.fault} />
            {detail && <p>{t("desk.detail.old")}</p>}
          </div>
        )}
        {state.kind === "loading" && !detail && <p class="quiet">{t("desk.loading")}</p>}
        {detail && <Body detail={detail} />}
      </div>
    </aside>
  );
}

/** The address of what is shown, at the times and with the layers shown. */
function CopyLink(): JSX.Element | null {
  const t = useT();
  const [copied, setCopied] = useState(false);
  // On a plain address of a local network browsers give no clipboard; the address line still has it.
  if (!navigator.clipboard) return null;
  const copy = (): void =>
    void navigator.clipboard.writeText(location.href).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <button type="button" class="plain copy-link" onClick={copy}>
      <span role="status">{t(copied ? "desk.link.copied" : "desk.link")}</span>
    </button>
  );
}

/** Says the answer aloud, wherever the focus is. */
export function Announcer(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const state = page.detail.value;
  const detail = state?.kind === "ready" ? state.detail : null;
  const ruling = detail?.projects[0]?.gate ?? detail?.asset?.gate;
  const name = detail?.projects[0]?.name ?? detail?.asset?.name ?? detail?.areas[0]?.name;
  const outcome = ruling ? t(`outcome.${ruling.outcome}`) : null;
  const said = detail?.point ? [detail.point.headline] : [name && desk.words.value.name(name), outcome];
  return (
    <p class="hidden-text" role="status">
      {detail && desk.figures.value.list(said.filter((each) => typeof each === "string"))}
    </p>
  );
}

function Body({ detail }: { detail: Detail }): JSX.Element {
  const many = detail.areas.length + detail.projects.length > 1;
  return (
    <>
      {detail.point && <Point point={detail.point} />}
      {detail.asset && <Asset asset={detail.asset} />}
      {detail.projects.map((project) => (
        <Project key={project.project_id} project={project} folded={many} />
      ))}
      {detail.areas.map((area) => (
        <Area key={area.area_id} area={area} folded={many && detail.areas[0] !== area} />
      ))}
    </>
  );
}

function Place({ lon, lat, name }: { lon: number; lat: number; name: string | null }): JSX.Element {
  const t = useT();
  return (
    <p class="place">
      {name ? <bdi>{name}</bdi> : t("desk.place")}{" "}
      <bdi dir="ltr">
        {lat.toFixed(6)}, {lon.toFixed(6)}
      </bdi>
    </p>
  );
}

function Point({ point }: { point: PointAnswer }): JSX.Element {
  const reach = useReach();
  const t = useT();
  return (
    <section class="block point">
      <h2 class="headline">
        <StateSign state={point.state} reopened={point.reopened} inDoubt={point.in_doubt ?? false} />
        <span>
          {point.headline || t(`class.${point.state}`)}
          {point.in_doubt && <small class="tag-doubt">{t("desk.doubt")}</small>}
          {point.reopened && <small class="tag-reopened">{t("desk.reopened")}</small>}
        </span>
      </h2>
      {point.state === "unrecorded" && <p class="callout">{t("desk.key.unrecorded")}</p>}
      <Reasons reasons={point.reasons} />
      {point.assets.length > 0 && (
        <Titled title={t("desk.assets")}>
          <ul class="links">
            {point.assets.map((asset) => (
              <li key={asset.asset_id}>
                <button type="button" onClick={() => reach.desk.select({ kind: "asset", id: asset.asset_id })}>
                  <bdi>{reach.desk.words.value.name(asset.name, asset.asset_id)}</bdi>
                  <small>
                    {reach.desk.words.value.of("kind", asset.kind)}
                    {asset.storeys !== null && ` · ${t("desk.storeys", { n: asset.storeys })}`}
                  </small>
                </button>
              </li>
            ))}
          </ul>
        </Titled>
      )}
    </section>
  );
}

/** The look of a state beside its words. */
export function StateSign({ state, reopened, inDoubt }: { state: PointState; reopened: boolean; inDoubt: boolean }): JSX.Element {
  return (
    <span class="state-sign">
      {reopened && <MarkIcon name="reopened" size={24} />}
      {state === "unrecorded" ? (
        <UnrecordedSwatch />
      ) : (
        <Swatch id={inDoubt ? "doubt" : (state as LookId)} />
      )}
    </span>
  );
}

/** Why: every reason with its words, code, date and source. */
export function Reasons({ reasons }: { reasons: readonly Reason[] }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  if (!reasons.length) return null;
  return (
    <Titled title={t("desk.why")}>
      <ol class="reasons">
        {reasons.map((reason, at) => (
          <li key={`${reason.code}${at}`}>
            <p>
              <Sentence text={reason.text} />
            </p>
            {reason.next && (
              <p class="next">
                <Sentence text={reason.next} />
              </p>
            )}
            <p class="meta">
              {reason.at && <time dateTime={reason.at}>{desk.figures.value.date(reason.at)}</time>}
              {reason.source && <bdi>{reason.source}</bdi>}
              <code dir="ltr">{reason.code}</code>
            </p>
          </li>
        ))}
      </ol>
    </Titled>
  );
}

function Asset({ asset }: { asset: AssetDetail }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <section class="block">
      <h2>
        <bdi>{desk.words.value.name(asset.name, asset.asset_id)}</bdi>
      </h2>
      <p class="sub">
        {desk.words.value.of("kind", asset.kind)}
        {asset.storeys !== null && ` · ${t("desk.storeys", { n: asset.storeys })}`} <Id id={asset.asset_id} />
      </p>
      {asset.at && (
        <p class="state-line">
          <StateSign state={asset.at.state} reopened={false} inDoubt={asset.at.in_doubt ?? false} />
          <span>{asset.at.headline ?? t(`class.${asset.at.state}`)}</span>
        </p>
      )}
      <Gates ruling={asset.gate} />
      <Tag tag={asset.tag ?? null} />
      <DamageList asset={asset} />
      <AssetWorks asset={asset} />
      <AssetActs asset={asset} />
    </section>
  );
}

/** The engineer's tag in words: its colour is named, and never shown by colour alone. */
function Tag({ tag }: { tag: StructureTag | null }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <Titled title={t("desk.tag")}>
      {tag === null ? (
        <p class="sub">{t("desk.tag.none")}</p>
      ) : (
        <>
          <p>{tag.stands ? tag.tag_name : t("desk.tag.ended", { tag: tag.tag_name })}</p>
          <p class="sub">{tag.text}</p>
          {tag.next && <p class="sub">{tag.next}</p>}
          <p class="meta">
            <time dateTime={tag.at}>{desk.figures.value.date(tag.at)}</time> <bdi>{tag.engineer}</bdi>
          </p>
        </>
      )}
    </Titled>
  );
}

/** Every assessment by itself, in its source's own words. */
function DamageList({ asset }: { asset: AssetDetail }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  if (!asset.damage?.length) return asset.remark ? <p class="sub">{asset.remark}</p> : null;
  return (
    <Titled title={t("desk.damage")}>
      <ul class="damage">
        {asset.damage.map((each) => (
          <li key={each.assessment_id}>
            <b>
              <bdi>{each.scale_name}</bdi>: <bdi>{each.as_written}</bdi>
            </b>
            <p class="sub">
              {each.grade_text}
              {each.hint && ` · ${t("desk.damage.hint")}`}
            </p>
            <p class="meta">
              <time dateTime={each.at}>{desk.figures.value.date(each.at)}</time>
              {each.source && <bdi>{each.source}</bdi>}
            </p>
          </li>
        ))}
      </ul>
      {asset.remark && <p class="sub">{asset.remark}</p>}
    </Titled>
  );
}

/** An identifier, kept whole and left to right in any language. */
export function Id({ id }: { id: string }): JSX.Element {
  return (
    <code class="id" dir="ltr">
      {id}
    </code>
  );
}

/** A part of a block under its own small heading. */
export function Titled({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="titled">
      <h3>{title}</h3>
      {children}
    </div>
  );
}
