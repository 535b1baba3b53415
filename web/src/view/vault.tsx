/** The vault: how it stands, who looked and why, and what is done on its own machine. Nobody is named. */

import type { JSX } from "preact";
import type { Vault, VaultLook, VaultMany } from "../core/vault.ts";
import { useReach, useT } from "./context.ts";
import { Fault } from "./refusal.tsx";
import { Id, Titled } from "./sheet.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";

export function VaultPage(): JSX.Element {
  const t = useT();
  const { answer, fault } = useAnswer<Vault>("/api/vault");
  return (
    <WorkSheet name="vault" title={t("desk.work.vault")}>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && <Told vault={answer} />}
    </WorkSheet>
  );
}

/** An id or name in a sentence of either direction. */
function apart(text: string): string {
  return `\u2068${text}\u2069`;
}

function Told({ vault }: { readonly vault: Vault }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const whole = (n: number): string => desk.figures.value.whole(n);
  return (
    <>
      <p class="callout">{t("desk.vault.means")}</p>
      <p class={vault.state === "away" ? "notice bad" : "notice"} role="status" data-state={vault.state}>
        {t(`desk.vault.${vault.state}`, { detail: apart(vault.detail ?? "–") })}
      </p>
      {vault.unsettled && <p class="notice bad">{t("desk.vault.unsettled")}</p>}
      {vault.many.map((each) => (
        <Many key={each.by} many={each} />
      ))}
      <Titled title={t("desk.vault.counts")}>
        <dl class="statement">
          {(["kept", "due", "erased"] as const).map((name) => (
            <div key={name}>
              <dt>{t(`desk.vault.${name}`)}</dt>
              <dd data-count={name}>
                <bdi>{whole(vault[name])}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      </Titled>
      <Titled title={t("desk.vault.accidents")}>
        {!vault.accidents.length && <p class="quiet">{t("desk.vault.no-accident")}</p>}
        <ul class="damage">
          {vault.accidents.map((each) => (
            <li key={each.accident_id}>
              <Id id={each.accident_id} /> {t("desk.vault.in-accident", { kept: whole(each.kept), erased: whole(each.erased) })}
            </li>
          ))}
        </ul>
      </Titled>
      <Titled title={t("desk.vault.looks")}>
        <p class="quiet">{vault.n_looks ? t("desk.vault.looks-mean", { shown: whole(vault.looks.length), n: whole(vault.n_looks) }) : t("desk.vault.no-look")}</p>
        <ul class="damage">
          {vault.looks.map((each, at) => (
            <Look key={at} look={each} />
          ))}
        </ul>
      </Titled>
      <Commands vault={vault} />
    </>
  );
}

function Many({ many }: { readonly many: VaultMany }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const told = { by: apart(many.by), organisation: apart(many.organisation), n: desk.figures.value.whole(many.looks) };
  return (
    <p class="notice bad">
      {t("desk.vault.many", told)} <time dateTime={many.last_at}>{desk.figures.value.moment(Date.parse(many.last_at))}</time>
    </p>
  );
}

function Look({ look }: { readonly look: VaultLook }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  return (
    <li>
      <p>
        <b>{look.reason_text}</b>
      </p>
      <p class="meta">
        <time dateTime={look.at}>{desk.figures.value.moment(Date.parse(look.at))}</time> <bdi>{look.by}</bdi> <bdi>{look.organisation}</bdi> {t("desk.vault.role", { role: look.role_text })}
      </p>
    </li>
  );
}

/** What is done beside the vault, to be read and typed there: the desk sends none of it. */
function Commands({ vault }: { readonly vault: Vault }): JSX.Element {
  const t = useT();
  return (
    <Titled title={t("desk.vault.does")}>
      <p>{t("desk.vault.does-mean")}</p>
      <dl class="commands">
        {vault.commands.map((each) => (
          <div key={each.act}>
            <dt>{t(`desk.vault.do.${each.act}`)}</dt>
            <dd>
              <code dir="ltr">{each.line}</code>
            </dd>
          </div>
        ))}
      </dl>
      <Codes title={t("desk.vault.reasons")} codes={vault.reasons} />
      <Codes title={t("desk.vault.causes")} codes={vault.causes} />
    </Titled>
  );
}

function Codes({ title, codes }: { readonly title: string; readonly codes: Readonly<Record<string, string>> }): JSX.Element {
  return (
    <details>
      <summary>{title}</summary>
      <ul class="damage">
        {Object.entries(codes).map(([code, words]) => (
          <li key={code}>
            <Id id={code} /> {words}
          </li>
        ))}
      </ul>
    </details>
  );
}
