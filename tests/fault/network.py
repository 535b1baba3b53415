"""Two machines on one wire, made of two network namespaces, and a wire that can be cut each way.

Nothing here is simulated: packets are dropped by the kernel, replies are lost after the act was
done, and what was sent before a cut arrives after it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

SERVER, PHONE = "10.211.55.1", "10.211.55.2"


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@dataclass(frozen=True, slots=True)
class Wire:
    """The wire between the namespaces of a server and a phone."""

    server: str
    phone: str

    def drop(self, *, to_server: bool, to_phone: bool) -> None:
        """Loses everything from now on, in one or both directions."""
        if to_server:
            _ip("-n", self.phone, "route", "add", "blackhole", f"{SERVER}/32")
        if to_phone:
            _ip("-n", self.server, "route", "add", "blackhole", f"{PHONE}/32")

    def heal(self) -> None:
        """Lets everything through again."""
        for space, address in ((self.phone, SERVER), (self.server, PHONE)):
            command = ["ip", "-n", space, "route", "del", "blackhole", f"{address}/32"]
            subprocess.run(command, check=False, capture_output=True)


@contextmanager
def wire() -> Iterator[Wire]:
    """A wire of its own; ends the test with the reason where the machine allows none."""
    if shutil.which("ip") is None:
        pytest.skip("no network namespaces: apt-get install iproute2")
    name = os.getpid()
    made = Wire(f"rafiqa-server-{name}", f"rafiqa-phone-{name}")
    try:
        _ip("netns", "add", made.server)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespaces here: {error.stderr.decode().strip()}")
    try:
        _ip("netns", "add", made.phone)
        ends = (f"rs{name}"[-15:], f"rp{name}"[-15:])
        _ip("link", "add", ends[0], "type", "veth", "peer", "name", ends[1])
        for end, space, address in zip(
            ends, (made.server, made.phone), (SERVER, PHONE), strict=True
        ):
            _ip("link", "set", end, "netns", space)
            _ip("-n", space, "address", "add", f"{address}/30", "dev", end)
            _ip("-n", space, "link", "set", end, "up")
            _ip("-n", space, "link", "set", "lo", "up")
        yield made
    finally:
        for space in (made.server, made.phone):
            subprocess.run(["ip", "netns", "del", space], check=False, capture_output=True)
