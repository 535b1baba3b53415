/** A sentence in which an id or a day stays in one piece and in its own direction. */

import type { JSX } from "preact";
import { pieces } from "../core/words.ts";

/** More letters than this may break: they would leave a small screen. */
const WHOLE_MOST = 28;

export function Sentence({ text }: { readonly text: string | null | undefined }): JSX.Element {
  return (
    <>
      {pieces(text ?? "").map((part, at) =>
        at % 2 ? <bdi class={part.length > WHOLE_MOST ? undefined : "whole"}>{part}</bdi> : part,
      )}
    </>
  );
}
