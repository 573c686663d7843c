"""Workbooks that calculate with what their cells show."""

import io

import openpyxl
import pytest

from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.precision import displayed_decimals
from xlcalc.calc.recalculation import recalculated


@pytest.mark.parametrize(
    ("number_format", "decimals"),
    [
        ("0.00", 2),
        ("#,##0", 0),
        ("0.0%", 3),
        ("#,##0,", -3),
        ('0.0,, "M"', -5),
        ('"Total 0.000" 0.0', 1),
        ("#,##0.00_);(#,##0.00)", 2),
        ("[Red]0.0;[Blue]0.00", 1),
        ("General", None),
        ("0.00E+00", None),
        ("# ?/?", None),
        ("yyyy-mm-dd", None),
        ("@", None),
    ],
)
def test_a_number_format_shows_so_many_decimals(number_format, decimals):
    assert decimals == displayed_decimals(number_format)


@pytest.mark.parametrize(("displayed", "expected"), [(True, 9.99), (False, 10.0)])
def test_a_workbook_of_displayed_precision_goes_on_with_what_its_cells_show(displayed, expected):
    # Excel's page "Set rounding precision": 10/3 shown as 3.33, times 3.
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["B1"], sheet["B2"], sheet["B3"] = 10, "=A1/3", "=B1*3", '=A1&" EUR"'
    for cell in ("B1", "B3"):
        sheet[cell].number_format = "0.00"
    book.calculation.fullPrecision = not displayed
    target = io.BytesIO()
    book.save(target)
    done = recalculated(WorkbookModel(target.getvalue(), "own.xlsx"))
    cells = WorkbookModel(done.package, "again.xlsx").formulas["Sheet"]
    assert expected == pytest.approx(cells[2, 2].value, rel=1e-15)
    assert "10 EUR" == cells[3, 2].value
    assert "A1/3" == cells[1, 2].text
