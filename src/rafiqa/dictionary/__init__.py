"""The one data dictionary: every field, unit, code list, label and sensitivity class, once.

Holds the data (``data/*.toml``), its typed loader, the check of rows against it, the forms
that ask for its fields, and the pages made from it. It may not know land, ledger or any file
format: it says what a value must be, not what follows from it.
"""

from rafiqa.door import door_of

__getattr__, __dir__ = door_of(__name__, __file__)
