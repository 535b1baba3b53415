"""Papers written where the command line names a file."""

from __future__ import annotations

from pathlib import Path

from rafiqa.errors import Fault, InvalidInput


def write_paper(path: Path, data: bytes) -> None:
    """Writes a paper.

    Raises:
        InvalidInput: the place that was named cannot be written to.
    """
    try:
        path.write_bytes(data)
    except OSError as error:
        params: dict[str, str | int] = {"file": str(path)}
        raise InvalidInput(Fault("cli.certificate.out", "--out", params=params)) from error
