/** Import rescue: take a file in after looking at it, take an import back, pairs, and what was refused. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Imports } from "../core/rescue.ts";
import { useReach, useT } from "./context.ts";
import { FileIntake } from "./intake.tsx";
import { PairReview } from "./pairs.tsx";
import { QuarantineList } from "./quarantine.tsx";
import { Fault } from "./refusal.tsx";
import { Id } from "./sheet.tsx";
import { UndoForm } from "./undo.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

const TABS = ["file", "list", "pairs", "quarantine"] as const;
type Tab = (typeof TABS)[number];

export function ImportRescue(): JSX.Element {
  const t = useT();
  const [tab, setTab] = useState<Tab>("file");
  const { answer, fault, again } = useAnswer<Imports>("/api/imports");
  const tabs = TABS.filter((each) => each !== "quarantine" || answer?.may_see_quarantine);
  return (
    <WorkSheet name="rescue" title={t("desk.work.imports")}>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <>
          <Tabs tabs={tabs} tab={tab} choose={setTab} />
          <div role="tabpanel" id="rescue-panel" aria-labelledby={`rescue-${tab}`} tabIndex={-1}>
            {tab === "file" && <FileIntake known={answer} done={again} />}
            {tab === "list" && <ImportList known={answer} again={again} />}
            {tab === "pairs" && <PairReview />}
            {tab === "quarantine" && <QuarantineList />}
          </div>
        </>
      )}
    </WorkSheet>
  );
}

interface TabsProps {
  readonly tabs: readonly Tab[];
  readonly tab: Tab;
  readonly choose: (tab: Tab) => void;
}

/** Tabs as a keyboard has them: one stop, and the arrows go along in the direction of writing. */
function Tabs({ tabs, tab, choose }: TabsProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent): void => {
    const forth = desk.words.value.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = desk.words.value.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    const step = event.key === forth ? 1 : event.key === back ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const next = (tabs.indexOf(tab) + step + tabs.length) % tabs.length;
    choose(tabs[next] ?? "file");
    box.current?.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus();
  };
  return (
    <div class="work-tabs" role="tablist" aria-label={t("desk.work.imports")} ref={box} onKeyDown={onKey}>
      {tabs.map((each) => (
        <button
          key={each}
          id={`rescue-${each}`}
          type="button"
          role="tab"
          aria-selected={each === tab}
          aria-controls="rescue-panel"
          tabIndex={each === tab ? 0 : -1}
          onClick={() => choose(each)}
        >
          {t(`desk.rescue.tab-${each}`)}
        </button>
      ))}
    </div>
  );
}

function ImportList({ known, again }: { known: Imports; again: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [open, setOpen] = useState<string | null>(null);
  const whole = (n: number): string => desk.figures.value.whole(n);
  if (!known.imports.length) return <p class="quiet">{t("desk.rescue.no-imports")}</p>;
  return (
    <ul class="cards">
      {known.imports.map((row) => (
        <li key={row.import_id}>
          <p class="card-top">
            <b>
              <bdi dir="auto">{row.file}</bdi>
            </b>
            <span class="state">
              {row.withdrawn === row.rows ? t("desk.rescue.all-withdrawn") : row.withdrawn > 0 ? t("desk.rescue.part-withdrawn") : ""}
            </span>
          </p>
          <p>
            {row.kind_text} · {t("desk.rescue.brought", { rows: whole(row.rows), withdrawn: whole(row.withdrawn) })}
          </p>
          <p class="meta">
            <time dateTime={row.at}>{desk.figures.value.moment(Date.parse(row.at))}</time> <bdi>{row.organisation}</bdi>
            {row.mapping && <bdi>{row.mapping}</bdi>} <Id id={row.import_id} />
          </p>
          {known.may_undo && row.withdrawn < row.rows && (
            <button
              type="button"
              class="plain"
              aria-expanded={open === row.import_id}
              onClick={() => setOpen(open === row.import_id ? null : row.import_id)}
            >
              {t("desk.rescue.undo")}
            </button>
          )}
          {open === row.import_id && <UndoForm importId={row.import_id} done={again} />}
        </li>
      ))}
    </ul>
  );
}
