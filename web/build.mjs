/** Builds the pages into src/rafiqa/api/static/: the desk with its map, fonts and what keeps it, the verifier and the residents' page in one file each. */

import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { buildCopy } from "./copy.mjs";
import { built } from "./oldphone.mjs";
import { buildPublic, PUBLIC_BYTES } from "./public.mjs";
import { buildReport, REPORT_BYTES } from "./report.mjs";
import { buildVerifier, VERIFIER_BYTES } from "./verifier.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(here, "../src/rafiqa/api/static");
const modules = join(here, "node_modules");

const FONTS = [
  ["noto-sans", "latin"],
  ["noto-sans", "latin-ext"],
  ["noto-sans-arabic", "arabic"],
].flatMap(([family, subset]) =>
  [400, 600].map((weight) => `@fontsource/${family}/files/${family}-${subset}-${weight}-normal.woff2`),
);

const COPIES = [
  ["maplibre-gl/dist/maplibre-gl-worker.mjs", "maplibre-gl-worker.mjs"],
  ["maplibre-gl/LICENSE.txt", "licences/maplibre-gl.txt"],
  ["preact/LICENSE", "licences/preact.txt"],
  ["@preact/signals/LICENSE", "licences/preact-signals.txt"],
  ["@noble/curves/LICENSE", "licences/noble-curves.txt"],
  ["@noble/hashes/LICENSE", "licences/noble-hashes.txt"],
  ["qr/LICENSE-MIT", "licences/qr.txt"],
  ["@fontsource/noto-sans/LICENSE", "licences/noto-sans.txt"],
  ["@fontsource/noto-sans-arabic/LICENSE", "licences/noto-sans-arabic.txt"],
  ...FONTS.map((path) => [path, `fonts/${path.split("/").at(-1)}`]),
];

/** The parts in which the pages of work and the account come, each fetched when the first of its pages is opened. */
const WORK_PARTS = ["work", "queue", "figures", "folk", "person", "account"];

/** What esbuild makes: `desk.js` first, `map.js` after the page can be used, the parts of work, the account and `draw.js` when asked for, all with `apart.css`. */
const OPTIONS = {
  absWorkingDir: here,
  entryPoints: [
    { in: "src/desk.tsx", out: "desk" },
    { in: "src/map/maplibre.ts", out: "map" },
    ...WORK_PARTS.map((part) => ({ in: `src/view/${part}.tsx`, out: part })),
    { in: "src/view/draw.tsx", out: "draw" },
    { in: "src/style/desk.css", out: "desk" },
    { in: "src/style/apart.css", out: "apart" },
  ],
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022"],
  minify: true,
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  entryNames: "[name]",
  chunkNames: "part-[hash]",
  external: ["/static/*", "*.woff2"],
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
};

/** Writes the page with what its script imports named, so that all of it is fetched at once. */
async function writePage(made) {
  const page = await readFile(join(here, "src/index.html"), "utf8");
  const parts = made ? [...closure(made, "desk.js")].filter((name) => name !== "desk.js") : [];
  const links = parts.map((name) => `<link rel="modulepreload" href="/static/${name}">\n`).join("");
  await writeFile(join(out, "index.html"), page.replace("<!-- parts -->\n", links));
  await writeFile(join(out, "ahead.js"), await built({ entryPoints: ["src/ahead.ts"], target: OPTIONS.target }));
}

async function copyFixed() {
  await cp(join(here, "src/icon.svg"), join(out, "icon.svg"));
  await mkdir(join(out, "licences"), { recursive: true });
  // Its package brings no file of its own; the words are those of its repository.
  await cp(join(here, "licences/terra-draw.txt"), join(out, "licences/terra-draw.txt"));
  for (const [from, to] of COPIES) {
    await mkdir(dirname(join(out, to)), { recursive: true });
    await cp(join(modules, from), join(out, to));
  }
}

/** The files that an entry fetches before it can run, with itself. */
function closure({ outputs }, entry) {
  const of = (path) => path.split("/").at(-1);
  const by = Object.fromEntries(Object.entries(outputs).map(([path, made]) => [of(path), made]));
  const found = new Set();
  const add = (name) => {
    if (found.has(name) || !by[name]) return;
    found.add(name);
    for (const { path, kind } of by[name].imports) if (kind === "import-statement") add(of(path));
  };
  add(entry);
  return found;
}

/** Prints each file with its size as sent, and fails where the budget is broken. */
async function weigh(report, everybody, made) {
  const sizes = {};
  for (const name of await readdir(out)) {
    if (!/\.(js|mjs|css)$/.test(name)) continue;
    sizes[name] = gzipSync(await readFile(join(out, name)), { level: 9 }).length;
  }
  for (const name of ["desk-worker.js", "report-worker.js", "public.js", "public.css", "public-worker.js"]) delete sizes[name]; // of other pages than the desk
  const kept = Object.entries(sizes);
  const sum = (names) => kept.filter(([name]) => names.has(name)).reduce((total, [, size]) => total + size, 0);
  const first = closure(made, "desk.js").add("desk.css").add("ahead.js");
  // A part weighs what is fetched with it and is not there already.
  const beyond = (part) => sum(new Set([...closure(made, `${part}.js`), "apart.css"].filter((name) => !first.has(name))));
  const app = sum(first);
  const map = sum(new Set(kept.map(([name]) => name).filter((name) => name.startsWith("map"))));
  const parts = Object.fromEntries(WORK_PARTS.map((part) => [part, beyond(part)]));
  const work = Math.max(...Object.values(parts));
  const draw = beyond("draw");
  for (const [name, size] of kept) console.log(`${name.padEnd(28)}${(size / 1000).toFixed(1).padStart(8)} kB gzip`);
  console.log(`before the map ${(app / 1000).toFixed(1)} kB (limit 60), map ${(map / 1000).toFixed(1)} kB (limit 450), each part of the pages of work ${WORK_PARTS.map((part) => (parts[part] / 1000).toFixed(1)).join(", ")} kB (limit 40), drawing ${(draw / 1000).toFixed(1)} kB (limit 70)`);
  const verifier = (await readFile(join(out, "verify.html"))).length;
  console.log(`verifier ${(verifier / 1000).toFixed(1)} kB in one file (limit ${VERIFIER_BYTES / 1000})`);
  console.log(`residents' page ${(report / 1000).toFixed(1)} kB gzip (limit ${REPORT_BYTES / 1000})`);
  console.log(`public pages, script and style ${(everybody / 1000).toFixed(1)} kB gzip (limit ${PUBLIC_BYTES / 1000})`);
  await mkdir(join(here, "../build"), { recursive: true });
  await writeFile(join(here, "../build/web-sizes.json"), `${JSON.stringify({ app, map, work, parts, draw, verifier, report, public: everybody, sizes })}\n`);
  if (app > 60_000 || map > 450_000 || work > 40_000 || draw > 70_000 || verifier > VERIFIER_BYTES || report > REPORT_BYTES || everybody > PUBLIC_BYTES) throw new Error("the pages are heavier than their budget");
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
if (process.argv.includes("--watch")) {
  const context = await esbuild.context({ ...OPTIONS, minify: false, sourcemap: "inline" });
  await copyFixed();
  await writePage(null);
  await buildVerifier(out);
  await buildReport(out);
  await buildPublic(out);
  await context.watch();
} else {
  const { metafile } = await esbuild.build({ ...OPTIONS, metafile: true });
  await copyFixed();
  await writePage(metafile);
  await buildVerifier(out);
  await buildCopy(out);
  await weigh(await buildReport(out), await buildPublic(out), metafile);
}
