"""Formulas that stand in no workbook, by several engines."""

import pytest

from xlcalc.calc.single_formula import answer
from xlcalc.cells import CellError


@pytest.mark.parametrize(
    ("formula", "rows"),
    [
        ("=GPU_DAYS(1E23,312,0.4)*2", [[pytest.approx(18548.195631528964, rel=1e-15)]]),
        ("=0.1+0.2=0.3", [[True]]),  # Excel compares by 15 digits
        ("=GCD(12,18,27)", [[3.0]]),
        ('=TEXT(12,"[>10]#"" Big""")', [["12 Big"]]),
        ("=SORT({3;1;2})", [[1.0], [2.0], [3.0]]),
        ("=WRAPROWS({1,2,3,4},2)", [[1.0, 2.0], [3.0, 4.0]]),
        ("=MMULT({1,2;3,4},{1;1})", [[3.0], [7.0]]),
    ],
)
def test_what_engines_agree_on_is_the_answer(formula, rows):
    found = answer(formula)
    assert (rows, ()) == (found.rows, found.doubts)


def test_what_they_do_not_agree_on_is_said():
    # Excel's documentation of LARGE cuts nothing off; its answer is that of the best engine.
    found = answer("=LARGE({10;20;30},1.9)")
    assert [[20.0]] == found.rows
    (doubt,) = found.doubts
    assert doubt.startswith("engines do not agree: it is 30 by formualizer, 20 by formulon")


def test_the_best_engine_is_believed_where_two_and_two_differ():
    found = answer("=SUM(IF(ISNUMBER({1;2}),{1;2},0))")
    assert [[3.0]] == found.rows
    assert 1 == len(found.doubts)


def test_a_result_that_is_cut_is_said():
    found = answer("=SEQUENCE(1000000)")
    assert 60 == len(found.rows)
    assert ("it may fill more cells than 60 rows and 20 columns",) == found.doubts


def test_an_unknown_function_and_an_error_are_one_cell():
    assert "#NAME?" == answer("=NOSUCH(1)").rows[0][0].code
    assert [["#DIV/0!"]] == [[v.code for v in row] for row in answer("=1/0").rows]
    assert isinstance(answer("=SUM(Nobody[a])").rows[0][0], CellError)
