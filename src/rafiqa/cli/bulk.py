"""``rafiqa bulk``: gates, accounts, risk or tiles of many cities at once, by one worker or many."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Final

from rafiqa import __version__
from rafiqa.bulk import Engine, InProcess, cluster_at, local_cluster
from rafiqa.cli.machine import entropy, now_us
from rafiqa.cli.progress import progress_of
from rafiqa.cli.refusal import show_refusal
from rafiqa.cli.session import DONE, REFUSED, USAGE, add_common, add_times, as_of, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service.region import ZOOM, ZOOM_LEAST, ZOOM_MOST, Plan, read_region
from rafiqa.service.regionmanifest import check_run
from rafiqa.service.regionpart import Run, peak_memory_mb
from rafiqa.service.regionrun import Summary, begin, carry_out, times_of
from rafiqa.wire.answer import refusal_json
from rafiqa.wire.instant import iso

WHAT: Final = ("gate", "account", "risk", "tiles", "check")
WORKERS_MOST: Final = 256
_MILLION = 1_000_000
_OUTCOMES: Final = ("open", "conditions", "closed")


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser, store=False)
    parser.add_argument("what", choices=WHAT, help="what is asked; check looks a run through")
    parser.add_argument(
        "region",
        metavar="REGION",
        help="a folder of stores, a region.json, or a store; of check, OUT",
    )
    parser.add_argument("out", metavar="OUT", nargs="?", help="the folder to fill, or to go on in")
    parser.add_argument(
        "--workers", type=int, metavar="N", help="so many processes here; else in this one"
    )
    parser.add_argument("--cluster", metavar="ADDRESS", help="a Dask cluster that runs already")
    parser.add_argument(
        "--zoom", type=int, default=ZOOM, metavar="Z", help="of the tiles that files are cut by"
    )
    add_times(parser)
    parser.mingled = True  # type: ignore[attr-defined]


def run(args: argparse.Namespace) -> int:
    """Returns 0 where everything is there, 1 where a part is not, 2 where it was misused."""
    misused = list(_misuses(args))
    if misused:
        show_refusal(args, InvalidInput(misused))
        return USAGE
    return _checked(args) if args.what == "check" else _carried(args)


def _misuses(args: argparse.Namespace) -> Iterator[Fault]:
    if (args.out is None) != (args.what == "check"):
        yield Fault("cli.bulk.out", "OUT")
    if args.workers is not None and args.cluster is not None:
        yield Fault("cli.bulk.workers-or-cluster", "--cluster")
    if args.workers is not None and not 1 <= args.workers <= WORKERS_MOST:
        params: dict[str, str | int] = {"most": WORKERS_MOST}
        yield Fault("cli.bulk.workers", "--workers", params=params)
    if not ZOOM_LEAST <= args.zoom <= ZOOM_MOST:
        params = {"least": ZOOM_LEAST, "most": ZOOM_MOST}
        yield Fault("cli.bulk.zoom", "--zoom", params=params)


def _carried(args: argparse.Namespace) -> int:
    times, out = as_of(args), Path(args.out).resolve()
    # A run that goes on asks about the times it was begun with, not about its second start.
    before, now = times_of(out), now_us()
    valid_us, known_us = before or (now, now)
    plan = Plan(
        args.what,
        read_region(args.region),
        valid_us if times.valid_at_us is None else times.valid_at_us,
        known_us if times.known_at_us is None else times.known_at_us,
        args.zoom,
        __version__,
    )
    begun = begin(Run(plan, str(out), now_us, entropy))
    progress = progress_of(args, "cli.progress.bulk")
    started_s = time.perf_counter()
    with _engine(args) as engine:
        summary = carry_out(begun, engine, progress.tell)
    answer = _answer(begun, summary, time.perf_counter() - started_s, args.lang)
    output_of(args).show(answer, list(_lines(answer, args.lang)))
    for item in answer["failed"]:
        for fault in item["faults"] if not args.json else ():
            output_of(args).note(f"{item['part']}: {fault['detail']}  [{fault['code']}]")
    return REFUSED if summary.failed else DONE


def _engine(args: argparse.Namespace) -> AbstractContextManager[Engine]:
    if args.cluster is not None:
        return cluster_at(args.cluster)
    return nullcontext(InProcess()) if args.workers is None else local_cluster(args.workers)


def _answer(run: Run, summary: Summary, wall_s: float, lang: str) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "what": run.plan.what,
        "valid_at": iso(run.plan.valid_at_us),
        "known_at": iso(run.plan.known_at_us),
        "cities": len(run.plan.cities),
        "parts": {
            "there": len(summary.notes),
            "kept": summary.n_kept,
            "failed": len(summary.failed),
        },
        "complete": not summary.failed,
        "failed": [
            {
                "part": "/".join(word for word in key if word),
                "faults": refusal_json(faults, lang),
            }
            for key, faults in sorted(summary.failed.items())
        ],
    }
    if run.plan.what == "gate":
        answer |= dict(zip(("n", *_OUTCOMES), summary.counts(), strict=True))
    else:
        answer["n"] = summary.n_of(run.plan.what)
    if run.plan.what == "account":
        answer["classes"] = summary.account()
    return answer | {"cost": _cost(summary, int(answer["n"]), wall_s)}


def _cost(summary: Summary, n: int, wall_s: float) -> dict[str, Any]:
    """Returns what the run took; of a run that went on, what this turn of it took."""
    cpu_s = sum(cost.cpu_s for cost in summary.costs)
    peak_mb = max((cost.peak_mb for cost in summary.costs), default=peak_memory_mb())
    return {
        "wall_s": round(wall_s, 3),
        "cpu_s": round(cpu_s, 3),
        "peak_memory_mb": round(peak_mb),
        "wall_s_per_million": round(wall_s * _MILLION / n, 3) if n else None,
        "cpu_s_per_million": round(cpu_s * _MILLION / n, 3) if n else None,
    }


def _lines(answer: dict[str, Any], lang: str) -> Iterator[str]:
    params: dict[str, str | int] = {"cities": answer["cities"], "n": answer["n"]}
    yield text("cli.bulk.done" if answer["complete"] else "cli.bulk.lacking", params, lang)
    yield from (f"{name}: {answer[name]}" for name in _OUTCOMES if name in answer)
    for name, figures in answer.get("classes", {}).items():
        yield f"{name}: {figures['closing_m2']:,.1f} m²"
    cost = answer["cost"]
    params = {
        "wall": f"{cost['wall_s']:.1f}",
        "cpu": f"{cost['cpu_s']:.1f}",
        "each": f"{cost['cpu_s_per_million'] or 0:,.1f}",
        "memory": cost["peak_memory_mb"],
    }
    yield text("cli.bulk.cost", params, lang)


def _checked(args: argparse.Namespace) -> int:
    n_files, faults = check_run(Path(args.region))
    answer: dict[str, Any] = {
        "files": n_files,
        "complete": not faults,
        "faults": refusal_json(faults, args.lang),
    }
    code = "cli.bulk.faulty" if faults else "cli.bulk.whole"
    lines = [text(code, {"n": n_files, "faults": len(faults)}, args.lang)]
    lines += [f"{item['detail']}  [{item['code']}]" for item in answer["faults"]]
    output_of(args).show(answer, lines)
    return REFUSED if faults else DONE
