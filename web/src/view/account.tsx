/** The land account: figures that balance, what was done, what changed, and where it all comes from. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Account, type AccountChoice, type ByClass, type ChangedBy, changes, loadAccount, told } from "../core/account.ts";
import { ApiFault } from "../core/api.ts";
import { useM2, useReach, useT } from "./context.ts";
import { Disagreements } from "./disagreement.tsx";
import { FaultText } from "./fault.tsx";
import { Floor } from "./floor.tsx";
import { IconButton } from "./marks.tsx";
import { Titled } from "./sheet.tsx";

export function AccountPage(): JSX.Element | null {
  const { desk, page } = useReach();
  const choice = desk.account.value;
  // While its boundary is drawn, the map has the room.
  return choice && page.sketch.value === null ? <Dialog choice={choice} /> : null;
}

type State = { readonly account: Account | null; readonly fault: ApiFault | null };

function Dialog({ choice }: { choice: AccountChoice }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const dialog = useRef<HTMLDialogElement>(null);
  const { account, fault } = useAccount(choice);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      class="dialog account"
      aria-labelledby="account-title"
      onClose={() => (desk.account.value = null)}
    >
      <div class="account-top">
        <h2 id="account-title">{t("account.title")}</h2>
        <IconButton name="close" label={t("desk.close")} onClick={close} />
      </div>
      <Choices choice={choice} choose={(next) => (desk.account.value = next)} />
      <Boundary choice={choice} />
      {fault && (
        <div class="notice bad" role="alert">
          <FaultText fault={fault} />
        </div>
      )}
      {!account && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {account && <Body account={account} />}
    </dialog>
  );
}

/** The account of a choice as of the desk's two times; the old one stays while the new comes. */
function useAccount(choice: AccountChoice): State {
  const { desk } = useReach();
  const [state, setState] = useState<State>({ account: null, fault: null });
  const [asked, lang] = [desk.asked.value, desk.lang.value];
  const key = [asked.validAt, asked.knownAt, lang, choice.from, choice.compare, choice.boundary.join(), desk.session.value.actor?.login].join("|");
  useEffect(() => {
    const run = new AbortController();
    loadAccount(desk.api, choice, asked, lang, run.signal).then(
      (account) => !run.signal.aborted && setState({ account, fault: null }),
      (error: unknown) => {
        const fault = error instanceof ApiFault ? error : new ApiFault(0, null);
        if (!run.signal.aborted) setState((old) => ({ ...old, fault }));
      },
    );
    return () => run.abort();
  }, [key]);
  return state;
}

function Choices(props: { choice: AccountChoice; choose: (choice: AccountChoice) => void }): JSX.Element {
  const t = useT();
  const { choice, choose } = props;
  const field = (name: "from" | "compare"): JSX.Element => (
    <label class="field">
      <span>{t(`account.choose.${name}`)}</span>
      <input
        type="date"
        name={name}
        value={choice[name]}
        onChange={(event) => choose({ ...choice, [name]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <div class="account-choices">
      {field("from")}
      {field("compare")}
    </div>
  );
}

/** Everything on record, or only what lies within a boundary that is drawn on the map. */
function Boundary({ choice }: { choice: AccountChoice }): JSX.Element {
  const { desk, page } = useReach();
  const t = useT();
  const draw = (): void => {
    page.sketch.value = {
      kind: "polygon",
      what: "desk.draw.what.boundary",
      corners: choice.boundary,
      taken: (taken) => (desk.account.value = taken ? { ...choice, boundary: taken.corners } : choice),
    };
  };
  return (
    <p class="buttons">
      <button type="button" onClick={draw}>
        {t("account.boundary.draw")}
      </button>
      {choice.boundary.length > 0 && (
        <button type="button" onClick={() => (desk.account.value = { ...choice, boundary: [] })}>
          {t("account.boundary.drop")}
        </button>
      )}
    </p>
  );
}

function Body({ account }: { account: Account }): JSX.Element {
  const t = useT();
  return (
    <>
      <Classes account={account} />
      <Floor states={account.floor.states} />
      {account.difference && <Difference account={account} />}
      <Output account={account} />
      <Sizes account={account} />
      <Disagreements title={heading(t("account.disagreements"))} found={account.disagreements} />
      <Indicators account={account} />
      <Origin account={account} />
    </>
  );
}

/** A text that leads a list, as a heading of its own. */
function heading(text: string): string {
  return text.replace(/:$/, "");
}

function Classes({ account }: { account: Account }): JSX.Element {
  const t = useT();
  const m2 = useM2();
  const names = Object.keys(account.classes);
  const rows = Object.keys(account.classes[names[0] ?? ""] ?? {});
  return (
    <table class="figures ruled">
      <thead>
        <tr>
          <td />
          {names.map((name) => (
            <th key={name} scope="col">
              {t(`class.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row} data-row={row}>
            <th scope="row">{t(`account.${row}`)}</th>
            {names.map((name) => (
              <td key={name}>{m2(account.classes[name]?.[row] ?? 0)}</td>
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr class="other">
          <th scope="row">{t("account.balance")}</th>
          <td colSpan={names.length}>{m2(account.balance_error_m2)}</td>
        </tr>
        <tr class="other">
          <th scope="row">{t("account.indication")}</th>
          <td colSpan={names.length}>{m2(account.indication.closing_m2)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function Difference({ account }: { account: Account }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const found = account.difference;
  if (!found) return <></>;
  const day = (at: string): string => desk.figures.value.date(at);
  const times = { earlier: day(found.earlier.known_at), later: day(account.statement.known_at) };
  return (
    <Titled title={heading(t("account.difference", times))}>
      {changes(found.classes).length === 0 && <p class="quiet">{t("account.difference.none")}</p>}
      <Changes classes={found.classes} />
      <ul class="causes">
        {found.facts.map((fact, at) => (
          <li key={fact.entry_id ?? at}>
            <Fact fact={fact} />
            <Changes classes={fact.area_m2} />
          </li>
        ))}
        {found.together.map((group, at) => (
          <li key={`together-${at}`}>
            <p class="quiet">{t("account.difference.together")}</p>
            {group.facts.map((fact, which) => (
              <Fact key={fact.entry_id ?? which} fact={fact} />
            ))}
            <Changes classes={group.area_m2} />
          </li>
        ))}
      </ul>
    </Titled>
  );
}

function Fact({ fact }: { fact: ChangedBy }): JSX.Element {
  const { desk } = useReach();
  return (
    <p>
      <b>{fact.title}</b> {fact.subject && <bdi class="id">{fact.subject}</bdi>}{" "}
      <time class="quiet" dateTime={fact.recorded_at}>
        {desk.figures.value.date(fact.recorded_at)}
      </time>
    </p>
  );
}

function Changes({ classes }: { classes: ByClass }): JSX.Element | null {
  const t = useT();
  const m2 = useM2();
  const found = changes(classes);
  if (!found.length) return null;
  return (
    <ul class="changes">
      {found.map((each) => (
        <li key={`${each.class}.${each.figure}`}>
          <span>
            {t(`class.${each.class}`)}: {t(`account.${each.figure}`).replace(/^[+−±]\s*/, "")}
          </span>
          <b>{m2(each.m2, true)}</b>
        </li>
      ))}
    </ul>
  );
}

function Output({ account }: { account: Account }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const m2 = useM2();
  const words = desk.words.value;
  const { rows, output_m2, rework_m2 } = account.output;
  return (
    <Titled title={heading(t("account.output"))}>
      {rows.length === 0 && <p class="quiet">{t("account.output.none")}</p>}
      <ul class="changes output">
        {rows.map((row, at) => (
          <li key={at} data-heading={row.heading}>
            <span>
              <bdi>{row.organisation ?? t("account.not-on-record")}</bdi> · {words.of("outcome", row.outcome)}
              <small class="quiet">
                {row.method ? words.of("method", row.method) : t("account.not-on-record")} ·{" "}
                {row.donor ? <bdi>{row.donor}</bdi> : t("account.no-donor")}
                {row.heading === "rework" && ` · ${t("account.heading.rework")}`}
              </small>
            </span>
            <b>{m2(row.decided_m2)}</b>
          </li>
        ))}
        <li class="sum">
          <span>{t("account.heading.output")}</span>
          <b>{m2(output_m2)}</b>
        </li>
        <li class="sum">
          <span>{t("account.heading.rework")}</span>
          <b>{m2(rework_m2)}</b>
        </li>
      </ul>
    </Titled>
  );
}

function Sizes({ account }: { account: Account }): JSX.Element {
  const t = useT();
  const m2 = useM2();
  const columns = ["reported_m2", "computed_m2", "difference_m2"] as const;
  const rows = Object.entries(account.reported.totals).filter(([, total]) => total.stated > 0);
  return (
    <Titled title={t("account.sizes")}>
      {rows.length === 0 && <p class="quiet">{t("account.sizes.none")}</p>}
      {rows.map(([kind, total]) => (
        <table key={kind} class="figures">
          <caption class="quiet">{t(`account.sizes.${kind}`, { n: total.stated, unstated: total.unstated })}</caption>
          <tbody>
            {columns.map((name) => (
              <tr key={name}>
                <th scope="row">{t(`account.size.${name}`)}</th>
                <td>{m2(total[name], name === "difference_m2")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </Titled>
  );
}

function Indicators({ account }: { account: Account }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const words = desk.words.value;
  const write = (value: number, unit: string): string => {
    if (unit === "1") return `\u2066${desk.figures.value.area(value * 100)} %\u2069`;
    return t(`account.unit.${unit.replace("/", "-")}`, { n: desk.figures.value.area(value) });
  };
  return (
    <Titled title={t("account.indicators.short")}>
      <ul class="changes">
        {told(account.indicators).map((each) => (
          <li key={`${each.indicator}${each.of ?? ""}`}>
            <span>
              {t(`account.indicator.${each.indicator}`)}
              {each.of && (
                <small class="quiet">
                  {each.of === "several" ? t("account.methods.several") : words.of("method", each.of)}
                </small>
              )}
              {each.reason && <small class="quiet">{each.reason.text}</small>}
            </span>
            <b>{each.value === null ? "–" : write(each.value, each.unit)}</b>
          </li>
        ))}
      </ul>
    </Titled>
  );
}

/** Where the figures come from: nothing above is published without it. */
function Origin({ account }: { account: Account }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { statement } = account;
  const day = (at: string): string => desk.figures.value.date(at);
  const rows = [
    ["source", desk.words.value.name(statement.source)],
    ["boundary", statement.boundary],
    ["valid_at", day(statement.valid_at)],
    ["known_at", day(statement.known_at)],
    ["method", t("account.method")],
  ] as const;
  return (
    <Titled title={t("account.statement")}>
      <dl class="statement">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`account.statement.${name}`)}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
        <div>
          <dt>{t("account.statement.ledger")}</dt>
          <dd>
            <bdi dir="ltr">1–{desk.figures.value.whole(statement.ledger.entries)}</bdi>{" "}
            <code dir="ltr" title={statement.ledger.root}>
              {statement.ledger.root.slice(0, 12)}
            </code>
          </dd>
        </div>
      </dl>
    </Titled>
  );
}
