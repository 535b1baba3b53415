/** The ways in for a paper's codes: text, file, camera; and which of the two codes are read. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Camera } from "./capture.ts";
import { FileButton } from "./lists.tsx";
import type { Session } from "./session.ts";
import { CERTIFICATE, codesIn, PROOF } from "./texts.ts";
import type { Say } from "./words.ts";

interface Props {
  readonly say: Say;
  readonly session: Session;
}

export function Codes({ say, session }: Props) {
  const has = (prefix: string) => session.codes.some((code) => code.startsWith(prefix));
  return (
    <section class="card no-print" aria-labelledby="codes-title">
      <h2 id="codes-title">{say("codes.title")}</h2>
      <ul class="chips">
        <Chip name="certificate" has={has(CERTIFICATE)} say={say} />
        <Chip name="proof" has={has(PROOF)} say={say} />
      </ul>
      <Pictures say={say} session={session} both={has(CERTIFICATE) && has(PROOF)} />
      <Pasted say={say} session={session} />
      <div role="status" class="code-notice">
        {session.reading && <p>{say("codes.reading")}</p>}
        {session.notice !== null && <p class="notice">{say(session.notice)}</p>}
      </div>
    </section>
  );
}

function Pictures({ say, session, both }: Props & { readonly both: boolean }) {
  const [filming, setFilming] = useState(false);
  useEffect(() => {
    if (both) setFilming(false);
  }, [both]);
  const fail = (): void => {
    setFilming(false);
    session.tell("notice.no-camera");
  };
  return (
    <>
      <p class="buttons">
        <FileButton id="code-file" label={say("codes.file")} accept="image/*,.txt,text/plain" onFile={(file) => void session.takeFile(file)} />
        <button type="button" aria-pressed={filming} onClick={() => setFilming(!filming)}>
          {say(filming ? "codes.camera-stop" : "codes.camera")}
        </button>
      </p>
      {filming && <Film say={say} onCodes={(codes) => void session.takeCodes(codes.flatMap(codesIn), false)} onFailed={fail} />}
    </>
  );
}

function Pasted({ say, session }: Props) {
  const [text, setText] = useState("");
  const clear = (): void => {
    setText("");
    session.clear();
  };
  const check = (event: Event): void => {
    event.preventDefault();
    void session.takeText(text);
  };
  return (
    <form onSubmit={check}>
      <label for="code-text">{say("codes.paste")}</label>
      <textarea id="code-text" rows={3} dir="ltr" spellcheck={false} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      <p class="buttons">
        <button type="submit" class="main">
          {say("codes.check")}
        </button>
        <button type="button" onClick={clear}>
          {say("codes.clear")}
        </button>
      </p>
    </form>
  );
}

function Chip({ name, has, say }: { name: string; has: boolean; say: Say }) {
  return (
    <li data-code={name} data-has={has}>
      <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
        <rect x="1.5" y="1.5" width="15" height="15" rx="2" class="box" />
        {has && <path d="M5 5 h3 v3 h-3 z M10 5 h3 v3 h-3 z M5 10 h3 v3 h-3 z M11 11 h2 v2 h-2 z" class="code" />}
      </svg>
      <span>
        {say(`codes.${name}`)}: <strong>{say(has ? "codes.have" : "codes.missing")}</strong>
      </span>
    </li>
  );
}

function Film({ say, onCodes, onFailed }: { say: Say; onCodes: (codes: string[]) => void; onFailed: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const handlers = useRef({ onCodes, onFailed });
  handlers.current = { onCodes, onFailed };
  // In the same turn as the picture, not after the next frame: when the film is gone the camera is off.
  useLayoutEffect(() => {
    const camera = new Camera();
    if (video.current !== null) {
      camera.start(video.current, (codes) => handlers.current.onCodes(codes)).catch(() => handlers.current.onFailed());
    }
    return () => camera.stop();
  }, []);
  return (
    <div class="film">
      <video ref={video} muted playsInline aria-label={say("codes.camera")} />
      <p>{say("codes.camera-hint")}</p>
    </div>
  );
}
