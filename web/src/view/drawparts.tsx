/** Work reported by parts that are drawn: the ground, the parts, what is left, and what is against them. */

import type { Geometry } from "geojson";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ApiFault } from "../core/api.ts";
import { polygon } from "../core/drawing.ts";
import { boxOf } from "../core/geometry.ts";
import { draftShapes, newDraft, type PartsTold, readDraft, withPart, withParts, withPieces, withoutPart, type WorkDraft, workBody } from "../core/parts.ts";
import type { TaskBrief } from "../core/task.ts";
import type { Fault as FaultTold, Shape } from "../core/types.ts";
import { LAYOUT_MS, type LonLat, useReach, useT } from "./context.ts";
import { handCorners } from "./drawcorrect.tsx";
import { Faults } from "./faults.tsx";
import { PartCard } from "./partcard.tsx";
import { PartFinds, PartsLive, PartsSum } from "./partsum.tsx";
import { asFault, Fault } from "./refusal.tsx";
import { Titled } from "./sheet.tsx";
import { freshId, Opening, type Order, Steps } from "./steps.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

const PAUSE_MS = 350;
const KEPT = "rafiqa.parts";

export function PartsPage(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const of = desk.of.value;
  const { answer, fault } = useAnswer<{ tasks: readonly TaskBrief[] }>("/api/tasks");
  const own = (answer?.tasks ?? []).filter((task) => task.organisation === desk.session.value.actor?.organisation_id);
  const back = of === null ? undefined : () => void (desk.of.value = null);
  return (
    <WorkSheet name="draw parts" title={t("desk.work.parts")} back={back}>
      <p class="callout">{t("desk.parts.means")}</p>
      {fault && <Fault fault={fault} />}
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && of === null && <Choose tasks={own} />}
      {answer && of !== null && <Begin key={of} of={of} tasks={own} />}
    </WorkSheet>
  );
}

/** The organisation's own tasks of which hazard is left. */
function Choose({ tasks }: { readonly tasks: readonly TaskBrief[] }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const open = tasks.filter((task) => task.hazard_m2 > 0);
  return (
    <>
      <p>{t(open.length ? "desk.parts.choose" : "desk.parts.no-tasks")}</p>
      <ul class="links">
        {open.map((task) => (
          <li key={task.task_id}>
            <button type="button" onClick={() => (desk.of.value = `task:${task.task_id}`)}>
              <bdi>{desk.words.value.name(task.area_name, task.area_id)}</bdi>
              <small>
                <code dir="ltr">{task.task_id}</code> · {task.stage_text}
              </small>
            </button>
          </li>
        ))}
      </ul>
      <p class="quiet">{t("desk.parts.or-area")}</p>
    </>
  );
}

/** Which area and task the page is of: `task:…` or `area:…`. */
function Begin({ of, tasks }: { readonly of: string; readonly tasks: readonly TaskBrief[] }): JSX.Element {
  const t = useT();
  const [kind, id] = [of.slice(0, of.indexOf(":")), of.slice(of.indexOf(":") + 1)];
  const task = tasks.find((each) => (kind === "task" ? each.task_id === id : each.area_id === id && each.hazard_m2 > 0));
  const areaId = kind === "area" ? id : task?.area_id;
  if (areaId === undefined) return <p class="callout">{t("desk.absent")}</p>;
  return <Draft key={of} of={of} areaId={areaId} tasks={tasks.filter((each) => each.area_id === areaId)} taskId={task?.task_id ?? null} />;
}

interface DraftProps {
  readonly of: string;
  readonly areaId: string;
  readonly taskId: string | null;
  readonly tasks: readonly TaskBrief[];
}

/** The draft as this browser has it; what is drawn survives a change of page or language. */
function useDraft({ of, areaId, taskId }: DraftProps) {
  const { desk } = useReach();
  const key = `${KEPT}.${of}`;
  const [draft, setDraft] = useState<WorkDraft>(() => {
    const day = new Date(desk.presentMs()).toISOString().slice(0, 10);
    const kept = readDraft(sessionStorage.getItem(key));
    return kept?.areaId === areaId ? kept : newDraft(freshId("W"), areaId, taskId, day);
  });
  const set = (change: (old: WorkDraft) => WorkDraft): void =>
    setDraft((old) => {
      const next = change(old);
      sessionStorage.setItem(key, JSON.stringify(next));
      return next;
    });
  return { draft, set, forget: () => sessionStorage.removeItem(key) };
}

/** The server's measure of a draft, asked once it rests; the old one stays in sight meanwhile. */
export function useParts(draft: WorkDraft | null): { readonly told: PartsTold | null; readonly fault: ApiFault | null; readonly fresh: boolean } {
  const { desk } = useReach();
  const [state, setState] = useState<{ readonly told: PartsTold | null; readonly fault: ApiFault | null; readonly of: string | null }>({ told: null, fault: null, of: null });
  const body = draft && JSON.stringify(workBody(draft));
  const key = `${desk.lang.value} ${desk.revision.value} ${body}`;
  const first = useRef(true);
  useEffect(() => {
    if (!body) return undefined;
    const run = new AbortController();
    const ask = (): void => {
      first.current = false;
      desk.api
        .send<PartsTold>("POST", "/api/measure-parts", JSON.parse(body), { lang: desk.lang.value, signal: run.signal })
        .then(
          (told) => !run.signal.aborted && setState({ told, fault: null, of: key }),
          (error: unknown) => !run.signal.aborted && setState((old) => ({ ...old, fault: asFault(error), of: key })),
        );
    };
    const timer = setTimeout(ask, first.current ? 0 : PAUSE_MS);
    return () => {
      clearTimeout(timer);
      run.abort();
    };
  }, [key]);
  return { ...state, fresh: state.of === key };
}

function Draft(props: DraftProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { draft, set, forget } = useDraft(props);
  const { told, fault, fresh } = useParts(draft);
  const [refused, setRefused] = useState<readonly FaultTold[]>([]);
  useDraftOnMap(draft, told);
  const pens = usePens(draft, set, told);
  const change = (next: (old: WorkDraft) => WorkDraft): void => {
    setRefused([]);
    set(next);
  };
  const acted = (): void => {
    forget();
    if (draft.taskId) desk.openWork("tasks", draft.taskId);
    else desk.select({ kind: "area", id: draft.areaId });
  };
  if (!told) return fault ? <Fault fault={fault} /> : <p class="quiet">{t("desk.loading")}</p>;
  return (
    <>
      <h3>
        <bdi>{desk.words.value.name(told.area_name, told.area_id)}</bdi>
      </h3>
      {props.tasks.length > 0 && <OfTask draft={draft} tasks={props.tasks} set={change} />}
      {!told.report.allowed && told.report.why.map((why) => <p key={why} class="why-not">{why}</p>)}
      <Pens {...pens} told={told} drawn={draft.parts.length} />
      {fault && <Fault fault={fault} />}
      <ol class="part-cards">
        {draft.parts.map((part, at) => (
          <PartCard
            key={part.id}
            n={at + 1}
            part={part}
            told={told.parts.find((each) => each.part_id === part.id)}
            numbers={draft.parts.map((each) => each.id)}
            of={told}
            refused={refused}
            change={(what) => change((old) => withPart(old, part.id, what))}
            redraw={() => pens.redraw(part.id)}
            cut={() => pens.cut(part.id)}
            remove={() => change((old) => withoutPart(old, part.id))}
          />
        ))}
      </ol>
      <PartFinds draft={draft} told={told} />
      <PartsSum draft={draft} told={told} fresh={fresh} />
      {draft.parts.length > 0 && told.faults.length > 0 && <Faults faults={told.faults} />}
      {draft.parts.length > 0 && told.report.allowed && <Report draft={draft} told={told} set={change} refuse={setRefused} acted={acted} />}
    </>
  );
}

function OfTask(props: { readonly draft: WorkDraft; readonly tasks: readonly TaskBrief[]; readonly set: (change: (old: WorkDraft) => WorkDraft) => void }): JSX.Element {
  const t = useT();
  return (
    <label class="field">
      <span>{t("desk.parts.task")}</span>
      <select value={props.draft.taskId ?? ""} onChange={(event) => props.set((old) => ({ ...old, taskId: event.currentTarget.value || null }))}>
        {props.tasks.map((task) => (
          <option key={task.task_id} value={task.task_id}>
            {task.task_id} · {task.stage_text}
          </option>
        ))}
        <option value="">{t("desk.parts.no-task")}</option>
      </select>
    </label>
  );
}

/** Shows the draft on the map for as long as the page is open, and its ground once it is known. */
function useDraftOnMap(draft: WorkDraft, told: PartsTold | null): void {
  const { page } = useReach();
  useEffect(() => {
    page.compared.value = draftShapes(draft, told);
  }, [draft, told]);
  useEffect(() => () => void (page.compared.value = null), []);
  const known = told !== null;
  useEffect(() => {
    const box = told && boxOf([{ type: "Feature", properties: {}, geometry: told.ground }]);
    const timer = setTimeout(() => box && page.face.value?.fit(box), LAYOUT_MS);
    return () => clearTimeout(timer);
  }, [known, draft.taskId, page.face.value]);
}

/** What the pen is asked for: a new part, one drawn again, or a line that cuts one or what is left. */
function usePens(draft: WorkDraft, set: (change: (old: WorkDraft) => WorkDraft) => void, told: PartsTold | null) {
  const { desk, page } = useReach();
  const t = useT();
  const [fault, setFault] = useState<ApiFault | null>(null);
  useEffect(() => () => void (page.sketch.value = null), []);
  const shapes = (but: string | null): Shape[] => [
    ...(told ? [{ type: "Feature" as const, geometry: told.ground, properties: { label: t("desk.parts.ground") } }] : []),
    ...draft.parts.flatMap((part, at) =>
      part.id === but ? [] : [{ type: "Feature" as const, geometry: part.geometry, properties: { label: t("desk.parts.part", { n: at + 1 }) } }],
    ),
  ];
  const outline = (id: string | null, corners: readonly LonLat[]): void => {
    setFault(null);
    const rest = id === null ? draft : withoutPart(draft, id);
    page.sketch.value = {
      kind: "polygon",
      what: "desk.draw.what.part",
      corners,
      over: shapes(id),
      live: (drawn) => <PartsLive draft={rest} corners={drawn} />,
      taken: (taken) => {
        if (!taken) return;
        const geometry = polygon(taken.corners) as unknown as Geometry;
        set((old) => (id === null ? withParts(old, [geometry]) : withPart(old, id, { geometry })));
      },
    };
  };
  const cutting = async (id: string | null, geometry: Geometry, line: readonly LonLat[]): Promise<void> => {
    try {
      const { pieces } = await desk.api.send<{ pieces: readonly { geometry: Geometry }[] }>("POST", "/api/cut", { geometry, line }, { lang: desk.lang.value });
      const outlines = pieces.map((piece) => piece.geometry);
      set((old) => (id === null ? withParts(old, outlines) : withPieces(old, id, outlines)));
    } catch (error) {
      setFault(asFault(error));
    }
  };
  const cut = (id: string | null): void => {
    const geometry = id === null ? told?.left : draft.parts.find((part) => part.id === id)?.geometry;
    if (!geometry) return;
    setFault(null);
    page.sketch.value = {
      kind: "line",
      what: "desk.draw.what.cut",
      corners: [],
      over: shapes(null),
      taken: (taken) => taken && void cutting(id, geometry, taken.corners),
    };
  };
  return {
    fault,
    draw: () => outline(null, []),
    redraw: (id: string) => outline(id, handCorners(draft.parts.find((part) => part.id === id)?.geometry) ?? []),
    cut,
    rest: () => told?.left && set((old) => withParts(old, [told.left as Geometry])),
  };
}

function Pens(props: ReturnType<typeof usePens> & { readonly told: PartsTold; readonly drawn: number }): JSX.Element {
  const { page } = useReach();
  const t = useT();
  const busy = page.sketch.value !== null;
  const none = props.told.left === null;
  return (
    <>
      <p class="buttons">
        <button type="button" disabled={busy} onClick={props.draw}>
          {t("desk.parts.draw")}
        </button>
        <button type="button" disabled={busy || none} onClick={() => props.cut(null)}>
          {t(props.drawn ? "desk.parts.cut-left" : "desk.parts.cut")}
        </button>
        <button type="button" disabled={busy || none} onClick={props.rest}>
          {t("desk.parts.rest")}
        </button>
      </p>
      {busy && <p role="status">{t("desk.draw.on-the-map")}</p>}
      {props.fault && <Fault fault={props.fault} />}
    </>
  );
}

interface ReportProps {
  readonly draft: WorkDraft;
  readonly told: PartsTold;
  readonly set: (change: (old: WorkDraft) => WorkDraft) => void;
  readonly refuse: (faults: readonly FaultTold[]) => void;
  readonly acted: () => void;
}

function Report({ draft, told, set, refuse, acted }: ReportProps): JSX.Element {
  const t = useT();
  const order = (): Order => ({
    path: "/api/works",
    body: workBody(draft),
    said: [
      ...draft.parts.map((part, at) => t(part.outcome === "cleared" ? "desk.parts.said.part.cleared" : "desk.parts.said.part", { n: at + 1, outcome: told.choices["outcome"]?.[part.outcome] ?? part.outcome, depth: part.depthCm })),
      t("desk.parts.said.left", { n: Math.round(told.left_m2) }),
      t("desk.parts.said.nothing-released"),
    ],
  });
  const set1 = (change: Partial<WorkDraft>): void => set((old) => ({ ...old, ...change }));
  return (
    <Titled title={t("desk.parts.report")}>
      <Opening words={t("desk.act.report_work")}>
        {(done) => (
          <Steps means={t("desk.act.report_work.means")} does={t("desk.act.report_work.do")} order={order} done={done} acted={acted} refused={(fault) => refuse(fault.problem?.faults ?? [])}>
            <label class="field">
              <span>{t("desk.parts.began")}</span>
              <input type="date" required value={draft.began} onInput={(event) => event.currentTarget.value && set1({ began: event.currentTarget.value })} />
            </label>
            <label class="field">
              <span>{t("desk.parts.ended")}</span>
              <input type="date" required value={draft.ended} onInput={(event) => event.currentTarget.value && set1({ ended: event.currentTarget.value })} />
            </label>
            <label class="field">
              <span>{t("desk.parts.team")}</span>
              <input dir="auto" maxLength={200} value={draft.team} onInput={(event) => set1({ team: event.currentTarget.value })} />
            </label>
            <label class="check">
              <input type="checkbox" checked={draft.nothingFound} onChange={() => set1({ nothingFound: !draft.nothingFound })} />
              <span>{t("desk.parts.nothing-found")}</span>
            </label>
            <label class="field">
              <span>{t("desk.parts.note")}</span>
              <textarea rows={3} dir="auto" maxLength={2000} value={draft.note} onInput={(event) => set1({ note: event.currentTarget.value })} />
            </label>
          </Steps>
        )}
      </Opening>
    </Titled>
  );
}
