/** The key of the map, which is also its switchboard. */

import type { JSX } from "preact";
import { BASE, CLOSED_HATCH, GATE_LOOKS, GATES, GROUND, LOOKS, type LookId, ROW_MARKS, UNRECORDED_SIGN } from "../core/looks.ts";
import { hiddenHazards, LEGEND, LEGEND_GROUPS, type LegendGroup, type LegendRow } from "../core/layers.ts";
import { rowCounts } from "../core/picture.ts";
import { useReach, useT } from "./context.ts";
import { RowParts } from "./keyparts.tsx";
import { MarkIcon, Swatch } from "./marks.tsx";

/** All groups of the key. */
export function Key(): JSX.Element {
  const { desk } = useReach();
  const picture = desk.picture.value;
  // What has not come yet is not counted: "0" would say that there is none.
  const counts = picture?.layers && !picture.partial ? rowCounts(picture.layers) : {};
  return (
    <div class="key">
      <Unrecorded />
      {LEGEND_GROUPS.map((group) => (
        <KeyGroup key={group} group={group} counts={counts} />
      ))}
    </div>
  );
}

/** What ground is of which nothing is on record: said beside the map also while the key is folded. */
export function Unrecorded(): JSX.Element {
  const t = useT();
  return (
    <p class="unrecorded">
      <UnrecordedSwatch />
      <span>{t("desk.key.unrecorded")}</span>
    </p>
  );
}

/** Ground of which nothing is on record, as on the map. */
export function UnrecordedSwatch(): JSX.Element {
  const { path, stroke } = UNRECORDED_SIGN;
  return (
    <svg class="swatch" viewBox="0 0 34 22" width="34" height="22" aria-hidden="true">
      <rect x="1" y="1" width="32" height="20" rx="2" fill={GROUND.paper} stroke="#8b8f99" />
      {[9, 25].map((x) => (
        <path key={x} d={path} transform={`translate(${x} 11)`} fill="none" stroke="#6d6a62" stroke-width={stroke} stroke-linecap="round" />
      ))}
    </svg>
  );
}

function KeyGroup({ group, counts }: { group: LegendGroup; counts: Record<string, number> }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const signedIn = desk.session.value.actor !== null;
  const given = Boolean(desk.site.value?.base);
  const rows = LEGEND.filter((row) => row.group === group && (signedIn || !row.signedIn) && (given || !row.given));
  return (
    <fieldset>
      <legend>{t(`desk.key.${group}`)}</legend>
      {rows.map((row) => (
        <KeyRow key={row.id} row={row} count={counts[row.id]} />
      ))}
    </fieldset>
  );
}

function KeyRow({ row, count }: { row: LegendRow; count: number | undefined }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <div class="key-row">
      <label>
        <input type="checkbox" checked={!desk.hidden.value.has(row.id)} onChange={() => desk.toggle(row.id)} />
        <RowSign row={row} />
        <span class="name">{t(`desk.key.${row.id}`)}</span>
        {count !== undefined && <span class="count">{desk.figures.value.whole(count)}</span>}
      </label>
      {!desk.hidden.value.has(row.id) && <RowParts id={row.id} />}
      {(row.id === "projects" || row.id === "buildings") && <GateKey fills={row.id === "buildings"} />}
    </div>
  );
}

function RowSign({ row }: { row: LegendRow }): JSX.Element {
  const marks = ROW_MARKS[row.id];
  if (row.group === "hazard" && row.id in LOOKS) {
    return (
      <span class="signs">
        <Swatch id={row.id as LookId} />
        {marks?.map((name) => <MarkIcon key={name} name={name} size={18} />)}
      </span>
    );
  }
  if (row.id in LOOKS && row.id !== "rubble") return <Swatch id={row.id as LookId} />;
  if (marks && row.id !== "projects") {
    return (
      <span class="signs">
        {marks.slice(0, row.id === "services" ? 3 : 1).map((name) => (
          <MarkIcon key={name} name={name} size={row.id === "services" ? 18 : 20} />
        ))}
      </span>
    );
  }
  return <GroundSign id={row.id} />;
}

/** What each gate outcome looks like: the mark of projects, or the fill of buildings. */
function GateKey({ fills }: { fills: boolean }): JSX.Element {
  const t = useT();
  return (
    <ul class="gate-key">
      {GATES.map((gate) => (
        <li key={gate}>
          {fills ? (
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
              <rect x="1.5" y="1.5" width="13" height="13" fill={GATE_LOOKS[gate].fill} stroke={GATE_LOOKS[gate].line} />
              {gate === "closed" && (
                <path d="M2 4l10 10M2 9l5 5M7 2l7 7M12 2l2 2" stroke={CLOSED_HATCH.color} stroke-width={CLOSED_HATCH.stroke} />
              )}
            </svg>
          ) : (
            <MarkIcon name={`gate-${gate}`} size={18} />
          )}
          <span>{t(`outcome.${gate}`)}</span>
        </li>
      ))}
    </ul>
  );
}

function GroundSign({ id }: { id: string }): JSX.Element {
  const box = { x: 2, y: 2, width: 30, height: 18, rx: 2 };
  return (
    <svg class="swatch" viewBox="0 0 34 22" width="34" height="22" aria-hidden="true">
      {id === "base" && <rect {...box} fill={BASE.building} stroke={BASE.buildingLine} />}
      {id === "base" && <path d="M2 15C12 15 20 4 32 7" fill="none" stroke={BASE.road} stroke-width="4" />}
      {id === "water" && <rect {...box} fill={GROUND.water} stroke={GROUND.waterLine} />}
      {id === "roads" && <path d="M2 11H32" stroke={GROUND.roadCase} stroke-width="8" />}
      {id === "roads" && <path d="M2 11H32" stroke={GROUND.road} stroke-width="5" />}
      {id === "bridges" && <path d="M6 6H28M6 16H28" stroke={GROUND.bridge} stroke-width="2.5" />}
      {id === "buildings" && (
        <path d="M5 4h11v6h10v8H5z" fill={GATE_LOOKS.open.fill} stroke={GATE_LOOKS.open.line} />
      )}
      {id === "structures" && <path d="M5 20V6h10v14zM15 20V10h12v10zM5 11h10M5 15.5h10M15 15h12" fill="none" stroke={LOOKS.not_cleared.line} stroke-width="1.6" />}
      {id === "probability" && ["#f4e3c1", "#e2a76f", "#b4552d"].map((fill, at) => <rect key={fill} x={2 + at * 10} y="2" width="10" height="18" fill={fill} />)}
      {id === "projects" && <rect {...box} fill="none" stroke={GATE_LOOKS.open.strong} stroke-width="2.4" />}
    </svg>
  );
}

/** A warning that stays in sight while any hazard is switched off. */
export function HiddenHazards(): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const ids = hiddenHazards(desk.hidden.value);
  if (!ids.length) return null;
  const names = ids.map((id) => t(`desk.key.${id}`));
  return (
    <p class="notice warn" role="status">
      <span>{t("desk.hidden.warning", { what: desk.figures.value.list(names) })}</span>
      <button type="button" onClick={() => desk.showRows(ids)}>
        {t("desk.hidden.show")}
      </button>
    </p>
  );
}
