"""OGC API Features under ``/ogc``: the land book's collections for QGIS, GDAL and the like.

Holds the pages of the standard (parts 1 to 3), each as JSON and as HTML. What is in a collection
and who may see it is chosen here from the layers of the map, by whitelist; how features are written
and filtered is known in ``wire``. It may not know SQL, geometry or the commands.
"""

from rafiqa.api.ogc.door import ogc

__all__ = ["ogc"]
