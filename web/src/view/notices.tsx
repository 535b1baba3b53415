/** What must not be overlooked: an old picture, hidden hazards, buildings not in order. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { sameAsOf } from "../core/time.ts";
import type { AsOf } from "../core/types.ts";
import { useNow, useReach, useT } from "./context.ts";
import { HiddenHazards } from "./key.tsx";
import { ProbabilityNotice } from "./probability.tsx";

const AGE_EVERY_MS = 30_000;

export function Notices(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  return (
    <div class="notices">
      <ActingFor />
      <Copy />
      <Stale />
      <NotNow />
      <HiddenHazards />
      <ProbabilityNotice />
      {!page.tilesInOrder.value && (
        <p class="notice bad" role="status">
          <span>{t("desk.tiles.failed")}</span>
          <button type="button" onClick={() => void desk.reload()}>
            {t("desk.again")}
          </button>
        </p>
      )}
      {page.map.value === "failed" && (
        <p class="notice" role="status">
          {t("desk.map.failed")}
        </p>
      )}
    </div>
  );
}

/** In sight while somebody acts for another: for whom, and the way back. */
function ActingFor(): JSX.Element | null {
  const { desk, page } = useReach();
  const t = useT();
  const acting = page.acting.value;
  if (!acting) return null;
  const back = (): void => {
    page.acting.value = null;
    void desk.reload();
  };
  return (
    <p class="notice warn" role="status" data-notice="acting-for">
      <span>{t("desk.person.delegation-acting", { giver: acting.giver, role: t(`role.${acting.role}`) })}</span>
      <button type="button" onClick={back}>
        {t("desk.person.delegation-own")}
      </button>
    </p>
  );
}

/** The two times in words. */
export function useTimes(): (asOf: AsOf) => { valid: string; known: string } {
  const { desk } = useReach();
  const now = useNow();
  const day = (at: string | null): string => (at === null ? now : desk.figures.value.date(at));
  return ({ validAt, knownAt }) => ({ valid: day(validAt), known: day(knownAt) });
}

/** In sight while the picture is not of now: what it is of, in words, and the way back. */
function NotNow(): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const times = useTimes();
  const asked = desk.asked.value;
  if (asked.validAt === null && asked.knownAt === null) return null;
  const { valid, known } = times(asked);
  return (
    <p class="notice warn not-now" role="status">
      <span>
        <b>{t("desk.not-now")}</b>{" "}
        {t(asked.validAt === null ? "desk.not-now.true-now" : "desk.not-now.true-on", { at: valid })}{" "}
        {t(asked.knownAt === null ? "desk.not-now.known-now" : "desk.not-now.known-on", { at: known })}
      </span>
      <button type="button" onClick={() => desk.toNow()}>
        {t("desk.not-now.back")}
      </button>
    </p>
  );
}

/** In sight while a copy is read: as of when it is, what it cannot say, and that nothing is sent from it. */
function Copy(): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const copy = desk.copy.value;
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), AGE_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  if (desk.ending.value) {
    return (
      <p class="notice warn" role="status">
        {t("desk.copy.ending")}
      </p>
    );
  }
  if (!copy) return null;
  const figures = desk.figures.value;
  return (
    <div class="notice bad copy" role="alert">
      <p>
        <b>{t("desk.copy", { when: figures.moment(copy.asOfMs), age: figures.age(desk.nowMs() - copy.asOfMs) })}</b>{" "}
        {t("desk.copy.unknown")} {t("desk.copy.unsent")}
      </p>
      <button type="button" onClick={() => void desk.checkHealth()}>
        {t("desk.again")}
      </button>
    </div>
  );
}

function Stale(): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const times = useTimes();
  const stale = desk.stale.value;
  if (!stale) return null;
  const picture = desk.picture.value;
  const age = picture ? desk.figures.value.age(desk.nowMs() - picture.loadedAtMs) : "";
  const other = picture && !sameAsOf(picture.asOf, desk.asked.value);
  return (
    <div class="notice bad" role="alert">
      <p>
        <b>{t(picture ? "desk.stale" : "desk.nothing", { age })}</b>{" "}
        {other && t("desk.stale.other", times(picture.asOf))}{" "}
        {stale.fault.unreachable ? t("desk.unreachable") : stale.fault.message}
      </p>
      <button type="button" onClick={() => void desk.reload()}>
        {t("desk.again")}
      </button>
    </div>
  );
}
