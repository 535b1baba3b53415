"""A phone that sends filled forms over a wire that is cut again and again.

Run in the phone's namespace, as a module; arguments: the namespaces of server and phone, the
port, the key, how many forms, a seed, and ``frozen`` or ``fresh`` (an id anew at each try).
Prints JSON: how often it was cut, how often nobody answered, and the statuses.
"""

from __future__ import annotations

import http.client
import json
import sys
import time

import numpy as np

from tests.collect import Collect
from tests.fault.network import SERVER, Wire
from tests.unit.service.field import filled_form

WAIT_S, TRIES, PHOTO_BYTES = 0.3, 60, 20_000


def main() -> None:
    server, phone_space, port, key, n_forms, seed, manner = sys.argv[1:]
    chance = np.random.default_rng(int(seed))
    wire = Wire(server, phone_space)
    phone = Collect(f"http://{SERVER}:{port}/openrosa/key/{key}", WAIT_S)
    n = int(n_forms)
    cut = set(chance.choice(n, n * 7 // 15, replace=False).tolist())
    statuses: list[int] = []
    unanswered = waited_s = 0.0
    for number in range(n):
        photo = chance.bytes(PHOTO_BYTES)
        healed_s = 0.0
        if number in cut:
            kind = str(chance.choice(("reply", "request", "both")))
            wire.drop(to_server=kind != "reply", to_phone=kind != "request")
        for attempt in range(TRIES):
            name = f"uuid:{number}" if manner == "frozen" else f"uuid:{number}.{attempt}"
            content = filled_form(name, photo="p.jpg", statement=f"report {number}")
            try:
                statuses += phone.submit(content, {"p.jpg": photo}, 1_000_000)
            except (OSError, http.client.HTTPException):
                unanswered += 1
                wire.heal()
                healed_s = healed_s or time.monotonic()
                continue
            waited_s = max(waited_s, time.monotonic() - healed_s if healed_s else 0.0)
            break
        else:
            raise SystemExit(f"form {number} never got an answer")
    told = {"cuts": len(cut), "unanswered": unanswered, "statuses": statuses, "waited_s": waited_s}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
