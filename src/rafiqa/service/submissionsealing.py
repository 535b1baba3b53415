"""What a filled form says of who somebody is goes into the vault before the ledger has the form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from rafiqa.errors import Fault, InvalidInput, RafiqaError, StoreError
from rafiqa.ledger import IdentityKept, SubmissionReceived, is_erased
from rafiqa.service.fieldbook import APART
from rafiqa.service.identitybook import identities
from rafiqa.service.office import Office
from rafiqa.service.sealed import vaulted_names
from rafiqa.service.vaultdoor import vault_now
from rafiqa.service.vaulting import is_day, keep_until
from rafiqa.store.vault import Vault
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
        instance_id: its own id, or one made of what the ledger keeps of it.
        text: its text, without what says who somebody is where there is a vault.
        digest: what names its content: SHA-256 of its bytes, or, of a form that names somebody,
            a digest under a key of its own that lies in the vault, and goes with what it names.
        kept: that the form as it came lies in the vault, where it does.
        failed: why the vault did not take it.
        cut: the form that is left, where something was cut out of it.
        first: the submission that is on record already, where this is it, sent again.
    """

    instance_id: str
    text: str
    digest: bytes
    kept: IdentityKept | None = None
    failed: StoreError | None = None
    cut: Filled | None = None
    first: SubmissionReceived | None = None


def entry_of(instance_id: str) -> str:
    """Returns the id of the entry that keeps an instance, the same for ever."""
    return f"submission-{sha256(instance_id.encode()).hexdigest()[:32]}"


def sign_name(digest: bytes) -> str:
    """Returns the id of the sign of a form, by what names its signs."""
    return f"field-{digest.hex()[:24]}"


def left_name(sealing: Sealing, sign_id: str | None) -> str | None:
    """Returns what names the words that are left of a cut form, where no sign is named so.

    Of words without a name in them: like the digest of a form that names nobody it stays.
    """
    if sealing.cut is None:
        return None
    name = sign_name(sha256(sealing.text.encode()).digest())
    return None if name == sign_id else name


def sealed_submission(office: Office, filled: Filled, sent: Sent) -> Sealing:
    """Returns a form as the ledger keeps it, after what it says of persons lies in the vault.

    Where the store never had a vault the form is kept as it came. One that was kept so before
    stays what it was: sent again it must be known again. Where a vault should be there and is not,
    or fails, nothing that names somebody is kept: ``failed`` says why.

    Args:
        office: the open store.
        filled: what the form says.
        sent: the form as it came.
    """
    plain_id = filled.instance_id or f"sha256:{sha256(sent.content).hexdigest()}"
    plain = Sealing(plain_id, _text(sent), sha256(sent.content).digest())
    vault, failed = None, None
    try:
        vault = vault_now(office)
    except RafiqaError as error:
        failed = _failure(error)
    before = office.store.find(entry_of(plain_id))
    if before is not None and before.request_digest == plain.digest:
        return plain
    if vault is None and failed is None:
        return _known(office, plain)
    cut = cut_by_name(vaulted_names())
    text, n_cut = (cut_json if sent.media_type == JSON else cut_xml)(sent.content, cut)
    if n_cut == 0:
        return _known(office, plain)
    # A form without an id is named by what is left of it: no guess at a name is tested by that.
    digest = sha256(text.encode()).digest()
    instance_id = filled.instance_id or f"sha256:{digest.hex()}"
    left = _left(sent, instance_id, text, cut)
    sealing = Sealing(instance_id, text, digest, failed=failed, cut=left)
    if left is None:
        return replace(sealing, failed=StoreError(Fault("service.vault.cut")))
    if vault is None:
        return sealing
    try:
        return _kept(office, vault, sealing, sent)
    except RafiqaError as error:
        return replace(sealing, failed=_failure(error))


def _failure(error: RafiqaError) -> StoreError:
    return error if isinstance(error, StoreError) else StoreError(error.faults)


def _first(office: Office, sealing: Sealing) -> tuple[SubmissionReceived, bytes] | None:
    """The submission on record under a form's id, and its digest, where its words are the same."""
    entry = office.store.find(entry_of(sealing.instance_id))
    fact = None if entry is None else office.fact_of(entry)
    if entry is None or not isinstance(fact, SubmissionReceived) or fact.text != sealing.text:
        return None
    return fact, entry.request_digest


def _known(office: Office, plain: Sealing) -> Sealing:
    """A form that names nobody: the one on record where that, cut, reads the same.

    So what was given out without names and comes back is what it was, and no second form.
    """
    first = _first(office, plain)
    return plain if first is None else replace(plain, digest=first[1], first=first[0])


def _kept(office: Office, vault: Vault, sealing: Sealing, sent: Sent) -> Sealing:
    """A form whose names lie in the vault now, or were erased from it and stay so."""
    entry_id = entry_of(sealing.instance_id)
    first, own = None, set[str]()
    if office.store.find(entry_id) is not None:
        first, own = _first(office, sealing), _own(office, sealing.instance_id)
        if vault.form_kept(sent.content, entry_id) is None:
            # Nothing says any more whether it names the same person: erased it stays erased.
            digest = _erased(office, sealing, own, vault.forms_erased(entry_id))
            if digest is not None:
                return replace(sealing, digest=digest, first=None if first is None else first[0])
    there = {item.pseudonym for item in vault.items() if not item.erased} & own if first else set()
    content = {"media_type": sent.media_type, "text": _text(sent)}
    kept = json.dumps(content, ensure_ascii=False).encode()
    pseudonym, digest = vault.keep_form(sent.content, kept, entry_id)
    until_on = keep_until(PURPOSE, office.now_us(), _asked_until(sent))
    fact = IdentityKept(pseudonym, sealing.instance_id, PURPOSE, until_on)
    # The same words and no other names beside them in the vault: this is the form on record, whose
    # names were never here, or were lost with a vault. Else they are another person's.
    if first is not None and (pseudonym in own or not there):
        return replace(sealing, digest=first[1], kept=fact, first=first[0])
    return replace(sealing, digest=digest, kept=fact)


def _own(office: Office, instance_id: str) -> set[str]:
    """The pseudonyms under which a form's identities were kept, by the ledger."""
    return {
        name
        for name, story in identities(office).items()
        if (story.fact.record_id, story.fact.purpose) == (instance_id, PURPOSE)
    }


def _erased(office: Office, sealing: Sealing, own: set[str], gone: Sequence[str]) -> bytes | None:
    """What names a form whose identity or words are erased; None where there is none of its id."""
    stories = identities(office)
    entry = office.store.find(entry_of(sealing.instance_id))
    if entry is not None and any(stories[name].erased for name in own):
        fact = office.fact_of(entry)
        if isinstance(fact, SubmissionReceived) and (
            fact.text == sealing.text or sign_name(sealing.digest) in {fact.sign_id, fact.left_id}
        ):
            return entry.request_digest
        if is_erased(entry):
            # Nothing says any more that it is the same: it may be another danger. What is left of
            # it is kept apart, and nobody is brought back by it.
            return sealing.digest
    # Under the same id, and kept apart for its content.
    apart = {
        stories[name].fact.record_id
        for name in gone
        if name in stories and stories[name].fact.record_id.startswith(APART)
    }
    for item in office.store.quarantined() if apart else ():
        if item.quarantine_id in apart and item.original == sealing.text.encode():
            return bytes.fromhex(item.quarantine_id.removeprefix(APART)).ljust(32, b"\0")
    return None


def _text(sent: Sent) -> str:
    if sent.media_type == JSON:
        return sent.content.decode("utf-8", "backslashreplace")
    return xml_text(sent.content)


def _left(sent: Sent, instance_id: str, text: str, cut: Cut) -> Filled | None:
    """What a cut form says; None where that is not what came, but for what was cut."""
    try:
        left = read_form(Sent(text.encode(), sent.media_type, instance_id))
        came = read_form(replace(sent, instance_id=instance_id))
    except (InvalidInput, UnicodeEncodeError):
        return None
    return left if cut_as_meant(came, left, cut) else None


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
    told = [text for path, text in filled.leaves if path.casefold().endswith("keep_until_on")]
    # Days written alike sort as they fall; what is no day says nothing.
    return min((text for text in told if is_day(text)), default=None)


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
