"""``rafiqa forms``: what is written, what a country may do, and what is read of others' forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from rafiqa.dictionary import LANGUAGES, dictionary
from rafiqa.dictionary.formdocument import form_document, forms_asking, wanted
from rafiqa.dictionary.formpack import form_pack
from rafiqa.wire.foreignform import read_foreign_form
from rafiqa.wire.formexpression import syntax_fault
from rafiqa.wire.limit import Limits
from rafiqa.wire.xlsx import workbook_bytes

ROOT = Path(__file__).resolve().parents[3]
COUNTRY = ROOT / "examples" / "country.toml"
FORMS = [
    "hazard_area",
    "technical_survey",
    "clearance_progress",
    "completion",
    "accident",
    "eore_session",
    "community_impact",
    "inspection",
    "resident_visit",
    "damage",
    "rubble_lot",
]


def test_every_form_is_written_and_the_same_every_time(run, tmp_path):
    ran = run("forms", "--out", tmp_path / "a", "--json")
    assert (ran.status, ran.err) == (0, "")
    forms = ran.answer["forms"]
    assert [one["name"] for one in forms] == FORMS
    assert {tuple(one["languages"]) for one in forms} == {LANGUAGES}
    run("forms", "--out", tmp_path / "b")
    for one in forms:
        name = Path(one["file"]).name
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.slow
def test_a_country_changes_the_version_of_what_it_changes(run, tmp_path):
    asked = ("forms", "--out", tmp_path / "a", "--json")
    plain, own = run(*asked).answer, run(*asked, "--country", COUNTRY).answer
    assert [fault["code"] for fault in own["warnings"]] == ["dictionary.country.untranslated"]
    assert [one["id"] for one in plain["forms"]] == [one["id"] for one in own["forms"]]
    assert plain["forms"][0]["version"] != own["forms"][0]["version"]


LABEL = '[choice.label]\nen = "A"\nar = "أ"\nckb = "ئ"\nkmr = "A"\n'
FAULTS = {
    "dictionary.country.code": 'country = "Syria"',
    "dictionary.country.needed": 'country = "xa"\nhide = ["land_part.depth_cm"]',
    "dictionary.country.unasked": 'country = "xa"\nhide = ["land_part.nothing"]',
    "dictionary.country.language": 'country = "xa"\ndefault_language = "fr"',
    "dictionary.country.place": 'country = "xa"\n[labels.ar]\n"hazard_area.nothing" = "x"',
    "dictionary.data.assuring": 'country = "xa"\n[labels.en]\n"class.sha" = "safe"',
    "dictionary.data.key": 'country = "xa"\nhidden = ["x"]',
    "dictionary.form.placeholder": 'country = "xa"\n[labels.en]\n"phrase.text_longest" = "short"',
    "dictionary.country.closed": 'country = "xa"\n[[choice]]\nlist = "outcome"\ncode = "xa_done"\n'
    f'as = "cleared"\n{LABEL}',
    "dictionary.country.broader": 'country = "xa"\n[[choice]]\nlist = "surface"\ncode = "xa_a"\n'
    f'as = "moon"\n{LABEL}',
    "dictionary.country.prefix": 'country = "xa"\n[[choice]]\nlist = "surface"\ncode = "moss"\n'
    f'as = "soil"\n{LABEL}',
    "dictionary.country.list": 'country = "xa"\n[[choice]]\nlist = "moss"\ncode = "xa_moss"\n'
    f'as = "soil"\n{LABEL}',
    "dictionary.country.part": 'country = "xa"\n[[field]]\nrecord = "hazard_area"\nform = '
    '"damage"\npart = "place"\nname = "xa_x"\n'
    f'type = "text"\nsensitivity = 0\n{LABEL}'.replace("choice.label", "field.label"),
}


@pytest.mark.parametrize("code", FAULTS)
def test_every_fault_of_a_countrys_file_is_named(run, tmp_path, code):
    file = tmp_path / "country.toml"
    file.write_text(FAULTS[code], encoding="utf-8")
    ran = run("forms", "--out", tmp_path / "a", "--country", file, "--json")
    assert ran.status == 1
    assert code in ran.codes
    assert all(fault["field"] for fault in ran.answer["refused"])
    assert not (tmp_path / "a").exists()


def test_nothing_that_a_record_needs_can_be_hidden(run, tmp_path):
    pack = form_pack()
    needed = {
        asked.place
        for form in pack.forms.values()
        for asked in form.asks()
        if (field := pack.data.records[asked.record].field(asked.field))
        and (field.required.text != "no" or field.imas == "05.10")
    }
    assert len(needed) > 30
    file = tmp_path / "country.toml"
    listed = ", ".join(f'"{place}"' for place in sorted(needed))
    file.write_text(f'country = "xa"\nhide = [{listed}]')
    ran = run("forms", "--out", tmp_path / "a", "--country", file, "--json")
    assert len({fault["detail"] for fault in ran.answer["refused"]}) >= len(needed)


def test_our_own_form_is_read_back_and_mapped_to_itself(run, tmp_path):
    run("forms", "--out", tmp_path)
    ran = run("forms", "--read", tmp_path / "rafiqa_eore_session.xlsx", "--json")
    assert (ran.status, ran.answer["record"]) == (0, "eore_session")
    mapped = {one["question"].rpartition("/")[2]: one for one in ran.answer["mapping"]}
    assert mapped["women_18_plus"]["field"] == "women_18_plus"
    assert mapped["audience"]["codes"]["children"] == "children"
    assert sum(bool(one["field"]) for one in mapped.values()) > 30


SURVEY = ["type", "name", "label", "relevant"]
BROKEN = {
    "wire.xlsform.type": (["wish", "a", "A", ""], 2),
    "wire.xlsform.name": (["text", "1 a", "A", ""], 2),
    "wire.xlsform.list": (["select_one moss", "a", "A", ""], 2),
    "wire.xlsform.group-open": (["begin_group", "a", "A", ""], 2),
    "wire.xlsform.group-end": (["end_repeat", "", "", ""], 2),
    "wire.xlsform.type-missing": (["", "a", "A", ""], 2),
    "wire.xlsform.reference": (["text", "a", "A", "${b} = 1"], 2),
    "wire.xlsform.expression": (["text", "a", "A", "it's so"], 2),
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_form_is_refused_by_row(code):
    row, number = BROKEN[code]
    data = workbook_bytes({"survey": [SURVEY, row, ["text", "z", "Z", ""]]})
    found = read_foreign_form(data, "x", Limits())
    assert (code, number) in [(fault.code, fault.row) for fault in found.refused]


def test_what_is_no_form_is_refused(run, tmp_path):
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"no workbook")
    assert run("forms", "--read", file, "--json").status == 1
    assert run("forms", "--read", tmp_path / "b.xlsx", "--json").codes == ["wire.file.missing"]
    assert run("forms", "--json").codes == ["cli.forms.which"]
    file.write_bytes(workbook_bytes({"sheet": [["a"], ["b"]]}))
    assert run("forms", "--read", file, "--json").codes == ["wire.xlsform.survey"]


@pytest.mark.parametrize(
    "good", ["${a} >= 18", "not(selected(., 'a')) or -1 < 2", "../x[@y='1']/z"]
)
def test_expressions_that_phones_read(good):
    assert syntax_fault(good) is None


@pytest.mark.parametrize("broken", ["1 2", "a +", "(a", "‘a’ = 1", "don't"])
def test_expressions_that_phones_stumble_over(broken):
    assert syntax_fault(broken)


def test_page_equals_the_forms():
    page = ROOT / "docs" / "reference" / "forms.md"
    assert page.read_text(encoding="utf-8") == form_document()


def test_all_that_is_asked_for_is_answered_or_told_why_not():
    pack = form_pack()
    assert len(wanted()) > 70
    assert len({one.topic for one in wanted()}) == 9
    for one in wanted():
        assert bool(one.by) != bool(one.why), one
        for place in one.by:
            record, _, field = place.partition(".")
            assert dictionary().records[record].field(field), place
            assert forms_asking(place, pack), place


def test_identities_are_asked_in_a_part_of_their_own():
    for form in form_pack().forms.values():
        for part in form.parts:
            classes = {
                form_pack().data.records[asked.record].name.endswith("_identity")
                for asked in part.asks
            }
            assert len(classes) <= 1, (form.name, part.part)
