"""The nurse: the process from which each reader of a stranger's bytes is forked.

Started as ``python -m rafiqa.wire.nurse`` by ``rafiqa.wire.nursery``, with a socket as its standard
input. It holds imported code and nothing else: no store, no key, no byte of any file. What a reader
meets stays in that reader, which ends with its one file.

A message on the socket is ``{"job": …, "folder": …}`` and carries one socket of its own, the line.
On the line come ``forked`` and then the reader's exit status; where the other end of the line
is closed, its reader is killed. The nurse ends when its own socket is closed, or after some idle
minutes, and kills the readers that still run.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Never

JOBS: Final = {
    "bundle": "rafiqa.wire.bundleworker",
    "document": "rafiqa.wire.documentworker",
    "page": "rafiqa.wire.pageworker",
    "file": "rafiqa.wire.worker",
    "form": "rafiqa.wire.formworker",
    "paper": "rafiqa.wire.paperworker",
    "picture": "rafiqa.wire.pictureworker",
    "places": "rafiqa.wire.placeworker",
}
"""What reads each kind of bytes: a module with ``warm()``, ``LATER`` and ``main(order)``."""
ORDER: Final = "order.json"
"""The file in a reader's folder that says what to read."""
COMPLAINT: Final = "complaint"
"""The file in a reader's folder that takes its last words."""
FORKED: Final = b"+"
MESSAGE_BYTES: Final = 16_384
_IDLE_S: Final = 120.0


class Nurse:
    """What the process holds: the socket of its orders and the line of each reader that runs."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders
        self._wake, self._woken = socket.socketpair()
        for end in (self._wake, self._woken):
            end.setblocking(False)
        self._watch = selectors.PollSelector()
        self._watch.register(orders, selectors.EVENT_READ)
        self._watch.register(self._wake, selectors.EVENT_READ)
        self._lines: dict[int, socket.socket] = {}
        self._ready: set[str] = set()

    def tend(self) -> None:
        """Forks a reader for each order until nobody orders any more."""
        # A Ctrl-C is for the command; the readers end with it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
        while events := self._watch.select(None if self._lines else _IDLE_S):
            for key, _ in events:
                if key.fileobj is self._wake:
                    self._bury()
                elif key.fileobj is not self._orders:
                    self._kill(key.data)
                elif not self._order():
                    return

    def end(self) -> None:
        """Kills every reader that still runs."""
        for pid in list(self._lines):
            self._kill(pid)

    def _order(self) -> bool:
        message, files, _, _ = socket.recv_fds(self._orders, MESSAGE_BYTES, 1)
        if not message:
            return False
        line = socket.socket(fileno=files[0])
        order: dict[str, Any] = json.loads(message)
        module = JOBS[order["job"]]
        new = module not in self._ready
        if new:
            self._ready.add(module)
            _import(lambda: import_module(module).warm())
        pid = os.fork()
        if pid == 0:
            self._read(module, Path(order["folder"]), line)
        self._lines[pid] = line
        self._watch.register(line, selectors.EVENT_READ, pid)
        _tell(line, FORKED)
        if new:
            # While the first one is read: what not every file needs.
            _import(lambda: [import_module(later) for later in import_module(module).LATER])
        return True

    def _read(self, module: str, folder: Path, line: socket.socket) -> Never:
        """Becomes the reader: works in its folder and ends, whatever happens."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            for end in (self._orders, self._wake, self._woken, line, *self._lines.values()):
                end.close()
            os.chdir(folder)
            os.environ["CPL_TMPDIR"] = str(folder)
            _replace(0, Path(os.devnull), os.O_RDONLY)
            _replace(2, Path(COMPLAINT), os.O_WRONLY | os.O_CREAT)
            import_module(module).main(json.loads(Path(ORDER).read_bytes()))
            status = 0
        except BaseException:  # noqa: BLE001 - nothing may go back to the nurse's own loop
            traceback.print_exc()
        finally:
            # The answer is whole and closed. Arrow's threads now and then abort a process that is
            # taken down in order (about once in a thousand): a good answer would be thrown away.
            sys.stderr.flush()
            os._exit(status)

    def _bury(self) -> None:
        """Tells on its line how each reader ended that did."""
        try:
            while self._wake.recv(4096):
                pass
        except BlockingIOError:
            pass
        for pid in list(self._lines):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._close(pid, status)

    def _kill(self, pid: int) -> None:
        if pid in self._lines:
            os.kill(pid, signal.SIGKILL)
            self._close(pid, os.waitpid(pid, 0)[1])

    def _close(self, pid: int, status: int) -> None:
        line = self._lines.pop(pid)
        self._watch.unregister(line)
        _tell(line, str(os.waitstatus_to_exitcode(status)).encode())
        line.close()


def _import(what: Callable[[], object]) -> None:
    """Imports. Where that fails the reader fails in its turn, and says why."""
    with contextlib.suppress(Exception):
        what()
    gc.collect()
    gc.freeze()


def _replace(number: int, path: Path, flags: int) -> None:
    opened = os.open(path, flags, 0o600)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)


def _tell(line: socket.socket, words: bytes) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more
        line.sendall(words, socket.MSG_NOSIGNAL)


def main() -> None:
    """Tends to orders from standard input."""
    gc.disable()  # what is imported stays; a reader lives for one file
    nurse = Nurse(socket.socket(fileno=os.dup(0)))
    try:
        nurse.tend()
    finally:
        nurse.end()


if __name__ == "__main__":
    main()
