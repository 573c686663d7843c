"""Are the values that a file stores those that its formulas give?

A workbook that Excel saved carries its own test: its stored values. It is calculated untouched by
an engine that never sees them. Where all come back, the engine is trusted with changed inputs.
Where one does not, other engines are asked as witnesses, and each such cell gets a verdict:

    right    a witness gives the stored value back: our engine is at fault, and the value stays
    stale    engines agree on another value: the stored one is old, and is renewed
    kept     no engine can calculate the cell, as with functions of VBA: the stored value stays
    unsure   engines disagree, or one alone gives another value: a person has to decide
    new      there was no stored value, and engines agree on one

No two engines prove a value old whose formula hides errors itself. Volatile functions and what
follows from them are left aside.
"""

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from xlcalc.calc.consensus import (
    HIDES_ERRORS,
    Consensus,
    agreed,
    best,
    calling,
    heard,
    is_array,
    is_no_answer,
    is_unanimous,
)
from xlcalc.calc.dependents import Place
from xlcalc.calc.differences import (
    OURS,
    Difference,
    Verdict,
    Verification,
    same_value,
    tolerance_of,
)
from xlcalc.calc.engine import function_of
from xlcalc.calc.lambda_calls import read_lambda
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.voices import OwnEngine, Voice, Witness
from xlcalc.cells import CellError, CellValue
from xlcalc.formula_text import bare_name
from xlcalc.registry import BY_NAME

_ROUNDS = 8
"""How often cells are looked at again behind those that were decided on."""
EVERY = "all"
"""Stands for every cell, where differences are accepted by name."""
VOLATILE = {"NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "CELL", "INFO"}

_TAKES_NAMES = "formulon"
"""An engine to which TEXT(A1,"0") is a cell where a workbook calls a cell `text`."""

_OUTSIDE = {
    *("CUBEKPIMEMBER", "CUBEMEMBER", "CUBEMEMBERPROPERTY", "CUBERANKEDMEMBER", "CUBESET"),
    *("CUBESETCOUNT", "CUBEVALUE", "RTD", "STOCKHISTORY", "WEBSERVICE", "FILTERXML", "IMAGE"),
    *("CALL", "REGISTER.ID", "SQL.REQUEST", "COPILOT", "PY", "TRANSLATE", "DETECTLANGUAGE"),
    *("DISPIMG", "__XLUDF.DUMMYFUNCTION"),
}
"""Functions whose results come from elsewhere: what an engine gives for one is a guess."""

Witnesses: TypeAlias = Sequence[Callable[[], Witness]]
"""Other engines in the order in which they are asked, each made when its turn comes."""


def verify(
    model: WorkbookModel, witnesses: Witnesses, accepted: Collection[str] = ()
) -> Verification:
    """Calculate a workbook untouched, and compare with what it stores.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    witnesses : sequence of callable
        Other engines, each made when it is asked; the first ones are asked first, and the last ones
        first where the file stores no values.
    accepted : collection of str
        Cells whose differences a person accepts, as Sheet!C5; `EVERY` for all of them. What follows
        from them is compared with what engines make of the accepted values.
    """
    return _Comparison(model, accepted).verification(witnesses)


def voice_of(
    witness: Witness, model: WorkbookModel, calls: Mapping[Place, frozenset[str]]
) -> Voice:
    """Return an engine as a voice on a workbook."""
    used: set[str] = set().union(*calls.values())
    excels = {name for name in used if function_of(name)[0] not in BY_NAME}
    own = set() if witness.name == OURS else {name for _, name in model.defined_names}
    named = {name for name in excels if name.lower() in own}
    # The workbook's own LAMBDA names are written out for the witnesses.
    outside = {name for name in excels if bare_name(name) in _OUTSIDE}
    unknown = witness.unknown(excels - named - outside) | outside
    if witness.name == _TAKES_NAMES:
        texts = {name: text for (_, name), text in model.defined_names.items()}
        unknown |= {name for name in named if not read_lambda(texts[name.lower()])}
    return Voice(witness, model, unknown, calls)


def volatile_cells(model: WorkbookModel, calls: Mapping[Place, frozenset[str]]) -> set[Place]:
    """Return the cells with volatile functions, and all that follows from them."""
    used: set[str] = set().union(*calls.values())
    volatile = {name for name in used if bare_name(name) in VOLATILE}
    roots = [place for place, functions in calls.items() if functions & volatile]
    return model.dependents.of(roots) if roots else set()


class _Comparison:
    """The formula cells of a workbook, their stored values, and what engines make of them."""

    def __init__(self, model: WorkbookModel, accepted: Collection[str]) -> None:
        self._model = model
        self._accepted = {name.lower() for name in accepted}
        self._calls = calling(model)
        self._stored: dict[Place, CellValue] = {
            (sheet, position): cell.value
            for sheet, cells in model.formulas.items()
            for position, cell in cells.items()
            if cell.kind != "dataTable"
        }
        self._aside = volatile_cells(model, self._calls)
        self._consensus = Consensus(model)
        self._found: dict[Place, Difference] = {}

    @functools.cached_property
    def _circular(self) -> set[Place]:
        """The cells that follow from themselves, on which no engine has a voice.

        Excel iterates from the stored values, which no engine sees, or leaves them as they are; and
        some engines give 0 for a circle and say nothing.
        """
        return self._model.dependents.in_circles()

    def verification(self, witnesses: Witnesses) -> Verification:
        """Return the verdicts, asking as many witnesses as it takes."""
        self._consensus.add(voice_of(OwnEngine(), self._model, self._calls))
        open_cells = self._open()
        has_values = any(value is not None for value in self._stored.values())
        waiting = list(witnesses) if has_values else list(reversed(witnesses))
        for round_ in range(_ROUNDS + 1):
            if not open_cells:
                break
            first = self._consensus.first(open_cells) if has_values else open_cells
            while waiting and not all(map(self._is_settled, first)):
                voice = voice_of(waiting.pop(0)(), self._model, self._calls)
                self._consensus.add(voice)
                if not has_values:
                    first = open_cells = self._open()
            if round_ < _ROUNDS:
                first = self._consensus.first(open_cells)
            self._judge(first or open_cells)
            open_cells = self._open()
        return self._result()

    def _open(self) -> list[Place]:
        """Return the cells that have still to be judged."""
        ours = self._consensus.voices[0]
        found = []
        for place, stored in self._stored.items():
            if place in self._found:
                continue
            if stored is None:
                beside = place in self._aside or place in ours.pins
                if not beside and not self._is_settled(place):
                    found.append(place)
                continue
            value = ours.says(place) if ours.has(place) else None
            right = ours.has(place) and (
                same_value(stored, value) or self._has_come_to_rest(place, stored, value)
            )
            if place in self._aside:
                # An error would take the place of a value, which no moment of the day explains.
                right = not isinstance(value, CellError) or isinstance(stored, CellError)
            if not right and place not in ours.pins:
                found.append(place)
        return found

    def _has_come_to_rest(self, place: Place, stored: CellValue, value: CellValue) -> bool:
        """Whether a cell of a circle differs by less than what the workbook iterates to."""
        circle = self._model.circle
        return circle is not None and circle.is_at_rest(place, stored, value)

    def _is_settled(self, place: Place) -> bool:
        """Whether it takes no further engine to judge a cell."""
        stored = self._stored[place]
        if stored is None:
            said = self._consensus.said(place)
            unanimous = len(said) > 1 and is_unanimous(said, self._tolerance(place))
            return unanimous and not isinstance(best(said), CellError)
        return any(
            same_value(stored, voice.says(place), self._tolerance(place))
            for voice in self._consensus.voices
            if voice.knows_of(place)
        )

    def _tolerance(self, place: Place) -> float:
        return tolerance_of(self._calls[place])

    def _judge(self, places: Collection[Place]) -> None:
        """Give verdicts, and let the engines go on with what was decided."""
        decided = {}
        for place in places:
            stored = self._stored[place]
            verdict, value = self._verdict(place, stored, self._consensus.said(place))
            self._found[place] = self._difference(place, value, verdict)
            keeps = verdict in {Verdict.RIGHT, Verdict.KEPT} or (
                verdict is Verdict.UNSURE and stored is not None and not self._accepts(place)
            )
            decided[place] = stored if keeps else value
        self._consensus.decide(decided)

    def _accepts(self, place: Place) -> bool:
        cell = self._difference(place, None, Verdict.UNSURE).cell.lower()
        return EVERY in self._accepted or cell in self._accepted

    def _difference(self, place: Place, value: CellValue, verdict: Verdict) -> Difference:
        text = self._model.formula_text(*place)
        voice = self._consensus.voices[0]
        ours = voice.says(place) if voice.knows_of(place) else None
        return Difference(place, self._stored[place], value, text, verdict, ours)

    def _verdict(
        self, place: Place, stored: CellValue, said: Mapping[str, CellValue]
    ) -> tuple[Verdict, CellValue]:
        """Return what becomes of a cell, and the value that engines agree on, or the best one."""
        if stored is not None and self._is_settled(place):
            return Verdict.RIGHT, stored
        if stored is None and not said:
            return Verdict.UNSURE, CellError("#NAME?")
        # A cell that an array filled may be empty where the array has become smaller.
        filled = self._model.formulas[place[0]][place[1]].kind == "spill"
        answers = {
            name: value
            for name, value in said.items()
            if not is_no_answer(stored, value) or (filled and value is None)
        }
        if place in self._circular:
            if stored is not None:
                return Verdict.KEPT, stored
            return Verdict.UNSURE, best(answers) if answers else stored
        if not answers:
            return Verdict.KEPT, stored
        if place in self._aside and stored is not None and not isinstance(best(answers), CellError):
            return Verdict.RIGHT, stored  # our engine alone has an error there
        value, agree = agreed(
            heard(answers, self._model.texts[place], is_array=is_array(self._model, place)),
            self._tolerance(place),
        )
        if self._is_python_alone(place, answers):
            return (Verdict.NEW if stored is None else Verdict.STALE), value
        if isinstance(value, CellError) and isinstance(stored, CellError):
            return Verdict.KEPT, stored  # one error is as good as another
        if isinstance(value, CellError):
            return Verdict.UNSURE, value
        if not agree and _is_unknown_elsewhere(stored) and OURS in said:
            return Verdict.STALE, said[OURS]
        if not agree:
            return Verdict.UNSURE, value
        if stored is None:
            return Verdict.NEW, value
        ours = any(function_of(name)[0] in BY_NAME for name in self._calls[place])
        hides = HIDES_ERRORS.search(self._model.texts[place]) is not None
        if not isinstance(stored, CellError) and hides and not ours:
            # What hides errors may hide that two engines do not know a function.
            return Verdict.UNSURE, value
        return Verdict.STALE, value

    def _is_python_alone(self, place: Place, said: Mapping[str, CellValue]) -> bool:
        """Whether a cell calls ours of which no other engine has a value.

        On our own functions, as the prices of our catalogue, Python is right by itself.
        """
        return (
            said.keys() == {OURS}
            and not isinstance(said[OURS], CellError)
            and any(function_of(name)[0] in BY_NAME for name in self._calls[place])
            and not any(voice.knows_of(place) for voice in self._consensus.voices[1:])
        )

    def _moved_arrays(self) -> dict[Place, Difference]:
        """Return the cells that volatile arrays fill with other values than those stored.

        Their cells do not show by their own formulas that they are volatile, so they are told.
        """
        ours = self._consensus.voices[0]
        found = {}
        for place in self._aside:
            cell = self._model.formulas[place[0]][place[1]]
            if cell.kind != "spill" or cell.value is None or place in self._found:
                continue
            if ours.has(place) and not same_value(cell.value, ours.says(place)):
                found[place] = self._difference(place, ours.says(place), Verdict.STALE)
        return found

    def _result(self) -> Verification:
        order = {sheet: number for number, sheet in enumerate(self._model.package.sheets)}
        fresh = {
            place: self._difference(place, best(said), Verdict.NEW)
            for place, stored in self._stored.items()
            if stored is None
            and place not in self._found
            and (said := self._consensus.said(place))
            and place not in self._aside
        }
        found = sorted(
            (self._found | fresh | self._moved_arrays()).values(),
            key=lambda difference: (order[difference.place[0]], difference.place[1]),
        )
        voices = self._consensus.voices
        whole = tuple(voice.name for voice in voices if not voice.pins and not voice.failure)
        asked = tuple(voice.name for voice in voices if not voice.failure or voice.name == OURS)
        pins = {voice.name: voice.pins for voice in voices}
        judged = [difference.place for difference in found if difference.place in self._found]
        circle = tuple(place for place in judged if place in self._circular)
        return Verification(tuple(found), asked, whole, frozenset(self._aside), pins, circle)


def _is_unknown_elsewhere(stored: CellValue) -> bool:
    """Whether the program that saved the file did not know a function, as one of ours.

    Such an error says nothing of the value, and only Python may know it.
    """
    return isinstance(stored, CellError) and stored.code == "#NAME?"
