"""Survey, clear or watch: the study's figures, and the bounds against trying every probability."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rafiqa.risk.worth import Costs, SurveyPower, worth

STUDY = {
    400: {0.005: -0.8, 0.02: 4.4, 0.05: 14.65, 0.10: 11.8, 0.20: 6.1, 0.40: -1.5, 0.9: -1.5},
    2_000: {0.005: 6.4, 0.02: 13.2, 0.10: -1.5},
}


@pytest.mark.parametrize("leave", STUDY)
def test_the_figures_of_the_study(leave: int) -> None:
    costs = Costs(20, 1.5, leave)
    told = {p: worth(p, costs).net_value for p in STUDY[leave]}
    assert told == pytest.approx(STUDY[leave], abs=0.051)


def test_below_is_watched_and_above_is_cleared() -> None:
    costs = Costs(20, 1.5, 400)
    choices = [worth(p, costs).choice for p in (0.001, 0.005, 0.02, 0.2, 0.4, 1.0)]
    assert choices == ["watch", "watch", "survey", "survey", "clear", "clear"]


@given(
    st.floats(0, 1),
    st.floats(1, 100),
    st.floats(0.01, 50),
    st.floats(1, 5_000),
    st.floats(0.5, 1),
    st.floats(0.51, 1),
)
def test_the_value_is_that_of_deciding_on_each_outcome(
    p: float, clear: float, survey: float, leave: float, sensitivity: float, specificity: float
) -> None:
    """Bayes' rule and the better of two choices after each outcome, as the formula is written."""
    costs, power = Costs(clear, survey, leave), SurveyPower(sensitivity, specificity)
    told = worth(p, costs, power)
    p_sign = p * sensitivity + (1 - p) * (1 - specificity)
    best = min(clear, p * leave)
    after = p_sign * min(clear, told.p_after_sign * leave)
    after += (1 - p_sign) * min(clear, told.p_after_none * leave)
    assert told.net_value == pytest.approx(best - after - survey, abs=1e-6)
    assert told.p_after_none <= p + 1e-12 <= told.p_after_sign + 2e-12
    # Where it pays is where the value is above nothing, to either side of each bound.
    pays = told.net_value > 0
    assert (told.choice == "survey") == pays
    if told.from_p is None or told.until_p is None:
        assert told.net_value <= 1e-9
    elif min(abs(p - told.from_p), abs(p - told.until_p)) > 1e-9:
        assert pays == (told.from_p < p < told.until_p)


def test_a_survey_that_tells_nothing_is_never_worth_its_cost() -> None:
    told = [worth(k / 100, Costs(20, 1, 400), SurveyPower(0.5, 0.5)) for k in range(101)]
    assert {each.choice for each in told} == {"watch", "clear"}
    assert all(math.isclose(each.p_after_sign, k / 100) for k, each in enumerate(told))
    assert {each.from_p for each in told} == {None}
