/** How a script or style for everybody's telephones is made: one piece that browsers of years ago read. */

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const OPTIONS = {
  absWorkingDir: dirname(fileURLToPath(import.meta.url)),
  bundle: true,
  write: false,
  minify: true,
  // Phones whose browsers ended years ago are what people have.
  target: ["es2020"],
  legalComments: "none",
  charset: "utf8",
  format: "iife",
  logLevel: "warning",
};

/** The text of what is built. */
export async function built(options) {
  const made = await esbuild.build({ ...OPTIONS, ...options });
  return made.outputFiles[0].text.trim();
}
