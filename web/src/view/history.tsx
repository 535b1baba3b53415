/** History as a line through time: what happened, when, and when it became known. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { instant } from "../core/time.ts";
import type { HistoryItem } from "../core/types.ts";
import { useReach, useT } from "./context.ts";
import { Sentence } from "./sentence.tsx";
import { Titled } from "./sheet.tsx";

const SHOWN_AT_FIRST = 6;
const LATE_MS = 86_400_000;

export function History({ items, folded }: { items: readonly HistoryItem[]; folded: boolean }): JSX.Element | null {
  const t = useT();
  const [all, setAll] = useState(false);
  if (!items.length) return null;
  const newest = [...items].sort((a, b) => b.seq - a.seq);
  const limit = folded ? 3 : SHOWN_AT_FIRST;
  const shown = all ? newest : newest.slice(0, limit);
  return (
    <Titled title={t("desk.history")}>
      <ol class="history">
        {shown.map((item) => (
          <Item key={item.seq} item={item} />
        ))}
      </ol>
      {newest.length > shown.length && (
        <button type="button" class="plain more" onClick={() => setAll(true)}>
          {t("desk.history.more", { n: newest.length - shown.length })}
        </button>
      )}
    </Titled>
  );
}

function Item({ item }: { item: HistoryItem }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const figures = desk.figures.value;
  const late = (instant(item.recorded_at) ?? 0) - (instant(item.valid_at) ?? 0) > LATE_MS;
  return (
    <li data-kind={item.kind}>
      <button
        type="button"
        class="when"
        title={t("desk.history.go")}
        onClick={() => desk.setTime({ validAt: item.valid_at })}
      >
        <time dateTime={item.valid_at}>{figures.date(item.valid_at)}</time>
      </button>
      <p>
        <b>{item.title}</b>
      </p>
      {item.text && (
        <p>
          <Sentence text={item.text} />
        </p>
      )}
      <p class="meta">
        {item.organisation && <bdi>{item.organisation}</bdi>}
        {item.actor && <bdi>{item.actor}</bdi>}
        {late && <span>{t("desk.history.known", { date: figures.date(item.recorded_at) })}</span>}
        <span>{t("desk.history.entry", { n: item.seq })}</span>
      </p>
    </li>
  );
}
