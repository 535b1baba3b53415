/** What everybody is told: notices and the archive of places, written by one and approved by another. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { type Labelled, memoryBody, noticeBody, type ToldItem, type ToldWork } from "../core/told.ts";
import { useReach, useT } from "./context.ts";
import { FileField } from "./filefield.tsx";
import { bareBase64 } from "./photo.ts";
import { Fault, useFault } from "./refusal.tsx";
import { filledIn, freshId, Opening, Steps } from "./steps.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

export function ToldPage(): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { answer, fault, again } = useAnswer<ToldWork>("/api/public-items");
  return (
    <WorkSheet name="told" title={t("desk.work.told")}>
      <p>
        <a class="download" href={`/public?lang=${desk.lang.value}`} target="_blank" rel="noopener">
          {t("desk.told.public")}
        </a>
      </p>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && (
        <>
          {answer.may_write && <Writing work={answer} again={again} />}
          <p class="sub" role="status">
            {t("desk.told.counts", { waiting: desk.figures.value.whole(answer.waiting), total: desk.figures.value.whole(answer.items.length) })}
          </p>
          {answer.items.length === 0 && <p class="quiet">{t("desk.told.none")}</p>}
          <ul class="cards">
            {answer.items.map((item) => (
              <Item key={item.item_id} item={item} again={again} />
            ))}
          </ul>
        </>
      )}
    </WorkSheet>
  );
}

interface Of {
  readonly work: ToldWork;
  readonly again: () => void;
}

function Writing({ work, again }: Of): JSX.Element {
  const t = useT();
  return (
    <>
      <Opening words={t("desk.told.write-notice")}>{(done) => <NoticeSteps work={work} again={again} done={done} />}</Opening>
      <Opening words={t("desk.told.write-archive")}>{(done) => <MemorySteps work={work} again={again} done={done} />}</Opening>
    </>
  );
}

const labelOf = (listed: readonly Labelled[], code: string): string => listed.find((each) => each.code === code)?.label ?? code;

function NoticeSteps({ work, again, done }: Of & { readonly done: () => void }): JSX.Element {
  const t = useT();
  const [id] = useState(() => freshId("A"));
  return (
    <Steps
      means={t("desk.told.means")}
      does={t("desk.told.send")}
      acted={again}
      done={done}
      order={(filled) => {
        const field = (name: string): string => filledIn(filled, name);
        const said = [
          `${labelOf(work.kinds, field("kind"))} · ${labelOf(work.places, field("place_id"))}`,
          t("desk.told.from") + ` ${field("from").replace("T", " ")}`,
          t("desk.told.until") + ` ${field("until").replace("T", " ")}`,
          ...[field("text"), field("text_ar")].filter(Boolean),
        ];
        return { path: "/api/area-notices", body: noticeBody(id, field), said };
      }}
    >
      <Choice name="kind" label={t("desk.told.kind")} listed={work.kinds} />
      <Place name="place_id" work={work} />
      <Field name="from" type="datetime-local" label={t("desk.told.from")} required />
      <Field name="until" type="datetime-local" label={t("desk.told.until")} required />
      <p class="quiet">{t("desk.told.text-hint")}</p>
      <Area name="text" label={t("desk.told.text")} most={280} />
      <Area name="text_ar" label={t("desk.told.text-ar")} most={280} />
    </Steps>
  );
}

function MemorySteps({ work, again, done }: Of & { readonly done: () => void }): JSX.Element {
  const t = useT();
  const [id] = useState(() => freshId("M"));
  const [subject, setSubject] = useState("place");
  const picture = useRef("");
  return (
    <Steps
      means={t("desk.told.means")}
      does={t("desk.told.send")}
      acted={again}
      done={done}
      order={(filled) => {
        const field = (name: string): string => filledIn(filled, name);
        const captions = ["caption", "caption_ar", "caption_ckb", "caption_kmr"].map(field).filter(Boolean);
        const said = [
          `${labelOf(work.subjects, subject)} · ${labelOf(work.places, field("subject_id"))}`,
          `${labelOf(work.moments, field("moment"))} · ${field("taken_on")} · ${labelOf(work.purposes, field("purpose"))}`,
          ...captions,
          `${field("credit")} · ${field("consent_ref")}`,
        ];
        const body = memoryBody(id, field, picture.current, filled.get("faces_hidden") === "on");
        return { path: "/api/archive", body, said };
      }}
    >
      <label class="field">
        <span>{t("desk.told.subject")}</span>
        <select name="subject" value={subject} onChange={(event) => setSubject(event.currentTarget.value)}>
          {work.subjects.map((each) => (
            <option key={each.code} value={each.code}>
              {each.label}
            </option>
          ))}
        </select>
      </label>
      {subject === "place" ? <Place name="subject_id" work={work} /> : <Field name="subject_id" label={t("desk.told.subject-id")} required />}
      <Choice name="moment" label={t("desk.told.moment")} listed={work.moments} />
      <Field name="taken_on" type="date" label={t("desk.told.taken-on")} required />
      <Choice name="purpose" label={t("desk.told.purpose")} listed={work.purposes} />
      <Field name="credit" label={t("desk.told.credit")} required />
      <Field name="consent_ref" label={t("desk.told.consent")} required />
      <Area name="caption" label={t("desk.told.caption")} most={400} />
      <Area name="caption_ar" label={t("desk.told.caption-ar")} most={400} />
      <Area name="caption_ckb" label={t("desk.told.caption-ckb")} most={400} />
      <Area name="caption_kmr" label={t("desk.told.caption-kmr")} most={400} />
      <Picture keep={(base64) => void (picture.current = base64)} />
    </Steps>
  );
}

/** The picture, drawn anew here before it is sent, and that nobody can be known in it. */
function Picture({ keep }: { readonly keep: (base64: string) => void }): JSX.Element {
  const t = useT();
  const [state, setState] = useState("");
  const choose = async (input: HTMLInputElement): Promise<void> => {
    const file = input.files?.[0];
    keep("");
    setState("");
    try {
      if (file) keep(await bareBase64(file));
    } catch {
      input.value = "";
      setState(t("desk.told.picture-failed"));
    }
  };
  return (
    <>
      <FileField label={t("desk.told.picture")} accept="image/jpeg,image/png,image/webp" choose={choose} />
      <p role="status">{state}</p>
      <label class="check">
        <input type="checkbox" name="faces_hidden" /> {t("desk.told.faces")}
      </label>
    </>
  );
}

function Item({ item, again }: { readonly item: ToldItem; readonly again: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const state = item.state === "written" ? t("desk.told.waits") : item.state_text;
  return (
    <li data-open={item.state === "written"}>
      <p class="card-top">
        <b>
          {item.title} {item.place && <bdi dir="auto">· {item.place}</bdi>}
        </b>
        <span class="state">{state}</span>
      </p>
      {item.state === "approved" && <p class="quiet">{t(item.in_force ? "desk.told.in-force" : "desk.told.not-now")}</p>}
      {item.picture && <img class="told-picture" src={`/api/public-items/${encodeURIComponent(item.item_id)}/picture`} alt={t("desk.told.picture-alt")} />}
      {item.lines.map((line, at) => (
        <p key={`${at} ${line}`} dir="auto">
          {line}
        </p>
      ))}
      <Facts item={item} />
      <p class="meta">
        <time dateTime={item.at}>{desk.figures.value.moment(Date.parse(item.at))}</time> <code dir="ltr">{item.item_id}</code>
      </p>
      {item.may.length > 0 && <Decide item={item} again={again} />}
    </li>
  );
}

/** When it is told, when the picture was taken, and the paper of whoever agreed: each by its name. */
function Facts({ item }: { readonly item: ToldItem }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const figures = desk.figures.value;
  const moment = (at: string | null): JSX.Element | null => (at ? <time dateTime={at}>{figures.moment(Date.parse(at))}</time> : null);
  const rows: readonly (readonly [string, JSX.Element | null])[] = [
    ["desk.told.from", moment(item.begins)],
    ["desk.told.until", moment(item.ends)],
    ["desk.told.taken-on", item.taken_on ? <time dateTime={item.taken_on}>{figures.date(item.taken_on)}</time> : null],
    ["desk.told.consent", item.consent_ref ? <bdi>{item.consent_ref}</bdi> : null],
  ];
  return (
    <dl class="said-answers">
      {rows.map(([name, told]) => told && (
        <div key={name}>
          <dt>{t(name)}</dt>
          <dd>{told}</dd>
        </div>
      ))}
    </dl>
  );
}

const DOES: Readonly<Record<string, string>> = { approved: "desk.told.approve", rejected: "desk.told.reject", withdrawn: "desk.told.withdraw" };

function Decide({ item, again }: { readonly item: ToldItem; readonly again: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const [note, setNote] = useState("");
  const [fault, failed, forget] = useFault();
  const decide = (decision: string): void => {
    forget();
    desk.act(`/api/public-items/${encodeURIComponent(item.item_id)}/decision`, { decision, note }).then(again, failed);
  };
  return (
    <>
      <label class="field">
        <span>{t("desk.told.note")}</span>
        <input value={note} maxLength={300} dir="auto" onInput={(event) => setNote(event.currentTarget.value)} />
      </label>
      <Fault fault={fault} />
      <p class="buttons">
        {item.may.map((decision) => (
          <button key={decision} type="button" class={decision === "approved" ? "strong" : ""} onClick={() => decide(decision)}>
            {t(DOES[decision] ?? decision)}
          </button>
        ))}
      </p>
    </>
  );
}

function Choice({ name, label, listed }: { readonly name: string; readonly label: string; readonly listed: readonly Labelled[] }): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <select name={name} required>
        {listed.map((each) => (
          <option key={each.code} value={each.code}>
            {each.label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A neighbourhood: chosen where the layer has any, else the id of a square. */
function Place({ name, work }: { readonly name: string; readonly work: ToldWork }): JSX.Element {
  const t = useT();
  if (work.places.length === 0) return <Field name={name} label={t("desk.told.place")} required hint="cell:3490:3854" />;
  return <Choice name={name} label={t("desk.told.place")} listed={work.places} />;
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly type?: "date" | "datetime-local";
  readonly required?: boolean;
  readonly hint?: string;
}

function Field({ name, label, type, required = false, hint = "" }: FieldProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      {type ? (
        <input name={name} type={type} required={required} />
      ) : (
        <input name={name} required={required} placeholder={hint} maxLength={200} dir="auto" />
      )}
    </label>
  );
}

function Area({ name, label, most }: { readonly name: string; readonly label: string; readonly most: number }): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <textarea name={name} rows={2} maxLength={most} dir="auto" />
    </label>
  );
}
