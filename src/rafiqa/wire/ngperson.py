"""Which columns and labels of older systems say who somebody is, by their whole names.

Besides what begins as columns of persons do (``names_persons``): what the dictionary calls the
words of an identity, in every language, and what IMSMA's own forms call who told, wrote or signed.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from rafiqa.dictionary import dictionary

_IDENTITIES: Final = ("reporter_identity", "victim_identity")
_OPEN: Final = frozenset({"name", "address", "report", "victim"})
"""Aliases of words of an identity that of a hazard or an accident mean the place or its name."""
_FORMS: Final = frozenset(
    {
        *("reporter", "reportername", "reportedbyname", "interviewee", "intervieweename"),
        *("interviewer", "interviewername", "sourcename", "nameofsource", "personname", "person"),
        *("firstname", "lastname", "surname", "familyname", "fullname", "fathername"),
        *("mothername", "telephone", "mobilephone", "mobilenumber", "phonenumber", "email"),
        *("emailaddress", "survivor", "survivorname", "casualtyname", "ownername", "landowner"),
        *("landownername", "dataenterer", "dataentrer", "dataenteredby", "reportcompletedby"),
        *("completedby", "reportverifiedby", "verifiedby", "teamleader", "teamleadername"),
    }
)
_JOINTS: Final = re.compile(r"[\s_.\-]+")


def says_who(name: str) -> bool:
    """Returns whether a column or a label by its whole name says who somebody is."""
    return _whole(name) in _known()


@cache
def _known() -> frozenset[str]:
    found = set(_FORMS)
    for record in _IDENTITIES:
        for field in dictionary().records[record].fields:
            if field.type != "text":
                continue
            labels = (field.labels.of(lang) for lang in ("en", "ar", "ckb", "kmr"))
            found |= {_whole(each) for each in (field.name, *field.aliases, *labels)}
    return frozenset(found - _OPEN)


def _whole(name: str) -> str:
    return _JOINTS.sub("", name.casefold())
