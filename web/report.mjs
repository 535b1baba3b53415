/** Builds the residents' page: script, style and words in one file, and the worker that keeps it. */

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { built } from "./oldphone.mjs";
import { readPo } from "./po.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const po = resolve(here, "../src/rafiqa/locale/report");
const LANGUAGES = { en: "ltr", ar: "rtl", ckb: "rtl", kmr: "ltr" };
/** What the page may weigh as sent, before the map. */
export const REPORT_BYTES = 60_000;

const MANIFEST = {
  name: "Rafiqa",
  short_name: "Rafiqa",
  start_url: "/report",
  scope: "/report",
  display: "standalone",
  background_color: "#f5f3ee",
  theme_color: "#1d2430",
  icons: [{ src: "/static/icon.svg", sizes: "any", type: "image/svg+xml" }],
};

/** Writes report.html, report-worker.js and report.webmanifest; gives the page's size as sent. */
export async function buildReport(out) {
  const script = await built({ entryPoints: ["src/report/page.tsx"], jsx: "automatic", jsxImportSource: "preact", define: { "process.env.NODE_ENV": '"production"' } });
  const style = await built({ entryPoints: ["src/report/page.css"] });
  const words = {};
  for (const lang of Object.keys(LANGUAGES)) words[lang] = readPo(await readFile(join(po, `${lang}.po`), "utf8"));
  const noscript = Object.entries(LANGUAGES)
    .map(([lang, direction]) => `<p lang="${lang}" dir="${direction}">${words[lang]["page.no-script"]}</p>`)
    .join("");
  for (const lang of Object.keys(LANGUAGES)) delete words[lang]["page.no-script"];
  const parts = { script, style, noscript, words: JSON.stringify(words).replaceAll("<", "\\u003c") };
  const page = (await readFile(join(here, "src/report/page.html"), "utf8")).replace(/\{(script|style|words|noscript)\}/g, (_, name) => parts[name]);
  const version = createHash("sha256").update(page).digest("hex").slice(0, 16);
  const worker = await built({ entryPoints: ["src/report/worker.ts"], define: { RAFIQA_VERSION: JSON.stringify(version) } });
  await writeFile(join(out, "report.html"), page);
  await writeFile(join(out, "report-worker.js"), worker);
  await writeFile(join(out, "report.webmanifest"), JSON.stringify(MANIFEST));
  return gzipSync(page, { level: 9 }).length;
}
