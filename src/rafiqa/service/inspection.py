"""Check a store: the whole log, every body, and every invariant of the land book."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rafiqa.errors import Fault, RafiqaError
from rafiqa.geo import coverage_fault
from rafiqa.land import Face, account
from rafiqa.ledger import check_chain
from rafiqa.recovery import LayerRegistered
from rafiqa.service.attaching import Attached, attachments_of
from rafiqa.service.layers import layer_fault
from rafiqa.service.office import Office
from rafiqa.service.question import BEGINNING_US


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found: entries read, the root they end in, and every fault.

    ``n_slivers`` were joined to a neighbour, ``n_fine`` pieces of ground had to be cut on the
    finer grid; ``n_erased`` entries were erased on purpose, and ``n_awaited`` attachments are not
    whole yet. None of these is a fault.
    """

    n_entries: int
    root: bytes
    faults: tuple[Fault, ...]
    n_slivers: int = 0
    n_fine: int = 0
    n_erased: int = 0
    n_awaited: int = 0

    @property
    def intact(self) -> bool:
        """Whether nothing at all was found wrong."""
        return not self.faults


def check_site(office: Office) -> CheckReport:
    """Returns what is wrong with the store: its keeping, its chain, its bodies, its land."""
    erased = office.store.erased()
    # The chain is read entry by entry and let go; only the land below is held in memory.
    faults = [*office.store.check(), *check_chain(office.store.read(), erased=erased)]
    head = office.store.head()
    n_slivers = n_fine = n_awaited = 0
    if not faults:
        # Land folded from a broken chain would prove nothing.
        try:
            faults += _land_faults(office)
            faults += _layer_faults(office)
            attached = list(attachments_of(office))
            made = {(item.named.made_from, item.named.sha256) for item in attached}
            faults += [_misnamed(item) for item in attached if _is_misnamed(item, made)]
            n_awaited = sum(not (item.progress.whole or item.progress.erased) for item in attached)
            book = office.book()
            n_slivers = len(book.slivers)
            n_fine = sum(face.shape.per_mm > 1 for face in book.faces)
        except RafiqaError as error:
            faults += error.faults
    found = tuple(faults)
    return CheckReport(head.seq, head.entry_hash, found, n_slivers, n_fine, len(erased), n_awaited)


def _is_misnamed(item: Attached, made: AbstractSet[tuple[str | None, str]]) -> bool:
    """Whether a length is another, or what stands for a sealed one is not so on record."""
    shared, own = item.progress.shared, item.named.sha256
    unsaid = shared is not None and (own, shared) not in made
    return unsaid or item.progress.n_bytes != item.named.n_bytes


def _misnamed(item: Attached) -> Fault:
    return Fault("store.attachment", params={"sha256": item.named.sha256})


def _land_faults(office: Office) -> list[Fault]:
    book = office.book()
    shapes = [face.shape for face in book.faces]
    faults = []
    overlap = coverage_fault(shapes) if shapes else None
    if overlap is not None:
        faults.append(overlap)
    faults += [_unproven_fault(face) for face in book.unproven]
    balance = account(book, from_us=BEGINNING_US, until_us=office.now_us())
    if balance.balance_error:
        params: dict[str, str | int] = {"error_half_mm2": balance.balance_error}
        faults.append(Fault("land.account.unbalanced", params=params))
    return faults


def _unproven_fault(face: Face) -> Fault:
    x_mm, y_mm = face.inner.coords[0]
    states = [step.state for step in face.timeline.steps if step.state is not None]
    params: dict[str, str | int] = {
        "areas": ", ".join(states[-1].claims),
        "x_mm": round(x_mm),
        "y_mm": round(y_mm),
    }
    return Fault("land.ground.unproven-at", params=params)


def _layer_faults(office: Office) -> list[Fault]:
    facts = (record.fact for record in office.facts())
    layers = (fact for fact in facts if isinstance(fact, LayerRegistered))
    faults = (layer_fault(office, fact) for fact in layers)
    return [fault for fault in faults if fault is not None]
