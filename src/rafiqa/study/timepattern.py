"""Patterns of time phrases over a shadow, and what a match of each says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, cast

from hijridate import Hijri

from rafiqa.study.lexicon import data
from rafiqa.study.number import number_of, number_pattern, number_words
from rafiqa.study.when import Said, Unit, When, month_days
from rafiqa.study.word import plain, words

Read = Callable[[re.Match[str]], When | None]
_YEARS: Final = (1800, 2100)
_NOTHING: Final = When("none")
_B: Final = r"(?<![\w])[وف]?[بلك]?"
"""Where a word begins, with what Arabic writes onto it."""
_E: Final = r"(?![\w])"
_YEAR: Final = r"\(?\s*(?P<year>1[89]\d\d|20\d\d)(?:an|e|a|دا|ان|ي)?(?!\d)\)?"
_LATIN_UNIT: Final = r"(?P<unit>day|week|month|year|decade|days|weeks|months|years|decades)"
_HIJRI_YEARS: Final = (1200, 1500)


@dataclass(frozen=True, slots=True)
class TimePattern:
    """A pattern over a shadow and the reader of its matches; None refuses one."""

    regex: re.Pattern[str]
    read: Read


def _pattern(regex: str, read: Read) -> TimePattern:
    return TimePattern(re.compile(regex), read)


@cache
def _table(name: str) -> dict[str, str]:
    found = cast("Mapping[str, Sequence[str]]", data("time")[name])
    return {plain(word): value for value, spelled in found.items() for word in spelled}


def _any(name: str) -> str:
    spelled = sorted(_table(name), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in spelled)


def _value(name: str, word: str) -> str:
    return _table(name)[re.sub(r"\s+", " ", word)]


def _unit(word: str) -> Unit:
    return cast("Unit", _value("units", word))


def day_patterns() -> tuple[TimePattern, ...]:
    """Returns the patterns of days, months and years that are named."""
    months, hijri = _any("months"), _any("hijri")
    suffix = r"(?:ya|ye|a|e|an|يي|ي)?"
    month = rf"(?P<month>{months}){suffix}(?:\s*[/(]\s*(?P<other>{months})\s*\)?)?"
    lead = r"(?:(?:شهر|من|of|ي|the|meha|مانگي)\s+){0,2}"
    of_year = (
        rf"(?:\s*[،,/]?\s*(?:(?:من|عام|سنه|لعام|لسنه|العام|سالي|of|in|sala|a|ي)\s*){{0,2}}{_YEAR})?"
    )
    number = number_pattern()
    return (
        _pattern(
            r"(?<![\w/.])\(?(?P<a>\d{1,2})\s*[/.\-]\s*(?P<b>\d{1,2})\s*[/.\-]\s*\(?\s*"
            r"(?P<year>\d{4})(?!\d)\)?",
            _numeric,
        ),
        _pattern(
            r"(?<![\w/.-])(?P<year>\d{4})\s?-\s?(?P<b>\d{2})\s?-\s?(?P<a>\d{2})(?![\w-])", _numeric
        ),
        _pattern(
            r"(?<!\w)(?:بتاريخ|تاريخ)\s*:?\s*\(?\s*\d{1,2}\s*/\s*\d{1,2}(?!\d)", lambda _: _NOTHING
        ),
        _pattern(
            rf"(?<!\w)[وفبل]?(?:(?P<day>\d{{1,2}}|{number})(?:st|nd|rd|th|e|e?ي|'e)?\s*{lead})?"
            rf"(?P<named>شهر\s+|مانگي\s+|meha\s+)?[وبل]?(?:ال)?{month}{of_year}{_E}",
            _month,
        ),
        _pattern(
            rf"(?<!\w)(?P<month>{months})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"
            rf"(?:\s*,?\s*{_YEAR})?{_E}",
            _month,
        ),
        _pattern(
            rf"{_B}(?:ال)?(?:عام|سنه|العام|السنه|للعام|للسنه|سالي|sala|saleya|year|years)\s*{_YEAR}",
            _year,
        ),
        _pattern(
            r"(?<![\w/.,-])(?P<first>1[89]\d\d|20[0-4]\d)\s*[-–/]\s*(?P<last>1[89]\d\d|20[0-4]\d)(?![\w/])",
            _range,
        ),
        _pattern(
            r"(?<![\w/.,$-])(?P<year>1[89]\d\d|20[0-4]\d)(?:an|e|a|دا|ان)?(?![\w/.,]\d|\d|\s*[-/]\s*\d|\w)",
            _bare_year,
        ),
        _pattern(
            rf"{_B}(?:ال)?(?:عام|سنه)\s*\(?\s*(?P<year>1[234]\d\d)\s*\)?\s*(?:هجري\w*|ه)?{_E}",
            _hijri,
        ),
        _pattern(r"\(?\s*(?<!\d)(?P<year>1[234]\d\d)\s*\)?\s*(?:هجري\w*|ه)(?!\w)", _hijri),
        _pattern(
            rf"(?<!\w)(?:(?P<day>\d{{1,2}})\s*[/-]?\s*(?:من\s+)?)?(?:شهر\s+)?(?P<hijri>{hijri})"
            r"\s*[/-]?\s*(?:عام\s+|سنه\s+|المبارك\s+)?(?P<year>1[34]\d\d)\s*(?:هجري\w*|ه)?(?!\w)",
            _hijri,
        ),
        _pattern(r"(?<!\w)(?:شهر\s+)رمضان(?:\s+المبارك)?(?!\w)", lambda _: _NOTHING),
        *_anchored(),
    )


def _fixed(first: date, last: date, precision: str) -> When:
    return When("fixed", first, last, precision=cast("Unit", precision))  # type: ignore[arg-type]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _numeric(match: re.Match[str]) -> When | None:
    day, month, year = (int(match[name]) for name in ("a", "b", "year"))
    if month > 12 >= day:
        day, month = month, day
    if _HIJRI_YEARS[0] <= year <= _HIJRI_YEARS[1]:
        return _hijri_day(year, month, day) or _NOTHING
    found = _date(year, month, day)
    return _fixed(found, found, "day") if found else None


def _month(match: re.Match[str]) -> When | None:
    groups = match.groupdict()
    month = int(_value("months", match["month"]))
    year = int(match["year"]) if match["year"] else None
    day = number_of([word.key for word in words(match["day"])]) if match["day"] else None
    doubtful = re.sub(r"\s+", " ", match["month"]) in _doubtful()
    told = year or groups.get("other") or groups.get("named")
    if doubtful and not told and (day is None or not match["day"].isdigit()):
        return None
    if day is not None and not 1 <= day <= 31:
        day = None
    if year is None:
        return When("month", number=month, day=day)
    if day is None:
        return _fixed(*month_days(year, month), "month")
    found = _date(year, month, day)
    return _fixed(found, found, "day") if found else None


@cache
def _doubtful() -> frozenset[str]:
    found = cast("Mapping[str, Sequence[str]]", data("time")["months_doubtful"])
    return frozenset(map(plain, found["words"]))


def _year(match: re.Match[str]) -> When:
    year = int(match["year"])
    return _fixed(date(year, 1, 1), date(year, 12, 31), "year")


def _range(match: re.Match[str]) -> When | None:
    first, last = int(match["first"]), int(match["last"])
    if not first < last:
        return None
    return _fixed(date(first, 1, 1), date(last, 12, 31), "multi_year")


_LEADS: Final = re.compile(
    r"(?:في|منذ|من|خلال|بعد|قبل|حتي|الي|بين|وحتي|سنه|in|since|by|until|till|from|of|during|to|and|before|"
    r"after|between|li|di|ji|sala|له|لە|سالي|دواي|پيش|late|early|mid|نهايه|بدايه|اواخر|اوائل|مطلع|منتصف)\s*\(?\s*$"
)
_COUNTED: Final = re.compile(
    r"\s*(?:قنبل|قذيف|لغم|الغام|عائل|شخص|متر|كيلو|دولار|ليره|نازح|مدني|عبوه|منزل|طن|هكتار|دونم|نسمه|مواطن|"
    r"families|people|mines|items|metres|meters|m2|km|houses|residents|persons|kg|tons|usd|dollars|malbat|"
    r"kes|mayin|mal|خيزان|كهس|مين|مهتر|civilians|men|women|children|fighters|units|shells|pieces|square|%)"
)


def _bare_year(match: re.Match[str]) -> When | None:
    after = match.string[match.end() : match.end() + 24]
    before = match.string[max(0, match.start() - 12) : match.start()]
    if _COUNTED.match(after):
        return None
    if _LEADS.search(before) or not re.match(r"\s*[^\W\d_]", after):
        return _year(match)
    return None


def _hijri(match: re.Match[str]) -> When | None:
    year = int(match["year"])
    groups = match.groupdict()
    if not groups.get("hijri"):
        first, last = _hijri_day(year, 1, 1), _hijri_day(year, 12, 29)
        if not (first and last and first.first and last.last):
            return _NOTHING
        return _fixed(first.first, last.last, "year")
    month = int(_value("hijri", match["hijri"]))
    if groups.get("day"):
        return _hijri_day(year, month, int(match["day"])) or _NOTHING
    first, last = _hijri_day(year, month, 1), _hijri_day(year, month, 29)
    if not (first and last and first.first and last.last):
        return _NOTHING
    return _fixed(first.first, last.last, "month")


def _hijri_day(year: int, month: int, day: int) -> When | None:
    """Umm al-Qura, as hijridate has it: from 1343 to 1500; other years keep their words alone."""
    try:
        found = Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return None
    exact = date(found.year, found.month, found.day)
    return _fixed(exact, exact, "day")


@dataclass(frozen=True, slots=True)
class Anchor:
    """An event by which others are dated: its first and last day."""

    first: date
    last: date


@cache
def anchors() -> dict[str, Anchor]:
    """Returns the curated events by each of their names, as words are compared.

    Each has a public source in ``data/anchor.toml``.
    """
    rows = cast("Sequence[Mapping[str, object]]", data("anchor")["anchor"])
    return {
        plain(name): Anchor(
            date.fromisoformat(str(row["start"])), date.fromisoformat(str(row["end"]))
        )
        for row in rows
        for name in cast("Sequence[str]", row["names"])
    }


def _anchored() -> tuple[TimePattern, ...]:
    number, ordinal, units = number_pattern(), _any("ordinals"), _any("units")
    spelled = sorted(anchors(), key=len, reverse=True)
    names = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in spelled)
    name = rf"(?:the\s+)?[لب]?(?P<name>{names})"
    after = r"بعد|منذ|عقب|since|after|following|pisti|ji\s+dema|دواي|پاش|له\s+دواي"
    during = r"خلال|اثناء|ابان|during|di\s+dema|له\s+كاتي"
    passed = r"(?:have\s+)?passed\s+)?(?:since|after|on\s+from|pisti|دواي"
    feast = r"anniversary\s+of|salvegera|سالياد\w*|سالروژ\w*"
    gone = r"مرت|مر|مضت|مضي|مرور|انقضت|انقضاء"
    return (
        _pattern(
            rf"{_B}(?:(?P<since>{after})|(?P<until>قبل|قبيل|before|beri|پيش)|(?:{during}))"
            rf"\s+{name}{_E}",
            _side,
        ),
        _pattern(rf"(?:الذكري|ذكري)\s+(?:السنويه\s+)?(?P<n>{ordinal})\s+{name}{_E}", _anniversary),
        _pattern(
            rf"(?P<n>{ordinal}|\d{{1,2}}(?:st|nd|rd|th|em|emin|مين)?)\s+(?:{feast})\s+{name}",
            _anniversary,
        ),
        _pattern(
            rf"(?:{gone})\s+(?:نحو\s+|اكثر\s+من\s+)?(?:(?P<n>{number})\s+)?(?P<unit>{units})"
            rf"\s+علي\s+{name}",
            _elapsed,
        ),
        _pattern(rf"(?P<n>{number})\s+(?P<unit>{units})\s+(?:{passed})\s+{name}", _elapsed),
    )


def _anchor(match: re.Match[str]) -> Anchor:
    return anchors()[re.sub(r"\s+", " ", match["name"])]


def _side(match: re.Match[str]) -> When:
    anchor = _anchor(match)
    said: Said = "since" if match["since"] else "until" if match["until"] else "fixed"
    return When(said, anchor.first, anchor.last, anchored=True)


def _anniversary(match: re.Match[str]) -> When:
    anchor = _anchor(match)
    digits = re.match(r"\d+", match["n"])
    number = int(digits.group()) if digits else number_words("ordinals")[match["n"]]
    return When("anniversary", anchor.first, anchor.last, number, anchored=True)


def _elapsed(match: re.Match[str]) -> When:
    anchor = _anchor(match)
    number = _count(match["n"], match["unit"])
    if number is None or _unit(match["unit"]) != "year":
        return _NOTHING
    return When("elapsed", anchor.first, anchor.last, number, anchored=True)


@cache
def _duals() -> frozenset[str]:
    found = cast("Mapping[str, Sequence[str]]", data("time")["dual"])
    return frozenset(map(plain, found["words"]))


_SINGLE: Final = frozenset(map(plain, (
    "يوم", "يوما", "اسبوع", "اسبوعا", "شهر", "شهرا", "سنه", "عام", "عاما", "عقد",
)))  # fmt: skip


def _count(number: str | None, unit: str) -> int | None:
    if number:
        return number_of([word.key for word in words(number)])
    if unit in _duals():
        return 2
    return 1 if unit in _SINGLE else None


def _ago(match: re.Match[str]) -> When | None:
    number = _count(match["n"], match["unit"])
    if number is None or number > 2000:
        return _NOTHING
    return When("ago", number=number, unit=_unit(match["unit"]))


def relative_patterns() -> tuple[TimePattern, ...]:
    """Returns the patterns of what is counted from the day of the text."""
    number, units, weekdays = number_pattern(), _any("units"), _any("weekdays")
    about = (
        r"(?:(?:نحو|حوالي|اكثر\s+من|اقل\s+من|قرابه|ما\s+يقارب|بضعه|عده|nezi|nearly|about|over|"
        r"more\s+than|almost|زياتر\s+له|نزيكهي)\s+)?"
    )
    counted = rf"{about}(?:(?P<n>{number})\s+)?(?P<unit>{units})"
    latin = _LATIN_UNIT
    return (
        _pattern(
            rf"{_B}(?:قبل|منذ)\s+{counted}{_E}(?!\s*\(?\s*\d|\s+(?:علي|الماضي|الفائت|واحد))", _ago
        ),
        _pattern(rf"(?<!\w)(?P<n>{number})\s+(?P<unit>{units})\s+(?:مضت|خلت|مضي){_E}", _ago),
        _pattern(rf"(?<!\w){about}(?P<n>{number})\s+{latin}\s+(?:ago|earlier|before){_E}", _ago),
        _pattern(rf"(?<!\w)(?:beri|beriya|pes)\s+{counted}(?:an|ekan|eke|e)?{_E}", _ago),
        _pattern(
            rf"(?<!\w)(?P<n>{number})\s+(?P<unit>{units})\s+(?:bere|berî|ber\s+niha){_E}", _ago
        ),
        _pattern(rf"(?<!\w)(?:پيش|بهر\s+له)\s+{counted}(?:يك|ان)?{_E}", _ago),
        _pattern(
            rf"(?<!\w){counted}\s*(?:لهمهوبهر|لهمهوپيش|پيش\s+يستا|پيش\s+ييستا|بهر\s+له\s+ييستا){_E}",
            _ago,
        ),
        *_nth_patterns(units, number),
        *_named_day_patterns(weekdays),
    )


def _nth_patterns(units: str, number: str) -> tuple[TimePattern, ...]:
    past = r"(?P<past>الماضي\w*|الفائت\w*|المنصرم\w*|السابق\w*|الاخير\w*|الجاي\w*)"
    now = r"(?P<now>الحالي\w*|الجاري\w*)"
    coming = r"(?P<coming>القادم\w*|المقبل\w*)"
    latin = _LATIN_UNIT
    return (
        _pattern(
            rf"{_B}(?:ال)(?P<unit>{units})\s+(?:ال\w+\s+)?(?:{past}|{now}|{coming}){_E}", _nth
        ),
        _pattern(rf"{_B}(?:هذا|هذه)\s+(?P<now>ال)(?P<unit>{units}){_E}", _nth),
        _pattern(
            rf"(?<!\w)(?:(?P<past>last|previous)|(?P<now>this|the\s+current)|(?P<coming>next|coming))\s+{latin}{_E}",
            _nth,
        ),
        _pattern(
            rf"(?<!\w)(?:over\s+|in\s+|during\s+)?(?:the\s+)?(?:past|last|previous|next)\s+(?:{number}\s+|few\s+|several\s+)?{latin}{_E}",
            lambda _: _NOTHING,
        ),
        _pattern(
            rf"(?<!\w)(?P<unit>sal|meh|hefte|roj)(?:a|eya|ya|e)\s+(?:(?P<past>bori|cuyi|derbasbuyi|cu)|(?P<coming>be|pesin)){_E}",
            _nth,
        ),
        _pattern(rf"(?<!\w)(?P<now>ve|vi|ev)\s+(?P<unit>sal|meh|hefte|roj)(?:e|eye|ye)?{_E}", _nth),
        _pattern(
            rf"(?<!\w)(?P<unit>سال|مانگ|ههفته|روژ)ي\s+(?:(?P<past>رابردوو|رابردو|پيشوو)|(?P<coming>داهاتوو|داهاتو|يايينده)){_E}",
            _nth,
        ),
        _pattern(rf"(?<!\w)(?P<now>يهم)\s*(?P<unit>سال|مانگ|ههفته)ه?{_E}", _nth),
    )


def _named_day_patterns(weekdays: str) -> tuple[TimePattern, ...]:
    return (
        _pattern(
            rf"{_B}(?:ال)?(?P<d>امس|البارحه|امبارح|مبارح|yesterday|duh|doh|دويني){_E}(?!\s+الاول)",
            _day(-1),
        ),
        _pattern(
            rf"{_B}(?:اول\s+(?:من\s+)?امس|امس\s+الاول|اول\s+امبارح|the\s+day\s+before\s+yesterday|per|pere|پيري){_E}",
            _day(-2),
        ),
        _pattern(
            rf"{_B}(?:اليوم|today|iro|ييمرو|يهمرو|tonight|the\s+same\s+day|هذا\s+الصباح|this\s+morning){_E}(?!\s+(?:التالي|العالمي|الدولي|الاول|الذي|نفسه|السابق|الثاني))",
            _day(0),
        ),
        _pattern(rf"{_B}(?:غدا|بكرا|بكره|tomorrow|sibe|سبهي\w*|سبه){_E}", _day(1)),
        _pattern(
            rf"(?<!\w)(?P<y>par|پار){_E}(?=\s*[،,]?\s*(?:li|ل[هە]|سال|$))",
            lambda _: When("unit", number=-1, unit="year"),
        ),
        _pattern(
            rf"(?<!\w)(?:isal|يهمسال|ئهمسال){_E}", lambda _: When("unit", number=0, unit="year")
        ),
        _pattern(
            rf"{_B}(?:(?:يوم|نهار|مساء|صباح|فجر|ليله|on|roja|روژي|last|this|since)\s+(?P<wd>{weekdays})|(?P<we>{weekdays})(?=\s+(?:الماضي|الفائت|المنصرم|morning|evening|afternoon)))(?:\s+(?:الماضي|الفائت|المنصرم|morning|evening|afternoon))?{_E}",
            _weekday,
        ),
        _pattern(
            rf"(?<!\w)(?P<we>monday|tuesday|wednesday|thursday|friday|saturday|sunday){_E}",
            _weekday_alone,
        ),
        _pattern(
            rf"{_B}(?:الان|حاليا|في\s+الوقت\s+الحالي|علي\s+المستوي\s+الحالي|في\s+الوقت\s+الراهن|now|currently|at\s+present|niha|له\s+ييستادا|ييستا){_E}",
            _day(0),
        ),
    )


def _day(offset: int) -> Read:
    when = When("unit", number=offset, unit="day")
    return lambda _: when


def _nth(match: re.Match[str]) -> When | None:
    groups = match.groupdict()
    word = match["unit"]
    plural = word not in _SINGLE and _table("units").get(word) and word in _PLURALS
    if plural or word in _duals():
        return _NOTHING
    number = -1 if groups.get("past") else 0 if groups.get("now") else 1
    said = groups.get("past") or ""
    if said.startswith("الجاي"):
        number = 1
    return When("unit", number=number, unit=_unit(word))


_PLURALS: Final = frozenset(map(plain, (
    "ايام", "اسابيع", "اشهر", "شهور", "سنوات", "سنين", "اعوام", "عقود",
    "days", "weeks", "months", "years", "decades",
)))  # fmt: skip


def _weekday(match: re.Match[str]) -> When:
    return When("weekday", number=int(_value("weekdays", match["wd"] or match["we"])))


def _weekday_alone(match: re.Match[str]) -> When:
    return When("weekday", number=int(_value("weekdays", match["we"])))


def vague_patterns() -> tuple[TimePattern, ...]:
    """Returns the patterns of times that name no days: lengths, habits, decades, seasons, eras."""
    number, units = number_pattern(), _any("units")
    tens = "عشرين|ثلاثين|اربعين|خمسين|ستين|سبعين|ثمانين|تسعين"
    none: Read = lambda _: _NOTHING  # noqa: E731
    return (
        _pattern(
            rf"{_B}(?:(?:حتي|الي|لحد|لغايه)\s+(?:الان|اليوم|اللحظه|هذه\s+اللحظه|يومنا\s+هذا)|"
            rf"(?:until|till|up\s+to)\s+(?:now|today)|heta\s+(?:niha|iro)|(?:تا|ههتا)\s+(?:يستا|ييستا|يهمرو|ييمرو)){_E}",
            none,
        ),
        _pattern(rf"{_B}(?P<n>{number})\s+(?P<unit>{units}){_E}(?!\s*\(?\s*\d{{4}})", none),
        _pattern(rf"{_B}(?:{'|'.join(sorted(_duals()))}){_E}(?!\s*\d)", none),
        _pattern(
            rf"{_B}(?:عده|بضعه|لعده|طوال|طيله|خلال)\s+(?:ال)?(?:{units}){_E}(?!\s*\(?\d)", none
        ),
        _pattern(
            rf"{_B}(?:ال)?(?:{units})\s+(?:ال\w+\s+)?(?:الماضيه|الاخيره|القليله|المقبله|القادمه){_E}",
            none,
        ),
        _pattern(rf"{_B}(?:يوميا|اسبوعيا|شهريا|سنويا|اليومي|اليوميه|السنوي|السنويه){_E}", none),
        _pattern(rf"{_B}(?:ال)?(?:{tens})(?:ات|يات){_E}(?:\s+القرن\s+\w+)?", none),
        _pattern(
            rf"{_B}(?:ال)?قرن\s+(?:الماضي|العشرين|التاسع\s+عشر|\w+\s+عشر|الحادي\s+والعشرين){_E}",
            none,
        ),
        _pattern(
            rf"(?<!\w)(?:(?:19|20)\d0s|(?:twen|thir|for|fif|six|seven|eigh|nine)ties){_E}", none
        ),
        _pattern(
            rf"{_B}(?:صيف|شتاء|خريف|ربيع|summer|winter|autumn|spring|havina|zivistana|هاويني|زستاني)\s+(?:(?:عام|سنه|of|sala|سالي)\s+)?{_YEAR}",
            _year,
        ),
        _pattern(rf"{_B}(?:الشتاء|الصيف|الخريف)(?:\s+الماضي)?{_E}", none),
        _pattern(rf"{_B}(?:ال)?(?:فتره|حقبه)\s+(?:الحكم\s+)?ال(?!تي|ذي)\w+(?:يه|ي|اني){_E}", none),
        _pattern(rf"{_B}(?:سنوات|اعوام)\s+(?:الحرب|النزاع|الازمه){_E}", none),
        _pattern(
            rf"{_B}(?:بدايه|اوائل|اواخر|نهايه|منتصف|مطلع)\s+(?:ال)(?:{units}){_E}(?:\s+(?:الماضي|الحالي|الجاري|المقبل)\w*)?",
            none,
        ),
    )
