"""How do cells travel to and from a custom function of Office.js?

`from_office` takes an argument as Excel sends it, a JSON value or rows of them, and returns cells.
`to_office` takes the cells of a result and returns what Excel takes: errors as error values, and on
request their sentences and number formats. No value is refused: what no function can take becomes
an error in its own cell, with the reason.

An error arrives, and leaves, as one of seven codes. Excel sends others as well (#SPILL!, #CALC!,
#FIELD!, #BUSY!, #GETTING_DATA and more), and an add-in can return none of them: each becomes
#VALUE! in its row, and the sentence names the code that came.
"""

from typing import Any

from xlcalc.cells import ERROR_CODES, CellError, CellRange, CellValue

JsonValue = Any

ERROR_TYPES = {
    "#DIV/0!": "Div0",
    "#N/A": "NotAvailable",
    "#NAME?": "Name",
    "#NULL!": "Null",
    "#NUM!": "Num",
    "#REF!": "Ref",
    "#VALUE!": "Value",
}
"""The codes of errors, and what Office.js calls them."""

FORMATTED_CELLS = 1_000
"""How many cells get a number format; each costs an object where a bare number would do."""

OWN_CARD = "xlcalc"
"""The property by which a card of ours is known: the id of its row of the catalogue."""

_PLAIN_TYPES = {"Boolean", "Double", "Empty", "FormattedNumber", "String"}
_CODES = {office: code for code, office in ERROR_TYPES.items()}
_NO_HANDLE = "__xlwings_not_an_object_handle__"
"""What xlwings' own client sends in the place of a stock, or of a range that begins with one."""


def from_office(value: JsonValue) -> CellValue | CellRange:
    """Return an argument of a custom function as cells.

    Parameters
    ----------
    value : JSON value
        One value, or rows of them. xlwings hands over a range of one row as a flat list, and one
        of a single cell as its value. None is an argument left out.

    Returns
    -------
    CellValue or CellRange
        A cell, or rows of cells.
    """
    if not isinstance(value, list | tuple):
        return _cell(value)
    if value and not isinstance(value[0], list | tuple):
        return [[_cell(cell) for cell in value]]
    return [[_cell(cell) for cell in row] for row in value]


def _cell(value: JsonValue) -> CellValue:
    kind = type(value)
    if kind is float or kind is bool:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return float(value)
    if kind is str:
        return _from_text(value)
    if kind is dict:
        return _from_object(value)
    if value is None or kind.__name__ == "JsNull":  # Pyodide's null, which it alone has
        return None
    return CellError("#VALUE!", f"a cell holds {value!r:.40}, which is neither number nor text")


def _from_text(text: str) -> CellValue:
    if text in ERROR_CODES:
        return _arrived(text)
    if text == _NO_HANDLE:
        return _no_value("a data type")
    return text or None


def _from_object(value: dict[str, JsonValue]) -> CellValue:
    """Return what a cell of a data type stands for in a formula."""
    kind = str(value.get("type", ""))
    if kind == "Error":
        code = value.get("basicValue") or _CODES.get(str(value.get("errorType")), "an error")
        return _arrived(str(code))
    properties = value.get("properties")
    if isinstance(properties, dict) and OWN_CARD in properties:
        own = properties[OWN_CARD]
        return _cell(value["basicValue"] if kind == "Double" else own["basicValue"])
    if kind in _PLAIN_TYPES:
        basic = value.get("basicValue")
        return None if isinstance(basic, dict) else _cell(basic)
    name = value.get("text")
    return _no_value(f'"{name}", a data type' if isinstance(name, str) else "a data type")


def _arrived(code: str) -> CellError:
    """Return the error that a formula gets from a cell."""
    returned = code if code in ERROR_CODES else "#VALUE!"
    return CellError(returned, f"a cell that the formula needs is {code}")


def _no_value(what: str) -> CellError:
    sentence = f"a cell holds {what}; point to the field that is meant, as A1.Price"
    return CellError("#VALUE!", sentence)


def to_office(
    result: CellValue | CellRange, *, sentences: bool = False, number_format: str = ""
) -> list[list[JsonValue]]:
    """Return the cells of a result as rows of values that Excel takes.

    Parameters
    ----------
    result : CellValue or CellRange
        What the function returned.
    sentences : bool
        Put the sentence of an error into a property `message`, for a client that makes a
        `CustomFunctions.Error` of it. Excel itself does not know the property.
    number_format : str
        The number format of each number; nothing leaves them bare, and so does a range of more
        than `FORMATTED_CELLS` cells.

    Returns
    -------
    list of list of JSON values
        As many rows and columns as the result has.
    """
    rows = result if isinstance(result, list) else [[result]]
    if number_format and sum(map(len, rows)) > FORMATTED_CELLS:
        number_format = ""
    return [[_value(cell, sentences, number_format) for cell in row] for row in rows]


def _value(cell: CellValue, sentences: bool, number_format: str) -> JsonValue:
    if isinstance(cell, float):
        return formatted(cell, number_format) if number_format else cell
    if isinstance(cell, CellError):
        error = {"type": "Error", "errorType": ERROR_TYPES[cell.code]}
        return error | {"message": cell.message} if sentences and cell.message else error
    return "" if cell is None else cell


def formatted(number: float, number_format: str) -> dict[str, JsonValue]:
    """Return a number that brings its number format along."""
    return {"type": "FormattedNumber", "basicValue": number, "numberFormat": number_format}
