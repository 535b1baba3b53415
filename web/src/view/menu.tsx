/** The menu of pages of work: only those that the role of who is signed in has something on. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { workFor } from "../core/work.ts";
import { useReach, useT } from "./context.ts";
import { Icon } from "./marks.tsx";

export function WorkMenu(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    const events = ["pointerdown", "focusin"] as const;
    for (const name of events) document.addEventListener(name, outside);
    return () => events.forEach((name) => document.removeEventListener(name, outside));
  }, [open]);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    setOpen(false);
    button.current?.focus();
  };
  const ids = workFor(desk.session.value.actor?.role ?? null);
  return (
    <div class="work-menu" ref={box} onKeyDown={onKey}>
      <button ref={button} type="button" class="plain" aria-expanded={open} aria-controls="work-menu" onClick={() => setOpen(!open)}>
        {t("desk.work")}
        {desk.unread.value > 0 && <Unread n={desk.unread.value} />} <Icon name={open ? "up" : "down"} />
      </button>
      <ul id="work-menu" hidden={!open}>
        {ids.map((id) => (
          <li key={id}>
            <button
              type="button"
              aria-current={desk.work.value === id ? "page" : undefined}
              onClick={() => {
                setOpen(false);
                if (id === "draw") desk.openDrawing(null);
                else desk.openWork(id);
              }}
            >
              {t(`desk.work.${id}`)}
              {id === "news" && desk.unread.value > 0 && <Unread n={desk.unread.value} />}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Unread({ n }: { n: number }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <span class="unread">
      <span aria-hidden="true">{desk.figures.value.whole(n)}</span>
      <span class="hidden-text">{t("desk.news.new", { count: desk.figures.value.whole(n) })}</span>
    </span>
  );
}
