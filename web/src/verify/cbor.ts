/**
 * Deterministic CBOR (RFC 8949, 4.2.1), read strictly: whatever has a second spelling is refused.
 *
 * Whole numbers, bytes, texts, arrays, maps with whole numbers or texts as keys, true, false and
 * null; nothing else, and no deeper than a certificate needs.
 */

export const DEPTH = 6;
export const LIMIT_BYTES = 4096;

export type Cbor = number | bigint | string | boolean | null | Uint8Array | Cbor[] | CborMap;
export type CborMap = Map<number | string, Cbor>;

/** What makes bytes no such value; where it is caught, it becomes a verdict. */
export class BadBytes extends Error {}

/** The value whose only encoding these bytes are. Throws BadBytes, and nothing else. */
export function fromCbor(bytes: Uint8Array): Cbor {
  if (bytes.length > LIMIT_BYTES) throw new BadBytes("too long");
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.at !== bytes.length) throw new BadBytes("more than one value");
  return value;
}

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): Cbor {
    if (depth > DEPTH) throw new BadBytes("nested too deeply");
    const first = this.#byte();
    if (first === 0xf4 || first === 0xf5) return first === 0xf5;
    if (first === 0xf6) return null;
    const major = first >> 5;
    const number = this.#number(first & 31);
    if (major === 0) return number;
    if (major === 1) return typeof number === "bigint" ? -1n - number : -1 - number;
    const count = Number(number);
    if (major === 2) return this.#take(count);
    if (major === 3) return text(this.#take(count));
    if (major === 4) return this.#array(count, depth);
    if (major === 5) return this.#map(count, depth);
    throw new BadBytes("a kind of value that has no place here");
  }

  #byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw new BadBytes("ends too early");
    this.at += 1;
    return byte;
  }

  #number(short: number): number | bigint {
    if (short < 24) return short;
    const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[short];
    if (size === undefined) throw new BadBytes("a length without an end");
    if (this.at + size > this.#bytes.length) throw new BadBytes("ends too early");
    let number = 0n;
    for (let place = 0; place < size; place++) number = (number << 8n) | BigInt(this.#view.getUint8(this.at + place));
    this.at += size;
    const least = size === 1 ? 24n : 1n << BigInt(size * 4);
    if (number < least) throw new BadBytes("not the shortest form");
    return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number;
  }

  #take(count: number): Uint8Array {
    if (count > this.#bytes.length - this.at) throw new BadBytes("ends too early");
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }

  #room(count: number): void {
    // Each item takes one byte at least.
    if (count > this.#bytes.length - this.at) throw new BadBytes("ends too early");
  }

  #array(count: number, depth: number): Cbor[] {
    this.#room(count);
    const items: Cbor[] = [];
    for (let index = 0; index < count; index++) items.push(this.value(depth + 1));
    return items;
  }

  #map(count: number, depth: number): CborMap {
    this.#room(count);
    const items: CborMap = new Map();
    let before: Uint8Array | null = null;
    for (let index = 0; index < count; index++) {
      const start = this.at;
      const key = this.value(depth + 1);
      if (typeof key !== "string" && typeof key !== "number") throw new BadBytes("a key of another kind");
      const coded = this.#bytes.subarray(start, this.at);
      if (before !== null && compare(before, coded) >= 0) throw new BadBytes("keys twice or out of order");
      before = coded;
      items.set(key, this.value(depth + 1));
    }
    return items;
  }
}

function text(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BadBytes("broken text");
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
