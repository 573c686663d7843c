"""How does a formula become a tree?

formualizer parses the text. What only says where cells are is settled here, so that the tree holds
cells, ranges and constants: defined names, the variables of LET, ROW and COLUMN, OFFSET and
INDIRECT with constant arguments, SUBTOTAL and AGGREGATE, and array constants among criteria.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import formualizer

from xlcalc.calc.arguments import wrong_count
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.vectorised import arrays, references, subtotals
from xlcalc.calc.vectorised.syntax import (
    Array,
    Call,
    Cell,
    Literal,
    Node,
    NotVectorised,
    Range,
)
from xlcalc.cells import CellError, CellValue
from xlcalc.formula_text import bare_name
from xlcalc.ooxml.markup import Position

MAX_RANGE_CELLS = 100_000
MAX_NODES = 10_000
"""Of one formula: variables of LET stand for their values, and may double them again and again."""
_MAX_DEPTH = 20
_VOLATILE = {
    *("RAND", "RANDBETWEEN", "RANDARRAY", "OFFSET", "INDIRECT"),
    *("LAMBDA", "MAP", "REDUCE", "SCAN", "BYROW", "BYCOL", "MAKEARRAY"),
}
"""Functions whose value does not follow from the cells that the formula names."""
_OPERATORS = {"+", "-", "*", "/", "^", "&", "%", "=", "<>", "<", "<=", ">", ">="}
_PARAMETER = "_xlpm."
"""What files write before a variable of LET."""


@dataclass(frozen=True)
class _Context:
    """Where a formula stands, and what LET has named in it: a part, and of how many nodes."""

    sheet: str
    position: Position
    depth: int = 0
    variables: Mapping[str, tuple[Node, int]] = field(default_factory=dict)


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
        self._totals = subtotals.Totals(model)
        self._ranges: dict[Range, Range] = {}
        self._nodes = 0

    def read(self, formula: str, sheet: str, position: Position) -> Node:
        """Return the tree of a formula, without `=`, that stands in a cell.

        Raises
        ------
        NotVectorised
            If it cannot be told which cells it reads.
        """
        self._nodes = 0
        return self._text(formula, _Context(sheet, position))

    def _text(self, formula: str, context: _Context) -> Node:
        if context.depth > _MAX_DEPTH:
            raise NotVectorised("its names refer to each other")
        try:
            tree = formualizer.parse(f"={formula}")
        except Exception as error:  # noqa: BLE001  the engine raises no narrower class
            raise NotVectorised(f"the formula ={formula:.60} cannot be read: {error}") from None
        return self._node(tree, context)

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise NotVectorised(f"its formula has more than {MAX_NODES:,} parts")

    def _node(self, tree: Any, context: _Context) -> Node:
        self._count(1)
        kind = tree.node_type()
        if kind == "Reference":
            return self._reference(tree, context)
        if kind == "Omitted":
            return Literal(None)
        if kind == "Literal":
            return Literal(_literal(tree))
        if kind == "Array":
            return self._array(tree, context)
        if kind == "Function":
            return self._function(tree, context)
        operator = tree.get_operator() if kind in {"BinaryOp", "UnaryOp"} else ""
        if operator not in _OPERATORS:
            raise NotVectorised(f"it uses {tree.to_formula():.60}")
        operands = tuple(self._node(child, context) for child in tree.children())
        return Call(operator, operands, operator=True)

    def _array(self, tree: Any, context: _Context) -> Node:
        entries = iter(tree.children())
        rows = []
        for row in tree.to_dict()["rows"]:
            nodes = [self._node(next(entries), context) for _ in row]
            numbers = [references.number_of(node) for node in nodes]
            rows.append(
                tuple(
                    node.value if isinstance(node, Literal) else number
                    for node, number in zip(nodes, numbers, strict=True)
                )
            )
        return Array(tuple(rows))

    def _function(self, tree: Any, context: _Context) -> Node:
        name = bare_name(tree.get_function_name())
        children = tree.children()
        wrong = wrong_count(name, len(children))
        if wrong is not None:
            raise NotVectorised(wrong)
        if name == "LET":
            return self._let(children, context)
        if name in _VOLATILE and name not in {"OFFSET", "INDIRECT"}:
            raise NotVectorised(f"it uses {name}")
        arguments = tuple(self._node(child, context) for child in children)
        if name == "INDIRECT":
            return self._indirect(arguments, context)
        if name == "OFFSET":
            return self._bounded(references.offset(arguments))
        if name in references.PLACES:
            return references.place_of(name, arguments, context.position)
        if name in {"SUBTOTAL", "AGGREGATE"}:
            return self._totals.resolved(name, arguments, (context.sheet, context.position))
        return arrays.spread_out(Call(name, arguments))

    def _let(self, children: list[Any], context: _Context) -> Node:
        """Return the last argument of LET, each variable in it as what it stands for."""
        *pairs, body = children
        if len(pairs) % 2:
            raise NotVectorised("it uses LET with a name that has no value")
        variables = dict(context.variables)
        for name, value in zip(pairs[::2], pairs[1::2], strict=True):
            if name.node_type() != "Reference":
                raise NotVectorised(f"it uses {name.to_formula():.60} as a name")
            before = self._nodes
            part = self._node(value, replace(context, variables=dict(variables)))
            key = name.get_reference_string().lower().removeprefix(_PARAMETER)
            variables[key] = part, self._nodes - before
        return self._node(body, replace(context, variables=variables))

    def _indirect(self, arguments: tuple[Node, ...], context: _Context) -> Node:
        text = references.text_of(arguments[0])
        style = arguments[1] if len(arguments) == 2 else Literal(True)
        if text is None or style != Literal(True):
            raise NotVectorised("it uses INDIRECT of no constant")
        inner = _Context(context.sheet, context.position, context.depth + 1)
        found = self._text(text, inner)
        if not isinstance(found, Cell | Range):
            raise NotVectorised(f'it uses INDIRECT("{text:.60}")')
        return found

    def _reference(self, tree: Any, context: _Context) -> Node:
        reference = tree.get_reference()
        text = tree.get_reference_string()
        kind = type(reference).__name__
        if kind == "NamedRangeRef":
            variable = context.variables.get(text.lower().removeprefix(_PARAMETER))
            if variable is not None:
                self._count(variable[1])
                return variable[0]
        owner = getattr(reference, "sheet", None)
        sheet = self._sheets.get((owner or context.sheet).lower())
        if sheet is not None:
            if kind == "CellRef":
                return Cell((sheet, (reference.row, reference.col)))
            if kind == "RangeRef":
                return self._range(sheet, reference, text)
            name = text.rpartition("!")[2].lower()
            formula = self._names.get((sheet, name)) or self._names.get((None, name))
            if kind == "NamedRangeRef" and formula is not None:
                return self._text(formula, _Context(sheet, context.position, context.depth + 1))
        raise NotVectorised(f"it refers to {text}")

    def _range(self, sheet: str, reference: Any, text: str) -> Node:
        start, end = reference.start, reference.end
        if start is not None and end is not None:
            corners = (start.row, start.col), (end.row, end.col)
            if None not in corners[0] + corners[1]:
                return self._bounded(references.range_of(sheet, *corners))
        whole = references.whole_range(sheet, text.rpartition("!")[2], self._areas[sheet])
        if whole is None:
            raise NotVectorised(f"it refers to {text}")
        return self._bounded(whole)

    def _bounded(self, node: Node) -> Node:
        """Return a reference that is not too large, equal ranges as one object."""
        if not isinstance(node, Range):
            return node
        top, left, bottom, right = node.box
        if (bottom - top + 1) * (right - left + 1) > MAX_RANGE_CELLS:
            raise NotVectorised(f"it uses a range of more than {MAX_RANGE_CELLS:,} cells")
        return self._ranges.setdefault(node, node)


def _literal(tree: Any) -> CellValue:
    value = tree.get_literal_value()
    if isinstance(value, str) and value.startswith("#") and not tree.to_formula().startswith('="'):
        return CellError(value)  # and no text that looks like one
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if value is None or isinstance(value, float | str | bool):
        return value
    raise NotVectorised(f"it uses the constant {value!r:.60}")
