/** Finds a name as people write it: without marks, with either form of a letter, in any digits. */

const SAME: Readonly<Record<string, string>> = { أ: "ا", إ: "ا", آ: "ا", ٱ: "ا", ى: "ي", ی: "ي", ێ: "ي", ک: "ك", ة: "ه", ە: "ه", ؤ: "و", ۆ: "و", ئ: "ي", ڕ: "ر", ڵ: "ل" };

function folded(name: string): string {
  const bare = name.normalize("NFKD").replace(/[\u0300-\u036f\u064b-\u065f\u0640]/g, "");
  return Array.from(bare.toLowerCase(), (letter) => SAME[letter] ?? letter).join("").trim();
}

/** Whether a name holds what was written; everything does where nothing was. */
export function matching(name: string, written: string): boolean {
  return folded(name).includes(folded(written));
}
