"""Bundles of other authorities that came over a network: read first where it can hurt nobody.

They are read in a process of their own, under limits, by ``rafiqa.wire.bundleworker``.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.nursery import nursery

_WALL_S: Final = 90


def refuse_unreadable(data: bytes) -> None:
    """Returns nothing where a bundle can be read whole, within the limits of its reader.

    Raises:
        InvalidInput: ``service.federation.partial``, ``service.federation.altered``, or
            ``wire.bundle.unread`` where its reader was ended.
    """
    with tempfile.TemporaryDirectory(prefix="rafiqa-bundle-") as name:
        folder = Path(name)
        came, told = folder / "came", folder / "told.json"
        came.write_bytes(data)
        ended = nursery().read("bundle", folder, {"came": str(came), "told": str(told)}, _WALL_S)
        if ended.status != 0 or not told.is_file():
            raise InvalidInput(Fault("wire.bundle.unread", "$.sha256"))
        said: dict[str, Any] = json.loads(told.read_bytes())
    if said["whole"]:
        return
    if "n" in said:
        params: dict[str, str | int] = {"n": said["n"], "whole": said["of"]}
        raise InvalidInput(Fault("service.federation.partial", "$.sha256", params=params))
    raise InvalidInput(Fault("service.federation.altered", "$.sha256"))
