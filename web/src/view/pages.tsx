/** The steps between the pages of a long list. */

import type { JSX } from "preact";
import { useReach, useT } from "./context.ts";

interface PagesProps {
  readonly page: number;
  readonly rows: number;
  readonly total: number;
  readonly choose: (page: number) => void;
}

export function Pages({ page, rows, total, choose }: PagesProps): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const last = Math.max(0, Math.ceil(total / rows) - 1);
  if (last === 0) return null;
  const whole = (n: number): string => desk.figures.value.whole(n);
  return (
    <p class="buttons" role="group" aria-label={t("desk.work.pages")}>
      <button type="button" disabled={page === 0} onClick={() => choose(page - 1)}>
        {t("desk.work.earlier-page")}
      </button>
      <span class="sub">{t("desk.work.page-of", { page: whole(page + 1), last: whole(last + 1) })}</span>
      <button type="button" disabled={page >= last} onClick={() => choose(page + 1)}>
        {t("desk.work.later-page")}
      </button>
    </p>
  );
}
