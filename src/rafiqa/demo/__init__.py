"""An invented city and its three years, made through the same services as real input.

May not know HTTP, the command line, or any real place's data.
"""

from rafiqa.demo.cast import Login, demo_logins
from rafiqa.demo.making import Demo, make_demo

__all__ = ["Demo", "Login", "demo_logins", "make_demo"]
