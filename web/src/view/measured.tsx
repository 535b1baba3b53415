/** What the server makes of an outline: its area, and the ground on record that it lies over. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ApiFault } from "../core/api.ts";
import { type Measured, outlineBody } from "../core/drawing.ts";
import type { LookId } from "../core/looks.ts";
import { LOOKS } from "../core/looks.ts";
import type { LonLat } from "../core/plane.ts";
import type { Walk } from "../core/walk.ts";
import { useM2, useReach, useT } from "./context.ts";
import { Swatch } from "./marks.tsx";
import { asFault, Fault } from "./refusal.tsx";

const PAUSE_MS = 350;

/** The server's measure of corners, asked once they rest; of nothing where null. */
export function useMeasured(
  corners: readonly LonLat[] | null,
  walk: Walk | null,
): { readonly answer: Measured | null; readonly fault: JSX.Element | null } {
  const { desk } = useReach();
  const [answer, setAnswer] = useState<Measured | null>(null);
  const [fault, setFault] = useState<ApiFault | null>(null);
  const lang = desk.lang.value;
  useEffect(() => {
    setAnswer(null);
    setFault(null);
    if (!corners) return undefined;
    const run = new AbortController();
    const ask = (): void => {
      desk.api
        .send<Measured>("POST", "/api/measure", outlineBody(corners, walk), { lang, signal: run.signal })
        .then(
          (found) => !run.signal.aborted && setAnswer(found),
          (error: unknown) => !run.signal.aborted && setFault(asFault(error)),
        );
    };
    const timer = setTimeout(ask, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      run.abort();
    };
  }, [corners, walk, lang]);
  return { answer, fault: fault && <Fault fault={fault} /> };
}

/** Ground on record under an outline, the worst first, and ground of which nothing is known. */
export function LiesOver({ measured, most }: { readonly measured: Measured; readonly most: number }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const m2 = useM2();
  const [all, setAll] = useState(false);
  const left = all ? 0 : Math.max(0, measured.under.length - most);
  return (
    <ul class="lies-over">
      {measured.under.slice(0, measured.under.length - left).map((each, at) => (
        <li key={at} data-state={each.state}>
          {each.in_doubt ? <Swatch id="doubt" /> : each.state in LOOKS && <Swatch id={each.state as LookId} />}
          <span>
            <bdi>{desk.words.value.name(each.name, each.area_ids[0] ?? "")}</bdi> <small>· {each.text}</small>
          </span>
          <b>{m2(each.area_m2)}</b>
        </li>
      ))}
      {left > 0 && (
        <li>
          <button type="button" class="small" onClick={() => setAll(true)}>
            {t("desk.more", { n: left })}
          </button>
        </li>
      )}
      {measured.unrecorded_m2 > 0 && (
        <li>
          <span>{t("desk.draw.unrecorded")}</span>
          <b>{m2(measured.unrecorded_m2)}</b>
        </li>
      )}
      {measured.misclosure_m !== null && (
        <li>
          <span>
            {t("desk.draw.missed", {
              missed: measured.misclosure_m.toFixed(2),
              limit: (measured.misclosure_limit_m ?? 0).toFixed(2),
            })}
          </span>
        </li>
      )}
    </ul>
  );
}
