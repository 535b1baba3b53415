"""The page's words in one language."""

from __future__ import annotations

from rafiqa.api import shape
from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply, pack, reply
from rafiqa.errors import Fault, NotFound
from rafiqa.locale import direction, languages, texts

PREFIXES = (
    "desk.",
    "class.",
    "outcome.",
    "gate.",
    "stage.",
    "state.",
    "validation.",
    "kind.",
    "cause.",
    "code.",
    "mark.",
)
"""Families of texts that the page shows by itself; all others come with the answers."""


def show_catalogue(ask: Ask) -> Reply:
    """Returns every text of the page.

    Raises:
        NotFound: no catalogue in that language.
    """
    lang = ask.path["lang"]
    if lang not in languages():
        raise NotFound(Fault("api.catalogue.unknown", "lang", params={"lang": lang[:20]}))
    return ask.desk.replies.get(("catalogue", lang), lambda: _catalogue(lang))


def _catalogue(lang: str) -> Reply:
    found = {code: words for prefix in PREFIXES for code, words in texts(lang, prefix).items()}
    made = reply(shape.Catalogue(lang, direction(lang), found))
    return Reply(made.body, made.media_type, packed=pack(made.body))
