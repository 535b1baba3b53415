"""A phone on a slow line: sends forms and a photograph, and tells how many bytes it took.

Run in the phone's namespace; arguments: the port, the key, how many forms, the photograph's bytes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from tests.collect import Collect, multipart
from tests.fault.network import SERVER
from tests.unit.service.field import filled_form


def _wire_bytes() -> int:
    rows = Path("/proc/net/dev").read_text(encoding="utf-8").splitlines()[2:]
    return sum(int(row.split()[9]) for row in rows if not row.strip().startswith("lo:"))


def main() -> None:
    port, key, n_forms, photo_bytes = sys.argv[1:]
    phone = Collect(f"http://{SERVER}:{port}/openrosa/key/{key}", 300.0)
    photo = np.random.default_rng(9).bytes(int(photo_bytes))
    before, payload = _wire_bytes(), 0
    statuses: list[int] = []
    for number in range(int(n_forms)):
        files = {"p.jpg": photo} if number == 0 else {}
        content = filled_form(f"uuid:{number}", photo="p.jpg" if files else "")
        payload += len(multipart(content, files))
        statuses += phone.submit(content, files, 1_000_000)
    told = {"statuses": statuses, "payload": payload, "wire": _wire_bytes() - before}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
