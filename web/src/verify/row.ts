/** Rows of signed papers: arrays of values in a fixed order, read strictly, one by one. */

import { type Cbor, fromCbor, Malformed } from "./cbor.ts";

export { Malformed };

export const TEXT_LETTERS = 200;
/** Whole numbers stay below it, so that every reader has them exactly. */
export const WHOLE_END = 2 ** 53;

/** Takes the values of an array one after another; throws Malformed where one is not as asked. */
export class Row {
  readonly #values: readonly Cbor[];
  #at = 0;

  constructor(values: Cbor | undefined, count: number | null = null) {
    if (!Array.isArray(values) || (count !== null && values.length !== count)) throw new Malformed("no such row");
    this.#values = values;
  }

  /** The row that canonical bytes are. */
  static of(data: Uint8Array, count: number, limitBytes: number): Row {
    if (data.length > limitBytes) throw new Malformed("too long");
    return new Row(fromCbor(data), count);
  }

  /** The next value, whatever it is. */
  value(): Cbor {
    const value = this.#values[this.#at];
    if (value === undefined) throw new Malformed("no more values");
    this.#at += 1;
    return value;
  }

  /** Takes the next value, which says what this is. */
  tag(expected: string): void {
    if (this.value() !== expected) throw new Malformed("another kind of paper");
  }

  /** The next value: a text that is not empty, of so many letters at most. */
  text(letters: number = TEXT_LETTERS): string {
    const value = this.value();
    if (typeof value !== "string" || value === "" || [...value].length > letters) throw new Malformed("no such text");
    return value;
  }

  /** The next value: a whole number from 0 to below an end. */
  whole(end: number = WHOLE_END): number {
    const value = this.value();
    if (typeof value !== "number" || value < 0 || value >= end) throw new Malformed("no such number");
    return value;
  }

  /** The next value: bytes, of that length where one is given. */
  raw(length: number | null = null): Uint8Array {
    const value = this.value();
    if (!(value instanceof Uint8Array) || (length !== null && value.length !== length)) throw new Malformed("no such bytes");
    return value;
  }

  /** The next value by `take`, or null where it is null. */
  maybe<T>(take: (row: Row) => T): T | null {
    const value = this.value();
    return value === null ? null : take(new Row([value]));
  }

  /** The next value: an array, each of whose values `take` takes. */
  many<T>(take: (row: Row) => T): T[] {
    const values = this.value();
    if (!Array.isArray(values)) throw new Malformed("no array");
    return values.map((value) => take(new Row([value])));
  }

  /** The next value: a row of its own. */
  row(count: number): Row {
    return new Row(this.value(), count);
  }
}
