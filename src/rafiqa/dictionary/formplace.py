"""Form place: where the words of the forms stand, by the names that country files use."""

from __future__ import annotations

from rafiqa.dictionary.formpack import FormPack


def label_places(pack: FormPack) -> dict[str, str]:
    """Every place that can have words, with its English: fields, hints, codes, phrases."""
    found: dict[str, str] = {}
    for record in pack.data.records.values():
        for field in record.fields:
            found[f"{record.name}.{field.name}"] = field.labels.en
            if field.hint is not None:
                found[f"{record.name}.{field.name}.hint"] = field.hint.en
    for codelist in pack.data.lists.values():
        found |= {f"{codelist.name}.{code.code}": code.labels.en for code in codelist.codes}
    return found | {f"phrase.{name}": one.labels.en for name, one in pack.phrases.items()}


def places_used(pack: FormPack) -> tuple[str, ...]:
    """The places whose words stand on some form, in order and once each."""
    found: dict[str, None] = {}
    lists: dict[str, None] = {"unit": None}
    for form in pack.forms.values():
        found[f"form.{form.name}"] = None
        for part in form.parts:
            found[f"form_part.{part.part}"] = None
            if part.matrix is not None:
                lists |= dict.fromkeys((part.matrix.rows, part.matrix.answers))
                lists |= dict.fromkeys([part.matrix.columns] if part.matrix.columns else [])
            for asked in part.asks:
                field = pack.data.records[asked.record].field(asked.field)
                if field is None or field.type == "id":
                    continue
                found[asked.place] = None
                if field.hint is not None:
                    found[f"{asked.place}.hint"] = None
                if field.codelist:
                    lists[field.codelist] = None
                if field.type == "boolean":
                    lists["yes_no_unknown"] = None
    for name in lists:
        found |= {f"{name}.{code}": None for code in pack.data.lists[name].names}
    return (*found, *(f"phrase.{name}" for name in pack.phrases))
