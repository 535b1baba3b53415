"""What Dask loads into each of its processes that we start: nothing of it is served as pages.

Dask opens a port for pages and figures in every process, asked or not, to whoever comes.
"""

from __future__ import annotations

from typing import Any


def dask_setup(node: Any) -> None:
    """Closes the port again that a scheduler or a worker has just opened for pages."""
    node.http_server.stop()
