/** Records of two sources that may be of one thing: both on the map, and what they say differently. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type Pair, pairShapes, type Pairs } from "../core/rescue.ts";
import { useReach, useT } from "./context.ts";
import { Fault, useFault } from "./refusal.tsx";
import { Id } from "./sheet.tsx";
import { useAnswer, useOnMap } from "./worksheet.tsx";

export function PairReview(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [at, setAt] = useState(0);
  const { answer, fault, again } = useAnswer<Pairs>("/api/duplicates");
  if (!answer) return fault ? <Fault fault={fault} /> : <p class="quiet">{t("desk.loading")}</p>;
  const pair = answer.pairs[at % Math.max(1, answer.pairs.length)];
  return (
    <>
      <p class="sub" role="status">
        {t("desk.pair.count", { total: desk.figures.value.whole(answer.total) })}
      </p>
      {pair ? (
        <OnePair key={`${pair.one} ${pair.other}`} pair={pair} may={answer.may_decide} done={again} later={() => setAt(at + 1)} />
      ) : (
        <p class="callout">{t("desk.pair.none")}</p>
      )}
    </>
  );
}

interface PairProps {
  readonly pair: Pair;
  readonly may: boolean;
  readonly done: () => void;
  readonly later: () => void;
}

export function OnePair({ pair, may, done, later }: PairProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [fault, take, clear] = useFault();
  const [busy, setBusy] = useState(false);
  useOnMap(pairShapes(pair), `${pair.one} ${pair.other}`);
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const decision = (event.submitter as HTMLButtonElement).value;
    const note = String(new FormData(event.currentTarget as HTMLFormElement).get("note") ?? "");
    setBusy(true);
    clear();
    await desk.act("/api/duplicates", { one: pair.one, other: pair.other, decision, note }).then(done, take);
    setBusy(false);
  };
  return (
    <section class="matches">
      <h3>{t("desk.pair.question")}</h3>
      {(["one", "other"] as const).map((side) => (
        <p key={side} class="match-side" data-side={side === "one" ? "old" : "new"}>
          <span class="match-line" aria-hidden="true" />
          <span>{t(`desk.pair.drawn-${side}`)}</span> <Id id={pair[side]} />
          <bdi class="quiet">{desk.words.value.name(side === "one" ? pair.one_source : pair.other_source)}</bdi>
        </p>
      ))}
      <ul class="against">
        {pair.reasons.map((reason) => (
          <li key={reason.code}>{reason.text}</li>
        ))}
      </ul>
      {pair.differences.length > 0 && <Differences pair={pair} />}
      {may ? (
        <form class="act-form" aria-busy={busy} onSubmit={(event) => void onSubmit(event)}>
          <p>{t("desk.pair.means")}</p>
          <label class="field">
            <span>{t("desk.rescue.why")}</span>
            <input name="note" maxLength={2000} dir="auto" />
          </label>
          <Fault fault={fault} />
          <p class="buttons">
            <button type="submit" value="same" class="strong" data-act="accept" disabled={busy}>
              {t("desk.pair.same")}
            </button>
            <button type="submit" value="different" data-act="refuse" disabled={busy}>
              {t("desk.pair.different")}
            </button>
            <button type="button" onClick={later}>
              {t("desk.matches.skip")}
            </button>
          </p>
        </form>
      ) : (
        <p class="why-not">{t("desk.matches.may-not")}</p>
      )}
    </section>
  );
}

function Differences({ pair }: { pair: Pair }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const said = (name: string, value: string | null): string => {
    if (value === null) return "–";
    if (name === "since") return desk.figures.value.date(value);
    return name === "area_m2" ? t("desk.m2", { n: desk.figures.value.area(Number(value)) }) : desk.words.value.name(value);
  };
  return (
    <div class="wide-table" role="region" aria-label={t("desk.pair.differ")} tabIndex={0}>
      <table>
        <caption class="quiet">{t("desk.pair.differ")}</caption>
        <thead>
          <tr>
            <td />
            {[pair.one, pair.other].map((id) => (
              <th key={id} scope="col">
                <Id id={id} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {pair.differences.map((each) => (
            <tr key={each.name}>
              <th scope="row">{t(`desk.pair.${each.name}`)}</th>
              <td>
                <bdi>{said(each.name, each.one)}</bdi>
              </td>
              <td>
                <bdi>{said(each.name, each.other)}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
