"""How a command ends that somebody stopped, or whose words nobody reads any more.

It takes little to load: whoever stops a command that has hardly begun is not shown a traceback.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

STOPPED: Final = 130
UNREAD: Final = 141
"""128 and the number of the signal, SIGINT and SIGPIPE, as shells count them."""


def interrupted(words: Sequence[str]) -> int:
    """Returns 130 after saying that what was acknowledged is kept."""
    from rafiqa.cli.language import language_in
    from rafiqa.locale import text

    sys.stderr.write(f"\n{text('cli.interrupted', {}, language_in(words))}\n")
    return STOPPED


def broken_off() -> int:
    """Returns 141, and lets nothing more be said to whoever has stopped reading."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return UNREAD
