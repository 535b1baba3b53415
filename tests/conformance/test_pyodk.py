"""The real pyODK reads submissions from a real server, as it reads them from ODK Central."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rafiqa.ledger import FormPublished, SubmissionReviewed
from rafiqa.service import Sent, publish_form, put_file, receive, review_submission
from tests.city import FIRST, OPERATOR, PASSWORD, small_city
from tests.unit.cli.test_serve import serving
from tests.unit.service.field import FORM_XML, filled_form

pyodk_client = pytest.importorskip("pyodk.client")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("central")
    office = small_city(folder)
    form = FormPublished("", "", "", "", "evidence")
    assert publish_form(office, FIRST, form, FORM_XML).done
    for number in range(3):
        content = filled_form(f"uuid:{number}", photo="p.jpg", place=f"35.95 39.0{number} 0 0")
        assert receive(office, OPERATOR, Sent(content)).acted.done
    put_file(office, OPERATOR, "uuid:0", "p.jpg", b"photograph")
    assert review_submission(office, FIRST, SubmissionReviewed("uuid:1", "returned", "?")).done
    office.store.close()
    with serving(folder / "small.rafiqa") as (server, port):
        assert server.stdout is not None
        server.stdout.readline()
        yield f"http://127.0.0.1:{port}"


def client(address: str, login: str, tmp_path: Path, password: str = PASSWORD) -> Any:
    config = tmp_path / "pyodk.toml"
    config.write_text(
        f'[central]\nbase_url = "{address}"\nusername = "{login}"\npassword = "{password}"\n'
        "default_project_id = 1\n"
    )
    return pyodk_client.Client(config_path=config, cache_path=tmp_path / "cache.toml")


def test_pyodk_reads_projects_forms_and_tables(address: str, tmp_path: Path) -> None:
    with client(address, "operator", tmp_path) as odk:
        (project,) = odk.projects.list()
        assert (project.id, project.name) == (1, "Small")
        (form,) = odk.forms.list()
        assert (form.xmlFormId, form.version, form.name) == ("sighting", "3", "Sighting")
        assert odk.forms.get("sighting").hash == form.hash
        table = odk.submissions.get_table(form_id="sighting", count=True)
        assert table["@odata.count"] == 3
        assert [row["__id"] for row in table["value"]] == ["uuid:2", "uuid:1", "uuid:0"]
        row = table["value"][2]
        assert row["geometry"] == {"type": "Point", "coordinates": [39.0, 35.95]}
        assert row["kind"] == "eo_seen"
        system = row["__system"]
        assert (system["attachmentsPresent"], system["attachmentsExpected"]) == (1, 1)
        some = odk.submissions.get_table(
            form_id="sighting", filter="__system/reviewState eq 'hasIssues'", wkt=True
        )["value"]
        assert [(each["__id"], each["geometry"]) for each in some] == [
            ("uuid:1", "POINT (39.01 35.95)")
        ]
        page = odk.submissions.get_table(form_id="sighting", skip=1, top=1)["value"]
        assert [each["__id"] for each in page] == ["uuid:1"]
        assert len(odk.submissions.list(form_id="sighting")) == 3
        assert odk.submissions.get("uuid:1", form_id="sighting").reviewState == "hasIssues"
        files = odk.get("projects/1/forms/sighting/submissions/uuid%3A0/attachments").json()
        assert files == [{"name": "p.jpg", "exists": True}]


@pytest.mark.slow
def test_another_organisation_sees_nothing_and_a_strange_filter_is_refused(
    address: str, tmp_path: Path
) -> None:
    from pyodk.errors import PyODKError

    with client(address, "planner", tmp_path) as odk:
        assert odk.submissions.list(form_id="sighting") == []
        with pytest.raises(PyODKError):
            odk.submissions.get_table(form_id="sighting", filter="year(today()) eq 2026")
        with pytest.raises(PyODKError):
            odk.forms.get("other")


def test_a_wrong_password_lets_nobody_in(address: str, tmp_path: Path) -> None:
    from pyodk.errors import PyODKError

    with pytest.raises(PyODKError), client(address, "operator", tmp_path, "wrong") as odk:
        odk.projects.list()
