"""A phone's whole round over a real wire: set up, fetch, fill, send in batches, send again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rafiqa.ledger import DeviceEnrolled, FormPublished
from rafiqa.service import (
    enrol_device,
    missing_files,
    open_office,
    publish_form,
    token_sha256,
)
from tests.city import FIRST, Clock, Draws, small_city
from tests.collect import Collect, Stopped
from tests.unit.cli.test_serve import serving
from tests.unit.service.field import FORM_XML, filled_form

TOKEN = "w" * 64
DATA = Path("/work/shared/data/xlsforms")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wire")
    office = small_city(folder)
    form = FormPublished("", "", "", "", "evidence")
    assert publish_form(office, FIRST, form, FORM_XML).done
    device = DeviceEnrolled("phone-1", token_sha256(TOKEN), "carrier", "deminers", "surveyor")
    assert enrol_device(office, FIRST, device).done
    office.store.close()
    return folder / "small.rafiqa"


@pytest.fixture(scope="module")
def served(store: Path) -> Iterator[str]:
    with serving(store) as (server, port):
        assert server.stdout is not None
        server.stdout.readline()
        yield f"http://127.0.0.1:{port}/openrosa/key/{TOKEN}"


@pytest.fixture
def phone(served: str) -> Iterator[Collect]:
    phone = Collect(served)
    yield phone
    phone.hang_up()


def test_a_whole_round_of_collect(phone: Collect, store: Path) -> None:
    assert phone.fetch() == ["sighting"]
    assert phone.forms["sighting"] == FORM_XML
    assert len(phone.media["hazards.csv"].splitlines()) > 3
    most_bytes = phone.head()
    chance = np.random.default_rng(1)
    names = [f"صورة {number}.jpg" for number in range(3)]
    photos = {name: chance.bytes(400_000) for name in names}
    tags = "".join(f"<photo>{name}</photo>" for name in names)
    content = filled_form("uuid:wire").replace(b"<photo></photo>", tags.encode())
    assert phone.submit(content, photos, most_bytes) == [201, 201]
    assert phone.submit(content, photos, most_bytes) == [202, 202]
    altered = content.replace(b"eo_seen", b"crater")
    assert phone.submit(altered, photos, most_bytes) == [409]
    phone.hang_up()
    office = open_office(str(store), now_us=Clock().now_us, entropy=Draws())
    story = office.fieldbook().stories["uuid:wire"]
    assert missing_files(office, story) == ()
    for name in names:
        parts = office.store.attachment(story.files[name].sha256)
        assert parts is not None
        assert b"".join(parts) == photos[name]
    assert office.store.check() == []
    office.store.close()


def test_a_phone_with_another_key_stops(phone: Collect) -> None:
    phone.url = phone.url.replace(TOKEN, "x" * 64)
    with pytest.raises(Stopped, match="403"):
        phone.fetch()


@pytest.mark.shared
@pytest.mark.skipif(not DATA.is_dir(), reason="the open data does not lie beside this checkout")
@pytest.mark.parametrize("name", ["all-question-types", "ifrc-distribution-site-assessment-v1"])
def test_forms_of_others_are_read(name: str) -> None:
    from rafiqa.wire.xformread import xform_head

    head = xform_head((DATA / f"{name}.xml").read_bytes())
    assert head.form_id
    assert head.files or name.startswith("ifrc")
