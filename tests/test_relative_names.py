"""Names that stand for other cells in each formula."""

import pytest

from tests.workbooks import parts, small_workbook, zipped
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import recalculated, trusted
from xlcalc.calc.relative_names import RelativeNames
from xlcalc.ooxml.names import DefinedName

NAMES = [
    DefinedName(None, "right", "S!B1"),
    DefinedName(None, "first", "S!$A1"),
    DefinedName(None, "above", "S!A1048576"),
    DefinedName(None, "rate", "S!$C$1"),
    DefinedName("Other", "right", "S!$D$1"),
]


@pytest.mark.parametrize(
    ("formula", "sheet", "position", "expected"),
    [
        ("right*2", "S", (3, 1), "(S!B3)*2"),
        ("SUM(first,RIGHT)", "S", (4, 3), "SUM((S!$A4),(S!D4))"),
        ("above+1", "S", (5, 2), "(S!B4)+1"),  # a row up from A1 is the last one
        ("rate*right", "Other", (3, 1), "rate*right"),  # the sheet's own name is a fixed cell
        ('RIGHT("right",1)', "S", (3, 1), 'RIGHT("right",1)'),
    ],
)
def test_a_relative_name_stands_for_these_cells(formula, sheet, position, expected):
    assert expected == RelativeNames(NAMES).plain(formula, sheet, position)


def test_values_by_relative_names_are_excels_and_follow_their_inputs():
    cells = {"A1": "=next*2", "A2": "=next*2", "B1": 4.0, "B2": 6.0}
    data = parts(small_workbook(cells, {"size": "B2", "found": "A2"}))
    names = data["xl/workbook.xml"]
    own = b'<definedName name="next">Sheet!B1</definedName></definedNames>'
    data["xl/workbook.xml"] = names.replace(b"</definedNames>", own)
    done = recalculated(WorkbookModel(zipped(data), "own.xlsx"))
    cells = WorkbookModel(done.package, "again.xlsx").formulas["Sheet"]
    assert (8.0, 12.0) == (cells[1, 1].value, cells[2, 1].value)
    model = WorkbookModel(done.package, "again.xlsx")
    assert () == trusted(model).differences
    assert 20.0 == model.evaluate({"size": 10.0}).values["found"]
