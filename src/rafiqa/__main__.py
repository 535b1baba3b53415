"""``python -m rafiqa``: the same commands as ``rafiqa``."""

import sys

from rafiqa.cli import main

if __name__ == "__main__":  # a process that studies documents beside it loads this file too
    sys.exit(main())
