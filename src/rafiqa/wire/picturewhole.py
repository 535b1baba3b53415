"""Whether a picture is all told by one JPEG of its pixels, or would lose what it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from PIL import Image

DEEPEST_BITS: Final = 8
"""Bits a channel that a JPEG holds; Pillow reads deeper ones into so many without a word."""
_BITS_PER_SAMPLE: Final = 258
"""The tag of TIFF 6.0."""
_PNG_DEPTH_AT: Final = 24
"""Where a PNG says how many bits a channel has: its first chunk is always IHDR (PNG, 11.2.1)."""
_AV1_CONFIG: Final = b"av1C"
_AV1_DEEP: Final = 0x40
"""The bit of ``high_bitdepth`` in the third byte of that box (AV1 in ISOBMFF, 2.3.3)."""
_OPAQUE: Final = 255
_HEAD_BYTES: Final = 65_536
_DEEP_MODES: Final = ("I", "F")
_MP_ENTRIES: Final = 0xB002
_VIEWS: Final = ("Multi-Frame",)
"""What a phone puts behind its picture, a smaller one or a map of brightness, shows nothing else;
panoramas, and one thing seen from two places, do (CIPA DC-007, 5.2.3.3.1)."""


def refuse_lossy(opened: Image.Image) -> None:
    """Nothing, or ``ValueError`` where a JPEG of the pixels would not show all that is there.

    Several pictures in one file, more than eight bits a channel, and what can be seen through.
    """
    if _is_several(opened):
        raise ValueError("several pictures")
    if _is_deep(opened):
        raise ValueError("more bits than a JPEG holds")
    if _is_seen_through(opened):
        raise ValueError("can be seen through")


def is_lossy(opened: Image.Image) -> bool:
    """Returns whether a JPEG of a picture's pixels would show less than is there."""
    try:
        refuse_lossy(opened)
    except ValueError:
        return True
    return False


def _is_several(opened: Image.Image) -> bool:
    if getattr(opened, "n_frames", 1) == 1:
        return False
    more: Any = getattr(opened, "mpinfo", None)
    if more is None:
        return True
    kinds = [entry["Attribute"]["MPType"] for entry in more.get(_MP_ENTRIES, ())]
    return not kinds or any(str(kind).startswith(_VIEWS) for kind in kinds)


def _is_deep(opened: Image.Image) -> bool:
    if opened.mode.startswith(_DEEP_MODES):
        return True
    if opened.format == "TIFF":
        tags: Any = getattr(opened, "tag_v2", {})
        told = tags.get(_BITS_PER_SAMPLE, DEEPEST_BITS)
        return bool(max(told if isinstance(told, tuple) else (told,)) > DEEPEST_BITS)
    head = _head(opened)
    if opened.format == "PNG":
        return len(head) > _PNG_DEPTH_AT and head[_PNG_DEPTH_AT] > DEEPEST_BITS
    if opened.format == "AVIF":
        at = head.find(_AV1_CONFIG) + len(_AV1_CONFIG) + 2
        return at >= len(head) or bool(head[at] & _AV1_DEEP)
    return False


def _head(opened: Any) -> bytes:
    with Path(opened.filename).open("rb") as stream:
        return stream.read(_HEAD_BYTES)


def _is_seen_through(opened: Image.Image) -> bool:
    if not opened.has_transparency_data:
        return False
    return (
        opened.convert("RGBA").getchannel("A").histogram()[_OPAQUE] < opened.width * opened.height
    )
