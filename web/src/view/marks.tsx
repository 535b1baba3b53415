/** Marks, swatches and small icons, drawn from the same data as the map. */

import type { JSX } from "preact";
import { type DamageGrade, DAMAGES, type DepthLook, type Hatch, type Look, type LookId, LOOKS, MARKS } from "../core/looks.ts";
import type { GateOutcome } from "../core/types.ts";
import { useT } from "./context.ts";

/** A mark as on the map; it says nothing to a screen reader, its neighbour text does. */
export function MarkIcon({ name, size = 22 }: { name: string; size?: number }): JSX.Element | null {
  const mark = MARKS[name];
  if (!mark) return null;
  return (
    <svg class="mark" viewBox="-1 -1 26 26" width={size} height={size} aria-hidden="true">
      <path d={mark.plate} fill={mark.plateColor} stroke={mark.plateLine ?? "#fff"} stroke-width="1.6" />
      <path
        d={mark.glyph}
        fill="none"
        stroke={mark.glyphColor}
        stroke-width={mark.glyphStroke ?? 2}
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

const SWATCH = { width: 34, height: 22 };

/** A piece of hatched land as on the map. */
export function Swatch({ id }: { id: LookId }): JSX.Element {
  const look = LOOKS[id];
  const { width, height } = SWATCH;
  const box = { x: 2, y: 2, width: width - 4, height: height - 4, rx: 2 };
  return (
    <svg class="swatch" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <rect {...box} fill={look.tint} fill-opacity={look.tintOpacity * 1.3} />
      {look.hatch && <Hatching hatch={look.hatch} id={id} />}
      {look.hatch && <rect {...box} fill={`url(#hatch-${id})`} />}
      <rect {...box} fill="none" stroke={look.line} stroke-width={look.lineWidth} stroke-dasharray={dashes(look)} />
    </svg>
  );
}

/** Cleared ground with the strokes of its depth. */
export function DepthSwatch({ look }: { look: DepthLook }): JSX.Element {
  const cleared = LOOKS.cleared;
  const box = { x: 2, y: 2, width: SWATCH.width - 4, height: SWATCH.height - 4, rx: 2 };
  return (
    <svg class="swatch" viewBox={`0 0 ${SWATCH.width} ${SWATCH.height}`} width={SWATCH.width} height={SWATCH.height} aria-hidden="true">
      <rect {...box} fill={cleared.tint} fill-opacity={cleared.tintOpacity * 1.3} />
      <Hatching hatch={look.hatch} id={look.id} />
      <rect {...box} fill={`url(#hatch-${look.id})`} stroke={cleared.line} stroke-width={cleared.lineWidth} />
    </svg>
  );
}

/** A building by the worst damage told of it. */
export function DamageSwatch({ grade }: { grade: DamageGrade }): JSX.Element {
  const { fill, hatch } = DAMAGES[grade];
  const box = { x: 2, y: 2, width: SWATCH.width - 4, height: SWATCH.height - 4, rx: 2 };
  return (
    <svg class="swatch" viewBox={`0 0 ${SWATCH.width} ${SWATCH.height}`} width={SWATCH.width} height={SWATCH.height} aria-hidden="true">
      <rect {...box} fill={fill} />
      <Hatching hatch={hatch} id={`damage-${grade}`} />
      <rect {...box} fill={`url(#hatch-damage-${grade})`} stroke={DAMAGES.destroyed.fill} stroke-width="1.2" />
    </svg>
  );
}

function dashes(look: Look): string | undefined {
  return look.dash?.map((length) => length * look.lineWidth).join(" ");
}

function Hatching({ hatch, id }: { hatch: Hatch; id: string }): JSX.Element {
  const { gap, stroke, color } = hatch;
  return (
    <pattern id={`hatch-${id}`} width={gap} height={gap} patternUnits="userSpaceOnUse">
      {hatch.kind === "dots" ? (
        <circle cx={gap / 2} cy={gap / 2} r={stroke / 2} fill={color} />
      ) : (
        <path d={hatchPath(hatch)} stroke={color} stroke-width={stroke} fill="none" />
      )}
    </pattern>
  );
}

function hatchPath({ kind, gap: g }: Hatch): string {
  const rising = `M${-g / 2} ${g / 2}L${g / 2} ${-g / 2}M0 ${g}L${g} 0M${g / 2} ${1.5 * g}L${1.5 * g} ${g / 2}`;
  const falling = `M${-g / 2} ${g / 2}L${g / 2} ${1.5 * g}M0 0L${g} ${g}M${g / 2} ${-g / 2}L${1.5 * g} ${g / 2}`;
  switch (kind) {
    case "diagonal":
      return rising;
    case "backslash":
      return falling;
    case "cross":
      return rising + falling;
    case "horizontal":
      return `M0 ${g / 2}H${g}`;
    case "vertical":
      return `M${g / 2} 0V${g}`;
    case "dashes":
      return `M${0.2 * g} ${g / 2}H${0.8 * g}`;
    case "saltires":
      return `M${g / 4} ${g / 4}L${0.75 * g} ${0.75 * g}M${0.75 * g} ${g / 4}L${g / 4} ${0.75 * g}`;
    case "zigzag":
      return `M${-g / 4} ${0.75 * g}L${g / 4} ${g / 4}L${0.75 * g} ${0.75 * g}L${1.25 * g} ${g / 4}`;
    case "dots":
      return "";
  }
}

/** The gate's outcome: shape, colour and word together. */
export function GateBadge({ outcome }: { outcome: GateOutcome }): JSX.Element {
  const t = useT();
  return (
    <span class="gate" data-outcome={outcome}>
      <MarkIcon name={`gate-${outcome}`} size={20} />
      <span>{t(`outcome.${outcome}`)}</span>
    </span>
  );
}

const ICONS = {
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  whole: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  close: "M6 6l12 12M18 6L6 18",
  play: "M8 5l11 7l-11 7z",
  pause: "M8 5v14M16 5v14",
  back: "M18 5l-9 7l9 7zM6 5v14",
  forth: "M6 5l9 7l-9 7zM18 5v14",
  search: "M11 4a7 7 0 1 0 0 14a7 7 0 1 0 0-14zM16.2 16.2L21 21",
  person: "M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM4.5 20.5c1-4 4-6 7.5-6s6.5 2 7.5 6",
  key: "M4 5h7v6H4zM4 14h7v6H4zM14 8h6M14 17h6",
  leave: "M15 5l-7 7l7 7",
  up: "M6 15l6-6l6 6",
  down: "M6 9l6 6l6-6",
} as const;

export type IconName = keyof typeof ICONS;

/** A small line icon; `flip` turns it with the direction of writing. */
export function Icon({ name, flip }: { name: IconName; flip?: boolean }): JSX.Element {
  return (
    <svg class={flip ? "icon flip" : "icon"} viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path d={ICONS[name]} fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}

/** A button that is only an icon; its words are for its name. */
export function IconButton(props: {
  name: IconName;
  label: string;
  onClick: () => void;
  flip?: boolean;
  disabled?: boolean;
  pressed?: boolean;
  expanded?: boolean;
}): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={props.name} flip={props.flip ?? false} />
    </button>
  );
}
