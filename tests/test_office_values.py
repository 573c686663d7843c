"""What Office.js sends and takes, as cells and back."""

import pytest

from xlcalc.cells import CellError
from xlcalc.office_values import FORMATTED_CELLS, from_office, to_office

STOCK = {"type": "LinkedEntity", "text": "MSFT", "basicType": "Error", "basicValue": "#VALUE!"}


class JsNull:
    """What Pyodide hands over for JavaScript's null; this is known by its name."""


def arrived(code, returned):
    return CellError(returned, f"a cell that the formula needs is {code}")


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        pytest.param(7e9, 7_000_000_000, id="a whole number"),
        pytest.param(0.5, 0.5, id="a number"),
        pytest.param(1e308, 1e308, id="a large number"),
        pytest.param(True, True, id="TRUE is no number"),
        pytest.param("7e9", "7e9", id="a text"),
        pytest.param(None, "", id="an empty cell"),
        pytest.param(None, None, id="an argument left out"),
        pytest.param(None, JsNull(), id="null of Pyodide"),
        pytest.param([[1.0, 2.0]], [1, 2], id="one row, as xlwings hands it over"),
        pytest.param([[1.0], [None]], [[1], [""]], id="a column"),
        pytest.param(
            45292.0,
            {"type": "FormattedNumber", "basicValue": 45292, "numberFormat": "m/d/yyyy"},
            id="a date",
        ),
        pytest.param("x", {"type": "String", "basicValue": "x"}, id="a text as an object"),
        pytest.param(False, {"type": "Boolean", "basicValue": False}, id="FALSE as an object"),
        pytest.param(None, {"type": "Empty", "basicValue": ""}, id="nothing as an object"),
    ],
)
def test_what_excel_sends_becomes_cells(expected, value):
    assert expected == from_office(value)
    assert type(expected) is type(from_office(value))


@pytest.mark.parametrize("code", ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!"])
def test_an_error_stays_the_one_that_it_is(code):
    assert arrived(code, code) == from_office(code)
    assert arrived(code, code) == from_office({"type": "Error", "basicValue": code})


@pytest.mark.parametrize(
    "code", ["#BUSY!", "#SPILL!", "#CALC!", "#FIELD!", "#GETTING_DATA", "#BLOCKED!", "#CONNECT!"]
)
def test_an_error_that_no_function_returns_becomes_one_that_names_it(code):
    error = {"type": "Error", "basicType": "Error", "basicValue": code, "errorType": "Other"}
    assert [[arrived(code, "#VALUE!")], [1.0]] == from_office([[error], [1]])


def test_an_error_is_known_by_its_type_where_it_has_no_code():
    assert arrived("#NUM!", "#NUM!") == from_office({"type": "Error", "errorType": "Num"})


@pytest.mark.parametrize(
    ("named", "value"),
    [
        ('"MSFT", a data type', STOCK),
        ('"Peru", a data type', {"type": "Entity", "text": "Peru", "properties": {"Area": {}}}),
        ("a data type", {"type": "WebImage", "address": "https://example.com/a.png"}),
        ("a data type", {"type": "Array", "elements": [[]]}),
        ("a data type", {}),
        ("a data type", "__xlwings_not_an_object_handle__"),
    ],
)
def test_a_data_type_is_an_error_in_its_own_cell(named, value):
    sentence = f"a cell holds {named}; point to the field that is meant, as A1.Price"
    assert [[CellError("#VALUE!", sentence)], [1.0]] == from_office([[value], [1]])


def test_results_are_rows_and_errors_are_objects():
    assert [[5.0]] == to_office(5.0)
    assert [["x", True], ["", 1.0]] == to_office([["x", True], [None, 1.0]])
    failed = CellError("#NUM!", "too low")
    assert [[{"type": "Error", "errorType": "Num"}]] == to_office(failed)
    told = {"type": "Error", "errorType": "Num", "message": "too low"}
    assert [[1.0], [told]] == to_office([[1.0], [failed]], sentences=True)


def test_numbers_alone_get_a_number_format_and_large_ranges_get_none():
    number = {"type": "FormattedNumber", "basicValue": 2.0, "numberFormat": "0.00"}
    given = [[2.0, "x", CellError("#N/A"), True]]
    error = {"type": "Error", "errorType": "NotAvailable"}
    assert [[number, "x", error, True]] == to_office(given, number_format="0.00")
    most = [[2.0]] * FORMATTED_CELLS
    assert number == to_office(most, number_format="0.00")[-1][0]
    assert 2.0 == to_office([*most, [2.0]], number_format="0.00")[0][0]
