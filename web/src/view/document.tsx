/** One document beside its candidates: its words with the quotes marked in place, worked by keyboard alone. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  AROUND,
  type Block,
  boxesOf,
  type Claim,
  cutter,
  documentPath,
  type DocumentSheet,
  nextWaiting,
  runsOf,
  shapesOfClaim,
  shownBlocks,
} from "../core/study.ts";
import { ClaimCard } from "./claim.tsx";
import { useReach, useT } from "./context.ts";
import { DocumentMeta } from "./documents.tsx";
import { Faults } from "./faults.tsx";
import { Fault } from "./refusal.tsx";
import { Id } from "./sheet.tsx";
import { useAnswer, useOnMap, WorkSheet } from "./worksheet.tsx";

interface PageProps {
  readonly id: string;
  readonly back: () => void;
  readonly above?: ComponentChildren;
}

export function DocumentPage({ id, back, above }: PageProps): JSX.Element {
  const t = useT();
  const { answer, fault, again } = useAnswer<DocumentSheet>(documentPath(id));
  return (
    <WorkSheet name="study" title={answer?.row.name ?? t("desk.queue.kind.document")} back={back}>
      {above}
      <Fault fault={fault} />
      {!answer && !fault && <p class="quiet">{t("desk.loading")}</p>}
      {answer && <Body sheet={answer} again={again} />}
    </WorkSheet>
  );
}

function Body({ sheet, again }: { sheet: DocumentSheet; again: () => void }): JSX.Element {
  const { desk } = useReach();
  const t = useT();
  const { claims } = sheet;
  const [at, setAt] = useState(() => Math.max(0, nextWaiting(claims, -1)));
  const claim = claims[at];
  useOnMap(shapesOfClaim(claim), `${sheet.row.id} ${claim?.id ?? ""}`);
  const go = (step: number): void => setAt(Math.min(Math.max(at + step, 0), claims.length - 1));
  const decided = (): void => {
    const next = nextWaiting(claims, at);
    if (next >= 0 && claim?.state === "waiting") setAt(next);
    again();
  };
  const left = claims.filter((each) => each.state === "waiting").length;
  return (
    <>
      <p class="meta">
        <Id id={sheet.row.id} />
        <a class="download" href={`${documentPath(sheet.row.id)}/original`} download>
          {t("desk.study.original")}
        </a>
      </p>
      <DocumentMeta row={sheet.row} />
      {sheet.row.faults.length > 0 && <Faults faults={sheet.row.faults} />}
      {sheet.warnings.length > 0 && <Faults faults={sheet.warnings} />}
      {sheet.why_not.map((why) => (
        <p key={why.code} class="why-not">
          {why.text}
        </p>
      ))}
      <div class="study-pair">
        <section class="study-claims" aria-label={t("desk.study.candidates")}>
          {claims.length === 0 && <p class="callout">{t("desk.study.no-candidates")}</p>}
          {claim && (
            <>
              <div class="study-steps" role="group" aria-label={t("desk.study.candidates")}>
                <button type="button" data-act="earlier" disabled={at === 0} onClick={() => go(-1)}>
                  {t("desk.study.before")}
                </button>
                <span class="sub" role="status">
                  {t("desk.study.candidate-of", {
                    at: desk.figures.value.whole(at + 1),
                    total: desk.figures.value.whole(claims.length),
                  })}
                  {left === 0 && ` · ${t("desk.study.all-done")}`}
                </span>
                <button type="button" data-act="further" disabled={at >= claims.length - 1} onClick={() => go(1)}>
                  {t("desk.study.forward")}
                </button>
              </div>
              <ClaimCard key={claim.id + claim.state} sheet={sheet} claim={claim} done={decided} />
            </>
          )}
        </section>
        <Words sheet={sheet} at={at} choose={setAt} />
      </div>
    </>
  );
}

interface WordsProps {
  readonly sheet: DocumentSheet;
  readonly at: number;
  readonly choose: (at: number) => void;
}

/** The words of the document, in its own direction; of a long one those around the candidate, until all are wanted. */
function Words({ sheet, at, choose }: WordsProps): JSX.Element {
  const t = useT();
  const [all, setAll] = useState(false);
  const top = useRef<HTMLElement>(null);
  const claim = sheet.claims[at];
  const cut = cutter(sheet.text);
  useEffect(() => {
    // Within the text alone: the sheet stays where the reader's eyes are.
    const mark = top.current?.querySelector<HTMLElement>(`[data-claim~="${at}"]`);
    if (top.current && mark) top.current.scrollTop = mark.offsetTop - top.current.clientHeight / 3;
  }, [at, sheet.row.id, all]);
  if (sheet.erased) return <p class="callout">{t("desk.study.erased")}</p>;
  const [first, last] = all ? [0, sheet.blocks.length] : shownBlocks(sheet.blocks, claim?.start ?? 0, AROUND);
  const cutOff = first > 0 || last < sheet.blocks.length;
  return (
    <section class="study-text" ref={top} aria-label={t("desk.study.text")} tabIndex={0}>
      <PagePicture key={claim?.page} sheet={sheet} claim={claim} />
      <div dir={sheet.rtl ? "rtl" : "ltr"}>
        {sheet.blocks.slice(first, last).map((block) => (
          <Piece key={block.start} block={block} sheet={sheet} at={at} cut={cut} choose={choose} />
        ))}
      </div>
      {cutOff && (
        <button type="button" onClick={() => setAll(true)}>
          {t("desk.study.text")} …
        </button>
      )}
    </section>
  );
}

interface PieceProps extends WordsProps {
  readonly block: Block;
  readonly cut: (start: number, end: number) => string;
}

function Piece({ block, sheet, at, cut, choose }: PieceProps): JSX.Element {
  const t = useT();
  return (
    <p class={`piece ${block.kind}`} data-doubtful={block.doubtful} dir="auto">
      {runsOf(block, sheet.claims).map(({ start, end, claims }) =>
        claims.length ? (
          <mark
            key={start}
            data-claim={claims.join(" ")}
            data-here={claims.includes(at)}
            data-becomes={claims.some((number) => sheet.claims[number]?.becomes === "evidence") ? "evidence" : "reference"}
            onClick={() => choose(claims[0] as number)}
          >
            {cut(start, end)}
          </mark>
        ) : (
          cut(start, end)
        ),
      )}
      {block.doubtful && <small class="doubtful"> ({t("desk.study.doubtful")})</small>}
    </p>
  );
}

/** The page of the original as a picture, with boxes where the quote stands. */
function PagePicture({ sheet, claim }: { sheet: DocumentSheet; claim: Claim | undefined }): JSX.Element | null {
  const { desk } = useReach();
  const t = useT();
  const [shown, setShown] = useState(false);
  if (!claim || claim.page === null || sheet.row.kind !== "pdf") return null;
  const n = desk.figures.value.whole(claim.page);
  return (
    <details class="study-page" open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{t("desk.study.show-page", { n })}</summary>
      {shown && (
        <div class="page-frame">
          <img src={`${documentPath(sheet.row.id)}/pages/${claim.page}`} alt={t("desk.study.page-picture", { n })} />
          <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
            {boxesOf(sheet, claim).map((box) => (
              <rect key={box.top} x={box.left} y={box.top} width={box.width} height={box.height} />
            ))}
          </svg>
        </div>
      )}
    </details>
  );
}
