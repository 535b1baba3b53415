/** Reads a course and moments, walks them in that order as the page does, and prints each face's look at each. */

import { readFileSync } from "node:fs";
import { Course } from "../src/core/course.ts";

const { told, moments, now_ms: nowMs } = JSON.parse(readFileSync(0, "utf8"));
const course = new Course(told, null);
const shown = new Uint8Array(course.nFaces);
let before = 0;
const walked = moments.map((at) => {
  const place = course.place(at, nowMs);
  for (const face of course.changed(before, place)) shown[face] = course.lookOf(face, place);
  before = place;
  return [...shown].map((look) => course.looks[look]);
});
console.log(JSON.stringify(walked));
