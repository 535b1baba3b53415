/**
 * Deterministic CBOR (RFC 8949, 4.2.1), read strictly: whatever has a second spelling is refused.
 *
 * Whole numbers, texts, bytes, arrays, maps with texts as keys, true, false and null. The ledger's
 * decimals stand in no paper and are refused here, where Python refuses them one step later.
 */

export const DEPTH = 20;

export type Cbor = number | bigint | string | boolean | null | Uint8Array | Cbor[] | CborMap;
export type CborMap = Map<string, Cbor>;

/** What was read is no such paper; where it is caught, it becomes a verdict. */
export class Malformed extends Error {}

/** The value whose only encoding these bytes are. Throws Malformed, and nothing else. */
export function fromCbor(bytes: Uint8Array): Cbor {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.at !== bytes.length) throw new Malformed("more than one value");
  return value;
}

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  value(level: number): Cbor {
    const first = this.#byte();
    if (first === 0xf4 || first === 0xf5) return first === 0xf5;
    if (first === 0xf6) return null;
    const major = first >> 5;
    if (major > 5) throw new Malformed("a kind of value that has no place here");
    const number = this.#number(first & 31);
    if (major === 0) return number;
    if (major === 1) return typeof number === "bigint" ? -1n - number : -1 - number;
    const count = Number(number);
    if (major === 2) return this.#take(count);
    if (major === 3) return this.#text(count);
    if (level + 1 > DEPTH) throw new Malformed("nested too deeply");
    // Each item takes one byte at least.
    if (count > this.#bytes.length - this.at) throw new Malformed("ends too early");
    return major === 4 ? this.#array(count, level + 1) : this.#map(count, level + 1);
  }

  #byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw new Malformed("ends too early");
    this.at += 1;
    return byte;
  }

  #number(short: number): number | bigint {
    if (short < 24) return short;
    if (short > 27) throw new Malformed("a length without an end");
    const size = 1 << (short - 24);
    let number = 0n;
    for (const byte of this.#take(size)) number = (number << 8n) | BigInt(byte);
    const least = size === 1 ? 24n : 1n << BigInt(size * 4);
    if (number < least) throw new Malformed("not the shortest form");
    return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number;
  }

  #take(count: number): Uint8Array {
    if (count > this.#bytes.length - this.at) throw new Malformed("ends too early");
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }

  #text(count: number): string {
    const bytes = this.#take(count);
    try {
      return this.#decoder.decode(bytes);
    } catch {
      throw new Malformed("broken text");
    }
  }

  #array(count: number, level: number): Cbor[] {
    const items: Cbor[] = [];
    for (let index = 0; index < count; index++) items.push(this.value(level));
    return items;
  }

  #map(count: number, level: number): CborMap {
    const items: CborMap = new Map();
    let before: Uint8Array | null = null;
    for (let index = 0; index < count; index++) {
      const start = this.at;
      const key = this.value(level);
      if (typeof key !== "string") throw new Malformed("a key of another kind");
      const coded = this.#bytes.subarray(start, this.at);
      if (before !== null && compare(before, coded) >= 0) throw new Malformed("keys twice or out of order");
      before = coded;
      items.set(key, this.value(level));
    }
    return items;
  }
}

/** Below, at or above zero as one byte string stands before, at or after the other. */
export function compare(one: Uint8Array, other: Uint8Array): number {
  const shared = Math.min(one.length, other.length);
  for (let at = 0; at < shared; at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}
