"""Ways in: who can be come to over roads, and which clearance would open the most."""

from __future__ import annotations

import msgspec

from rafiqa.api import accessshape
from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.service.access import ask_access
from rafiqa.wire.accessjson import access_json


def show_access(ask: Ask) -> Reply:
    """Returns every project and service with its way in, and what would open the most."""
    view = View.of_works(ask)

    def make() -> Reply:
        answer = access_json(ask_access(view.desk.office, view.moment.as_of), view.lang)
        return reply(msgspec.convert(answer, accessshape.Access))

    return view.kept("access", make)
