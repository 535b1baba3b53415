/** Reports to print: which, of which period and ground; drawn up first, then fetched as a file. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { LANGUAGES } from "../core/language.ts";
import { type DrawnUp, fileOf, FIRST_CHOICE, FORMATS, PAPER_LANGS, type PaperChoice, type PaperKinds, queryOfChoice } from "../core/papers.ts";
import { useReach, useT } from "./context.ts";
import { Fault } from "./refusal.tsx";
import { Titled } from "./sheet.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

export function PapersPage(): JSX.Element {
  const t = useT();
  const [choice, setChoice] = useState<PaperChoice>(FIRST_CHOICE);
  const [asked, setAsked] = useState<PaperChoice | null>(null);
  const kinds = useAnswer<PaperKinds>("/api/papers");
  const path = asked && `/api/papers/${encodeURIComponent(asked.kind)}`;
  const { answer, fault } = useAnswer<DrawnUp>(path, { query: asked ? queryOfChoice(asked) : {} });
  return (
    <WorkSheet name="papers" title={t("desk.work.papers")}>
      <Fault fault={kinds.fault} />
      {kinds.answer && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            setAsked(choice);
          }}
        >
          <Choices known={kinds.answer} choice={choice} take={setChoice} />
          <button type="submit">{t("desk.papers.draw-up")}</button>
        </form>
      )}
      <Fault fault={fault} />
      {asked && !answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {asked && answer && <Drawn found={answer} asked={asked} />}
    </WorkSheet>
  );
}

interface ChoicesProps {
  readonly known: PaperKinds;
  readonly choice: PaperChoice;
  readonly take: (choice: PaperChoice) => void;
}

function Choices({ known, choice, take }: ChoicesProps): JSX.Element {
  const t = useT();
  const lists = { area: known.areas, project: known.projects, donor: known.donors } as const;
  return (
    <>
      <label class="field">
        <span>{t("desk.papers.kind")}</span>
        <select name="kind" value={choice.kind} onChange={(event) => take({ ...choice, kind: event.currentTarget.value })}>
          {known.kinds.map((each) => (
            <option key={each.kind} value={each.kind}>
              {each.title}
            </option>
          ))}
        </select>
      </label>
      {(["from", "to"] as const).map((name) => (
        <label class="field" key={name}>
          <span>{t(`desk.papers.${name}`)}</span>
          <input type="date" name={name} value={choice[name]} onChange={(event) => take({ ...choice, [name]: event.currentTarget.value })} />
        </label>
      ))}
      {(["area", "project", "donor"] as const).map((name) => (
        <label class="field" key={name}>
          <span>{t(`desk.papers.${name}`)}</span>
          <select name={name} value={choice[name]} onChange={(event) => take({ ...choice, [name]: event.currentTarget.value })}>
            <option value="">{t("desk.papers.all")}</option>
            {lists[name].map((id) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        </label>
      ))}
    </>
  );
}

function Drawn({ found, asked }: { found: DrawnUp; asked: PaperChoice }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <Titled title={found.title}>
      <p class="sub">{t("desk.papers.as-of", { at: desk.figures.value.date(found.statement.valid_at) })}</p>
      <ul class="paper-files">
        {PAPER_LANGS.flatMap((lang) =>
          FORMATS.map((format) => (
            <li key={lang + format}>
              <a href={fileOf(asked, format, lang)} download={`${found.kind}-${lang}.${format}`}>
                {t(`desk.papers.file.${format}`)} · <bdi lang={lang}>{LANGUAGES[lang].name}</bdi>
              </a>
            </li>
          )),
        )}
      </ul>
      {found.missing.length > 0 && (
        <>
          <h4>{t("desk.papers.missing")}</h4>
          <ul>
            {found.missing.map((each) => (
              <li key={each.text}>{each.text}</li>
            ))}
          </ul>
        </>
      )}
      <h4>{t("desk.papers.tables")}</h4>
      <ul>
        {found.tables.map((table) => (
          <li key={table.name}>
            {table.title}: {desk.figures.value.whole(table.rows.length)}
          </li>
        ))}
      </ul>
      {found.notices.map((notice) => (
        <p class="quiet" key={notice}>
          {notice}
        </p>
      ))}
    </Titled>
  );
}
