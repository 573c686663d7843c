"""What xlwings hands over of Excel's cells on Windows, and what it takes back."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from xlcalc.cell_values import LAST_ROW
from xlcalc.cells import CellError
from xlcalc.com_values import from_com, to_com


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        (7.0, 7.0),
        (7.0, 7),
        (2.5, Decimal("2.5000")),
        (46082.0, datetime(2026, 3, 1)),
        (46082.25, datetime(2026, 3, 1, 6, tzinfo=UTC)),
        ("text", "text"),
        (None, ""),
        (None, None),
        (True, True),
        (CellError("#N/A"), "#N/A"),
        (CellError("#SPILL!"), "#SPILL!"),
        (CellError("#N/A"), -2146826246),
        (CellError("#SPILL!"), -2146826243),
        (CellError("#FIELD!"), -2146826239),
        (CellError("#CALC!"), -2146826238),
        (CellError("#VALUE!"), -2146826237),
        (-2146828289.0, -2146828289),
    ],
)
def test_a_cell_of_each_kind(expected, value):
    got = from_com(value)
    assert (type(expected), expected) == (type(got), got)
    assert [[expected]] == from_com([[value]]) == from_com([value])


def test_something_else_is_an_error_with_a_sentence():
    got = from_com(object())
    assert "#VALUE!" == got.code
    assert "which is neither number nor text" in got.message


def test_a_whole_column_stays_a_whole_column():
    got = from_com([[1], ["#N/A"], *([[None]] * (LAST_ROW - 2))])
    assert LAST_ROW == len(got)
    assert [[1.0], [CellError("#N/A")], [None]] == got[:3]
    assert [[None]] == got[-1:]


def test_results_are_what_vba_makes_cells_of():
    assert 1.5 == to_com(1.5)
    assert "#NUM!" == to_com(CellError("#NUM!", "why"))
    assert [["#N/A", "#VALUE!", "text"]] == to_com(
        [[CellError("#N/A"), CellError("#SPILL!"), "text"]]
    )
