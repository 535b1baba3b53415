/** What is on this phone: each with its code and whether the office has it. */

import type { Lang } from "../core/language.ts";
import { dayOf, type Say } from "../verify/words.ts";
import { spaced } from "./code.ts";
import { forget, type Kept } from "./outbox.ts";

interface Props {
  readonly say: Say;
  readonly lang: Lang;
  readonly items: readonly Kept[];
  readonly refresh: () => void;
}

/** The list of what was written here; nothing where nothing was. */
export function Items({ say, items, refresh }: Props) {
  if (!items.length) return null;
  const waiting = items.some((item) => item.state !== "received" || item.picture !== null);
  return (
    <section class="card" aria-labelledby="kept-title">
      <h2 id="kept-title">{say("kept.title")}</h2>
      <ul class="kept">
        {items.map((item) => (
          <Item key={item.id} say={say} item={item} refresh={refresh} />
        ))}
      </ul>
      {waiting && <button type="button" onClick={refresh}>{say("kept.send")}</button>}
    </section>
  );
}

function Item({ say, item, refresh }: { readonly say: Say; readonly item: Kept; readonly refresh: () => void }) {
  const received = item.state === "received" && item.receivedAt;
  const drop = (): void => {
    if (confirm(say("kept.forget-sure"))) forget(item.id).then(refresh, refresh);
  };
  return (
    <li data-state={item.state}>
      <span class="quiet">{say(`kind.${item.kind}`)} · <bdi>{item.writtenAt.slice(0, 10)}</bdi></span>
      <bdi class="code" dir="ltr">{spaced(item.code)}</bdi>
      <strong role="status">{received ? say("kept.received", { day: dayOf(Date.parse(received) / 1000) }) : say(`kept.${item.state}`)}</strong>
      {item.state === "received" && item.picture && <span>{say("kept.picture-waiting")}</span>}
      {item.pictureFailed && <span>{say("kept.picture-failed")}</span>}
      {received && !item.picture && <button type="button" class="small" onClick={drop}>{say("kept.forget")}</button>}
    </li>
  );
}
