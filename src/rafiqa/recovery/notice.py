"""Stop-work notices: that a permit was stopped, by what, who has heard, and whom to call next.

A notice is worked out from the record, never written down by hand: none can be forgotten. It
stays when the stop is lifted. Who has heard of it is a fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from rafiqa.land import Reason, Recorded
from rafiqa.recovery.answer import Gate
from rafiqa.recovery.permitfact import NoticeAcknowledged, Party, PermitIssued

_HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class ChasePolicy:
    """After how many hours without an answer each further step is due."""

    hours: tuple[int, int, int] = (2, 8, 24)


_DEFAULTS = ChasePolicy()


@dataclass(frozen=True, slots=True)
class Stop:
    """One time at which a permit went out of force, and when that was over.

    Attributes:
        notice_id: its notice's id: the same permit stopped by the same fact is the same notice.
        cause: the entry that stopped it; None where time did, by a date that came.
        over_us: when it stood again, or was over for good; None while it is stopped.
        stands: whether what stopped it was lifted then, and the works may go on.
    """

    permit: PermitIssued
    at_us: int
    cause: str | None
    gates: tuple[Gate, ...]
    reasons: tuple[Reason, ...] = ()
    over_us: int | None = None
    stands: bool = False

    notice_id: str = field(init=False)

    def __post_init__(self) -> None:
        key = f"{self.permit.permit_id}\n{self.cause or self.at_us}\n{self.at_us}"
        told = f"N-{sha256(key.encode()).hexdigest()[:12]}"
        object.__setattr__(self, "notice_id", told)


@dataclass(frozen=True, slots=True)
class Notice:
    """A stop as of a time: who has acknowledged it, and how far the chase has come.

    Attributes:
        waiting: those concerned who have not acknowledged it.
        level: 0 while there is time, then 1 to 3; 0 where nobody is waited for.
        call: whom to call next; None at level 0.
    """

    stop: Stop
    acknowledged: tuple[Recorded, ...]
    waiting: tuple[Party, ...]
    level: int
    call: Party | None

    @property
    def is_over(self) -> bool:
        """Whether the permit stood again, or was over for good, by then."""
        return self.stop.over_us is not None


def notice(
    stop: Stop, acknowledged: Sequence[Recorded], at_us: int, policy: ChasePolicy | None = None
) -> Notice:
    """Returns the notice of a stop as of a time.

    Args:
        stop: the stop.
        acknowledged: who has said to have heard of it, oldest first.
        at_us: the time; what was acknowledged later does not count.
        policy: the hours of the chase; the defaults where None.
    """
    heard: tuple[Recorded, ...] = ()
    waiting, late_us, level = stop.permit.told, at_us - stop.at_us, 0
    if acknowledged:
        heard = tuple(each for each in acknowledged if each.valid_at_us <= at_us)
        by = {party_of(each.fact, stop.permit) for each in heard}
        waiting = tuple(party for party in waiting if party not in by)
    for hours in (policy or _DEFAULTS).hours:
        level += late_us >= hours * _HOUR_US
    # A permit that has run out or was given back tells nobody of what lies there.
    if not waiting or stop.stands:
        level = 0
    return Notice(stop, heard, waiting, level, _call(stop.permit, waiting, level))


def party_of(fact: object, permit: PermitIssued) -> Party | None:
    """Returns which of those concerned has heard; None where it is none of them.

    By the role alone only where one organisation bears it: of two contractors one does not
    answer for the other.
    """
    if not isinstance(fact, NoticeAcknowledged):
        return None
    alike = [party for party in permit.told if party.role == fact.role]
    if len(alike) == 1:
        return alike[0]
    return next((party for party in alike if party.organisation == fact.organisation), None)


def _call(permit: PermitIssued, waiting: Sequence[Party], level: int) -> Party | None:
    """Returns whom to call: first who has not answered, then the next in line, last the office."""
    if level == 0:
        return None
    at = permit.told.index(waiting[0]) + level - 1
    if level < 3 and at < len(permit.told):
        return permit.told[at]
    return Party("authority", permit.issued_by)
