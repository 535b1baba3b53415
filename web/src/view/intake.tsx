/** Taking a file in: choose it, look what each column becomes and what is wrong, then take it in. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ApiFault } from "../core/api.ts";
import type { Credentials } from "../core/person.ts";
import { type ImportTold, type Imports, type Reading, type Sent, takeIn } from "../core/rescue.ts";
import { useReach, useT } from "./context.ts";
import { FileOnItsWay } from "./bring.tsx";
import { Faults } from "./faults.tsx";
import { Fault, useFault } from "./refusal.tsx";
import { Second } from "./second.tsx";
import { sendChosen } from "./sending.ts";
import { Titled } from "./sheet.tsx";

const NOTHING_SAID: Reading = { kind: "", mapping: "", columns: {}, saveAs: "", crs: "", encoding: "", second: null };

interface IntakeProps {
  readonly known: Imports;
  readonly done: () => void;
}

interface Intake {
  readonly sent: Sent | null;
  readonly share: number | null;
  readonly reading: Reading;
  readonly told: ImportTold | null;
  readonly busy: boolean;
  readonly fault: ApiFault | null;
  readonly choose: (file: File | undefined) => Promise<void>;
  readonly change: (part: Partial<Reading>) => void;
  readonly run: (dryRun: boolean, how?: Reading) => Promise<void>;
}

/** The file chosen, how it is read, and what the server said of it last. */
function useIntake({ known, done }: IntakeProps): Intake {
  const { desk } = useReach();
  const [sent, setSent] = useState<Sent | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const [reading, setReading] = useState<Reading>({ ...NOTHING_SAID, kind: known.kinds[0]?.code ?? "" });
  const [told, setTold] = useState<ImportTold | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, take, clear] = useFault();
  const choose = async (file: File | undefined): Promise<void> => {
    setSent(null);
    setTold(null);
    clear();
    if (!file) return;
    setShare(0);
    await sendChosen(file, setShare).then(setSent, take);
    setShare(null);
  };
  const run = async (dryRun: boolean, how: Reading = reading): Promise<void> => {
    if (!sent) return;
    setBusy(true);
    clear();
    try {
      setTold(await takeIn(desk.api, sent, how, dryRun, desk.lang.value));
      if (!dryRun) {
        await desk.reload();
        done();
      }
    } catch (error) {
      setTold(null);
      take(error);
    }
    setBusy(false);
  };
  // What was looked at before is of another file, kind or mapping.
  useEffect(() => setTold(null), [reading.kind, reading.mapping, reading.crs, reading.encoding]);
  // Of the newest: a field that is left tells its value in the moment in which the next one does.
  const change = (part: Partial<Reading>): void => setReading((newest) => ({ ...newest, ...part }));
  return { sent, share, reading, told, busy, fault, choose, change, run };
}

export function FileIntake(props: IntakeProps): JSX.Element {
  const t = useT();
  const { known } = props;
  const { sent, share, reading, told, busy, fault, choose, change, run } = useIntake(props);
  if (!known.kinds.length) return <p class="why-not">{t("desk.rescue.may-not")}</p>;
  const say = (columns: Reading["columns"]): void => {
    change({ columns });
    void run(true, { ...reading, columns });
  };
  return (
    <div aria-busy={busy}>
      <p class="sub">{t("desk.rescue.means")}</p>
      <HowToRead known={known} reading={reading} change={change} />
      <FileOnItsWay share={share} choose={choose} />
      <Fault fault={fault} />
      <p class="buttons">
        <button type="button" class="strong" disabled={!sent || busy} onClick={() => void run(true)}>
          {t("desk.rescue.look")}
        </button>
      </p>
      {busy && <p class="quiet">{t("desk.rescue.reading")}</p>}
      {told && <Result told={told} />}
      {told?.dry_run && (
        <>
          <Columns told={told} chosen={reading.columns} choose={say} />
          <FirstRows told={told} />
          <Take told={told} known={known} reading={reading} change={change} busy={busy} run={() => void run(false)} />
        </>
      )}
    </div>
  );
}

/** Degrees, and the zones of the countries this is used in first; any other can be written. */
const CRS_OFTEN = ["EPSG:4326", "EPSG:32636", "EPSG:32637", "EPSG:32638", "EPSG:32639"];

interface ReadingProps {
  readonly known: Imports;
  readonly reading: Reading;
  readonly change: (part: Partial<Reading>) => void;
}

function HowToRead({ known, reading, change }: ReadingProps): JSX.Element {
  const t = useT();
  const fitting = known.mappings.filter((each) => each.kind === null || each.kind === reading.kind);
  return (
    <div class="cut">
      <label class="field">
        <span>{t("desk.rescue.kind")}</span>
        <select value={reading.kind} onChange={(event) => change({ kind: event.currentTarget.value, mapping: "", columns: {} })}>
          {known.kinds.map((kind) => (
            <option key={kind.code} value={kind.code}>
              {kind.label}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t("desk.rescue.mapping")}</span>
        <select value={reading.mapping} onChange={(event) => change({ mapping: event.currentTarget.value, columns: {} })}>
          <option value="">{t("desk.rescue.by-name")}</option>
          {fitting.map((each) => (
            <option key={each.name} value={each.name}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t("desk.rescue.crs")}</span>
        <input value={reading.crs} list="crs-known" placeholder="EPSG:4326" dir="ltr" onInput={(event) => change({ crs: event.currentTarget.value })} />
        <datalist id="crs-known">
          {CRS_OFTEN.map((crs) => (
            <option key={crs} value={crs} />
          ))}
        </datalist>
      </label>
      <label class="field">
        <span>{t("desk.rescue.encoding")}</span>
        <select value={reading.encoding} onChange={(event) => change({ encoding: event.currentTarget.value })}>
          <option value="">{t("desk.rescue.as-file-says")}</option>
          {known.encodings.map((encoding) => (
            <option key={encoding} value={encoding}>
              {encoding}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Result({ told }: { told: ImportTold }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const more = (all: number, shown: number): JSX.Element | null =>
    all > shown ? <p class="quiet">{t("desk.rescue.more", { count: desk.figures.value.whole(all - shown) })}</p> : null;
  return (
    <>
      <p class="callout" role="status">
        <b>{t(told.dry_run ? "desk.rescue.would" : "desk.rescue.done")}</b> {told.says}
      </p>
      {told.refused.length > 0 && (
        <Titled title={t("desk.rescue.refused", { count: desk.figures.value.whole(told.n_refused) })}>
          <Faults faults={told.refused} />
          {more(told.n_refused, told.refused.length)}
        </Titled>
      )}
      {told.warnings.length > 0 && (
        <Titled title={t("desk.rescue.warnings", { count: desk.figures.value.whole(told.n_warnings) })}>
          <Faults faults={told.warnings} />
          {more(told.n_warnings, told.warnings.length)}
        </Titled>
      )}
    </>
  );
}

interface ColumnsProps {
  readonly told: ImportTold;
  readonly chosen: Readonly<Record<string, string>>;
  readonly choose: (columns: Readonly<Record<string, string>>) => void;
}

const BESIDE = "";

/** What each column becomes as it was recognised, and the place to say otherwise. */
function Columns({ told, chosen, choose }: ColumnsProps): JSX.Element | null {
  const t = useT();
  if (!told.columns.length) return null;
  return (
    <Titled title={t("desk.rescue.columns")}>
      <div class="wide-table" role="region" aria-label={t("desk.rescue.columns")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("desk.rescue.column")}</th>
              <th scope="col">{t("desk.rescue.becomes")}</th>
              {!told.mapping_named && <th scope="col">{t("desk.rescue.say")}</th>}
            </tr>
          </thead>
          <tbody>
            {told.columns.map((column) => (
              <tr key={column.column}>
                <th scope="row">
                  <bdi dir="auto">{column.column}</bdi>
                </th>
                <td>{column.becomes.join(", ")}</td>
                {!told.mapping_named && (
                  <td>
                    <select
                      aria-label={t("desk.rescue.say-of", { column: `\u2068${column.column}\u2069` })}
                      value={chosen[column.column] ?? column.field ?? BESIDE}
                      onChange={(event) => choose({ ...chosen, [column.column]: event.currentTarget.value })}
                    >
                      <option value={BESIDE}>{t("desk.rescue.beside")}</option>
                      {told.fields.map((field) => (
                        <option key={field.code} value={field.code}>
                          {field.label}
                        </option>
                      ))}
                    </select>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Titled>
  );
}

function FirstRows({ told }: { told: ImportTold }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  if (!told.rows.length) return null;
  return (
    <Titled title={t("desk.rescue.first-rows")}>
      <ul class="cards">
        {told.rows.map((row) => (
          <li key={row.row}>
            <p class="card-top">
              <b>{t("desk.rescue.row", { row: desk.figures.value.whole(row.row) })}</b>
              <span class="quiet">{t(row.placed ? "desk.rescue.placed" : "desk.rescue.unplaced")}</span>
            </p>
            <dl class="said-answers">
              {row.fields.map((value) => (
                <div key={value.label}>
                  <dt>{value.label}</dt>
                  <dd>
                    <bdi>{value.words}</bdi>
                  </dd>
                </div>
              ))}
              {row.beside.map((value) => (
                <div key={`beside ${value.label}`}>
                  <dt>
                    <bdi>{value.label}</bdi> <small>({t("desk.rescue.beside")})</small>
                  </dt>
                  <dd>
                    <bdi>{value.words}</bdi>
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </Titled>
  );
}

interface TakeProps extends ReadingProps {
  readonly told: ImportTold;
  readonly busy: boolean;
  readonly run: () => void;
}

function Take({ told, known, reading, change, busy, run }: TakeProps): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  // It lowers land: on the word of one person alone nothing is taken in.
  const releases = reading.kind === "land-parts";
  const worth = Object.keys(reading.columns).length > 0 || [reading.mapping, reading.crs, reading.encoding].some(Boolean);
  return (
    <div class="act-form">
      {known.may_save && worth && (
        <label class="field">
          <span>{t("desk.rescue.save-as")}</span>
          <input value={reading.saveAs} maxLength={100} dir="auto" onInput={(event) => change({ saveAs: event.currentTarget.value })} />
        </label>
      )}
      <p>{t("desk.rescue.take-means")}</p>
      {releases && <Second legend={t("desk.rescue.second")} required take={(second: Credentials | null) => change({ second })} />}
      <p class="buttons">
        <button type="button" class="strong" disabled={busy || told.accepted === 0 || (releases && !reading.second)} onClick={run}>
          {t("desk.rescue.take", { rows: desk.figures.value.whole(told.accepted) })}
        </button>
      </p>
    </div>
  );
}
