/** The part of the desk with the dashboards; fetched when first opened. */

import type { JSX } from "preact";
import { readSection, type Section, sectionsFor } from "../core/dash.ts";
import type { WorkId } from "../core/work.ts";
import { useReach, useT } from "./context.ts";
import { AccountChart, ProgressChart } from "./landcharts.tsx";
import { EquityChart, QualityChart, WaitsChart } from "./workcharts.tsx";
import { WorkSheet } from "./worksheet.tsx";

const SHOWN: Readonly<Record<Section, () => JSX.Element>> = {
  account: AccountChart,
  progress: ProgressChart,
  quality: QualityChart,
  waits: WaitsChart,
  equity: EquityChart,
};

export function WorkPage({ id }: { id: WorkId }): JSX.Element {
  return id === "figures" ? <Dashboards /> : <></>;
}

function Dashboards(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const sections = sectionsFor(desk.session.value.actor?.role ?? null);
  const asked = readSection(desk.of.value);
  const section = sections.includes(asked) ? asked : "account";
  const Shown = SHOWN[section];
  const onKey = (event: KeyboardEvent): void => {
    const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const step = event.key === forward ? 1 : event.key === "ArrowLeft" || event.key === "ArrowRight" ? -1 : 0;
    if (!step) return;
    const next = sections[(sections.indexOf(section) + step + sections.length) % sections.length];
    desk.of.value = next ?? null;
    document.getElementById(`figures-${next}`)?.focus();
  };
  return (
    <WorkSheet name="figures-page" title={t("desk.work.figures")}>
      <div class="work-tabs" role="tablist" aria-label={t("desk.work.figures")} onKeyDown={onKey}>
        {sections.map((each) => (
          <button
            key={each}
            id={`figures-${each}`}
            type="button"
            role="tab"
            aria-selected={each === section}
            aria-controls="figures-shown"
            tabIndex={each === section ? 0 : -1}
            onClick={() => (desk.of.value = each)}
          >
            {t(`desk.figures.${each}`)}
          </button>
        ))}
      </div>
      <div id="figures-shown" role="tabpanel" aria-labelledby={`figures-${section}`}>
        <Shown />
      </div>
    </WorkSheet>
  );
}
