/** News: what happened that concerns who is signed in, the newest first, and what of it they have not seen. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { News, NewsItem } from "../core/queue.ts";
import { readWork } from "../core/work.ts";
import { goTo, useReach, useT } from "./context.ts";
import { Fault, useFault } from "./refusal.tsx";
import { Sentence } from "./sentence.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

export function NewsPage(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { answer, fault, again } = useAnswer<News>("/api/news");
  const [refused, take, clear] = useFault();
  const [said, setSaid] = useState("");
  const seen = async (seq: number): Promise<void> => {
    clear();
    try {
      const left = await desk.api.send<{ n_new: number }>("POST", "/api/news/seen", { seq }, { lang: desk.lang.value });
      desk.unread.value = left.n_new;
      setSaid(t("desk.news.marked"));
      again();
    } catch (error) {
      take(error);
    }
  };
  return (
    <WorkSheet name="news" title={t("desk.work.news")}>
      <Fault fault={refused ?? fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <>
          <p class="sub" role="status">
            {said} {t("desk.news.new", { count: desk.figures.value.whole(answer.n_new) })}
          </p>
          <button type="button" disabled={answer.n_new === 0} onClick={() => void seen(answer.seq)}>
            {t("desk.news.mark")}
          </button>
          {answer.items.length === 0 && <p class="callout">{t("desk.news.none")}</p>}
          <ol class="cards news">
            {answer.items.map((item) => (
              <Item key={`${item.kind} ${item.at} ${item.id}`} item={item} />
            ))}
          </ol>
        </>
      )}
    </WorkSheet>
  );
}

function Item({ item }: { item: NewsItem }): JSX.Element {
  const reach = useReach();
  const { desk } = reach;
  const t = useT();
  const open = (): void => {
    if (item.page === "releases") return desk.openWork("inbox", `release:${item.id}`);
    if (item.page === "area" || item.page === "project" || item.page === "asset") return goTo(reach, { kind: item.page, id: item.id });
    const page = readWork(item.page);
    if (page) desk.openWork(page, page === "inbox" ? null : item.id);
  };
  return (
    <li data-urgent={item.danger === "immediate" && item.is_new} data-new={item.is_new}>
      <p class="card-top">
        {item.page && item.id ? (
          <button type="button" class="plain" onClick={open}>
            <Sentence text={item.text} />
          </button>
        ) : (
          <b>
            <Sentence text={item.text} />
          </b>
        )}
        {item.is_new && <span class="state">{t("desk.news.is-new")}</span>}
      </p>
      <p class="meta">
        <time dateTime={item.at}>{desk.figures.value.date(item.at)}</time>
        {item.danger !== "routine" && <span>{t(`desk.danger.${item.danger}`)}</span>}
      </p>
    </li>
  );
}
