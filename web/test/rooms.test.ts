/** The house rules of these pages: who may import whom, how long things are, which words are said. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";

const ROOM = process.env["WEB_ROOM"] as string;
const MAX_FILE_LINES = 500;
const MAX_FUNCTION_LINES = 60;

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

const SOURCES = files(join(ROOM, "src")).map((path) => ({
  name: relative(join(ROOM, "src"), path),
  text: readFileSync(path, "utf8"),
}));
const CODE = SOURCES.filter(({ name }) => /\.tsx?$/.test(name));
const imports = (text: string): string[] => [...text.matchAll(/(?:from|import)\s*\(?"([^"]+)"/g)].map((match) => match[1] ?? "");

test("core knows no framework, no page and no map", () => {
  for (const { name, text } of CODE.filter((each) => each.name.startsWith("core/"))) {
    for (const from of imports(text)) {
      assert.ok(from.startsWith("./") || ["@preact/signals-core", "geojson"].includes(from), `${name}: ${from}`);
    }
    assert.doesNotMatch(text, /\b(?:document|window|localStorage|navigator|location)\./, name);
    assert.doesNotMatch(text, /Date\.now|Math\.random/, `${name}: clock and chance are handed in`);
  }
});

test("the map knows core only, and the view knows no engine", () => {
  for (const { name, text } of CODE) {
    for (const from of imports(text)) {
      if (name.startsWith("map/")) assert.match(from, /^(?:\.\/|\.\.\/core\/|maplibre-gl$|terra-draw$|terra-draw-maplibre-gl-adapter$|geojson$)/, name);
      else assert.doesNotMatch(from, /maplibre-gl|terra-draw/, name);
    }
  }
});

test("the verifier's judges know no page, no clock and no framework", () => {
  const shown = /^verify\/(?:page|answer|paper|drawing|lists|codes)\.tsx$|^verify\/(?:capture|position)\.ts$/;
  const judges = CODE.filter(({ name }) => name.startsWith("verify/") && !shown.test(name));
  assert.ok(judges.length > 12);
  for (const { name, text } of judges) {
    for (const from of imports(text)) {
      assert.match(from, /^(?:\.\/[a-z0-9]+\.ts|\.\.\/core\/language\.ts|@noble\/(?:curves\/ed25519|hashes\/sha2)\.js)$/, name);
      assert.doesNotMatch(from, /capture|position/, name);
    }
    assert.doesNotMatch(text, /\b(?:document|window|localStorage|navigator|location)\./, name);
    assert.doesNotMatch(text, /Date\.now|Math\.random|fetch\(/, `${name}: clock and chance are handed in`);
  }
});

test("no request to any other host, nothing evaluated, nothing written as HTML", () => {
  for (const { name, text } of SOURCES) {
    const links = (text.match(/\b(?:https?:)?\/\/[a-z0-9.-]+\.[a-z]{2,}/gi) ?? []).filter((link) => !link.includes("www.w3.org"));
    assert.deepEqual(links, [], name);
    assert.doesNotMatch(text, /innerHTML|dangerouslySet|\beval\(|new Function/, name);
  }
});

test("styles are logical: no left or right where the language turns", () => {
  for (const { name, text } of SOURCES.filter((each) => each.name.endsWith(".css"))) {
    assert.doesNotMatch(text, /(?:margin|padding|border)-(?:left|right)|text-align:\s*(?:left|right)|float:\s*(?:left|right)/, name);
  }
});

test("nobody is promised that ground will do no harm", () => {
  for (const { name, text } of SOURCES) {
    assert.doesNotMatch(text.replaceAll(/safe-area/g, ""), /\bsafe\b|آمن/i, name);
  }
});

test("files and functions keep their length", () => {
  for (const { name, text } of CODE) {
    const lines = text.split("\n");
    assert.ok(lines.length <= MAX_FILE_LINES, `${name}: ${lines.length} lines`);
    for (const [start, length] of functions(lines)) {
      assert.ok(length <= MAX_FUNCTION_LINES, `${name}:${start + 1}: ${length} lines`);
    }
  }
});

/** First line and length of each function that opens a block, found by its indentation. */
function functions(lines: readonly string[]): [number, number][] {
  const opens = /^(\s*)(?:export |async |private |static |get )*(?:function\b|#?\w+\(.*\).*\{$|const \w+ = .*=> \{$)/;
  return lines.flatMap((line, start): [number, number][] => {
    const match = line.match(opens);
    if (!match || /^\s*(?:if|for|while|switch|return|else)\b/.test(line)) return [];
    const end = lines.findIndex((other, at) => at > start && other.startsWith(`${match[1]}}`));
    return end < 0 ? [] : [[start, end - start + 1]];
  });
}

test("every text named in the code is in both catalogues, once they are there", (context) => {
  const po = (lang: string): string => {
    try {
      return readFileSync(join(ROOM, `../src/rafiqa/locale/po/${lang}.po`), "utf8");
    } catch {
      return "";
    }
  };
  const catalogues = ["en", "ar"].map(po);
  if (catalogues.some((text) => !text.includes('msgid "desk.'))) {
    context.skip("the catalogues do not hold the desk's texts yet");
    return;
  }
  const named = new Set(CODE.flatMap(({ text }) => [...text.matchAll(/"(desk\.[a-z0-9_.]+)"/g)].map((match) => match[1] ?? "")));
  for (const code of named) {
    for (const text of catalogues) assert.match(text, new RegExp(`msgid "${code.replaceAll(".", "\\.")}(?:\\.other)?"`), code);
  }
});
