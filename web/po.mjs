/** Reads the PO files of the verifier's words: one text a code, no contexts, no plural blocks. */

/** The texts of a PO file by code. */
export function readPo(written) {
  const words = {};
  let code = null;
  let into = null;
  for (const line of written.split("\n")) {
    const found = /^(msgid|msgstr)?\s*"(.*)"\s*$/.exec(line);
    if (found === null) {
      if (line.trim() !== "" && !line.startsWith("#")) throw new Error(`no line of a PO file: ${line}`);
      continue;
    }
    const text = JSON.parse(`"${found[2]}"`);
    if (found[1] === "msgid") [code, into] = ["", "code"];
    if (found[1] === "msgstr") {
      if (code in words) throw new Error(`twice: ${code}`);
      [words[code], into] = ["", "words"];
    }
    if (into === "code") code += text;
    else if (into === "words") words[code] += text;
  }
  delete words[""];
  return words;
}
