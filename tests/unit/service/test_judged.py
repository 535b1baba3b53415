"""A judgement that takes long keeps nobody else waiting, and is made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from rafiqa.service.office import MADE_KEPT
from tests.unit.service.ground import new_office

WAIT_S = 20


def test_the_map_is_asked_while_a_judgement_is_made() -> None:
    office = new_office()
    begun, go_on = Event(), Event()

    def slowly() -> str:
        begun.set()
        assert go_on.wait(WAIT_S)
        return "judged"

    with ThreadPoolExecutor(2) as pool:
        judged = pool.submit(office.judged, "risk", slowly)
        try:
            assert begun.wait(WAIT_S)
            assert pool.submit(office.facts).result(WAIT_S)
            assert not judged.done()
        finally:
            go_on.set()
        assert judged.result(WAIT_S) == "judged"


def test_small_answers_push_no_judgement_out() -> None:
    office = new_office()
    office.judged("risk", lambda: "first")
    for each in range(2 * MADE_KEPT):
        office.made(each, lambda: "small")
    assert office.judged("risk", lambda: "again") == "first"
