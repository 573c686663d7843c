"""How does the engine answer for a part of a formula that vectors do not know?

The part is written on a sheet of its own, in as many copies as there are combinations of values to
ask for, and the engine calculates all of them at once.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice

from xlcalc.calc.engine import Engine, is_beyond
from xlcalc.calc.vectorised.calculation_order import Dependencies
from xlcalc.calc.vectorised.nodes import EvalNode, Values
from xlcalc.calc.vectorised.syntax import (
    Call,
    Cell,
    Literal,
    Node,
    NotVectorised,
    Place,
    Range,
    address_of,
)
from xlcalc.calc.vectorised.vectors import NeedsEngine, Operand, vector
from xlcalc.cells import CellError, CellValue
from xlcalc.ooxml.markup import cell_name

_GAP = "\x00"
"""Stands around the number of a gap; no formula has it."""
_GAPS = re.compile(f"{_GAP}\\d+{_GAP}")
_CUTTABLE = {
    *("SUM", "SUMIF", "SUMIFS", "SUMSQ", "PRODUCT", "AVERAGE", "AVERAGEIF", "AVERAGEIFS"),
    *("MIN", "MAX", "MINIFS", "MAXIFS", "COUNT", "COUNTA", "MEDIAN", "MODE", "LARGE", "SMALL"),
    *("STDEV", "STDEVP", "STDEV.S", "STDEV.P", "VAR", "VARP", "VAR.S", "VAR.P", "AND", "OR"),
    *("MATCH", "LOOKUP", "VLOOKUP", "HLOOKUP", "AGGREGATE", "RANK", "PERCENTILE", "QUARTILE"),
}
"""Functions that do not see the empty cells at the end of a column. COUNTIF may count them."""
_FIRST_GAP = 3
"""The column where the gaps begin, behind the formula and what stops it from spilling."""

GIVES_CELLS = {
    *("INDEX", "CHOOSE", "IF", "IFS", "SWITCH", "IFERROR", "IFNA", "OFFSET", "INDIRECT"),
    *("VLOOKUP", "HLOOKUP", "LOOKUP", "XLOOKUP"),
}
"""Functions that may give an empty cell as such: 0 to a sum, and "" to a comparison."""


class EngineFallback:
    """The engine as a calculator for parts of formulas, on sheets of its own.

    Parameters
    ----------
    engine : Engine
        The workbook, calculated.

    Attributes
    ----------
    needs_engine : set of int
        Scenarios with a value that no cell holds, and with which the engine would go on.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._fixed: dict[str, Place] = {}
        self.needs_engine: set[int] = set()
        self._questions: dict[tuple[str, tuple[tuple[int, int], ...]], FallbackFormula] = {}
        self._scratch = engine.add_scratch_sheet()

    def fix(self, nodes: Iterable[Node]) -> None:
        """Calculate parts of formulas that no scenario changes, all at once.

        One by one, each would have the engine look at the whole workbook again.
        """
        before = len(self._fixed)
        for node in nodes:
            text = node.text(address_of)
            if text in self._fixed:
                continue
            row = 1 + 2 * len(self._fixed)
            self._fixed[text] = self._scratch, (row, 1)
            self._engine.set_formula(self._scratch, (row, 1), f"={text}")
            for beside in ((row, 2), (row + 1, 1)):  # no array spills over these
                self._engine.set_value(self._scratch, beside, True)
        if len(self._fixed) > before:
            self._engine.calculate()

    def fixed(self, node: Node, *, nested: bool = True) -> CellValue:
        """Return the value of a formula, or a nested part of one, that no scenario changes.

        Raises
        ------
        NeedsEngine
            If the part gives several values, or perhaps an empty cell: what takes them has to be
            asked for as a whole.
        """
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Cell):
            return self._engine.value(*node.place)
        self.fix([node])
        text = node.text(address_of)
        value = self._engine.value(*self._fixed[text])
        if isinstance(value, CellError) and value.code == "#SPILL!":
            raise NeedsEngine
        if nested and isinstance(node, Call) and node.name in GIVES_CELLS and _is_zero(value):
            raise NeedsEngine  # it may be an empty cell, which is "" as well
        if is_beyond(value):
            raise NotVectorised(f"a part of a formula is beyond what a cell holds: {text:.60}")
        return value

    @property
    def asked(self) -> list[str]:
        """The parts of formulas that were asked for several scenarios, cells that change as `□`."""
        return [_GAPS.sub("□", text) for text, _ in self._questions]

    def question(self, text: str, shapes: tuple[tuple[int, int], ...]) -> "FallbackFormula":
        """Return the question of a formula with gaps of some heights and widths."""
        key = text, shapes
        if key not in self._questions:
            self._questions[key] = FallbackFormula(self._engine, text, shapes)
        return self._questions[key]


class FallbackFormula:
    """A formula with gaps.

    Parameters
    ----------
    engine : Engine
        Where it is calculated.
    text : str
        The formula, each gap as its number between two marks.
    shapes : tuple of (int, int)
        Rows and columns of each gap.
    """

    KNOWN = 2_000
    """Answers that are kept."""
    ROOM = 20_000
    """Cells of the copies that are calculated at once."""

    def __init__(self, engine: Engine, text: str, shapes: tuple[tuple[int, int], ...]) -> None:
        self._engine, self._sheet = engine, engine.add_scratch_sheet()
        self._text, self._shapes = text, shapes
        self._height = max(height for height, _ in shapes)
        self._width = sum(width for _, width in shapes)
        self._most = max(1, self.ROOM // (self._height * self._width))
        self._copies = 0
        self._known: dict[tuple[object, ...], CellValue] = {}

    def answers(self, keys: list[tuple[CellValue, ...]]) -> list[CellValue]:
        """Return the value of the formula for each filling, the cells of all gaps row by row."""
        # TRUE equals 1 in Python, and is another value in Excel.
        marked = [tuple([(v,) if v is True or v is False else v for v in key]) for key in keys]
        if len(self._known) > self.KNOWN:
            self._known.clear()
        known = self._known
        asked = iter(
            {m: key for m, key in zip(marked, keys, strict=True) if m not in known}.items()
        )
        while block := dict(islice(asked, self._most)):
            known.update(zip(block, self._calculated(list(block.values())), strict=True))
        return [known[key] for key in marked]

    def _calculated(self, keys: list[tuple[CellValue, ...]]) -> list[CellValue]:
        self._grow(len(keys))
        rows: list[list[CellValue]] = []
        for key in keys:
            cells = iter(key)
            filled: list[list[CellValue]] = [[] for _ in range(self._height)]
            for height, width in self._shapes:
                for row in filled[:height]:
                    row += islice(cells, width)
                for row in filled[height:]:
                    row += [None] * width
            rows += filled
        self._engine.set_values(self._sheet, (1, _FIRST_GAP), rows)
        self._engine.calculate()
        found = [
            self._engine.value(self._sheet, (1 + copy * self._height, 1))
            for copy in range(len(keys))
        ]
        if any(isinstance(value, CellError) and value.code == "#SPILL!" for value in found):
            raise NeedsEngine  # what takes all these values has to be asked for as a whole
        return found

    def _grow(self, copies: int) -> None:
        """Make more copies, with something beside and below each that no array spills over."""
        for copy in range(self._copies, copies):
            top = 1 + copy * self._height
            self._engine.set_formula(self._sheet, (top, 1), self._copy(copy))
            self._engine.set_value(self._sheet, (top, 2), True)
            self._engine.set_value(self._sheet, (top + 1, 1), True)
        self._copies = max(self._copies, copies)

    def _copy(self, copy: int) -> str:
        """Return the formula whose gaps are the cells of one copy."""
        text = self._text
        top, left = 1 + copy * self._height, _FIRST_GAP
        for number, (height, width) in enumerate(self._shapes):
            first, last = (top, left), (top + height - 1, left + width - 1)
            box = cell_name(first) if first == last else f"{cell_name(first)}:{cell_name(last)}"
            text = text.replace(f"{_GAP}{number}{_GAP}", f"'{self._sheet}'!{box}")
            left += width
        return f"={text}"


class FallbackNode(EvalNode):
    """A part of a formula that the engine computes.

    Parameters
    ----------
    tree : Call
        The part.
    dependencies : Dependencies
        Says which cells scenarios change.
    constant : callable
        Gives the value of any other cell.
    fallback : EngineFallback
        The engine.
    nested : bool
        Whether something else of the formula takes its value.
    """

    def __init__(
        self,
        tree: Call,
        dependencies: Dependencies,
        constant: Callable[[Place], CellValue],
        fallback: EngineFallback,
        *,
        nested: bool = True,
    ) -> None:
        self._tree, self._dependencies = tree, dependencies
        self._may_be_empty = nested and tree.name in GIVES_CELLS
        self._constant, self._fallback = constant, fallback
        self._question: FallbackFormula | None = None

    def _prepare(self) -> FallbackFormula:
        gaps: dict[Cell | Range, int] = {}
        cut = self._cuts_columns()

        def address(leaf: Cell | Range) -> str:
            if self._dependencies.live_in(leaf):
                return f"{_GAP}{gaps.setdefault(leaf, len(gaps))}{_GAP}"
            if cut and isinstance(leaf, Range):
                leaf = replace(leaf, whole="")
            return address_of(leaf)

        text = self._tree.text(address)
        self._places = [place for leaf in gaps for row in leaf.places for place in row]
        shapes = tuple((len(leaf.places), len(leaf.places[0])) for leaf in gaps)
        return self._fallback.question(text, shapes)

    def _cuts_columns(self) -> bool:
        """Whether whole columns or rows are cut to the cells that exist, for a copy of them.

        Raises
        ------
        NotVectorised
            If a function would give something else for the cut ones.
        """
        wholes = {leaf for leaf in self._tree.leaves() if isinstance(leaf, Range) and leaf.whole}
        if not any(map(self._dependencies.live_in, wholes)):
            return False
        for call in self._tree.calls():
            if call.name not in _CUTTABLE and not wholes.isdisjoint(call.arguments):
                raise NotVectorised(f"it uses a whole column or row in {call.name}")
        if len(set(map(_length, wholes))) > 1:
            raise NotVectorised("it uses whole columns of sheets of several lengths")
        return True

    def run(self, values: Values, count: int) -> Operand:
        """Return its values.

        Raises
        ------
        NeedsEngine
            If one may be an empty cell, which the engine shows as 0: what takes it has to be asked
            for as a whole.
        """
        if self._question is None:
            self._question = self._prepare()
        columns = [
            values[place].cells() if place in values else [self._constant(place)] * count
            for place in self._places
        ]
        answers = self._question.answers(list(zip(*columns, strict=True)))
        self._fallback.needs_engine.update(
            row for row, value in enumerate(answers) if is_beyond(value)
        )
        if self._may_be_empty and any(map(_is_zero, answers)):
            raise NeedsEngine
        return vector(answers)


def _is_zero(value: CellValue) -> bool:
    return type(value) is float and value == 0.0


def _length(leaf: Range) -> tuple[str, int]:
    return leaf.whole, leaf.box[2] if leaf.whole == "columns" else leaf.box[3]
