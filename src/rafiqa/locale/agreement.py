"""Whether two catalogues say the same things."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from rafiqa.locale.assurance import assuring_words
from rafiqa.locale.catalogue import placeholders

PLURALS = ("zero", "one", "two", "few", "many", "other")


def disagreements(
    left: Mapping[str, str], right: Mapping[str, str], names: tuple[str, str] = ("en", "ar")
) -> list[str]:
    """Every difference between two catalogues, one line each; empty when they agree.

    Both must hold the same codes, each with a text and the same placeholders. Plural variants
    may differ, since languages count differently, but each family needs its ``.other``. A
    text with a word that promises the absence of danger is listed too.
    """
    found = [*_missing(left, right, names), *_missing(right, left, names[::-1])]
    for code in sorted(left.keys() & right.keys()):
        ours, theirs = placeholders(left[code]), placeholders(right[code])
        if ours != theirs:
            found.append(f"{code}: placeholders differ: {sorted(ours)} and {sorted(theirs)}")
    for name, entries in zip(names, (left, right), strict=True):
        found += _faulty(entries, name)
    return found


def codes_twice(written: str) -> tuple[str, ...]:
    """The codes that have more than one text in a file; only the last of them would be told."""
    times = Counter(re.findall(r'^msgid "(.+)"$', written, re.MULTILINE))
    twice = {code for code, n in times.items() if n > 1}
    # As a merge leaves it: one code, and both texts beneath it.
    twice |= set(re.findall(r'^msgid "(.+)"\n(?:msgstr ".*"\n){2,}', written, re.MULTILINE))
    return tuple(sorted(twice))


def _missing(
    here: Mapping[str, str], there: Mapping[str, str], names: tuple[str, str]
) -> list[str]:
    plural = {_family(code) for code in there if f"{_family(code)}.other" in there}
    return [
        f"{code}: in {names[0]}, not in {names[1]}"
        for code in sorted(here.keys() - there.keys())
        if not (_is_variant(code, here) and _family(code) in plural)
    ]


def _faulty(entries: Mapping[str, str], name: str) -> list[str]:
    found: list[str] = []
    for code, words in sorted(entries.items()):
        if not words.strip():
            found.append(f"{code}: empty in {name}")
        found += [f"{code}: says {word!r} in {name}" for word in assuring_words(words)]
    return found


def _is_variant(code: str, entries: Mapping[str, str]) -> bool:
    return code.endswith(tuple(f".{form}" for form in PLURALS)) and (
        f"{_family(code)}.other" in entries
    )


def _family(code: str) -> str:
    return code.rpartition(".")[0]
