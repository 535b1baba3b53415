/** Bringing a document to the desk: choose it, say who published it and when; its candidates wait then. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { DocumentTaken, StudyDocuments } from "../core/study.ts";
import { useReach, useT } from "./context.ts";
import { FileField } from "./filefield.tsx";
import { Faults } from "./faults.tsx";
import { Fault, useFault } from "./refusal.tsx";
import { MOST_BYTES, sendChosen } from "./sending.ts";

/** A long scan is read for minutes. */
const STUDY_WITHIN_MS = 330_000;

export function BringDocument({ known, done }: { known: StudyDocuments; done: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [share, setShare] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const [taken, setTaken] = useState<DocumentTaken | null>(null);
  const [fault, take, clear] = useFault();
  const bring = async (data: FormData): Promise<void> => {
    const file = data.get("file") as File;
    const said = (name: string): string | null => String(data.get(name) ?? "").trim() || null;
    const sent = await sendChosen(file, setShare);
    setShare(null);
    const body = {
      sha256: sent.sha256,
      file_name: sent.name,
      published_on: said("published_on"),
      source: said("source"),
      source_grade: said("source_grade"),
    };
    const more = { lang: desk.lang.value, withinMs: STUDY_WITHIN_MS };
    setTaken(await desk.api.send<DocumentTaken>("POST", "/api/documents", body, more));
    done();
  };
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    setBusy(true);
    setTaken(null);
    clear();
    setShare(0);
    const over = (): void => {
      setBusy(false);
      setShare(null);
    };
    void bring(new FormData(event.currentTarget as HTMLFormElement)).catch(take).then(over);
  };
  return (
    <details class="bring">
      <summary>{t("desk.study.bring")}</summary>
      <form class="act-form" aria-busy={busy} onSubmit={onSubmit}>
        <p>{t("desk.study.bring-means")}</p>
        <FileField label={t("desk.rescue.file", { most: MOST_BYTES / 1024 ** 2 })} name="file" required />
        <Provenance known={known} />
        {share !== null && <progress aria-label={t("desk.rescue.sending")} max={1} value={share} />}
        {busy && share === null && <p class="quiet">{t("desk.rescue.reading")}</p>}
        <Fault fault={fault} />
        <p class="buttons">
          <button type="submit" class="strong" disabled={busy}>
            {t("desk.study.bring-do")}
          </button>
        </p>
      </form>
      {taken && <Taken taken={taken} />}
    </details>
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
