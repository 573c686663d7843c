"""Division by zero, told apart from results that are too large, without the processor's flag."""

import numpy as np
import pytest

from xlcalc.worksheet import Together
from xlcalc.zero_division import divides_by_zero


@pytest.mark.parametrize(
    ("expected", "formula", "values"),
    [
        pytest.param(True, lambda a, b: a / b, (1.0, 0.0), id="divided by zero"),
        pytest.param(True, lambda a, b: 1.0 + 2.0 * (a / b), (1.0, 0.0), id="inside a sum"),
        pytest.param(True, lambda a, b: a / (b * 1e-300), (1.0, 1e-300), id="by what became zero"),
        pytest.param(True, lambda a, b: b**a, (-0.5, 0.0), id="a negative power of zero"),
        pytest.param(True, lambda a, b: a + np.log(b), (1.0, 0.0), id="a logarithm of zero"),
        pytest.param(True, lambda a, b: np.maximum(a, 1.0 / b), (1.0, 0.0), id="in a function"),
        pytest.param(False, lambda a, b: a * b, (1e200, 1e200), id="a product too large"),
        pytest.param(False, lambda a, b: a / b, (1e200, 1e-200), id="a quotient too large"),
        pytest.param(False, lambda a, b: a + b * np.inf, (0.0, 1.0), id="infinity was there"),
        pytest.param(False, lambda a, b: a / b, (0.0, 5.0), id="zero divided"),
        pytest.param(False, lambda a, b: a if b == "by name" else 1 / a, (0.0, "by name"),
                     id="a branch not taken"),
    ],
)  # fmt: skip
def test_a_step_that_makes_infinity_of_zero_divides_by_zero(expected, formula, values):
    numbers = [np.float64(value) if isinstance(value, float) else value for value in values]
    assert expected is divides_by_zero(formula, numbers)


def test_numbers_of_a_range_are_watched_too():
    numbers = np.array([1.0, 0.0]).view(Together)
    assert divides_by_zero(lambda values: np.sum(1.0 / values), [numbers])
    assert not divides_by_zero(lambda values: np.sum(values) * 1e308 * 1e308, [numbers])


def test_a_division_in_place_and_a_float_of_pythons_are_seen_too():
    def in_place(cost, hours):
        rate = cost * 1.0
        rate /= hours
        return rate

    def asked(cost, hours):
        return cost / hours if hours.is_integer() else cost

    for formula in (in_place, asked):
        assert divides_by_zero(formula, [np.float64(1.0), np.float64(0.0)])
        assert not divides_by_zero(formula, [np.float64(1.0), np.float64(2.0)])
