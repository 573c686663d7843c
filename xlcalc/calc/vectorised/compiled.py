"""What are the values of all live cells of a workbook in many scenarios?

The formulas are read, put into the order of calculation and made into nodes once; `run` evaluates
them for a block of scenarios. The head of the package explains the parts.
"""

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.vectorised.building import Builder
from xlcalc.calc.vectorised.calculation_order import Dependencies, Leaf
from xlcalc.calc.vectorised.fallback import EngineFallback
from xlcalc.calc.vectorised.functions import DATED
from xlcalc.calc.vectorised.nodes import EvalNode, Values
from xlcalc.calc.vectorised.reading import Reader
from xlcalc.calc.vectorised.syntax import Node, NotVectorised, Place
from xlcalc.calc.vectorised.vectors import NeedsEngine, Vector, vector
from xlcalc.cells import CellValue
from xlcalc.ooxml.calculation import shows_all_digits
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.spills import dynamic_arrays
from xlcalc.ooxml.stored_values import counts_from_1904


@contextlib.contextmanager
def _said_of(place: Place) -> Iterator[None]:
    """Name the cell in a reason why a workbook is not vectorised."""
    try:
        yield
    except NotVectorised as reason:
        raise NotVectorised(f"{place[0]}!{cell_name(place[1])}: {reason}") from None


class _Keep:
    """An input that a scenario leaves as it is."""


KEEP = _Keep()
Column: TypeAlias = Sequence[object] | NDArray[np.float64]
"""What scenarios set an input to."""


class VectorisedWorkbook:
    """A workbook as one evaluation for many scenarios.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    inputs : iterable of str
        Names of the inputs that scenarios set.
    wanted : collection of (str, (int, int)), optional
        The cells whose values are asked for; all if left out. What they do not need is not
        calculated.

    Attributes
    ----------
    live : list of (str, (int, int))
        The cells that follow from these inputs, and these inputs, in the order of calculation;
        of these cells the ones that the wanted ones need.

    Raises
    ------
    NotVectorised
        If a formula that follows from the inputs is none that vectors or the engine can compute by
        itself.
    """

    def __init__(
        self,
        model: WorkbookModel,
        inputs: Iterable[str],
        wanted: Collection[Place] | None = None,
    ) -> None:
        self._model = model
        self._engine = model.engine
        self.inputs = {cell.name: cell for cell in map(model.input, inputs)}
        varied = {(cell.sheet, cell.position) for cell in self.inputs.values()}
        if not shows_all_digits(model.package):
            raise NotVectorised("the workbook calculates with the digits that its cells show")
        self._refuse_others(varied)
        if wanted is not None:
            self._refuse_dynamic_arrays(varied)
        trees = self._trees(wanted)
        dependencies = Dependencies(trees, varied)
        self.live = dependencies.order(wanted)
        self._refuse_arrays(trees.keys() & set(self.live))
        self._fallback = EngineFallback(self._engine)
        without = DATED if counts_from_1904(model.package) else set()
        builder = Builder(dependencies, self.constant, self._fallback, without)
        builder.fix_constants(trees[place] for place in self.live if place in trees)
        self._programs: dict[Place, EvalNode] = {}
        for place in self.live:
            if place in trees:
                with _said_of(place):
                    self._programs[place] = builder.formula(trees[place])

    def _trees(self, wanted: Collection[Place] | None) -> dict[Place, Node]:
        """Return the formulas that some cells need as trees, all of them for None.

        The values of what-if tables are constants. In a plan of 17,000 formulas a result may need
        3,000, and to read the others would take longer than to calculate these.
        """
        reader = Reader(self._model)
        trees: dict[Place, Node] = {}
        formulas, untrusted = self._model.formulas, self._model.trust.untrusted
        waiting = [(s, p) for s, cells in formulas.items() for p in cells]
        if wanted is not None:
            waiting = list(wanted)
        seen: set[Place] = set(waiting)
        leaves: set[Leaf] = set()
        while waiting:
            sheet, position = place = waiting.pop()
            formula = formulas.get(sheet, {}).get(position)
            if formula is None or formula.kind == "dataTable" or place in untrusted:
                continue
            text = self._text(place)
            if not text:
                continue
            with _said_of(place):
                trees[place] = reader.read(text, sheet, position)
            if wanted is None:
                continue
            for leaf in trees[place].leaves():
                if leaf not in leaves:
                    leaves.add(leaf)
                    new = [read for row in leaf.places for read in row if read not in seen]
                    seen.update(new)
                    waiting.extend(new)
        return trees

    def _text(self, place: Place) -> str:
        """Return the formula behind a cell; for one that an array fills, that of the array."""
        if self._model.formulas[place[0]][place[1]].kind == "spill":
            return self._model.texts[place]
        return self._model.plain_text(*place)

    def _refuse_others(self, varied: Iterable[Place]) -> None:
        """Refuse inputs from which a cell follows that another engine has to calculate."""
        changed: dict[str, dict[Position, CellValue]] = {}
        for sheet, position in varied:
            changed.setdefault(sheet, {})[position] = None
        for sheet, position in sorted(self._model.needs_others(changed)):
            raise NotVectorised(f"{sheet}!{cell_name(position)} is calculated by another engine")

    def _refuse_dynamic_arrays(self, varied: Collection[Place]) -> None:
        """Refuse inputs that may let an array fill more cells: which ones, no formula says."""
        anchors = {
            (sheet, position)
            for sheet, part in self._model.package.sheets.items()
            for position in dynamic_arrays(self._model.package.part(part))
        }
        growing = anchors & self._model.dependents.reach(varied) if anchors else set()
        for sheet, position in sorted(growing):
            raise NotVectorised(f"{sheet}!{cell_name(position)} fills as many cells as it needs")

    def _refuse_arrays(self, places: set[Place]) -> None:
        for sheet, position in sorted(places):
            if self._model.formulas[sheet][position].kind in {"array", "spill"}:
                raise NotVectorised(f"{sheet}!{cell_name(position)} is an array formula")

    @property
    def needs_engine(self) -> set[int]:
        """The scenarios of the last run that the engine has to calculate as a whole.

        Within a formula it goes on with a number or a text that no cell can hold.
        """
        return self._fallback.needs_engine

    @property
    def asked(self) -> list[str]:
        """The parts of formulas that the engine computed so far, cells that change as `□`."""
        return self._fallback.asked

    def constant(self, place: Place) -> CellValue:
        """Return the value of a cell that no scenario changes."""
        return self._engine.value(*place)

    def run(self, settings: Mapping[str, Column], count: int) -> Values:
        """Return the values of all live cells in some scenarios.

        Parameters
        ----------
        settings : Mapping[str, Sequence[object] or numpy.ndarray]
            For each input the value in each scenario, as `WorkbookModel.read_entry` gives it;
            `KEEP` is the workbook's own. Numbers may come as an array of finite floats.
        count : int
            How many scenarios there are.
        """
        given = {
            (cell.sheet, cell.position): settings.get(name, ())
            for name, cell in self.inputs.items()
        }
        self._fallback.needs_engine.clear()
        values: Values = {}
        with np.errstate(all="ignore"):  # a number that is not finite becomes an error of its cell
            for place in self.live:
                values[place] = self._value(place, given.get(place), values, count)
        return values

    def _value(self, place: Place, chosen: Column | None, values: Values, count: int) -> Vector:
        """Return the values of a cell: what scenarios set, or what its formula gives."""
        if isinstance(chosen, np.ndarray):
            return Vector(chosen)
        own = self._own(place, values, count)
        if not chosen:
            return own
        kept = own.cells() if any(value is KEEP for value in chosen) else ()
        return vector(
            [kept[row] if value is KEEP else value for row, value in enumerate(chosen)]  # type: ignore[misc]
        )

    def _own(self, place: Place, values: Values, count: int) -> Vector:
        program = self._programs.get(place)
        try:
            found = self.constant(place) if program is None else program.run(values, count)
        except NeedsEngine:
            with _said_of(place):
                raise NotVectorised("a formula gives more than one value") from None
        if not isinstance(found, Vector):
            found = vector([found] * count)
        return found if program is None else _shown(found)


def _shown(found: Vector) -> Vector:
    """Return what a cell holds of a formula's values: 0 for an empty cell that it gives."""
    if found.data.dtype != object or None not in found.data.tolist():
        return found
    shown: list[CellValue] = [0.0 if value is None else value for value in found.cells()]
    return vector(shown)
