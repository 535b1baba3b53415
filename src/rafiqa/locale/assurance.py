"""The words that promise what no record can: that ground will do nobody harm.

A text says "released to 20 cm on 3 May", never that a place carries no danger. The ban is
held by a test over all catalogues and the data dictionary.
"""

from __future__ import annotations

import re
import unicodedata

_ENGLISH = re.compile(r"\b(?:un)?safe\w*", re.IGNORECASE)
# With and without the article and the particles written onto the word.
_ARABIC = re.compile(r"\b(?:[وفبكل]?(?:ال|ل)?)(?:آمن|مأمون|أمان)\w*")
_SORANI = re.compile(r"\b\w*(?:ئارام|سەلامەت|بێ ?مەترسی)\w*")
_KURMANJI = re.compile(r"\b\w*ewle\w*", re.IGNORECASE)
_EN_THING = r"(?:danger|risk|hazard|threat|mine|bomb|explosive|ordnance|uxo|contamination)\w*"
_ALL_CLEAR = (
    re.compile(
        r"\ball[- ]?clear\b|(?<!keep )(?<!stay )(?<!keeps )\bclear(?:ed)? (?:of|from)\b|"
        rf"\bfree (?:of|from) (?:any |all )?{_EN_THING}|\b{_EN_THING}[- ]free\b|"
        rf"\b(?:no|not any|without(?: any)?)"
        rf"(?: (?:more|longer|further|remaining|known|any|a|dangerous|hazardous))* {_EN_THING}|"
        rf"\b{_EN_THING} (?:is|are|has been|have been) (?:over|gone|removed|past)\b|"
        r"\bharmless\b|\b(?:can|could|may|might) (?:now |again |all |once more )*"
        r"(?:return|(?:go|come) (?:back|home|in)|(?:re-?)?enter|walk|play|farm|graze|dig)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<!\w)(?:لا|ليس|لم يعد)(?: \w+){0,2} (?:ال)?"
        r"(?:خطر|خطرا|خطورة|مخاطر|ألغام|لغم|تهديد)(?!\w)|"
        r"(?<!\w)(?:ال)?(?:خال|خالي|خالية|خالٍ|نظيف|نظيفة|مطهر|مطهرة) من(?!\w)|"
        r"(?<!\w)(?:زال|انتهى|زوال|بدون|دون|بلا) (?:أي )?(?:ال)?(?:خطر|مخاطر|ألغام)(?!\w)|"
        r"(?<!\w)(?:يمكن\w*|بإمكان\w*|تستطيع\w*|يستطيع\w*)(?: \w+){0,2} (?:ال|لل)?"
        r"(?:عودة|رجوع|دخول|مشي|زراعة|لعب)(?!\w)"
    ),
    re.compile(
        r"(?<!\w)بێ ?(?:مین|مەترسی)|(?<!\w)(?:مین|مەترسی)\w* (?:نییە|نەما\w*)|(?<!\w)پاک\w* لە|"
        r"(?<!\w)دەتوان\w*(?: \w+){0,2} بگەڕێ\w*"
    ),
    re.compile(
        r"(?<!\w)bê ?(?:xeter|talûke|mayîn|rîsk|tirs)\w*|(?<!\w)paqij\w* ji(?!\w)|"
        r"(?<!\w)(?:xeter|talûke|mayîn|rîsk)\w* (?:nîn\w*|nema\w*|tune\w*)|"
        r"(?<!\w)dikar(?:in|e|î)(?: \w+){0,2} vegerin(?!\w)",
        re.IGNORECASE,
    ),
)
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")


def assuring_words(text: str) -> tuple[str, ...]:
    """Every word of the text that promises the absence of danger, in any of our languages.

    Vowel marks and stretched letters do not hide a word.
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFC", text))
    return tuple(
        found.group(0)
        for pattern in (_ENGLISH, _ARABIC, _SORANI, _KURMANJI)
        for found in pattern.finditer(plain)
    )


def all_clear_words(text: str) -> tuple[str, ...]:
    """Every phrase of free words that says that danger is gone, or that people may go there.

    For words that somebody writes for everybody. What a sentence means a machine cannot tell:
    some that are meant well are found, too, and are to be written otherwise.
    """
    plain = " ".join(_MARKS.sub("", unicodedata.normalize("NFC", text)).split())
    found = (match.group(0) for pattern in _ALL_CLEAR for match in pattern.finditer(plain))
    return (*assuring_words(text), *found)
