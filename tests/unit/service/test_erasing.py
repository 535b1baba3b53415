"""Words that name a person go; the record, the land and the proof stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rafiqa.errors import NotFound
from rafiqa.land import AreaRecorded, ResidentReported, SiteOpened
from rafiqa.ledger import Erasure, is_erased
from rafiqa.service import (
    Acted,
    Office,
    Stamp,
    ask_account,
    ask_point,
    check_site,
    erase_words,
    record_evidence,
    report_hazard,
)
from rafiqa.service.erasing import ERASED_WORDS, without_words
from tests.city import small_city
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import (
    FIRST,
    ORIGIN,
    RESIDENT,
    SECOND,
    SURVEYOR,
    evidence,
    kept_office,
    new_office,
    state_at,
)

NAMED = "Amal Haddad saw a shell behind her house"
CAUSE = "asked by the person named"


def reported(office: Office) -> str:
    """A resident's report that names somebody, and the id of its entry."""
    fact = ResidentReported("S1", ORIGIN, "eo_seen", text=NAMED)
    acted = report_hazard(office, RESIDENT, fact, Stamp(entry_id="s1"))
    assert acted.done
    return "s1"


def codes(acted: Acted) -> list[str]:
    return [reason.code for reason in acted.reasons]


def bytes_of(folder: Path) -> bytes:
    """Everything that lies in a folder."""
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def test_the_words_are_gone_from_the_files_and_the_report_stays(tmp_path: Path) -> None:
    office = kept_office(tmp_path / "site.rafiqa")
    entry_id = reported(office)
    assert NAMED.encode() in bytes_of(tmp_path)  # the search would find it
    acted = erase_words(office, FIRST, entry_id, CAUSE, "a shell behind a house")
    assert acted.done, codes(acted)
    assert NAMED.encode() not in bytes_of(tmp_path)
    left = ResidentReported("S1", ORIGIN, "eo_seen", text="a shell behind a house")
    assert office.facts()[1].fact == left
    assert check_site(office).intact
    assert check_site(office).n_erased == 1
    office.store.close()
    assert NAMED.encode() not in bytes_of(tmp_path)
    again = kept_office(tmp_path / "site.rafiqa", create=False)
    assert again.facts()[1].fact == left
    entry = again.store.find(entry_id)
    assert entry is not None
    assert is_erased(entry)
    assert isinstance(again.facts()[2].fact, Erasure)
    assert again.facts()[2].actor == FIRST
    again.store.close()


def test_another_office_on_the_same_store_forgets_too(tmp_path: Path) -> None:
    office = kept_office(tmp_path / "site.rafiqa")
    entry_id = reported(office)
    other = kept_office(tmp_path / "site.rafiqa", create=False)
    assert getattr(other.facts()[1].fact, "text", None) == NAMED
    assert erase_words(office, FIRST, entry_id, CAUSE).done
    assert getattr(other.facts()[1].fact, "text", None) == ERASED_WORDS
    office.store.close()
    other.store.close()


def test_the_land_is_what_it_was_after_every_word_in_it_was_erased(tmp_path: Path) -> None:
    office = small_city(tmp_path)
    places = [(x, y) for x in range(-20, 360, 20) for y in range(-20, 280, 20)]

    def land() -> list[Any]:
        account = ask_account(office)
        found = [ask_point(office, office.frame.mm_spot(x * 1000, y * 1000)) for x, y in places]
        return [account.classes, [(point.state, point.depth_cm) for point in found]]

    before = land()
    erased = 0
    for recorded in list(office.facts()):
        person = SECOND if recorded.actor.person_id == FIRST.person_id else FIRST
        acted = erase_words(office, person, recorded.entry_id, CAUSE)
        erased += acted.done
        assert acted.done or codes(acted) == ["service.erasure.nothing"]
    assert erased > 5
    assert land() == before
    report = check_site(office)
    assert (report.intact, report.n_erased) == (True, erased)
    office.store.close()


@pytest.mark.parametrize(
    ("actor", "cause", "expected"),
    [
        (SURVEYOR, CAUSE, "service.permit.denied"),
        (FIRST, " ", "service.erasure.cause"),
        (FIRST, "x" * 501, "service.erasure.cause"),
    ],
)
def test_what_is_against_it(actor: Any, cause: str, expected: str) -> None:
    office = new_office()
    entry_id = reported(office)
    head = office.store.head()
    assert expected in codes(erase_words(office, actor, entry_id, cause))
    assert office.store.head() == head
    entry = office.store.find(entry_id)
    assert entry is not None
    assert not is_erased(entry)


def test_nobody_erases_what_they_wrote() -> None:
    office = new_office()
    fact = replace(evidence(), text=NAMED)
    assert record_evidence(office, FIRST, fact, Stamp(entry_id="e1")).done
    assert codes(erase_words(office, FIRST, "e1", CAUSE)) == ["service.erasure.own"]
    assert erase_words(office, SECOND, "e1", CAUSE).done


def test_it_is_done_once_and_an_erasure_stays(at_stage: OfficeAt) -> None:
    office = at_stage("area")
    assert erase_words(office, FIRST, "a1", CAUSE, stamp=Stamp(entry_id="x1")).done
    assert codes(erase_words(office, FIRST, "a1", CAUSE)) == ["service.erasure.already"]
    assert codes(erase_words(office, SECOND, "x1", CAUSE)) == ["service.erasure.nothing"]
    assert state_at(office, 50, 50) == "cha"
    named = office.facts()[3].fact
    assert isinstance(named, AreaRecorded)
    assert named.name == ERASED_WORDS


def test_what_has_no_words_has_nothing_to_erase(at_stage: OfficeAt) -> None:
    office = at_stage("evidence")
    assert codes(erase_words(office, FIRST, "e1", CAUSE)) == ["service.erasure.nothing"]
    site = office.facts()[0]
    assert isinstance(site.fact, SiteOpened)
    assert codes(erase_words(office, SECOND, site.entry_id, CAUSE)) == ["service.erasure.nothing"]
    with pytest.raises(NotFound, match=r"service\.erasure\.unknown"):
        erase_words(office, FIRST, "none", CAUSE)


def test_only_words_go() -> None:
    fact = ResidentReported("S1", ORIGIN, "eo_seen", "about", "urgent", NAMED)
    left = without_words(fact, "-")
    assert left == replace(fact, text="-")


def test_control_a_body_taken_away_without_a_word_is_a_fault(tmp_path: Path) -> None:
    office = kept_office(tmp_path / "site.rafiqa")
    reported(office)
    store: Any = office.store
    store._writer.execute("DROP TRIGGER bodies_remain; DELETE FROM bodies WHERE seq = 2")
    assert [fault.code for fault in check_site(office).faults] == ["ledger.chain.body"]
    store._writer.execute("DROP TRIGGER erased_on_record; INSERT INTO erased VALUES (1, 2)")
    assert check_site(office).faults
    office.store.close()
