"""What holds for every test: the environment that programs under test are started in."""

from __future__ import annotations

import os

# A machine that sets this hides programs that do not flush what somebody waits for.
os.environ.pop("PYTHONUNBUFFERED", None)
