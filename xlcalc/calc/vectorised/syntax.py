"""What does a formula say: its functions and operators, and the cells that it reads?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import formualizer

from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError, CellValue
from xlcalc.ooxml.markup import Position, cell_name

Place: TypeAlias = tuple[str, Position]
"""A sheet, and a row and a column of it."""
Address: TypeAlias = Callable[["Cell | Range"], str]

MAX_RANGE_CELLS = 100_000
_VOLATILE = {
    *("RAND", "RANDBETWEEN", "RANDARRAY", "NOW", "TODAY", "OFFSET", "INDIRECT", "CELL", "INFO"),
    *("LET", "LAMBDA", "MAP", "REDUCE", "SCAN", "BYROW", "BYCOL", "MAKEARRAY", "ROW", "COLUMN"),
    *("FORMULATEXT", "ISFORMULA", "SHEET", "SUBTOTAL", "AGGREGATE", "GETPIVOTDATA", "HYPERLINK"),
}
"""Functions whose value is not one of their arguments' values alone."""


class NotVectorised(Exception):  # noqa: N818  no failure: the engine takes over
    """The reason why a workbook is calculated scenario by scenario."""


class Node:
    """A part of a formula."""

    def leaves(self) -> Iterator["Cell | Range"]:
        """Yield the cells and ranges that it reads."""
        yield from ()

    def text(self, address: Address) -> str:
        """Return the formula, each cell and range as `address` writes it."""
        raise NotImplementedError


@dataclass(frozen=True)
class Literal(Node):
    """A constant in a formula; None is an argument left out."""

    value: CellValue

    def text(self, address: Address) -> str:
        """Return the constant as a formula writes it."""
        if isinstance(self.value, str):
            doubled = self.value.replace('"', '""')
            return f'"{doubled}"'
        if isinstance(self.value, bool):
            return str(self.value).upper()
        if isinstance(self.value, CellError):
            return self.value.code
        return "" if self.value is None else repr(self.value)


@dataclass(frozen=True)
class Cell(Node):
    """A cell."""

    place: Place

    def leaves(self) -> Iterator["Cell | Range"]:
        """Yield the cell or range itself."""
        yield self

    def text(self, address: Address) -> str:
        """Return what `address` says."""
        return address(self)

    @property
    def places(self) -> list[list[Place]]:
        """The cell as a range of its own."""
        return [[self.place]]


@dataclass(frozen=True)
class Range(Node):
    """Cells in rows and columns."""

    sheet: str
    box: tuple[int, int, int, int]

    def leaves(self) -> Iterator["Cell | Range"]:
        """Yield the cell or range itself."""
        yield self

    def text(self, address: Address) -> str:
        """Return what `address` says."""
        return address(self)

    @property
    def places(self) -> list[list[Place]]:
        """The cells, row by row."""
        top, left, bottom, right = self.box
        return [
            [(self.sheet, (row, column)) for column in range(left, right + 1)]
            for row in range(top, bottom + 1)
        ]


@dataclass(frozen=True)
class Call(Node):
    """A function, or an operator with one or two operands."""

    name: str
    arguments: tuple[Node, ...]
    operator: bool = False

    def leaves(self) -> Iterator["Cell | Range"]:
        """Yield the cells and ranges of the arguments."""
        for argument in self.arguments:
            yield from argument.leaves()

    def text(self, address: Address) -> str:
        """Return the call, with brackets around an operator."""
        parts = [argument.text(address) for argument in self.arguments]
        if not self.operator:
            return f"{self.name}({','.join(parts)})"
        if len(parts) == 2:
            return f"({parts[0]}{self.name}{parts[1]})"
        return f"({parts[0]}%)" if self.name == "%" else f"({self.name}{parts[0]})"


class Reader:
    """Reads the formulas of a workbook.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    """

    def __init__(self, model: WorkbookModel) -> None:
        self._sheets = {sheet.lower(): sheet for sheet in model.package.sheets}
        self._names = model.defined_names
        self._areas = model.areas

    def read(self, formula: str, sheet: str, depth: int = 0) -> Node:
        """Return the tree of a formula of a sheet."""
        if depth > 20:
            raise NotVectorised("its names refer to each other")
        try:
            tree = formualizer.parse(f"={formula}")
        except Exception as error:  # noqa: BLE001  the engine raises no narrower class
            raise NotVectorised(f"the formula ={formula:.60} cannot be read: {error}") from None
        return self._node(tree, sheet, depth)

    def _node(self, tree: Any, sheet: str, depth: int) -> Node:
        kind = tree.node_type()
        if kind == "Reference":
            return self._reference(tree, sheet, depth)
        if kind == "Omitted":
            return Literal(None)
        if kind == "Literal":
            return Literal(_literal(tree.get_literal_value()))
        arguments = tuple(self._node(child, sheet, depth) for child in tree.children())
        if kind == "Function":
            name = tree.get_function_name().upper().removeprefix("_XLFN.").removeprefix("_XLWS.")
            if name in _VOLATILE:
                raise NotVectorised(f"it uses {name}")
            return Call(name, arguments)
        operator = tree.get_operator()
        if kind in {"BinaryOp", "UnaryOp"} and operator in {
            *("+", "-", "*", "/", "^", "&", "%", "=", "<>", "<", "<=", ">", ">=")
        }:
            return Call(operator, arguments, operator=True)
        raise NotVectorised(f"it uses {tree.to_formula():.60}")

    def _reference(self, tree: Any, sheet: str, depth: int) -> Node:
        reference = tree.get_reference()
        kind = type(reference).__name__
        owner = getattr(reference, "sheet", None)
        place = self._sheets.get((owner or sheet).lower())
        if place is None:
            raise NotVectorised(f"it refers to {tree.get_reference_string()}")
        if kind == "CellRef":
            return Cell((place, (reference.row, reference.col)))
        if kind == "RangeRef":
            return self._range(place, reference)
        if kind == "NamedRangeRef":
            name = tree.get_reference_string().rpartition("!")[2].lower()
            text = self._names.get((place, name)) or self._names.get((None, name))
            if text is not None:
                return self.read(text, place, depth + 1)
        raise NotVectorised(f"it refers to {tree.get_reference_string()}")

    def _range(self, sheet: str, reference: Any) -> Range:
        rows, columns = self._areas[sheet]
        start, end = reference.start, reference.end
        top, left = (start.row or 1, start.col or 1) if start else (1, 1)
        bottom, right = (end.row or rows, end.col or columns) if end else (rows, columns)
        box = min(top, bottom), min(left, right), max(top, bottom), max(left, right)
        if (box[2] - box[0] + 1) * (box[3] - box[1] + 1) > MAX_RANGE_CELLS:
            raise NotVectorised(f"it uses a range of more than {MAX_RANGE_CELLS:,} cells")
        return Range(sheet, box)


def _literal(value: Any) -> CellValue:
    if isinstance(value, str) and value.startswith("#") and value.rstrip("!?").isupper():
        return CellError(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if value is None or isinstance(value, float | str | bool):
        return value
    raise NotVectorised(f"it uses the constant {value!r:.60}")


def address_of(node: Cell | Range) -> str:
    """Return a cell or a range as any sheet's formula writes it."""
    places = node.places
    (sheet, first), (_, last) = places[0][0], places[-1][-1]
    quoted = sheet.replace("'", "''")
    box = cell_name(first) if first == last else f"{cell_name(first)}:{cell_name(last)}"
    return f"'{quoted}'!{box}"
