"""What is judged to be left, as plain JSON values with its words.

Rounded against us: what may be left up, how likely nothing is left down.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from rafiqa.land import Reason
from rafiqa.risk.judgement import AreaJudged, PartJudged
from rafiqa.risk.residual import Left
from rafiqa.wire.answer import reason_json

METHOD = (
    "items found and left are Poisson, their mean Gamma, the chance to find Beta; exact given that;"
    " bounds as if the chance were lower by the allowance"
)
_SCALE = 10_000


def residual_json(answer: AreaJudged, lang: str) -> dict[str, Any]:
    """Returns what is judged to be left of an area, part by part, with what it rests on."""
    assumed = answer.assumed
    return {
        "area_id": answer.area_id,
        "parts": [_part(part, answer, lang) for part in answer.parts],
        "total": _left(answer.total),
        "reasons": [reason_json(reason, lang) for reason in answer.reasons],
        "detection": {
            "believed_mean": _down(answer.believed.mean),
            "seeds_laid": answer.seeds_laid,
            "seeds_found": answer.seeds_found,
            "lowest_by_seeds": _down(answer.lowest),
        },
        "assumed": {
            "items_before": assumed.items,
            "common_cause": assumed.common_cause,
            "allowance": assumed.allowance,
            "together": assumed.together,
            "confidence": assumed.confidence,
            "depth_shares": [
                {"until_cm": layer.until_cm, "share": round(layer.share, 4)}
                for layer in answer.layers
            ],
        },
        "method": METHOD,
    }


def part_reasons(part: PartJudged, answer: AreaJudged) -> Iterator[Reason]:
    """Yields what is judged of one part in words: its figures, or why there are none."""
    subjects = (part.part_id,)
    if part.in_doubt:
        yield Reason("api.part.in-doubt", {"part": part.part_id}, subjects)
    if part.left is None:
        yield from part.against
        return
    left = part.left
    params: dict[str, str | int] = {
        "part": part.part_id,
        "depth_cm": part.depth_cm or 0,
        "found": part.found or 0,
        "expected": shown(left.expected),
        "upper": left.upper,
        "confidence_percent": math.floor(left.confidence * 100 + 1e-9),
        "none_percent": math.floor(left.p_none * 100),
        "deeper": shown(left.expected_deeper),
    }
    yield Reason("risk.residual.part", params, subjects)
    stated: dict[str, str | int] = {
        "part": part.part_id,
        "allowance_percent": math.floor(answer.assumed.allowance * 100 + 1e-9),
        "upper": left.upper_as_stated,
        "none_percent": math.floor(left.p_none_as_stated * 100),
    }
    yield Reason("risk.residual.as-stated", stated, subjects)


def _part(part: PartJudged, answer: AreaJudged, lang: str) -> dict[str, Any]:
    return {
        "part_id": part.part_id,
        "work_id": part.work_id,
        "area_m2": part.area_m2,
        "depth_cm": part.depth_cm,
        "found": part.found,
        "released": part.released,
        "in_doubt": part.in_doubt,
        "left": _left(part.left),
        "reasons": [reason_json(reason, lang) for reason in part_reasons(part, answer)],
    }


def _left(left: Left | None) -> dict[str, Any] | None:
    if left is None:
        return None
    return {
        "expected": _up(left.expected),
        "upper": left.upper,
        "confidence": left.confidence,
        "p_none": _down(left.p_none),
        "as_stated": {
            "expected": _up(left.expected_as_stated),
            "upper": left.upper_as_stated,
            "p_none": _down(left.p_none_as_stated),
        },
        "expected_deeper": _up(left.expected_deeper),
    }


def _up(number: float) -> float:
    return math.ceil(number * _SCALE - 1e-6) / _SCALE


def _down(chance: float) -> float:
    return math.floor(chance * _SCALE + 1e-6) / _SCALE


def shown(number: float) -> str:
    """Returns an expected number for people, rounded up to two decimals."""
    return f"{math.ceil(number * 100 - 1e-6) / 100:,.2f}"
