/** Words cut to a length, never within a letter: half of one is no text that an office can keep. */

/** The first letters of a text, as the office counts them: by code points, without halves of any. */
export function letters(text: string, most: number): string {
  return Array.from(text.replace(/\p{Cs}/gu, "")).slice(0, most).join("");
}
