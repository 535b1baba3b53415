"""Submissions in any order, doubled, mixed up: a machine against a model of a few lines."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from rafiqa.errors import Conflict
from rafiqa.land import Actor, ResidentReported, SiteOpened
from rafiqa.ledger import PART_BYTES, SubmissionReceived
from rafiqa.service import (
    Office,
    Sent,
    name_file,
    open_site,
    put_file,
    put_file_part,
    receive,
)
from rafiqa.store import MemoryStore
from tests.city import FIRST, ORIGIN, Clock, Draws
from tests.unit.service.field import filled_form

PHONES = [Actor(f"carrier-{number}", "deminers", "surveyor") for number in range(2)]
IDS = st.sampled_from(["uuid:a", "uuid:b", "uuid:c"])
WORDS = st.integers(0, 2)
PHOTO = bytes(range(256)) * 1_100


class Submissions(RuleBasedStateMachine):
    """What the office holds, beside a model: the first content of each id, and every content."""

    def __init__(self) -> None:
        super().__init__()
        clock, draws, ids = Clock(), Draws(), count()
        store = MemoryStore(entropy=draws, now_us=clock.now_us)
        self.office = Office(store, clock.now_us, lambda: f"id-{next(ids)}")
        assert open_site(self.office, FIRST, SiteOpened("Field", ORIGIN, "office")).done
        self.first: dict[str, bytes] = {}
        self.every: set[bytes] = set()
        self.files: dict[str, bytes] = {}

    @rule(name=IDS, words=WORDS, phone=st.sampled_from(PHONES), replaces=st.none() | IDS)
    def send(self, name: str, words: int, phone: Actor, replaces: str | None) -> None:
        content = filled_form(
            name,
            statement=f"words {words}",
            place=f"35.9{words} 39.0 0 0",
            photo="p.jpg",
            replaces=replaces or "",
        )
        acted = receive(self.office, phone, Sent(content)).acted
        known = self.first.setdefault(name, content)
        assert acted.done == (known == content)
        assert acted.already == (acted.done and content in self.every)
        self.every.add(content)

    @precondition(lambda self: self.first)
    @rule(data=st.data(), other=st.booleans())
    def send_file(self, data: st.DataObject, *, other: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.first)))
        content = PHOTO[:-1] if other else PHOTO
        known = self.files.setdefault(name, content)
        try:
            new = put_file(self.office, PHONES[0], name, "p.jpg", content)
        except Conflict:
            assert known != content
        else:
            assert known == content
            assert new in {True, False}

    @precondition(lambda self: self.first)
    @rule(data=st.data(), number=st.sampled_from([0, 1]))
    def send_part(self, data: st.DataObject, number: int) -> None:
        from hashlib import sha256

        name = data.draw(st.sampled_from(sorted(self.first)))
        if self.files.setdefault(name, PHOTO) != PHOTO:
            return
        digest = sha256(PHOTO).hexdigest()
        assert name_file(self.office, PHONES[0], name, "p.jpg", digest, len(PHOTO)).done
        part = PHOTO[number * PART_BYTES : (number + 1) * PART_BYTES]
        put_file_part(self.office, PHONES[0], name, "p.jpg", number, part)

    @invariant()
    def each_is_here_once(self) -> None:
        facts = [record.fact for record in self.office.facts()]
        sent = [fact for fact in facts if isinstance(fact, SubmissionReceived)]
        assert {one.instance_id: one.text.encode() for one in sent} == self.first
        assert len(sent) == len(self.first)
        kept = b"".join(item.original for item in self.office.store.quarantined())
        aside = self.every - set(self.first.values())
        for content in aside:
            start = content.index(b"<statement>")
            assert content[start : start + 18] in kept
        signs = [fact for fact in facts if isinstance(fact, ResidentReported)]
        assert len(signs) == len(self.every), "each content stands on the map, once"


TestSubmissions = Submissions.TestCase
TestSubmissions.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.slow
def test_five_hundred_histories_of_thirty_steps() -> None:
    many = settings(
        max_examples=500,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    run_state_machine_as_test(Submissions, settings=many)
