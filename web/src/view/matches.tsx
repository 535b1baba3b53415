/** The review of doubtful matches: both shapes on the map, and a person says whether they are one. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiFault } from "../core/api.ts";
import { boxOf } from "../core/geometry.ts";
import {
  comparedShapes,
  decide,
  type Decided,
  type Doubt,
  keyed,
  type LayerVersion,
  loadMatches,
  loadVersions,
  type Matches,
  type Pair,
} from "../core/match.ts";
import { LAYOUT_MS, type Reach, useReach, useT } from "./context.ts";
import { FaultText } from "./fault.tsx";
import { IconButton } from "./marks.tsx";
import { Id, Titled } from "./sheet.tsx";

export function openMatches({ desk, page }: Reach): void {
  desk.select(null);
  page.planOpen.value = false;
  page.matchesOpen.value = true;
}

export function MatchReview(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const top = useRef<HTMLDivElement>(null);
  const [pair, setPair] = useState<Pair | null>(null);
  useEffect(() => {
    top.current?.focus({ preventScroll: true });
    return () => void (page.compared.value = null);
  }, []);
  // Who chooses something on the map wants to see it: the review makes room.
  useEffect(() => {
    if (desk.selected.value) page.matchesOpen.value = false;
  }, [desk.selected.value]);
  const close = (): void => void (page.matchesOpen.value = false);
  return (
    <aside class="sheet matches" aria-label={t("desk.matches")} onKeyDown={(event) => event.key === "Escape" && close()}>
      <div class="sheet-top" ref={top} tabIndex={-1}>
        <h2>{t("desk.matches")}</h2>
        <IconButton name="close" label={t("desk.close")} onClick={close} />
      </div>
      <div class="sheet-body">
        <Versions pair={pair} choose={setPair} />
        {pair && <Queue key={`${pair.old} ${pair.new}`} pair={pair} />}
      </div>
    </aside>
  );
}

function useFault(): [ApiFault | null, (error: unknown) => void, () => void] {
  const [fault, setFault] = useState<ApiFault | null>(null);
  const take = (error: unknown): void => setFault(error instanceof ApiFault ? error : new ApiFault(0, null));
  return [fault, take, () => setFault(null)];
}

function Fault({ fault }: { fault: ApiFault | null }): JSX.Element | null {
  if (!fault) return null;
  return (
    <div class="notice bad" role="alert">
      <FaultText fault={fault} />
    </div>
  );
}

interface Choosing {
  readonly pair: Pair | null;
  readonly choose: (pair: Pair | null) => void;
}

/** Which two versions are held against one another. */
function Versions({ pair, choose }: Choosing): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [versions, setVersions] = useState<readonly LayerVersion[] | null>(null);
  const [chosen, setChosen] = useState({ old: pair?.old ?? "", new: pair?.new ?? "" });
  const [fault, take] = useFault();
  useEffect(() => {
    const run = new AbortController();
    loadVersions(desk.api, run.signal).then(setVersions, (error: unknown) => !run.signal.aborted && take(error));
    return () => run.abort();
  }, []);
  const set = (side: "old" | "new", sha256: string): void => {
    const now = { ...chosen, [side]: sha256 };
    setChosen(now);
    choose(now.old && now.new && now.old !== now.new ? now : null);
  };
  if (versions !== null && versions.length < 2) return <p class="quiet">{t("desk.matches.too-few")}</p>;
  return (
    <>
      <Fault fault={fault} />
      {(["old", "new"] as const).map((side) => (
        <label key={side} class="field">
          <span>{t(`desk.matches.${side}`)}</span>
          <select value={chosen[side]} onChange={(event) => set(side, event.currentTarget.value)}>
            <option value="">{t("desk.matches.choose")}</option>
            {(versions ?? []).map((each) => (
              <option key={each.sha256} value={each.sha256}>
                {t("desk.matches.version", {
                  layer: `\u2068${each.layer_id}\u2069`,
                  n: each.version,
                  at: desk.figures.value.date(each.recorded_at),
                })}
              </option>
            ))}
          </select>
        </label>
      ))}
    </>
  );
}

function Queue({ pair }: { pair: Pair }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [matches, setMatches] = useState<Matches | null>(null);
  const [asked, setAsked] = useState(0);
  const [skipped, setSkipped] = useState<readonly string[]>([]);
  const [fault, take, clear] = useFault();
  const lang = desk.lang.value;
  useEffect(() => {
    const run = new AbortController();
    loadMatches(desk.api, pair, lang, run.signal).then(setMatches, (error: unknown) => !run.signal.aborted && take(error));
    return () => run.abort();
  }, [lang, asked]);
  if (!matches) return fault ? <Fault fault={fault} /> : <p class="quiet">{t("desk.loading")}</p>;
  const later = matches.queue.filter((each) => skipped.includes(each.candidate_id));
  const doubt = matches.queue.find((each) => !skipped.includes(each.candidate_id)) ?? null;
  const say = async (each: Doubt, accepted: boolean): Promise<void> => {
    clear();
    try {
      await decide(desk.api, pair, each, accepted, lang);
      setAsked((count) => count + 1);
    } catch (error) {
      take(error);
    }
  };
  const figures = { sure: matches.sure, left: matches.queue.length };
  return (
    <>
      <p class="sub" role="status">
        {t("desk.matches.counts", figures)}
      </p>
      <Fault fault={fault} />
      {doubt ? (
        <Pairing
          key={doubt.candidate_id}
          doubt={doubt}
          may={matches.may_decide}
          say={(accepted) => say(doubt, accepted)}
          skip={() => setSkipped([...skipped, doubt.candidate_id])}
        />
      ) : (
        <p class="callout">{t(later.length ? "desk.matches.only-skipped" : "desk.matches.none-left")}</p>
      )}
      {later.length > 0 && (
        <button type="button" class="plain" onClick={() => setSkipped([])}>
          {t("desk.matches.again", { n: later.length })}
        </button>
      )}
      <DecidedList decided={matches.decided} />
    </>
  );
}

interface PairingProps {
  readonly doubt: Doubt;
  readonly may: boolean;
  readonly say: (accepted: boolean) => Promise<void>;
  readonly skip: () => void;
}

/** One doubtful pair; y, n and s answer it while the keyboard is here. */
function Pairing({ doubt, may, say, skip }: PairingProps): JSX.Element {
  const { page } = useReach();
  const t = useT();
  const block = useRef<HTMLElement>(null);
  const [busy, setBusy] = useState(false);
  // Before it is painted: a key pressed as soon as the pair is seen answers it.
  useLayoutEffect(() => block.current?.focus({ preventScroll: true }), [doubt.candidate_id]);
  useEffect(() => {
    const shapes = comparedShapes(doubt);
    page.compared.value = shapes;
    const box = boxOf(shapes);
    const timer = setTimeout(() => box && page.face.value?.fit(box), LAYOUT_MS);
    return () => {
      clearTimeout(timer);
      page.compared.value = null;
    };
  }, [doubt.candidate_id, page.face.value]);
  const answer = (accepted: boolean): void => {
    if (busy || !may) return;
    setBusy(true);
    void say(accepted).finally(() => setBusy(false));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const meant = keyed(event.code);
    if (!meant) return;
    event.preventDefault();
    if (meant === "skip") skip();
    else answer(meant === "yes");
  };
  return (
    <section class="block pairing" ref={block} tabIndex={-1} aria-busy={busy} onKeyDown={onKey}>
      <h3>{t("desk.matches.same")}</h3>
      <Side side="old" ids={doubt.old_ids} />
      <Side side="new" ids={doubt.new_ids} />
      <p>{t("desk.matches.common", { kind: doubt.kind_name, n: Math.round(doubt.common_permille / 10) })}</p>
      <p class="callout">{doubt.doubts_text}</p>
      <p class="buttons">
        <button type="button" class="strong" disabled={busy || !may} aria-keyshortcuts="y" onClick={() => answer(true)}>
          {t("desk.matches.yes")} <kbd dir="ltr">Y</kbd>
        </button>
        <button type="button" disabled={busy || !may} aria-keyshortcuts="n" onClick={() => answer(false)}>
          {t("desk.matches.no")} <kbd dir="ltr">N</kbd>
        </button>
        <button type="button" aria-keyshortcuts="s" onClick={skip}>
          {t("desk.matches.skip")} <kbd dir="ltr">S</kbd>
        </button>
      </p>
      {!may && <p class="why-not">{t("desk.matches.may-not")}</p>}
    </section>
  );
}

/** The ids of one side, with the line by which it is drawn on the map. */
function Side({ side, ids }: { side: "old" | "new"; ids: readonly string[] }): JSX.Element {
  const t = useT();
  return (
    <p class="match-side" data-side={side}>
      <span class="match-line" aria-hidden="true" />
      <span>{t(`desk.matches.drawn-${side}`)}</span> {ids.map((id) => <Id key={id} id={id} />)}
    </p>
  );
}

function DecidedList({ decided }: { decided: readonly Decided[] }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  if (!decided.length) return null;
  return (
    <Titled title={t("desk.matches.decided")}>
      <ul class="damage">
        {decided.map((each) => (
          <li key={each.candidate_id}>
            <p>
              <b>{t(each.accepted ? "desk.matches.was-same" : "desk.matches.was-apart")}</b>{" "}
              <Id id={each.old_ids.join(", ")} /> · <Id id={each.new_ids.join(", ")} />
            </p>
            <p class="meta">
              <time dateTime={each.at}>{desk.figures.value.date(each.at)}</time> <bdi>{each.by}</bdi>
              {each.note && <bdi>{each.note}</bdi>}
            </p>
          </li>
        ))}
      </ul>
    </Titled>
  );
}
