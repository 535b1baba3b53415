/** A sentence in which an id or a day stays in one piece and in its own direction. */

import type { JSX } from "preact";

/** What holds together by hyphens: a browser breaks a line after each, and turns the rest about in Arabic. */
const HELD = /([\p{L}\p{N}_]+(?:-[\p{L}\p{N}_]+)+)/u;
/** More letters than this may break: they would leave a small screen. */
const WHOLE_MOST = 28;

export function Sentence({ text }: { readonly text: string | null | undefined }): JSX.Element {
  const parts = (text ?? "").split(HELD);
  // Every second part is what the pattern found.
  return <>{parts.map((part, at) => (at % 2 ? <bdi class={part.length > WHOLE_MOST ? "" : "whole"}>{part}</bdi> : part))}</>;
}
