"""What a filled form says of who somebody is goes into the vault before the ledger has the form."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256

from rafiqa.errors import Fault, InvalidInput, StoreError
from rafiqa.ledger import IdentityKept
from rafiqa.service.office import Office
from rafiqa.service.sealed import vaulted_names
from rafiqa.service.vaulting import keep_until
from rafiqa.wire.cutting import Cut, cut_as_meant, cut_by_name, cut_json, cut_xml
from rafiqa.wire.filled import Filled, filled_json, filled_xml, xml_text

XML, JSON = "text/xml", "application/json"
PURPOSE = "field_form"


@dataclass(frozen=True, slots=True)
class Sent:
    """A filled form as it arrived.

    Attributes:
        content: its bytes.
        media_type: ``text/xml`` or ``application/json``.
        instance_id: its id, where it does not say it itself.
        device_id: the enrolled device that it came from.
    """

    content: bytes
    media_type: str = XML
    instance_id: str | None = None
    device_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sealing:
    """A form as the ledger keeps it.

    Attributes:
        text: its text, without what says who somebody is where there is a vault.
        digest: what names its content: SHA-256 of its bytes, or, of a form that names somebody,
            a digest under the vault's own key, against which no guess can be tested.
        kept: that the form as it came lies in the vault, where it does.
        failed: why the vault did not take it.
    """

    text: str
    digest: bytes
    kept: IdentityKept | None = None
    failed: StoreError | None = None


def sealed_submission(office: Office, entry_id: str, instance_id: str, sent: Sent) -> Sealing:
    """Returns a form as the ledger keeps it, after what it says of persons lies in the vault.

    Where the store has no vault the form is kept as it came. One that was kept so before stays
    what it was: sent again it must be known again.

    Args:
        office: the open store.
        entry_id: the entry that is to keep the form.
        instance_id: the form's own id.
        sent: the form; it has been read before.
    """
    plain = Sealing(_text(sent), sha256(sent.content).digest())
    if office.vault is None:
        return plain
    cut = cut_by_name(vaulted_names())
    text, n_cut = (cut_json if sent.media_type == JSON else cut_xml)(sent.content, cut)
    first = office.store.find(entry_id)
    if n_cut == 0 or (first is not None and first.request_digest == plain.digest):
        return plain
    if not _says_the_same(sent, instance_id, text, cut):
        return Sealing(text, plain.digest, failed=StoreError(Fault("service.vault.cut")))
    try:
        digest = office.vault.digest(sent.content)
        content = {"media_type": sent.media_type, "text": plain.text}
        pseudonym = office.vault.keep(
            json.dumps(content, ensure_ascii=False).encode(), f"{entry_id}:{digest.hex()[:16]}"
        )
    except StoreError as error:
        return Sealing(text, plain.digest, failed=error)
    until_on = keep_until(PURPOSE, office.now_us(), _asked_until(sent))
    return Sealing(text, digest, IdentityKept(pseudonym, instance_id, PURPOSE, until_on))


def _text(sent: Sent) -> str:
    if sent.media_type == JSON:
        return sent.content.decode("utf-8", "backslashreplace")
    return xml_text(sent.content)


def _says_the_same(sent: Sent, instance_id: str, text: str, cut: Cut) -> bool:
    """Whether the cut form is read as what came, but for what was cut: else nothing keeps it."""
    try:
        left = read_form(Sent(text.encode(), sent.media_type, instance_id))
        return cut_as_meant(read_form(replace(sent, instance_id=instance_id)), left, cut)
    except (InvalidInput, UnicodeEncodeError):
        return False


def read_form(sent: Sent) -> Filled:
    """Returns what a form says, by its media type.

    Raises:
        InvalidInput: it cannot be read.
    """
    if sent.media_type == JSON:
        return filled_json(sent.content, sent.instance_id or "")
    return filled_xml(sent.content)


def _asked_until(sent: Sent) -> str | None:
    """The earliest day until which a person in the form lets it be kept."""
    filled = read_form(sent)
    days = [text for path, text in filled.leaves if path.endswith("keep_until_on") and text]
    return min(days, default=None)


def sealed_answers(content: dict[str, str]) -> dict[str, str]:
    """Returns what a form that lies in the vault says of who somebody is, by the question's path.

    A question that was asked again has the number of its group behind it, from 1.
    """
    filled = read_form(Sent(content["text"].encode(), content["media_type"]))
    cut = cut_by_name(vaulted_names())
    return {
        "/".join(names) + "".join(f" {number + 1}" for number in row if number): text
        for names, row, text in filled.placed()
        if text and cut(names)
    }
