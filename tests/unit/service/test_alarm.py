"""Every alarm is made true, and is told then and not before."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import apsw
import pytest

from rafiqa.errors import Fault, StoreError
from rafiqa.ledger import (
    DeviceEnrolled,
    IdentityKept,
    IdentityLookedAt,
    SubmissionReceived,
)
from rafiqa.ledger.signing import SEED_BYTES, Algorithm, MemorySigner
from rafiqa.ledger.statuslist import StatusList, listed
from rafiqa.service import Office, enrol_device
from rafiqa.service.alarm import (
    ALARMS,
    BACKUP_US,
    DISK_BYTES,
    WAITING,
    WITNESS_US,
    Scene,
    alarms,
    free_bytes,
    told,
)
from rafiqa.service.certifying import STATUS_SETTING
from rafiqa.service.condition import HOLE_US, LIST_US
from rafiqa.service.fieldbook import FieldBook
from rafiqa.service.following import LATE_US, Following, beat
from rafiqa.service.keeping import _BACKED_UP, back_up, backed_up_us
from rafiqa.service.keyring import key_folder
from rafiqa.service.office import Saying
from rafiqa.service.originals import ORIGINAL
from rafiqa.service.publishing import (
    Log,
    cosign,
    evidence_log,
    log_path,
    policy_path,
    publish,
    request,
)
from rafiqa.service.vaultdoor import vault_place
from rafiqa.service.vaulting import LOOKS_AN_HOUR
from rafiqa.service.vaultseen import DAY_US, many_looks
from rafiqa.service.watching import Watching
from rafiqa.store import EmbeddedStore, Machine
from rafiqa.store.logfolder import LogFolder
from rafiqa.store.vault import make_vault
from tests.city import FIRST, Draws, small_city
from tests.papers import NOW_S
from tests.unit.service.fieldforms import filled
from tests.witnesses import LOG, LOG_KEY, Witness

HOUR_US = 3_600_000_000


@pytest.fixture
def scene(tmp_path: Path) -> Any:
    office = small_city(tmp_path)
    place = tmp_path / "small.rafiqa"
    newest_us = office.facts()[-1].recorded_at_us
    back_up(office, tmp_path / "backup", [], Machine(Draws(), lambda: newest_us))
    yield Scene(office, place, newest_us + HOUR_US, 10 * DISK_BYTES)
    office.store.close()


def codes(scene: Scene) -> set[str]:
    return {fault.code for fault in told(scene)}


def _policy(scene: Scene) -> None:
    assert scene.place is not None
    policy_path(scene.place).parent.mkdir(parents=True)
    policy_path(scene.place).write_text(Watching().text([LOG_KEY]), "utf-8")


def _key(scene: Scene) -> Scene:
    assert scene.place is not None
    key_folder(scene.place).mkdir()
    (key_folder(scene.place) / "log-evidence.pem").write_text("x", "utf-8")
    return scene


def stopped(scene: Scene) -> Scene:
    assert isinstance(scene.office.store, EmbeddedStore)
    scene.office.store.bar(Fault("store.rollback", params={"entries": 3, "witnessed": 9}))
    return scene


def disk(scene: Scene) -> Scene:
    return replace(scene, free_bytes=DISK_BYTES - 1)


def clock(scene: Scene) -> Scene:
    return replace(scene, now_us=0)


def key(scene: Scene) -> Scene:
    _policy(scene)
    return scene


def behind(scene: Scene) -> Scene:
    _policy(scene)
    return _key(scene)


def unread(scene: Scene) -> Scene:
    _policy(scene)
    assert scene.place is not None
    (log_path(scene.place) / "checkpoint").write_bytes(b"no checkpoint\n")
    return _key(scene)


def backup(scene: Scene) -> Scene:
    return replace(scene, now_us=scene.now_us - HOUR_US + BACKUP_US + 1)


def backup_none(scene: Scene) -> Scene:
    scene.office.store.put_setting(_BACKED_UP, b"")
    return scene


def _watched(scene: Scene, witnesses: Sequence[Witness]) -> Log:
    """The log, published and by its policy watched by these, each of its own organisation."""
    assert scene.place is not None
    log = evidence_log(scene.office, LogFolder(log_path(scene.place)), (), (LOG,))
    publish(log, NOW_S)
    by = {f"house-{n}": tuple(each.keys) for n, each in enumerate(witnesses)}
    policy_path(scene.place).write_text(Watching(by).text(log.keys), "utf-8")
    return log


def _signed(log: Log, *witnesses: Witness) -> None:
    for each in witnesses:
        asked = request(log, each.latest.size if each.latest else 0)
        cosign(log, each.asked(asked.encode()).body, each.keys)


def witness(scene: Scene) -> Scene:
    """Two organisations watch, and one of them has signed."""
    watching = [Witness("witness.example/a"), Witness("witness.example/b")]
    _signed(_watched(scene, watching), watching[0])
    return _key(scene)


def backlog(scene: Scene) -> Scene:
    waits: Any = SimpleNamespace(state="waiting")
    return like(
        scene, fieldbook=lambda: FieldBook(stories={str(n): waits for n in range(WAITING + 1)})
    )


def like(scene: Scene, **other: Any) -> Scene:
    """The same scene, with an office of which something else is so."""
    told_otherwise: Any = Proxy(scene.office, **other)
    return replace(scene, office=told_otherwise)


class Proxy:
    """Something, but for what is said otherwise."""

    def __init__(self, of: object, **other: Any) -> None:
        self._of, self._other = of, other

    def __getattr__(self, name: str) -> Any:
        return self._other[name] if name in self._other else getattr(self._of, name)


def gaps(scene: Scene) -> Scene:
    """A phone counted four and sent the first and the last, more than an hour ago."""
    device = DeviceEnrolled("phone-1", "0" * 64, "carrier", "deminers", "surveyor")
    assert enrol_device(scene.office, FIRST, device).done
    for number in (1, 4):
        text = filled("accident", f"uuid:{number}", {"accident_kind": "mine"}, {}).decode()
        digest = sha256(text.encode()).hexdigest()
        fact = SubmissionReceived(
            f"uuid:{number}",
            "accident",
            text,
            "text/xml",
            digest,
            device_id="phone-1",
            number=number,
        )
        scene.office.say(FIRST, [Saying(f"s:{number}", f"uuid:{number}", scene.now_us, fact)])
    now = backed_up(scene)
    assert codes(now) == set(), "the second and third may come yet"
    return replace(now, now_us=now.now_us + HOLE_US + 1)


def raw(scene: Scene, *statements: str) -> None:
    """Does to the file of a store what no door of it lets anybody do."""
    assert scene.place is not None
    with closing(apsw.Connection(str(scene.place))) as link:
        for statement in statements:
            link.execute(statement)


def newest_gone(scene: Scene) -> None:
    """The newest entry is taken out of the file under the running store."""
    raw(
        scene,
        "DROP TRIGGER entries_remain",
        "DROP TRIGGER bodies_remain",
        "DELETE FROM bodies WHERE seq = (SELECT max(seq) FROM entries)",
        "DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)",
        """UPDATE log_end SET seq = (SELECT max(seq) FROM entries),
               entry_hash = (SELECT entry_hash FROM entries ORDER BY seq DESC LIMIT 1)""",
    )


def unstored_entry(scene: Scene) -> Scene:
    device = DeviceEnrolled("phone-1", "0" * 64, "carrier", "deminers", "surveyor")
    assert enrol_device(scene.office, FIRST, device).done
    now = backed_up(scene)
    assert codes(now) == set()
    newest_gone(scene)
    return now


def other_root_seen(scene: Scene) -> Scene:
    """The log is published and the file put back under the running store, which has read on."""
    log = _watched(scene, [])
    assert log.size() == len(scene.office.facts())
    _key(scene)
    assert codes(scene) == set()
    scene.office.acknowledged = None
    newest_gone(scene)
    assert scene.place is not None
    return replace(scene, office=reread(scene))


def reread(scene: Scene) -> Office:
    """The office as another process has it that was started since, and nothing barred."""
    office = scene.office
    return Office(office.store, office.now_us, office.new_id)


def old_list(scene: Scene) -> Scene:
    """A list of statuses that was signed a week ago and a second."""
    now_s = scene.now_us // 1_000_000
    made = StatusList("city", 1, now_s - LIST_US // 1_000_000, {})
    signer = MemorySigner("city/status", Algorithm.ED25519, Draws()(SEED_BYTES))
    scene.office.store.put_setting(STATUS_SETTING, listed(made, signer))
    assert codes(scene) == set()
    return replace(scene, now_us=scene.now_us + 1_000_000)


def owner(scene: Scene) -> Scene:
    """What a database says of who signed in; tests/fault/test_postgres.py asks a real one."""
    store: Any = Proxy(scene.office.store, signed_in_as_owner=lambda: True)
    return like(scene, store=store)


def looks(scene: Scene, n_looks: int = LOOKS_AN_HOUR) -> Scene:
    """Somebody looked at as many within an hour as one may; the vault itself is where it was."""
    kept = IdentityKept("p-0", "S1", "reporter_contact", "2099-01-01")
    scene.office.say(FIRST, [Saying("kept:p-0", "p-0", scene.now_us, kept)])
    for n in range(n_looks):
        fact = IdentityLookedAt("p-0", "call_back")
        scene.office.say(FIRST, [Saying(f"look:{n}", "p-0", scene.now_us, fact)])
    scene.office.vault_at = lambda: make_vault(vault_place_of(scene), "-", Draws(), lambda: 1)
    return backed_up(scene)


def vault_place_of(scene: Scene) -> Path:
    assert scene.place is not None
    return vault_place(scene.place)


def backed_up(scene: Scene) -> Scene:
    """The scene at its newest entry, that a backup was made of."""
    newest_us = scene.office.facts()[-1].recorded_at_us
    assert scene.place is not None
    folder = scene.place.with_name("newer")
    back_up(scene.office, folder, [], Machine(Draws(), lambda: newest_us))
    return replace(scene, now_us=newest_us)


def vault(scene: Scene) -> Scene:
    def unopened() -> None:
        raise StoreError(Fault("store.vault.damaged", params={"pseudonym": "-"}))

    scene.office.vault_at = unopened
    return scene


def originals(scene: Scene) -> Scene:
    """A vault that should be there, and of a picture's original only the name is."""
    fact = IdentityKept("p-0", "S1", ORIGINAL, "2099-01-01")
    scene.office.say(FIRST, [Saying("kept:p-0", "p-0", scene.now_us, fact)])
    scene.office.vault = make_vault(vault_place_of(scene), "-", Draws(), lambda: 1)
    return backed_up(scene)


def replica(scene: Scene) -> Scene:
    """A copy that nothing came to for a while; what lies beside the primary is not asked for."""
    at_us, steady_s = scene.now_us, [0.0]
    beat(scene.office.store, lambda: at_us)
    following = Following(scene.office.store, lambda: at_us, lambda: steady_s[0])
    scene.office.following = following
    assert codes(_key(key(scene))) == set()
    steady_s[0] += LATE_US / 1e6 + 1
    return scene


FAULTS = {
    "service.alarm.stopped": stopped,
    "service.alarm.disk": disk,
    "service.alarm.clock": clock,
    "service.alarm.key": key,
    "service.alarm.log-behind": behind,
    "service.alarm.log-unread": unread,
    "service.alarm.backup": backup,
    "service.alarm.backup-none": backup_none,
    "service.alarm.witness": witness,
    "service.alarm.vault": vault,
    "service.alarm.looks": looks,
    "service.alarm.gaps": gaps,
    "service.alarm.unstored": unstored_entry,
    "service.alarm.root": other_root_seen,
    "service.alarm.list": old_list,
    "service.alarm.owner": owner,
    "service.alarm.originals": originals,
    "service.alarm.backlog": backlog,
    "service.alarm.replica": replica,
}


def test_every_alarm_has_its_fault_or_says_who_asks() -> None:
    assert set(FAULTS) == {code for code, alarm in ALARMS.items() if alarm.fires is not None}
    assert all(alarm.beside for alarm in ALARMS.values() if alarm.fires is None)
    assert all(alarm.who for alarm in ALARMS.values())


@pytest.mark.parametrize("code", FAULTS)
def test_it_is_told_when_it_is_so_and_not_before(scene: Scene, code: str) -> None:
    assert codes(scene) == set()
    # Where nothing can sign, the log falls behind as well.
    also = {"service.alarm.log-behind"} if code == "service.alarm.key" else set()
    assert codes(FAULTS[code](scene)) == {code, *also}


def test_fewer_looks_raise_no_alarm_and_many_are_told_for_a_day(scene: Scene) -> None:
    assert many_looks(scene.office, scene.now_us) == ()
    now = looks(scene, LOOKS_AN_HOUR - 1)
    assert codes(now) == set()
    fact = IdentityLookedAt("p-0", "inquiry")
    now.office.say(FIRST, [Saying("look:last", "p-0", now.now_us, fact)])
    (told_of,) = many_looks(now.office, now.now_us)
    assert (told_of.actor.person_id, told_of.looks) == (FIRST.person_id, LOOKS_AN_HOUR)
    assert many_looks(now.office, told_of.last_us + DAY_US - 1)
    assert many_looks(now.office, told_of.last_us + DAY_US) == ()


@pytest.mark.parametrize("n_sign", [1, 2])
def test_who_has_seen_the_log_is_known_when_it_has_grown(scene: Scene, n_sign: int) -> None:
    """The signatures of an earlier checkpoint are gone from the folder; that they were is not."""
    assert scene.place is not None
    watching = [Witness("witness.example/a"), Witness("witness.example/b")]
    log = _watched(scene, watching)
    _signed(log, *watching[:n_sign])
    n_known = len(scene.office.facts())
    first_us = scene.office.facts()[0].recorded_at_us
    in_time = replace(_key(scene), now_us=first_us + WITNESS_US)
    assert "service.alarm.witness" not in codes(in_time)
    late = replace(scene, now_us=scene.now_us + 365 * 24 * HOUR_US)
    assert ("service.alarm.witness" in codes(late)) == (n_sign == 1)
    device = DeviceEnrolled("phone-1", "0" * 64, "carrier", "deminers", "surveyor")
    assert enrol_device(scene.office, FIRST, device).done
    publish(log, NOW_S)
    told_now = {fault.code: fault.params for fault in told(late)}["service.alarm.witness"]
    n_facts = len(scene.office.facts())
    assert n_facts > n_known
    assert told_now == {"entries": n_facts - n_known if n_sign == 2 else n_facts}
    _signed(log, *watching)
    assert "service.alarm.witness" not in codes(late)


def test_where_too_few_watch_nobody_is_waited_for(scene: Scene) -> None:
    _watched(scene, [Witness("witness.example/a")])
    late = replace(_key(scene), now_us=scene.now_us + 365 * 24 * HOUR_US)
    assert "service.alarm.witness" not in codes(late)


def test_a_policy_that_is_none_is_told_and_hides_nothing_else(scene: Scene) -> None:
    assert scene.place is not None
    _watched(scene, [Witness("witness.example/a"), Witness("witness.example/b")])
    policy_path(scene.place).write_text("quorum of all", "utf-8")
    late = replace(scene, now_us=scene.now_us + 365 * 24 * HOUR_US)
    assert codes(late) == {"service.alarm.log-unread", "service.alarm.key", "service.alarm.backup"}


def test_a_backup_is_known_to_the_store_and_counts_for_a_night(scene: Scene) -> None:
    made_us = backed_up_us(scene.office)
    assert made_us == scene.office.facts()[-1].recorded_at_us
    assert codes(replace(scene, now_us=made_us + BACKUP_US)) == set()
    (told_late,) = told(replace(scene, now_us=made_us + 3 * BACKUP_US))
    assert (told_late.code, told_late.params) == ("service.alarm.backup", {"hours": 78})
    # A store on which nothing was recorded yet has nothing to lose.
    scene.office.store.put_setting(_BACKED_UP, b"")
    assert codes(like(scene, facts=list, fieldbook=FieldBook)) == set()


def test_keys_of_certificates_are_not_those_of_the_log(scene: Scene) -> None:
    _key(key(scene))
    assert scene.place is not None
    assert "service.alarm.key" not in codes(scene)
    (key_folder(scene.place) / "log-evidence.pem").rename(key_folder(scene.place) / "issuer.pem")
    assert "service.alarm.key" in codes(scene)


def test_a_store_that_has_published_knows_so_when_folder_and_keys_are_gone(scene: Scene) -> None:
    assert scene.place is not None
    folder = LogFolder(log_path(scene.place))
    signer = MemorySigner("city.example/log", Algorithm.ED25519, Draws()(SEED_BYTES))
    made = publish(evidence_log(scene.office, folder, (), (signer,)), 1_767_225_600)
    assert made.checkpoint.size == len(scene.office.facts())
    shutil.rmtree(log_path(scene.place))
    assert codes(scene) == {"service.alarm.key", "service.alarm.log-behind"}


def test_phones_may_send_while_alarms_are_asked() -> None:
    book = FieldBook()

    class Story:
        """Another comes whenever one is looked at, as from a phone in another thread."""

        @property
        def state(self) -> str:
            waits: Any = Story()
            book.stories[str(len(book.stories))] = waits
            return "waiting"

    first: Any = Story()
    book.stories["first"] = first
    assert [book.waiting() for _ in range(3)] == [1, 2, 4]


def test_the_disk_of_a_database_is_not_the_one_beside_its_keys(scene: Scene) -> None:
    elsewhere: Any = SimpleNamespace(store=object())
    assert free_bytes(scene.office, scene.place)
    assert free_bytes(elsewhere, scene.place) is None


def test_of_a_store_that_is_no_file_less_is_known(scene: Scene) -> None:
    office: Office = scene.office
    assert alarms(office, None, scene.now_us) == ()
    assert {fault.code for fault in alarms(office, None, 0)} == {"service.alarm.clock"}
