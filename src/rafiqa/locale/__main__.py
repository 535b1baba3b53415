"""``python -m rafiqa.locale``: exit 0 when all catalogues agree, 1 with the list of faults."""

from __future__ import annotations

import sys

from rafiqa.locale.agreement import codes_twice, disagreements
from rafiqa.locale.catalogue import FALLBACK, catalogue, languages, written


def main() -> int:
    """0 when every catalogue agrees with the English one, else 1, with a line per fault."""
    found = [
        line
        for lang in languages()
        if lang != FALLBACK
        for line in disagreements(catalogue(FALLBACK), catalogue(lang), (FALLBACK, lang))
    ]
    found += [
        f"{code}: twice in {lang}" for lang in languages() for code in codes_twice(written(lang))
    ]
    for line in found:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{len(catalogue(FALLBACK))} texts, {len(found)} faults\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
