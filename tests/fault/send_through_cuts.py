"""A phone that sends reports of danger over a wire that is cut again and again.

Run in the phone's namespace, as a module; arguments: the namespaces of server and phone, the port,
how many reports, a seed, and ``keys`` or ``bare``.
Prints JSON: how many requests were sent, how often nobody answered, what each report got.
"""

from __future__ import annotations

import http.client
import json
import socket
import struct
import sys
import time
from dataclasses import dataclass, field

import numpy as np

from tests.city import PASSWORD
from tests.fault.network import SERVER, Wire

WAIT_S, SIGN_IN_S = 0.2, 20.0
TRIES = 40


@dataclass(slots=True)
class Phone:
    """Sends one report after another, each until it is answered."""

    wire: Wire
    port: int
    chance: np.random.Generator
    keys: bool
    cookie: str = ""
    sent: int = 0
    unanswered: int = 0
    cuts: dict[str, int] = field(default_factory=dict)
    answers: list[tuple[int, str]] = field(default_factory=list)
    _line: http.client.HTTPConnection | None = None

    def sign_in(self) -> None:
        line = http.client.HTTPConnection(SERVER, self.port, timeout=SIGN_IN_S)
        headers = {"X-Rafiqa": "desk", "Content-Type": "application/json"}
        body = json.dumps({"login": "second", "password": PASSWORD})
        line.request("POST", "/api/session", body, headers)
        answer = line.getresponse()
        if answer.status != 200:
            raise SystemExit(answer.read().decode())
        self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        line.close()

    def _ask(self, path: str, body: object, key: str | None) -> tuple[int, str]:
        line = self._line or http.client.HTTPConnection(SERVER, self.port, timeout=WAIT_S)
        self._line = line
        headers = {"X-Rafiqa": "desk", "Content-Type": "application/json", "Cookie": self.cookie}
        if key is not None:
            headers["Idempotency-Key"] = key
        try:
            line.request("POST", path, json.dumps(body), headers)
            answer = line.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self._hang_up(line)
            raise
        return answer.status, text

    def _hang_up(self, line: http.client.HTTPConnection) -> None:
        """Half of the time at once, half of the time so that what was sent may still arrive."""
        self._line = None
        if line.sock is not None and self.chance.random() < 0.5:
            line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()

    def _cut(self) -> None:
        kind = str(self.chance.choice(("reply", "request", "both")))
        self.cuts[kind] = self.cuts.get(kind, 0) + 1
        self.wire.drop(to_server=kind != "reply", to_phone=kind != "request")

    def report(self, number: int, *, cut: bool) -> None:
        body = {"cause": "missed_item", "note": f"report {number}"}
        key = f"report-{number:06d}" if self.keys else None
        if cut:
            self._cut()
        for _ in range(TRIES):
            self.sent += 1
            try:
                self.answers.append(self._ask("/api/areas/H2/reopenings", body, key))
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
                self.wire.heal()
                time.sleep(float(self.chance.uniform(0, 0.02)))
                continue
            return
        raise SystemExit(f"report {number} never got an answer")


def main() -> None:
    server, phone_space, port, n_reports, seed, keys = sys.argv[1:]
    chance = np.random.default_rng(int(seed))
    phone = Phone(Wire(server, phone_space), int(port), chance, keys == "keys")
    phone.sign_in()
    n = int(n_reports)
    cut = set(chance.choice(n, n * 7 // 15, replace=False).tolist())
    for number in range(n):
        phone.report(number, cut=number in cut)
    answers = [(status, json.loads(text).get("entry_id")) for status, text in phone.answers]
    found = {"sent": phone.sent, "unanswered": phone.unanswered, "cuts": phone.cuts}
    sys.stdout.write(json.dumps({**found, "answers": answers}))


if __name__ == "__main__":
    main()
