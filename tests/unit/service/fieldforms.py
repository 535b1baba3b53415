"""Filled forms of the dictionary's own, as a phone sends them: questions named as the forms do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from rafiqa.dictionary import form_pack
from rafiqa.geo import GridShape
from rafiqa.land import Actor
from rafiqa.ledger import FormPublished
from rafiqa.service import Office, Sent, publish_form, receive
from rafiqa.wire.fieldplace import field_text
from tests.unit.service.field import FORM_XML
from tests.unit.service.ground import INFORMATION

Answers = Mapping[str, object]


def drawn(office: Office, shape: GridShape) -> str:
    """Ground as a phone writes what was drawn on it."""
    return field_text(office.frame.to_lonlat(shape).geometry)


def give_out(office: Office, name: str, form: FormPublished | None = None) -> None:
    """Publishes a form of the dictionary; its questions are not looked at on the way."""
    known = form_pack().forms[name]
    content = FORM_XML.replace(b"sighting", known.form_id.encode())
    told = form or FormPublished("", "", "", "", known.record)
    assert publish_form(office, INFORMATION, told, content).done


def filled(
    name: str, instance_id: str, told: Answers, parts: Mapping[str, Sequence[Answers]]
) -> bytes:
    """A filled form: its own answers, and each filling of its repeated parts."""
    form = form_pack().forms[name]
    inner = _leaves(told)
    for part, fillings in parts.items():
        record = next(one.asks[0].record for one in form.parts if one.part == part)
        for each in fillings:
            named = {form.question(record, field): value for field, value in each.items()}
            inner += f"<{part}_part>{_leaves(named)}</{part}_part>"
    return (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="{form.form_id}" version="3">{inner}'
        f"<orx:meta><orx:instanceID>{instance_id}</orx:instanceID></orx:meta></data>"
    ).encode()


def _leaves(told: Answers) -> str:
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in told.items())


def table(**met: str) -> str:
    """The table of a survey: kind and source, joined by two underscores, with the answer."""
    groups = ""
    for name, answer in met.items():
        kind, _, source = name.partition("__")
        leaf = f"evidence_{kind}_{source}"
        groups += f"<evidence_{kind}><{leaf}>{answer}</{leaf}></evidence_{kind}>"
    return f"<evidence_part>{groups}</evidence_part>"


def take(office: Office, content: bytes, actor: Actor) -> str:
    submitted = receive(office, actor, Sent(content))
    assert submitted.acted.done, submitted.acted.reasons
    return submitted.instance_id
