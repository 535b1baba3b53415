"""One value, one byte string: strict deterministic CBOR, written and read back.

Source: RFC 8949 "Concise Binary Object Representation", section 3 (the encoding), 4.2.1
(core deterministic: shortest integers and lengths, definite lengths, keys in the bytewise
order of their encodings), 3.4.4 (decimal fractions, tag 4).

Allowed are None, bool, int, str, bytes, Decimal, list and dict with str keys; a tuple is
written as a list. A float is refused: two machines may print one differently, and a
coordinate is an integer here. Subclasses are refused too (write ``area_class.value``), so
that what is read back is exactly what was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeAlias

from rafiqa.errors import Fault, InvalidInput

Plain: TypeAlias = (
    "bool | int | str | bytes | Decimal | Sequence[Plain] | Mapping[str, Plain] | None"
)

DEPTH_LIMIT: Final = 20
"""How many lists and dicts may stand one inside the other."""

EXPONENT_LIMIT: Final = 64
"""Decimals reach from 1e-64 to below 2**64 * 1e64; more is a mistake or an attack."""

_UINT, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP = 0x00, 0x20, 0x40, 0x60, 0x80, 0xA0
_FALSE, _TRUE, _NULL = 0xF4, 0xF5, 0xF6
_DECIMAL = b"\xc4\x82"  # tag 4, then an array of two: exponent, mantissa
_INT_END = 1 << 64
_SIMPLE = {_FALSE: False, _TRUE: True, _NULL: None}


class _BadValue(Exception):  # noqa: N818 - carries a fault up to the door of this module
    """A value that may not be written; gathers its path on the way up."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params = params
        self.path: list[str] = []


def canonical(plain: Plain) -> bytes:
    """The only CBOR encoding of a value.

    Decimals are normalised (1.50 and 1.5 are one value, so are 0 and -0); an int and a
    Decimal of the same size stay two values.

    Raises:
        InvalidInput: for anything the module's text does not allow; the fault's place is
            the path to it, such as ``$.parts[3].depth``.
    """
    out = bytearray()
    try:
        _put(out, plain, 0)
    except _BadValue as bad:
        place = "$" + "".join(reversed(bad.path))
        raise InvalidInput(Fault(f"ledger.canon.{bad.code}", place, params=bad.params)) from None
    return bytes(out)


def uint_bytes(value: int) -> bytes:
    """What ``canonical`` gives for an integer from 0 to 2**64 - 1.

    Raises:
        TypeError: it is negative or no integer.
        OverflowError: it is larger.
    """
    if type(value) is not int or value < 0:
        raise TypeError(value)
    return _head(_UINT, value)


def text_bytes(value: str) -> bytes:
    """What ``canonical`` gives for a text of valid characters.

    Raises:
        UnicodeEncodeError: it has a lone surrogate.
    """
    coded = value.encode()
    return _head(_TEXT, len(coded)) + coded


def parse(data: bytes) -> Any:
    """The value whose canonical encoding ``data`` is: ``canonical(parse(data)) == data``.

    Raises:
        InvalidInput: for bytes that ``canonical`` cannot have made; the fault names the
            first byte that shows it, counted from 0. No other error leaves this function.
    """
    try:
        return _take_all(bytes(data))
    except _BadValue as bad:
        raise InvalidInput(Fault(f"ledger.canon.{bad.code}", params=bad.params)) from None


_SHORT_HEADS = {
    major: tuple(bytes((major | n,) if n < 24 else (major | 24, n)) for n in range(0x100))
    for major in (_UINT, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP)
}


def _head(major: int, value: int) -> bytes:
    if value < 0x100:
        return _SHORT_HEADS[major][value]
    if value < 0x10000:
        return bytes((major | 25,)) + value.to_bytes(2, "big")
    if value < 0x100000000:
        return bytes((major | 26,)) + value.to_bytes(4, "big")
    return bytes((major | 27,)) + value.to_bytes(8, "big")


def _put(out: bytearray, value: Any, level: int) -> None:
    kind = type(value)
    if kind is str:
        out += _text(value)
    elif kind is int:
        out += _int(value)
    elif kind is bytes:
        out += _head(_BYTES, len(value)) + value
    elif kind is dict:
        _put_map(out, value, level + 1)
    elif kind is list or kind is tuple:
        _put_array(out, value, level + 1)
    elif value is None:
        out.append(_NULL)
    elif kind is bool:
        out.append(_TRUE if value else _FALSE)
    elif kind is Decimal:
        out += _decimal(value)
    elif kind is float:
        raise _BadValue("float")
    else:
        raise _BadValue("type", type=kind.__name__)


def _int(value: int) -> bytes:
    if not -_INT_END <= value < _INT_END:
        raise _BadValue("int-range")
    return _head(_UINT, value) if value >= 0 else _head(_NEGATIVE, -1 - value)


def _text(value: str) -> bytes:
    try:
        coded = value.encode()
    except UnicodeEncodeError:
        raise _BadValue("surrogate") from None
    return _head(_TEXT, len(coded)) + coded


@lru_cache(maxsize=4096)
def _key(key: str) -> bytes:
    return _text(key)


def _put_array(out: bytearray, items: Sequence[Any], level: int) -> None:
    if level > DEPTH_LIMIT:
        raise _BadValue("depth", limit=DEPTH_LIMIT)
    out += _head(_ARRAY, len(items))
    for index, item in enumerate(items):
        try:
            _put(out, item, level)
        except _BadValue as bad:
            bad.path.append(f"[{index}]")
            raise


def _put_map(out: bytearray, items: Mapping[Any, Any], level: int) -> None:
    if level > DEPTH_LIMIT:
        raise _BadValue("depth", limit=DEPTH_LIMIT)
    out += _head(_MAP, len(items))
    for key in items:
        if type(key) is not str:
            raise _BadValue("key", type=type(key).__name__)
    for coded, key in sorted((_key(key), key) for key in items):
        out += coded
        try:
            _put(out, items[key], level)
        except _BadValue as bad:
            bad.path.append(f".{key}")
            raise


def _decimal(value: Decimal) -> bytes:
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise _BadValue("decimal")  # NaN or an infinity
    kept = "".join(map(str, digits)).rstrip("0")
    if not kept:
        return _DECIMAL + b"\x00\x00"
    exponent += len(digits) - len(kept)
    if abs(exponent) > EXPONENT_LIMIT or len(kept) > EXPONENT_LIMIT:
        raise _BadValue("decimal")
    return _DECIMAL + _int(exponent) + _int(-int(kept) if sign else int(kept))


def _take_all(data: bytes) -> Any:
    value, end = _take(data, 0, 0)
    if end != len(data):
        raise _BadValue("trailing", at=end)
    return value


def _take(data: bytes, at: int, level: int) -> tuple[Any, int]:
    """The value that begins at ``at``, and the place after it."""
    if at >= len(data):
        raise _BadValue("truncated", at=at)
    first = data[at]
    if first in _SIMPLE:
        return _SIMPLE[first], at + 1
    if data[at : at + 2] == _DECIMAL:
        return _take_decimal(data, at)
    major = first & 0xE0
    if major > _MAP:
        raise _BadValue("unsupported", at=at)
    number, after = _take_head(data, at)
    if major <= _NEGATIVE:
        return (number if major == _UINT else -1 - number), after
    if major == _ARRAY:
        return _take_array(data, after, number, level + 1)
    if major == _MAP:
        return _take_map(data, after, number, level + 1)
    return _take_string(data, after, number, text=major == _TEXT)


def _take_head(data: bytes, at: int) -> tuple[int, int]:
    """The number in a head, and the place after the head."""
    short = data[at] & 0x1F
    if short < 24:
        return short, at + 1
    if short > 27:
        raise _BadValue("unsupported", at=at)
    after = at + 1 + (1 << (short - 24))
    if after > len(data):
        raise _BadValue("truncated", at=len(data))
    number = int.from_bytes(data[at + 1 : after], "big")
    if number < (24, 0x100, 0x10000, 0x100000000)[short - 24]:
        raise _BadValue("not-shortest", at=at)
    return number, after


def _take_string(data: bytes, at: int, n_bytes: int, *, text: bool) -> tuple[str | bytes, int]:
    after = at + n_bytes
    if after > len(data):
        raise _BadValue("truncated", at=len(data))
    content = data[at:after]
    if not text:
        return content, after
    try:
        return content.decode(), after
    except UnicodeDecodeError:
        raise _BadValue("utf8", at=at) from None


def _check_room(data: bytes, at: int, n_items: int, level: int) -> None:
    if level > DEPTH_LIMIT:
        raise _BadValue("depth", limit=DEPTH_LIMIT)
    if n_items > len(data) - at:  # an item takes one byte at least
        raise _BadValue("truncated", at=len(data))


def _take_array(data: bytes, at: int, n_items: int, level: int) -> tuple[list[Any], int]:
    _check_room(data, at, n_items, level)
    items = []
    for _ in range(n_items):
        item, at = _take(data, at, level)
        items.append(item)
    return items, at


def _take_map(data: bytes, at: int, n_items: int, level: int) -> tuple[dict[str, Any], int]:
    _check_room(data, at, n_items, level)
    items: dict[str, Any] = {}
    before = b""
    for _ in range(n_items):
        if at < len(data) and data[at] & 0xE0 != _TEXT:
            raise _BadValue("key-type", at=at)
        key, after = _take(data, at, level)
        if key in items:
            raise _BadValue("key-twice", at=at)
        coded = data[at:after]
        if coded < before:
            raise _BadValue("key-order", at=at)
        items[key], at = _take(data, after, level)
        before = coded
    return items, at


def _take_decimal(data: bytes, start: int) -> tuple[Decimal, int]:
    pair = []
    at = start + len(_DECIMAL)
    for _ in range(2):
        if at < len(data) and data[at] & 0xE0 > _NEGATIVE:
            raise _BadValue("decimal-form", at=at)
        number, at = _take(data, at, DEPTH_LIMIT)
        pair.append(number)
    exponent, mantissa = pair
    normal = mantissa % 10 != 0 if mantissa else exponent == 0
    if not normal or abs(exponent) > EXPONENT_LIMIT:
        raise _BadValue("decimal-form", at=start)
    if exponent > 0:
        return Decimal(mantissa * 10**exponent), at
    return Decimal(f"{mantissa}E{exponent}"), at
