"""``python -m rafiqa.dictionary > docs/reference/dictionary.md`` writes the page anew."""

from __future__ import annotations

import sys

from rafiqa.dictionary.document import document


def main() -> int:
    """0 after the page was written to standard output, in UTF-8 whatever the terminal."""
    sys.stdout.buffer.write(document().encode("utf-8"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
