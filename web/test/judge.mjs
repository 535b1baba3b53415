/** `node judge.mjs FILE`: prints the cases of a file that this verifier answers in another way. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = await mkdtemp(join(tmpdir(), "rafiqa-judge-"));
try {
  const outfile = join(out, "judge.mjs");
  await esbuild.build({
    entryPoints: [join(here, "judge.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  const { judgedBothWays } = await import(pathToFileURL(outfile).href);
  const answers = await judgedBothWays(JSON.parse(await readFile(process.argv[2], "utf8")));
  const other = answers.filter(({ ours, theirs }) => JSON.stringify(ours) !== JSON.stringify(theirs));
  console.log(JSON.stringify({ judged: answers.length, other }));
} finally {
  await rm(out, { recursive: true, force: true });
}
