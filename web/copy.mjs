/** Builds the worker that keeps the desk for reading without a network, with the list of what the desk is made of. */

import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { built } from "./oldphone.mjs";

const LANGUAGES = ["en", "ar", "ckb", "kmr"];
const OTHERS = /^(?:public|report|verify)/;

/** The addresses of all files of the desk that were built, its words among them; the first is the page. */
async function addresses(out) {
  const names = (await readdir(out)).filter((name) => /\.(?:js|mjs|css|svg)$/.test(name) && !OTHERS.test(name));
  const fonts = (await readdir(join(out, "fonts"))).map((name) => `fonts/${name}`);
  const files = [...names, ...fonts].sort();
  return { files, all: ["/", ...files.map((name) => `/static/${name}`), ...LANGUAGES.map((lang) => `/api/catalogue/${lang}.json`)] };
}

/** Writes desk-worker.js; comes last, since it knows every other file by its content. */
export async function buildCopy(out) {
  const { files, all } = await addresses(out);
  const hash = createHash("sha256");
  for (const name of ["index.html", ...files]) hash.update(name).update(await readFile(join(out, name)));
  const define = { RAFIQA_VERSION: JSON.stringify(hash.digest("hex").slice(0, 16)), RAFIQA_FILES: JSON.stringify(all) };
  await writeFile(join(out, "desk-worker.js"), await built({ entryPoints: ["src/copy/worker.ts"], define }));
}
