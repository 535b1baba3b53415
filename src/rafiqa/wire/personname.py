"""Names of columns that say who somebody is.

Only where the whole name says so: every word of it is a person's part in something, or what is told
of a person. A column that merely begins or ends like one ("victim_activity", "hostname",
"village_name", "name_of_area") tells of the hazard, and stays.
"""

from __future__ import annotations

import re
from typing import Final

_COUNT_DIGITS: Final = 3
_PARTS: Final = (
    *("victim", "victims", "casualty", "casualties", "informant", "informants", "interviewee"),
    *("reporter", "reporters", "reportedby", "witness", "witnesses", "claimant", "guardian"),
    *("contact", "contacts", "respondent", "phone", "phones", "telephone", "telephones"),
)
"""What somebody is in a record. A telephone is somebody's."""
_TOLD: Final = (
    *("name", "names", "full", "fullname", "first", "middle", "last", "surname", "family"),
    *("father", "mother", "nickname", "person", "persons", "number", "mobile", "email", "mail"),
    *("address", "home", "nationality", "occupation", "birth", "birthdate", "details", "info"),
)
"""What is told of a person."""
_SHORT: Final = frozenset({"id", "no", "nr", "of", "the", "s", "dob", "tel", "by", "date", "year"})
"""Words that mean nothing within another one."""
_WORDS: Final = re.compile(f"(?:{'|'.join(sorted((*_PARTS, *_TOLD), key=len, reverse=True))})+")
_PART: Final = re.compile("|".join(_PARTS))
_APART: Final = re.compile(r"[\W_\d]+|(?<=[a-z])(?=[A-Z])")
_REPORTED_BY: Final = re.compile(r"(?i:reported)[\W_]*(?i:by)(?![a-z])")


def is_count(value: object) -> bool:
    """Returns whether a value is how many there were and no name or telephone."""
    text = str(value).strip()
    return text.isdigit() and len(text) <= _COUNT_DIGITS


def names_persons(name: str, value: object) -> bool:
    """Returns whether a column so named says who somebody is, and not only how many there were."""
    if is_count(value):
        return False
    joined = _REPORTED_BY.sub("reportedby", name)
    words = [word.casefold() for word in _APART.split(joined) if word]
    # In another language no word is known here, and nothing is cut.
    return any(_PART.search(word) for word in words) and all(
        word in _SHORT or _WORDS.fullmatch(word) for word in words
    )
