/** What to do first: the plan by team and day, on the map, and each task with its reasons in words. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiFault } from "../core/api.ts";
import { boxOf, ofArea } from "../core/geometry.ts";
import { askPlan, barOf, byTeam, type Plan, type PlanChoice, plannedShapes, type PlanTask, spanOf } from "../core/plan.ts";
import { useReach, useT } from "./context.ts";
import { FaultText } from "./fault.tsx";
import { FileField } from "./filefield.tsx";
import { Id, Titled } from "./sheet.tsx";
import { WorkSheet } from "./worksheet.tsx";

const FIRST_DAYS = 90;

export function PlanPage(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const plan = page.plan.value;
  useEffect(() => {
    page.compared.value = plan && plannedShapes(desk.picture.value?.layers?.hazards, plan.tasks);
    return () => void (page.compared.value = null);
  }, [plan]);
  return (
    <WorkSheet name="plan" title={t("desk.plan.title")}>
      <Choice take={(made) => (page.plan.value = made)} />
      {plan && (
        <p class="buttons">
          <button type="button" onClick={() => desk.openWork("figures", "progress")}>
            {t("desk.plan.to-figures")}
          </button>
        </p>
      )}
      {plan && <Shown plan={plan} />}
    </WorkSheet>
  );
}

/** Reads a chosen file as JSON; what cannot be read is told and not sent. */
async function read(file: File | undefined): Promise<unknown> {
  return file ? (JSON.parse(await file.text()) as unknown) : null;
}

function Choice({ take }: { take: (plan: Plan) => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const form = useRef<HTMLFormElement>(null);
  const [days, setDays] = useState(FIRST_DAYS);
  const [fault, setFault] = useState<ApiFault | "unread" | null>(null);
  const [busy, setBusy] = useState(false);
  const chosen = async (): Promise<PlanChoice | null> => {
    const files = (name: string): File | undefined =>
      (form.current?.elements.namedItem(name) as HTMLInputElement | null)?.files?.[0];
    try {
      return { teams: await read(files("teams")), decisions: await read(files("decisions")), days };
    } catch {
      setFault("unread");
      return null;
    }
  };
  const ask = async (): Promise<void> => {
    setBusy(true);
    setFault(null);
    const choice = await chosen();
    try {
      if (choice) take(await askPlan(desk.api, choice, desk.asked.value, desk.lang.value));
    } catch (error) {
      setFault(error instanceof ApiFault ? error : new ApiFault(0, null));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <FileField label={t("desk.plan.teams")} name="teams" accept="application/json,.json" required />
      <FileField label={t("desk.plan.decisions")} name="decisions" accept="application/json,.json" />
      <label class="field">
        <span>{t("desk.plan.days")}</span>
        <input type="number" name="days" min={1} max={7300} value={days} onInput={(event) => setDays(event.currentTarget.valueAsNumber)} />
      </label>
      <button type="submit" disabled={busy} aria-busy={busy}>
        {t(busy ? "desk.loading" : "desk.plan.make")}
      </button>
      {fault && (
        <div class="notice bad" role="alert">
          {fault === "unread" ? <p>{t("desk.plan.unread")}</p> : <FaultText fault={fault} />}
        </div>
      )}
    </form>
  );
}

function Shown({ plan }: { plan: Plan }): JSX.Element {
  const t = useT();
  const list = useRef<HTMLOListElement>(null);
  const goTo = (task: PlanTask): void => {
    const found = list.current?.querySelector<HTMLElement>(`[data-rank="${task.rank}"]`);
    found?.scrollIntoView({ block: "nearest" });
    found?.focus({ preventScroll: true });
  };
  return (
    <>
      {plan.notes.map((note) => (
        <p key={note.code} class="quiet">
          {note.text}
        </p>
      ))}
      <Averted plan={plan} />
      <Gantt plan={plan} choose={goTo} />
      <ol class="plan-tasks" ref={list}>
        {plan.tasks.map((task) => (
          <Task key={task.area_id} task={task} />
        ))}
      </ol>
      {plan.left.length > 0 && (
        <Titled title={t("desk.plan.left")}>
          <ul class="plan-left">
            {plan.left.map((each) => (
              <li key={each.area_id}>
                <Id id={each.area_id} /> {each.reason.text}
              </li>
            ))}
          </ul>
        </Titled>
      )}
      <Figures plan={plan} />
    </>
  );
}

function Averted({ plan }: { plan: Plan }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const n = (value: number): string => desk.figures.value.whole(value);
  const { low, mid, high } = plan.outcome.averted;
  const told = { days: plan.days, averted: n(mid), low: n(low), high: n(high), plain: n(plan.harm_first.averted.mid) };
  const { first, steady } = plan.sensitivity;
  return (
    <>
      <p>
        {t("desk.plan.averted", told)}{" "}
        {plan.bound === null ? t("desk.plan.no-bound") : t("desk.plan.bound", { bound: n(plan.bound) })}
      </p>
      <p>{t("desk.plan.steady", { of: first.length, n: steady.length })}</p>
    </>
  );
}

/** One line for each team, its tasks as bars over the days planned; each bar leads to its reasons. */
function Gantt({ plan, choose }: { plan: Plan; choose: (task: PlanTask) => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const day = (at: string): string => desk.figures.value.date(`${at}T00:00:00Z`);
  const span = spanOf(plan);
  return (
    <Titled title={t("desk.plan.calendar")}>
      <div class="gantt">
        {byTeam(plan.tasks).map(([team, tasks]) => (
          <div class="gantt-row" key={team}>
            <bdi>{team}</bdi>
            <div class="gantt-line">
              {tasks.map((task) => {
                const [from, length] = barOf(plan.planned_on, span, task);
                const told = { rank: task.rank, area: task.area_id, team, start: day(task.start), end: day(task.end) };
                return (
                  <button
                    key={task.rank}
                    type="button"
                    class="gantt-bar"
                    style={{ insetInlineStart: `${from * 100}%`, inlineSize: `${length * 100}%` }}
                    aria-label={t("desk.plan.bar", told)}
                    title={t("desk.plan.bar", told)}
                    onClick={() => choose(task)}
                  >
                    {task.rank}
                  </button>
                );
              })}
            </div>
          </div>
        ))}
      </div>
    </Titled>
  );
}

function Task({ task }: { task: PlanTask }): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const day = (at: string): string => desk.figures.value.date(`${at}T00:00:00Z`);
  const show = (): void => {
    const box = boxOf(ofArea(desk.picture.value?.layers?.hazards, task.area_id));
    if (box) page.face.value?.fit(box);
  };
  return (
    <li data-rank={task.rank} tabIndex={-1} value={task.rank}>
      <p>
        <b>
          <bdi>{desk.words.value.name(task.name, task.area_id)}</bdi>
        </b>{" "}
        <Id id={task.area_id} /> · <bdi>{task.team}</bdi> · {day(task.start)} – {day(task.end)}
      </p>
      <ul class="plan-reasons">
        {task.reasons.map((reason) => (
          <li key={reason.code}>{reason.text}</li>
        ))}
      </ul>
      <button type="button" class="plain" onClick={show}>
        {t("desk.plan.show", { area: task.area_id })}
      </button>
    </li>
  );
}

/** Other plans to choose from: as it would be without what people decided, or with other teams. */
function Beside({ plan }: { plan: Plan }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  if (plan.what_ifs.length === 0) return null;
  const n = (value: number): string => desk.figures.value.whole(Math.round(value));
  return (
    <Titled title={t("desk.plan.beside")}>
      <ul class="plan-left">
        {plan.what_ifs.map((each) => (
          <li key={each.name}>
            {each.text}: {t("desk.plan.change.averted", { averted: n(each.outcome.averted.mid) })}
          </li>
        ))}
      </ul>
    </Titled>
  );
}

function Figures({ plan }: { plan: Plan }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const day = (at: string | null): string => (at ? desk.figures.value.date(`${at}T00:00:00Z`) : "–");
  const n = (value: number): string => desk.figures.value.whole(value);
  const place = (name: string | null, none: string): string => name ?? t(none);
  return (
    <>
      <Beside plan={plan} />
      <Titled title={t("desk.plan.forecast")}>
        <ul class="plan-left">
          {plan.forecasts.map(({ district, done_by: by, m2_per_day }) => (
            <li key={district ?? ""}>
              {t("desk.plan.forecast.line", {
                place: place(district, "desk.plan.forecast.all"),
                half: day(by.half),
                tenth: day(by.tenth),
                late: day(by.nine_tenths),
                pace: n(m2_per_day),
              })}
            </li>
          ))}
        </ul>
      </Titled>
      <Titled title={t("desk.plan.changes")}>
        <ul class="plan-left">
          {plan.changes.map((change) => (
            <li key={change.text}>
              {change.text}: {t("desk.plan.change.averted", { averted: `\u2066${n(change.averted)}\u2069` })}
            </li>
          ))}
        </ul>
      </Titled>
      <Titled title={t("desk.plan.districts")}>
        <ul class="plan-left">
          {plan.districts.map((each) => (
            <li key={each.district ?? ""}>
              {t("desk.plan.district", {
                district: place(each.district, "desk.plan.no-district"),
                share: Math.round(each.relieved * 100),
              })}
            </li>
          ))}
        </ul>
      </Titled>
      <Titled title={t("desk.plan.weights")}>
        <p class="quiet" dir="ltr">
          {Object.entries(plan.weights)
            .map(([name, weight]) => `${name} ${weight}`)
            .join(" · ")}
        </p>
      </Titled>
    </>
  );
}
