"""Phones on wires that are cut or slow: every form and photograph arrives exactly once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rafiqa.ledger import DeviceEnrolled, FormPublished, SubmissionReceived
from rafiqa.service import (
    Office,
    enrol_device,
    missing_files,
    open_office,
    publish_form,
    token_sha256,
)
from tests.city import FIRST, Clock, Draws, small_city
from tests.fault.network import Wire, wire
from tests.fault.test_partition import PORT, ROOT, served
from tests.unit.service.field import FORM_XML

KEY = "c" * 64
SLOW = ("rate", "64kbit", "burst", "1600", "latency", "6s")


def enrolled(folder: Path) -> Path:
    office = small_city(folder)
    assert publish_form(office, FIRST, FormPublished("", "", "", "", "evidence"), FORM_XML).done
    device = DeviceEnrolled("phone-1", token_sha256(KEY), "carrier", "deminers", "surveyor")
    assert enrol_device(office, FIRST, device).done
    office.store.close()
    return folder / "small.rafiqa"


def on_phone(on: Wire, module: str, *words: object) -> Any:
    inside = ["ip", "netns", "exec", on.phone, sys.executable, "-m", module, *map(str, words)]
    ran = subprocess.run(inside, check=False, capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def kept(store: Path) -> tuple[Office, Counter[str]]:
    office = open_office(str(store), now_us=Clock().now_us, entropy=Draws())
    assert office.store.check() == []
    texts = [r.fact.text for r in office.facts() if isinstance(r.fact, SubmissionReceived)]
    said = [text.partition("<statement>")[2].partition("<")[0] for text in texts]
    return office, Counter(said)


def through_cuts(folder: Path, n_forms: int, seed: int, manner: str) -> tuple[Any, Counter[str]]:
    store = enrolled(folder)
    with wire() as on, served(store, on):
        words = (on.server, on.phone, PORT, KEY, n_forms, seed, manner)
        told = on_phone(on, "tests.fault.submit_through_cuts", *words)
    office, said = kept(store)
    for story in office.fieldbook().stories.values():
        if manner == "frozen":
            assert missing_files(office, story) == ()
    office.store.close()
    return told, said


def assert_once_each(folder: Path, n_forms: int, seed: int) -> None:
    told, said = through_cuts(folder, n_forms, seed, "frozen")
    assert told["unanswered"] >= told["cuts"] > 0, "the cuts cut nothing"
    assert said == {f"report {number}": 1 for number in range(n_forms)}
    assert set(told["statuses"]) <= {201, 202}
    assert told["waited_s"] <= 10


def test_forms_over_a_wire_that_is_cut_are_stored_exactly_once(tmp_path: Path) -> None:
    assert_once_each(tmp_path, 15, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_seventy_cuts_in_a_hundred_and_fifty_forms(tmp_path: Path, seed: int) -> None:
    assert_once_each(tmp_path, 150, seed)


@pytest.mark.slow
def test_the_control_that_makes_its_ids_anew_stores_forms_twice(tmp_path: Path) -> None:
    _, said = through_cuts(tmp_path, 60, 1, "fresh")
    assert max(said.values()) > 1


@pytest.mark.slow
def test_a_line_of_64_kbit_loses_nothing_and_carries_little_more(tmp_path: Path) -> None:
    store = enrolled(tmp_path)
    with wire() as on, served(store, on):
        shaped = ["ip", "netns", "exec", on.phone, "tc", "qdisc", "add", "dev"]
        end = subprocess.run(
            ["ip", "-n", on.phone, "-o", "link"], check=True, capture_output=True, text=True
        ).stdout
        name = next(word for word in end.replace("@", " ").split() if word.startswith("rp"))
        ran = subprocess.run([*shaped, name, "root", "tbf", *SLOW], check=False)
        if ran.returncode:
            pytest.skip("no shaping of traffic here (tc with tbf)")
        told = on_phone(on, "tests.fault.send_slowly", PORT, KEY, 20, 300_000)
    assert told["statuses"] == [201] * 20
    assert told["wire"] <= 1.1 * told["payload"]
    office, said = kept(store)
    assert sum(said.values()) == 20
    assert missing_files(office, office.fieldbook().stories["uuid:0"]) == ()
    office.store.close()
