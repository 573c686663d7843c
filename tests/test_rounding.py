"""Digits and dates that vectors compute, as the engine computes them."""

import random

import numpy as np
import pytest

from xlcalc.calc.engine import Engine
from xlcalc.calc.vectorised import dates
from xlcalc.calc.vectorised import rounding as decimals
from xlcalc.calc.vectorised.vectors import NeedsEngine
from xlcalc.functions.rounding import whole_down, whole_up

COUNT = 2_000
SOURCE = random.Random(7)  # noqa: S311  the same numbers at every run
NUMBERS = [
    SOURCE.choice(
        [
            SOURCE.uniform(-1, 1) * 10 ** SOURCE.randint(-9, 9),
            round(SOURCE.uniform(-1000, 1000), SOURCE.randint(0, 4)),
            SOURCE.randint(-(10**6), 10**6) / 8,
            SOURCE.randint(0, 100) * 1.005,
        ]
    )
    for _ in range(COUNT)
]
MONTHS = [SOURCE.choice([SOURCE.randint(-30, 60), SOURCE.uniform(-5, 5)]) for _ in NUMBERS]
SERIALS = [SOURCE.randint(2_000, 200_000) + SOURCE.choice([0, 0.5]) for _ in NUMBERS]


def answers(formula, *columns):
    """Return what the engine makes of a formula on the cells of each row."""
    engine = Engine()
    rows = [list(map(float, row)) for row in zip(*columns, strict=True)]
    engine.set_values("Sheet1", (1, 2), rows)
    for row in range(1, len(rows) + 1):
        engine.set_formula("Sheet1", (row, 1), formula.format(f"B{row}", f"C{row}"))
    engine.calculate()
    return [engine.value("Sheet1", (row, 1)) for row in range(1, len(rows) + 1)]


@pytest.mark.parametrize("places", [0, 1, 2, 4, -1, -3])
def test_numbers_are_rounded_as_the_engine_rounds_them(places):
    expected = answers(f"=ROUND({{}},{places})", NUMBERS)
    assert expected == decimals.rounded(np.array(NUMBERS), np.array(float(places))).tolist()


def test_whole_numbers_are_taken_on_15_digits_as_the_engine_takes_them():
    noisy = [n + ulps * float(np.spacing(n)) for n in (1.0, 3.0, 97.0, 1e6, 9e9)
             for ulps in range(-60, 61)]  # fmt: skip
    assert answers("=ROUNDUP({},0)", noisy) == whole_up(np.array(noisy)).tolist()
    assert answers("=ROUNDDOWN({},0)", noisy) == whole_down(np.array(noisy)).tolist()


@pytest.mark.parametrize("form", ["0", "0.00", "#,##0", "#,##0.0", "0%", "0.0%"])
def test_numbers_are_shown_as_the_engine_shows_them(form):
    small = [number for number in NUMBERS if abs(number) < 1e8]
    assert answers(f'=TEXT({{}},"{form}")', small) == decimals.texts(np.array(small), form)


def test_numbers_join_texts_with_all_their_digits():
    assert answers('={}&""', NUMBERS) == decimals.joined(np.array(NUMBERS))


def test_dates_move_by_months_as_in_the_engine():
    moved = dates.moved_by_months(np.array(SERIALS), np.array(MONTHS))
    assert answers("=EDATE({},{})", SERIALS, MONTHS) == moved.tolist()
    assert answers("=YEAR({})", SERIALS) == dates.years(np.array(SERIALS)).tolist()
    assert answers("=MONTH({})", SERIALS) == dates.months(np.array(SERIALS)).tolist()


def test_days_are_counted_from_years_and_months_as_in_the_engine():
    years = [2000 + index % 90 for index in range(COUNT)]
    assert (
        answers("=DATE(2000+MOD({0},90),{1},{0}-30)", range(COUNT), MONTHS)
        == dates.day(np.array(years), np.array(MONTHS), np.arange(COUNT) - 30.0).tolist()
    )


@pytest.mark.parametrize(
    "unfit",
    [
        lambda: decimals.rounded(np.array([1e15]), np.array(0.0)),
        lambda: decimals.texts(np.array([1e13]), "0"),
        lambda: decimals.texts(np.array([1.0]), "0.0E+00"),
        lambda: decimals.joined(np.array([1e15])),
        lambda: dates.years(np.array([60.0])),
        lambda: dates.moved_by_months(np.array([70.0]), np.array([-2.0])),
        lambda: dates.day(np.array([99.0]), np.array([1.0]), np.array([1.0])),
    ],
)
def test_what_is_near_a_limit_is_left_to_the_engine(unfit):
    with pytest.raises(NeedsEngine):
        unfit()
