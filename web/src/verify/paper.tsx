/** Everything that the code says, in words; nothing here comes from the paper. */

import { type Claims, DEMONSTRATION, type Part } from "./claims.ts";
import { letterOf } from "./drawing.tsx";
import type { Verdict } from "./verdict.ts";
import { dayOf, figure, inRow, labelOf, minuteOf, type Say } from "./words.ts";

const DAY_S = 86_400;

export function Paper({ claims, found, say }: { claims: Claims; found: Verdict; say: Say }) {
  return (
    <section class="card paper" data-kind={claims.kind} aria-labelledby="claims-title">
      <h2 id="claims-title">{say("claims.title")}</h2>
      <p class="quiet">{say("claims.lead")}</p>
      {claims.authority === DEMONSTRATION && <p class="warning stopped demonstration">{say("claims.demonstration")}</p>}
      <Standing found={found} say={say} />
      <p class="kind">
        <strong>{say(`kind.${claims.kind}`)}</strong>
        <span>{say(`note.${claims.kind}`)}</span>
      </p>
      <Fields claims={claims} found={found} say={say} />
      <h3>{say("parts.title")}</h3>
      <ol class="parts">
        {claims.parts.map((part, at) => (
          <PartRow key={at} part={part} name={String(at + 1)} say={say} />
        ))}
      </ol>
      <h3>{say("left.title")}</h3>
      {claims.notCleared.length === 0 && <p class="quiet">{say("left.none")}</p>}
      <ol class="parts">
        {claims.notCleared.map((left, at) => (
          <li key={at} class="left">
            <span class="tag">{letterOf(at)}</span>
            <strong>
              {say("left.row", {
                what: left.unit ?? say("left.ground"),
                reason: labelOf(say, "not_cleared_reason", left.reason),
              })}
            </strong>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Stands before all that a certificate says where it may not be acted on. */
function Standing({ found, say }: { found: Verdict; say: Say }) {
  if (found.status === "in-force") return null;
  if (found.status === null) return <p class="warning">{say("claims.unknown")}</p>;
  return <p class="warning stopped">{say("claims.stopped", { status: say(`status.${found.status}`) })}</p>;
}

function Fields({ claims, found, say }: { claims: Claims; found: Verdict; say: Say }) {
  const items = claims.found.map(({ kind, count }) => `${figure(count)} × ${labelOf(say, "ordnance_category", kind)}`);
  const rows: [string, string | null][] = [
    ["number", claims.number],
    ["authority", claims.authority],
    ["issuer", found.issuer],
    ["place", claims.place],
    ["decided", dayOf(claims.decidedOn * DAY_S)],
    ["recorded", minuteOf(claims.loggedAtS)],
    ["log", say(found.logged ? "log.yes" : "log.no")],
    ["methods", inRow(claims.methods.map((method) => labelOf(say, "method", method)))],
    ["area", `${figure(claims.areaM2)} m²`],
    ["found", items.length > 0 ? inRow(items) : say("found.none")],
    ["received", claims.receivedBy],
    ["supersedes", claims.supersedes],
  ];
  return (
    <dl>
      {rows.map(
        ([name, value]) =>
          value !== null &&
          value !== "" && (
            <div key={name} data-field={name}>
              <dt>{say(`field.${name}`)}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}

function PartRow({ part, name, say }: { part: Part; name: string; say: Say }) {
  const outcome = part.outcome === "cleared" && part.depthCm !== null ? "cleared-depth" : part.outcome;
  return (
    <li class={part.outcome}>
      <span class="tag">{name}</span>
      <div>
        <strong>{say(`part.${outcome}`, { depth_cm: figure(part.depthCm ?? 0) })}</strong>
        {part.unit !== null && <p>{say("part.unit", { unit: part.unit })}</p>}
        {part.notDug.length > 0 && (
          <p class="warning">
            {say("part.not-dug", { surfaces: inRow(part.notDug.map((surface) => labelOf(say, "surface", surface))) })}
          </p>
        )}
        <p class="quiet">
          <bdi>{part.partId}</bdi> · <bdi>{figure(part.areaM2)} m²</bdi>
        </p>
      </div>
    </li>
  );
}

export function Advice({ say }: { say: Say }) {
  return (
    <section class="card advice" aria-labelledby="advice-title">
      <h2 id="advice-title">{say("advice.title")}</h2>
      <ul>
        <li>{say("advice.left")}</li>
        <li>{say("advice.deeper")}</li>
        <li>
          <strong>{say("advice.found")}</strong>
        </li>
      </ul>
    </section>
  );
}
