"""``python -m rafiqa``: the same commands as ``rafiqa``."""

import sys

from rafiqa.cli import main

sys.exit(main())
