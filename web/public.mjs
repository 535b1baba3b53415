/** Builds what the public pages carry beside themselves: one script, one style, and the worker that keeps them. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { built } from "./oldphone.mjs";

/** What script and style may weigh as sent; with 45 kB for a page's own words and rows it is 60. */
export const PUBLIC_BYTES = 15_000;

/** Writes public.js, public.css and public-worker.js; gives the size of the first two as sent. */
export async function buildPublic(out) {
  let size = 0;
  for (const [entry, name] of [["page.ts", "public.js"], ["page.css", "public.css"], ["worker.ts", "public-worker.js"]]) {
    const text = await built({ entryPoints: [`src/public/${entry}`] });
    await writeFile(join(out, name), text);
    if (name !== "public-worker.js") size += gzipSync(text, { level: 9 }).length;
  }
  return size;
}
