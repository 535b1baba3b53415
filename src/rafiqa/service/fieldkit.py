"""The field kit: publish forms, and let devices in that may fetch and send."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256

from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import ROLES, Actor, Reason, Ruling, rule
from rafiqa.ledger import DeviceEnrolled, DeviceRevoked, FormFile, FormPublished
from rafiqa.service.act import NOW, Stamp, carry_out, on_record
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.wire.xformread import xform_head

HAZARDS_LIST = "hazards"
"""Name of the list of known hazards that forms draw under what is drawn."""
TOKEN_BYTES = 48
"""Bytes of a device's secret: 64 letters in a path."""


def publish_form(
    office: Office,
    actor: Actor,
    form: FormPublished,
    content: bytes,
    media: Mapping[str, bytes] | None = None,
    stamp: Stamp = NOW,
) -> Acted:
    """Returns the act of giving out a version of a form, its bytes kept under their hash.

    The same bytes published again are the same act. Another content under a version that is out
    already is refused: phones that hold the first would fill it under the name of the second.

    Args:
        office: the open store.
        actor: who publishes.
        form: the form; its id, version, title and hash are read from its bytes.
        content: the XForm's bytes.
        media: files that it needs, by name.
        stamp: when, and the client's own id.

    Raises:
        InvalidInput: the bytes are no XForm.
    """
    permit = allow(actor, "publish_form")
    if not permit.allowed:
        return Acted(permit)
    head = xform_head(content)
    files = tuple(
        FormFile(name, office.store.put_blob(data)) for name, data in sorted((media or {}).items())
    )
    made = replace(
        form,
        form_id=head.form_id,
        version=head.version,
        title=head.title,
        xml_sha256=office.store.put_blob(content),
        media=files,
    )
    against: list[Reason] = []
    known = office.fieldbook().form(head.form_id, head.version)
    if known == made and stamp.entry_id is None:
        return Acted(Ruling(allowed=True), already=True)
    if known is not None and known.xml_sha256 != made.xml_sha256:
        params: dict[str, str | int] = {"form": head.form_id, "version": head.version}
        against.append(Reason("service.form.version-twice", params))
    against += [
        Reason("service.form.file-missing", {"form": head.form_id, "file": name})
        for name in head.wanted
        if name != f"{HAZARDS_LIST}.csv" and name not in (media or {})
    ]
    return carry_out(
        office, actor, "publish_form", head.form_id, made, stamp=stamp, ruling=rule(against)
    )


def enrol_device(office: Office, actor: Actor, fact: DeviceEnrolled, stamp: Stamp = NOW) -> Acted:
    """Returns the act of letting a device in; a name that was taken is never given again."""
    against = []
    if fact.device_id in office.fieldbook().devices:
        against.append(Reason("service.device.known", {"device": fact.device_id}))
    if fact.role not in ROLES:
        against.append(Reason("service.device.role", {"role": fact.role}))
    known = office.register().tasks
    against += [
        Reason("service.device.task", {"task": task_id})
        for task_id in fact.task_ids
        if task_id not in known
    ]
    return carry_out(
        office, actor, "enrol_device", fact.device_id, fact, stamp=stamp, ruling=rule(against)
    )


def revoke_device(office: Office, actor: Actor, fact: DeviceRevoked, stamp: Stamp = NOW) -> Acted:
    """Returns the act of shutting a device out; what it sends after that is not taken."""
    book = office.fieldbook()
    against = []
    if fact.device_id not in book.devices:
        against.append(Reason("service.device.unknown", {"device": fact.device_id}))
    elif fact.device_id in book.revoked and not on_record(office, stamp):
        against.append(Reason("service.device.revoked", {"device": fact.device_id}))
    return carry_out(
        office, actor, "revoke_device", fact.device_id, fact, stamp=stamp, ruling=rule(against)
    )


def new_token(entropy: Callable[[int], bytes]) -> str:
    """Returns a fresh secret for a device, in letters that a path may hold."""
    return base64.urlsafe_b64encode(entropy(TOKEN_BYTES)).decode()


def token_sha256(token: str) -> str:
    """Returns what is kept of a secret."""
    return sha256(token.encode()).hexdigest()


def settings_text(server_url: str, lang: str = "en") -> str:
    """Returns what a phone scans to be set up: its server, and forms kept as published.

    Args:
        server_url: with the device's secret in it; whoever reads the code has the key.
        lang: language of the application, where it knows it.

    Raises:
        InvalidInput: the address is no web address.
    """
    if not server_url.startswith(("https://", "http://")):
        raise InvalidInput(Fault("service.device.address", "--url", params={"url": server_url}))
    general = {
        "server_url": server_url,
        "form_update_mode": "match_exactly",
        "autosend": "wifi_and_cellular",
        "image_size": "medium",
        "app_language": lang,
    }
    told = {"general": general, "admin": {"change_server": False}, "project": {}}
    packed = zlib.compress(json.dumps(told, separators=(",", ":")).encode(), 9)
    return base64.b64encode(packed).decode()
