"""Reference layers and their versions: which stands when, and whether its bytes are its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from rafiqa.errors import CorruptLedger, Fault, InvalidInput, NotFound
from rafiqa.land import Recorded
from rafiqa.recovery import LayerRegistered
from rafiqa.service.office import Office
from rafiqa.wire.instant import iso

LEAST_HASH = 8
"""Digits of a hash that name a version: fewer might mean another one tomorrow."""


@dataclass(frozen=True, slots=True)
class LayerVersion:
    """One registration of a layer: its place among them, and whether it can still be proved.

    ``content`` says whether the bytes under its hash are there and are what the ledger names.
    """

    record: Recorded
    fact: LayerRegistered
    number: int
    stands: bool
    content: Literal["whole", "missing", "changed"]


def layer_versions(
    office: Office, valid_at_us: int | None = None, known_at_us: int | None = None
) -> list[LayerVersion]:
    """Returns every version of every layer as true and known at two times, oldest first."""
    register = office.recovery(valid_at_us, known_at_us)
    found = []
    for layer_id in sorted(register.versions):
        records = register.versions[layer_id]
        for number, record in enumerate(records, 1):
            if isinstance(record.fact, LayerRegistered):
                fact, stands = record.fact, record is records[-1]
                state = _state(office, fact)
                found.append(LayerVersion(record, fact, number, stands, state))
    return found


def layer_json(version: LayerVersion) -> dict[str, Any]:
    """Returns one version of a layer as a JSON document names it."""
    return {
        "layer_id": version.fact.layer_id,
        "kind": version.fact.kind,
        "version": version.number,
        "stands": version.stands,
        "rows": version.fact.n_rows,
        "sha256": version.fact.sha256,
        "source": version.fact.source,
        "valid_at": iso(version.record.valid_at_us),
        "recorded_at": iso(version.record.recorded_at_us),
        "content": version.content,
    }


def layer_fault(office: Office, fact: LayerRegistered) -> Fault | None:
    """Returns what is wrong with a layer's bytes; None where they are what the ledger names."""
    state = _state(office, fact)
    if state == "whole":
        return None
    code = "service.layer.missing" if state == "missing" else "service.layer.changed"
    return Fault(code, params={"layer": fact.layer_id, "sha256": fact.sha256})


def layer_content(office: Office, fact: LayerRegistered) -> bytes:
    """Returns the bytes of a layer, which are what the ledger names.

    Raises:
        CorruptLedger: they are missing, or not those that were registered: nothing that
            rests on them is answered.
    """
    content = office.store.blob(fact.sha256)
    if content is None or sha256(content).hexdigest() != fact.sha256:
        fault = layer_fault(office, fact)
        raise CorruptLedger(
            fault or Fault("service.layer.missing", params={"layer": fact.layer_id})
        )
    return content


@contextmanager
def layer_file(office: Office, fact: LayerRegistered) -> Iterator[Path]:
    """Yields a file with the bytes of a layer, which are what the ledger names; gone afterwards.

    A layer of a whole country is so read on from the disk, and in memory never whole.

    Raises:
        CorruptLedger: they are missing, or not those that were registered.
    """
    parts, digest = office.store.blob_parts(fact.sha256), sha256()
    if parts is None:
        raise CorruptLedger(Fault("service.layer.missing", params=_named(fact)))
    with TemporaryDirectory(prefix="rafiqa-layer-") as folder:
        path = Path(folder) / "layer.parquet"
        with path.open("wb") as file:
            for part in parts:
                digest.update(part)
                file.write(part)
        if digest.hexdigest() != fact.sha256:
            raise CorruptLedger(Fault("service.layer.changed", params=_named(fact)))
        yield path


def _named(fact: LayerRegistered) -> dict[str, str | int]:
    return {"layer": fact.layer_id, "sha256": fact.sha256}


def layer_named(office: Office, named: str, known_at_us: int | None = None) -> LayerRegistered:
    """Returns the version that a layer's id (its newest) or the beginning of a hash names.

    Raises:
        NotFound: no layer of that id, and no version whose hash begins so.
        InvalidInput: several versions' hashes begin so.
    """
    register = office.recovery(None, known_at_us)
    newest = register.layers.get(named)
    if newest is not None and isinstance(newest.fact, LayerRegistered):
        return newest.fact
    by_hash = dict(_by_hash(register.versions.values(), named.lower()))
    params: dict[str, str | int] = {"layer": named[:120]}
    if not by_hash:
        raise NotFound(Fault("service.layer.unknown", "LAYER", params=params))
    if len(by_hash) > 1:
        raise InvalidInput(Fault("service.layer.several", "LAYER", params=params))
    return next(iter(by_hash.values()))


def _by_hash(stories: object, begins: str) -> Iterator[tuple[str, LayerRegistered]]:
    if len(begins) < LEAST_HASH:
        return
    for records in stories:  # type: ignore[attr-defined]
        for record in records:
            if record.fact.sha256.startswith(begins):
                yield record.fact.sha256, record.fact


def _state(office: Office, fact: LayerRegistered) -> Literal["whole", "missing", "changed"]:
    content = office.store.blob(fact.sha256)
    if content is None:
        return "missing"
    return "whole" if sha256(content).hexdigest() == fact.sha256 else "changed"
