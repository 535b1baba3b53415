"""One store before and after something newer spoke against a released part, to be asked anew.

P1 (west half of H1) stands released and a certificate of it is in force. Then comes a sign, a
report, a find of works or an accident.
"""

from __future__ import annotations

import io
import json
import re
import secrets
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pandas as pd

import rafiqa
from rafiqa.api import make_app
from rafiqa.cli import main
from rafiqa.land import AccidentRecorded, Actor, EvidenceRecorded, ResidentReported, TaskOrdered
from rafiqa.recovery import ChanceFound
from rafiqa.service import (
    Office,
    issue_certificate,
    open_office,
    order_work,
    put_on_record,
    record_accident,
    record_evidence,
    report_hazard,
)
from tests.city import FIRST, RESIDENT, Clock, Draws, spot
from tests.unit.api.client import Client
from tests.unit.service.certifying import papers_keys
from tests.unit.service.publiccity import own_city

ENGINEER = Actor("canary-person-engineer", "municipality", "engineer")
KEYS = papers_keys()
CAUSES = ("sign", "report", "find", "accident")
ON_P1_M = (30, 60)
_NO_DOUBT = re.compile(r'"\w*in_doubt\w*": ?(false|0(\.0)?)\b')
_DOUBT = re.compile(r"in[ _-]doubt|\bdoubt:", re.IGNORECASE)


@dataclass
class Store:
    """A store at rest, and the ways of asking it; each opens it for itself."""

    folder: Path
    clock: Clock
    _client: Client | None = field(default=None, init=False)
    _office: Office | None = field(default=None, init=False)

    @property
    def path(self) -> Path:
        return self.folder / "small.rafiqa"

    def office(self) -> Office:
        if self._office is None:
            kept = {"now_us": self.clock.now_us, "entropy": secrets.token_bytes}
            self._office = open_office(str(self.path), **kept)  # type: ignore[arg-type]
        return self._office

    def close(self) -> None:
        if self._office is not None:
            self._office.store.close()
        self._office = self._client = None

    def command(self, *words: object) -> str:
        """Returns what a command prints, both ways: as JSON and for people."""
        self.close()
        told = io.StringIO()
        for way in (("--json",), ()):
            with redirect_stdout(told), redirect_stderr(told):
                try:
                    main([*(str(each) for each in words), *way, "--lang", "en"])
                except SystemExit as ended:
                    told.write(str(ended.code))
        return told.getvalue()

    def get(self, path: str) -> str:
        """Returns what the server answers staff; of a tile, its features as JSON."""
        if self._client is None:
            app = make_app(self.office(), now_us=self.clock.now_us, entropy=Draws())
            self._client = Client(app)
            assert self._client.sign_in("first").status_code == 200
        answer = self._client.get(path)
        assert answer.status_code in {200, 204}, (path, answer.text[:300])
        if path.split("?", maxsplit=1)[0].endswith(".mvt"):
            decoded = mapbox_vector_tile.decode(answer.content) if answer.content else {}
            return json.dumps({"layers": list(decoded), "tile": decoded})
        return answer.text

    def frame(self, ask: Callable[[rafiqa.Site], pd.DataFrame]) -> str:
        """Returns the rows of a notebook's frame as JSON, shapes as text."""
        self.close()
        with rafiqa.open(self.path) as site:
            found = ask(site)
            plain = pd.DataFrame({name: found[name].astype(str) for name in found.columns})
            rows = plain.to_dict("records")
        text = json.dumps([rows, found.attrs], default=str)
        return re.sub(r'"(in_doubt)": "False"', r'"\1": false', text)


def spoken_against(office: Office, cause: str) -> None:
    """Records what newer speaks against P1."""
    at = spot(office, 20, 60)
    made: Any
    if cause == "sign":
        made = record_evidence(office, FIRST, EvidenceRecorded("E9", "eo_seen", "visual", at))
    elif cause == "report":
        made = report_hazard(office, RESIDENT, ResidentReported("S9", at, "mine"))
    elif cause == "find":
        found = ChanceFound("J-open", "F1", "rubble", spot(office, 6, 12))
        made = put_on_record(office, ENGINEER, found)
    else:
        made = record_accident(office, FIRST, AccidentRecorded("A9", "ordnance", at))
    assert made.done, made.reasons


def before_in(folder: Path) -> Store:
    """A store in which P1 stands released and certified, and nothing speaks against it."""
    office, clock = own_city(folder)
    paid = TaskOrdered("T-9", "H1", "deminers", ("manual",), 30, donor_id="donor")
    assert order_work(office, FIRST, paid).done
    made = issue_certificate(office, KEYS, FIRST, "release", "H1")
    assert made.acted.done, made.acted.reasons
    office.store.close()
    return Store(folder, clock)


def after_of(before: Store, folder: Path, cause: str) -> Store:
    """A copy of the store in which something newer speaks against P1."""
    before.close()
    shutil.copytree(before.folder, folder, dirs_exist_ok=True)
    clock = Clock()
    clock.at_us = before.clock.at_us
    clock.sleep_days(1)
    store = Store(folder, clock)
    spoken_against(store.office(), cause)
    store.close()
    return store


def doubts_in(text: str) -> bool:
    """Returns whether an answer says of anything that it is in doubt."""
    return bool(_DOUBT.search(_NO_DOUBT.sub("", text)))
