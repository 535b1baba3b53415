"""Fresh ids: ULIDs, made from a clock and a source of randomness that are passed in."""

from __future__ import annotations

from collections.abc import Callable

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid_maker(now_us: Callable[[], int], entropy: Callable[[int], bytes]) -> Callable[[], str]:
    """Returns a function that gives a fresh ULID: 48 bits of milliseconds, 80 of randomness.

    Source: the ULID specification (github.com/ulid/spec), Crockford's base 32.
    """

    def make() -> str:
        value = ((now_us() // 1_000) & ((1 << 48) - 1)) << 80 | int.from_bytes(entropy(10), "big")
        return "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -5, -5))

    return make
