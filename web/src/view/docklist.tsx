/** Corners as a list of places: typed, pasted, or taken out one by one. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { readPlaces, writePlaces } from "../core/coordinates.ts";
import { changed, type Sketch } from "../core/sketch.ts";
import { useT } from "./context.ts";

interface ListProps {
  readonly sketch: Sketch;
  readonly put: (next: Sketch) => void;
}

export function PlaceList({ sketch, put }: ListProps): JSX.Element {
  const t = useT();
  const own = writePlaces(sketch.corners);
  const [typed, setTyped] = useState<{ readonly of: string; readonly text: string }>({ of: own, text: own });
  // What came from the map since then is shown; what was typed since then is kept.
  const text = typed.of === own ? typed.text : own;
  const read = readPlaces(text);
  const wrong = read.filter((each) => each.place === null);
  const places = read.flatMap((each) => (each.place ? [each.place] : []));
  return (
    <div class="dock-list">
      <label class="field">
        <span>{t("desk.draw.list")}</span>
        <textarea
          rows={4}
          dir="ltr"
          spellcheck={false}
          value={text}
          aria-describedby="dock-list-hint"
          onInput={(event) => setTyped({ of: own, text: event.currentTarget.value })}
        />
      </label>
      <p id="dock-list-hint" class="quiet">
        {t("desk.draw.list.hint")}
      </p>
      {wrong.length > 0 && (
        <p class="said bad" role="alert">
          {t("desk.draw.list.wrong", { line: wrong[0]?.line ?? 0 })} <bdi dir="ltr">{wrong[0]?.text}</bdi>
        </p>
      )}
      <p class="buttons">
        <button type="button" class="small" disabled={wrong.length > 0 || text === own} onClick={() => put(changed(sketch, places))}>
          {t("desk.draw.list.put")}
        </button>
      </p>
    </div>
  );
}
