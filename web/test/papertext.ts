/** Papers as texts, for tests: the page itself only reads them. */

import { unhex } from "./judge.ts";

/** The text of a paper's bytes, given in hexadecimal. */
export function text(prefix: string, digits: string): string {
  const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  const bytes = unhex(digits);
  let out = prefix;
  for (let at = 0; at < bytes.length; at += 2) {
    const [one = 0, other] = [bytes[at], bytes[at + 1]];
    let value = other === undefined ? one : one * 256 + other;
    for (let place = 0; place < (other === undefined ? 2 : 3); place++) {
      out += letters[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return out;
}
