/** How likely contamination is, as a layer: classes over the map for staff, and the words that it frees nothing. */

import { effect, signal } from "@preact/signals";
import type { JSX } from "preact";
import { queryOf } from "../core/api.ts";
import type { Risk } from "../core/risk.ts";
import type { MapFace } from "../map/face.ts";
import { type Reach, useReach, useT } from "./context.ts";

const ROW = "probability";
/** The answer that is shown now; null while the layer is off or on its way. */
const shown = signal<Risk | null>(null);

/** Keeps the layer on the map as the key says, under what a page of work lays over it. */
export function tieProbability({ desk, page }: Reach, face: MapFace): () => void {
  const ask = effect(() => {
    const staff = desk.session.value.actor !== null && desk.session.value.actor.role !== "resident";
    const wanted = staff && !desk.hidden.value.has(ROW);
    const [asOf, lang] = [desk.asked.value, desk.lang.value];
    void desk.revision.value;
    if (!wanted) {
      shown.value = null;
      return undefined;
    }
    const run = new AbortController();
    desk.api.get<Risk>("/api/risk", { asOf, lang, signal: run.signal }).then(
      (found) => !run.signal.aborted && (shown.value = found),
      // Without it the map shows what is on record: nothing is lost but an ordering.
      () => !run.signal.aborted && (shown.value = null),
    );
    return () => run.abort();
  });
  const lay = effect(() => {
    const risk = shown.value;
    const query = queryOf({ asOf: desk.asked.peek(), query: { shown: "p" } });
    const own = risk && { url: `${location.origin}/api/risk/picture${query}`, corners: risk.corners };
    face.setLaid(page.laid.value ?? own);
  });
  return () => {
    ask();
    lay();
  };
}

/** The classes of the layer, and what it does not say. */
export function ProbabilityKey(): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const risk = shown.value;
  if (!risk) return null;
  const classes = risk.classes.p;
  return (
    <>
      <p class="key-says">{risk.limits}</p>
      <ul class="key-parts risk-classes">
        {classes.map((each, at) => {
          const next = classes[at + 1];
          const from = Math.round(each.at_least * 100);
          const words = next ? t("desk.risk.class", { from, to: Math.round(next.at_least * 100) }) : t("desk.risk.class.last", { from });
          return (
            <li key={each.colour}>
              <i style={{ background: each.colour }} aria-hidden="true" />
              <span>{words}</span>
              <span class="count">{desk.figures.value.whole(each.cells)}</span>
            </li>
          );
        })}
        <li>
          <i class="crossed" aria-hidden="true" />
          <span>{t("desk.risk.prior-only")}</span>
          <span class="count">{desk.figures.value.whole(risk.prior_only_cells)}</span>
        </li>
      </ul>
      <button type="button" class="small" onClick={() => desk.openWork("risk")}>
        {t("desk.key.probability.more")}
      </button>
    </>
  );
}

/** In sight while the layer is on, also where the key is folded. */
export function ProbabilityNotice(): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  if (!shown.value) return null;
  return (
    <p class="notice warn" role="status">
      <span>{t("desk.key.probability.means")}</span>
      <button type="button" onClick={() => desk.toggle(ROW)}>
        {t("desk.key.probability.hide")}
      </button>
    </p>
  );
}
