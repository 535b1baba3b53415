"""Plain text of strangers: which encoding it is in, told line by line where it is mixed."""

from __future__ import annotations

import re
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.readtext import LINE_END, ReadText

_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_OTHER: Final = "cp1256"
"""What Arabic text is in that is not Unicode (Windows Arabic)."""
_ZEROS: Final = 0.2
_CONTROL_SHARE: Final = 0.02
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ODD_ENDS: Final = re.compile(r"[\u2028\u2029\x0b\x0c\x85\r\n]")


def read_text(content: bytes) -> ReadText:
    """Returns what plain text says.

    Raises:
        InvalidInput: ``wire.document.kind-unknown``: it is no text.
    """
    text, doubtful, warnings = decoded(content)
    if len(_CONTROLS.findall(text)) > _CONTROL_SHARE * len(text):
        raise InvalidInput(Fault("wire.document.kind-unknown"))
    found = ReadText(readers=["text"], warnings=warnings)
    found.add_text(text, doubtful)
    return found


def decoded(content: bytes, declared: str | None = None) -> tuple[str, frozenset[int], list[Fault]]:
    """Returns the text of some bytes, the lines that may be wrong, and what is to be told.

    A mark of byte order decides and is no part of the text; then what is UTF-8 is UTF-8. What is
    not is read line by line: a line that is UTF-8 as that, others as Windows Arabic or what the
    document declares. Line ends stay as they are.

    Args:
        content: the bytes.
        declared: the encoding that the document names, where it names one.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            body = content[len(mark) :]
            return _marked(body, encoding)
    if wide := _without_mark(content):
        return _marked(content, wide)
    try:
        return content.decode("utf-8"), frozenset(), []
    except UnicodeDecodeError:
        return _line_by_line(content, declared)


def _marked(body: bytes, encoding: str) -> tuple[str, frozenset[int], list[Fault]]:
    text = body.decode(encoding, "replace")
    doubtful = _unreadable(text)
    faults = [_mixed(doubtful)] if doubtful else []
    return text, doubtful, faults


def _without_mark(content: bytes) -> str | None:
    """The kind of UTF-16 that bytes are in although no mark says so; None where they are not.

    Text of any language has plain spaces and line ends, so every other byte is often nought or, of
    Arabic, six.
    """
    head = content[:4096]
    if len(head) < 8 or len(content) % 2:
        return None
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high, low = head[start::2], head[1 - start :: 2]
        plain = sum(byte in {0, 6} for byte in high) / len(high)
        if plain > 1 - _ZEROS and sum(byte == 0 for byte in low) < _ZEROS * len(low):
            return encoding
    return None


def _line_by_line(content: bytes, declared: str | None) -> tuple[str, frozenset[int], list[Fault]]:
    other = _known(declared) or _OTHER
    parts, wide, narrow = [], set(), set()
    # Lines and their ends by turns.
    for number, raw in enumerate(re.split(rb"(\r\n|\r|\n)", content)):
        try:
            parts.append(raw.decode("utf-8"))
            if not raw.isascii():
                wide.add(number // 2)
        except UnicodeDecodeError:
            # No line may become two: the numbers would not be theirs any more.
            parts.append(_ODD_ENDS.sub(" ", raw.decode(other, "replace")))
            narrow.add(number // 2)
    text = "".join(parts)
    if wide:
        # Two encodings in one document: somebody joined files, or it was damaged.
        doubtful = frozenset(narrow) | _unreadable(text)
        return text, doubtful, [_mixed(doubtful)]
    told = Fault("wire.document.encoding", "", None, {"encoding": other.upper()})
    return text, _unreadable(text), [told]


def _known(declared: str | None) -> str | None:
    """A declared encoding as far as it is one of single bytes that are read."""
    names = {
        **dict.fromkeys(("windows-1256", "cp1256", "x-cp1256"), "cp1256"),
        **dict.fromkeys(("iso-8859-6", "iso8859-6", "arabic"), "iso8859-6"),
        **dict.fromkeys(("windows-1252", "cp1252", "iso-8859-1", "latin1"), "cp1252"),
        **dict.fromkeys(("windows-1254", "cp1254", "iso-8859-9"), "cp1254"),
    }
    return names.get((declared or "").strip().lower())


def _unreadable(text: str) -> frozenset[int]:
    if "\ufffd" not in text:
        return frozenset()
    lines = LINE_END.split(text)
    return frozenset(at for at, line in enumerate(lines) if "\ufffd" in line)


def _mixed(lines: frozenset[int]) -> Fault:
    first = min(lines, default=0) + 1
    return Fault("wire.document.mixed", "", None, {"lines": len(lines), "first": first})
