"""Which cells does a reference name, and where are they: ranges, OFFSET, ROW, COLUMN?

All of it is known while a formula is read. A range of one cell is a `Cell`.
"""

import re
from collections.abc import Callable

from xlcalc.calc.vectorised.syntax import (
    MAX_COLUMNS,
    MAX_ROWS,
    Array,
    Call,
    Cell,
    Literal,
    Node,
    NotVectorised,
    Range,
)
from xlcalc.cells import CellError
from xlcalc.ooxml.positions import Position, column_number

PLACES = {"ROW", "COLUMN", "ROWS", "COLUMNS"}
_MAX_ARRAY = 10_000
_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
_ROWS = re.compile(r"\$?(\d+):\$?(\d+)")
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


def number_of(node: Node) -> float | None:
    """Return the number that a part of a formula is whatever the cells hold, or None."""
    if isinstance(node, Literal):
        return node.value if type(node.value) is float else None
    if not isinstance(node, Call) or not node.operator:
        return None
    operands = [number_of(argument) for argument in node.arguments]
    if len(operands) == 1 and operands[0] is not None and node.name in {"+", "-"}:
        return -operands[0] if node.name == "-" else operands[0]
    if len(operands) == 2 and node.name in _ARITHMETIC:
        left, right = operands
        if left is not None and right is not None:
            return _ARITHMETIC[node.name](left, right)
    return None


def text_of(node: Node) -> str | None:
    """Return the text that a part of a formula is whatever the cells hold, or None."""
    if isinstance(node, Literal) and isinstance(node.value, str):
        return node.value
    number = number_of(node)
    if number is not None and number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    if isinstance(node, Call) and node.operator and node.name == "&":
        left, right = map(text_of, node.arguments)
        if left is not None and right is not None:
            return left + right
    return None


def range_of(sheet: str, first: Position, last: Position) -> Cell | Range:
    """Return the cells between two corners, in whichever order these are."""
    rows, columns = sorted((first[0], last[0])), sorted((first[1], last[1]))
    if first == last:
        return Cell((sheet, first))
    return Range(sheet, (rows[0], columns[0], rows[1], columns[1]))


def whole_range(sheet: str, text: str, area: Position) -> Range | None:
    """Return whole columns or whole rows, as `A:C` or `2:3`, or None.

    Only cells that exist count: the box ends where the sheet does, `area`. A column beyond that is
    a single empty cell.
    """
    rows, columns = area
    if found := _COLUMNS.fullmatch(text):
        left, right = sorted(column_number(letters.encode()) for letters in found.groups())
        return Range(sheet, (1, left, rows, right), "columns")
    if found := _ROWS.fullmatch(text):
        top, bottom = sorted(map(int, found.groups()))
        return Range(sheet, (top, 1, bottom, columns), "rows")
    return None


def _extent(node: Node) -> tuple[str, int, int, int, int]:
    """Return the sheet of a reference, its top row, its left column, its height and width."""
    if isinstance(node, Cell):
        sheet, (row, column) = node.place
        return sheet, row, column, 1, 1
    if not isinstance(node, Range):
        raise NotVectorised("it asks for the place of what is no cell")
    top, left, bottom, right = node.box
    height = MAX_ROWS if node.whole == "columns" else bottom - top + 1
    width = MAX_COLUMNS if node.whole == "rows" else right - left + 1
    return node.sheet, top, left, height, width


def place_of(name: str, arguments: tuple[Node, ...], position: Position) -> Node:
    """Return ROW, COLUMN, ROWS or COLUMNS of a reference as a constant.

    ROW of several rows is the array of their numbers, as in Excel.

    Parameters
    ----------
    position : (int, int)
        Where the formula stands: the cell that ROW() and COLUMN() mean.
    """
    if not arguments:
        return Literal(float(position[0] if name == "ROW" else position[1]))
    (argument,) = arguments
    if isinstance(argument, Array) and name in {"ROWS", "COLUMNS"}:
        return Literal(float(len(argument.rows if name == "ROWS" else argument.rows[0])))
    _, top, left, height, width = _extent(argument)
    if name == "ROWS":
        return Literal(float(height))
    if name == "COLUMNS":
        return Literal(float(width))
    first, length = (top, height) if name == "ROW" else (left, width)
    if length == 1:
        return Literal(float(first))
    if length > _MAX_ARRAY:
        raise NotVectorised(f"it uses {name} of more than {_MAX_ARRAY:,} cells")
    numbers = tuple(float(number) for number in range(first, first + length))
    return Array((numbers,) if name == "COLUMN" else tuple((number,) for number in numbers))


def offset(arguments: tuple[Node, ...]) -> Node:
    """Return OFFSET with constant arguments: cells, or #REF! where they are off the sheet.

    Excel cuts fractions off. Its documentation wants a height and a width above zero; below zero
    Excel counts upwards and to the left, and that is left alone.
    """
    base, *constants = arguments
    sheet, top, left, height, width = _extent(base)
    sizes = [float(height), float(width)]
    numbers = [0.0, 0.0, *sizes]
    for place, argument in enumerate(constants):
        if argument == Literal(None):
            continue
        number = number_of(argument)
        if number is None:
            raise NotVectorised("it uses OFFSET by no constant")
        numbers[place] = number
    down, right, height, width = (int(number) for number in numbers)
    if height < 0 or width < 0:
        raise NotVectorised("it uses OFFSET with a size below zero")
    first = top + down, left + right
    last = first[0] + height - 1, first[1] + width - 1
    inside = first[0] >= 1 and first[1] >= 1 and last[0] <= MAX_ROWS and last[1] <= MAX_COLUMNS
    if not inside or not height or not width:
        return Literal(CellError("#REF!"))
    return range_of(sheet, first, last)
