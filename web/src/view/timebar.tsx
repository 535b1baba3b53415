/** Time: when it was true, and when it was known. Two sliders of days, and the site's events. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { atStep, besideAt, type DayRange, knownRange, markBefore, playlist, stepOf, ticks, validRange } from "../core/time.ts";
import { useReach, useT } from "./context.ts";
import { Icon, IconButton } from "./marks.tsx";

const PLAY_STEP_MS = 450;

export function TimeBar(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  usePlaying();
  const folded = page.narrow.value && !page.timeOpen.value;
  const { validAt, knownAt } = desk.asked.value;
  const past = validAt !== null || knownAt !== null;
  return (
    <section class="time" aria-label={t("desk.time")} data-folded={folded} data-past={past}>
      {page.narrow.value && <FoldedTime />}
      {!folded && (
        <>
          <TrueAt />
          <KnownAt />
        </>
      )}
    </section>
  );
}

/** The date a slider says: its day, or the word for now. */
function useDay(): (at: string | null) => string {
  const { desk } = useReach();
  const t = useT();
  // The notice above the map says as of when the copy is; here is room for a word.
  const now = t(desk.copy.value ? "desk.copy.word" : "desk.now");
  return (at) => (at === null ? now : desk.figures.value.date(at));
}

function FoldedTime(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const day = useDay();
  const { validAt, knownAt } = desk.asked.value;
  return (
    <button
      type="button"
      class="fold-time"
      aria-expanded={page.timeOpen.value}
      onClick={() => {
        page.timeOpen.value = !page.timeOpen.value;
        if (page.timeOpen.value) page.tab.value = null;
      }}
    >
      <span>
        {t("desk.true_at")} <b>{day(validAt)}</b>
      </span>
      <span>
        {t("desk.known_at")} <b>{day(knownAt)}</b>
      </span>
      <Icon name={page.timeOpen.value ? "down" : "up"} />
    </button>
  );
}

function TrueAt(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const day = useDay();
  const range = validRange(desk.site.value, desk.presentMs());
  const { validAt } = desk.time.value;
  return (
    <div class="time-row">
      <PlayButtons which="valid" />
      <label class="time-name" for="true-at">
        {t("desk.true_at")} <b>{day(validAt)}</b>
      </label>
      <div class="slide">
        <Ticks range={range} />
        <Slider id="true-at" at={validAt} range={range} onDay={(at) => desk.setTime({ validAt: at })} />
        <LastMark />
      </div>
      <button type="button" class="small" disabled={validAt === null} onClick={() => desk.setTime({ validAt: null })}>
        {t("desk.now")}
      </button>
    </div>
  );
}

function KnownAt(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const day = useDay();
  const range = knownRange(desk.site.value, desk.presentMs());
  const { tied } = desk.time.value;
  const knownAt = desk.asked.value.knownAt;
  return (
    <div class="time-row known">
      <PlayButtons which="known" />
      <label class="tie">
        <input
          type="checkbox"
          role="switch"
          checked={tied}
          onChange={() => desk.setTime({ tied: !tied, knownAt: null })}
        />
        <span>{t("desk.as_known_then")}</span>
      </label>
      <label class="time-name" for="known-at">
        {t("desk.known_at")} <b>{day(knownAt)}</b>
      </label>
      <div class="slide">
        <Slider
          id="known-at"
          at={knownAt}
          range={range}
          disabled={tied}
          onDay={(at) => desk.setTime({ knownAt: at, tied: false })}
        />
      </div>
      <button
        type="button"
        class="small"
        disabled={tied || knownAt === null}
        onClick={() => desk.setTime({ knownAt: null })}
      >
        {t("desk.now")}
      </button>
    </div>
  );
}

function Slider(props: {
  id: string;
  at: string | null;
  range: DayRange;
  disabled?: boolean;
  onDay: (at: string | null) => void;
}): JSX.Element {
  const { page } = useReach();
  const day = useDay();
  return (
    <input
      id={props.id}
      type="range"
      min={0}
      max={props.range.days}
      step={1}
      value={stepOf(props.at, props.range)}
      disabled={props.disabled}
      aria-valuetext={day(props.at)}
      onInput={(event) => {
        page.playing.value = null;
        props.onDay(atStep(Number(event.currentTarget.value), props.range));
      }}
    />
  );
}

function Ticks({ range }: { range: DayRange }): JSX.Element {
  const { desk } = useReach();
  const marks = ticks(desk.site.value?.marks ?? [], range);
  return (
    <div class="ticks" aria-hidden="true">
      {marks.map((tick) => (
        <i
          key={`${tick.at}${tick.text}`}
          data-kind={tick.kind}
          title={`${desk.figures.value.date(tick.at)}: ${desk.words.value.name(tick.text)}`}
          style={{ insetInlineStart: `${(tick.share * 100).toFixed(2)}%` }}
        />
      ))}
    </div>
  );
}

/** The last thing that happened before the time shown, in words. */
function LastMark(): JSX.Element | null {
  const { desk } = useReach();
  const mark = markBefore(desk.site.value?.marks ?? [], desk.time.value.validAt);
  if (!mark) return null;
  return (
    <p class="last-mark" data-kind={mark.kind}>
      <span>{desk.figures.value.date(mark.at)}</span> <bdi>{desk.words.value.name(mark.text)}</bdi>
    </p>
  );
}

type Which = "valid" | "known";

/** The events of a slider: when something happened, or when something became known. */
function useEvents(which: Which): readonly string[] {
  const site = useReach().desk.site.value;
  return which === "valid" ? (site?.marks ?? []).map((mark) => mark.at) : (site?.known_days ?? []);
}

/** To the event before or after, and play over all of them; for either of the two times. */
function PlayButtons({ which }: { readonly which: Which }): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const events = useEvents(which);
  const playing = page.playing.value === which;
  const at = desk.time.value[which === "valid" ? "validAt" : "knownAt"];
  const set = (to: string | null): void => desk.setTime(which === "valid" ? { validAt: to } : { knownAt: to, tied: false });
  const jump = (step: -1 | 1): void => {
    page.playing.value = null;
    const next = besideAt(events, at, step, desk.presentMs());
    if (next !== undefined) set(next);
  };
  const play = (): void => {
    if (!playing && at === null) set(playlist(events)[0] ?? null);
    page.playing.value = playing ? null : which;
  };
  const off = which === "known" && desk.time.value.tied;
  return (
    <div class="play">
      <IconButton name="back" flip disabled={off} label={t(`desk.event.before.${which}`)} onClick={() => jump(-1)} />
      <IconButton
        name={playing ? "pause" : "play"}
        flip={!playing}
        disabled={off}
        label={t(playing ? "desk.pause" : `desk.play.${which}`)}
        onClick={play}
      />
      <IconButton name="forth" flip disabled={off} label={t(`desk.event.after.${which}`)} onClick={() => jump(1)} />
    </div>
  );
}

/** While playing, goes to the next event whenever the last picture has come; stops at now. */
function usePlaying(): void {
  const { desk, page } = useReach();
  const which = page.playing.value;
  useEffect(() => {
    if (!which) return undefined;
    const timer = setInterval(() => {
      if (desk.busy.peek()) return;
      const site = desk.site.peek();
      const events = which === "valid" ? (site?.marks ?? []).map((mark) => mark.at) : (site?.known_days ?? []);
      const list = playlist(events).filter((at) => at !== null);
      const next = besideAt(list, desk.time.peek()[which === "valid" ? "validAt" : "knownAt"], 1, desk.presentMs()) ?? null;
      desk.setTime(which === "valid" ? { validAt: next } : { knownAt: next, tied: false });
      if (next === null || desk.stale.peek()) page.playing.value = null;
    }, PLAY_STEP_MS);
    return () => clearInterval(timer);
  }, [which]);
}
