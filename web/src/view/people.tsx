/** People harmed and people warned: accidents and their inquiries, help by pseudonym, risk education, and their forms. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type Accident, type Community, type DrawnTable, type FormField, type Help, type People, type PeoplePaper, type RecordForm, toldFields, toldWords } from "../core/people.ts";
import { useReach, useT } from "./context.ts";
import { Fault } from "./refusal.tsx";
import { Id, Titled } from "./sheet.tsx";
import { freshId, Opening, type Order, Steps } from "./steps.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

export function PeoplePage(): JSX.Element {
  const t = useT();
  const { answer, fault, again } = useAnswer<People>("/api/people");
  const paper = useAnswer<PeoplePaper>(answer && "/api/papers/people");
  return (
    <WorkSheet name="people" title={t("desk.work.people")}>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <>
          <p class="callout">{t("desk.people.means")}</p>
          <Titled title={t("desk.people.record")}>
            <ul class="acts">
              {answer.forms.map((each) => (
                <li key={each.kind}>
                  {each.why_not.length ? (
                    <p class="why-not">
                      {each.title}: {each.why_not.map((why) => why.text).join(" ")}
                    </p>
                  ) : (
                    <Opening words={each.title}>{(done) => <DictForm form={each} done={() => (done(), again(), paper.again())} />}</Opening>
                  )}
                </li>
              ))}
            </ul>
          </Titled>
          <Titled title={t("desk.people.accidents")}>
            {!answer.accidents.length && <p class="quiet">{t("desk.people.no-accident")}</p>}
            <ul class="cards">
              {answer.accidents.map((each) => (
                <OneAccident key={each.accident_id} accident={each} />
              ))}
            </ul>
          </Titled>
          <Communities told={answer.communities} />
          <Helped help={answer.help} />
        </>
      )}
      <Fault fault={paper.fault} />
      {paper.answer && (
        <Titled title={t("desk.people.figures")}>
          {paper.answer.notices.map((each) => (
            <p class="quiet" key={each}>
              {each}
            </p>
          ))}
          {paper.answer.tables.map((each) => (
            <Table key={each.name} table={each} />
          ))}
          {paper.answer.missing.map((each) => (
            <p class="quiet" key={each.code}>
              {each.text}
            </p>
          ))}
        </Titled>
      )}
    </WorkSheet>
  );
}

function OneAccident({ accident }: { readonly accident: Accident }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const day = (at: string): string => desk.figures.value.date(at);
  return (
    <li>
      <h4>
        {accident.kind_text} · <time dateTime={accident.at}>{day(accident.at)}</time> <Id id={accident.accident_id} />
      </h4>
      <p>
        {accident.area_ids.length ? (
          accident.area_ids.map((id) => (
            <button key={id} type="button" class="small" onClick={() => desk.select({ kind: "area", id })}>
              <bdi>{id}</bdi>
            </button>
          ))
        ) : (
          <span class="quiet">{t("desk.people.no-area")}</span>
        )}
      </p>
      <p>{accident.reopening_id ? t("desk.people.reopened", { id: `\u2068${accident.reopening_id}\u2069` }) : t("desk.people.not-reopened")}</p>
      {!accident.steps.length && <p class="quiet">{t("desk.people.no-inquiry")}</p>}
      <ul class="damage">
        {accident.steps.map((step, at) => (
          <li key={at}>
            <p>
              <b>{step.step_text}</b>
              {step.cause_text && <> · {step.cause_text}</>}
            </p>
            {step.lessons && <p dir="auto">{step.lessons}</p>}
            <p class="meta">
              <time dateTime={step.on}>{day(step.on)}</time> <bdi>{step.organisation}</bdi>
            </p>
          </li>
        ))}
      </ul>
    </li>
  );
}

/** What communities told last, the worst first; each with its id, by which it is corrected. */
function Communities({ told }: { readonly told: readonly Community[] }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <Titled title={t("desk.people.communities")}>
      <p class="quiet">{t("desk.people.communities-mean")}</p>
      {!told.length && <p class="quiet">{t("desk.people.no-community")}</p>}
      <ul class="damage">
        {told.map((each) => (
          <li key={each.survey_id}>
            <p>
              <b>
                <bdi>{each.community}</bdi>
              </b>{" "}
              · {t("desk.people.band", { band: each.band_text })}
            </p>
            <p>{t("desk.people.contaminated", { said: each.contaminated_text })}</p>
            {each.blocked_text.length > 0 && <p>{t("desk.people.blocked", { what: each.blocked_text.join(t("desk.people.comma")) })}</p>}
            {each.waits && <p class="callout">{t("desk.people.waits")}</p>}
            <p class="meta">
              <time dateTime={each.on}>{desk.figures.value.date(each.on)}</time> <bdi>{each.organisation}</bdi> <Id id={each.survey_id} />
            </p>
          </li>
        ))}
      </ul>
    </Titled>
  );
}

/** Where help stands, by pseudonym; for who has no work with these, that it is so. */
function Helped({ help }: { readonly help: readonly Help[] | null }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <Titled title={t("desk.people.help")}>
      {help === null && <p class="why-not">{t("desk.people.help-hidden")}</p>}
      {help?.length === 0 && <p class="quiet">{t("desk.people.no-help")}</p>}
      <ul class="damage">
        {(help ?? []).map((each) => (
          <li key={each.assistance_id}>
            <p>
              <Id id={each.person_ref} /> {each.service_text}: <b>{each.state_text}</b>
            </p>
            <p class="meta">
              {t("desk.people.consent", { said: each.consent_text })} <time dateTime={each.on}>{desk.figures.value.date(each.on)}</time> {each.accident_id && <Id id={each.accident_id} />}
            </p>
          </li>
        ))}
      </ul>
    </Titled>
  );
}

function Table({ table }: { readonly table: DrawnTable }): JSX.Element {
  const t = useT();
  const numeric = (at: number): string | undefined => (table.columns[at]?.unit ? "number" : undefined);
  return (
    <details>
      <summary>{table.title}</summary>
      {table.rows.length === 0 ? (
        <p class="quiet">{t("desk.people.no-row")}</p>
      ) : (
        <div class="wide-table" tabIndex={0} role="region" aria-label={table.title}>
          <table>
            <thead>
              <tr>
                {table.columns.map((each) => (
                  <th key={each.name} scope="col">
                    {each.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...table.rows, ...(table.total ? [table.total] : [])].map((row, at) => (
                <tr key={at}>
                  {row.map((cell, column) => (
                    <td key={column} class={numeric(column)}>
                      <bdi>{cell.text}</bdi>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {table.notes.map((each) => (
        <p class="quiet" key={each}>
          {each}
        </p>
      ))}
    </details>
  );
}

/** A record of the dictionary, filled in and read once more before it is put on record. */
function DictForm({ form, done }: { readonly form: RecordForm; readonly done: () => void }): JSX.Element {
  const t = useT();
  const order = (filled: FormData): Order => ({
    path: `/api/people/${encodeURIComponent(form.kind)}`,
    body: { fields: toldFields(form, filled) },
    said: toldWords(form, filled),
  });
  return (
    <Steps means={t("desk.people.form-means")} does={t("desk.people.put")} order={order} done={done}>
      {form.fields.map((each) => (
        <Input key={each.name} field={each} />
      ))}
    </Steps>
  );
}

function Input({ field }: { readonly field: FormField }): JSX.Element {
  const codes = Object.entries(field.choices);
  if (field.type === "codes")
    return (
      <fieldset>
        <legend>{field.label}</legend>
        {codes.map(([code, words]) => (
          <label key={code} class="check">
            <input type="checkbox" name={field.name} value={code} />
            <span>{words}</span>
          </label>
        ))}
      </fieldset>
    );
  return (
    <label class="field">
      <span>{field.label}</span>
      <Control field={field} />
    </label>
  );
}

const LONG = 500;

function Control({ field }: { readonly field: FormField }): JSX.Element {
  const t = useT();
  const { name, required } = field;
  const [fresh] = useState(() => freshId("R"));
  const limits = { ...(field.least === null ? {} : { min: field.least }), ...(field.most === null ? {} : { max: field.most }) };
  switch (field.type) {
    case "code":
      return (
        <select name={name} required={required}>
          <option value="">–</option>
          {Object.entries(field.choices).map(([code, words]) => (
            <option key={code} value={code}>
              {words}
            </option>
          ))}
        </select>
      );
    case "boolean":
      return (
        <select name={name} required={required}>
          <option value="">–</option>
          <option value="true">{t("desk.people.yes")}</option>
          <option value="false">{t("desk.people.no")}</option>
        </select>
      );
    case "integer":
      return <input name={name} type="number" step={1} inputMode="numeric" required={required} {...limits} />;
    case "decimal":
      return <input name={name} type="number" step="any" inputMode="decimal" required={required} {...limits} />;
    case "point":
      return <input name={name} dir="ltr" autoComplete="off" required={required} placeholder="36.19, 44.01" maxLength={LONG} />;
    case "date":
      return <input name={name} type="date" required={required} />;
    default:
      if ((field.letters ?? 0) > LONG) return <textarea name={name} rows={3} dir="auto" required={required} maxLength={field.letters ?? LONG} />;
      return <input name={name} dir="auto" autoComplete="off" required={required} maxLength={field.letters ?? LONG} defaultValue={name === "id" ? fresh : ""} />;
  }
}
