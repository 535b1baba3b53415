"""What answers nothing: the peer of `bench.server`, with the same HTTP under it and no work in it.

``python -m bench.manyserver PORT WORKERS``: each question gets 4 kB, each submission is read to its
end and gets a receipt.
"""

from __future__ import annotations

import sys
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.supervisors import Multiprocess

from rafiqa.api.server import BACKLOG, config_of, listening

ANSWER = bytes(4_096)


async def _plain(request: Request) -> Response:
    if request.method == "POST":
        await request.body()
        return Response(b"{}", 201)
    return Response(ANSWER)


def plain_app() -> Starlette:
    """Returns the application."""
    return Starlette(routes=[Route("/{path:path}", _plain, methods=["GET", "POST"])])


class _Ready(Multiprocess):
    def init_processes(self) -> None:
        super().init_processes()
        for process in self.processes:
            process.wait_until_ready(60, self.should_exit)
        for each in self.sockets:
            each.listen(BACKLOG)
        print("ready", flush=True)


def main() -> None:
    """Serves until it is told to stop."""
    port, n_workers = map(int, sys.argv[1:])
    config = config_of(plain_app, None, factory=True, lifespan="off", workers=n_workers, backlog=1)
    _Ready(config, [listening("127.0.0.1", port)]).run()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main()
