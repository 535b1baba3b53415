"""``rafiqa check``: the whole log, every body, every invariant."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rafiqa.cli.progress import progress_of
from rafiqa.cli.session import DONE, REFUSED, add_common, office_of, output_of
from rafiqa.errors import CorruptLedger, Fault, StoreError
from rafiqa.locale import text
from rafiqa.service import CheckReport, Office, check_site
from rafiqa.service.certifying import certificate_faults
from rafiqa.service.keyring import key_folder, trust_in
from rafiqa.service.place import place_of
from rafiqa.service.publishing import log_beside, published_faults
from rafiqa.wire.answer import refusal_json

_DAMAGED = {"store.not-a-store", "store.stray-log", "store.migration-changed"}
"""What a store looks like whose first bytes, or whose file, are gone."""


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)


def run(args: argparse.Namespace) -> int:
    """Returns 0 where nothing was found wrong, 1 where the store is not intact."""
    try:
        office = office_of(args, of_any_age=True)
        progress_of(args, "cli.progress.check")
        report = check_site(office)
        if report.intact:
            report = replace(report, faults=tuple(_signed_faults(office, place_of(args.store))))
    except (CorruptLedger, StoreError) as error:
        if isinstance(error, StoreError) and error.code not in _DAMAGED:
            raise
        # Too damaged to be opened: said in the same shape as any other finding.
        report = CheckReport(0, b"", error.faults)
    faults = refusal_json(report.faults, args.lang)
    answer = {
        "entries": report.n_entries,
        "intact": report.intact,
        "root": report.root.hex(),
        "slivers_joined": report.n_slivers,
        "cut_on_finer_grid": report.n_fine,
        "erased": report.n_erased,
        "attachments_awaited": report.n_awaited,
        "faults": faults,
    }
    key = "cli.check.intact" if report.intact else "cli.check.not-intact"
    params: dict[str, object] = {"entries": report.n_entries, "root": report.root.hex()}
    beside: dict[str, object] = {"erased": report.n_erased, "awaited": report.n_awaited}
    told = [text("cli.check.beside", beside, args.lang)] if any(beside.values()) else []
    lines = [text(key, params, args.lang), *told, *(f"  - {fault['detail']}" for fault in faults)]
    output_of(args).show(answer, lines)
    return DONE if report.intact else REFUSED


def _signed_faults(office: Office, store: Path) -> Iterator[Fault]:
    """Yields what is wrong with the log as published, and with the signatures of papers."""
    log = log_beside(office, store)
    if log is not None:
        yield from published_faults(log)
    trust = trust_in(key_folder(store))
    if trust is not None:
        yield from certificate_faults(office, trust)
