/** Bringing a document to the desk: choose it, say who published it and when; its candidates wait then. */

import type { JSX } from "preact";
import type { DocumentTaken, StudyDocuments } from "../core/study.ts";
import { Bring } from "./bring.tsx";
import { useReach, useT } from "./context.ts";
import { Faults } from "./faults.tsx";

/** A long scan is read for minutes. */
const STUDY_WITHIN_MS = 330_000;

export function BringDocument({ known, done }: { known: StudyDocuments; done: () => void }): JSX.Element {
  const t = useT();
  const said = (filled: FormData): Record<string, string | null> => {
    const of = (name: string): string | null => String(filled.get(name) ?? "").trim() || null;
    return { published_on: of("published_on"), source: of("source"), source_grade: of("source_grade") };
  };
  return (
    <Bring<DocumentTaken>
      title={t("desk.study.bring")}
      means={t("desk.study.bring-means")}
      does={t("desk.study.bring-do")}
      path="/api/documents"
      withinMs={STUDY_WITHIN_MS}
      said={said}
      done={done}
      told={(taken) => <Taken taken={taken} />}
    >
      <Provenance known={known} />
    </Bring>
  );
}

/** Who published it, how reliable they are, and when: each may be unknown. */
function Provenance({ known }: { known: StudyDocuments }): JSX.Element {
  const t = useT();
  return (
    <>
      <label class="field">
        <span>{t("desk.study.bring-source")}</span>
        <input name="source" maxLength={200} dir="auto" />
      </label>
      <label class="field">
        <span>{t("desk.study.bring-grade")}</span>
        <select name="source_grade">
          <option value="">–</option>
          {known.grades.map((grade) => (
            <option key={grade.code} value={grade.code}>
              {grade.label}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t("desk.study.bring-day")}</span>
        <input name="published_on" type="date" />
      </label>
    </>
  );
}

function Taken({ taken }: { taken: DocumentTaken }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <div role="status">
      <p class="callout">
        {t(taken.already ? "desk.study.bring-already" : "desk.study.bring-done", { n: desk.figures.value.whole(taken.n_claims) })}
      </p>
      {taken.faults.length > 0 && <Faults faults={taken.faults} />}
      <button type="button" class="plain" onClick={() => void (desk.of.value = taken.id)}>
        {t("desk.study.bring-open")}
      </button>
    </div>
  );
}
