"""The demo's papers: keys that everybody may know, a trust list, and certificates of each kind.

The demo's keys follow from its source code, so that the same seed gives the same ledger. So they
speak for an authority that is plainly invented and for no other: whoever trusts them trusts the
demo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from rafiqa import service
from rafiqa.demo import cast
from rafiqa.demo.clock import FIRST_DAY, DemoClock, SeededEntropy
from rafiqa.land import Actor, CertificateKind, CertificateMoved, LandHandedOver, WorkReported
from rafiqa.ledger.claims import DEMONSTRATION
from rafiqa.service import KeyPlan, Keyring, Office, make_keys
from rafiqa.service.keyring import key_folder

LOG_ORIGIN = "demo-city.example/certificates"
WITNESSES = (cast.AUTHORITY, "un-mine-action-team", "university-of-the-city")
VALID_DAYS = 20 * 365
_RELEASES, _MINUTE_US = 3, 60_000_000
_KEY_SEED = 4


def demo_keys(store: Path) -> Keyring:
    """Returns the demo's keys, written beside its store; the same for every demo."""
    from_s = int(FIRST_DAY.timestamp())
    plan = KeyPlan(DEMONSTRATION, LOG_ORIGIN, from_s, VALID_DAYS, WITNESSES)
    made = make_keys(plan, key_folder(store), SeededEntropy(_KEY_SEED).draw)
    # Its signatures are drawn anew each time (FIPS 204, hedged): no two demos would be the same.
    return replace(made, second=None)


def issue_papers(office: Office, clock: DemoClock, keyring: Keyring) -> tuple[str, ...]:
    """Returns the numbers of the certificates issued at the end of the history.

    Of the first areas with released ground a release decision each, of the first of them also what
    its operator reported and its handover; of one with cancelled ground a statement. The second
    release is then suspended.
    """
    papers = _Papers(office, clock, keyring)
    areas = list(office.register().areas)
    released = papers.issue_some("release", areas, _RELEASES)
    papers.issue_some("cancellation", areas, 1)
    for area_id in released[:1]:
        for organisation_id in _operators(office, area_id):
            papers.issue("completion", area_id, cast.operator(organisation_id))
        papers.hand_over(area_id)
    if len(papers.numbers) > 1:
        reason = "A resident's report is being looked into · بلاغ من أحد السكان قيد النظر"
        clock.at_us += _MINUTE_US
        moved = CertificateMoved(papers.numbers[1], "suspended", reason)
        assert service.move_certificate(office, cast.SECOND, moved).done  # noqa: S101 - our own story
    service.publish_lists(office, keyring)
    return tuple(papers.numbers)


@dataclass(slots=True)
class _Papers:
    office: Office
    clock: DemoClock
    keyring: Keyring
    numbers: list[str] = field(default_factory=list)

    def issue(self, kind: CertificateKind, area_id: str, actor: Actor) -> bool:
        """Whether a certificate was issued; the land book says of which areas there is one."""
        self.clock.at_us += _MINUTE_US
        issued = service.issue_certificate(self.office, self.keyring, actor, kind, area_id)
        if issued.number is None or not issued.acted.done:
            return False
        # Asked for once, so that its proof is kept beside it.
        kept = service.kept_certificate(self.office, self.keyring, issued.number)
        assert kept is not None  # noqa: S101 - it has just been issued
        self.numbers.append(issued.number)
        return True

    def issue_some(self, kind: CertificateKind, areas: Sequence[str], most: int) -> list[str]:
        """The first areas of which a certificate could be issued."""
        could = (area_id for area_id in areas if self.issue(kind, area_id, cast.FIRST))
        return list(islice(could, most))

    def hand_over(self, area_id: str) -> None:
        """Hands released land to its users, all that was not cleared listed."""
        parts = self.office.register().joined("area", area_id).parts
        left = tuple(
            part_id for part_id, (part, _) in parts.items() if part.outcome == "not_cleared"
        )
        self.clock.at_us += _MINUTE_US
        day = datetime.fromtimestamp(self.clock.at_us / 1_000_000, UTC).date().isoformat()
        fact = LandHandedOver(
            f"handover-{area_id}",
            area_id,
            "municipality",
            day,
            "Items may lie deeper than cleared · قد توجد أشياء أعمق مما طُهّر",
            "No digging below the depth on the certificate · لا حفر تحت العمق المذكور في الشهادة",
            left,
        )
        if service.hand_over(self.office, cast.FIRST, fact).done:
            self.issue("handover", area_id, cast.FIRST)


def _operators(office: Office, area_id: str) -> tuple[str, ...]:
    """Returns the organisations that reported work in an area."""
    works = office.register().joined("area", area_id).works.values()
    return tuple(
        dict.fromkeys(
            record.fact.organisation_id
            for record in works
            if isinstance(record.fact, WorkReported) and record.fact.area_id == area_id
        )
    )
