"""How is a workbook calculated for many scenarios at once?

The formulas that follow from the varied inputs become one evaluation on vectors, a value a
scenario. Constant cells are the engine's own values, and what the vectors do not know, as TEXT, the
engine computes value by value. A workbook that needs more than that is `Uncompilable`.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xlcalc.calc.engine import function_of
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.vectorised import vectors
from xlcalc.calc.vectorised.fallback import EngineFallback, FallbackNode
from xlcalc.calc.vectorised.functions import AGGREGATES, KNOWN, RANGED, join
from xlcalc.calc.vectorised.nodes import Constant, Elementwise, EvalNode, Link, Table, Values
from xlcalc.calc.vectorised.syntax import (
    Call,
    Cell,
    Node,
    NotVectorised,
    Place,
    Range,
    Reader,
)
from xlcalc.calc.vectorised.vectors import NeedsEngine, Operand, Vector, vector
from xlcalc.catalogue import portable_lookups
from xlcalc.cells import CellError, CellValue, evaluate
from xlcalc.errors import XlcalcError
from xlcalc.lambdas import LOOKUPS
from xlcalc.ooxml.markup import cell_name
from xlcalc.quantities import Quantity
from xlcalc.registry import BY_NAME
from xlcalc.worksheet import spec_of


class _Keep:
    """An input that a scenario leaves as it is."""


KEEP = _Keep()


class VectorisedWorkbook:
    """A workbook as one evaluation for many scenarios.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    inputs : iterable of str
        Names of the inputs that scenarios set.

    Attributes
    ----------
    live : list of (str, (int, int))
        The cells that follow from these inputs, and these inputs, in the order of calculation.

    Raises
    ------
    NotVectorised
        If a formula that follows from the inputs is none that vectors or the engine can compute by
        itself.
    """

    def __init__(self, model: WorkbookModel, inputs: Iterable[str]) -> None:
        self._model = model
        self._engine = model.engine
        self.inputs = {cell.name: cell for cell in map(model.input, inputs)}
        self._varied = {(cell.sheet, cell.position) for cell in self.inputs.values()}
        trees = self._trees()
        self.live = self._order(trees)
        self._fallback = EngineFallback(self._engine)
        self._live = set(self.live)
        self._programs: dict[Place, EvalNode] = {}
        for place in self.live:
            if place in trees:
                self._programs[place] = self._program(trees[place])

    def _trees(self) -> dict[Place, Node]:
        """Return every formula as a tree; the values of what-if tables are constants."""
        reader = Reader(self._model)
        trees: dict[Place, Node] = {}
        for sheet, formulas in self._model.formulas.items():
            for position, formula in formulas.items():
                if formula.kind in {"dataTable", "spill"}:
                    continue
                try:
                    text = self._model.formula_text(sheet, position)
                    trees[sheet, position] = reader.read(text, sheet)
                except NotVectorised as reason:
                    place = f"{sheet}!{cell_name(position)}"
                    raise NotVectorised(f"{place}: {reason}") from None
        return trees

    def _order(self, trees: Mapping[Place, Node]) -> list[Place]:
        """Return the live cells, each behind those that it follows from."""
        readers: dict[Place, list[Place]] = {}
        for place, tree in trees.items():
            for leaf in tree.leaves():
                for row in leaf.places:
                    for read in row:
                        readers.setdefault(read, []).append(place)
        live = set(self._varied)
        waiting = list(live)
        while waiting:
            for reader in readers.get(waiting.pop(), ()):
                if reader not in live:
                    live.add(reader)
                    waiting.append(reader)
        for sheet, position in live & trees.keys():
            if self._model.formulas[sheet][position].kind == "array":
                raise NotVectorised(f"{sheet}!{cell_name(position)} is an array formula")
        order: dict[Place, None] = {}
        for root in sorted(live):
            self._visit(root, trees, live, order)
        return list(order)

    def _visit(
        self, root: Place, trees: Mapping[Place, Node], live: set[Place], order: dict[Place, None]
    ) -> None:
        stack: list[tuple[Place, Iterator[Place]]] = [(root, self._reads(root, trees, live))]
        open_cells = {root}
        while stack:
            place, reads = stack[-1]
            following = next(reads, None)
            if following is None:
                order[place] = None
                open_cells.discard(place)
                stack.pop()
            elif following in open_cells:
                raise NotVectorised(f"{place[0]}!{cell_name(place[1])} refers to itself")
            elif following not in order:
                open_cells.add(following)
                stack.append((following, self._reads(following, trees, live)))

    def _reads(
        self, place: Place, trees: Mapping[Place, Node], live: set[Place]
    ) -> Iterator[Place]:
        tree = trees.get(place)
        if tree is not None:
            for leaf in tree.leaves():
                for row in leaf.places:
                    yield from (read for read in row if read in live)

    def _is_live(self, node: Node) -> bool:
        return any(
            place in self._live for leaf in node.leaves() for row in leaf.places for place in row
        )

    @property
    def needs_engine(self) -> set[int]:
        """The scenarios of the last run that the engine has to calculate as a whole.

        Within a formula it goes on with a number or a text that no cell can hold.
        """
        return self._fallback.needs_engine

    def constant(self, place: Place) -> CellValue:
        """Return the value of a cell that no scenario changes."""
        return self._engine.value(*place)

    def _program(self, tree: Node) -> EvalNode:
        if not self._is_live(tree):
            return Constant(self._fallback.fixed(tree))
        if isinstance(tree, Cell):
            return Link(tree.place)
        if isinstance(tree, Range):
            raise NotVectorised("it uses a range where a value belongs")
        if _gives_array(tree):
            raise NotVectorised("a formula gives more than one value")
        assert isinstance(tree, Call)  # noqa: S101  a literal is never live
        return self._call(tree)

    def _argument(self, name: str, node: Node, arrays: bool) -> EvalNode:
        """Return an argument of a function; within SUMPRODUCT operators take ranges."""
        if isinstance(node, Range) or (isinstance(node, Cell) and name in AGGREGATES):
            return self._table(node)
        if arrays and isinstance(node, Call):
            if node.operator and any(isinstance(leaf, Range) for leaf in node.leaves()):
                if node.name == "&":
                    raise NeedsEngine
                parts = [self._argument("", part, arrays) for part in node.arguments]
                return Elementwise([], node.name, parts)
            if self._is_live(node):
                return self._call(node, arrays=arrays)
        return self._program(node)

    def _call(self, tree: Call, *, arrays: bool = False) -> EvalNode:
        ask = FallbackNode(tree, self._live, self.constant, self._fallback)
        if any(isinstance(argument, Range) for argument in tree.arguments) and (
            tree.name not in RANGED
        ):
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
                return _Known(join, parts, ask)
            return _Operation(tree.name, parts, ask)
        name, portable = function_of(tree.name)
        if name in BY_NAME:
            return _Ours(name, portable=portable, parts=parts, ask=ask)
        if name in KNOWN:
            return _Known(KNOWN[name], parts, ask)
        return ask

    def _table(self, node: Cell | Range) -> Table:
        rows = [
            [place if place in self._live else Constant(self.constant(place)) for place in row]
            for row in node.places
        ]
        return Table(rows)

    def run(self, settings: Mapping[str, Sequence[object]], count: int) -> Values:
        """Return the values of all live cells in some scenarios.

        Parameters
        ----------
        settings : Mapping[str, Sequence[object]]
            For each input the value in each scenario, as `WorkbookModel.convert` gives it; `KEEP`
            is the workbook's own.
        count : int
            How many scenarios there are.
        """
        given = {
            (cell.sheet, cell.position): settings.get(name, ())
            for name, cell in self.inputs.items()
        }
        self._fallback.needs_engine.clear()
        values: Values = {}
        for place in self.live:
            own = self._own(place, values, count)
            chosen = given.get(place)
            if not chosen:
                values[place] = own
                continue
            kept = own.cells() if any(value is KEEP for value in chosen) else ()
            values[place] = vector(
                [kept[row] if value is KEEP else value for row, value in enumerate(chosen)]  # type: ignore[misc]
            )
        return values

    def _own(self, place: Place, values: Values, count: int) -> Vector:
        program = self._programs.get(place)
        found = self.constant(place) if program is None else program.run(values, count)
        if not isinstance(found, Vector):
            return vector([found] * count)
        if found.data.ndim:
            return found
        codes = None if found.codes is None else np.broadcast_to(found.codes, (count,))
        return Vector(np.broadcast_to(found.data, (count,)), codes)


def _gives_array(node: Node) -> bool:
    """Whether a part of a formula is an operator or a plain function on a range."""
    if not isinstance(node, Call) or not (node.operator or node.name in KNOWN.keys() - RANGED):
        return False
    return any(isinstance(part, Range) or _gives_array(part) for part in node.arguments)


@dataclass(frozen=True)
class _Operation(EvalNode):
    operator: str
    parts: list[EvalNode]
    ask: FallbackNode

    def run(self, values: Values, count: int) -> Operand:
        try:
            operands = [part.run(values, count) for part in self.parts]
            if len(operands) == 1:
                return vectors.unary(self.operator, operands[0])
            return vectors.binary(self.operator, *operands)
        except NeedsEngine:
            return self.ask.run(values, count)


class _Ours(EvalNode):
    """One of our functions, which take vectors by themselves."""

    LIMIT = 2_000

    def __init__(
        self, name: str, *, portable: bool, parts: list[EvalNode], ask: FallbackNode
    ) -> None:
        self._name = name
        self._function = BY_NAME[name]
        self._lookup = portable and name in LOOKUPS
        self._parts, self._ask = parts, ask
        self._known: dict[tuple[Any, ...], CellValue] = {}

    def run(self, values: Values, count: int) -> Operand:
        if any(isinstance(part, Table) for part in self._parts):
            return self._ask.run(values, count)
        operands = [part.run(values, count) for part in self._parts]
        with portable_lookups() if self._lookup else contextlib.nullcontext():
            return self._all_at_once(operands) or self._one_by_one(operands, count)

    def _all_at_once(self, operands: list[Operand]) -> Vector | None:
        arguments = spec_of(self._function).arguments
        if len(operands) > len(arguments):
            return None
        taken: dict[str, Any] = {}
        codes = None
        for argument, operand in zip(arguments, operands, strict=False):
            if isinstance(operand, Vector):
                if not operand.numeric or not isinstance(argument.kind, Quantity):
                    return None
                codes = vectors.merged(codes, operand.codes)
                taken[argument.name] = operand.data
            elif operand is None:
                continue
            elif isinstance(operand, CellError):
                return None
            else:
                taken[argument.name] = operand
        good = None if codes is None else codes == vectors.NO_ERROR
        if good is not None:
            taken = {k: v[good] if isinstance(v, np.ndarray) else v for k, v in taken.items()}
        try:
            result = np.asarray(self._function(**taken), dtype=np.float64)
        except (XlcalcError, TypeError):
            return None
        if good is None:
            return Vector(result)
        data = np.zeros(good.shape)
        data[good] = result
        return Vector(data, codes)

    def _one_by_one(self, operands: list[Operand], count: int) -> Vector:
        columns = [o.cells() if isinstance(o, Vector) else [o] * count for o in operands]
        if len(self._known) > self.LIMIT:
            self._known.clear()
        found = []
        for row in zip(*columns, strict=True):
            key = tuple((type(value), value) for value in row)
            if key not in self._known:
                value = evaluate(self._function, row)
                assert not isinstance(value, list)  # noqa: S101  single values give one
                self._known[key] = value
            found.append(self._known[key])
        return vector(found)


@dataclass(frozen=True)
class _Known(EvalNode):
    """An Excel function on vectors."""

    function: Callable[[list[EvalNode], Values, int], Operand]
    parts: list[EvalNode]
    ask: FallbackNode

    def run(self, values: Values, count: int) -> Operand:
        try:
            return self.function(self.parts, values, count)
        except NeedsEngine:
            return self.ask.run(values, count)
