/** The form: what, where, who is near, in one's own words, and a picture if there is one. */

import { useEffect, useState } from "preact/hooks";
import type { Lang } from "../core/language.ts";
import type { Say } from "../verify/words.ts";
import { Drawing, SEEN } from "./cards.tsx";
import { newCode, spaced } from "./code.ts";
import { letters } from "./letters.ts";
import { keep } from "./outbox.ts";
import { bare, type Photo } from "./photo.ts";
import { type Named, type Precision, type Spot, told } from "./place.ts";
import { Where } from "./where.tsx";

interface Props {
  readonly hazard: boolean;
  readonly say: Say;
  readonly lang: Lang;
  readonly places: readonly Named[];
  /** Called when something new is on the device. */
  readonly kept: () => void;
  readonly done: () => void;
}

const REQUESTS = ["survey", "clearance", "feeling", "knowledge"] as const;
const YES_NO = ["yes", "no", "unknown"] as const;
const DRAFT = "rafiqa.report.draft";
const PLACE_LETTERS = 300;
const TEXT_LETTERS = 5000;

interface Draft {
  readonly [name: string]: string;
}

function readDraft(name: string): Draft {
  try {
    return JSON.parse(localStorage.getItem(`${DRAFT}.${name}`) ?? "{}") as Draft;
  } catch {
    return {};
  }
}

function writeDraft(name: string, draft: Draft | null): void {
  try {
    if (draft) localStorage.setItem(`${DRAFT}.${name}`, JSON.stringify(draft));
    else localStorage.removeItem(`${DRAFT}.${name}`);
  } catch {
    // Forbidden or full: a draft is lost with the page, a kept report is not.
  }
}

/** A report of danger, or a request; kept on this device before anything else happens. */
export function Form({ hazard, say, lang, places, kept, done }: Props) {
  const name = hazard ? "hazard" : "request";
  const [draft, setDraft] = useState(() => readDraft(name));
  const [spot, setSpot] = useState<Spot | null>(null);
  const [photo, setPhoto] = useState<Photo | null>(null);
  const [fault, setFault] = useState("");
  const [code, setCode] = useState("");
  useEffect(() => writeDraft(name, code ? null : draft), [draft, code]);
  const set = (field: string, value: string): void => setDraft((old) => ({ ...old, [field]: value }));
  const kind = hazard ? "hazard" : (draft["kind"] ?? "");
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (hazard ? !draft["seen"] && !draft["text"] : !kind) return setFault(hazard ? "form.need-seen" : "form.need-kind");
    const made = newCode();
    const writtenAt = new Date().toISOString();
    const message = {
      ...answers(draft, kind, lang),
      ...told(spot, (draft["precision"] ?? "exact") as Precision, places),
      code: made,
      written_at: writtenAt,
      ...(photo ? { picture: { sha256: photo.hash, n_bytes: photo.blob.size } } : {}),
    };
    try {
      await keep({
        id: newId(), code: made, kind, writtenAt, state: "waiting", body: JSON.stringify(message),
        picture: photo?.blob ?? null, pictureHash: photo?.hash ?? null, receivedAt: null,
      });
    } catch {
      return setFault("kept.broken");
    }
    void navigator.storage?.persist?.().catch(() => false);
    setCode(made);
    kept();
  };
  if (code) return <Saved say={say} code={code} done={done} />;
  return (
    <form onSubmit={save} noValidate>
      <h1 tabIndex={-1}>{say(hazard ? "home.hazard" : "home.request")}</h1>
      {hazard && <p class="danger">{say("form.rule")}</p>}
      {hazard ? (
        <Cards say={say} chosen={draft["seen"] ?? ""} choose={(seen) => set("seen", seen)} />
      ) : (
        <Choice legend={say("form.request")} field="kind" codes={REQUESTS} text={(each) => say(`kind.${each}`)} draft={draft} set={set} />
      )}
      <Where say={say} lang={lang} places={places} spot={spot} setSpot={setSpot} draft={draft} set={set} />
      {hazard && <Near say={say} draft={draft} set={set} />}
      {kind === "feeling" && <Choice legend={say("form.feels")} field="feels_at_ease" codes={YES_NO} text={(each) => say(`yes.${each}`)} draft={draft} set={set} />}
      <OwnWords say={say} draft={draft} set={set} />
      {hazard && <Picture say={say} photo={photo} setPhoto={setPhoto} />}
      <p role="alert" class="warning">{fault && say(fault)}</p>
      <button type="submit" class="main">{say("form.save")}</button>
      <button type="button" onClick={done}>{say("page.back")}</button>
    </form>
  );
}

function answers(draft: Draft, kind: string, lang: Lang): Record<string, unknown> {
  const place = draft["place"]?.trim() ?? "";
  const shared = { kind, language: lang, place: letters(place, PLACE_LETTERS), text: letters(draft["text"] ?? "", TEXT_LETTERS) };
  if (kind !== "hazard") return kind === "feeling" ? { ...shared, feels_at_ease: draft["feels_at_ease"] ?? "unknown" } : shared;
  const ask = (field: string): string => draft[field] ?? "unknown";
  return {
    ...shared, seen: draft["seen"] || "other", children_near: ask("children_near"), moved: ask("moved"),
    marked: ask("marked"), urgent: draft["urgent"] === "yes",
  };
}

interface Asked {
  readonly say: Say;
  readonly draft: Draft;
  readonly set: (field: string, value: string) => void;
}

/** What the urgency rests on; none of it has to be answered. */
function Near({ say, draft, set }: Asked) {
  return (
    <section class="card">
      <h2>{say("form.near")}</h2>
      {["children_near", "moved", "marked"].map((field) => (
        <Choice key={field} legend={say(`form.${field.replace("_", "-")}`)} field={field} codes={YES_NO} text={(each) => say(`yes.${each}`)} draft={draft} set={set} />
      ))}
      <label class="tick">
        <input type="checkbox" checked={draft["urgent"] === "yes"} onChange={(event) => set("urgent", event.currentTarget.checked ? "yes" : "")} />
        <span>{say("form.urgent")}</span>
      </label>
    </section>
  );
}

function OwnWords({ say, draft, set }: Asked) {
  return (
    <section class="card">
      <label for="text"><strong>{say("form.text")}</strong></label>
      <p id="text-hint" class="quiet">{say("form.text-hint")}</p>
      <textarea id="text" rows={4} maxLength={TEXT_LETTERS} dir="auto" aria-describedby="text-hint" value={draft["text"] ?? ""} onInput={(event) => set("text", event.currentTarget.value)} />
    </section>
  );
}

/** An id of 128 random bits; `crypto.randomUUID` is missing where the line has no certificate. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `R-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function Saved({ say, code, done }: { readonly say: Say; readonly code: string; readonly done: () => void }) {
  return (
    <section class="card saved">
      <h1 tabIndex={-1}>{say("saved.title")}</h1>
      <p>{say("saved.not-yet")}</p>
      <p><strong>{say("saved.code")}</strong></p>
      <p class="big"><bdi dir="ltr">{spaced(code)}</bdi></p>
      <p>{say("saved.write-down")}</p>
      <button type="button" class="main" onClick={done}>{say("saved.send")}</button>
    </section>
  );
}

function Cards({ say, chosen, choose }: { readonly say: Say; readonly chosen: string; readonly choose: (code: string) => void }) {
  return (
    <fieldset class="card">
      <legend>{say("form.seen")}</legend>
      <div class="cards">
        {SEEN.map((code) => (
          <label key={code}>
            <input type="radio" name="seen" value={code} checked={chosen === code} onChange={() => choose(code)} />
            <Drawing code={code} />
            <span>{say(`list.report_seen.${code}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface ChoiceProps {
  readonly legend: string;
  readonly field: string;
  readonly codes: readonly string[];
  readonly text: (code: string) => string;
  readonly draft: Draft;
  readonly set: (field: string, value: string) => void;
}

/** One question with a few answers, each a big target. */
export function Choice({ legend, field, codes, text, draft, set }: ChoiceProps) {
  return (
    <fieldset class="choice" data-short={codes === YES_NO}>
      <legend>{legend}</legend>
      <div>
      {codes.map((code) => (
        <label class="tick" key={code}>
          <input type="radio" name={field} value={code} checked={draft[field] === code} onChange={() => set(field, code)} />
          <span>{text(code)}</span>
        </label>
      ))}
      </div>
    </fieldset>
  );
}

function Picture({ say, photo, setPhoto }: { readonly say: Say; readonly photo: Photo | null; readonly setPhoto: (photo: Photo | null) => void }) {
  const [fault, setFault] = useState(false);
  const take = async (event: Event): Promise<void> => {
    const file = (event.currentTarget as HTMLInputElement).files?.[0];
    setFault(false);
    try {
      setPhoto(file ? await bare(file) : null);
    } catch {
      setPhoto(null);
      setFault(true);
    }
  };
  return (
    <section class="card">
      <strong>{say("form.photo")}</strong>
      <p class="quiet" id="photo-hint">{say("form.photo-hint")}</p>
      <label class="button">
        <input id="photo" class="unseen" type="file" accept="image/*" aria-describedby="photo-hint" onChange={take} />
        {say("form.photo-choose")}
      </label>
      <p role="status">{fault ? say("form.photo-failed") : photo ? say("form.photo-kept", { size: Math.ceil(photo.blob.size / 1024) }) : ""}</p>
    </section>
  );
}
