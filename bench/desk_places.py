"""Places in texts: how often right, how much is found, on texts that people marked; how fast.

Peer: a gazetteer looked up by name and nothing else, as the desk study measured it first.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.table import Table
from rafiqa.service.places import compile_places
from rafiqa.study.folded import fold
from rafiqa.study.gazetteer import Gazetteer
from rafiqa.study.placematch import mentions
from rafiqa.study.placename import words_of
from rafiqa.wire.gazetteerfile import gazetteer_bytes
from tests.real.opendata import DATA
from tests.real.placegold import Marked, aqmar, idrisi, there, wojood
from tests.real.placescore import LISTS, meet, scored

REPEATS, QUICK_REPEATS = 5, 1
_LONG = 16_000
_ALONE = """
import re, sys, time
from pathlib import Path
from rafiqa.service.places import gazetteer_for, places_in
places_in(Path(sys.argv[2]).read_text(encoding="utf-8"), gazetteer_for(Path(sys.argv[1])))
peak_mib = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
print(f"{time.process_time():.2f}", peak_mib)
"""


def compiled() -> Gazetteer:
    """Returns the gazetteer of the open lists beside the checkout."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "places.gazetteer"
        return compile_places([DATA / name for name in LISTS], out, "").gazetteer


def naive(text: str, gazetteer: Gazetteer) -> list[tuple[int, int]]:
    """The peer: every word, or words, that the gazetteer holds."""
    folded, found = fold(text), []
    words, place = words_of(folded), 0
    while place < len(words):
        for count in range(min(5, len(words) - place), 0, -1):
            some = words[place : place + count]
            if " ".join(word.key for word in some) in gazetteer.at:
                found.append(folded.span(some[0].start, some[-1].end))
                place += count - 1
                break
        place += 1
    return found


def _naive_precision(texts: Sequence[Marked], gazetteer: Gazetteer) -> float:
    found = right = 0
    for one in texts:
        got = naive(one.text, gazetteer)
        found += len(got)
        right += sum(any(meet(span, gold) for gold in one.places) for span in got)
    return right / max(found, 1)


def measure(quick: bool) -> list[Table]:
    """The table of quality, then that of speed; empty of rows where the data is not there."""
    if not there("arabic-ner", *LISTS):
        return []
    gazetteer = compiled()
    sets: list[tuple[str, Callable[[str], list[Marked]], str]] = [
        ("AQMAR dev", aqmar, "dev"),
        ("IDRISI dev", idrisi, "dev"),
        ("Wojood sample, test", wojood, "test"),
        ("Wojood sample, val", wojood, "val"),
    ]
    rows = []
    for name, load, part in sets:
        texts = load(part)
        score = scored(texts, gazetteer)
        rows.append(
            (
                name,
                f"{score.precision:.3f} ({score.right}/{score.found})",
                f"{score.known_recall:.3f} ({score.known_hit}/{score.known})",
                f"{score.listed_recall:.3f} ({score.listed_hit}/{score.listed})",
                f"{_naive_precision(texts, gazetteer):.3f}",
            )
        )
    quality = Table(
        "Places found in texts that people marked",
        (
            "Rules and words were tuned on the train parts only. A hit overlaps what is marked;",
            "each text is read by itself. Peer: the same gazetteer looked up by name alone.",
        ),
        ("set", "precision", "recall, curated or ≥ 20,000", "recall, any name listed", "peer"),
        rows,
    )
    return [quality, _speed(gazetteer, quick)]


def _speed(gazetteer: Gazetteer, quick: bool) -> Table:
    text = "\n".join(one.text for one in aqmar("dev"))[:_LONG]
    ours = _median(lambda: mentions(fold(text), gazetteer), quick)
    peer = _median(lambda: naive(text, gazetteer), quick)
    with tempfile.TemporaryDirectory() as folder:
        file, document = Path(folder) / "places.gazetteer", Path(folder) / "document.txt"
        file.write_bytes(gazetteer_bytes(gazetteer))
        document.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", _ALONE, str(file), str(document)],
            capture_output=True,
            text=True,
            check=True,
        )
    whole_s, peak_mib = done.stdout.split()
    return Table(
        "A document of 30 KB",
        (
            "Processor time. Peer: the same gazetteer looked up by name alone.",
            f"With imports, gazetteer loaded: {whole_s} s, {peak_mib} MiB (goal: 1, 200).",
        ),
        ("what", "rafiqa, ms", "peer, ms", "ratio"),
        [("places of a text", f"{ours * 1e3:.0f}", f"{peer * 1e3:.0f}", f"{ours / peer:.1f}")],
    )


def _median(what: Callable[[], object], quick: bool) -> float:
    taken = []
    for _ in range(QUICK_REPEATS if quick else REPEATS):
        begun = time.process_time()
        what()
        taken.append(time.process_time() - begun)
    return sorted(taken)[len(taken) // 2]
