"""Whether a thing is said to be so: asked over the whole sentence, from its clause out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rafiqa.study.lexicon import Tag
from rafiqa.study.reading import Passage
from rafiqa.study.record import Polarity

_FUTURE: Final = re.compile(r"^[وف]?س(?:[يتن])\w{3,}$")
_NO_FUTURE: Final = re.compile(
    r"^[وف]?س(?:يار|ياس|يطر|يد|ينا|يما|يرا|يول|تين|تون|تار|ياج|ياق|يره|تات|نوات|نوي|تشفي|يوف|ينم|يسم|يؤ*$)"
)
_SUBJUNCTIVE: Final = re.compile(
    r"(?:^| )(?:بكر|ببر|بگهر|هلبگير|ههلبگير|بين |ben |were |werin |be )"
)
_CARRIES: Final = frozenset({
    "clear_verb", "clear_noun", "find", "lay", "explode", "blow_up", "damage", "rebuild", "return",
    "exist", "free_of", "live", "build",
})  # fmt: skip
"""Families that take up what was denied: a negation reaches no further than the first of them."""
_RESETS: Final = frozenset(
    {"was", "were", "has", "have", "had", "تم", "تمت", "وتم", "وتمت", "قد", "وقد"}
)
_GIVEN: Final = frozenset({"because", "presupposed"})
"""A cause stands, whatever came of it is denied, planned or due: «not farmed because of mines»."""
_NOUNS: Final = frozenset({"clear_noun", "rebuild", "return"})
_NEAR: Final = 4
_REACH: Final = 2
"""Clauses over which a condition reaches forward."""
_VERB_LAST: Final = frozenset({"ckb", "kmr"})
"""Languages whose negation stands on the verb, at the end of its clause."""


@dataclass(frozen=True, slots=True)
class Said:
    """A polarity and the code of what made it so."""

    polarity: Polarity
    reason: str


def said_of(passage: Passage, trigger: Tag) -> Said:
    """Returns whether what a trigger names is said to be so.

    The first that holds: a question, a condition or principle, a denial, a negation, a plan, a
    doubt. A question, a denial and a condition reach over the whole sentence up to a word of
    contrast; the others over the clause, and over a clause before it that names nothing itself.
    """
    checks = (_question, _principle, _denial, _negation, _plan, _doubt)
    for check in checks:
        found = check(passage, trigger)
        if found is not None:
            return found
    if passage.of("imperative"):
        return Said("ambiguous", "imperative")
    return Said("asserted", "plain")


def _question(passage: Passage, trigger: Tag) -> Said | None:
    if passage.sentence.asked:
        return Said("question", "question-mark")
    for tag in passage.of("question"):
        if tag.first <= trigger.first and not _contrast(passage, tag.first, trigger.first):
            return Said("question", "question-word")
    return None


def _principle(passage: Passage, trigger: Tag) -> Said | None:
    for tag in passage.of("condition"):
        clauses = passage.clause_of(trigger.first) - passage.clause_of(tag.first)
        near = tag.first <= trigger.first and clauses <= _REACH
        near = near and not _because(passage, tag.first, trigger.first)
        if near and not _contrast(passage, tag.first, trigger.first):
            return Said("principle", "condition")
    for tag in () if trigger.family in _GIVEN else _governing(passage, trigger, "principle"):
        if not _because(passage, tag.last, trigger.first):
            return Said("principle", "principle-word")
    return None


def _denial(passage: Passage, trigger: Tag) -> Said | None:
    if passage.of("falsity"):
        return Said("denied", "falsity")
    for tag in passage.of("deny"):
        low, high = min(tag.first, trigger.first), max(tag.first, trigger.first)
        if _contrast(passage, low, high) or (tag.first > trigger.first and _turned(passage, tag)):
            continue
        if any(0 < tag.first - each.last <= 2 for each in passage.of("negation", "negated_verb")):
            return Said("ambiguous", "denial-denied")
        return Said("denied", "denial")
    return None


def _turned(passage: Passage, tag: Tag) -> bool:
    """A denial of its own after «and»: «X was found, and the mayor denied Y»."""
    before = passage.words[max(0, tag.first - 4) : tag.first]
    return any(word.key == "and" for word in before)


def _negation(passage: Passage, trigger: Tag) -> Said | None:
    if trigger.family in _GIVEN:
        return None
    clause = passage.clause_of(trigger.first)
    start, end = passage.clauses[clause]
    for tag in passage.of("negated_verb"):
        if passage.language in _VERB_LAST and start <= tag.first < end:
            return _or_doubt(passage, trigger, "negated-verb")
        touching = tag.first <= trigger.last and trigger.first <= tag.last
        near = start <= tag.first < end and abs(tag.first - trigger.last) <= _NEAR + 2
        if (touching or near) and not _because(passage, tag.last, trigger.first):
            return _or_doubt(passage, trigger, "negated-verb")
    for tag in passage.of("negation"):
        behind = trigger.family in _NOUNS and trigger.last < tag.first < end
        if _negates(passage, tag, trigger) or (behind and _not_done(passage, trigger, tag)):
            return _or_doubt(passage, trigger, "negation")
    for tag in passage.of("not_yet"):
        if 0 < trigger.first - tag.last <= _NEAR + 2 and start <= tag.first:
            return Said("ambiguous", "not-yet")
    return None


def _or_doubt(passage: Passage, trigger: Tag, reason: str) -> Said:
    return (
        Said("ambiguous", "doubt")
        if _governing(passage, trigger, "maybe")
        else Said("negated", reason)
    )


def _negates(passage: Passage, tag: Tag, trigger: Tag) -> bool:
    if passage.language == "en" and passage.words[tag.first].key in {
        "no",
        "none",
        "nothing",
        "nobody",
    }:
        return _negates_noun(passage, tag, trigger)
    if tag.first >= trigger.first and not (tag.first == trigger.first and tag.last < trigger.last):
        return False
    return _reaches(passage, tag, trigger)


def _negates_noun(passage: Passage, tag: Tag, trigger: Tag) -> bool:
    clause = passage.clause_of(trigger.first)
    start, end = passage.clauses[clause]
    return start <= tag.first < end and not _because(passage, tag.last, trigger.first)


def _not_done(passage: Passage, trigger: Tag, tag: Tag) -> bool:
    """«The clearance of the mines was never finished»: what is denied stands before the denial."""
    return not any(
        trigger.last < each.first < tag.first for each in passage.of(*_CARRIES, "because")
    )


def _reaches(passage: Passage, tag: Tag, trigger: Tag) -> bool:
    clause, own = passage.clause_of(tag.first), passage.clause_of(trigger.first)
    if _because(passage, tag.last, trigger.first) or _contrast(passage, tag.first, trigger.first):
        return False
    between = [
        each
        for each in passage.of(*_CARRIES)
        if tag.last < each.first and each.last < trigger.first
    ]
    if clause != own:
        last = passage.clauses[clause][1] - 1
        broken_off = last - tag.last <= 1 and own - clause <= 2
        return broken_off and not between and not _starts_anew(passage, own)
    if not between:
        return not (trigger.family in {"exist", "find"} and _and_after(passage, tag, trigger))
    after = passage.words[between[0].last + 1 : trigger.first]
    return not any(word.key in _RESETS for word in after)


def _and_after(passage: Passage, tag: Tag, trigger: Tag) -> bool:
    """«Were not dealt with and lie in the open»: what follows «and» is said anew."""
    words = passage.words[tag.last + 1 : trigger.first]
    ands = [n for n, word in enumerate(words) if word.key == "and"]
    return bool(ands) and ands[-1] >= 2


def _plan(passage: Passage, trigger: Tag) -> Said | None:
    if trigger.family in _GIVEN:
        return None
    for tag in _governing(passage, trigger, "plan"):
        if not _because(passage, tag.last, trigger.first):
            return Said("plan", "plan-word")
    start, end = passage.clauses[passage.clause_of(trigger.first)]
    noun = trigger.family in _NOUNS or is_infinitive(passage, trigger)
    if noun and any(trigger.last < tag.first < end for tag in passage.of("plan")):
        return Said("plan", "plan-word")
    for word in passage.words[start : trigger.first + 1]:
        if _FUTURE.match(word.key) and not _NO_FUTURE.match(word.key):
            return Said("plan", "future")
    if passage.language in _VERB_LAST and trigger.family in {"clear_verb", "rebuild", "return"}:
        said = " ".join(word.key for word in passage.words[trigger.first : trigger.last + 2])
        if _SUBJUNCTIVE.search(said + " "):
            return Said("plan", "subjunctive")
    return None


def is_infinitive(passage: Passage, trigger: Tag) -> bool:
    """Returns whether a trigger is an English infinitive: «to clear» says of nothing done."""
    return (
        passage.language == "en"
        and trigger.first > 0
        and passage.words[trigger.first - 1].key == "to"
    )


def _doubt(passage: Passage, trigger: Tag) -> Said | None:
    return Said("ambiguous", "doubt") if _governing(passage, trigger, "maybe") else None


def _governing(passage: Passage, trigger: Tag, family: str) -> tuple[Tag, ...]:
    """Tags of a family that stand over the trigger: before it in its clause, or in one before.

    The clause before counts where it names nothing that happens itself.
    """
    own = passage.clause_of(trigger.first)
    start, end = passage.clauses[own]
    first = start
    while own > 0 and not _carries(passage, own - 1) and not _starts_anew(passage, own):
        own -= 1
        first = passage.clauses[own][0]
    found = [
        tag
        for tag in passage.of(family)
        if first <= tag.first <= trigger.last and not _contrast(passage, tag.first, trigger.first)
    ]
    if passage.language in _VERB_LAST:
        found += [tag for tag in passage.of(family) if trigger.last < tag.first < end]
    return tuple(found)


def _carries(passage: Passage, clause: int) -> bool:
    start, end = passage.clauses[clause]
    return any(start <= tag.first < end for tag in passage.of(*_CARRIES, "casualty"))


def _starts_anew(passage: Passage, clause: int) -> bool:
    start, _ = passage.clauses[clause]
    return any(tag.first in {start, start + 1} for tag in passage.of("contrast", "clause_start"))


def _contrast(passage: Passage, first: int, last: int) -> bool:
    return any(first < tag.first <= last for tag in passage.of("contrast"))


def _because(passage: Passage, first: int, last: int) -> bool:
    return any(first < tag.first <= last for tag in passage.of("because"))
