/** The queue: what waits for who is signed in, worked by keyboard alone, danger first. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { keyOf, type Queue, type QueueItem, readKey, stepTo } from "../core/queue.ts";
import { useReach, useT } from "./context.ts";
import { act, useKeys } from "./keys.ts";
import { Fault, useFault } from "./refusal.tsx";
import { Sentence } from "./sentence.tsx";
import { OneWaiting } from "./waiting.tsx";
import { Areas } from "./waysin.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

interface Work {
  readonly items: readonly QueueItem[];
  readonly here: number;
  readonly open: ReturnType<typeof readKey>;
  readonly show: (item: QueueItem | undefined) => void;
  readonly back: () => void;
  readonly go: (at: number) => void;
  readonly said: string;
  readonly help: boolean;
  readonly setHelp: (shown: boolean) => void;
  readonly fault: ReturnType<typeof useFault>[0];
}

/** Where somebody is in the queue, and what their keys do there. */
function useWork(items: readonly QueueItem[], again: () => void): Work {
  const { desk } = useReach();
  const t = useT();
  const [at, go] = useState(0);
  const [help, setHelp] = useState(false);
  const [said, setSaid] = useState("");
  const [fault, take, clear] = useFault();
  const open = readKey(desk.of.value);
  const here = open ? items.findIndex((item) => keyOf(item) === desk.of.value) : Math.min(at, items.length - 1);
  const show = (item: QueueItem | undefined): void => void (item && (desk.of.value = keyOf(item)));
  const back = (): void => {
    if (here >= 0) go(here);
    desk.of.value = null;
    again();
  };
  const aside = async (item: QueueItem | undefined): Promise<void> => {
    if (!item?.may_set_aside) return setSaid(t("desk.queue.no-aside"));
    clear();
    try {
      await desk.api.act("/api/queue/aside", { kind: item.kind, id: item.id, n: item.n }, desk.lang.value);
      // Said before all is loaded anew, so that it does not cover what a later key says.
      setSaid(t("desk.queue.set-aside"));
      if (open) back();
      await desk.reload();
    } catch (error) {
      take(error);
    }
  };
  useKeys((what) => {
    if (what === "help") setHelp((shown) => !shown);
    else if (what === "aside") void aside(items[here]);
    else if (what === "back") back();
    else if (open && (what === "next" || what === "before")) show(items[stepTo(here, what, items.length)]);
    else if (open) act(what, () => setSaid(t("desk.queue.no-such-act")));
    else go(stepTo(here, what, items.length));
  }, open !== null);
  return { items, here, open, show, back, go, said, help, setHelp, fault };
}

export function Inbox(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { answer, fault, again } = useAnswer<Queue>("/api/queue");
  const [kind, setKind] = useState("");
  const work = useWork((answer?.items ?? []).filter((item) => !kind || item.kind === kind), again);
  const { items, here, open, show, back, go, help, setHelp } = work;
  const keys = (
    <>
      <p class="hidden-text" role="status">
        {work.said}
      </p>
      {help && <Help close={() => setHelp(false)} />}
    </>
  );
  if (open) return <OneWaiting key={desk.of.value} of={open} item={items[here]} back={back} keys={keys} />;
  const whole = (n: number): string => desk.figures.value.whole(n);
  return (
    <WorkSheet name="inbox" title={t("desk.work.inbox")}>
      {keys}
      <Fault fault={work.fault ?? fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <>
          <p class="sub" role="status">
            {t("desk.queue.counts", { mine: whole(answer.items.length), others: whole(answer.others.length) })}{" "}
            <button type="button" class="plain" aria-expanded={help} onClick={() => setHelp(!help)}>
              {t("desk.queue.keys")} <kbd>?</kbd>
            </button>
          </p>
          <Kinds queue={answer} kind={kind} choose={setKind} />
          {items.length === 0 && <p class="callout">{t("desk.queue.none")}</p>}
          <Rows items={items} at={here} open={show} go={go} />
          {answer.others.length > 0 && !kind && <Others items={answer.others} open={show} />}
        </>
      )}
    </WorkSheet>
  );
}

interface RowsProps {
  readonly items: readonly QueueItem[];
  readonly at: number;
  readonly open: (item: QueueItem) => void;
  readonly go: (at: number) => void;
}

function Rows({ items, at, open, go }: RowsProps): JSX.Element {
  const t = useT();
  const list = useRef<HTMLUListElement>(null);
  const first = useRef(true);
  const key = items[at] && keyOf(items[at]);
  useLayoutEffect(() => {
    // The list takes the focus once it is there; afterwards the focus goes where the keys lead.
    const lost = document.activeElement === document.body;
    const inside = document.activeElement?.closest(".sheet.inbox") !== null;
    if (first.current || lost || inside) focusRow(list.current, at);
    first.current = false;
  }, [key, items.length]);
  return (
    <ul class="cards queue" ref={list} aria-label={t("desk.work.inbox")}>
      {items.map((item, number) => (
        <Row key={keyOf(item)} item={item} here={number === at} open={() => open(item)} go={() => go(number)} />
      ))}
    </ul>
  );
}

function focusRow(list: HTMLUListElement | null, at: number): void {
  const row = list?.querySelectorAll<HTMLElement>(".row-open")[at];
  row?.focus({ preventScroll: true });
  row?.closest("li")?.scrollIntoView({ block: "nearest" });
}

interface RowProps {
  readonly item: QueueItem;
  readonly here: boolean;
  readonly open: () => void;
  readonly go: () => void;
}

function Row({ item, here, open, go }: RowProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <li data-urgent={item.danger === "immediate"} data-kind={item.kind}>
      <p class="card-top">
        <button type="button" class="plain row-open" tabIndex={here ? 0 : -1} onFocus={go} onClick={open}>
          <span class="hidden-text">{item.danger !== "routine" && t(`desk.danger.${item.danger}`)} </span>
          {t(`desk.queue.kind.${item.kind}`)}
        </button>
        {item.danger !== "routine" && <span class="state danger">{t(`desk.danger.${item.danger}`)}</span>}
      </p>
      <p><Sentence text={item.text} /></p>
      <p class="meta">
        <time dateTime={item.since}>{t("desk.queue.since", { age: desk.figures.value.age(desk.presentMs() - Date.parse(item.since)) })}</time>
        <Areas ids={item.area_ids} />
      </p>
      {item.why_not.map((why) => (
        <p key={why.code} class="why-not">
          <Sentence text={why.text} />
        </p>
      ))}
    </li>
  );
}

function Others({ items, open }: { items: readonly QueueItem[]; open: (item: QueueItem) => void }): JSX.Element {
  const t = useT();
  return (
    <section class="others">
      <h3>{t("desk.queue.others")}</h3>
      <ul class="cards queue">
        {items.map((item) => (
          <Row key={keyOf(item)} item={item} here open={() => open(item)} go={() => undefined} />
        ))}
      </ul>
    </section>
  );
}

interface KindsProps {
  readonly queue: Queue;
  readonly kind: string;
  readonly choose: (kind: string) => void;
}

function Kinds({ queue, kind, choose }: KindsProps): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  if (queue.counts.length < 2) return null;
  return (
    <label class="field">
      <span>{t("desk.queue.kind")}</span>
      <select value={kind} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{t("desk.inbox.any")}</option>
        {queue.counts.map((each) => (
          <option key={each.kind} value={each.kind}>
            {`${t(`desk.queue.kind.${each.kind}`)} (${desk.figures.value.whole(each.n)})`}
          </option>
        ))}
      </select>
    </label>
  );
}

const KEYS = [
  ["J ↓", "following"],
  ["K ↑", "before"],
  ["Enter", "open"],
  ["U Esc", "back"],
  ["A", "accept"],
  ["B", "return"],
  ["X", "refuse"],
  ["E", "edit"],
  ["C", "unsure"],
  ["N", "further"],
  ["P", "earlier"],
  ["S", "aside"],
  ["?", "help"],
] as const;

function Help({ close }: { close: () => void }): JSX.Element {
  const t = useT();
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => box.current?.focus(), []);
  return (
    <section class="key-help" ref={box} tabIndex={-1} aria-label={t("desk.queue.keys")}>
      <dl>
        {KEYS.map(([key, what]) => (
          <div key={what}>
            <dt>
              {key.split(" ").map((one) => (
                <kbd key={one} dir="ltr">
                  {one}
                </kbd>
              ))}
            </dt>
            <dd>{t(`desk.queue.key.${what}`)}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={close}>
        {t("desk.close")}
      </button>
    </section>
  );
}
