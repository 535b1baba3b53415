/** The tree of a log (RFC 6962, 2.1): the root that a path leads to (RFC 9162, 2.1.3.2). */

import { hash, joined } from "./bytes.ts";

export const HASH_BYTES = 32;
export const PATH_LIMIT = 63;

export function leafHash(data: Uint8Array): Uint8Array {
  return hash(joined(Uint8Array.of(0), data));
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash(joined(Uint8Array.of(1), left, right));
}

/** The root that a path leads to from a leaf's hash, or null where it fits no tree of that size. */
export function rootOfInclusion(leaf: Uint8Array, index: number, size: number, path: readonly Uint8Array[]): Uint8Array | null {
  if (index < 0 || index >= size || path.length > PATH_LIMIT) return null;
  // Places reach 2 ** 53, beyond what & and >> hold.
  let place = BigInt(index);
  let last = BigInt(size - 1);
  let root = leaf;
  for (const beside of path) {
    if (last === 0n) return null;
    if (place & 1n || place === last) {
      root = nodeHash(beside, root);
      while (place && !(place & 1n)) {
        place >>= 1n;
        last >>= 1n;
      }
    } else {
      root = nodeHash(root, beside);
    }
    place >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? root : null;
}
