/** Notices in force, on the residents' page: fetched where there is a line, else as they were last. */

import { useEffect, useState } from "preact/hooks";
import type { Lang } from "../core/language.ts";

interface Notice {
  readonly ref: string;
  readonly kind_text: string;
  readonly place: string | null;
  readonly from: string;
  readonly until: string;
  readonly says: string;
  readonly text: string | null;
}

const minute = (at: string): string => at.slice(0, 16).replace("T", " ");

/** The notices that have not ended by themselves; nothing where there are none or nobody answers. */
export function Notices({ lang }: { readonly lang: Lang }) {
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  useEffect(() => {
    fetch(`/api/area-notices?lang=${lang}`)
      .then((answer) => (answer.ok ? (answer.json() as Promise<{ notices?: Notice[] }>) : {}))
      .then((told: { notices?: Notice[] }) => setNotices(told.notices ?? []))
      .catch(() => undefined);
  }, [lang]);
  const now = Date.now();
  return (
    <>
      {notices.filter((notice) => Date.parse(notice.until) > now).map((notice) => (
        <div key={notice.ref} class="notice" role="note">
          <strong>{notice.kind_text} {notice.place && <bdi>· {notice.place}</bdi>}</strong>
          <p>{notice.says}</p>
          {notice.text && <p dir="auto">{notice.text}</p>}
          <p class="quiet"><bdi dir="ltr">{minute(notice.from)} – {minute(notice.until)} UTC</bdi></p>
        </div>
      ))}
    </>
  );
}
