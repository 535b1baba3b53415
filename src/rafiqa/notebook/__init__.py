"""The door for notebooks: a site to ask, and answers as tables and maps of pandas and geopandas.

The same services as the commands ask, at two times, to read only. May not know HTTP, SQL, and how
an answer is printed.
"""

from rafiqa.notebook.site import Site, open_site

open = open_site  # noqa: A001 - asked for as rafiqa.open

__all__ = ["Site", "open"]
