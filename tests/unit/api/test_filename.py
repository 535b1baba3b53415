"""Names of what is taken along: whatever somebody called it, the header stays one header."""

from __future__ import annotations

import ast
from email.message import Message
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rafiqa.api
from rafiqa.api.filename import NAME_CHARS_MOST, attachment, inline

SOURCES = sorted(Path(rafiqa.api.__file__).parent.rglob("*.py"))
KEPT = {
    "report-5w.pdf": "report-5w.pdf",
    'a"; filename="b.exe': "a__ filename=_b.exe",
    "a\r\nSet-Cookie: x=1": "a__Set-Cookie_ x=1",
    "../../etc/passwd": "_.._etc_passwd",
    "C:\\odd\\name.pdf": "C__odd_name.pdf",
    "تقرير.pdf": "تقرير.pdf",
    "\u202efdp.exe": "_fdp.exe",
    "": "file",
    "...": "file",
    "50%41.pdf": "50_41.pdf",
}


def kept_as(header: str) -> str:
    """What another reader of headers, that of the standard library, makes of it.

    Where both forms stand, the one with all letters counts (RFC 6266, section 4.3).
    """
    plain, _, whole = header.partition("; filename*=")
    message = Message()
    message["Content-Disposition"] = f"attachment; filename*={whole}" if whole else plain
    name = message.get_filename()
    assert name is not None
    return name


@pytest.mark.parametrize(("given", "kept"), KEPT.items())
def test_a_name_is_kept_as_far_as_it_does_no_harm(given: str, kept: str) -> None:
    for made, manner in ((attachment(given), "attachment"), (inline(given), "inline")):
        told = made["Content-Disposition"]
        assert told.isascii()
        assert told.startswith(f"{manner}; filename=")
        assert kept_as(told) == kept


@given(st.text(max_size=300))
def test_no_name_ends_its_header(name: str) -> None:
    told = attachment(name)["Content-Disposition"]
    assert told.isascii()
    assert told.isprintable()
    assert told.count('"') == 2
    assert told.count(";") in {1, 2}
    kept = kept_as(told)
    assert 0 < len(kept) <= NAME_CHARS_MOST
    assert not set(kept) & set('/\\"\r\n')


def test_every_name_in_a_header_is_made_here() -> None:
    """What is no picture is given without a name: an original is somebody's own."""
    by_hand = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    named = isinstance(key, ast.Constant) and str(key.value).lower()
                    if named == "content-disposition":
                        by_hand.add((path.name, ast.unparse(value)))
    assert by_hand == {("filename.py", "told"), ("submissiondesk.py", "'attachment'")}
