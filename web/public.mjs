/** Builds what the public pages carry beside themselves: one script, one style, and the worker that keeps them. */

import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
/** What script and style may weigh as sent; with 45 kB for a page's own words and rows it is 60. */
export const PUBLIC_BYTES = 15_000;

const OPTIONS = {
  absWorkingDir: here,
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

/** Writes public.js, public.css and public-worker.js; gives the size of the first two as sent. */
export async function buildPublic(out) {
  let size = 0;
  for (const [entry, name] of [["page.ts", "public.js"], ["page.css", "public.css"], ["worker.ts", "public-worker.js"]]) {
    const made = await esbuild.build({ ...OPTIONS, entryPoints: [`src/public/${entry}`] });
    const text = made.outputFiles[0].text.trim();
    await writeFile(join(out, name), text);
    if (name !== "public-worker.js") size += gzipSync(text, { level: 9 }).length;
  }
  return size;
}
