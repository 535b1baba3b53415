"""The lines of what is printed beside the account: output, sizes, indicators, differences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rafiqa.dictionary import dictionary
from rafiqa.land import SEVERAL
from rafiqa.locale import text

_ROUNDED_AWAY_M2 = 0.05


def details(answer: dict[str, Any], lang: str) -> list[str]:
    """Returns output with rework, sizes stated and computed, and where sources disagree."""
    return [
        *_output(answer["output"], lang),
        *_reported(answer["reported"], lang),
        *_disagreements(answer["disagreements"], lang),
    ]


def _output(output: dict[str, Any], lang: str) -> Iterator[str]:
    yield ""
    yield text("account.output", {}, lang)
    for row in output["rows"]:
        said = [
            text(f"account.heading.{row['heading']}", {}, lang),
            row["organisation"] or text("account.not-on-record", {}, lang),
            row["donor"] or text("account.no-donor", {}, lang),
            _code("method", row["method"], lang),
            _code("outcome", row["outcome"], lang),
        ]
        params = {"decided_m2": _m2(row["decided_m2"]), "worked_m2": _m2(row["worked_m2"])}
        yield f"  {' · '.join(said)}: {text('account.output.row', params, lang)}"
    for row in output["items"]:
        params = {"n": row["items"], "tasks": row["spot_tasks"]}
        said = [row["organisation"], _code("method", row["method"], lang)]
        yield f"  {' · '.join(said)}: {text('account.items.row', params, lang)}"


def _reported(reported: dict[str, Any], lang: str) -> Iterator[str]:
    yield ""
    yield text("account.reported", {}, lang)
    for kind, total in reported["totals"].items():
        yield "  " + text(f"account.reported.{kind}", _sizes(total), lang)
    for row in [*reported["areas"], *reported["parts"]]:
        yield f"    {row['id']}: {text('account.reported.row', _sizes(row), lang)}"


def _sizes(row: dict[str, Any]) -> dict[str, str | int]:
    sizes: dict[str, str | int] = {
        name: _m2(row[name]) for name in ("reported_m2", "computed_m2", "difference_m2")
    }
    return sizes | {name: row[name] for name in ("stated", "unstated") if name in row}


def _disagreements(found: list[dict[str, Any]], lang: str) -> Iterator[str]:
    if found:
        yield ""
        yield text("account.disagreements", {}, lang)
    for item in found:
        topic = text(f"account.topic.{item['topic']}", {}, lang)
        yield f"  {', '.join(item['subjects'])} – {topic}, {_m2(item['area_m2'])} m²:"
        for said in item["said"]:
            value = _code(item["topic"], said["value"], lang)
            yield f"    {said['source']}: {value}"


def split_lines(rows: list[dict[str, Any]], by: str, lang: str) -> list[str]:
    """Returns the opening, what went and the closing of each operator, donor or area."""
    lines = ["", text(f"account.by.{by}", {}, lang)]
    for row in rows:
        lines.append(f"  {row[by] or text('account.none', {}, lang)}")
        for class_, figures in row["classes"].items():
            told = [
                f"{text(f'account.{name}', {}, lang)} {_m2(value)}"
                for name, value in figures.items()
                if value or name == "closing_m2"
            ]
            lines.append(f"    {class_.upper()}: {', '.join(told)}")
    return lines


def indicator_lines(rows: list[dict[str, Any]], lang: str) -> list[str]:
    """Returns each indicator with its value, or why there is none."""
    lines = ["", text("account.indicators", {}, lang)]
    for row in rows:
        if row["indicator"] == "fade_out" and row["of"]:
            continue  # part by part it is in the document; here the median is enough
        name = text(f"account.indicator.{row['indicator']}", {}, lang)
        of = f" ({_of(row['of'], lang)})" if row["of"] else ""
        if row["value"] is None:
            lines.append(f"  {name}{of}: – {row['reason']['text']}")
            continue
        unit = "" if row["unit"] == "1" else f" {row['unit']}"
        inputs = ", ".join(f"{key} {value:,.6g}" for key, value in row["inputs"].items())
        lines.append(f"  {name}{of}: {row['value']:,.6g}{unit} ({inputs})")
    return lines


def _of(method: str, lang: str) -> str:
    """Returns what tells apart values of one indicator, in words."""
    if method == SEVERAL:
        return text("account.methods.several", {}, lang)
    return _code("method", method, lang)


def differences(found: dict[str, Any], lang: str) -> list[str]:
    """Returns in words what changed between two knowings, and which facts did it."""
    times = {"earlier": found["earlier"]["known_at"], "later": found["statement"]["known_at"]}
    lines = ["", text("account.difference", times, lang)]
    changes = list(_changes(found["classes"], lang))
    lines += [f"  {line}" for line in changes] or [f"  {text('account.difference.none', {}, lang)}"]
    for row in found["facts"]:
        lines.append(f"  {_fact(row, lang)}")
        lines += [f"    {line}" for line in _changes(row["area_m2"], lang)]
    for row in found["together"]:
        lines.append(f"  {text('account.difference.together', {}, lang)}")
        lines += [f"    {_fact(fact, lang)}" for fact in row["facts"]]
        lines += [f"      {line}" for line in _changes(row["area_m2"], lang)]
    return lines


def _changes(classes: dict[str, dict[str, float]], lang: str) -> Iterator[str]:
    for class_, figures in classes.items():
        for name, value in figures.items():
            if value:
                # The sign in front of a flow's name tells how it is booked, not how it changed.
                label = text(f"account.{name}", {}, lang).lstrip("+−± ")
                yield f"{class_.upper()} {label}: {_signed(value)}"


def _fact(row: dict[str, Any], lang: str) -> str:
    params = {
        "fact": row["title"],
        "subject": row["subject"] or "–",
        "recorded_at": row["recorded_at"],
        "entry": row["entry_id"] or "–",
    }
    return text("account.difference.fact", params, lang)


def _code(list_name: str, code: str | None, lang: str) -> str:
    if code is None:
        return text("account.not-on-record", {}, lang)
    lists = dictionary().lists
    return lists[list_name].label(code, lang) if list_name in lists else code


def _signed(value_m2: float) -> str:
    """Returns a change in m², or in mm² where it would be rounded away: what lines moved."""
    if abs(value_m2) < _ROUNDED_AWAY_M2:
        return f"{value_m2 * 1e6:+,.1f} mm²"
    return f"{value_m2:+,.1f} m²"


def _m2(value: float) -> str:
    return f"{value:,.1f}"
