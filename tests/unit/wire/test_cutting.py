"""Cutting: whatever a form looks like, what is cut is gone and the rest is what it was."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rafiqa.wire.cutting import cut_as_meant, cut_by_name, cut_json, cut_xml, without_answers
from rafiqa.wire.filled import filled_json, filled_xml

SHUT = frozenset({"phone", "victim_identity"})
CUT = cut_by_name(SHUT)
WORDY = ("kind", "phone", "Phone", "victim_identity", "coordinates", "geometries", "type", "end")
NAMES = st.sampled_from(
    (*WORDY, "meta", "instanceName", "a/phone", "device_number", "x\ud800", "x\udfff", "/", "")
)
ODD = st.sampled_from([0, -0.0, 1.10, 1e300, True, False, None, "[", '{"a":1}', "[[]]", "x\udc00"])
WORDS = st.sampled_from(["fine", " fine\r\n", "\u0634\u064a\u0621", "]]>", "<&'\"", "7", ""])


@st.composite
def told(draw: st.DrawFn, depth: int = 0, *, shut: bool = False) -> Any:
    """A value of a JSON form; in what is shut each word is a canary."""
    kind = draw(st.integers(0, 5 if depth < 5 else 2))
    if kind <= 1:
        return "canary" if shut else draw(WORDS)
    if kind == 2:
        return draw(ODD)
    if kind == 3:
        n_each = draw(st.integers(0, 3))
        return [draw(told(depth + 1, shut=shut)) for _ in range(n_each)]
    return draw(group(depth + 1, shut=shut))


@st.composite
def group(draw: st.DrawFn, depth: int = 0, *, shut: bool = False) -> Any:
    """Answers by their names."""
    names = draw(st.lists(NAMES, max_size=4, unique=True))
    made = {}
    for name in names:
        inner = shut or any(part.casefold() in SHUT for part in name.split("/"))
        made[name] = draw(told(depth, shut=inner))
    return made


@given(group(), st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_of_any_json_what_is_cut_is_gone_and_the_rest_is_what_it_was(
    values: Any, odd: bool
) -> None:
    content = json.dumps({"form_id": "f", "values": values})
    if odd:
        content = content.replace("1e+300", "1e999").replace("1.1", "1.10")
    came = filled_json(content.encode(), "one")
    text, n_cut = cut_json(content.encode(), CUT)
    open_answers, _ = without_answers(came, CUT)
    assert "canary" not in repr(open_answers)
    if n_cut == 0:
        assert "canary" not in content
        assert [text for _, text in open_answers.leaves] == [
            text for names, _, text in came.placed() if not CUT(names)
        ]
        return
    left = filled_json(text.encode(), "one")
    assert "canary" not in text
    assert cut_as_meant(came, left, CUT)
    # What is left over is left alone, and gives nothing more away.
    assert cut_json(text.encode(), CUT) == (text, 0)
    assert without_answers(left, CUT)[1] == 0


@st.composite
def element(draw: st.DrawFn, depth: int = 0, *, shut: bool = False) -> str:
    """An element of an XML form."""
    name = draw(st.sampled_from(["kind", "phone", "z:Phone", "victim_identity", "end", "meta"]))
    inner = shut or name.rpartition(":")[2].casefold() in SHUT
    word = "canary" if inner else draw(WORDS).replace("\udc00", "")
    marked = ' of="canary"' if inner and draw(st.booleans()) else ""
    within = "".join(
        draw(element(depth + 1, shut=inner))
        for _ in range(draw(st.integers(0, 2)) if depth < 4 else 0)
    )
    return f"<{name}{marked}>{escape(word)}{within}</{name}>"


@given(st.lists(element(), max_size=4))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_of_any_xml_what_is_cut_is_gone_and_the_rest_is_what_it_was(parts: list[str]) -> None:
    content = f'<d id="f" xmlns:z="u">{"".join(parts)}</d>'.encode()
    came = filled_xml(content)
    text, n_cut = cut_xml(content, CUT)
    if n_cut == 0:
        assert b"canary" not in content
        return
    left = filled_xml(text.encode())
    assert "canary" not in text
    assert cut_as_meant(came, left, CUT)
    assert cut_xml(text.encode(), CUT) == (text, 0)


def test_the_guard_sees_what_was_lost_or_changed() -> None:
    content = b'{"form_id":"f","values":{"kind":"mine","g":{"coordinates":[1,2]},"phone":"0"}}'
    came, (text, _) = filled_json(content, "one"), cut_json(content, CUT)
    assert cut_as_meant(came, filled_json(text.encode(), "one"), CUT)
    for was, other in (
        ("mine", "none"),
        ('"kind":"mine",', ""),
        ("[1,2]", "[1,3]"),
        ('"phone":null', '"phone":"0"'),
        ('"form_id":"f"', '"form_id":"g"'),
    ):
        assert was in text
        changed = filled_json(text.replace(was, other).encode(), "one")
        assert not cut_as_meant(came, changed, CUT), was


def test_what_is_told_to_others_has_no_name_that_the_phone_made_of_answers() -> None:
    named = b"<meta><instanceName>canary</instanceName></meta></d>"
    told, n_cut = without_answers(filled_xml(b'<d id="f"><k>a</k><phone>0</phone>' + named), CUT)
    assert (told.leaves, n_cut) == ((("k", "a"),), 1)
    # The control: where nothing is cut of it, the name says nothing that others may not know.
    came = filled_xml(b'<d id="f"><k>a</k>' + named)
    assert without_answers(came, CUT) == (came, 0)
