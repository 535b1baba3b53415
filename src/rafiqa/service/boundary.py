"""Read the polygons of a file as one boundary on the site's grid."""

from __future__ import annotations

from pathlib import Path

from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.geo import GridShape, LonLat, Registered, union_of
from rafiqa.service.office import Office
from rafiqa.wire import read_file


def read_boundary(office: Office, file_name: str) -> GridShape:
    """Returns the union of a file's polygons as land on the site's grid.

    Raises:
        NotFound: no such file.
        InvalidInput: it cannot be read, holds no polygon, or one of them is not valid.
    """
    path = Path(file_name)
    if not path.is_file():
        raise NotFound(Fault("service.import.no-file", "--boundary", params={"file": file_name}))
    reading = read_file(path, kind="hazard-areas", site=office.site.origin)
    faults = list(reading.faults)
    shapes: list[GridShape] = []
    for row in reading.rows:
        if row.geometry_lonlat is None:
            continue
        registered = office.frame.to_grid(LonLat(row.geometry_lonlat))
        if isinstance(registered, Registered):
            shapes.append(registered.shape)
        else:
            faults += [fault.to_fault("geometry", row.number) for fault in registered]
    if not shapes and not faults:
        faults.append(Fault("service.boundary.none", "--boundary"))
    if faults:
        raise InvalidInput(faults)
    return union_of(shapes)
