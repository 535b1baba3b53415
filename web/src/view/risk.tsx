/** How likely contamination is: over the map in classes, and of a tapped place why and what would turn it. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { queryOf } from "../core/api.ts";
import { apart, heaviest, type MineRows, percent, type Risk, type RiskClass, type RiskPlace, type RowPlace, type Shown } from "../core/risk.ts";
import { pointShape, useReach, useT } from "./context.ts";
import { Fault } from "./refusal.tsx";
import { Titled } from "./sheet.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

const SHOWN: readonly Shown[] = ["p", "width"];
const TERMS_MOST = 12;
const ROWS_MOST = 20;
const ROW_ZOOM = 18;

export function RiskPage(): JSX.Element {
  const { page } = useReach();
  const t = useT();
  const [shown, setShown] = useState<Shown>("p");
  const [lon, lat] = page.drawn.value?.at(-1) ?? [null, null];
  const at = lon === null || lat === null ? {} : { lon, lat };
  const { answer, fault } = useAnswer<Risk>("/api/risk", { query: at, timed: true });
  // While this page is open the map is asked why, and of one place at a time.
  useEffect(() => {
    page.drawn.value = [];
    return () => void (page.drawn.value = null);
  }, []);
  useEffect(() => {
    const drawn = page.drawn.value ?? [];
    if (drawn.length > 1) page.drawn.value = drawn.slice(-1);
  }, [page.drawn.value]);
  useLaid(answer, shown);
  return (
    <WorkSheet name="risk" title={t("desk.work.risk")}>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <>
          <p class="callout">{answer.limits}</p>
          <fieldset class="risk-shown">
            <legend>{t("desk.risk.shown")}</legend>
            {SHOWN.map((each) => (
              <label key={each} class="check">
                <input type="radio" name="shown" checked={shown === each} onChange={() => setShown(each)} />
                <span>{t(`desk.risk.shown.${each}`)}</span>
              </label>
            ))}
          </fieldset>
          <Classes classes={answer.classes[shown]} bare={answer.prior_only_cells} />
          <Place place={answer.place} />
          <Rows />
          <Titled title={t("desk.risk.map")}>
            <p>{answer.summary}</p>
            <p>{answer.calibration.text}</p>
            <ul class="plan-left">
              {apart(answer.calibration).map((each) => (
                <li key={each.text}>{each.text}</li>
              ))}
            </ul>
          </Titled>
        </>
      )}
    </WorkSheet>
  );
}

/** Lays the picture over the map for as long as the page is open. */
function useLaid(answer: Risk | null, shown: Shown): void {
  const { desk, page } = useReach();
  const face = page.face.value;
  const corners = answer?.corners.flat().join(" ");
  const asked = desk.asked.value;
  useEffect(() => {
    if (!face || !answer) return undefined;
    const query = queryOf({ asOf: asked, query: { shown } });
    page.laid.value = { url: `${location.origin}/api/risk/picture${query}`, corners: answer.corners };
    return () => void (page.laid.value = null);
  }, [face, corners, shown, asked.validAt, asked.knownAt, desk.revision.value]);
}

function Classes({ classes, bare }: { classes: readonly RiskClass[]; bare: number }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const whole = (n: number): string => desk.figures.value.whole(n);
  return (
    <ul class="risk-classes">
      {classes.map((each, at) => {
        const next = classes[at + 1];
        const from = Math.round(each.at_least * 100);
        const told = next ? t("desk.risk.class", { from, to: Math.round(next.at_least * 100) }) : t("desk.risk.class.last", { from });
        return (
          <li key={each.colour}>
            <i style={{ background: each.colour }} aria-hidden="true" />
            <span>{told}</span>
            <span class="sub">{t("desk.risk.cells", { n: whole(each.cells) })}</span>
          </li>
        );
      })}
      <li>
        <i class="crossed" aria-hidden="true" />
        <span>{t("desk.risk.prior-only")}</span>
        <span class="sub">{t("desk.risk.cells", { n: whole(bare) })}</span>
      </li>
    </ul>
  );
}

/** Where rows of mines go on: each place with its reason, shown on the map when asked. */
function Rows(): JSX.Element | null {
  const { page } = useReach();
  const t = useT();
  const { answer } = useAnswer<MineRows>("/api/risk/rows", { timed: true });
  useEffect(() => {
    const places = (answer?.rows ?? []).flatMap((row) => row.expected.map(({ lon, lat }) => pointShape(lon, lat)));
    page.compared.value = places.length ? places : null;
    return () => void (page.compared.value = null);
  }, [answer]);
  const show = ({ lon, lat }: RowPlace): void => {
    page.drawn.value = [[lon, lat]];
    page.face.value?.flyTo(lon, lat, ROW_ZOOM);
  };
  if (!answer) return null;
  return (
    <Titled title={t("desk.risk.rows")}>
      <p>{answer.summary}</p>
      {answer.rows.slice(0, ROWS_MOST).map((row) => (
        <details key={row.text + row.expected[0]?.lon}>
          <summary>{row.text}</summary>
          <ul class="plan-left">
            {row.expected.map((place) => (
              <li key={`${place.lon} ${place.lat}`}>
                {place.text}{" "}
                <button type="button" class="small" onClick={() => show(place)}>
                  {t("desk.risk.rows.show")}
                </button>
              </li>
            ))}
          </ul>
        </details>
      ))}
      <p class="quiet">{answer.limits}</p>
    </Titled>
  );
}

function Place({ place }: { place: RiskPlace | null }): JSX.Element {
  const t = useT();
  if (!place) return <p class="quiet">{t("desk.risk.tap")}</p>;
  if (place.p === null || place.low === null || place.high === null) return <p>{place.text}</p>;
  const told = { p: percent(place.p), low: percent(place.low), high: percent(place.high) };
  return (
    <>
      <Titled title={t("desk.risk.here")}>
        <p>
          <b>{t("desk.risk.place", told)}</b>
        </p>
        <p>{place.text}</p>
        <table class="figures">
          <tbody>
            {heaviest(place.terms, TERMS_MOST).map((term) => (
              <tr key={term.text}>
                <th scope="row">{term.text}</th>
                <td dir="ltr">{`${term.log_odds < 0 ? "−" : "+"}${Math.abs(term.log_odds).toFixed(2)}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p class="quiet">{t("desk.risk.sum")}</p>
      </Titled>
      <Titled title={t("desk.risk.turns")}>
        <ul class="plan-left">
          {place.turns.map((turn) => (
            <li key={turn.kind}>
              {turn.text} {t("desk.risk.turn", { p: percent(turn.p_contaminated) })}
            </li>
          ))}
        </ul>
        <p class="quiet">{t("desk.risk.turns.means")}</p>
      </Titled>
    </>
  );
}
