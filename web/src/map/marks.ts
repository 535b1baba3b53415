/** The marks drawn to pixels, from the same paths the legend shows. */

import { MARKS, type MarkLook, UNRECORDED_SIGN } from "../core/looks.ts";

export const MARK_SIZE = 24;

/** Every mark by name as pixels, `ratio` to the CSS pixel. */
export function drawMarks(ratio = 2): Map<string, ImageData> {
  return new Map(Object.entries(MARKS).map(([name, mark]) => [name, drawMark(mark, ratio)]));
}

function drawMark(mark: MarkLook, ratio: number): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = (MARK_SIZE + 2) * ratio;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Error("no canvas to draw marks on");
  pen.scale(ratio, ratio);
  pen.translate(1, 1);
  pen.lineJoin = pen.lineCap = "round";
  const plate = new Path2D(mark.plate);
  pen.strokeStyle = mark.plateLine ?? "#ffffff";
  pen.lineWidth = 2.2;
  pen.stroke(plate);
  pen.fillStyle = mark.plateColor;
  pen.fill(plate);
  pen.strokeStyle = mark.glyphColor;
  pen.lineWidth = mark.glyphStroke ?? 2;
  pen.stroke(new Path2D(mark.glyph));
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

/** The tile that repeats over ground not on record: two question marks, one set off from the other. */
export function drawUnrecorded(ratio = 2): ImageData {
  const { gap, stroke, color, path } = UNRECORDED_SIGN;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = gap * ratio;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Error("no canvas to draw marks on");
  pen.scale(ratio, ratio);
  pen.lineJoin = pen.lineCap = "round";
  pen.strokeStyle = color;
  pen.lineWidth = stroke;
  for (const at of [gap / 4, (3 * gap) / 4]) {
    pen.setTransform(ratio, 0, 0, ratio, at * ratio, at * ratio);
    pen.stroke(new Path2D(path));
  }
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}
