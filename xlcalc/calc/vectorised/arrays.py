"""What does Excel add up where a list stands for one value: SUM(SUMIFS(b,a,{"x","y"}))?

A function that takes one value is called once for each entry of a list, and a sum, a mean, a least
or a largest value takes all the results: SUM(SUMIFS(b,a,"x"),SUMIFS(b,a,"y")). Lists are array
constants; where a criterion belongs they are ranges as well. https://support.microsoft.com,
"Guidelines and examples of array formulas".
"""

from typing import TypeAlias

from xlcalc.calc.vectorised.syntax import Array, Call, Cell, Literal, Node, Range
from xlcalc.cells import CellValue

Grid: TypeAlias = list[list[Node]]

_MAX_ENTRIES = 1_000
_TOGETHER = {"SUM", "MIN", "MAX", "AVERAGE", "SUMPRODUCT"}
"""Functions of all the results. In arrays they pass over texts and logical values, so only
functions that give numbers are called entry by entry."""
_NUMBERS = {"+", "-", "*", "/", "^", "%"}
_CRITERIA = {
    "SUMIF": slice(1, 2),
    "COUNTIF": slice(1, 2),
    "AVERAGEIF": slice(1, 2),
    "COUNTIFS": slice(1, None, 2),
    **dict.fromkeys(("SUMIFS", "AVERAGEIFS", "MAXIFS", "MINIFS"), slice(2, None, 2)),
}
"""Which arguments are criteria."""
_RANKS = {"LARGE", "SMALL"}


class _UnclearError(Exception):
    """A list where this module does not know what Excel does."""


def spread_out(call: Call) -> Call:
    """Return a call with one argument for each entry of the lists in its arguments.

    The call itself where it has no such list, or this module does not know what Excel does.
    """
    if call.name not in _TOGETHER or not any(isinstance(part, Call) for part in call.arguments):
        return call
    try:
        grids = [_grid(part) if isinstance(part, Call) else None for part in call.arguments]
        if all(grid is None for grid in grids):
            return call
        if call.name != "SUMPRODUCT":
            return Call(call.name, tuple(_arguments(call, grids)))
        return Call("SUM", tuple(_products(call, grids)))
    except _UnclearError:
        return call


def _arguments(call: Call, grids: list[Grid | None]) -> list[Node]:
    found: list[Node] = []
    for part, grid in zip(call.arguments, grids, strict=True):
        found += [part] if grid is None else [node for row in grid for node in row]
    return found


def _products(call: Call, grids: list[Grid | None]) -> list[Node]:
    """Return for each entry the product of all arguments of SUMPRODUCT."""
    factors: list[Grid] = []
    for part, grid in zip(call.arguments, grids, strict=True):
        if grid is not None:
            factors.append(grid)
        elif isinstance(part, Array) and _is_numeric(part):
            factors.append(_literals(part))
        else:
            raise _UnclearError
    if len(set(map(_size, factors))) != 1:
        raise _UnclearError
    products = []
    for nodes in zip(*([node for row in grid for node in row] for grid in factors), strict=True):
        product = nodes[0]
        for factor in nodes[1:]:
            product = Call("*", (product, factor), operator=True)
        products.append(product)
    return products


def _grid(node: Call) -> Grid | None:
    """Return the calls that a call with lists stands for, in rows; None where it has no list."""
    if node.operator and node.name in _NUMBERS:
        listed = set(range(len(node.arguments)))
        grids = [_operand(part) for part in node.arguments]
    elif node.name in _CRITERIA:
        listed = set(range(len(node.arguments))[_CRITERIA[node.name]])
        grids = [
            _entries(part) if place in listed else None for place, part in enumerate(node.arguments)
        ]
    elif node.name in _RANKS:
        listed = {1}
        ranks = node.arguments[1]
        grids = [None, _operand(ranks) if isinstance(ranks, Array) else None]
    elif node.name == "CHOOSE" and isinstance(node.arguments[0], Array):
        return _chosen(node.arguments[0], node.arguments[1:])
    else:
        return None
    if all(grid is None for grid in grids):
        return None
    if any(isinstance(p, Array) for i, p in enumerate(node.arguments) if i not in listed):
        raise _UnclearError
    return _called(node, grids)


def _size(grid: Grid) -> tuple[int, int]:
    return len(grid), len(grid[0])


def _called(node: Call, grids: list[Grid | None]) -> Grid:
    """Return a call for each entry; a list of one row or column goes with all of the others."""
    sizes = [_size(grid) for grid in grids if grid is not None]
    height, width = map(max, zip(*sizes, strict=True))
    if any(rows not in {1, height} or columns not in {1, width} for rows, columns in sizes):
        raise _UnclearError  # Excel gives #N/A where a list ends
    if height * width > _MAX_ENTRIES:
        raise _UnclearError

    def part(place: int, row: int, column: int) -> Node:
        grid = grids[place]
        if grid is None:
            return node.arguments[place]
        return grid[row if len(grid) > 1 else 0][column if len(grid[0]) > 1 else 0]

    return [
        [
            Call(node.name, tuple(part(p, row, column) for p in range(len(grids))), node.operator)
            for column in range(width)
        ]
        for row in range(height)
    ]


def _operand(node: Node) -> Grid | None:
    if isinstance(node, Array):
        if not _is_numeric(node):
            raise _UnclearError
        return _literals(node)
    if isinstance(node, Range):
        raise _UnclearError
    return _grid(node) if isinstance(node, Call) else None


def _entries(node: Node) -> Grid | None:
    """Return the entries of a list; None for a single value."""
    if isinstance(node, Array):
        return _literals(node)
    if isinstance(node, Range):
        if node.whole:
            raise _UnclearError
        return [[Cell(place) for place in row] for row in node.places]
    if isinstance(node, Call) and node.operator:  # as ">"&{1,2}
        grids = [_entries(part) for part in node.arguments]
        return None if all(grid is None for grid in grids) else _called(node, grids)
    return None


def _literals(array: Array) -> Grid:
    return [[Literal(value) for value in row] for row in array.rows]


def _chosen(indices: Array, choices: tuple[Node, ...]) -> Grid:
    """Return the choices of CHOOSE for a list of numbers."""
    if not _is_numeric(indices):
        raise _UnclearError

    def choice(number: CellValue) -> Node:
        place = int(number) if isinstance(number, float) else 0
        if not 1 <= place <= len(choices) or not isinstance(choices[place - 1], Cell):
            raise _UnclearError
        return choices[place - 1]

    return [[choice(number) for number in row] for row in indices.rows]


def _is_numeric(array: Array) -> bool:
    return all(type(value) is float for row in array.rows for value in row)
