"""What does a formula say: its functions and operators, and the cells that it reads?

A formula is a tree of these nodes. It can be written out again, with whatever stands for its cells,
and it names the cells and ranges that it reads: its leaves. `reading` makes it from text.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from xlcalc.cells import CellError, CellValue
from xlcalc.ooxml.positions import Position, cell_name, column_letters

Place: TypeAlias = tuple[str, Position]
"""A sheet, and a row and a column of it."""
Address: TypeAlias = Callable[["Cell | Range"], str]

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
"""Of any sheet of Excel."""


class NotVectorised(Exception):  # noqa: N818  no failure: the engine takes over
    """The reason why a workbook is calculated scenario by scenario."""


class Node:
    """A part of a formula."""

    def leaves(self) -> Iterator["Cell | Range"]:
        """Yield the cells and ranges that it reads."""
        yield from ()

    def calls(self) -> Iterator["Call"]:
        """Yield the functions and operators in it, itself first."""
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
    """Cells in rows and columns.

    Attributes
    ----------
    box : tuple of int
        Top, left, bottom and right. Of whole columns and rows it holds what the sheet uses.
    whole : str
        "columns" or "rows" for whole ones, else empty.
    """

    sheet: str
    box: tuple[int, int, int, int]
    whole: str = ""

    def leaves(self) -> Iterator["Cell | Range"]:
        """Yield the cell or range itself."""
        yield self

    def text(self, address: Address) -> str:
        """Return what `address` says."""
        return address(self)

    @functools.cached_property
    def places(self) -> list[list[Place]]:
        """The cells, row by row."""
        top, left, bottom, right = self.box
        return [
            [(self.sheet, (row, column)) for column in range(left, right + 1)]
            for row in range(top, bottom + 1)
        ]


@dataclass(frozen=True)
class Array(Node):
    """An array constant, as {1,2;3,4}."""

    rows: tuple[tuple[CellValue, ...], ...]

    def text(self, address: Address) -> str:
        """Return the array as a formula writes it."""
        rows = (",".join(Literal(value).text(address) for value in row) for row in self.rows)
        return f"{{{';'.join(rows)}}}"


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

    def calls(self) -> Iterator["Call"]:
        """Yield itself and those of the arguments."""
        yield self
        for argument in self.arguments:
            yield from argument.calls()

    def text(self, address: Address) -> str:
        """Return the call, with brackets around an operator."""
        parts = [argument.text(address) for argument in self.arguments]
        if not self.operator:
            return f"{self.name}({','.join(parts)})"
        if len(parts) == 2:
            return f"({parts[0]}{self.name}{parts[1]})"
        return f"({parts[0]}%)" if self.name == "%" else f"({self.name}{parts[0]})"


def address_of(node: Cell | Range) -> str:
    """Return a cell or a range as any sheet's formula writes it, whole columns as such."""
    if isinstance(node, Cell):
        (sheet, first), last = node.place, node.place[1]
    else:
        sheet, (top, left, bottom, right) = node.sheet, node.box
        first, last = (top, left), (bottom, right)
    quoted = sheet.replace("'", "''")
    box = cell_name(first) if first == last else f"{cell_name(first)}:{cell_name(last)}"
    if isinstance(node, Range) and node.whole == "rows":
        box = f"{first[0]}:{last[0]}"
    elif isinstance(node, Range) and node.whole == "columns":
        box = f"{column_letters(first[1])}:{column_letters(last[1])}"
    return f"'{quoted}'!{box}"
