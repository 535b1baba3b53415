/** Other authorities: what they say beside what is on record here, what was taken over, and their keys. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { type BundleDone, type Federation, type MayAct, type Peer, type PeerKey, type Stream, type TakenOver, whyNot } from "../core/exchange.ts";
import type { Credentials } from "../core/person.ts";
import { Bring } from "./bring.tsx";
import { useReach, useT } from "./context.ts";
import { Faults } from "./faults.tsx";
import { PairReview } from "./pairs.tsx";
import { Fault } from "./refusal.tsx";
import { Second } from "./second.tsx";
import { Id, Titled } from "./sheet.tsx";
import { filledIn, Opening, type Order, Steps, Words } from "./steps.tsx";
import { useAnswer, WorkSheet } from "./worksheet.tsx";
import { Line } from "./worksform.tsx";

/** Many items are judged before the answer comes. */
const TAKE_WITHIN_MS = 300_000;

export function FederationPage(): JSX.Element {
  const t = useT();
  const { answer, fault, again } = useAnswer<Federation>("/api/federation");
  return (
    <WorkSheet name="federation" title={t("desk.work.federation")}>
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && <Told found={answer} again={again} />}
    </WorkSheet>
  );
}

interface Props {
  readonly found: Federation;
  readonly again: () => void;
}

function Told({ found, again }: Props): JSX.Element {
  const t = useT();
  const [looks, setLooks] = useState(false);
  return (
    <>
      <p class="callout">{t("desk.federation.means")}</p>
      <Allowed acts={found.acts} act="take_bundle">
        <BringBundle done={again} />
      </Allowed>
      <Titled title={t("desk.federation.streams")}>
        {!found.streams.length && <p class="quiet">{t("desk.federation.no-stream")}</p>}
        {found.streams.map((each) => (
          <OneStream key={`${each.peer}/${each.stream}`} told={each} acts={found.acts} again={again} />
        ))}
      </Titled>
      <Titled title={t("desk.federation.taken-over")}>
        {!found.taken_over.length && <p class="quiet">{t("desk.federation.no-over")}</p>}
        {found.taken_over.map((each) => (
          <Over key={each.part} over={each} />
        ))}
      </Titled>
      <Titled title={t("desk.federation.peers")}>
        {!found.peers.length && <p class="quiet">{t("desk.federation.none")}</p>}
        {found.peers.map((each) => (
          <OnePeer key={each.peer} peer={each} acts={found.acts} again={again} />
        ))}
        <Allowed acts={found.acts} act="enrol_peer">
          <Opening words={t("desk.federation.pin")}>{(done) => <Pin done={() => (done(), again())} />}</Opening>
        </Allowed>
      </Titled>
      <Titled title={t("desk.federation.given")}>
        {!found.given.length && <p class="quiet">{t("desk.federation.none-given")}</p>}
        {found.given.map((each) => (
          <Given key={each.stream} given={each} />
        ))}
        <p class="quiet">{t("desk.federation.given.how")}</p>
      </Titled>
      <Titled title={t("desk.federation.pairs")}>
        {looks ? (
          <PairReview />
        ) : (
          <p class="buttons">
            <button type="button" onClick={() => setLooks(true)}>
              {t("desk.federation.look")}
            </button>
          </p>
        )}
      </Titled>
    </>
  );
}

/** What an act needs, where who is signed in may do it; else why they may not. */
function Allowed({ acts, act, children }: { readonly acts: readonly MayAct[]; readonly act: string; readonly children: ComponentChildren }): JSX.Element {
  const t = useT();
  const why = whyNot(acts, act);
  return why === null ? <>{children}</> : <p class="why-not">{t("desk.may-not", { why })}</p>;
}

function useWhen(): (at: string | null) => string {
  const { desk } = useReach();
  return (at) => (at ? desk.figures.value.date(at) : "–");
}

/** An id or name in a sentence of either direction. */
function apart(text: string): string {
  return `\u2068${text}\u2069`;
}

function OneStream({ told, acts, again }: { readonly told: Stream; readonly acts: readonly MayAct[]; readonly again: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const when = useWhen();
  const whole = (n: number | undefined): string => desk.figures.value.whole(n ?? 0);
  const more = told.n_differences - told.differences.length;
  return (
    <section class="block">
      <h4>
        <Id id={`${told.peer} / ${told.stream}`} />
      </h4>
      <p class="meta">{t("desk.federation.bundle", { number: whole(told.number), issued: when(told.issued_at), taken: when(told.taken_at), by: apart(told.taken_by) })}</p>
      <p>{t("desk.federation.items", { hazard: whole(told.n_of["hazard"]), released: whole(told.n_of["released"]), accident: whole(told.n_of["accident"]) })}</p>
      {!told.key_stands && <p class="notice bad">{t("desk.federation.key-gone")}</p>}
      {told.n_differences > 0 && (
        <details>
          <summary>{t("desk.federation.differences", { n: told.n_differences })}</summary>
          <ul class="against">
            {told.differences.map((each, at) => (
              <li key={at}>{each.text}</li>
            ))}
          </ul>
          {more > 0 && <p class="quiet">{t("desk.federation.more", { n: more })}</p>}
        </details>
      )}
      {told.n_releases > 0 && (
        <details>
          <summary>{t("desk.federation.releases", { n: told.n_releases })}</summary>
          <ul class="acts">
            {told.releases.map((each) => (
              <li key={each.item}>
                <Id id={each.item} />
                {each.not_confirmed_by && <p class="meta">{t("desk.federation.not-second", { person: apart(each.not_confirmed_by) })}</p>}
                <Allowed acts={acts} act="take_over_release">
                  {told.key_stands && <Opening words={t("desk.federation.over")}>{(done) => <TakeOver told={told} item={each.item} done={() => (done(), again())} />}</Opening>}
                </Allowed>
              </li>
            ))}
          </ul>
          {told.n_releases > told.releases.length && <p class="quiet">{t("desk.federation.more", { n: told.n_releases - told.releases.length })}</p>}
        </details>
      )}
    </section>
  );
}

function TakeOver({ told, item, done }: { readonly told: Stream; readonly item: string; readonly done: () => void }): JSX.Element {
  const t = useT();
  const [second, setSecond] = useState<Credentials | null>(null);
  const order = (): Order => ({
    path: "/api/federation/takeovers",
    body: { peer: told.peer, stream: told.stream, item, second },
    said: [t("desk.federation.over.said", { item: apart(item), peer: apart(told.peer), stream: apart(told.stream) })],
  });
  return (
    <Steps means={t("desk.federation.over.means")} does={t("desk.federation.over")} order={order} done={done}>
      <Second legend={t("desk.federation.over.second")} required take={setSecond} />
    </Steps>
  );
}

function Over({ over }: { readonly over: TakenOver }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const when = useWhen();
  const whole = (n: number): string => desk.figures.value.whole(n);
  return (
    <section class="block">
      <h4>
        <Id id={over.item} /> · <Id id={`${over.peer} / ${over.stream}`} />
      </h4>
      <p>{t(over.withdrawn ? "desk.federation.over.withdrawn" : "desk.federation.over.opens")}</p>
      {!over.key_stands && !over.withdrawn && <p class="notice bad">{t("desk.federation.over.revoked")}</p>}
      <p class="meta">
        {t("desk.federation.over.by", { at: when(over.taken_at), by: apart(over.taken_by), second: apart(over.confirmed_by), number: whole(over.number), newest: whole(over.newest) })}
      </p>
    </section>
  );
}

function OnePeer({ peer, acts, again }: { readonly peer: Peer; readonly acts: readonly MayAct[]; readonly again: () => void }): JSX.Element {
  const t = useT();
  const order = (filled: FormData): Order => ({
    path: `/api/federation/peers/${encodeURIComponent(peer.peer)}/revocation`,
    body: { note: filledIn(filled, "note") },
    said: [t("desk.federation.revoke.said", { peer: apart(peer.peer) }), filledIn(filled, "note")],
  });
  return (
    <section class="block">
      <h4>
        <bdi>{peer.authority}</bdi> · <Id id={peer.peer} />
      </h4>
      <ul class="damage">
        {peer.keys.map((each) => (
          <Key key={each.fingerprint} told={each} />
        ))}
      </ul>
      {peer.stands && (
        <Allowed acts={acts} act="revoke_peer">
          <Opening words={t("desk.federation.revoke")}>
            {(done) => (
              <Steps means={t("desk.federation.revoke.means")} does={t("desk.federation.revoke")} order={order} done={() => (done(), again())}>
                <Words name="note" label={t("desk.federation.why")} required />
              </Steps>
            )}
          </Opening>
        </Allowed>
      )}
    </section>
  );
}

function Key({ told }: { readonly told: PeerKey }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const when = useWhen();
  const whole = (n: number): string => desk.figures.value.whole(n);
  return (
    <li>
      <p>
        <code class="fingerprint" dir="ltr">
          {told.fingerprint}
        </code>
      </p>
      <p>
        {told.stands
          ? t("desk.federation.stands")
          : t("desk.federation.revoked", { at: when(told.revoked_at), by: apart(told.revoked_by ?? "–"), why: apart(told.why ?? "–") })}
      </p>
      <p class="meta">
        {t("desk.federation.pinned", { at: when(told.enrolled_at), by: apart(told.enrolled_by) })} · {t("desk.federation.by-it", { taken: whole(told.n_taken), over: whole(told.n_taken_over) })}
      </p>
    </li>
  );
}

function Given({ given }: { readonly given: Federation["given"][number] }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const when = useWhen();
  const whole = (n: number): string => desk.figures.value.whole(n);
  return <p>{t("desk.federation.given.row", { stream: apart(given.stream), number: whole(given.number), n: whole(given.n_items), at: when(given.given_at), by: apart(given.given_by) })}</p>;
}

function Pin({ done }: { readonly done: () => void }): JSX.Element {
  const t = useT();
  const order = (filled: FormData): Order => {
    const [name, card, fingerprint] = [filledIn(filled, "name"), filledIn(filled, "card"), filledIn(filled, "fingerprint")];
    return { path: "/api/federation/peers", body: { name, card, fingerprint }, said: [t("desk.federation.pin.said", { peer: apart(name), fingerprint: apart(fingerprint) })] };
  };
  return (
    <Steps means={t("desk.federation.pin.means")} does={t("desk.federation.pin")} order={order} done={done}>
      <Line name="name" label={t("desk.federation.pin.name")} required />
      <Words name="card" label={t("desk.federation.pin.card")} required />
      <Line name="fingerprint" label={t("desk.federation.pin.fingerprint")} required />
    </Steps>
  );
}

function BringBundle({ done }: { readonly done: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const over = (): void => {
    void desk.reload();
    done();
  };
  return (
    <Bring<BundleDone>
      title={t("desk.federation.bring")}
      means={t("desk.federation.bring.means")}
      does={t("desk.federation.bring.do")}
      path="/api/federation/bundles"
      withinMs={TAKE_WITHIN_MS}
      done={over}
      told={(taken) => <TakenIn taken={taken} />}
    />
  );
}

function TakenIn({ taken }: { readonly taken: BundleDone }): JSX.Element {
  const t = useT();
  return (
    <div role="status">
      <p>
        {taken.already
          ? t("desk.federation.already")
          : t("desk.federation.brought", { number: taken.number, peer: apart(taken.peer), n: taken.n_items, raised: taken.raised.length, reopened: taken.reopened.length })}
      </p>
      <Faults faults={taken.warnings} />
    </div>
  );
}
