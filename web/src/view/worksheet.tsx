/** The sheet that every page of work stands in, and how such a page asks the server. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ApiFault } from "../core/api.ts";
import { boxOf } from "../core/geometry.ts";
import type { AsOf, Shape } from "../core/types.ts";
import { LAYOUT_MS, useReach, useT } from "./context.ts";
import { IconButton } from "./marks.tsx";
import { asFault } from "./refusal.tsx";

interface SheetProps {
  readonly name: string;
  readonly title: string;
  readonly children: ComponentChildren;
  /** Where the page is of one thing among many: back to all of them. */
  readonly back?: (() => void) | undefined;
}

export function WorkSheet({ name, title, children, back }: SheetProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const top = useRef<HTMLDivElement>(null);
  const inOne = back !== undefined;
  useEffect(() => {
    // Who is in the sheet already, such as at a row that took the focus, stays there.
    const inside = top.current?.parentElement?.contains(document.activeElement) ?? false;
    if (!inside) top.current?.focus({ preventScroll: true });
  }, [inOne, title]);
  const close = (): void => {
    desk.work.value = null;
    document.querySelector<HTMLElement>(".work-menu > button")?.focus();
  };
  const leave = back ?? close;
  return (
    <aside class={`sheet work ${name}`} aria-label={title} onKeyDown={(event) => event.key === "Escape" && leave()}>
      <div class="sheet-top" ref={top} tabIndex={-1}>
        {back && <IconButton name="leave" flip label={t("desk.work.back")} onClick={back} />}
        <h2>{title}</h2>
        <IconButton name="close" label={t("desk.close")} onClick={close} />
      </div>
      <div class="sheet-body">{children}</div>
    </aside>
  );
}

export interface Asked<T> {
  readonly answer: T | null;
  readonly fault: ApiFault | null;
  readonly again: () => void;
}

interface Question {
  readonly query?: Readonly<Record<string, string | number>>;
  /** Asked as of the desk's two times; else of now. */
  readonly timed?: boolean;
}

/** The answer to a question of a page; the old one stays in sight while the new one comes. */
export function useAnswer<T>(path: string | null, { query, timed }: Question = {}): Asked<T> {
  const { desk } = useReach();
  const [state, setState] = useState<Omit<Asked<T>, "again">>({ answer: null, fault: null });
  const [tries, setTries] = useState(0);
  const lang = desk.lang.value;
  const asOf: AsOf = timed ? desk.asked.value : { validAt: null, knownAt: null };
  const of = [path, lang, asOf.validAt, asOf.knownAt, JSON.stringify(query ?? {})].join(" ");
  const key = [of, tries, desk.revision.value, desk.session.value.actor?.login].join(" ");
  useEffect(() => {
    if (path === null) return setState({ answer: null, fault: null });
    const run = new AbortController();
    desk.api.get<T>(path, { query: query ?? {}, asOf, lang, signal: run.signal }).then(
      (answer) => !run.signal.aborted && setState({ answer, fault: null }),
      (error: unknown) => {
        if (run.signal.aborted) return;
        const fault = asFault(error);
        // Who may not see it any more does not go on seeing it.
        const kept = fault.unreachable || fault.status >= 500;
        setState((old) => ({ answer: kept ? old.answer : null, fault }));
      },
    );
    return () => run.abort();
  }, [key]);
  return { ...state, again: () => setTries((count) => count + 1) };
}

/** Shows shapes on the map in place of what is selected, for as long as the page shows them. */
export function useOnMap(shapes: readonly Shape[], key: string): void {
  const { page } = useReach();
  useLayoutEffect(() => {
    page.compared.value = shapes.length ? shapes : null;
    return () => void (page.compared.value = null);
  }, [key]);
  useEffect(() => {
    const box = boxOf(shapes);
    const timer = setTimeout(() => box && page.face.value?.fit(box), LAYOUT_MS);
    return () => clearTimeout(timer);
  }, [key, page.face.value]);
}
