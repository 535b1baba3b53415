"""Import a file as a kind: the verb behind ``rafiqa import``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rafiqa.errors import Fault, Forbidden, InvalidInput
from rafiqa.land import Actor
from rafiqa.service.intake import Intake, IntakeOrder, IntakeReport, begin, take_in_facts
from rafiqa.service.intakefact import FACT_KINDS
from rafiqa.service.intakelayer import LAYER_KINDS, take_in_layer
from rafiqa.service.mappings import save_mapping
from rafiqa.service.office import Office
from rafiqa.service.permit import allow
from rafiqa.wire.imsma import dump_has_accidents, imsma_mapping
from rafiqa.wire.part import pack_folder

_ACTS = {
    "hazard-areas": "declare_area",
    "evidence": "record_evidence",
    "land-parts": "transfer_release",
    "accidents": "record_accident",
    "projects": "register_project",
    "rubble-lots": "register_rubble_lot",
    "damage": "assess_damage",
}
_IMSMA, _IMSMA_KIND, _ACCIDENTS = "imsma", "hazard-areas", "accidents"
_NOT_BOTH = "wire.ng.accidents"
"""What is told where the accidents of a dump are left."""
IMPORT_KINDS = (*FACT_KINDS, *LAYER_KINDS, _IMSMA)


def kinds_for(actor: Actor) -> tuple[str, ...]:
    """Returns the kinds that somebody may import."""
    return tuple(kind for kind in IMPORT_KINDS if allow(actor, _act_of(kind)).allowed)


def _act_of(kind: str) -> str:
    return _ACTS.get(_IMSMA_KIND if kind == _IMSMA else kind, "register_layer")


def import_file(office: Office, actor: Actor, order: IntakeOrder) -> IntakeReport:
    """Returns what became of a file; the ledger is left alone where all of it is refused.

    What comes from IMSMA is hazard areas in that program's own tables or columns, and of a dump
    accidents: it is read with the mapping for them that comes along, unless the order names a
    national one. A folder is read as the zip of its files.

    Raises:
        InvalidInput: an unknown kind, or a mapping that cannot be read.
        Forbidden: this actor may not import this kind.
        NotFound: no such file.
    """
    if order.kind not in IMPORT_KINDS:
        params: dict[str, str | int] = {"kind": order.kind, "known": " ".join(IMPORT_KINDS)}
        raise InvalidInput(Fault("service.import.kind-unknown", "--as", params=params))
    if order.path.is_dir():
        with TemporaryDirectory(prefix="rafiqa-import-") as folder:
            packed = Path(folder) / f"{order.path.name}.zip"
            pack_folder(order.path, packed)
            return import_file(office, actor, replace(order, path=packed))
    if order.kind == _IMSMA:
        return _from_imsma(office, actor, order)
    return _taken_in(begin(office, actor, order, _act_of(order.kind)))


def _taken_in(intake: Intake) -> IntakeReport:
    order = intake.order
    if order.save_as is not None:
        _save(intake, order.save_as)
    return take_in_facts(intake) if order.kind in FACT_KINDS else take_in_layer(intake)


def _from_imsma(office: Office, actor: Actor, order: IntakeOrder) -> IntakeReport:
    """Returns what became of a file of IMSMA: its hazards, and of a dump its accidents too.

    Both are one import: it is listed, and taken back, as a whole. Whether the actor may take in
    both is asked before either is.
    """
    order = replace(order, whole=_IMSMA)
    hazards = replace(order, kind=_IMSMA_KIND, mapping=order.mapping or imsma_mapping(order.path))
    intakes = [begin(office, actor, hazards, _ACTS[_IMSMA_KIND])]
    mapping = intakes[0].mapping
    one_sheet = mapping is not None and mapping.sheet is not None
    if not one_sheet and dump_has_accidents(order.path):
        others = replace(order, kind=_ACCIDENTS, mapping=None, save_as=None)
        intakes.append(begin(office, actor, others, _ACTS[_ACCIDENTS]))
        intakes[1].mapping = None if mapping is None else mapping.for_tables()
    whole = _taken_in(intakes[0])
    for intake in intakes[1:]:
        whole.warnings = [each for each in whole.warnings if each.code != _NOT_BOTH]
        whole.add(_taken_in(intake), intake.order.kind)
    return whole


def _save(intake: Intake, source: str) -> None:
    """Saves the mapping that the order names, before anything is read with it.

    Raises:
        InvalidInput: there is none to save, or its name is taken.
        Forbidden: this actor may not.
    """
    if intake.mapping is None:
        raise InvalidInput(Fault("service.mapping.none", "--save-mapping"))
    if intake.order.dry_run:
        return
    kind = intake.order.kind
    acted = save_mapping(intake.office, intake.actor, source, intake.mapping, kind)
    if not acted.done:
        raise Forbidden(
            [Fault(each.code, "--save-mapping", None, each.params) for each in acted.reasons]
        )
