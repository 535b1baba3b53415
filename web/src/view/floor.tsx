/** Floor area in structures: beside the land account, never in it. */

import type { JSX } from "preact";
import type { FloorFigure } from "../core/account.ts";
import { useM2, useT } from "./context.ts";
import { Titled } from "./sheet.tsx";

export function Floor({ states }: { states: Readonly<Record<string, FloorFigure>> }): JSX.Element | null {
  const t = useT();
  const m2 = useM2();
  const rows = Object.entries(states).filter(([, figure]) => figure.units > 0);
  if (!rows.length) return null;
  return (
    <Titled title={t("account.floor")}>
      <ul class="changes floor">
        {rows.map(([state, figure]) => (
          <li key={state} data-state={state}>
            <span>
              {t(`account.floor.${state}`)}
              <small class="quiet">
                {t("account.floor.units", { n: figure.units })}
                {figure.unmeasured > 0 && ` · ${t("account.floor.unmeasured", { n: figure.unmeasured })}`}
              </small>
            </span>
            <b>{m2(figure.floor_m2)}</b>
          </li>
        ))}
      </ul>
    </Titled>
  );
}
