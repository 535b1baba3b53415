/** Charts that can be read without colour, without sight and without us: drawn, as a table, to take along. */

import { type ComponentChildren, createContext, type JSX, type RefObject } from "preact";
import { useContext, useId, useRef, useState } from "preact/hooks";
import type { Statement } from "../core/account.ts";
import { csvOf, type Fill, type Sheet } from "../core/chart.ts";
import { useReach, useT } from "./context.ts";
import { Sentence } from "./sentence.tsx";

const [WIDE, NARROW] = [560, 340];
const FONT = "Rafiqa Sans, Noto Sans, Noto Sans Arabic, sans-serif";
const PICTURE_SCALE = 2;
const LOOKS: Readonly<Record<Fill, { readonly ink: string; readonly ground: string; readonly turn: number; readonly gap: number }>> = {
  hazard: { ink: "#a82c02", ground: "#f6cfc0", turn: 45, gap: 6 },
  warn: { ink: "#8a5200", ground: "#fbe4c0", turn: -45, gap: 7 },
  more: { ink: "#a3005c", ground: "#f6d7e8", turn: 0, gap: 5 },
  less: { ink: "#1f5f99", ground: "#d6e6f3", turn: 90, gap: 6 },
  released: { ink: "#3d7ea8", ground: "#e3f0f8", turn: 90, gap: 9 },
  plain: { ink: "#535a68", ground: "#d9dce2", turn: 45, gap: 40 },
};

/** The width of a drawing: on a telephone it is narrower, and its words as large. */
export function useWidth(): number {
  return useReach().page.narrow.value ? NARROW : WIDE;
}

interface ChartProps {
  readonly title: string;
  readonly says: string;
  readonly statement: Statement;
  /** How its figures are made, in words. */
  readonly method: string;
  readonly sheet: Sheet;
  readonly name: string;
  readonly height: number;
  readonly fills: readonly Fill[];
  readonly children: ComponentChildren;
}

/** One chart: title, drawing, what it says in words, its table, where it comes from, and three ways to take it along. */
export function Chart({ title, says, statement, method, sheet, name, height, fills, children }: ChartProps): JSX.Element {
  const { desk } = useReach();
  const id = useId();
  const width = useWidth();
  const drawing = useRef<SVGSVGElement>(null);
  const origin = useOrigin(statement, method);
  return (
    <figure class="chart" aria-labelledby={`${id}-title`}>
      <figcaption>
        <h3 id={`${id}-title`}>{title}</h3>
        <p>{says}</p>
      </figcaption>
      <svg
        ref={drawing}
        xmlns="http://www.w3.org/2000/svg"
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="img"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-table`}
        font-family={FONT}
        direction={desk.words.value.dir}
      >
        <title>{title}</title>
        <desc>{[says, ...origin.map((pair) => pair.join(": "))].join(" · ")}</desc>
        <defs>
          {fills.map((fill) => (
            <Hatch key={fill} id={`${id}-${fill}`} fill={fill} />
          ))}
        </defs>
        <rect width={width} height={height} fill="#ffffff" />
        <FillContext.Provider value={id}>{children}</FillContext.Provider>
      </svg>
      <Take name={name} drawing={drawing} csv={csvOf(sheet, origin)} />
      <Table id={`${id}-table`} title={title} sheet={sheet} />
      <Origin origin={origin} />
    </figure>
  );
}

interface TakeProps {
  readonly name: string;
  readonly drawing: RefObject<SVGSVGElement | null>;
  readonly csv: string;
}

/** Three ways to take a chart along. */
function Take({ name, drawing, csv }: TakeProps): JSX.Element {
  const t = useT();
  const [failed, setFailed] = useState(false);
  const png = (): void => {
    setFailed(false);
    if (drawing.current) pictureOf(drawing.current).then((found) => give(`${name}.png`, found), () => setFailed(true));
  };
  const ways: [string, () => void][] = [
    ["SVG", () => drawing.current && give(`${name}.svg`, asBlob(drawing.current))],
    ["PNG", png],
    ["CSV", () => give(`${name}.csv`, new Blob([csv], { type: "text/csv" }))],
  ];
  return (
    <p class="buttons">
      {ways.map(([way, take]) => (
        <button key={way} type="button" class="plain" onClick={take}>
          {way}
        </button>
      ))}
      {failed && <span role="alert">{t("desk.figures.no-picture")}</span>}
    </p>
  );
}

function Origin({ origin }: { origin: readonly (readonly [string, string])[] }): JSX.Element {
  return (
    <dl class="statement">
      {origin.map(([what, value]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function useOrigin(statement: Statement, method: string): [string, string][] {
  const { desk } = useReach();
  const t = useT();
  const day = (at: string): string => desk.figures.value.date(at);
  return [
    [t("account.statement.source"), desk.words.value.name(statement.source)],
    [t("account.statement.boundary"), statement.boundary === "everything on record" ? t("desk.figures.everything") : statement.boundary],
    [t("account.statement.valid_at"), day(statement.valid_at)],
    [t("account.statement.known_at"), day(statement.known_at)],
    [t("account.statement.method"), method],
    [t("account.statement.ledger"), `1–${statement.ledger.entries} ${statement.ledger.root.slice(0, 12)}`],
  ];
}

function Table({ id, title, sheet }: { id: string; title: string; sheet: Sheet }): JSX.Element {
  const t = useT();
  const { desk } = useReach();
  const said = (value: string | number | null): string => (value === null ? "–" : typeof value === "number" ? desk.figures.value.area(value) : value);
  return (
    <details class="chart-table" open>
      <summary>{t("desk.figures.table")}</summary>
      <div class="wide-table" role="region" aria-label={title} tabIndex={0}>
        <table id={id}>
          <thead>
            <tr>
              {sheet.head.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sheet.rows.map((row, at) => (
              <tr key={at}>
                {row.map((value, column) =>
                  column === 0 ? (
                    <th key={column} scope="row">
                      <bdi>
                        <Sentence text={said(value)} />
                      </bdi>
                    </th>
                  ) : (
                    <td key={column}>
                      <bdi dir="ltr">{said(value)}</bdi>
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

const FillContext = createContext("");

/** The paint of a fill within the chart that asks, and the colour of its edge. */
export function usePaint(): (fill: Fill) => { fill: string; stroke: string } {
  const id = useContext(FillContext);
  return (fill) => ({ fill: `url(#${id}-${fill})`, stroke: LOOKS[fill].ink });
}

function Hatch({ id, fill }: { id: string; fill: Fill }): JSX.Element {
  const { ink, ground, turn, gap } = LOOKS[fill];
  return (
    <pattern id={id} width={gap} height={gap} patternUnits="userSpaceOnUse" patternTransform={`rotate(${turn})`}>
      <rect width={gap} height={gap} fill={ground} />
      <line x1="0" y1="0" x2="0" y2={gap} stroke={ink} stroke-width="2" />
    </pattern>
  );
}

/** Gives a file to whoever asked for it. */
function give(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function asBlob(drawing: SVGSVGElement): Blob {
  return new Blob([new XMLSerializer().serializeToString(drawing)], { type: "image/svg+xml" });
}

/** The drawing as a PNG, twice as fine as it is on the page. */
async function pictureOf(drawing: SVGSVGElement): Promise<Blob> {
  const address = URL.createObjectURL(asBlob(drawing));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const { width, height } = drawing.viewBox.baseVal;
    const canvas = document.createElement("canvas");
    canvas.width = width * PICTURE_SCALE;
    canvas.height = height * PICTURE_SCALE;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((found) => (found ? resolve(found) : reject(new Error("no picture"))), "image/png");
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}
