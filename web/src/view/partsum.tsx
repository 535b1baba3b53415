/** What drawn parts leave: as a sum that adds up to the ground, and at once while one is being drawn. */

import type { JSX } from "preact";
import { polygon } from "../core/drawing.ts";
import { addingUp, type PartsTold, sumLines, withParts, type WorkDraft } from "../core/parts.ts";
import { type LonLat, useM2, useReach, useT } from "./context.ts";
import { useParts } from "./drawparts.tsx";
import { Wrong } from "./partcard.tsx";
import { Fault } from "./refusal.tsx";
import { Id, Titled } from "./sheet.tsx";

export function PartsSum({ draft, told, fresh }: { readonly draft: WorkDraft; readonly told: PartsTold; readonly fresh: boolean }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const lines = sumLines(told);
  const shown = addingUp(lines, told.ground_m2);
  const write = (m2: number, sign: number): string => t("desk.m2", { n: `\u2066${sign < 0 ? "−" : ""}${desk.figures.value.whole(m2)}\u2069` });
  const name = (at: number): string => {
    const line = lines[at];
    const n = draft.parts.findIndex((part) => part.id === line?.partId) + 1;
    return line?.name === "part" ? t("desk.parts.part", { n }) : t(`desk.parts.sum.${line?.name}`);
  };
  return (
    <Titled title={t("desk.parts.sum")}>
      <table class="figures parts-sum" aria-busy={!fresh}>
        <tbody>
          {lines.map((line, at) => (
            <tr key={`${line.name}${line.partId ?? ""}`} data-line={line.name}>
              <th scope="row">{name(at)}</th>
              <td>{write(shown[at] ?? 0, line.sign)}</td>
            </tr>
          ))}
          <tr class="total">
            <th scope="row">{t("desk.parts.ground")}</th>
            <td>{write(Math.round(told.ground_m2), 1)}</td>
          </tr>
        </tbody>
      </table>
      <p class="quiet">{t("desk.parts.left-means")}</p>
    </Titled>
  );
}

/** What one more part would measure and leave, asked of the server once a step of the pen is done. */
export function PartsLive({ draft, corners }: { readonly draft: WorkDraft; readonly corners: readonly LonLat[] | null }): JSX.Element | null {
  const t = useT();
  const m2 = useM2();
  const tried = corners && corners.length > 2 ? withParts(draft, [polygon(corners) as never]) : null;
  const { told, fault, fresh } = useParts(tried);
  if (!tried) return null;
  if (fault) return <Fault fault={fault} />;
  const own = told?.parts.at(-1);
  if (!told || !own || !fresh) return <p class="quiet">{t("desk.loading")}</p>;
  return (
    <div class="parts-live" role="status">
      <p>
        <b>{m2(own.area_m2)}</b> · {t("desk.parts.leaves", { area: m2(told.left_m2) })}
      </p>
      <Wrong told={own} numbers={draft.parts.map((part) => part.id)} />
    </div>
  );
}

/** What was found on this ground, and in which part it lay: nobody draws over a find unawares. */
export function PartFinds({ draft, told }: { readonly draft: WorkDraft; readonly told: PartsTold }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  if (!told.finds.length) return null;
  const figures = desk.figures.value;
  const numbers = (ids: readonly string[]): string[] => ids.map((id) => draft.parts.findIndex((part) => part.id === id) + 1).filter(Boolean).map(String);
  const place = (ids: readonly string[]): string => (ids.length ? t("desk.parts.finds.in", { parts: figures.list(ids) }) : t("desk.parts.finds.in-none"));
  const depth = (cm: number | null): string => (cm === null ? t("desk.release.depth-unsaid") : t("desk.release.at-depth", { depth: figures.whole(cm) }));
  return (
    <Titled title={t("desk.parts.finds")}>
      <p class="quiet">{t("desk.parts.finds.mark")}</p>
      <ul class="against part-finds">
        {told.finds.map((find, at) => (
          <li key={`${find.subject}${at}`} data-parts={find.part_ids.join(" ")}>
            <p>
              <b>
                {find.category_text ?? t("desk.finds.kind-unknown")}
                {find.count > 1 && ` × ${figures.whole(find.count)}`}
              </b>{" "}
              · {depth(find.depth_cm)} · {place(numbers(find.part_ids))} · <time dateTime={find.at}>{figures.date(find.at)}</time> <Id id={find.subject} />
            </p>
            {find.open && <p class="bad">{t("desk.finds.no-answer")}</p>}
          </li>
        ))}
      </ul>
    </Titled>
  );
}
