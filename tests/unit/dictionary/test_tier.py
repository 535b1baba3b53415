"""Every kind of entry has its class, written once; outlets ask it and nothing else."""

from __future__ import annotations

from rafiqa.api.history import PUBLIC_KINDS
from rafiqa.dictionary import dictionary, entry_tiers, retention, told_to_everybody, told_to_staff
from rafiqa.wire.factcode import KINDS

TOLD = {
    *("site.opened", "area.recorded", "area.class-decided", "area.boundary-corrected"),
    *("release.accepted", "release.transferred", "land.reopened", "structure.registered"),
    *("land.handed-over", "completion.declared", "certificate.issued", "accident.recorded"),
    *("layer.registered", "project.registered", "rubble.registered", "rubble.moved"),
    *("damage.assessed", "structure.tagged"),
}
"""Written by hand: what everybody may read of."""


def test_every_kind_has_a_class_and_no_other() -> None:
    assert set(entry_tiers()) == set(KINDS)


def test_everybody_is_told_of_these_and_no_other() -> None:
    assert PUBLIC_KINDS == TOLD
    assert {kind for kind in KINDS if told_to_everybody(kind)} == TOLD


def test_identities_stand_in_no_answer_and_neither_does_what_nobody_listed() -> None:
    for kind in ("identity.kept", "identity.looked-at", "identity.erased", "something.new"):
        assert not told_to_everybody(kind)
        assert not told_to_staff(kind)


def test_every_purpose_has_its_days() -> None:
    assert set(retention()) == set(dictionary().lists["identity_purpose"].names)
