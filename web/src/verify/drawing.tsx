/** The outlines drawn: parts by outcome, what was not cleared hatched, the reader's position. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Claims } from "./claims.ts";
import { type Ground, groundOf, placeOf, type Position, roundM, type Shape, type Spot } from "./ground.ts";
import type { Locating } from "./position.ts";
import { figure, type Say } from "./words.ts";

/** Units of the drawing are about pixels of the screen, so that letters are as large on a phone. */
const WIDTHS = { narrow: 320, wide: 660 };
const NARROW = "(max-width: 40rem)";
const LEAST_HEIGHT = 240;
const MARGIN = 46;
/** Below all outlines and names: the scale bar. */
const FOOT = 20;
/** How far a name stands off, so that it covers nothing, however small that is drawn. */
const NAME_AWAY = 17;

interface View {
  readonly width: number;
  readonly height: number;
  readonly perM: number;
  readonly at: (spot: Spot) => Spot;
}

interface Props {
  readonly claims: Claims;
  /** Whether it is known not to be in force: nothing is drawn as cleared then. */
  readonly stopped: boolean;
  readonly say: Say;
  readonly position: Position | null;
  readonly locating: Locating;
  readonly onLocate: () => void;
}

/** The letter by which what was not cleared is named in the drawing and beside it. */
export function letterOf(at: number): string {
  return at < 26 ? String.fromCharCode(65 + at) : `${letterOf(Math.floor(at / 26) - 1)}${letterOf(at % 26)}`;
}

export function Where({ claims, stopped, say, position, locating, onLocate }: Props) {
  const ground = useMemo(() => groundOf(claims), [claims]);
  const place = placeOf(ground, position);
  const told = locating === "asked" ? say("map.locating") : locating === "failed" ? say("map.no-position") : null;
  return (
    <section class={stopped ? "card where stopped" : "card where"} aria-labelledby="map-title">
      <h2 id="map-title">{say("map.title")}</h2>
      <Drawing claims={claims} ground={ground} position={position} say={say} />
      <Legend claims={claims} stopped={stopped} say={say} you={position !== null} />
      <p class="buttons no-print">
        <button type="button" onClick={onLocate}>
          {say("map.locate")}
        </button>
      </p>
      <div role="status" class="place" data-place={position === null ? "none" : place}>
        {told !== null && <p>{told}</p>}
        {locating !== "asked" && (position !== null || locating === "failed") && (
          <p>
            <strong>{say(`place.${place}`)}</strong>{" "}
            {position !== null && say("map.accuracy", { accuracy_m: figure(Math.ceil(position.accuracyM)) })}
          </p>
        )}
      </div>
    </section>
  );
}

function Drawing({ claims, ground, position, say }: { claims: Claims; ground: Ground; position: Position | null; say: Say }) {
  const you = position === null ? null : ground.spotOf(position.lon, position.lat);
  const view = viewOf(ground, you, position?.accuracyM ?? 0, useWidth());
  const barM = roundM((view.width - 2 * MARGIN) / 3 / view.perM);
  return (
    <svg class="drawing" viewBox={`0 0 ${view.width} ${view.height + FOOT}`} role="img" aria-label={say("map.alt")}>
      <Patterns />
      {ground.parts.map((shape, at) => (
        <path key={`part ${at}`} class={`part ${claims.parts[at]?.outcome ?? ""}`} d={pathOf(shape, view)} fill-rule="evenodd" />
      ))}
      {ground.left.map((shape, at) => (
        <path key={`left ${at}`} class="part left" d={pathOf(shape, view)} fill-rule="evenodd" />
      ))}
      {ground.parts.map((shape, at) => (
        <Name key={`name ${at}`} at={beside(view.at(topOf(shape)), -NAME_AWAY)} name={String(at + 1)} />
      ))}
      {ground.left.map((shape, at) => (
        <Name key={`letter ${at}`} at={beside(view.at(bottomOf(shape)), NAME_AWAY)} name={letterOf(at)} />
      ))}
      {you !== null && <You at={view.at(you)} radius={(position?.accuracyM ?? 0) * view.perM} />}
      <g transform={`translate(${view.width - 26} 14)`} class="north">
        <path d="M0 0 L7 20 L0 15 L-7 20 Z" />
        <text y="36">{say("map.north")}</text>
      </g>
      <g transform={`translate(16 ${view.height + FOOT - 14})`} class="bar">
        <path d={`M0 -6 V0 H${barM * view.perM} V-6`} />
        <text x={barM * view.perM + 8}>{say("map.metres", { n: barM })}</text>
      </g>
    </svg>
  );
}

function useWidth(): number {
  const media = useMemo(() => matchMedia(NARROW), []);
  const [narrow, setNarrow] = useState(media.matches);
  useEffect(() => {
    const turned = (): void => setNarrow(media.matches);
    media.addEventListener("change", turned);
    return () => media.removeEventListener("change", turned);
  }, []);
  return narrow ? WIDTHS.narrow : WIDTHS.wide;
}

function Patterns() {
  return (
    <defs>
      <pattern id="hatch" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="9" height="9" fill="#fff" />
        <rect width="4" height="9" fill="#9c1f3f" />
      </pattern>
      <pattern id="dots" width="10" height="10" patternUnits="userSpaceOnUse">
        <rect width="10" height="10" fill="#fff" />
        <circle cx="5" cy="5" r="1.8" fill="#535a68" />
      </pattern>
      <pattern id="dashes" width="16" height="10" patternUnits="userSpaceOnUse">
        <rect width="16" height="10" fill="#fff" />
        <path d="M2 5 H10" stroke="#8b8f99" stroke-width="1.4" />
      </pattern>
    </defs>
  );
}

function Name({ at: [x, y], name }: { at: Spot; name: string }) {
  return (
    <g transform={`translate(${x} ${y})`} class="name">
      <circle r="12" />
      <text y="5">{name}</text>
    </g>
  );
}

function You({ at: [x, y], radius }: { at: Spot; radius: number }) {
  return (
    <g class="you">
      <circle cx={x} cy={y} r={radius} class="error" />
      <path d={`M${x - 9} ${y} H${x + 9} M${x} ${y - 9} V${y + 9}`} />
      <circle cx={x} cy={y} r="5" />
    </g>
  );
}

function Legend({ claims, stopped, say, you }: { claims: Claims; stopped: boolean; say: Say; you: boolean }) {
  const outcomes = stopped ? ["stopped"] : [...new Set(claims.parts.map((part) => part.outcome))];
  const kinds = claims.notCleared.length > 0 ? [...outcomes, "left"] : outcomes;
  return (
    <ul class="legend">
      {kinds.map((kind) => (
        <li key={kind}>
          <svg width="28" height="18" aria-hidden="true">
            <rect x="1.5" y="1.5" width="25" height="15" class={`part ${kind}`} />
          </svg>
          {say(`legend.${kind}`)}
        </li>
      ))}
      {you && (
        <li>
          <svg width="28" height="18" aria-hidden="true">
            <g class="you">
              <circle cx="14" cy="9" r="8" class="error" />
              <circle cx="14" cy="9" r="3.5" />
            </g>
          </svg>
          {say("legend.you")}
        </li>
      )}
    </ul>
  );
}

/** A view of all outlines, and of the reader where that is no further off than they are wide. */
function viewOf(ground: Ground, you: Spot | null, radiusM: number, width: number): View {
  let { west, south, east, north } = ground.box;
  const spanM = Math.max(east - west, north - south, 1);
  if (you !== null && radiusM < 2 * spanM) {
    const near = you[0] > west - spanM && you[0] < east + spanM && you[1] > south - spanM && you[1] < north + spanM;
    if (near) {
      west = Math.min(west, you[0] - radiusM);
      east = Math.max(east, you[0] + radiusM);
      south = Math.min(south, you[1] - radiusM);
      north = Math.max(north, you[1] + radiusM);
    }
  }
  const [wide, high] = [Math.max(east - west, 0.1), Math.max(north - south, 0.1)];
  const inner = width - 2 * MARGIN;
  const height = Math.round(Math.min(width, Math.max(LEAST_HEIGHT, (high / wide) * inner + 2 * MARGIN)));
  const perM = Math.min(inner / wide, (height - 2 * MARGIN) / high);
  const [midX, midY] = [(west + east) / 2, (south + north) / 2];
  const at = ([x, y]: Spot): Spot => [round(width / 2 + (x - midX) * perM), round(height / 2 - (y - midY) * perM)];
  return { width, height, perM, at };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function pathOf(shape: Shape, view: View): string {
  return shape
    .flat()
    .map((ring) => `M${ring.map((spot) => view.at(spot).join(" ")).join("L")}Z`)
    .join("");
}

function beside([x, y]: Spot, down: number): Spot {
  return [x, y + down];
}

/** The northernmost corner: numbers stand above it. */
function topOf(shape: Shape): Spot {
  return shape.flat(2).reduce((top, spot) => (spot[1] > top[1] ? spot : top));
}

/** The southernmost corner: letters stand below it. */
function bottomOf(shape: Shape): Spot {
  return shape.flat(2).reduce((bottom, spot) => (spot[1] < bottom[1] ? spot : bottom));
}
