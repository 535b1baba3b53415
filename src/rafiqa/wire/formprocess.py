"""Running the worker of foreign forms: forked, given a file, killed when it takes too long."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rafiqa.errors import Fault
from rafiqa.wire.limit import MEBIBYTE, Limits
from rafiqa.wire.nursery import nursery
from rafiqa.wire.process import worker_death

_MOST_BYTES = 16 * MEBIBYTE
_LIMITS = Limits()


def run_form_worker(path: Path, limits: Limits = _LIMITS) -> dict[str, Any]:
    """What the worker made of a file, as plain values; a worker that dies refuses the file.

    Faults of its own: ``wire.file.missing``, ``wire.xlsform.large``, ``wire.worker.*``.
    """
    if not path.is_file():
        return _refused([Fault("wire.file.missing", "", None, {"path": path.name})])
    if path.stat().st_size > _MOST_BYTES:
        most = _MOST_BYTES // MEBIBYTE
        return _refused([Fault("wire.xlsform.large", "", None, {"limit_mib": most})])
    with tempfile.TemporaryDirectory(prefix="rafiqa-form-") as folder:
        answer = Path(folder) / "answer.json"
        order = {
            "path": str(path.resolve()),
            "answer": str(answer),
            "limits": asdict(limits),
            "cpu_s": limits.hazard_cpu_s,
            "data_bytes": limits.hazard_data_bytes,
        }
        return _answered(order, folder, answer, limits)


def _answered(order: dict[str, Any], folder: str, answer: Path, limits: Limits) -> dict[str, Any]:
    wall_s = limits.hazard_cpu_s * limits.wall_factor
    ended = nursery().read("form", Path(folder), order, wall_s)
    if ended.status == 0:
        made: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return made
    died = worker_death(ended, limits.hazard_cpu_s, limits.hazard_data_bytes)
    return _refused(died.faults)


def _refused(faults: Sequence[Fault]) -> dict[str, Any]:
    return {
        "refused": [
            {"code": one.code, "place": one.place, "row": one.row, "params": dict(one.params)}
            for one in faults
        ]
    }
