"""Memorials, heritage and graves as the layers on record have them at two times."""

from __future__ import annotations

from collections.abc import Sequence

from rafiqa.recovery import LayerRegistered, ProtectedSite, RecoveryRegister
from rafiqa.recovery.protectedsite import PROTECTED_SITES
from rafiqa.service.layers import layer_content
from rafiqa.service.office import Office
from rafiqa.wire.assetlayer import layer_from

_UNSAID = "heritage"


def protected_sites(office: Office, register: RecoveryRegister) -> Sequence[ProtectedSite]:
    """Returns every protected site of the layers that stand; of an unsaid kind it is heritage.

    Raises:
        CorruptLedger: the bytes of a layer are missing or others: nothing is answered then.
    """
    layers = register.layers_of(PROTECTED_SITES)
    if not layers:
        return ()
    key = PROTECTED_SITES, tuple(layer.sha256 for layer in layers)
    return office.made(key, lambda: [site for layer in layers for site in _of(office, layer)])


def _of(office: Office, layer: LayerRegistered) -> list[ProtectedSite]:
    ids, lonlat, columns = layer_from(layer_content(office, layer))
    nothing = [None] * len(ids)
    told = zip(
        ids,
        columns.get("name") or nothing,
        columns.get("protected") or nothing,
        columns.get("organisation_id") or nothing,
        office.frame.shapes_to_mm(lonlat).tolist(),
        strict=True,
    )
    return [
        ProtectedSite(site_id, str(name or ""), str(kind or _UNSAID), authority or None, ground)
        for site_id, name, kind, authority, ground in told
        if kind != "none" and ground is not None
    ]
