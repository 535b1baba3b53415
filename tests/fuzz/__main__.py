"""The door of the fuzzer: `scripts/fuzz [DOOR …] [--runs N] [--seed S]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fuzz.run import KEPT, fuzz
from tests.fuzz.target import TARGETS


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("doors", nargs="*", choices=[*TARGETS, []], metavar="DOOR")
    parser.add_argument("--runs", type=int, default=20_000, help="of each door")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first run")
    args = parser.parse_args()
    bad = 0
    for name in args.doors or TARGETS:
        told = fuzz(name, args.runs, args.seed, args.first)
        sys.stdout.write(f"{told.line()}\n")
        for finding in told.findings:
            sys.stdout.write(f"  {finding}\n")
        sys.stdout.flush()
        bad += len(told.findings)
    if bad:
        sys.stdout.write(f"{bad} findings; their inputs lie in {Path(KEPT)}\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
