"""The headless engine with our functions in it."""

import pytest

from xlcalc.calc.engine import Engine, evaluate_formula
from xlcalc.cells import CellError
from xlcalc.errors import FormulaError, WorkbookError


def value_of(formula):
    [[value]], _ = evaluate_formula(formula)
    return value.code if isinstance(value, CellError) else value


@pytest.mark.parametrize(
    ("expected", "formula"),
    [
        (3.15e23, "=TRAIN_FLOPS(175e9,300e9)"),
        (3.15e23, "TRAIN_FLOPS(175e9,300e9)"),
        (3.15e23, "=train_flops(175e9,300e9)"),
        (3.15e23, "=XLC.TRAIN_FLOPS(175e9,300e9)"),
        (3.15e23, "=_xldudf_XLCALC_TRAIN_FLOPS(175e9,300e9)"),
        (3.15e23, "=TRAIN_FLOPS(175e9,300e9,)"),
        (630.0, "=SUM(TRAIN_FLOPS({1,2,3},{1;4}),TRAIN_FLOPS(1,75))"),
        (25.0, "=ROUND(GPU_DAYS(TRAIN_FLOPS(175e9,300e9),312,46.2%)/1000,0)"),
        (0.77, "=ENERGY_MWH(1000,700,)"),
        ("#VALUE!", "=TRAIN_FLOPS(,300e9)"),
        ("#VALUE!", "=TRAIN_FLOPS(175e9)"),
        ("#VALUE!", '=TRAIN_FLOPS("175e9",1)'),
        ("#VALUE!", "=TRAIN_FLOPS(TRUE,1)"),
        ("#VALUE!", "=TRAIN_FLOPS(A1,1)"),
        ("#NUM!", "=TRAIN_FLOPS(0,1)"),
        ("#NUM!", "=TRAIN_FLOPS(1E300,1E300)"),
        ("#N/A", "=TRAIN_FLOPS(NA(),1)"),
        ("#DIV/0!", "=TRAIN_FLOPS(1/0,1)"),
        ("#N/A", '=GPU_SPEC("none","tdp_w")'),
        ("#NAME?", "=NO_SUCH_FUNCTION(1)"),
        (5.0, "=IFERROR(TRAIN_FLOPS(-1,1),5)"),
        ("H100 SXM5 80GB", '=GPU_SPEC("H100","name")'),
    ],
)
def test_a_formula_in_a_cell(expected, formula):
    assert expected == pytest.approx(value_of(formula)) or expected == value_of(formula)


def test_an_array_fills_cells_and_one_bad_element_is_one_error():
    rows, reasons = evaluate_formula("=TRAIN_FLOPS({1,2},{3;-4})")
    assert [18.0, 36.0] == rows[0]
    assert ["#NUM!", "#NUM!"] == [value.code for value in rows[1]]
    assert ["tokens must be at least 0 tokens, got -4"] == reasons


@pytest.mark.parametrize("formula", ["=TRAIN_FLOPS(1,2", "=", "", "=1+", "=)("])
def test_an_unreadable_formula_is_a_sentence(formula):
    with pytest.raises(FormulaError, match="cannot read the formula"):
        evaluate_formula(formula)


def test_the_reasons_behind_errors_are_kept_until_the_next_calculation():
    engine = Engine()
    engine.set_value("Sheet1", (1, 1), -1.0)
    engine.set_formula("Sheet1", (1, 2), "=TRAIN_FLOPS(A1,1)")
    engine.calculate()
    assert ["params must be above 0 parameters, got -1"] == list(engine.failures)
    engine.set_value("Sheet1", (1, 1), 1.0)
    engine.calculate()
    assert {} == engine.failures
    assert 6.0 == engine.value("Sheet1", (1, 2))


def test_bytes_that_are_no_workbook_are_a_sentence():
    with pytest.raises(WorkbookError, match=r"x\.xlsx cannot be calculated"):
        Engine(b"nothing", "x.xlsx")
