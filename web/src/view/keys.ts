/** The keys of the queue and of what it opens, wherever it is opened from. */

import { useEffect, useRef } from "preact/hooks";
import { meantBy } from "../core/queue.ts";

const FIELDS = "input, select, textarea, [contenteditable]";

/** Hears our keys while the sheet, or nothing, has the focus; never in a field, on the map or in a dialog. */
export function useKeys(mean: (what: string) => void, open: boolean): void {
  const newest = useRef(mean);
  newest.current = mean;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : null;
      if (event.defaultPrevented || target?.closest(FIELDS)) return;
      if (target !== document.body && !target?.closest(".sheet.work")) return;
      const what = meantBy(event, open);
      if (what === null) return;
      event.preventDefault();
      newest.current(what);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [open]);
}

/** Presses what a key means in what is open; where a reason is needed first, goes to where it is written. */
export function act(what: string, none: () => void): void {
  const found = document.querySelector<HTMLElement>(`.sheet.work [data-act="${what}"]`);
  if (!found || (found instanceof HTMLButtonElement && found.disabled)) return none();
  const needs = found.dataset["needs"];
  const form = found instanceof HTMLButtonElement ? found.form : null;
  const field = needs ? (form?.elements.namedItem(needs) as HTMLTextAreaElement | null) : null;
  if (field && field.value.trim() === "") return field.focus();
  found.focus();
  if (found instanceof HTMLButtonElement) found.click();
}
