"""How does the tree of a formula become nodes that run on vectors?

A part that reads no live cell is computed once, by the engine, and is a constant. The others become
operators and functions on vectors where these know them, and questions to the engine where not.
"""

from collections.abc import Callable, Collection, Iterable, Iterator

from xlcalc.calc.engine import function_of
from xlcalc.calc.vectorised.calculation_order import Dependencies
from xlcalc.calc.vectorised.calls import KnownNode, OperationNode, OurNode
from xlcalc.calc.vectorised.fallback import EngineFallback, FallbackNode
from xlcalc.calc.vectorised.functions import AGGREGATES, KNOWN, RANGED, join
from xlcalc.calc.vectorised.nodes import Constant, Elementwise, EvalNode, Link, Table
from xlcalc.calc.vectorised.syntax import Array, Call, Cell, Node, NotVectorised, Place, Range
from xlcalc.calc.vectorised.vectors import NeedsEngine
from xlcalc.cells import CellValue
from xlcalc.registry import BY_NAME

PLACED = {
    *("CELL", "INFO", "FORMULATEXT", "ISFORMULA", "ISREF", "SHEET", "SHEETS", "AREAS"),
    *("GETPIVOTDATA", "HYPERLINK"),
}
"""Functions of cells as such: of copies of their values they would give something else."""


class Builder:
    """Makes nodes that run on vectors.

    Parameters
    ----------
    dependencies : Dependencies
        Says which cells are live.
    constant : callable
        Gives the value of any other cell.
    fallback : EngineFallback
        Computes what vectors do not know.
    without : collection of str
        Functions that are left to it as well.
    """

    def __init__(
        self,
        dependencies: Dependencies,
        constant: Callable[[Place], CellValue],
        fallback: EngineFallback,
        without: Collection[str] = (),
    ) -> None:
        self._dependencies, self._constant, self._fallback = dependencies, constant, fallback
        self._without = without
        self._tables: dict[Cell | Range, Table] = {}

    def fix_constants(self, trees: Iterable[Node]) -> None:
        """Calculate what is constant in live formulas, for all of them at once."""
        self._fallback.fix(part for tree in trees for part in self._constant_calls(tree))

    def _constant_calls(self, tree: Node) -> Iterator[Call]:
        if isinstance(tree, Call):
            if not self._dependencies.is_live(tree):
                yield tree
                return
            for part in tree.arguments:
                yield from self._constant_calls(part)

    def formula(self, tree: Node) -> EvalNode:
        """Return a live formula, ready to run.

        Raises
        ------
        NotVectorised
            If its value hangs on more than the values of cells, or it gives several values.
        """
        for call in tree.calls():
            if call.name in PLACED:
                raise NotVectorised(f"it uses {call.name}")
        if isinstance(tree, Range | Array) or _spans(tree):
            raise NotVectorised("a formula gives more than one value")
        if not isinstance(tree, Call):
            return self._part(tree)
        if self._dependencies.is_live(tree):
            return self._call(tree, nested=False)
        return Constant(self._fallback.fixed(tree, nested=False))

    def _part(self, tree: Node) -> EvalNode:
        if not self._dependencies.is_live(tree):
            return Constant(self._fallback.fixed(tree))
        if isinstance(tree, Cell):
            return Link(tree.place)
        if not isinstance(tree, Call):
            raise NotVectorised("it uses a range where a value belongs")
        return self._call(tree)

    def _argument(self, name: str, node: Node, arrays: bool) -> EvalNode:
        """Return an argument of a function; within SUMPRODUCT operators take ranges."""
        if isinstance(node, Range | Array) or (isinstance(node, Cell) and name in AGGREGATES):
            return self._table(node)
        if arrays and isinstance(node, Call):
            if _spans(node):
                return self._elementwise(node)
            if self._dependencies.is_live(node):
                return self._call(node, arrays=True)
        return self._part(node)

    def _elementwise(self, node: Call) -> EvalNode:
        whole = any(isinstance(part, Range) and part.whole for part in node.arguments)
        # Of a whole column, an operator has a value beyond the cells that exist.
        if not node.operator or node.name == "&" or whole:
            raise NeedsEngine
        parts = [self._argument("", part, True) for part in node.arguments]
        return Elementwise([], node.name, parts)

    def _call(self, tree: Call, *, arrays: bool = False, nested: bool = True) -> EvalNode:
        ask = FallbackNode(tree, self._dependencies, self._constant, self._fallback, nested=nested)
        listed = any(isinstance(argument, Range | Array) for argument in tree.arguments)
        if listed and tree.name not in RANGED:
            return ask
        arrays = arrays or tree.name == "SUMPRODUCT"
        if not arrays and any(map(_gives_array, tree.arguments)):
            return ask
        try:
            parts = [self._argument(tree.name, argument, arrays) for argument in tree.arguments]
        except NeedsEngine:
            return ask
        if tree.operator:
            if tree.name == "&":
                return KnownNode(join, parts, ask)
            return OperationNode(tree.name, parts, ask)
        name, portable = function_of(tree.name)
        if name in BY_NAME:
            return OurNode(name, portable=portable, parts=parts, ask=ask)
        if name in KNOWN and name not in self._without:
            return KnownNode(KNOWN[name], parts, ask)
        return ask

    def _table(self, node: Cell | Range | Array) -> Table:
        if isinstance(node, Array):
            return Table([[Constant(value) for value in row] for row in node.rows])
        if node not in self._tables:
            live = self._dependencies.live
            self._tables[node] = Table(
                [
                    [place if place in live else Constant(self._constant(place)) for place in row]
                    for row in node.places
                ]
            )
        return self._tables[node]


def _spans(node: Node) -> bool:
    """Whether a part of a formula has several values: a list, or an operator on one."""
    if isinstance(node, Range | Array):
        return True
    return _gives_array(node)


def _gives_array(node: Node) -> bool:
    """Whether a part of a formula is an operator or a plain function on a list."""
    if not isinstance(node, Call) or not (node.operator or node.name in KNOWN.keys() - RANGED):
        return False
    return any(map(_spans, node.arguments))
