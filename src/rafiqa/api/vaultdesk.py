"""The vault at the desk: how it stands and who looked; nobody is named, and nothing is done."""

from __future__ import annotations

from typing import Final

from rafiqa.api.act import actor_of
from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply, reply
from rafiqa.api.vaultshape import InAccident, LookTold, ManyTold, VaultCommand, VaultTold
from rafiqa.api.view import View
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, Forbidden
from rafiqa.service import allow
from rafiqa.service.permit import Facts
from rafiqa.service.vaultseen import vault_seen
from rafiqa.wire.instant import iso

SEEN_BY: Final = "note_assistance"
"""Who may note help, and sees the whole site, sees how the vault stands; nobody else does."""
SHOWN: Final = 100
COMMANDS: Final = {
    "show": "rafiqa vault show STORE PSEUDONYM --reason REASON --key KEY-FILE",
    "looks": "rafiqa vault looks STORE PSEUDONYM",
    "due": "rafiqa vault due STORE --erase",
    "erase": "rafiqa vault erase STORE PSEUDONYM --cause CAUSE",
    "check": "rafiqa vault check STORE",
}
"""Acts on the vault's machine, with nothing filled in that a page could know wrongly."""


def show_vault(ask: Ask) -> Reply:
    """Returns how the vault stands, how many it keeps, and who looked, when and why.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role has no work with it, or they see less than the whole site.
    """
    actor = actor_of(ask)
    permit = allow(actor, SEEN_BY, Facts(standing=ask.standing))
    if not permit.allowed:
        raise Forbidden([Fault(each.code, params=each.params) for each in permit.reasons])
    if not View.of(ask).staff:
        params: dict[str, str | int] = {"role": actor.role, "act": "see_work"}
        raise Forbidden(Fault("service.permit.organisation", params=params))
    seen, lists = vault_seen(ask.desk.office), dictionary().lists
    roles, reasons = lists["role"], lists["look_reason"]
    causes = lists["identity_erasure"]
    found = VaultTold(
        seen.state,
        seen.detail,
        seen.kept,
        seen.due,
        seen.erased,
        seen.unsettled,
        [InAccident(each.accident_id, each.kept, each.erased) for each in seen.accidents],
        [
            LookTold(
                iso(each.at_us),
                each.actor.person_id,
                each.actor.organisation_id,
                roles.label(each.actor.role, ask.lang),
                each.reason,
                reasons.label(each.reason, ask.lang),
            )
            for each in seen.looks[:SHOWN]
        ],
        len(seen.looks),
        [
            ManyTold(
                each.actor.person_id, each.actor.organisation_id, each.looks, iso(each.last_us)
            )
            for each in seen.many
        ],
        {code: reasons.label(code, ask.lang) for code in reasons.names},
        {code: causes.label(code, ask.lang) for code in causes.names},
        [VaultCommand(act, line) for act, line in COMMANDS.items()],
    )
    return reply(found, {"Cache-Control": "no-store"})
