"""The page's words in one language."""

from __future__ import annotations

from rafiqa.api import shape
from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply, pack, reply
from rafiqa.dictionary import dictionary
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
    "account.",
    "followup.",
    "access.",
    "field.state.",
    "study.event.",
)
"""Families of texts that the page shows by itself; all others come with the answers."""


LISTS = (
    ("class", ("class",)),
    ("outcome", ("outcome",)),
    ("stage", ("stage",)),
    ("validation", ("validation",)),
    ("kind", ("project_kind", "asset_kind", "evidence_kind", "accident_kind")),
    ("cause", ("reopening_cause",)),
    ("reason", ("not_cleared_reason",)),
    ("triage", ("report_triage",)),
    ("method", ("method",)),
    ("party", ("party_role",)),
    ("permit_state", ("permit_state",)),
    ("asset_state", ("asset_state",)),
    ("rubble_state", ("rubble_state",)),
    ("seen", ("report_seen",)),
    ("channel", ("report_channel",)),
    ("precision", ("geo_precision",)),
    ("report_outcome", ("report_outcome",)),
    ("request_outcome", ("request_outcome",)),
    ("request_kind", ("request_kind",)),
    ("yes_no", ("yes_no_unknown",)),
    ("role", ("role",)),
    ("severity", ("severity",)),
)
"""Families of codes that the dictionary words, and its lists; the first list wins, and the
page's own text before any list."""


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
    found = {
        f"{family}.{code.code}": code.labels.of(lang)
        for family, list_names in LISTS
        for list_name in reversed(list_names)
        for code in dictionary().lists[list_name].codes
    }
    for prefix in PREFIXES:
        found |= texts(lang, prefix)
    made = reply(shape.Catalogue(lang, direction(lang), found))
    return Reply(made.body, made.media_type, packed=pack(made.body))
