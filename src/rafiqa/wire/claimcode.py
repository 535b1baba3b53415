"""Candidates as bytes and back: places in a text and codes, never the words that stand there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from rafiqa.study.record import (
    Attribution,
    Claim,
    ClaimPlace,
    ClaimTime,
    Hazard,
    PlaceCandidate,
    PlaceMention,
    Span,
)

_VERSION: Final = 1


def claims_bytes(claims: Iterable[Claim]) -> bytes:
    """Returns candidates as JSON; equal candidates give equal bytes."""
    plain = {"version": _VERSION, "claims": [_plain(claim) for claim in claims]}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def claims_from(content: bytes, text: str) -> list[Claim]:
    """Returns the candidates that ``claims_bytes`` wrote, their words taken from the text.

    Args:
        content: the bytes.
        text: of their document; where it was erased, empty: the words are then empty too.

    Raises:
        ValueError, KeyError, TypeError: the bytes are no candidates.
    """
    plain: dict[str, Any] = json.loads(content)
    if plain["version"] != _VERSION:
        raise ValueError("version")
    return [_claim(each, text) for each in plain["claims"]]


def _plain(claim: Claim) -> dict[str, Any]:
    plain = asdict(claim)
    del plain["quote"]
    if plain["place"]["mention"] is not None:
        del plain["place"]["mention"]["surface"]
    return plain


def _claim(plain: dict[str, Any], text: str) -> Claim:
    span = Span(**plain.pop("span"))
    place, time, said = plain.pop("place"), plain.pop("time"), plain.pop("attribution")
    mention = place["mention"]
    return Claim(
        quote=text[span.start : span.end],
        span=span,
        sentence=Span(**plain.pop("sentence")),
        hazards=tuple(Hazard(each["kind"], Span(**each["span"])) for each in plain.pop("hazards")),
        place=ClaimPlace(None if mention is None else _mention(mention, text), place["basis"]),
        time=ClaimTime(
            **{
                **time,
                "span": _span(time["span"]),
                "inferred_from": _span(time["inferred_from"]),
            }
        ),
        attribution=Attribution(**{**said, "organisation_span": _span(said["organisation_span"])}),
        reasons=tuple(plain.pop("reasons")),
        flags=tuple(plain.pop("flags")),
        **plain,
    )


def _mention(plain: dict[str, Any], text: str) -> PlaceMention:
    span = Span(**plain["span"])
    candidates = tuple(
        PlaceCandidate(**{**each, "within": tuple(each["within"])}) for each in plain["candidates"]
    )
    return PlaceMention(span, text[span.start : span.end], candidates)


def _span(plain: dict[str, int] | None) -> Span | None:
    return None if plain is None else Span(**plain)
