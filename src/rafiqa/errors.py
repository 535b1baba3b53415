"""Every error Rafiqa raises, and the faults they carry.

    RafiqaError
    ├── InvalidInput     400  lists every fault with its place
    ├── Forbidden        403  this actor may not do this
    ├── NotFound         404  no such thing as known at that time
    ├── Conflict         409  the head moved, or an id came back with other content
    ├── Refused          422  wraps a ruling at the border; inside, refusals are values
    ├── StoreError       503  any driver or disk error, wrapped
    └── CorruptLedger    500  stops writing; names the first bad entry

A fault's ``code`` is stable and never used again for anything else; its words in each
language stand in the catalogues of ``rafiqa.locale`` under the same code, and what to do
next under ``<code>.next``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: a stable code, the place, and the figures for its text.

    Attributes:
        code: stable code, such as ``wire.crs.missing``.
        place: where in the input: a field name, a JSON path, or empty for the whole.
        row: 1-based row or feature number, or None for the whole file.
        params: values that the code's text in the catalogue names.
    """

    code: str
    place: str = ""
    row: int | None = None
    params: Mapping[str, str | int] = field(default_factory=dict)


class RafiqaError(Exception):
    """The root of all errors that Rafiqa raises on purpose."""

    status = 500

    def __init__(self, faults: Sequence[Fault] | Fault) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("; ".join(f"{fault.code} {fault.place}".strip() for fault in self.faults))

    @property
    def code(self) -> str:
        """The first fault's code."""
        return self.faults[0].code if self.faults else "error"


class InvalidInput(RafiqaError):  # noqa: N818 - the tree above gives the names
    """The input breaks its rules; every fault is listed."""

    status = 400


class Forbidden(RafiqaError):  # noqa: N818
    """This actor may not do this."""

    status = 403


class NotFound(RafiqaError):  # noqa: N818
    """Nothing of that name, as known at the time asked about."""

    status = 404


class Conflict(RafiqaError):  # noqa: N818
    """The head moved, or an id came back with other content."""

    status = 409


class Refused(RafiqaError):  # noqa: N818
    """A rule of the field forbids the act; every reason is listed."""

    status = 422


class StoreError(RafiqaError):
    """The store failed; nothing was acknowledged."""

    status = 503


class CorruptLedger(RafiqaError):  # noqa: N818
    """The ledger is not intact; writing has stopped."""

    status = 500
