"""Pins and policy, as the file of a plan's decisions names them; every fault of every one.

``{"pins": [{"area_id", "reason", ...}], "policy": {...}}``. A pin without a reason is refused: a
decision over the order is told with it. An unknown key is refused too: a decision that is misspelt
must not be lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, cast

from rafiqa.errors import Fault, InvalidInput
from rafiqa.plan.pin import QUESTIONS, Answer, Pin
from rafiqa.plan.policy import CRITERIA, METHODS, PlanPolicy
from rafiqa.plan.range import Range
from rafiqa.wire.strictjson import TABLE_BYTES, strict_json
from rafiqa.wire.teamfile import ordinal_of, spans_of

_LEVELS = 12
_PIN = {
    "area_id", "reason", "by", "rank", "team", "not_before", "exclude", "after", "needs",
    "closed", "answers",
}  # fmt: skip
_POLICY = {
    "weights", "person_days_per_casualty", "casualties_per_hour", "method", "criteria_ranked",
    "equity_floor", "after_share", "request_tie", "impact_tie", "n_trials", "seed",
}  # fmt: skip
_MOST_TRIALS = 20_000


def decisions_from(data: bytes) -> tuple[dict[str, Pin], PlanPolicy]:
    """Returns the pins by area, and the policy, of a file.

    Raises:
        InvalidInput: not such a file; every fault is listed.
    """
    return decisions_of(strict_json(data, levels=_LEVELS, most_bytes=TABLE_BYTES))


def decisions_of(value: object) -> tuple[dict[str, Pin], PlanPolicy]:
    """Returns the pins by area, and the policy, of a document that was read.

    Raises:
        InvalidInput: every fault of it.
    """
    document = value if isinstance(value, dict) else {"pins": value}
    faults: list[Fault] = [
        Fault("wire.pins.key", key, None, {"key": key, "known": "pins, policy"})
        for key in sorted(set(document) - {"pins", "policy", "note"})
    ]
    pins: dict[str, Pin] = {}
    listed = document.get("pins", [])
    if not isinstance(listed, list):
        faults.append(Fault("wire.pins.shape", "pins"))
        listed = []
    ranks: set[int] = set()
    for at, item in enumerate(listed):
        reader = _PinReader(item, f"pins[{at}]", at + 1)
        pin = reader.pin()
        if pin is not None and pin.area_id in pins:
            reader.fault("wire.pins.twice", "area_id", {"area": pin.area_id})
        if pin is not None and pin.rank is not None and pin.rank in ranks:
            reader.fault("wire.pins.rank-twice", "rank", {"rank": pin.rank})
        faults += reader.faults
        if pin is not None:
            pins[pin.area_id] = pin
            ranks |= {pin.rank} if pin.rank is not None else set()
    told = _PolicyReader(document.get("policy", {}))
    policy = told.policy()
    faults += told.faults
    if faults:
        raise InvalidInput(faults)
    return pins, policy


class _PinReader:
    """One pin being read; every fault is kept."""

    def __init__(self, told: object, path: str, row: int) -> None:
        self._path, self._row = path, row
        self.faults: list[Fault] = []
        self._told: Mapping[str, Any] = told if isinstance(told, dict) else {}
        if not isinstance(told, dict):
            self.fault("wire.pins.shape", "")

    def fault(self, code: str, at: str, params: Mapping[str, str | int] | None = None) -> None:
        """Keeps a fault at a place of this pin."""
        place = f"{self._path}.{at}" if at else self._path
        self.faults.append(Fault(code, place, self._row, params or {}))

    def pin(self) -> Pin | None:
        """Returns the pin; None where anything of it is at fault."""
        told = self._told
        for key in sorted(set(told) - _PIN - {"note"}):
            self.fault("wire.pins.key", key, {"key": key, "known": ", ".join(sorted(_PIN))})
        area, reason = self._text("area_id"), self._text("reason")
        if area is None:
            self.fault("wire.pins.area", "area_id")
        if reason is None:
            self.fault("wire.pins.no-reason", "reason", {"area": area or str(self._row)})
        rank = told.get("rank")
        if rank is not None and (not isinstance(rank, int) or isinstance(rank, bool) or rank < 1):
            self.fault("wire.pins.rank", "rank")
        exclude = told.get("exclude", False)
        if not isinstance(exclude, bool):
            self.fault("wire.pins.exclude", "exclude")
        not_before = None
        if "not_before" in told:
            not_before = ordinal_of(told["not_before"])
            if not_before is None:
                self.fault("wire.pins.date", "not_before")
        after, needs = self._texts("after"), self._texts("needs")
        closed = []
        try:
            closed = spans_of(told.get("closed"), "closed", "wire.pins")
        except InvalidInput as error:
            for fault in error.faults:
                self.fault(fault.code, fault.place)
        answers = self._answers()
        if self.faults or area is None or reason is None:
            return None
        return Pin(
            area,
            reason,
            self._text("by"),
            rank,
            self._text("team"),
            not_before,
            exclude,
            after,
            frozenset(needs),
            tuple(closed),
            answers,
        )

    def _text(self, name: str) -> str | None:
        value = self._told.get(name)
        return value.strip() if isinstance(value, str) and value.strip() else None

    def _texts(self, name: str) -> tuple[str, ...]:
        value = self._told.get(name, [])
        if isinstance(value, list) and all(isinstance(item, str) and item for item in value):
            return tuple(value)
        self.fault("wire.pins.texts", name)
        return ()

    def _answers(self) -> tuple[tuple[str, Answer], ...]:
        told = self._told.get("answers", {})
        if not isinstance(told, dict):
            self.fault("wire.pins.answers", "answers", {"known": ", ".join(QUESTIONS)})
            return ()
        for question, answer in told.items():
            if question not in QUESTIONS or answer not in {"yes", "no", "unknown"}:
                known = {"known": ", ".join(QUESTIONS)}
                self.fault("wire.pins.answers", f"answers.{question}", known)
        return tuple((question, cast("Answer", told[question])) for question in sorted(told))


class _PolicyReader:
    """The policy being read; every fault is kept."""

    def __init__(self, told: object) -> None:
        self.faults: list[Fault] = []
        self._told: Mapping[str, Any] = told if isinstance(told, dict) else {}
        if not isinstance(told, dict):
            self.faults.append(Fault("wire.pins.policy", "policy"))

    def policy(self) -> PlanPolicy:
        """Returns the policy; what is at fault stays as it is by default."""
        told, given = self._told, cast("dict[str, Any]", {})
        for key in sorted(set(told) - _POLICY):
            params: dict[str, str | int] = {"key": key, "known": ", ".join(sorted(_POLICY))}
            self.faults.append(Fault("wire.pins.key", f"policy.{key}", None, params))
        if "weights" in told:
            given["weights"] = self._weights(told["weights"])
        for name, most in (
            ("person_days_per_casualty", 1e12),
            ("equity_floor", 1.0),
            ("after_share", 1.0),
            ("request_tie", 1.0),
            ("impact_tie", 1.0),
        ):
            if name in told and self._is_number(told[name], name, most):
                given[name] = float(told[name])
        for name, most in (("n_trials", _MOST_TRIALS), ("seed", 2**31)):
            if name in told and self._is_number(told[name], name, most):
                given[name] = int(told[name])
        if "casualties_per_hour" in told:
            given["casualties_per_hour"] = self._range(told["casualties_per_hour"])
        if "method" in told:
            given["method"] = self._one_of("method", told["method"], METHODS)
        if "criteria_ranked" in told:
            given["criteria_ranked"] = self._ranked(told["criteria_ranked"])
        return PlanPolicy() if self.faults else PlanPolicy(**given)

    def _weights(self, value: object) -> dict[str, float]:
        told = value if isinstance(value, dict) else {"": 0}
        for name, weight in told.items():
            self._one_of(f"weights.{name}", name, CRITERIA)
            self._is_number(weight, f"weights.{name}", 1e6)
        return dict(told)

    def _ranked(self, value: object) -> tuple[str, ...]:
        told = value if isinstance(value, list) else [""]
        for at, name in enumerate(told):
            self._one_of(f"criteria_ranked[{at}]", name, CRITERIA)
        if len(set(map(str, told))) < len(told):
            self._fault("criteria_ranked")
        return tuple(told)

    def _range(self, value: object) -> Range:
        told: list[Any] = value if isinstance(value, list) and len(value) == 3 else [None]
        sound = [self._is_number(each, "casualties_per_hour", 1.0) for each in told]
        if not all(sound):
            return Range(0.0, 0.0, 0.0)
        if not told[0] <= told[1] <= told[2]:
            self._fault("casualties_per_hour")
        return Range(*map(float, told))

    def _one_of(self, at: str, value: object, known: tuple[str, ...]) -> Any:
        if value not in known:
            params: dict[str, str | int] = {"known": ", ".join(known)}
            self.faults.append(Fault("wire.pins.not-known", f"policy.{at}", None, params))
        return value

    def _is_number(self, value: object, at: str, most: float) -> bool:
        sound = (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and isfinite(value)
            and 0 <= value <= most
        )
        if not sound:
            self._fault(at)
        return sound

    def _fault(self, at: str) -> None:
        self.faults.append(Fault("wire.pins.number", f"policy.{at}"))
