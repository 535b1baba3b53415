"""Form rule: when a question is asked, what it may be answered with, and the words beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from rafiqa.dictionary.field import Field
from rafiqa.dictionary.form import Asked, Condition, Form
from rafiqa.dictionary.formpack import FormPack
from rafiqa.dictionary.moment import FIRST_DAY, PLAN_DAYS

_ID_LETTERS = 120
_LETTERS = 10_000
_ALONE = ("none", "unknown", "screened_none")


@dataclass(frozen=True, slots=True)
class Rule:
    """What the columns of one question say beside its type, name and label.

    Attributes:
        relevant: asked only where this holds; empty for always.
        required: ``yes``, an expression, or empty.
        constraint: what an answer must be; empty for anything.
        message: said where an answer is not, by language.
        hint: shown under the question, by language.
    """

    relevant: str
    required: str
    constraint: str
    message: dict[str, str] = field(default_factory=dict)
    hint: dict[str, str] = field(default_factory=dict)


def rule_of(one: Field, asked: Asked, form: Form, pack: FormPack) -> Rule:
    """The rule of a field as a form asks for it."""
    relevant = "" if asked.when is None else expression(asked.when, form, pack)
    constraint, phrase, values = _constraint(one, asked, pack)
    message = {lang: _worded(phrase, values, pack, lang) for lang in pack.languages if phrase}
    is_figure = phrase == "number_between"
    required = _required(one, asked, form, pack)
    return Rule(relevant, required, constraint, message, message if is_figure else {})


def expression(when: Condition, form: Form, pack: FormPack) -> str:
    """A condition in the language of XForms; a country's narrower codes count as their broader."""
    found = pack.data.records[when.record].field(when.field)
    name = f"${{{form.question(when.record, when.field)}}}"
    if when.least is not None:
        return f"{name} >= {when.least}"
    codelist = found.codelist if found else ""
    narrow = [
        place.partition(".")[2]
        for place, broad in pack.narrower.items()
        if place.startswith(f"{codelist}.") and broad in when.any
    ]
    several = found is not None and found.type == "codes"
    return " or ".join(
        f"selected({name}, '{code}')" if several else f"{name} = '{code}'"
        for code in (*when.any, *narrow)
    )


def _required(one: Field, asked: Asked, form: Form, pack: FormPack) -> str:
    if one.required.always or asked.required:
        return "yes"
    when = one.required
    if when.field and form.asked(asked.record, when.field) is not None:
        return expression(Condition(asked.record, when.field, when.values), form, pack)
    return ""


def _constraint(one: Field, asked: Asked, pack: FormPack) -> tuple[str, str, dict[str, str]]:
    """The expression, the phrase that tells it, and the phrase's values."""
    if asked.photo:
        return "", "", {}
    if one.type in {"text", "ref"}:
        longest = one.limits.length or (_ID_LETTERS if one.type == "ref" else _LETTERS)
        return f"string-length(.) <= {longest}", "text_longest", {"longest": str(longest)}
    if one.type in {"integer", "decimal"}:
        low, high = one.limits.minimum, one.limits.maximum
        if low is None or high is None:
            return "", "", {}
        least, most = _figure(low), _figure(high)
        values = {"unit": one.unit, "least": least, "most": most}
        return f". >= {least} and . <= {most}", "number_between", values
    if one.type in {"date", "instant"}:
        return _day(one)
    if one.type == "codes":
        known = pack.data.lists[one.codelist].names
        alone = [f"selected(., '{code}')" for code in _ALONE if code in known]
        if alone:
            return f"count-selected(.) <= 1 or not({' or '.join(alone)})", "stands_alone", {}
    return "", "", {}


def _day(one: Field) -> tuple[str, str, dict[str, str]]:
    day = "." if one.type == "date" else "date(.)"
    first = f"{day} >= date('{FIRST_DAY.isoformat()}')"
    if one.future:
        return f"{first} and {day} <= date(today() + {PLAN_DAYS})", "day_planned", {}
    return f"{first} and {day} <= today()", "day_not_later", {}


def _worded(phrase: str, values: dict[str, str], pack: FormPack, lang: str) -> str:
    if unit := values.get("unit"):
        values = {**values, "unit": pack.code_label("unit", unit, lang)}
    return pack.phrase(phrase, lang, **values)


def _figure(number: Decimal) -> str:
    return f"{number.normalize():f}"
