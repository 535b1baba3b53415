"""Every page of the OGC API that has no id in its address."""

from __future__ import annotations

from rafiqa.api.ogc.collection import COLLECTIONS

PAGES = [
    *("/ogc", "/ogc/", "/ogc/conformance", "/ogc/api", "/ogc/collections"),
    *(
        f"/ogc/collections/{name}{rest}"
        for name in COLLECTIONS
        for rest in ("", "/items", "/queryables", "/schema")
    ),
]
