"""What does one engine say of the cells of a workbook, and on which has it no voice?

An engine has no voice on a cell that it cannot calculate: it has no value there, does not know a
function of the formula, or says so by an error. Nor has it one on what follows from such a cell,
since IFERROR would hide that it could not calculate. Where others decide what the cell holds, it is
pinned: the engine gets the value in place of the formula, and has a voice again on what follows.
"""

from collections.abc import Collection, Mapping
from typing import Protocol, TypeAlias

from xlcalc.calc.dependents import Place
from xlcalc.calc.differences import OURS, same_value
from xlcalc.calc.engine import knows
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import WorkbookError
from xlcalc.ooxml.markup import Position
from xlcalc.ooxml.sheet import array_cells

_CANNOT = {"#NAME?", "#CALC!", "#BUSY!", "#CONNECT!", "#BLOCKED!", "#UNKNOWN!"}
"""Errors by which an engine says that it does not know how."""
_GUESSES = "betteroffice"
"""An engine whose file has #CALC! for what it cannot calculate."""

Constants: TypeAlias = Mapping[str, Mapping[Position, CellValue]]
"""Values of cells, by sheet and position."""


class Witness(Protocol):
    """An engine that is asked for the values of a workbook."""

    name: str

    def values(
        self,
        model: WorkbookModel,
        constants: Constants | None = None,
        pinned: Constants | None = None,
    ) -> Mapping[str, Mapping[Position, CellValue]]:
        """Return the values of the formula cells that it can calculate.

        `constants` are put into cells first, and `pinned` ones take the place of formulas.
        """

    def unknown(self, functions: Collection[str]) -> set[str]:
        """Return the functions, as a file writes them, that the engine does not know."""


class OwnEngine:
    """Our engine, which calls Python for our functions, as a witness."""

    name = OURS

    def values(
        self,
        model: WorkbookModel,
        constants: Constants | None = None,
        pinned: Constants | None = None,
    ) -> Mapping[str, Mapping[Position, CellValue]]:
        """Return the values of the formula cells."""
        return model.calculate(constants or {}, pinned or {}).cached

    def unknown(self, functions: Collection[str]) -> set[str]:
        """Return the functions that the engine does not know."""
        return {name for name in functions if not knows(name)}


class Voice:
    """An engine that calculates a workbook, some of whose cells are pinned.

    Parameters
    ----------
    witness : Witness
        The engine.
    model : WorkbookModel
        The workbook.
    unknown : collection of str
        The functions of the workbook that it does not know.
    calling : mapping of (str, (int, int)) to set of str
        The functions that each formula calls.

    Attributes
    ----------
    name : str
        Name of the engine.
    pins : dict of (str, (int, int)) to CellValue
        The cells that it is not trusted with, and the values that it got there.
    failure : str
        Why it has no values at all, if it has none.
    """

    def __init__(
        self,
        witness: Witness,
        model: WorkbookModel,
        unknown: Collection[str],
        calling: Mapping[Place, frozenset[str]],
    ) -> None:
        self.name = witness.name
        self.pins: dict[Place, CellValue] = {}
        self.failure = ""
        self._witness, self._model, self._calling = witness, model, calling
        self._values: dict[Place, CellValue] = {}
        self._silent: set[Place] = set()
        self._unknown = set(unknown)

    def ask(self, constants: Constants | None = None) -> None:
        """Let the engine calculate, with constants in some cells and with what is pinned."""
        self.failure = ""
        try:
            found = self._witness.values(self._model, constants, by_sheet(self.pins))
        except WorkbookError as failure:
            self.failure = str(failure)
            self._values, self._silent = {}, set(self._calling)
            return
        self._values = {
            (sheet, position): value
            for sheet, cells in found.items()
            for position, value in cells.items()
        }
        values, unknown = self._values, self._unknown
        roots = [
            place
            for place, functions in self._calling.items()
            if (
                place not in values
                or (functions and unknown and functions & unknown)
                or (type(values[place]) is CellError and self._cannot(place, values[place]))
            )
            and place not in self.pins
        ]
        self._silent = self._model.dependents.of(roots, self.pins) if roots else set()

    def _cannot(self, place: Place, value: CellValue) -> bool:
        """Whether an error says that the engine cannot calculate, and not what the cell holds."""
        if not isinstance(value, CellError) or value.code not in _CANNOT:
            return False
        if value.code == "#CALC!" and self.name != _GUESSES and not value.message:
            return False  # an answer, as that of FILTER where nothing is left
        sheet, position = place
        cell = self._model.formulas[sheet][position]
        # What an array fills may hold an error of the cells that it reads.
        return cell.kind != "spill" and not same_value(cell.value, value)

    def has(self, place: Place) -> bool:
        """Whether the engine has a voice on a cell."""
        return place in self._values and place not in self._silent and place not in self.pins

    def knows_of(self, place: Place) -> bool:
        """Whether the engine gives any value, be it without a voice."""
        return place in self._values and place not in self.pins

    def says(self, place: Place) -> CellValue:
        """Return the value that the engine gives."""
        return self._values[place]

    def pin(self, values: Mapping[Place, CellValue]) -> bool:
        """Give the engine values in place of formulas, and return whether it must calculate again.

        A formula that fills several cells is pinned in all of them.
        """
        new = {
            place: value
            for place, value in values.items()
            if place not in self.pins or not same_value(self.pins[place], value)
        }
        self.pins.update(new)
        return bool(new)


def by_sheet(values: Mapping[Place, CellValue]) -> dict[str, dict[Position, CellValue]]:
    """Return values of cells by sheet and position."""
    found: dict[str, dict[Position, CellValue]] = {}
    for (sheet, position), value in values.items():
        found.setdefault(sheet, {})[position] = value
    return found


def arrays_of(model: WorkbookModel) -> dict[Place, frozenset[Place]]:
    """Return for each cell that an array formula fills all cells that it fills."""
    found: dict[Place, frozenset[Place]] = {}
    for sheet, cells in model.formulas.items():
        for position, cell in cells.items():
            if cell.kind == "array":
                filled = frozenset(
                    (sheet, other) for other in array_cells(position, cell.extent) if other in cells
                )
                found.update(dict.fromkeys(filled, filled))
    return found
