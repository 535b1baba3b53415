"""The verifier's page, filled with the lists that this office gives its readers.

The page judges certificates on the reader's own device. It is the only one that may use a camera
and a position, and the only one with a script in it: that one script, by its hash.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

from rafiqa.api import page
from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply
from rafiqa.ledger.qrtext import STATUS_LIST, TRUST_LIST, text_of
from rafiqa.service import Office
from rafiqa.service.certifying import TRUST_SETTING, listed_now

PERMISSIONS: Final = "camera=(self), microphone=(), geolocation=(self), payment=(), usb=()"

_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_GIVEN = re.compile(rb'(<script type="application/json" id="given">)\{\}(</script>)')


def show_verifier(ask: Ask) -> Reply:
    """Returns the verifier's page with this office's lists in it.

    Where the web build is missing, the page that says so.
    """
    file = page.static_folder() / "verify.html"
    if not file.is_file():
        return page.unbuilt(ask.lang)
    body = file.read_bytes()
    given = json.dumps(given_lists(ask.desk.office)).encode()
    filled = _GIVEN.sub(lambda found: found[1] + given + found[2], body, count=1)
    headers = {
        "Cache-Control": page.ASK_AGAIN,
        "Content-Security-Policy": policy_of(body),
        "Permissions-Policy": PERMISSIONS,
    }
    return Reply(filled, "text/html", headers=headers)


def given_lists(office: Office) -> dict[str, str]:
    """Returns the texts of the lists that a store holds: ``trust`` and ``status``, each if there.

    A status list that the land book has overtaken is not given out. In Base45, whose letters need
    no escape inside a page.
    """
    kept = {
        "trust": (TRUST_LIST, office.store.setting(TRUST_SETTING)),
        "status": (STATUS_LIST, listed_now(office)),
    }
    return {
        name: text_of(prefix, data) for name, (prefix, data) in kept.items() if data is not None
    }


def policy_of(body: bytes) -> str:
    """Returns the content policy of a page: its own script and style by their hashes, no host."""
    return (
        f"default-src 'none'; script-src {_hashes(_SCRIPT, body)}; "
        f"style-src {_hashes(_STYLE, body)}; img-src data: blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hashes(pattern: re.Pattern[bytes], body: bytes) -> str:
    found = [b64encode(sha256(text).digest()).decode() for text in pattern.findall(body)]
    return " ".join(f"'sha256-{each}'" for each in found) or "'none'"
