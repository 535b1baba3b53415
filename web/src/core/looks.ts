/**
 * How everything looks, once: the map's patterns and the legend's swatches are drawn from here.
 * Colours are after Okabe and Ito; every class also differs by hatching and by outline, so that
 * nothing is told by colour alone. Nothing is green: green would be read as a promise.
 */

import type { LegendId } from "./layers.ts";
import type { GateOutcome } from "./types.ts";

export interface Hatch {
  readonly kind: "diagonal" | "backslash" | "cross" | "horizontal" | "vertical" | "dots" | "saltires" | "dashes" | "zigzag";
  readonly color: string;
  /** Distance between strokes, in CSS pixels; the tile of the pattern is this wide. */
  readonly gap: number;
  /** Width of the stroke or diameter of the dot, in CSS pixels. */
  readonly stroke: number;
}

export interface Look {
  readonly tint: string;
  readonly tintOpacity: number;
  readonly hatch: Hatch | null;
  readonly line: string;
  readonly lineWidth: number;
  /** Dashes in multiples of the line's width; null is a whole line. */
  readonly dash: readonly number[] | null;
}

export type LookId =
  | "cha"
  | "sha"
  | "indication"
  | "not_cleared"
  | "doubt"
  | "cleared"
  | "reduced"
  | "cancelled"
  | "rubble"
  | "tasks";

export const LOOKS: Readonly<Record<LookId, Look>> = {
  cha: look("#d1400b", 0.24, ["cross", "#a82c02", 9, 1.6], "#a82c02", 2.4, null),
  sha: look("#e8930c", 0.2, ["diagonal", "#b05f00", 9, 1.5], "#a85800", 2, [3, 1.6]),
  indication: look("#e6c229", 0.16, ["dots", "#7a6200", 9, 2.6], "#7a6200", 1.8, [1, 1.6]),
  not_cleared: look("#3b2430", 0.22, ["saltires", "#3b2430", 12, 1.6], "#3b2430", 2, null),
  // Warm as hazard is, for every eye: released land alone is blue or grey.
  doubt: look("#e0806a", 0.22, ["zigzag", "#8a1f3d", 10, 1.5], "#8a1f3d", 2.2, [4, 1.2, 1, 1.2]),
  cleared: look("#2b7bba", 0.2, null, "#1b5e97", 1.4, null),
  reduced: look("#56a8dc", 0.14, ["vertical", "#3d8dc2", 8, 1], "#2f7fb5", 1.2, null),
  cancelled: look("#8a94a6", 0.12, ["horizontal", "#7f8899", 8, 1], "#69738a", 1.2, null),
  rubble: look("#8a6f57", 0.22, ["backslash", "#7a5f48", 7, 1.2], "#6b523d", 1.2, [2, 1.5]),
  tasks: look("#6b3fa0", 0, null, "#6b3fa0", 1.8, [5, 2]),
};

function look(
  tint: string,
  tintOpacity: number,
  hatch: readonly [Hatch["kind"], string, number, number] | null,
  line: string,
  lineWidth: number,
  dash: readonly number[] | null,
): Look {
  const strokes = hatch && { kind: hatch[0], color: hatch[1], gap: hatch[2], stroke: hatch[3] };
  return { tint, tintOpacity, hatch: strokes, line, lineWidth, dash };
}

/** Depths to which ground was cleared, in classes: each begins above a depth in cm. */
export interface DepthLook {
  readonly id: `depth-${number}`;
  readonly above: number;
  readonly hatch: Hatch;
}

export const DEPTHS: readonly DepthLook[] = [
  depthLook(0, 18),
  depthLook(20, 12),
  depthLook(50, 8),
  depthLook(100, 5),
];

function depthLook(above: number, gap: number): DepthLook {
  return { id: `depth-${above}`, above, hatch: { kind: "dashes", color: "#1b5e97", gap, stroke: 1.4 } };
}

/** The worst damage that any source tells of a building: its fill, and strokes over it. */
export const DAMAGES: Readonly<Record<"light" | "unknown" | "heavy" | "destroyed", { readonly fill: string; readonly hatch: Hatch }>> = {
  light: { fill: "#f3e7d8", hatch: { kind: "dots", color: "#6b3a1e", gap: 8, stroke: 1.8 } },
  unknown: { fill: "#f4f1ec", hatch: { kind: "dashes", color: "#6b3a1e", gap: 8, stroke: 1.4 } },
  heavy: { fill: "#d9a878", hatch: { kind: "vertical", color: "#6b3a1e", gap: 6, stroke: 1.4 } },
  destroyed: { fill: "#7a4a30", hatch: { kind: "cross", color: "#f3e7d8", gap: 7, stroke: 1.3 } },
};
export type DamageGrade = keyof typeof DAMAGES;
export const DAMAGE_GRADES = Object.keys(DAMAGES) as DamageGrade[];

/** The class of a depth; null where none is known. */
export function depthOf(depthCm: number | null): DepthLook | null {
  return depthCm === null ? null : (DEPTHS.filter(({ above }) => depthCm > above).at(-1) ?? null);
}

/** Gate outcomes: colour of the text and plate, and the quiet fill of buildings, light to dark. */
export const GATE_LOOKS: Readonly<Record<GateOutcome, { strong: string; fill: string; line: string }>> = {
  open: { strong: "#1f5f99", fill: "#eef4fa", line: "#6f93b5" },
  conditions: { strong: "#8a5200", fill: "#ddd5c4", line: "#a3977e" },
  closed: { strong: "#9c1f3f", fill: "#d0a3ad", line: "#9c5266" },
};

/** Over buildings that may not be worked on: the colour is not alone. */
export const CLOSED_HATCH: Hatch = { kind: "backslash", color: "#8c3a50", gap: 5, stroke: 1.1 };

/** Question marks on ground of which nothing is on record: an empty sheet would look all clear. */
export const UNRECORDED_SIGN = { color: "#d6cfc1", gap: 36, stroke: 1.1, path: "M-1.9 -2.2a2 2 0 1 1 3 1.85c-.7.4-1.1.75-1.1 1.65M0 3.4v.1" } as const;

export const GROUND = {
  paper: "#f1efe8",
  recorded: "#fbfaf7",
  water: "#cfdbdc",
  waterLine: "#b0c1c3",
  road: "#ffffff",
  roadCase: "#d9d4c9",
  bridge: "#8d8574",
  text: "#2b2f36",
  quietText: "#6d6a62",
  halo: "#ffffff",
  ink: "#1d2430",
} as const;

/** The base map: greys and nothing else, so that nothing of it looks like hazard, release or a gate. */
export const BASE = {
  water: "#dbdedd",
  waterLine: "#c6cac9",
  road: "#fbfaf8",
  roadCase: "#dcd9d3",
  bridge: "#a9a69e",
  building: "#e3e1dc",
  buildingLine: "#cfccc5",
  text: "#5d5b55",
  quietText: "#6d6a62",
} as const;

/** A drawn mark on a 24 × 24 field: a plate and a glyph, as SVG paths. */
export interface MarkLook {
  readonly plate: string;
  readonly plateColor: string;
  readonly plateLine?: string;
  readonly glyph: string;
  readonly glyphColor: string;
  readonly glyphStroke?: number;
}

const CIRCLE = "M12 1.5a10.5 10.5 0 1 0 0 21a10.5 10.5 0 1 0 0-21z";
const DIAMOND = "M12 .8L23.2 12L12 23.2L.8 12z";
const OCTAGON = "M7.6 1.5h8.8l6.1 6.1v8.8l-6.1 6.1H7.6l-6.1-6.1V7.6z";
const TRIANGLE = "M12 1.2L23.4 21.6H.6z";
const WEDGE = "M.6 2.4h22.8L12 22.8z";
const SQUARE = "M4 2h16a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2z";

const PLATES: Readonly<Record<GateOutcome, string>> = { open: CIRCLE, conditions: DIAMOND, closed: OCTAGON };
const GATE_GLYPHS: Readonly<Record<GateOutcome, string>> = {
  open: "M7.2 12.3l3.4 3.6l6.3-7.4",
  conditions: "M12 6.2v7.2M12 16.6v1.2",
  closed: "M6.8 12h10.4",
};

const SERVICE_GLYPHS = {
  school: "M5 10.2l7-3.4l7 3.4l-7 3.4zM8 11.8v3.6c2.4 1.8 5.6 1.8 8 0v-3.6M19 10.2v4.6",
  hospital: "M6 7v10M6 14h12.4M18.4 17v-4.4c0-1.4-1-2.2-2.2-2.2H10v3.4M7.8 10.4h.1",
  water_works: "M12 5.4c2.8 3.4 4.6 5.8 4.6 8.2a4.6 4.6 0 0 1-9.2 0c0-2.4 1.8-4.8 4.6-8.2z",
} as const;

export const SERVICE_KINDS = Object.keys(SERVICE_GLYPHS) as (keyof typeof SERVICE_GLYPHS)[];
export const GATES: readonly GateOutcome[] = ["open", "conditions", "closed"];

/** The marks by name: `gate-open`, `school-closed`, `reopened`, `accident` … */
export const MARKS: Readonly<Record<string, MarkLook>> = {
  ...Object.fromEntries(GATES.map((gate) => [`gate-${gate}`, gateMark(gate)])),
  ...Object.fromEntries(
    SERVICE_KINDS.flatMap((kind) => GATES.map((gate) => [`${kind}-${gate}`, serviceMark(kind, gate)])),
  ),
  // Hazards too small to show their hatching: the same strokes on a wedge.
  "hazard-cha": stroked(WEDGE, LOOKS.cha.line, "M8.4 5.4l7.2 7.2M15.6 5.4l-7.2 7.2", "#ffffff", 2.4),
  "hazard-sha": stroked(WEDGE, "#fff3dc", "M8.4 12.4l7.2-7", LOOKS.sha.line, 2.6, LOOKS.sha.line),
  "hazard-indication": stroked(WEDGE, "#fffbe6", "M8 8.4h.1M12 8.4h.1M16 8.4h.1", LOOKS.indication.line, 3, LOOKS.indication.line),
  "hazard-doubt": stroked(WEDGE, "#ffffff", "M9.4 7.4a2.7 2.7 0 1 1 4.2 2.4c-1 .7-1.6 1.1-1.6 2.2M12 15.4v.4", LOOKS.doubt.line, 2.2, LOOKS.doubt.line),
  reopened: stroked(SQUARE, "#ffffff", "M17.6 9.4A6.2 6.2 0 1 0 18 13.6M18.4 5.6v4.2h-4.2", "#a3005c", 2.2, "#a3005c"),
  accident: stroked(TRIANGLE, GROUND.ink, "M12 8.4v6M12 17.4v1.2", "#ffffff", 2.4),
  // The queue by urgency: the plate and the bang tell, not the colour alone.
  "report-immediate": stroked(OCTAGON, "#9c1f3f", "M12 5.6v8M12 17v1", "#ffffff", 2.8),
  "report-soon": stroked(SQUARE, "#8a5200", "M6.5 8h7M6.5 12h7M6.5 16h4M17.5 7v6M17.5 16.4v.6", "#ffffff", 1.9),
  "report-routine": stroked(SQUARE, "#5a4a00", "M6.5 8h11M6.5 12h11M6.5 16h6", "#ffffff", 1.8),
  "report-untriaged": stroked(SQUARE, "#ffffff", "M9 9.2a3 3 0 1 1 4.6 2.6c-1 .7-1.6 1.2-1.6 2.4M12 17v.4", "#5a4a00", 2, "#5a4a00"),
  "report-answered": stroked(SQUARE, "#ffffff", "M6.5 8h11M6.5 12h11M6.5 16h6", "#7d7a70", 1.6, "#7d7a70"),
  "damage-light": stroked(SQUARE, "#ffffff", "M12 4.5l-2 5l3.4 3", "#6b3a1e", 1.8, "#6b3a1e"),
  "damage-heavy": stroked(SQUARE, "#c98a5b", "M12 3.5l-3 6l5.5 4l-4 7", "#ffffff", 2.2, "#6b3a1e"),
  "damage-destroyed": stroked(SQUARE, "#6b3a1e", "M4.5 18l5-8l3.5 4l2-2.6l4.5 6.6z", "#ffffff", 2, "#6b3a1e"),
  "damage-unknown": stroked(SQUARE, "#ffffff", "M9 9.2a3 3 0 1 1 4.6 2.6c-1 .7-1.6 1.2-1.6 2.4M12 17v.4", "#6b3a1e", 2, "#6b3a1e"),
  "evidence-direct": stroked(DIAMOND, "#a82c02", "M12 8v8M8 12h8", "#ffffff", 2.2),
  "evidence-indirect": stroked(DIAMOND, "#ffffff", "M12 8v8M8 12h8", "#a85800", 2.2, "#a85800"),
  "evidence-contrary": stroked(CIRCLE, "#ffffff", "M7.5 12h9", "#4a5468", 2.2, "#4a5468"),
  "evidence-nothing": stroked(CIRCLE, "#ffffff", "M12 12h.1", "#4a5468", 2.6, "#4a5468"),
  rubble: stroked(SQUARE, "#6b523d", "M5.5 17.5l4-6.5l3 3.6l2.4-3l3.6 5.9z", "#ffffff", 1.8),
  spot: stroked(
    "M12 1C7.6 1 4.4 4.3 4.4 8.4C4.4 13.8 12 23 12 23s7.6-9.2 7.6-14.6C19.6 4.3 16.4 1 12 1z",
    GROUND.ink,
    "M12 5.6a2.9 2.9 0 1 0 0 5.8a2.9 2.9 0 1 0 0-5.8z",
    "#ffffff",
    1.8,
  ),
};

function stroked(
  plate: string,
  plateColor: string,
  glyph: string,
  glyphColor: string,
  glyphStroke: number,
  plateLine?: string,
): MarkLook {
  const base = { plate, plateColor, glyph, glyphColor, glyphStroke };
  return plateLine ? { ...base, plateLine } : base;
}

function gateMark(gate: GateOutcome): MarkLook {
  return stroked(PLATES[gate], GATE_LOOKS[gate].strong, GATE_GLYPHS[gate], "#ffffff", 2.6, "#ffffff");
}

function serviceMark(kind: keyof typeof SERVICE_GLYPHS, gate: GateOutcome): MarkLook {
  const { strong } = GATE_LOOKS[gate];
  return stroked(PLATES[gate], "#ffffff", SERVICE_GLYPHS[kind], strong, 1.7, strong);
}

/** The marks that stand beside a legend row, in the order shown. */
export const ROW_MARKS: Partial<Readonly<Record<LegendId, readonly string[]>>> = {
  cha: ["hazard-cha"],
  sha: ["hazard-sha"],
  indication: ["hazard-indication"],
  doubt: ["hazard-doubt"],
  reopened: ["reopened"],
  projects: GATES.map((gate) => `gate-${gate}`),
  services: SERVICE_KINDS.map((kind) => `${kind}-open`),
  accidents: ["accident"],
  reports: ["report-immediate", "report-soon", "report-routine", "report-untriaged", "report-answered"],
  damage: ["damage-light", "damage-heavy", "damage-destroyed", "damage-unknown"],
  evidence: ["evidence-direct", "evidence-indirect", "evidence-contrary", "evidence-nothing"],
  rubble: ["rubble"],
};
