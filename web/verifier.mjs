/** Builds the verifier: script, style and words of all languages in one file that asks nobody. */

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { readPo } from "./po.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const po = resolve(here, "../src/rafiqa/locale/verify");
const LANGUAGES = ["en", "ar", "ckb", "kmr"];
/** What the page may weigh: a minute on a slow line, and a file that a phone passes on. */
export const VERIFIER_BYTES = 250_000;

const OPTIONS = {
  absWorkingDir: here,
  bundle: true,
  write: false,
  minify: true,
  target: ["es2022"],
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
};

/** Writes verify.html into a folder. */
export async function buildVerifier(out) {
  const script = await built({
    entryPoints: ["src/verify/page.tsx"],
    format: "iife",
    jsx: "automatic",
    jsxImportSource: "preact",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const style = await built({ entryPoints: ["src/verify/page.css"] });
  const words = {};
  for (const lang of LANGUAGES) words[lang] = readPo(await readFile(join(po, `${lang}.po`), "utf8"));
  // Nothing but what is in the file: no host, no other script. The server sends the same and more.
  const policy = `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; img-src data: blob:; base-uri 'none'; form-action 'none'`;
  const parts = { policy, script, style, words: JSON.stringify(words).replaceAll("<", "\\u003c") };
  const page = await readFile(join(here, "src/verify/page.html"), "utf8");
  await writeFile(join(out, "verify.html"), page.replace(/\{(policy|script|style|words)\}/g, (_, name) => parts[name]));
}

async function built(options) {
  const made = await esbuild.build({ ...OPTIONS, ...options });
  return made.outputFiles[0].text.trim();
}

function hashOf(text) {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
