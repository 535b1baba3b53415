"""``rafiqa residual``: what is judged to be left, in figures and words, and what cannot be read."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_no_figure_without_its_ground(run, worked, lang):
    ran = run("residual", worked, "H1", "--seeds-laid", "60", "--seeds-found", "58", "--json")
    assert ran.status == 0
    assert (ran.answer["total"], ran.answer["detection"]["seeds_laid"]) == (None, 60)
    assert [each["part_id"] for each in ran.answer["parts"]] == ["P1", "P3"]
    told = run("residual", worked, "H1", "--lang", lang)
    assert (told.status, "{" in told.out) == (0, False)


def test_every_bad_value_is_told(run, worked):
    ran = run(
        *("residual", worked, "H1", "--seeds-laid", "3", "--seeds-found", "4"),
        *("--items", "0", "--common-cause", "1", "--together", "0.5", "--json"),
    )
    assert ran.status == 1
    assert ran.codes == [
        "cli.residual.seeds",
        "cli.residual.items",
        "cli.residual.common-cause",
        "cli.residual.together",
    ]
    assert run("residual", worked, "H1", "--seeds-laid", "3", "--json").codes == [
        "cli.residual.seeds"
    ]
    assert run("residual", worked, "H9", "--json").codes == ["service.residual.no-area"]
