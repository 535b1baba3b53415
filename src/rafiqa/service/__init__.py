"""The verbs of the work, one function each: permit, rules, transaction.

The only place where rules, stores and formats meet. May not know HTTP or the command line.
"""

from rafiqa.door import door_of

__getattr__, __dir__ = door_of(__name__, __file__)
