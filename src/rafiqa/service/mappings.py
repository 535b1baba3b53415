"""Mappings saved for a source: used by its name the next time, every version kept."""

from __future__ import annotations

import json
from difflib import get_close_matches

from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import Actor, Reason, Recorded, rule
from rafiqa.ledger import MappingSaved
from rafiqa.service.act import carry_out
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.wire import Mapping, load_mapping
from rafiqa.wire.mapping import mapping_of, shipped_mappings


def save_mapping(
    office: Office, actor: Actor, source: str, mapping: Mapping, kind: str, note: str | None = None
) -> Acted:
    """Returns the act of saving how files of a source are read; done already where it is the same.

    Args:
        office: the open store.
        actor: who saves it.
        source: the name under which it is used from now on.
        mapping: what is saved.
        kind: what its rows are taken in as.
        note: why, where it changes.
    """
    text = json.dumps(mapping.plain, ensure_ascii=False, sort_keys=True, default=str)
    known = office.importbook().mappings.get(source, [])
    last = saved_of(known[-1]) if known else None
    may = allow(actor, "save_mapping").allowed
    if may and last is not None and (last.text, last.kind) == (text, kind):
        return Acted(rule(()), (known[-1].entry_id,), already=True)
    against = []
    if not source.strip() or source in shipped_mappings():
        against.append(Reason("service.mapping.name", {"source": source}))
    fact = MappingSaved(source, kind, text, len(known) + 1, note)
    return carry_out(office, actor, "save_mapping", source, fact, ruling=rule(against))


def mapping_named(office: Office, name: str, version: int | None = None) -> Mapping:
    """Returns a shipped mapping, one in a file, or the one saved under a source's name.

    Args:
        office: the open store.
        name: a name or a path.
        version: which version of a saved one; the newest where None.

    Raises:
        InvalidInput: ``wire.mapping.*``.
    """
    known = office.importbook().mappings.get(name, [])
    chosen = known[-1:] if version is None else known[version - 1 : version]
    if not chosen or name in shipped_mappings():
        try:
            return load_mapping(name)
        except InvalidInput as error:
            raise InvalidInput([_with_saved(office, fault) for fault in error.faults]) from error
    fact = saved_of(chosen[0])
    return mapping_of(json.loads(fact.text), f"{fact.source} v{fact.version}")


def _with_saved(office: Office, fault: Fault) -> Fault:
    """Returns the fault that no mapping has a name, with the names of those saved too."""
    if fault.code != "wire.mapping.missing":
        return fault
    known = [str(fault.params["known"]), *office.importbook().mappings]
    return Fault(fault.code, fault.place, None, {**fault.params, "known": ", ".join(known)})


def saved_of(recorded: Recorded) -> MappingSaved:
    """Returns what a record of a saved mapping says."""
    assert isinstance(recorded.fact, MappingSaved)  # noqa: S101 - from the import book
    return recorded.fact


def refuse_unknown_fields(mapping: Mapping, kind: str) -> None:
    """Nothing, or ``InvalidInput``: a misspelt field would keep its column's values nowhere."""
    record = dictionary().record_of(kind)
    known = [] if record is None else [field.name for field in record.fields]
    faults = [
        Fault(
            "service.import.mapping-field",
            f"fields.{name}",
            params={
                "field": name,
                "record": "" if record is None else record.name,
                "close": ", ".join(get_close_matches(name, known, cutoff=0.4)) or "—",
            },
        )
        for name in (*mapping.fields, *filter(None, mapping.columns.values()))
        if name not in known
    ]
    if faults:
        raise InvalidInput(faults)
