/** What stands in a chart: bars in rows, columns in stacks, falling steps. Mirrored where the language runs so. */

import type { JSX } from "preact";
import { type BarRow, type Column, type ColumnPart, corners, type Fill, type StepLine, ticksTo } from "../core/chart.ts";
import { usePaint, useWidth } from "./chart.tsx";
import { useReach } from "./context.ts";

const INK = "#1d2430";
const QUIET = "#535a68";
const LINE = "#dcd7cc";
const ROW = 46;
const PAD = 12;
const TEXT = 13;
const DASHES = ["", "7 4", "2 4", "10 3 2 3", "1 3"];

/** The height of a chart of so many rows, and of one of columns or steps. */
export function rowsHeight(count: number): number {
  return count * ROW + 2 * PAD;
}
export const COLUMNS_HEIGHT = 300;

/** Where a share of the width lies, from the side on which the language begins. */
function useSide(): { at: (x: number) => number; width: number } {
  const rtl = useReach().desk.words.value.dir === "rtl";
  const width = useWidth();
  // With the direction of the text set, "start" is already the side on which it begins.
  return { at: (x) => (rtl ? width - x : x), width };
}

/** One bar to a row, its label above it and its figure behind it. */
export function Bars({ rows }: { rows: readonly BarRow[] }): JSX.Element {
  const { at, width } = useSide();
  const paint = usePaint();
  const most = Math.max(...rows.flatMap((row) => [row.from, row.to, row.mark ?? 0]), 1e-9);
  const least = Math.min(...rows.flatMap((row) => [row.from, row.to]), 0);
  const scale = (width - 2 * PAD) / (most - least);
  const x = (value: number): number => PAD + (value - least) * scale;
  return (
    <>
      {rows.map((row, number) => {
        const [low, high] = [Math.min(row.from, row.to), Math.max(row.from, row.to)];
        const top = PAD + number * ROW;
        const [one, other] = [at(x(low)), at(x(high))];
        return (
          <g key={`${row.label} ${number}`}>
            <text x={at(PAD)} y={top + TEXT} font-size={TEXT} fill={INK}>
              {row.label}
            </text>
            <text x={at(width - PAD)} y={top + TEXT} font-size={TEXT} font-weight="600" fill={INK} text-anchor="end">
              {row.text}
            </text>
            <line x1={at(PAD)} x2={at(width - PAD)} y1={top + ROW - 8} y2={top + ROW - 8} stroke={LINE} />
            <rect x={Math.min(one, other)} y={top + 20} width={Math.max(Math.abs(other - one), 1.5)} height={17} stroke-width="1" {...paint(row.fill)} />
            {row.mark != null && <line x1={at(x(row.mark))} x2={at(x(row.mark))} y1={top + 17} y2={top + 40} stroke={INK} stroke-width="3" />}
          </g>
        );
      })}
    </>
  );
}

interface ColumnsProps {
  readonly parts: readonly ColumnPart[];
  readonly columns: readonly Column[];
  readonly unit: string;
}

/** Columns side by side, the oldest where the language begins; each figure stands in the table as well. */
export function Columns({ parts, columns, unit }: ColumnsProps): JSX.Element {
  const { desk } = useReach();
  const { at, width } = useSide();
  const paint = usePaint();
  const scale = ticksTo(Math.max(...columns.map((each) => each.values.reduce((sum, value) => sum + value, 0)), 0));
  const most = scale.at(-1) ?? 1;
  const [left, top, bottom] = [64, 52, COLUMNS_HEIGHT - 40];
  const wide = (width - left - PAD) / Math.max(columns.length, 1);
  const y = (value: number): number => bottom - (value / most) * (bottom - top);
  const every = Math.ceil(columns.length / (width / 90));
  return (
    <>
      <Legend parts={parts} />
      <text x={at(PAD)} y={44} font-size="11" fill={QUIET}>
        {unit}
      </text>
      {scale.map((value) => (
        <g key={value}>
          <line x1={at(left)} x2={at(width - PAD)} y1={y(value)} y2={y(value)} stroke={LINE} />
          <text x={at(left - 6)} y={y(value) + 4} font-size="11" fill={QUIET} text-anchor="end">
            {desk.figures.value.area(value)}
          </text>
        </g>
      ))}
      {columns.map((column, number) => {
        let sum = 0;
        const start = left + number * wide + wide * 0.15;
        return (
          <g key={column.label}>
            {column.values.map((value, which) => {
              const from = sum;
              sum += value;
              const fill: Fill = parts[which]?.fill ?? "plain";
              const x = Math.min(at(start), at(start + wide * 0.7));
              return value > 0 && <rect key={which} x={x} y={y(sum)} width={wide * 0.7} height={Math.max(y(from) - y(sum), 1)} stroke-width="1" {...paint(fill)} />;
            })}
            {number % every === 0 && (
              <text x={at(start + wide * 0.35)} y={bottom + 18} font-size="11" fill={QUIET} text-anchor="middle" direction="ltr">
                {column.label}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

function Legend({ parts }: { parts: readonly ColumnPart[] }): JSX.Element {
  const { at, width } = useSide();
  const paint = usePaint();
  const wide = (width - 2 * PAD) / Math.max(parts.length, 1);
  return (
    <>
      {parts.map((part, number) => {
        const start = PAD + number * wide;
        return (
          <g key={part.name}>
            <rect x={Math.min(at(start), at(start + 18))} y={10} width={18} height={14} stroke-width="1" {...paint(part.fill)} />
            <text x={at(start + 24)} y={22} font-size="12" fill={INK}>
              {part.name}
            </text>
          </g>
        );
      })}
    </>
  );
}

/** Falling lines: which share still waits after how many days; told apart by their dashes and names. */
export function Steps({ lines, unit }: { lines: readonly StepLine[]; unit: string }): JSX.Element {
  const { desk } = useReach();
  const { at, width } = useSide();
  const last = Math.max(...lines.flatMap((line) => line.points.map((point) => point.days)), 1);
  const scale = ticksTo(last);
  const most = scale.at(-1) ?? 1;
  const [left, top, bottom] = [44, 60, COLUMNS_HEIGHT - 40];
  const x = (days: number): number => left + (days / most) * (width - left - PAD);
  const y = (share: number): number => bottom - share * (bottom - top);
  const wide = (width - 2 * PAD) / Math.max(lines.length, 1);
  return (
    <>
      {lines.map((line, number) => (
        <g key={line.name}>
          <line x1={at(PAD + number * wide)} x2={at(PAD + number * wide + 26)} y1={16} y2={16} stroke={INK} stroke-width="2" stroke-dasharray={DASHES[number % DASHES.length]} />
          <text x={at(PAD + number * wide)} y={34} font-size="11" fill={INK}>
            {line.name}
          </text>
        </g>
      ))}
      {[0, 0.5, 0.9, 1].map((over) => (
        <g key={over}>
          <line x1={at(left)} x2={at(width - PAD)} y1={y(1 - over)} y2={y(1 - over)} stroke={LINE} />
          <text x={at(left - 6)} y={y(1 - over) + 4} font-size="11" fill={QUIET} text-anchor="end">
            {`${Math.round((1 - over) * 100)} %`}
          </text>
        </g>
      ))}
      {scale.map((days) => (
        <text key={days} x={at(x(days))} y={bottom + 18} font-size="11" fill={QUIET} text-anchor="middle">
          {desk.figures.value.whole(days)}
        </text>
      ))}
      <text x={at(width - PAD)} y={bottom + 34} font-size="11" fill={QUIET} text-anchor="end">
        {unit}
      </text>
      {lines.map((line, number) => (
        <polyline
          key={line.name}
          points={corners(line, last).map(([days, share]) => `${at(x(days))},${y(share)}`).join(" ")}
          fill="none"
          stroke={INK}
          stroke-width="2"
          stroke-dasharray={DASHES[number % DASHES.length]}
        />
      ))}
    </>
  );
}
