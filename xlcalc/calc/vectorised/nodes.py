"""What is a formula made of, once it is ready to run for many scenarios?"""

from dataclasses import dataclass
from typing import TypeAlias

from xlcalc.calc.vectorised import vectors
from xlcalc.calc.vectorised.syntax import Place
from xlcalc.calc.vectorised.vectors import NeedsEngine, Operand, Vector
from xlcalc.cells import CellError, CellValue

Values: TypeAlias = dict[Place, Vector]
"""The values of the cells that scenarios change."""


class EvalNode:
    """A part of a formula, ready to run."""

    def run(self, values: Values, count: int) -> Operand:
        """Return its values."""
        raise NotImplementedError


@dataclass(frozen=True)
class Constant(EvalNode):
    """A value that is the same in every scenario."""

    value: CellValue

    def run(self, values: Values, count: int) -> Operand:
        """Return the value."""
        return self.value


@dataclass(frozen=True)
class Link(EvalNode):
    """A live cell."""

    place: Place

    def run(self, values: Values, count: int) -> Operand:
        """Return its values."""
        return values[self.place]


@dataclass(frozen=True)
class Table(EvalNode):
    """A range: cells that are live, and constants."""

    rows: list[list[Place | Constant]]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self.rows[0])

    def run(self, values: Values, count: int) -> Operand:
        """Refuse: a range is no value."""
        raise NeedsEngine

    def operands(self, values: Values, count: int) -> list[list[Operand]]:
        """Return the values of the cells, row by row."""
        return [
            [cell.value if isinstance(cell, Constant) else values[cell] for cell in row]
            for row in self.rows
        ]

    def flat(self, values: Values, count: int) -> list[Operand]:
        """Return the values of the cells."""
        return [operand for row in self.operands(values, count) for operand in row]


@dataclass(frozen=True)
class Elementwise(Table):
    """An operator between ranges, or between a range and a value, cell by cell."""

    operator: str
    parts: list[EvalNode]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns; a single row or column goes with each of the others."""
        shapes = [part.shape for part in self.parts if isinstance(part, Table)]
        height, width = (max(sizes) for sizes in zip(*shapes, strict=True))
        if any(rows not in {1, height} or columns not in {1, width} for rows, columns in shapes):
            raise NeedsEngine  # Excel gives #N/A where the smaller one ends
        return height, width

    def operands(self, values: Values, count: int) -> list[list[Operand]]:
        """Return what the operator makes of the cells, row by row."""
        height, width = self.shape
        sides = []
        for part in self.parts:
            if isinstance(part, Table):
                rows = part.operands(values, count)
                rows = [row * width if len(row) < width else row for row in rows]
                sides.append(rows * height if len(rows) < height else rows)
            else:
                sides.append([[part.run(values, count)] * width] * height)
        if len(sides) == 1:
            found = [[vectors.unary(self.operator, cell) for cell in row] for row in sides[0]]
        else:
            found = [
                [vectors.binary(self.operator, *pair) for pair in zip(*rows, strict=True)]
                for rows in zip(*sides, strict=True)
            ]
        # Of two constants, a constant.
        return [[cell if cell.data.ndim else cell.first() for cell in row] for row in found]


@dataclass(frozen=True)
class WithoutErrors(Table):
    """A range whose errors are passed over as words are."""

    table: Table

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.table.shape

    def operands(self, values: Values, count: int) -> list[list[Operand]]:
        """Return the values of the cells, row by row."""
        rows = self.table.operands(values, count)
        return [[_word_for_error(cell) for cell in row] for row in rows]


def _word_for_error(operand: Operand) -> Operand:
    if isinstance(operand, CellError):
        return None
    if not isinstance(operand, Vector) or operand.codes is None:
        return operand
    data = operand.data.astype(object)
    data[operand.codes != vectors.NO_ERROR] = ""
    return Vector(data)
