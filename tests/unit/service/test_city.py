"""The small city that tests are given as a copy is the one that would have been built."""

from __future__ import annotations

from pathlib import Path

from tests import city
from tests.city import Clock, Draws, small_city


def test_a_copy_is_the_city_that_was_built(tmp_path: Path) -> None:
    built_clock, copied_clock = Clock(), Clock()
    (tmp_path / "built").mkdir()
    (tmp_path / "copied").mkdir()
    built = city._build(str(tmp_path / "built" / "small.rafiqa"), built_clock, Draws())
    copied = small_city(tmp_path / "copied", copied_clock)
    assert built.store.head() == copied.store.head()
    assert list(built.facts()) == list(copied.facts())
    assert built_clock.at_us == copied_clock.at_us
    assert built.new_id() == copied.new_id(), "what is drawn next is the same"
    for office in (built, copied):
        office.store.close()
