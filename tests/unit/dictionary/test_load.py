"""Loading: every planted fault in the data files is named with its place."""

from __future__ import annotations

import pytest

from rafiqa.dictionary import load
from rafiqa.errors import InvalidInput

SOURCE = "\n".join(
    ["[label_source]"]
    + [f'{lang} = {{ by = "machine", reviewed = false }}' for lang in ("en", "ar", "ckb", "kmr")]
)


def words(table: str, en: str = "Word", **changed: str) -> str:
    labels = {"en": en, "ar": "كلمة", "ckb": "وشە", "kmr": "Peyv", **changed}
    return f"[{table}]\n" + "\n".join(f'{lang} = "{label}"' for lang, label in labels.items())


def field(name: str = "name", kind: str = "text", more: str = "sensitivity = 0") -> str:
    return f'[[field]]\nname = "{name}"\ntype = "{kind}"\n{more}\n{words("field.label")}\n'


def record(*fields: str, name: str = "thing", more: str = "") -> str:
    head = f'name = "{name}"\nabout = "A thing."\n{more}\n{SOURCE}\n{words("label")}\n'
    return head + "\n".join(fields)


def codelist(*codes: str, name: str = "colour") -> str:
    head = f'name = "{name}"\nabout = "Colours."\n{SOURCE}\n{words("label")}\n'
    return head + "\n".join(map(coded, codes))


def coded(code: str) -> str:
    labels = words("code.label", code, ar=f"{code}ع", ckb=f"{code}ک", kmr=f"{code}k")
    return f'[[code]]\ncode = "{code}"\n{labels}'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "records").mkdir()
    (tmp_path / "lists").mkdir()
    write(tmp_path, "shared_fields.toml", SOURCE + "\n" + field("source"))
    write(tmp_path, "glossary.toml", SOURCE)
    write(tmp_path, "records/thing.toml", record(field()))
    write(tmp_path, "lists/colour.toml", codelist("red", "blue"))
    return tmp_path


def write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")


def faults(folder) -> set[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        load(folder)
    return {(fault.code, fault.place) for fault in caught.value.faults}


def test_sound_data_loads(folder):
    write(
        folder,
        "records/thing.toml",
        record(
            field(),
            '[[field]]\nuse = "source"\nrequired = true\nsensitivity = 2\naliases = ["origin"]',
            field("colour", "code", 'sensitivity = 1\nlist = "colour"'),
            field(
                "depth_cm",
                "integer",
                'sensitivity = 0\nunit = "cm"\nlimits = { min = 0, max = 10 }\n'
                'required_for = { field = "colour", values = ["red"] }',
            ),
            field(
                "share_share",
                "decimal",
                'sensitivity = 0\nunit = "share"\nlimits = { min = "0.5" }',
            ),
            more='import_kinds = ["things"]',
        ),
    )
    made = load(folder)
    thing = made.records["thing"]
    assert made.record_of("things") is thing
    assert thing.names == ("name", "source", "colour", "depth_cm", "share_share")
    source = thing.field("source")
    assert source is not None
    assert (source.required.always, source.sensitivity, source.aliases) == (True, 2, ("origin",))
    depth = thing.field("depth_cm")
    assert depth is not None
    assert depth.required.text == "colour = red"
    share = thing.field("share_share")
    assert share is not None
    assert str(share.limits.minimum) == "0.5"
    assert made.lists["colour"].match("blueع") == "blue"


@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ([field(), field()], "dictionary.data.twice", "thing"),
        ([field("Name")], "dictionary.data.name", "thing.Name"),
        ([field("depth")], "dictionary.data.name", "thing.depth"),
        ([field(kind="number")], "dictionary.data.fieldtype", "records/thing.toml: name"),
        ([field(more="sensitivity = 5")], "dictionary.data.sensitivity", "thing.name"),
        ([field(more="")], "dictionary.data.missing", "records/thing.toml: name"),
        ([field(more="sensitivity = true")], "dictionary.data.type", "records/thing.toml: name"),
        (
            [field(more="sensitivity = 0\ncolor = 1")],
            "dictionary.data.key",
            "records/thing.toml: name",
        ),
        ([field("x_cm", "integer")], "dictionary.data.unit", "thing.x_cm"),
        (
            [field("x_cm", "integer", 'sensitivity = 0\nunit = "m"')],
            "dictionary.data.unit",
            "thing.x_cm",
        ),
        (
            [field("x_cm", "integer", 'sensitivity = 0\nunit = "count"')],
            "dictionary.data.unit",
            "thing.x_cm",
        ),
        (
            [field("x", "integer", 'sensitivity = 0\nunit = "furlong"')],
            "dictionary.data.unit",
            "thing.x",
        ),
        ([field("born", "date")], "dictionary.data.ending", "thing.born"),
        ([field("seen_on", "instant")], "dictionary.data.ending", "thing.seen_on"),
        ([field("c", "code", 'sensitivity = 0\nlist = "none"')], "dictionary.data.list", "thing.c"),
        ([field("c", "code")], "dictionary.data.list", "thing.c"),
        (
            [field("c", "text", 'sensitivity = 0\nlist = "colour"')],
            "dictionary.data.list",
            "thing.c",
        ),
        (
            [field("r", "ref", 'sensitivity = 0\ntarget = "no"')],
            "dictionary.data.target",
            "thing.r",
        ),
        ([field("r", "ref")], "dictionary.data.target", "thing.r"),
        (
            [field(more='sensitivity = 0\nrequired_for = { field = "no", values = ["x"] }')],
            "dictionary.data.requirement",
            "thing.name",
        ),
        (
            [
                field(
                    "n", "integer", 'sensitivity = 0\nunit = "count"\nlimits = { min = 2, max = 1 }'
                )
            ],
            "dictionary.data.limits",
            "thing.n",
        ),
        (
            [field(more='sensitivity = 0\nlimits = { min = "few" }')],
            "dictionary.data.type",
            "records/thing.toml: name",
        ),
        (
            [field(), field("title", more='sensitivity = 0\naliases = ["Name"]')],
            "dictionary.data.alias",
            "thing.title",
        ),
        (['[[field]]\nuse = "nothing"'], "dictionary.data.use", "records/thing.toml: nothing"),
    ],
)
def test_field_faults(folder, fields, code, place):
    write(folder, "records/thing.toml", record(*fields))
    assert (code, place) in faults(folder)


def test_every_language_must_be_labelled(folder):
    write(folder, "records/thing.toml", record(field().replace('kmr = "Peyv"\n', "")))
    assert faults(folder) == {("dictionary.data.label", "records/thing.toml: name")}


def test_promising_label_is_refused(folder):
    write(folder, "records/thing.toml", record(field().replace("كلمة", "منطقة آمنة")))
    assert faults(folder) == {("dictionary.data.assuring", "thing.name")}


def test_unknown_maker_of_labels_is_refused(folder):
    write(folder, "records/thing.toml", record(field()).replace('"machine"', '"somebody"', 1))
    assert ("dictionary.data.source", "records/thing.toml") in faults(folder)


def test_broken_file_is_named_and_the_others_still_judged(folder):
    write(folder, "records/bad.toml", "name = ")
    write(folder, "records/thing.toml", record(field("Name")))
    found = faults(folder)
    assert ("dictionary.data.unreadable", "records/bad.toml") in found
    assert ("dictionary.data.name", "thing.Name") in found


def test_missing_folder_is_named(tmp_path):
    found = faults(tmp_path)
    assert ("dictionary.data.unreadable", "records") in found
    assert ("dictionary.data.unreadable", "glossary.toml") in found


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (codelist(), "dictionary.data.empty", "colour"),
        (codelist("red", "red"), "dictionary.data.twice", "colour"),
        (codelist("Red"), "dictionary.data.name", "colour: Red"),
        (
            codelist("red", "blue").replace('code = "blue"', 'code = "blue"\naliases = ["RED"]'),
            "dictionary.data.alias",
            "colour: blue",
        ),
    ],
)
def test_list_faults(folder, text, code, place):
    write(folder, "lists/colour.toml", text)
    assert (code, place) in faults(folder)


def test_two_files_of_one_name_are_refused(folder):
    write(folder, "records/again.toml", record(field()))
    assert ("dictionary.data.twice", "records") in faults(folder)


def test_aliases_must_be_texts(folder):
    write(folder, "records/thing.toml", record(field(more="sensitivity = 0\naliases = [1]")))
    assert ("dictionary.data.type", "records/thing.toml: name") in faults(folder)
