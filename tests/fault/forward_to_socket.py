"""Takes connections at an address and carries them to a socket of this machine, until killed.

Arguments: the address, the port, the socket's path.
"""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from threading import Thread


def pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def main() -> None:
    address, port, path = sys.argv[1:]
    listener = socket.create_server((address, int(port)))
    while True:
        near, _ = listener.accept()
        far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        far.connect(path)
        for pair in ((near, far), (far, near)):
            Thread(target=pour, args=pair, daemon=True).start()


main()
