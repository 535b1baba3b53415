/** Picture cards of what a person may have seen: plain outlines, drawn for this page. */

import type { JSX } from "preact";

const BODY = { fill: "var(--card)", stroke: "var(--ink)", "stroke-width": 2.5, "stroke-linejoin": "round", "stroke-linecap": "round" } as const;
const LINE = { ...BODY, fill: "none" } as const;
const DARK = { ...BODY, fill: "var(--ink)" } as const;

/** Drawings in a field of 64 by 48, of the outside alone: how a thing works is nobody's business here. */
const DRAWN: Readonly<Record<string, () => JSX.Element>> = {
  shell: () => <g transform="rotate(-18 32 24)"><path {...BODY} d="M8 18h32q14 1 18 6q-4 5-18 6H8z" /><path {...DARK} d="M12 18v12M17 18v12" /></g>,
  rocket: () => <g transform="rotate(-18 32 24)"><path {...BODY} d="M14 20h34l10 4l-10 4H14z" /><path {...DARK} d="M14 20l-9-7v8zM14 28l-9 7v-8z" /></g>,
  bomb: () => <g transform="rotate(24 32 24)"><path {...BODY} d="M14 24q6-12 24-12q14 1 18 12q-4 11-18 12q-18 0-24-12z" /><path {...DARK} d="M14 24L5 13v22z" /></g>,
  grenade: () => <g><ellipse {...BODY} cx="32" cy="29" rx="12" ry="14" /><path {...BODY} d="M28 15v-6h8v6" /><path {...LINE} d="M36 10l10 4l2 12M21 25h22M21 33h22M32 16v26" /></g>,
  mine: () => <g><ellipse {...BODY} cx="32" cy="30" rx="24" ry="10" /><path {...BODY} d="M8 30v-6q0-9 24-9t24 9v6" /><ellipse {...DARK} cx="32" cy="19" rx="8" ry="3" /></g>,
  small_bomblet: () => <g><circle {...BODY} cx="20" cy="30" r="9" /><circle {...BODY} cx="43" cy="32" r="9" /><path {...LINE} d="M20 21V9M20 9l-5 5M20 9l5 4M43 23V11M43 11l-5 5M43 11l5 4" /><path {...LINE} d="M11 30h18M34 32h18" /></g>,
  wire: () => <g><path {...BODY} d="M8 42l2-30h4l2 30zM48 42l2-30h4l2 30z" /><path {...LINE} d="M12 26q20 8 40 0" stroke-dasharray="6 3" /><path {...LINE} d="M2 43h60" /></g>,
  box: () => <g><path {...BODY} d="M10 18l22-8l22 8v20l-22 8l-22-8z" /><path {...LINE} d="M10 18l22 8l22-8M32 26v20M21 14l22 8" /></g>,
  metal: () => <g><path {...BODY} d="M12 32l8-16l16-4l16 10l-4 14l-20 4z" /><path {...LINE} d="M20 16l10 12l22-6M30 28l-2 12" /></g>,
  hole: () => <g><ellipse {...BODY} cx="32" cy="30" rx="26" ry="12" /><ellipse {...DARK} cx="32" cy="31" rx="16" ry="6" /><path {...LINE} d="M10 16l5 4M32 8v6M54 16l-5 4" /></g>,
  sign: () => <g><path {...BODY} d="M32 4L50 32H14z" /><path {...LINE} d="M32 32v14M32 13v9" /><circle cx="32" cy="27" r="1.8" fill="var(--ink)" /></g>,
  blast: () => <path {...BODY} d="M32 3l5 12l12-6l-4 12l15 3l-14 6l8 12l-13-4l-3 8l-7-9l-12 8l3-13l-16-3l14-7l-6-11l13 4z" />,
  dead_animal: () => <g><path {...BODY} d="M10 34q2-14 20-14q16 0 20 8l8-2l-2 8l-6 2q-6 4-14 4H16q-6 0-6-6z" /><path {...LINE} d="M18 40l-6 4M28 40l-4 5M40 40l2 5M52 29l3 3M55 29l-3 3" /></g>,
  other: () => <g><circle {...BODY} cx="32" cy="24" r="18" /><path {...LINE} d="M25 20q0-7 7-7t7 6q0 4-7 7v4" /><circle cx="32" cy="36" r="2" fill="var(--ink)" /></g>,
};

/** The codes of what may have been seen, in the order of the cards. */
export const SEEN = Object.keys(DRAWN);

/** One drawing; its name stands beside it. */
export function Drawing({ code }: { readonly code: string }) {
  const drawn = DRAWN[code];
  return <svg viewBox="0 0 64 48" aria-hidden="true" class="drawing">{drawn ? drawn() : null}</svg>;
}
