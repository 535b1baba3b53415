"""Documents of the invented city: what its paper and a survey wrote, read and not yet reviewed.

They are read by the rules alone, in this process: a few lines of plain text need no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from rafiqa.demo import cast
from rafiqa.demo.city import City
from rafiqa.demo.clock import FIRST_DAY
from rafiqa.demo.plan import DAYS
from rafiqa.demo.structure import Said
from rafiqa.land import Actor
from rafiqa.service import Acted, Office
from rafiqa.service.deskstudy import Provenance, keep_study
from rafiqa.service.studying import PRODUCER, published_on, study
from rafiqa.wire.documentworker import read

_ARABIC = """صحيفة {city} المحلية

قال أحد السكان إن الألغام ما زالت في حي {quarter} قرب المدرسة.
وقع انفجار لغم في حي {quarter} يوم {day} وأصيب عامل.
ونفت البلدية وجود ألغام في السوق.
هل توجد ألغام في الحقل؟
"""
_ENGLISH = """Survey notes, {city}

Residents said that unexploded shells remain in the {quarter} quarter near the school.
A mine exploded in the {quarter} quarter on {day} and one worker was injured.
The municipality denied that there are mines in the market.
"""
_MONTHS = (
    *("كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران"),
    *("تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول"),
)


def documents(city: City) -> Iterator[Said]:
    """Yields two documents, kept with what the rules read in them."""
    names = [one.name for one in city.quarters]
    day = DAYS - 30
    told_on = (FIRST_DAY + timedelta(days=day - 9)).date()
    arabic = _ARABIC.format(
        city=city.name.ar,
        quarter=names[0].ar,
        day=f"{told_on.day} {_MONTHS[told_on.month - 1]} {told_on.year}",
    )
    english = _ENGLISH.format(
        city=city.name.en, quarter=names[-1].en, day=f"{told_on:%d %B %Y}".lstrip("0")
    )
    papers = (
        (arabic, Provenance("paper.txt", None, "Marjana weekly · أسبوعية مرجانة", "c")),
        (english, Provenance("notes.txt", None, "edu-swallow", "b")),
    )
    for number, (text, told) in enumerate(papers):
        published = (FIRST_DAY + timedelta(days=day + number - 2)).date().isoformat()
        dated = Provenance(told.name, published, told.source, told.source_grade)
        yield Said(day + number, partial(_studied, text=text), cast.INFORMATION, dated)


def _studied(office: Office, actor: Actor, told: Provenance, *, text: str) -> Acted:
    content = text.encode()
    document = read(content, "never")
    found = study(document, published_on(told.published_on))
    return keep_study(office, actor, document, content, told, found.records, PRODUCER)
