"""What are the values of a workbook's cells, as it stands and for other inputs?

The file is loaded into an engine once as it stands; after an evaluation for other inputs they are
put back, so that nothing of one stays in the next. An engine never sees a stored value of a
formula: it would hand it back for what it cannot calculate. It reads the file without them, and
with marks where an argument is left out.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias

from xlcalc.calc.engine import Engine, mark_left_out
from xlcalc.calc.engines.files import with_constants
from xlcalc.calc.iteration import Circle
from xlcalc.calc.named_cells import NamedCell
from xlcalc.calc.precision import with_displayed_precision
from xlcalc.calc.readable import readable
from xlcalc.calc.spilling import DynamicArrays, Spills
from xlcalc.calc.structured_references import with_plain_references
from xlcalc.cells import CellError, CellValue
from xlcalc.formula_text import may_leave_out
from xlcalc.ooxml.edits import map_formulas, write_cells
from xlcalc.ooxml.markup import Position, same
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.reduced import is_unusual, reduced
from xlcalc.ooxml.sheet import FormulaCell
from xlcalc.ooxml.spills import with_extents
from xlcalc.ooxml.stored_values import counts_from_1904, without_stored_values

SHOWN_REASONS = 3
"""How many sentences of functions explain an error."""
Cells: TypeAlias = Mapping[str, Mapping[Position, CellValue]]
"""Values of cells, by sheet and position."""


@dataclass
class Evaluation:
    """The named values of a workbook for some inputs.

    Attributes
    ----------
    values : dict[str, CellValue]
        Value of every named cell.
    failures : dict[str, CellError]
        Sentences behind the errors of worksheet functions.
    cached : dict of str to dict
        The values of the formula cells of each sheet, but of those that hold a constant now.
    constants : dict of str to dict
        The values of the inputs that were set, by sheet.
    spills : mapping of str to Spills
        The dynamic arrays of each sheet that fill other cells than the file says.
    """

    values: dict[str, CellValue]
    failures: dict[str, CellError]
    cached: dict[str, dict[Position, CellValue]] = field(repr=False)
    constants: Cells = field(repr=False)
    spills: Mapping[str, Spills] = field(default_factory=dict, repr=False)

    def unit(self, cell: NamedCell) -> str:
        """Return the unit beside a named cell, which may follow from an input."""
        row, column = cell.position
        unit = self.cached[cell.sheet].get((row, column + 1), cell.unit)
        return unit if isinstance(unit, str) else ""

    def explain(self, name: str, inputs: Iterable[str] = ()) -> str:
        """Return the reason for an error in a named cell.

        That is what worksheet functions say, or where they say nothing, or too much, the first
        input that has the error itself.
        """
        value = self.values[name]
        code = value.code if isinstance(value, CellError) else ""
        reasons = [sentence for sentence, error in self.failures.items() if error.code == code]
        errors = {own: self.values.get(own) for own in inputs}
        without = [n for n, error in errors.items() if getattr(error, "code", None) == code]
        if without and not 0 < len(reasons) <= SHOWN_REASONS:
            reasons = [f"the input {without[0]} has no value, and must be given"]
        return f"{name} is {code}" + (f": {'; '.join(reasons[:SHOWN_REASONS])}" if reasons else "")


class _ChangedEngine(NamedTuple):
    """An engine, and the cells in which it has other constants than the workbook."""

    engine: Engine
    places: set[tuple[str, Position]]


class Calculator:
    """A workbook that can be calculated for other constants in its cells.

    Parameters
    ----------
    package : Package
        The workbook.
    formulas : mapping of str to mapping
        The formula cells of each sheet.
    names : mapping of str to (str, (int, int))
        Sheet and position of each named cell.
    now : datetime
        The moment of TODAY and NOW.
    circle : callable
        Returns the cells that follow from themselves, where the workbook iterates and has some.
    """

    def __init__(
        self,
        package: Package,
        formulas: Mapping[str, Mapping[Position, FormulaCell]],
        names: Mapping[str, tuple[str, Position]],
        now: datetime,
        circle: Callable[[], Circle | None] = lambda: None,
    ) -> None:
        self._circle = circle
        self._package, self._formulas, self.names, self._now = package, formulas, names, now
        self._pinned: Cells = {}
        self._last: tuple[object, Evaluation] | None = None
        self._changed: _ChangedEngine | None = None

    @property
    def engine(self) -> Engine:
        """The workbook as it stands, calculated; sheets may be added, but no cell changed."""
        return self._as_it_stands[0]

    def pin(self, values: Cells) -> None:
        """Let some formula cells keep a value, which the others go on with."""
        if values != self._pinned:
            self._pinned = values
            self._changed = None
            self.__dict__.pop("_as_it_stands", None)

    def calculate(self, constants: Cells, pinned: Cells | None = None) -> Evaluation:
        """Return the values for constants in some cells, by sheet and position.

        Parameters
        ----------
        constants : mapping of str to mapping of (int, int) to CellValue
            Values that are put into cells.
        pinned : mapping of str to mapping of (int, int) to CellValue, optional
            Values that formula cells have in place of what they give; those of `pin` if left out.

        Raises
        ------
        WorkbookError
            If the engine cannot calculate the workbook.
        """
        pinned = self._pinned if pinned is None else pinned
        if not constants and pinned == self._pinned:
            return self._as_it_stands[1]
        asked = _told_apart(constants), _told_apart(pinned)
        if self._last is None or self._last[0] != asked:
            engine = self._engine_for(constants, pinned)
            self._last = asked, self._evaluated(engine, constants, pinned)
            if self._changed is not None and (engine.failures or engine.has_errors_put):
                self._changed = None  # what it holds is not the workbook any more
        return self._last[1]

    def _engine_for(self, constants: Cells, pinned: Cells) -> Engine:
        """Return the engine of the last evaluation with its inputs put back, or a new one.

        A function that fails says why when it is called; so the engine is used again only where
        none failed, in the workbook as it stands or in the last evaluation.
        """
        if pinned is not self._pinned:
            return self._load(pinned)
        places = _places(constants)
        before, base = self._changed, self._as_it_stands
        self._changed = None
        if base[1].failures or self._circle() or any(p in self._formulas[s] for s, p in places):
            return self._load(pinned)
        if before is None:
            before = _ChangedEngine(self._load(pinned), set())
        for sheet, position in before.places - places:
            before.engine.set_values(sheet, position, [[base[0].value(sheet, position)]])
        self._changed = _ChangedEngine(before.engine, places)
        return before.engine

    @functools.cached_property
    def _as_it_stands(self) -> tuple[Engine, Evaluation]:
        engine = self._load(self._pinned)
        return engine, self._evaluated(engine, {}, self._pinned)

    def _evaluated(self, engine: Engine, constants: Cells, pinned: Cells) -> Evaluation:
        for sheet, values in constants.items():
            for position, constant in values.items():
                engine.set_value(sheet, position, constant)
        circle = self._circle()
        if circle is not None:
            circle.calculate(engine, _places(constants) | _places(pinned))
        places = {
            sheet: [place for place, cell in formulas.items() if cell.kind != "dataTable"]
            for sheet, formulas in self._formulas.items()
        }
        cached = {
            sheet: {
                place: _shown(self._formulas[sheet][place]) if value is None else value
                for place, value in values.items()
                if place not in constants.get(sheet, {})
            }
            for sheet, values in engine.calculate_cells(places, self._arrays).items()
        }
        named = {name: engine.value(*place) for name, place in self.names.items()}
        spills = self._dynamic.spills(engine, _places(pinned))
        return Evaluation(named, dict(engine.failures), cached, constants, spills)

    @functools.cached_property
    def _dynamic(self) -> DynamicArrays:
        return DynamicArrays(self._package, self._formulas)

    @functools.cached_property
    def _arrays(self) -> set[tuple[str, Position]]:
        """The cells of array formulas, which have their formula in common."""
        return {
            (sheet, position)
            for sheet, formulas in self._formulas.items()
            for position, cell in formulas.items()
            if cell.kind in {"array", "spill"}
        }

    def _load(self, pinned: Cells) -> Engine:
        """Return the workbook in an engine of its own, which has still to calculate it."""
        package, odd = with_constants(self._bare, pinned)
        date1904 = counts_from_1904(self._package)
        engine = Engine(package.to_stored_bytes(), self._package.name, date1904=date1904)
        engine.set_clock(self._now)
        for sheet, formulas in self._formulas.items():
            engine.know_add_in("\n".join(formula.text for formula in formulas.values()))
            for position, formula in formulas.items():
                if formula.kind == "dataTable" and not isinstance(formula.value, CellError):
                    engine.set_value(sheet, position, formula.value)
        for sheet, values in odd.items():
            for position, value in values.items():
                engine.set_values(sheet, position, [[value]])
        return engine

    @functools.cached_property
    def _bare(self) -> Package:
        """The workbook as an engine reads it."""
        package = with_displayed_precision(with_plain_references(self._package))
        read = reduced(package) if is_unusual(package) else package
        package = without_stored_values(read)
        for sheet, formulas in self._formulas.items():
            texts = {formula.text for formula in formulas.values()}
            if may_leave_out("\n".join(texts)) or any(readable(text) != text for text in texts):
                part = package.sheets[sheet]
                package.replace(part, map_formulas(package.part(part), _as_read))
        return package


def _as_read(formula: str) -> str:
    return mark_left_out(readable(formula))


def written(
    package: Package,
    formulas: Mapping[str, Mapping[Position, FormulaCell]],
    evaluation: Evaluation,
) -> Package:
    """Return a copy of a workbook with the values of an evaluation, everything else as it was.

    Charts lose the points that they keep of their cells, which would show the old values.
    """
    package = package.copy()
    changed = False
    for sheet, part in package.sheets.items():
        constants = evaluation.constants.get(sheet, {})
        own = formulas[sheet]
        cached = {
            position: value
            for position, value in evaluation.cached[sheet].items()
            if not same(own[position].value, value)
        }
        spills = evaluation.spills.get(sheet, Spills())
        if cached or constants or spills.extents:
            data = write_cells(package.part(part), cached, {**constants, **spills.values})
            package.replace(part, with_extents(data, spills.extents))
            changed = True
        if constants.keys() & own.keys():
            package.drop_calculation_chain()
    if changed:
        package.drop_chart_caches()
    return package


def _places(cells: Cells) -> set[tuple[str, Position]]:
    return {(sheet, position) for sheet, values in cells.items() for position in values}


def _told_apart(cells: Cells) -> set[tuple[str, Position, type, CellValue]]:
    """Return what equals the same of the same values alone: TRUE is not 1."""
    return {
        (sheet, position, type(value), value)
        for sheet, values in cells.items()
        for position, value in values.items()
    }


def _shown(formula: FormulaCell) -> CellValue:
    """Return what a formula cell without a value caches: where it points at an empty one, zero."""
    return None if formula.kind == "spill" else 0.0
