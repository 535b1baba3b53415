/** The line that is always there: which ledger, which root, and as of when. */

import type { JSX } from "preact";
import { useReach, useT } from "./context.ts";
import { useTimes } from "./notices.tsx";

const ROOT_SHOWN = 12;

export function Footer(): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const times = useTimes();
  const site = desk.site.value;
  const picture = desk.picture.value;
  // Of a copy the times already say as of when it is.
  const reads = desk.copy.value !== null;
  return (
    <footer class="foot">
      <b class="print-only">{t("desk.key.unrecorded")}</b>
      {site && (
        <>
          <span>{t("desk.foot.entries", { n: site.entries })}</span>
          <span>
            {t("desk.foot.root")}{" "}
            <code dir="ltr" title={site.root}>
              {site.root.slice(0, ROOT_SHOWN)}
            </code>
          </span>
        </>
      )}
      {picture && <span>{t("desk.foot.times", times(picture.asOf))}</span>}
      {picture && !reads && <span>{t("desk.foot.loaded", { when: desk.figures.value.moment(desk.atServerMs(picture.loadedAtMs)) })}</span>}
      {page.keeps.value && !reads && desk.session.value.actor && <span>{t("desk.foot.kept")}</span>}
    </footer>
  );
}
