/** Codes of reports: twelve digits, made here, that a person can say over the telephone. */

/** Damm, H. M., 2004: a totally anti-symmetric quasigroup of order ten. */
const DAMM = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978", "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"];
const ZEROS = [0x0660, 0x06f0, 0xff10];

/** Digits of Arabic, Persian and full-width scripts as Western ones; all else as it is. */
export function westernDigits(written: string): string {
  return Array.from(written, (letter) => {
    const point = letter.codePointAt(0) ?? 0;
    const zero = ZEROS.find((from) => point >= from && point < from + 10);
    return zero === undefined ? letter : String(point - zero);
  }).join("");
}

/** The digit that is put behind others to check them. */
export function checkDigit(digits: string): string {
  let at = "0";
  for (const digit of digits) at = DAMM[Number(at)]?.[Number(digit)] ?? "0";
  return at;
}

/** The twelve digits of a code as somebody wrote it; null where it cannot be one. */
export function readCode(written: string): string | null {
  const digits = westernDigits(written).replace(/[\s\-–—.·]/g, "");
  if (!/^\d{12}$/.test(digits)) return null;
  return checkDigit(digits.slice(0, -1)) === digits.at(-1) ? digits : null;
}

/** A new code from the device's own randomness. */
export function newCode(): string {
  let digits = "";
  while (digits.length < 11) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < 250) digits += String(byte % 10);
  }
  return digits + checkDigit(digits);
}

/** A code in three groups, as it is read aloud. */
export function spaced(code: string): string {
  return code.replace(/(\d{4})(?=\d)/g, "$1 ");
}
