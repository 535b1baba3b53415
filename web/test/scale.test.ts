/** The scale bar: a round length, as long on the map as it says. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { scaleOf } from "../src/core/scale.ts";

test("the bar is a round length and never longer than its room", () => {
  for (let zoom = 3; zoom <= 20; zoom += 0.37) {
    const { lengthM, widthPx } = scaleOf({ lon: 38.5, lat: 34.9, zoom }, 110);
    assert.ok(widthPx <= 110.001 && widthPx > 110 / 2.6, `${zoom}: ${widthPx}`);
    assert.match(lengthM.toExponential(), /^[125]e/);
  }
});

test("at zoom 0 on the equator the world's 512 pixels are its round", () => {
  const { lengthM, widthPx } = scaleOf({ lon: 0, lat: 0, zoom: 0 }, 400);
  assert.ok(Math.abs((lengthM / widthPx) * 512 - 40_075_017) < 1);
  const north = scaleOf({ lon: 0, lat: 60, zoom: 0 }, 400);
  assert.ok(Math.abs(north.lengthM / north.widthPx / (lengthM / widthPx) - 0.5) < 1e-9);
});
