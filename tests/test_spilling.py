"""Dynamic arrays that fill more or fewer cells than the file says."""

import io

import pytest
import xlsxwriter

from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import recalculated, trusted
from xlcalc.ooxml.sheet import array_cells


def filtering(values=("a", "b"), beside=None):
    """Return a workbook with FILTER in D1, in whose file it fills two rows."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("Sheet")
    for row, (name, kind) in enumerate(zip("abcde", "xyxyx", strict=True)):
        sheet.write_row(row, 0, [name, kind])
    sheet.write("C1", "y")
    sheet.write_dynamic_array_formula("D1:D2", "=FILTER(A1:A5,B1:B5=C1)", None, "b")
    sheet.write("D2", "d")
    sheet.write_formula("F1", "=COUNTA(D:D)", None, 2 if beside is None else 3)
    if beside is not None:
        sheet.write(beside, "mine")
    book.define_name("kind", "=Sheet!$C$1")
    book.define_name("count", "=Sheet!$F$1")
    book.close()
    return WorkbookModel(target.getvalue(), "own.xlsx")


def column(package):
    """Return the cells that the formula fills, and the values of the first ones of its column."""
    model = WorkbookModel(package, "again.xlsx")
    cells = model.formulas["Sheet"]
    filled = array_cells((1, 4), cells[1, 4].extent)
    return filled, [cells[cell].value for cell in filled]


@pytest.mark.parametrize(("kind", "names"), [("x", ["a", "c", "e"]), ("y", ["b", "d"]), ("z", [])])
def test_the_cells_and_the_range_in_the_file_follow_the_values(kind, names):
    model = filtering()
    assert () == trusted(model).differences
    evaluation = model.evaluate({"kind": kind})
    package = model.to_package(evaluation)
    filled, values = column(package)
    if names:
        assert ([(row, 4) for row in range(1, len(names) + 1)], names) == (filled, values)
        assert float(len(names)) == evaluation.values["count"]
        assert () == recalculated(WorkbookModel(package, "again.xlsx")).verification.differences
    else:
        assert ([(1, 4)], "#VALUE!") == (filled, values[0].code)  # a file knows no #CALC!


def test_an_array_that_has_no_room_writes_over_nothing():
    model = filtering(beside="D3")
    assert () == trusted(model).differences
    package = model.to_package(model.evaluate({"kind": "x"}))
    filled, values = column(package)
    assert ([(1, 4)], "#VALUE!") == (filled, values[0].code)  # a file knows no #SPILL!
    assert b"mine" in package.part("xl/sharedStrings.xml")
