"""Are the values that a file stores those that its formulas give?

A workbook that Excel saved carries its own test: its stored values. It is calculated untouched by
an engine that never sees them. Where all come back, the engine is trusted with changed inputs.
Where one does not, other engines are asked as witnesses, and each such cell gets a verdict:

    right    a witness gives the stored value back: our engine is at fault, and the value stays
    stale    two engines agree on another value: the stored one is old, and is renewed
    kept     no engine can calculate the cell, as with functions of VBA: the stored value stays
    unsure   engines disagree, or one alone gives another value: a person has to decide
    new      there was no stored value, and two engines agree on one

An engine that does not know a function of a cell has no voice on it, nor on what follows from it:
IFERROR would hide that it could not calculate. For the same reason no two engines prove a value old
whose formula hides errors itself. Volatile functions and what follows from them are left aside.
"""

import functools
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from xlcalc.calc.dependents import Place
from xlcalc.calc.engine import function_of, knows
from xlcalc.calc.evaluation import Evaluation
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import WorkbookError
from xlcalc.formula_text import bare_name, called_functions
from xlcalc.ooxml.calculation import iterates
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.stored_values import stored_values
from xlcalc.registry import BY_NAME

OURS = "formualizer"
"""The engine that is asked first."""
TOLERANCE = 1e-9
"""Relative difference up to which two numbers are one."""
_SMALLEST = 1e-14
"""Absolute difference up to which they are: what is left of figures that cancel."""
_VOLATILE = {"NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "CELL", "INFO"}
_HIDES_ERRORS = re.compile(r"\b(?:IFERROR|IFNA|ISERROR|ISERR|ISNA|ERROR\.TYPE|AGGREGATE)\b", re.I)
_CANNOT = {"#NAME?", "#CALC!", "#BUSY!", "#CONNECT!", "#BLOCKED!", "#UNKNOWN!"}
"""Errors by which an engine says that it does not know how."""
_ANSWERS = {"#DIV/0!", "#NUM!", "#N/A"}
"""Errors that are answers."""


class Verdict(StrEnum):
    """What becomes of a cell whose stored value our engine does not give back."""

    RIGHT = "right"
    STALE = "stale"
    KEPT = "kept"
    UNSURE = "unsure"
    NEW = "new"


@dataclass(frozen=True)
class Difference:
    """A cell whose stored value our engine does not give back.

    Attributes
    ----------
    place : (str, (int, int))
        Where it stands.
    stored, calculated : CellValue
        The value in the file, and the one that engines agree on, or else ours.
    formula : str
        The formula, without `=`.
    verdict : Verdict
        What becomes of it.
    ours : CellValue
        What our engine makes of it, whether it has a voice on it or not; None if nothing.
    """

    place: Place
    stored: CellValue
    calculated: CellValue
    formula: str
    verdict: Verdict
    ours: CellValue = None

    def __str__(self) -> str:
        """Return the difference as a line.

        `Sheet!C5  35 → 0  =SUM(...)` where another value is to take the place of the stored one,
        and `Sheet!C5  35 stays, formualizer gives 0  =SUM(...)` where the stored one is kept.
        For changed inputs, `Sheet!C5  35, another engine gives 0  =SUM(...)`.
        """
        agrees = same_value(self.stored, self.ours)
        said = shown(self.stored)
        if self.verdict in {Verdict.RIGHT, Verdict.KEPT}:
            said += "" if agrees else f" stays, {OURS} gives {shown(self.ours)}"
        elif self.verdict is Verdict.UNSURE and self.stored is not None and agrees:
            said += f", another engine gives {shown(self.calculated)}"
        else:
            said += f" → {shown(self.calculated)}"
        return f"{self.cell}  {said}  ={self.formula}"

    @property
    def cell(self) -> str:
        """The cell with its sheet, as Costs!C5."""
        sheet, position = self.place
        return f"{sheet}!{cell_name(position)}"


Constants: TypeAlias = Mapping[str, Mapping[Position, CellValue]]
"""Values of cells, by sheet and position."""


class Witness(Protocol):
    """Another engine, which is asked where ours differs from the file."""

    name: str

    def values(
        self, model: WorkbookModel, constants: Constants | None = None
    ) -> Mapping[str, Mapping[Position, CellValue]]:
        """Return the values of the formula cells that it can calculate, for other constants."""

    def unknown(self, functions: Collection[str]) -> set[str]:
        """Return the functions, as a file writes them, that the engine does not know."""


@dataclass(frozen=True)
class Verification:
    """What an untouched calculation of a workbook says of its stored values.

    Attributes
    ----------
    differences : tuple of Difference
        The cells that our engine does not give back, in the order of sheets, rows and columns.
    asked : tuple of str
        The engines that were asked, ours first.
    whole : tuple of str
        Those that give back every stored value that is not old.
    aside : frozenset of (str, (int, int))
        The cells that follow from volatile functions, which nobody compares.
    """

    differences: tuple[Difference, ...]
    asked: tuple[str, ...]
    whole: tuple[str, ...]
    aside: frozenset[Place] = frozenset()

    def of(self, *verdicts: Verdict) -> tuple[Difference, ...]:
        """Return the differences with one of some verdicts."""
        return tuple(found for found in self.differences if found.verdict in verdicts)


def verify(model: WorkbookModel, witnesses: Sequence[Callable[[], Witness]]) -> Verification:
    """Calculate a workbook untouched, and compare with what it stores.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    witnesses : sequence of callable
        Other engines, each made when it is asked; the first ones are asked first.
    """
    return _Comparison(model).verification(witnesses)


def unconfirmed(
    model: WorkbookModel,
    changed: Evaluation,
    witnesses: Sequence[Callable[[], Witness]],
    aside: Collection[Place] = (),
) -> tuple[Difference, ...]:
    """Return the cells that moved with changed inputs, and on which no witness agrees.

    A witness counts on a cell that it gives as our engine does for the inputs of the file, unless
    all it says of the changed ones is that it has no value.

    Parameters
    ----------
    model : WorkbookModel
        The workbook, verified.
    changed : Evaluation
        Its values for other inputs.
    witnesses : sequence of callable
        Other engines, each made when it is asked.
    aside : collection of (str, (int, int))
        Cells that nobody compares.

    Returns
    -------
    tuple of Difference
        `stored` is our value, and `calculated` what a witness says against it; the verdict is
        `unsure`, or `kept` where no witness has a voice.
    """
    before = model.evaluate().cached
    open_cells = {
        (sheet, position): value
        for sheet, cells in changed.cached.items()
        for position, value in cells.items()
        if (sheet, position) not in aside
        and not same_value(before.get(sheet, {}).get(position), value)
    }
    against: dict[Place, CellValue] = {}
    for make in witnesses:
        if not open_cells:
            break
        try:
            base = make().values(model)
            moved = make().values(model, changed.constants)
        except WorkbookError:
            continue
        for place, value in list(open_cells.items()):
            sheet, position = place
            if position not in moved.get(sheet, {}):
                continue
            if same_value(value, moved[sheet][position]):
                del open_cells[place]
            elif not _is_no_answer(value, moved[sheet][position]) and same_value(
                before[sheet].get(position), base[sheet].get(position)
            ):
                against.setdefault(place, moved[sheet][position])
    return tuple(
        Difference(
            place,
            value,
            against.get(place, value),
            model.formula_text(*place),
            Verdict.UNSURE if place in against else Verdict.KEPT,
            ours=value,
        )
        for place, value in sorted(open_cells.items(), key=lambda item: item[0])
    )


def same_value(stored: CellValue, calculated: CellValue) -> bool:
    """Whether two values are one to a reader: numbers to nine digits, errors by their code."""
    if isinstance(stored, CellError) and isinstance(calculated, CellError):
        return stored.code == calculated.code
    if type(stored) is float and type(calculated) is float:
        difference = abs(stored - calculated)
        return difference <= max(TOLERANCE * max(abs(stored), abs(calculated)), _SMALLEST)
    if not stored and not calculated and {type(stored), type(calculated)} <= {str, type(None)}:
        return True  # an empty text and nothing look alike
    return type(stored) is type(calculated) and stored == calculated


def shown(value: CellValue) -> str:
    """Return a value as a line of differences has it."""
    if value is None:
        return "nothing"
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.15g}" if isinstance(value, float) else f'"{value}"'


class _Comparison:
    """The formula cells of a workbook, their stored values, and what engines make of them."""

    def __init__(self, model: WorkbookModel) -> None:
        self._model = model
        self._stored: dict[Place, CellValue] = {}
        self._texts: dict[Place, str] = {}
        stored = stored_values(model.package)
        for sheet, cells in model.formulas.items():
            shared = {cell.group: cell.text for cell in cells.values() if cell.group and cell.text}
            for position, cell in cells.items():
                if cell.kind != "dataTable":
                    self._stored[sheet, position] = stored[sheet].get(position)
                    self._texts[sheet, position] = cell.text or shared.get(cell.group, "")
        self._functions = {text: called_functions(text) for text in set(self._texts.values())}
        used: set[str] = set().union(*self._functions.values())
        self._used = {name for name in used if function_of(name)[0] not in BY_NAME}
        # The workbook's own LAMBDA names are written out for the witnesses.
        own = {name for _, name in model.defined_names}
        self._asked = {name for name in self._used if name.lower() not in own}
        volatile = {name for name in used if bare_name(name) in _VOLATILE}
        self._aside = self._following(
            place for place, text in self._texts.items() if self._functions[text] & volatile
        )

    @functools.cached_property
    def _circular(self) -> set[Place]:
        """The cells of circles, and what follows from them.

        Excel iterates from the stored values, which no engine sees, and some engines give 0 for a
        circle and say nothing: none of them has a voice.
        """
        return self._model.dependents.of_circles()

    def verification(self, witnesses: Sequence[Callable[[], Witness]]) -> Verification:
        """Return the verdicts, asking as many witnesses as it takes."""
        ours, voiceless = self._ours()
        open_cells = self._different(ours, voiceless)
        if not open_cells:
            return Verification((), (OURS,), (OURS,), frozenset(self._aside))
        voices: dict[str, Mapping[Place, CellValue]] = {OURS: ours}
        silent: dict[str, set[Place]] = {OURS: voiceless}
        for make in witnesses:
            if not open_cells:
                break
            witness = make()
            try:
                unknown = witness.unknown(self._asked)
                values = witness.values(self._model)
            except WorkbookError:
                continue
            voices[witness.name] = {
                (sheet, position): value
                for sheet, cells in values.items()
                for position, value in cells.items()
            }
            silent[witness.name] = self._voiceless(unknown, voices[witness.name])
            open_cells = [place for place in open_cells if not self._is_settled(place, voices)]
        return self._judged(ours, voiceless, voices, silent)

    def _ours(self) -> tuple[Mapping[Place, CellValue], set[Place]]:
        try:
            evaluation = self._model.evaluate()
        except WorkbookError:
            return {}, set(self._stored)
        ours = {
            (sheet, position): value
            for sheet, cells in evaluation.cached.items()
            for position, value in cells.items()
        }
        unknown = {name for name in self._used if not knows(name)}
        return ours, self._voiceless(unknown, ours)

    def _different(self, ours: Mapping[Place, CellValue], voiceless: set[Place]) -> list[Place]:
        return [
            place
            for place, stored in self._stored.items()
            if (place not in self._aside or _fails(stored, ours.get(place)))
            and (place in voiceless or not same_value(stored, ours.get(place)))
        ]

    def _is_settled(self, place: Place, voices: Mapping[str, Mapping[Place, CellValue]]) -> bool:
        stored = self._stored[place]
        return any(same_value(stored, values.get(place)) for values in voices.values())

    def _voiceless(self, unknown: set[str], values: Mapping[Place, CellValue]) -> set[Place]:
        """Return the cells on which an engine has no voice."""
        roots = [
            place
            for place, text in self._texts.items()
            if place not in values
            or self._functions[text] & unknown
            or (isinstance(value := values.get(place), CellError) and value.code in _CANNOT
                and not same_value(self._stored[place], value))
        ]  # fmt: skip
        return self._following(roots)

    def _following(self, roots: Iterable[Place]) -> set[Place]:
        roots = list(roots)
        if not roots:
            return set()
        return self._model.dependents.of(roots)

    def _judged(
        self,
        ours: Mapping[Place, CellValue],
        voiceless: set[Place],
        voices: Mapping[str, Mapping[Place, CellValue]],
        silent: Mapping[str, set[Place]],
    ) -> Verification:
        found = []
        alone = self._python_alone(voices)
        wrong: dict[str, bool] = dict.fromkeys(voices, False)
        for place in self._different(ours, voiceless):
            stored = self._stored[place]
            all_said = {name: values[place] for name, values in voices.items() if place in values}
            said = {name: v for name, v in all_said.items() if place not in silent[name]}
            verdict, value = self._verdict(place, stored, said)
            if place in alone and said.keys() == {OURS} and not isinstance(said[OURS], CellError):
                verdict = Verdict.NEW if stored is None else Verdict.STALE
                value = said[OURS]
            if stored is not None and any(same_value(stored, v) for v in all_said.values()):
                verdict, value = Verdict.RIGHT, stored
            for name in voices:
                if verdict is not Verdict.STALE and not same_value(stored, said.get(name)):
                    wrong[name] = True
            sheet, position = place
            text = self._model.formula_text(sheet, position)
            found.append(Difference(place, stored, value, text, verdict, ours.get(place)))
        order = {sheet: number for number, sheet in enumerate(self._model.package.sheets)}
        found.sort(key=lambda difference: (order[difference.place[0]], difference.place[1]))
        whole = tuple(name for name, bad in wrong.items() if not bad)
        return Verification(tuple(found), tuple(voices), whole, frozenset(self._aside))

    def _python_alone(self, voices: Mapping[str, Mapping[Place, CellValue]]) -> set[Place]:
        """Return the cells with calls of ours that no other engine can calculate, and all after.

        On our own functions, as the prices of our catalogue, Python is right by itself.
        """
        others = [values for name, values in voices.items() if name != OURS]
        return self._following(
            place
            for place, text in self._texts.items()
            if any(function_of(name)[0] in BY_NAME for name in self._functions[text])
            and not any(place in values for values in others)
        )

    def _verdict(
        self, place: Place, stored: CellValue, said: Mapping[str, CellValue]
    ) -> tuple[Verdict, CellValue]:
        """Return what becomes of a cell, and the value that engines agree on, or the first one."""
        if stored is None and not said:
            return Verdict.UNSURE, CellError("#NAME?")
        values = [value for value in said.values() if not _is_no_answer(stored, value)]
        if place in self._circular:
            if stored is not None and (not values or iterates(self._model.package)):
                return Verdict.KEPT, stored
            return Verdict.UNSURE, next(iter(values), stored)
        if not values:
            return Verdict.KEPT, stored
        agreed = next(
            (
                value
                for number, value in enumerate(values)
                if any(same_value(value, other) for other in values[number + 1 :])
            ),
            None,
        )
        if agreed is None and self._is_unknown_elsewhere(stored) and OURS in said:
            agreed = said[OURS]
        if agreed is None:
            return Verdict.UNSURE, values[0]
        if stored is None:
            is_error = isinstance(agreed, CellError)
            return (Verdict.UNSURE if is_error else Verdict.NEW), agreed
        if isinstance(stored, CellError):
            is_error = isinstance(agreed, CellError)
            return (Verdict.UNSURE if is_error else Verdict.STALE), agreed
        if isinstance(agreed, CellError) or _HIDES_ERRORS.search(self._texts[place]):
            return Verdict.UNSURE, agreed
        return Verdict.STALE, agreed

    @staticmethod
    def _is_unknown_elsewhere(stored: CellValue) -> bool:
        """Whether the program that saved the file did not know a function, as one of ours.

        Such an error says nothing of the value, and only Python may know it.
        """
        return isinstance(stored, CellError) and stored.code == "#NAME?"


def _is_no_answer(stored: CellValue, value: CellValue) -> bool:
    """Whether an engine only says that it has no value where the file has one.

    A division by zero, a number out of bounds and a look-up without a match are answers: they are
    errors of the formula, and not of who calculates it.
    """
    if stored is None or isinstance(stored, CellError):
        return False
    return value is None or (isinstance(value, CellError) and value.code not in _ANSWERS)


def _fails(stored: CellValue, calculated: CellValue) -> bool:
    """Whether an error would take the place of a value, which no moment of the day explains."""
    return isinstance(calculated, CellError) and not isinstance(stored, CellError)
