"""What value has a cell where several engines calculate one workbook, and do not say the same?

The first cells on which they differ are decided on; what follows from them differs for that alone,
and is only looked at again when every engine has the decided values in place. So a difference is
found where it begins, and an engine that is wrong in one cell still counts in all others.

Where nothing else decides, formulon goes before the others: on what Excel itself computed it is
right most often (`python -m tests.benchmarks.functions_suite`). Two others do not outvote it, for
engines share faults: three of four take LARGE(x, 1.9) for LARGE(x, 1).
"""

import re
from collections.abc import Collection, Iterable, Mapping

from xlcalc.calc.array_arguments import places_behind, places_of_arrays
from xlcalc.calc.dependents import Place
from xlcalc.calc.differences import OURS, TOLERANCE, same_value
from xlcalc.calc.engine import function_of
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.voices import Constants, Voice, arrays_of
from xlcalc.cells import CellError, CellValue
from xlcalc.formula_text import called_functions, calls, scanner
from xlcalc.lambdas import LOOKUPS

BEST_FIRST = ("formulon", "ironcalc", OURS, "betteroffice")
"""Engines by how often they are right on what Excel computed."""
_ANSWERS = {"#DIV/0!", "#NUM!", "#N/A"}
"""Errors that are answers."""
_ALL_DIGITS = {OURS, "betteroffice"}
"""Engines that compare numbers by all their digits."""
HIDES_ERRORS = re.compile(r"\b(?:IFERROR|IFNA|ISERROR|ISERR|ISNA|ERROR\.TYPE|AGGREGATE)\b", re.I)
"""Functions by which a formula makes a value of an error."""
_COMPARES = scanner("([<>=])")
_VARIABLES = ("_XLPM.", "_XLOP.")
_ROUNDS = 4
"""How often an engine is asked again until it gives the values that are known."""
_SMALLEST = 1e-12
"""What is left of figures that cancel, where the best engine says that it is 0."""


class Consensus:
    """Engines that calculate one workbook, with what was decided on its cells.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    constants : mapping of str to mapping of (int, int) to CellValue, optional
        Values that are put into cells first, by sheet.

    Attributes
    ----------
    voices : list of Voice
        The engines, in the order in which they were asked.
    decided : dict of (str, (int, int)) to CellValue
        The cells on which they differed, and their values.
    """

    def __init__(self, model: WorkbookModel, constants: Constants | None = None) -> None:
        self.model, self.constants = model, constants
        self.voices: list[Voice] = []
        self.decided: dict[Place, CellValue] = {}
        self._arrays = arrays_of(model)

    def add(self, voice: Voice) -> None:
        """Ask one more engine, which gets what is decided already."""
        voice.ask(self.constants)
        self.voices.append(voice)
        if self.decided:
            self.settle(voice, self.decided)

    def settle(self, voice: Voice, targets: Mapping[Place, CellValue]) -> None:
        """Pin an engine until it has the values that are known.

        It is pinned where it goes wrong first, and asked again: what follows is right then, or
        wrong for a reason of its own.
        """
        for _ in range(_ROUNDS):
            wrong = self._wrong(voice, targets)
            if not wrong:
                return
            if not voice.pin(self._with_arrays(self.first(wrong), targets)):
                break
            voice.ask(self.constants)
        voice.pin(self._with_arrays(self._wrong(voice, targets), targets))

    def decide(self, values: Mapping[Place, CellValue]) -> None:
        """Decide on cells, and let the engines calculate again that say otherwise."""
        self.decided.update(values)
        for voice in self.voices:
            wrong = self._with_arrays(self._wrong(voice, values), values)
            if voice.pin(wrong) and self.model.dependents.after(wrong.keys(), voice.pins):
                voice.ask(self.constants)

    def said(self, place: Place) -> dict[str, CellValue]:
        """Return what each engine says of a cell that has a voice on it."""
        return {voice.name: voice.says(place) for voice in self.voices if voice.has(place)}

    def first(self, places: Collection[Place]) -> set[Place]:
        """Return the cells of some that follow from none of the others, or those of a circle."""
        if not places:
            return set()
        found = set(places) - self.model.dependents.after(places)
        return found or set(places) & self.model.dependents.in_circles() or set(places)

    @staticmethod
    def _wrong(voice: Voice, targets: Mapping[Place, CellValue]) -> set[Place]:
        return {
            place
            for place, value in targets.items()
            if (
                not same_value(voice.pins[place], value)
                if place in voice.pins
                else not voice.has(place) or not same_value(voice.says(place), value)
            )
        }

    def _with_arrays(
        self, places: Iterable[Place], values: Mapping[Place, CellValue]
    ) -> dict[Place, CellValue]:
        """Return cells with their values, and with all that the same array formulas fill."""
        found: dict[Place, CellValue] = {}
        for place in places:
            for other in self._arrays.get(place, (place,)):
                found[other] = self._value(other, values)
        return found

    def _value(self, place: Place, values: Mapping[Place, CellValue]) -> CellValue:
        """Return the value of a cell: decided, stored, or what the best engine says."""
        for known in (values, self.decided):
            if place in known:
                return known[place]
        sheet, position = place
        stored = self.model.formulas[sheet][position].value
        return stored if stored is not None else best(self.said(place))


def calling(model: WorkbookModel) -> dict[Place, frozenset[str]]:
    """Return the functions that each formula of a workbook calls."""
    none: frozenset[str] = frozenset()
    known: dict[str, frozenset[str]] = {}
    found = {}
    for place, text in model.texts.items():
        if "(" not in text:
            found[place] = none
            continue
        if text not in known:
            # A variable of LET that holds a LAMBDA is called like a function.
            called = called_functions(text)
            known[text] = frozenset(n for n in called if not n.upper().startswith(_VARIABLES))
        found[place] = known[text]
    for sheet, cells in model.formulas.items():
        for position, cell in cells.items():
            if cell.kind == "dataTable":
                del found[sheet, position]  # to every engine it is a constant
    return found


def best(said: Mapping[str, CellValue]) -> CellValue:
    """Return what the best of some engines says; nothing where none says anything."""
    return said[min(said, key=_rank)] if said else None


def agreed(said: Mapping[str, CellValue], tolerance: float = TOLERANCE) -> tuple[CellValue, bool]:
    """Return the value of a cell that engines speak for, and whether they agree on it.

    They do where two of them say the same, the best one among them, and no two others something
    else. Where the best one is silent, it is what most of the others say; and so it is where that
    one alone has an error, and all others the same value.

    Parameters
    ----------
    said : mapping of str to CellValue
        What each engine says, at least one.
    tolerance : float
        Relative difference up to which two numbers are one.
    """
    groups: list[list[CellValue]] = []
    for name in sorted(said, key=_rank):
        group = next((g for g in groups if _alike(g[0], said[name], tolerance)), None)
        if group is None:
            groups.append([said[name]])
        else:
            group.append(said[name])
    first = groups[0] if BEST_FIRST[0] in said else max(groups, key=len)
    if isinstance(first[0], CellError) and len(first) == 1 and len(groups) == 2:
        first = groups[1] if len(groups[1]) > 1 else first
    others = [group for group in groups if group is not first]
    return first[0], len(first) > 1 and all(len(group) == 1 for group in others)


def _rank(name: str) -> int:
    return BEST_FIRST.index(name) if name in BEST_FIRST else len(BEST_FIRST)


def heard(
    said: Mapping[str, CellValue], formula: str, *, is_array: bool
) -> Mapping[str, CellValue]:
    """Return what those engines say of a formula that do what Excel does there, where some do.

    Excel compares numbers by 15 digits: 0.1+0.2=0.3 is TRUE. Two engines do so. And the best one
    takes the first value alone of an array constant that stands where one value belongs, as in
    SUM(SMALL(A1:A5,{1,2})), unless it is an array formula; there others are believed. An engine
    that leaves a cell of an array formula empty, where others fill it with one value, took one
    value for the array.

    GPU_SPEC("H100 SXM","tdp_w") is 700 in Python alone, which knows short names. The other engines
    look up on the workbook's sheets, and #N/A says no more than that the name does not stand there.
    """
    if OURS in said and _asks_python(formula):
        hidden = HIDES_ERRORS.search(formula) is not None
        return {
            name: value
            for name, value in said.items()
            if same_value(said[OURS], value) or not (hidden or _is_missing(value))
        }
    if any(mark[1] for mark in _COMPARES.finditer(formula)):
        exact = {n: value for n, value in said.items() if n not in _ALL_DIGITS}
        if len(exact) > 1 and is_unanimous(exact):
            return exact
    if not is_array and _takes_first(formula):
        others = {n: value for n, value in said.items() if n != BEST_FIRST[0]}
        if len(others) > 1 and agreed(others)[1]:
            return others
    if is_array and None in said.values():
        filled = {n: v for n, v in said.items() if not (v is None or isinstance(v, CellError))}
        if len(filled) > 1 and is_unanimous(filled):
            return filled
    return said


def _asks_python(formula: str) -> bool:
    """Whether a formula has a look-up that Python does, and other engines on the sheets."""
    called = map(function_of, called_functions(formula))
    return any(name in LOOKUPS and not on_sheets for name, on_sheets in called)


def _is_missing(value: CellValue) -> bool:
    return isinstance(value, CellError) and value.code == "#N/A"


def is_array(model: WorkbookModel, place: Place) -> bool:
    """Whether an array formula gives a cell its value."""
    return model.formulas[place[0]][place[1]].kind in {"array", "spill"}


def _takes_first(formula: str) -> bool:
    """Whether an array constant stands where one value belongs."""
    places = [place for place in places_of_arrays(formula, set()) if formula[place] == "{"]
    for call in calls(formula) if places else ():
        left = places_behind(call, formula, places)
        if any(call.start <= place < call.end for place in left):
            return True
        places = left
    return False


def is_unanimous(said: Mapping[str, CellValue], tolerance: float = TOLERANCE) -> bool:
    """Whether all engines say the same."""
    first = best(said)
    return all(_alike(first, value, tolerance) for value in said.values())


def _alike(value: CellValue, other: CellValue, tolerance: float) -> bool:
    if type(value) is float and type(other) is float and value == 0.0:
        return abs(other) <= _SMALLEST
    return same_value(value, other, tolerance)


def is_no_answer(stored: CellValue, value: CellValue) -> bool:
    """Whether an engine only says that it has no value where the file has one.

    A division by zero, a number out of bounds and a look-up without a match are answers: they are
    errors of the formula, and not of who calculates it.
    """
    if stored is None or isinstance(stored, CellError):
        return False
    return value is None or (isinstance(value, CellError) and value.code not in _ANSWERS)
