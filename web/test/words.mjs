/** The words for the mock: from a table of words, or from the repository's PO catalogues. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOM = process.env.WEB_ROOM ?? fileURLToPath(new URL("..", import.meta.url));
const PO = join(ROOM, "../src/rafiqa/locale/po/");

/** All texts of a language by code; empty where no catalogue can be found. */
export function texts(lang) {
  return { ...fromPo(`${PO}${lang}.po`), ...fromTable(process.env.RAFIQA_WORDS, lang) };
}

function fromTable(path, lang) {
  if (!path || !existsSync(path)) return {};
  const found = {};
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [code, en, , ar] = line.split("\t");
    const text = lang === "ar" ? ar : en;
    if (code && text) found[code] = text;
  }
  return found;
}

function fromPo(path) {
  if (!existsSync(path)) return {};
  const found = {};
  for (const block of readFileSync(path, "utf8").split(/\n\s*\n/)) {
    const id = quoted(block, "msgid");
    const text = quoted(block, "msgstr");
    if (id && text) found[id] = text;
  }
  return found;
}

function quoted(block, name) {
  const match = block.match(new RegExp(`^${name} ((?:".*"\\s*)+)`, "m"));
  if (!match) return "";
  return [...match[1].matchAll(/"((?:[^"\\]|\\.)*)"/g)]
    .map(([, text]) => JSON.parse(`"${text}"`))
    .join("");
}
