"""Words that may name a group or a person, as far as a machine can tell.

A notice to everybody names neither: a person told of is a person in danger, and a group told of
makes the office a side. This finds what is easy to find; a second person reads the rest.
"""

from __future__ import annotations

import re
import unicodedata

# Marks of direction stand between the digits of a number that was copied out of Arabic text.
_NUMBER = re.compile(
    "(?:[+\\d٠-٩۰-۹][\\s()./\\-\u2010-\u2015\u200e\u200f\u202a-\u202e\u2066-\u2069]{0,3}){6,}"
)
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|@\w+|\b[\w-]+\.[a-z]{2,6}/\S+", re.IGNORECASE)
_DEGREES = re.compile(r"\d{1,3}(?:[.٫]\d{3,}|[,،]\d{4,})|\d{1,3}\s?[°º]\s?\d")
_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Sheikh|Shaykh|Imam|Colonel|Captain|Major|General|Lieutenant|Sergeant|Abu|Umm)"
    r"\.?\s+[A-Z]\w+"
)
_ENGLISH = re.compile(
    r"\b(?:army|militia\w*|brigade\w*|battalion\w*|regiment\w*|insurgent\w*|terroris\w+|rebels?|"
    r"fighters?|soldiers?|factions?|regime|gangs?|tribes?|clans?|family of|house of)\b",
    re.IGNORECASE,
)
_ARABIC = re.compile(
    r"(?<!\w)[وفبكل]?(?:ال|ل)?(?:سيد|سيدة|دكتور|شيخ|أبو|أبي|ابن|آل|عقيد|نقيب|رائد|عميد|جيش|"
    r"ميليشيا\w*|مليشيا\w*|كتيبة|كتائب|لواء|ألوية|فصيل|فصائل|إرهاب\w*|مسلح\w*|مقاتل\w*|جنود|"
    r"جندي|عصابة|عشيرة|قبيلة|عائلة|تنظيم|حزب)(?!\w)"
)
_KURDISH = re.compile(
    r"(?<!\w)(?:سوپا|میلیشیا\w*|چەکدار\w*|حزب|پارتی|artêş|milîs\w*|çekdar\w*|partiya|şervan\w*)(?!\w)",
    re.IGNORECASE,
)
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")
_FINDERS = (_NUMBER, _ADDRESS, _DEGREES, _TITLE, _ENGLISH, _ARABIC, _KURDISH)


def naming_words(text: str) -> tuple[str, ...]:
    """Every word of a text that may name a group, a person, or a way to them.

    Titles, kinds of armed groups, telephone numbers, addresses and positions. A name that stands
    alone is not found.
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFC", text))
    return tuple(found.group(0).strip() for each in _FINDERS for found in each.finditer(plain))
