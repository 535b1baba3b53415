"""Events: what a clause says happened, from the families that stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rafiqa.study.lexicon import Tag
from rafiqa.study.polarity import is_infinitive, said_of
from rafiqa.study.reading import HAZARDS, Passage
from rafiqa.study.record import EventType

_NEAR: Final = 7
_LOOK_BACK: Final = 2
"""Clauses of the same sentence in which the hazard of «it was removed» may stand."""
_REPAIRS: Final = ("reopen", "restor", "fix", "repair", "pave", "صيانه", "complet")
"""What may be mended besides works of a town: they must be named."""
_GAS: Final = frozenset({"غاز", "اسطوانه", "gas", "boiler", "غازي", "مرجل", "gaz", "cylinder"})
_DESTROYED: Final = frozenset({"destroyed", "eliminated", "cleaned", "دمرت"})

_CONTAMINATED: Final = {
    "lay": "laid", "find": "found", "because": "cause", "exist": "there", "warn": "warned",
    "everywhere": "there",
}  # fmt: skip
"""What says of a hazard that it is there, and the reason that it gives."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a clause says happened: the words that say so, the hazards that they name, and why.

    Attributes:
        trigger: the family at the words that say so.
        hazards: tags of hazards; of ``explosive_unspecified`` may be the trigger's own words.
    """

    event_type: EventType
    trigger: Tag
    hazards: tuple[Tag, ...]
    reasons: tuple[str, ...] = ()


class _Clause:
    """The tags of one clause, asked by family."""

    def __init__(self, passage: Passage, number: int) -> None:
        self.passage = passage
        self.number = number
        self.start, self.end = passage.clauses[number]
        self.tags = [tag for tag in passage.tags if self.start <= tag.first < self.end]
        self.hazards = tuple(tag for tag in self.tags if tag.family in HAZARDS)

    def of(self, *families: str) -> list[Tag]:
        return [tag for tag in self.tags if tag.family in families]

    def first(self, *families: str) -> Tag | None:
        found = self.of(*families)
        return found[0] if found else None

    def nearby_hazards(self) -> tuple[Tag, ...]:
        """Its own hazards; else those of the clauses just before, else of the one after."""
        if self.hazards:
            return self.hazards
        numbers = [*range(self.number - 1, self.number - 1 - _LOOK_BACK, -1), self.number + 1]
        turns = {self.passage.clause_of(tag.first) for tag in self.passage.of("contrast")}
        for number in numbers:
            if max(number, self.number) in turns:
                break
            if 0 <= number < len(self.passage.clauses):
                start, end = self.passage.clauses[number]
                found = tuple(tag for tag in self.passage.of(*HAZARDS) if start <= tag.first < end)
                if found:
                    return found
        return ()


def events_of(passage: Passage, number: int, *, hazards_spoken_of: bool) -> tuple[Event, ...]:
    """Returns what a clause says happened.

    Args:
        passage: the sentence.
        number: of the clause.
        hazards_spoken_of: somewhere in the document; ground that was «cleared» is then taken to be
            cleared of them.
    """
    clause = _Clause(passage, number)
    found = [
        *_accident(clause),
        *_clearance(clause, hazards_spoken_of=hazards_spoken_of),
        *_blown_up(clause),
    ]
    if not found:
        found += _contamination(clause)
    elif all(event.event_type == "clearance_claimed" for event in found):
        found += _presupposed(clause)
    found += [*_damage(clause, found), *_rebuilding(clause), *_people(clause)]
    if not found:
        found += [*_notice(clause), *_service(clause)]
    return tuple(_without_topics(clause, found))


def _without_topics(clause: _Clause, found: Sequence[Event]) -> list[Event]:
    """Drops what a meeting, a paper or a course is only about."""
    topics = clause.of("topic")
    if not topics:
        return list(found)
    told = {"accident", "detonation", "return_of_residents"}
    verbs = {"clear_verb", "find", "lay"}
    return [
        event
        for event in found
        if event.event_type in told
        or event.trigger.family in verbs
        or (event.trigger.family == "exist" and topics[0].first > event.trigger.first)
    ]


def _accident(clause: _Clause) -> list[Event]:
    explode, hurt = clause.first("explode"), clause.first("casualty")
    step = clause.first("step_on")
    hazards = clause.nearby_hazards() if explode or step or hurt else ()
    harmed = hurt is not None and _is_so(clause, hurt)
    by_gas = any(word.key in _GAS for word in clause.passage.words[clause.start : clause.end])
    if by_gas and not clause.hazards:
        return []
    if step and clause.hazards:
        return [Event("accident", step, clause.hazards, ("set-off",))]
    if explode:
        named = hazards or (
            (Tag("explosive_unspecified", explode.first, explode.last),) if harmed else ()
        )
        if not named:
            return []
        cleared = clause.first("clear_verb")
        if harmed or clause.first("vehicle") or _harmed_nearby(clause):
            return [Event("accident", explode, named, ("explosion", "victims"))]
        return [] if cleared else [Event("detonation", explode, named, ("explosion",))]
    if hurt and clause.hazards and (harmed or not clause.first("find", "exist", "clear_verb")):
        return [Event("accident", hurt, clause.hazards, ("victims",))]
    return []


def _harmed_nearby(clause: _Clause) -> bool:
    """Victims in the clause before or after: «a mine exploded, three were injured»."""
    for number in (clause.number - 1, clause.number + 1):
        if 0 <= number < len(clause.passage.clauses):
            other = _Clause(clause.passage, number)
            hurt = other.first("casualty")
            if hurt and not other.hazards and _is_so(other, hurt):
                return True
    return False


def _is_so(clause: _Clause, tag: Tag) -> bool:
    return said_of(clause.passage, tag).polarity not in {"negated", "denied"}


def _clearance(clause: _Clause, *, hazards_spoken_of: bool) -> list[Event]:
    free = clause.first("free_of")
    if free and clause.nearby_hazards():
        return [Event("clearance_claimed", free, clause.nearby_hazards(), ("free-of",))]
    for trigger in (*clause.of("clear_verb"), *clause.of("clear_noun")):
        if _destroys_a_work(clause, trigger) or _is_rubble(clause, trigger):
            continue
        hazards = clause.hazards
        if not hazards and not _is_rebuilt(clause, trigger):
            hazards = clause.nearby_hazards()
        if hazards:
            return [Event("clearance_claimed", trigger, hazards, _done(clause, trigger))]
        if clause.first("ground") and hazards_spoken_of and not _is_rebuilt(clause, trigger):
            own = Tag("explosive_unspecified", trigger.first, trigger.last)
            clean = any(tag.first == trigger.first for tag in clause.of("clean"))
            why = "cleaning" if clean else "ground-cleared"
            return [Event("clearance_claimed", trigger, (own,), (why, *_done(clause, trigger)))]
    return []


def _done(clause: _Clause, trigger: Tag) -> tuple[str, ...]:
    """Whether a noun of clearing is said to have been done, and whether it goes on."""
    under_way = ("under-way",) if clause.first("under_way") else ()
    if trigger.family == "clear_noun" or is_infinitive(clause.passage, trigger):
        done = [tag for tag in clause.of("done") if tag.first <= trigger.first + _NEAR]
        verbs = clause.first("under_way", "say")
        if not done and not verbs:
            return ("not-said-done", *under_way)
    return under_way


def _is_rubble(clause: _Clause, trigger: Tag) -> bool:
    keys = {word.key for word in clause.passage.words[trigger.first : trigger.last + 3]}
    return (
        bool(
            keys
            & {"الانقاض", "الركام", "انقاض", "ركام", "rubble", "debris", "snow", "garbage", "waste"}
        )
        and not clause.hazards
    )


def _is_rebuilt(clause: _Clause, trigger: Tag) -> bool:
    return any(
        tag.first <= trigger.last and trigger.first <= tag.last for tag in clause.of("rebuild")
    )


def _destroys_a_work(clause: _Clause, trigger: Tag) -> bool:
    """«A mine destroyed the bridge» clears nothing; «teams destroyed 40 mines» does."""
    words = clause.passage.words
    if words[trigger.first].key not in _DESTROYED:
        return False
    passive = trigger.first > 0 and words[trigger.first - 1].key in {"was", "were", "been", "and"}
    near = [
        tag
        for tag in clause.hazards
        if 0 < tag.first - trigger.last <= 5 or (passive and 0 < trigger.first - tag.last <= 5)
    ]
    return not near


def _blown_up(clause: _Clause) -> list[Event]:
    trigger = clause.first("blow_up")
    if trigger is None or not clause.hazards:
        return []
    if any(tag.first <= trigger.first <= tag.last for tag in clause.of("clear_verb")):
        return []
    agent = clause.first("by", "organisation", "clearing_body", "ours")
    return [Event("detonation", trigger, clause.hazards, () if agent else ("no-agent",))]


def _contamination(clause: _Clause) -> list[Event]:
    if not clause.hazards:
        return []
    triggers = clause.of(*_CONTAMINATED)
    if triggers:
        trigger = min(triggers, key=lambda tag: (_gap(tag, clause.hazards), tag.first))
        why = (_CONTAMINATED[trigger.family],)
        return [Event("contamination_reported", trigger, clause.hazards, why)]
    if clause.first("ground", "asset") and not clause.first("topic", "clearing_body", "casualty"):
        return [Event("contamination_reported", clause.hazards[0], clause.hazards, ("named-only",))]
    return []


def _presupposed(clause: _Clause) -> list[Event]:
    """«The mines planted in the fields must be removed»: they are there, whatever must be."""
    for tag in clause.of("presupposed"):
        if any(_between(tag, each) <= 2 for each in clause.hazards):
            return [Event("contamination_reported", tag, clause.hazards, ("presupposed",))]
    return []


def _between(tag: Tag, other: Tag) -> int:
    return max(tag.first - other.last, other.first - tag.last, 0)


def _gap(tag: Tag, hazards: Sequence[Tag]) -> tuple[int, int]:
    """Words between a trigger and the hazard nearest to it; then the order of the families."""
    gap = min(_between(tag, each) for each in hazards)
    return gap // 2, list(_CONTAMINATED).index(tag.family)


def _damage(clause: _Clause, found: Sequence[Event]) -> list[Event]:
    for trigger in clause.of("damage"):
        if any(event.trigger.first == trigger.first for event in found):
            continue
        works = [
            tag
            for tag in clause.of("asset")
            if tag.first != trigger.first and abs(tag.first - trigger.first) <= _NEAR
        ]
        if works:
            return [Event("infrastructure_damage", trigger, (), ("damage", "works"))]
    return []


def _rebuilding(clause: _Clause) -> list[Event]:
    trigger = clause.first("rebuild")
    words = clause.passage.words
    if trigger and words[trigger.first].key.startswith(_REPAIRS) and not clause.first("asset"):
        return []
    if trigger is not None:
        return [Event("reconstruction", trigger, (), ("rebuilt",))]
    built = clause.first("build")
    if built is not None:
        near = [tag for tag in clause.of("asset") if 0 < abs(tag.first - built.first) <= _NEAR]
        bare = clause.passage.words[built.first : built.last + 2]
        if (
            near
            or any(word.key in {"عمليه", "اعمال"} for word in bare)
            or _of_process(clause, built)
        ):
            return [Event("reconstruction", built, (), ("built",))]
        if built.last + 1 in clause.passage.placed:
            return [Event("reconstruction", built, (), ("built", "place"))]
    return []


def _of_process(clause: _Clause, built: Tag) -> bool:
    return built.first > 0 and clause.passage.words[built.first - 1].key in {"عمليه", "اعمال"}


def _people(clause: _Clause) -> list[Event]:
    people = clause.first("people") or _people_before(clause)
    found: list[Event] = []
    back, living = clause.first("return"), clause.first("live")
    if back and people:
        found.append(Event("return_of_residents", back, (), ("returned", "people")))
    elif living and people:
        found.append(Event("population_presence", living, (), ("living", "people")))
    return found


def _people_before(clause: _Clause) -> Tag | None:
    """«Few residents, if any, have returned»."""
    for number in range(clause.number - 1, max(-1, clause.number - 1 - _LOOK_BACK), -1):
        other = _Clause(clause.passage, number)
        if other.first("people"):
            return other.first("people")
    return None


def _notice(clause: _Clause) -> list[Event]:
    warn, attack = clause.first("warn"), clause.first("attack")
    if warn and clause.first("people", "ground", "asset"):
        return [Event("security_notice", warn, (), ("warned",))]
    if attack and clause.first("continue"):
        return [Event("security_notice", attack, (), ("attacks-go-on",))]
    return []


def _service(clause: _Clause) -> list[Event]:
    service, begun = clause.first("service"), clause.first("begin_service")
    if service and begun and abs(service.first - begun.first) <= _NEAR:
        return [Event("other_civil", begun, (), ("service",))]
    return []
