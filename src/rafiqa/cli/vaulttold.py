"""What is told where something is erased on record and its vault could not be reached."""

from __future__ import annotations

import argparse
from typing import Any

from rafiqa.locale import text
from rafiqa.service import Office
from rafiqa.service.place import place_of
from rafiqa.service.vaultdoor import unreached, vault_place


def unreached_told(args: argparse.Namespace, office: Office) -> tuple[dict[str, Any], list[str]]:
    """Returns where the vault is that something erased may still lie in, and the words for it.

    Both empty where the vault is open, and nothing erased is in it.
    """
    fault = unreached(office)
    if fault is None:
        return {}, []
    path = str(vault_place(place_of(args.store)))
    detail = text(fault.code, fault.params, args.lang)
    told: dict[str, object] = {"path": path, "detail": detail}
    answer = {"vault_not_reached": {"path": path, "error": fault.code, "detail": detail}}
    return answer, [text("cli.vault.unreached", told, args.lang)]
