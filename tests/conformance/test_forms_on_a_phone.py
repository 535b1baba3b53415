"""Every form of the field, opened, filled and finished by the engine that phones run."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import pytest

from rafiqa.dictionary import LANGUAGES, FormPack, check_row, country_forms, form_pack
from rafiqa.service.fieldforms import write_forms
from rafiqa.service.submissionrow import repeated_rows
from rafiqa.wire.filled import filled_xml
from tests.conformance.formanswers import bad, field_of, good, matrix_questions, rounds
from tests.conformance.phone import CONSTRAINT, Filled, Filling, compiled, fill, missing

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))
COUNTRY = Path(__file__).resolve().parents[2] / "examples" / "country.toml"
ORDINARY = (0, 1)
"""Rounds of the ordinary run; the long one takes as many as there are codes to look at."""


@dataclass(frozen=True)
class Engine:
    classes: Path
    forms: Path
    folder: Path

    def filled(self, fillings: list[Filling]) -> list[Filled]:
        return fill(self.classes, fillings, self.folder)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    forms = tmp_path_factory.mktemp("forms")
    write_forms(forms, "en", xml=True)
    classes = compiled(tmp_path_factory.mktemp("classes"))
    return Engine(classes, forms, tmp_path_factory.mktemp("filled"))


def order(engine: Engine, name: str, lang: str, number: int, *, tries: bool = True) -> Filling:
    pack = form_pack()
    form = pack.forms[name]
    answers = good(form, pack, number)
    file = engine.forms / f"{form.form_id}.xml"
    return Filling(file, lang, answers, list(bad(form, pack)) if tries else [])


def judge(name: str, lang: str, found: list[Filled]) -> None:
    """Finished every time, in the dictionary's own words, and nothing bad taken."""
    pack = form_pack()
    form = pack.forms[name]
    for one in found:
        assert one.done == "valid", (name, lang)
        assert not one.refused, (name, lang)
        assert not one.missing, (name, lang)
        assert one.tried, (name, lang)
        taken = {tried for tried, status in one.tried.items() if status not in {CONSTRAINT, -1}}
        assert not taken, (name, lang)
        sent(one, pack, name)
        for asked in form.asks():
            question = form.question(asked.record, asked.field)
            if question in one.labels:
                assert one.labels[question] == field_of(asked, pack).labels.of(lang)
        for question, _ in matrix_questions(form):
            assert one.labels[question]


def sent(one: Filled, pack: FormPack, name: str) -> None:
    """What the phone sends is what the dictionary takes, field by field."""
    form = pack.forms[name]
    root = ET.fromstring(one.xml)  # noqa: S314 - the engine wrote it
    texts = {found.tag.rpartition("}")[2]: found.text or "" for found in root.iter()}
    assert texts["instanceID"].startswith("uuid:")
    n_fields = 0
    for asked in form.asks():
        question = form.question(asked.record, asked.field)
        field = field_of(asked, pack)
        if question not in one.labels and field.type != "id":
            continue
        assert texts[question], question
        _, faults = check_row(pack.data.records[asked.record], {asked.field: texts[question]})
        assert not [
            fault for fault in faults if fault.place == asked.field and "missing" not in fault.code
        ]
        n_fields += 1
    assert n_fields > 5
    read_again(one, pack, name)


def read_again(one: Filled, pack: FormPack, name: str) -> None:
    """What was asked again is read back by its part, each answer under its field."""
    form = pack.forms[name]
    told = filled_xml(one.xml.encode())
    for part in form.parts:
        records = {asked.record for asked in part.asks} - {form.record}
        asked = [each for each in part.asks if form.question(each.record, each.field) in one.labels]
        if not part.repeat or not records or not asked:
            continue
        (row,) = repeated_rows(told, part.part, records.pop(), None)
        assert {each.field for each in asked} <= set(row.answers), (name, part.part)


def test_every_form_is_filled_and_finished_in_arabic_and_english(engine):
    pack = form_pack()
    asked = [(name, lang) for name in pack.forms for lang in ("ar", "en")]
    fillings = [order(engine, name, lang, number) for name, lang in asked for number in ORDINARY]
    found = engine.filled(fillings)
    assert len(found) == len(fillings) == 44
    for index, (name, lang) in enumerate(asked):
        judge(name, lang, found[index * len(ORDINARY) : (index + 1) * len(ORDINARY)])


@pytest.mark.slow
def test_every_question_is_asked_in_some_round_in_every_language(engine):
    pack = form_pack()
    for name, form in pack.forms.items():
        for lang in LANGUAGES:
            numbers = range(rounds(form, pack))
            found = engine.filled([order(engine, name, lang, number) for number in numbers])
            judge(name, lang, found)
            seen = set().union(*(one.labels for one in found))
            wanted = {
                form.question(asked.record, asked.field)
                for asked in form.asks()
                if field_of(asked, pack).type != "id"
            }
            assert not wanted - seen, (name, lang)


@pytest.mark.slow
def test_what_is_needed_cannot_be_left_out(engine):
    """A cleared part has a depth, a part not cleared a reason, a survey a class."""
    pack = form_pack()
    cleared = pack.data.lists["outcome"].names.index("cleared")
    not_cleared = pack.data.lists["outcome"].names.index("not_cleared")
    for name, number, left_out in (
        ("completion", cleared, "land_part_depth_cm"),
        ("completion", not_cleared, "land_part_reason"),
        ("hazard_area", 0, "class"),
        ("accident", 0, "killed"),
    ):
        whole = order(engine, name, "ar", number, tries=False)
        answers = {key: value for key, value in whole.answers.items() if key != left_out}
        found = engine.filled([whole, Filling(whole.form, "ar", answers)])
        assert found[0].done == "valid", left_out
        assert found[1].missing == [left_out]
        assert found[1].done.startswith("invalid"), left_out


def test_a_surveyor_is_not_offered_to_write_land_as_released(engine):
    """No phone offers a class that lowers; only the parts of a completion say what was done."""
    found = engine.filled([order(engine, "hazard_area", "en", 0)])[0]
    assert {code for name, code in found.choices if name == "class"} == {"indication", "sha", "cha"}


def test_a_name_is_asked_for_only_with_consent(engine):
    pack = form_pack()
    whole = order(engine, "accident", "ar", 0, tries=False)
    refused = Filling(whole.form, "ar", {**whole.answers, "victim_identity_consent": "no"})
    agreed = Filling(whole.form, "ar", {**whole.answers, "victim_identity_consent": "yes"})
    without, with_it = engine.filled([refused, agreed])
    names = {
        f"victim_identity_{one.field}"
        for one in pack.forms["accident"].asks()
        if one.record == "victim_identity"
    }
    assert names & set(without.labels) == {"victim_identity_consent"}
    assert names <= set(with_it.labels)


def test_an_id_stays_when_a_draft_is_opened_again():
    """Minted once: without ``once`` every opening would make another record of it."""
    from rafiqa.wire.xlsform import xlsform

    pack = form_pack()
    for form in pack.forms.values():
        survey = xlsform(form, pack).sheets["survey"]
        column = survey[0].index("calculation")
        minted = {row[column] for row in survey[1:] if "uuid" in row[column]}
        assert minted == {"once(uuid())"}


@pytest.mark.slow
def test_a_countrys_forms_are_filled_too(engine, tmp_path):
    pack = country_forms(COUNTRY, form_pack()).pack
    write_forms(tmp_path, "en", COUNTRY, xml=True)
    form = pack.forms["hazard_area"]
    answers = {**good(form, pack, 0), "ordnance": "xa_barrel_bomb"}
    tries = [("xa_flooded_months", "13")]
    one = fill(
        engine.classes, [Filling(tmp_path / f"{form.form_id}.xml", "tr", answers, tries)], tmp_path
    )[0]
    assert (one.done, one.missing) == ("valid", [])
    assert one.tried == {("xa_flooded_months", "13"): CONSTRAINT}
    assert one.labels["community"] == "Köy veya şehir"
    assert one.labels["district"] == "District"
    assert not {"vegetation", "donor"} & set(one.labels)
    assert "<ordnance>xa_barrel_bomb</ordnance>" in one.xml
