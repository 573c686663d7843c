"""What do several engines make of a workbook for other inputs?

The workbook is verified: it is known which value each formula cell has as it stands, and with which
cells our engine is not trusted. For other inputs every cell comes from engines that had it right.
An engine is pinned where it is wrong, and gets there what the others say; so each cell that two
engines have right is calculated twice, and a cell on which they differ is found where it begins.

    cell       formualizer   ironcalc   formulon   taken
    A2         20            20         20         20
    A3         pinned        35         35         35, and formualizer gets it
    A4 =A3*2   70            70         70         70
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from xlcalc.calc.consensus import (
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
from xlcalc.calc.differences import OURS, Difference, Verdict, same_value, shown, tolerance_of
from xlcalc.calc.evaluation import Cells, Evaluation
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.verification import Witnesses, voice_of, volatile_cells
from xlcalc.calc.voices import OwnEngine, Voice, by_sheet
from xlcalc.calc.witnesses import WITNESSES
from xlcalc.cells import CellValue
from xlcalc.errors import WorkbookError

_ROUNDS = 12
"""How often cells are looked at again behind those that were decided on."""


@dataclass(frozen=True)
class Confirmed:
    """The values of a workbook for other inputs, and on which nobody agrees with our engine.

    Attributes
    ----------
    evaluation : Evaluation
        The values.
    differences : tuple of Difference
        Cells that moved and that one engine alone can calculate (`kept`), or on which engines do
        not agree (`unsure`): `stored` is the value that is taken, `calculated` another one.
    asked : tuple of str
        The engines that were asked, ours first.
    """

    evaluation: Evaluation
    differences: tuple[Difference, ...]
    asked: tuple[str, ...]


class Ensemble:
    """Several engines that calculate a workbook together; the last workbook is remembered.

    Parameters
    ----------
    witnesses : sequence of callable
        Other engines in the order in which they are asked, each made when its turn comes.
    """

    def __init__(self, witnesses: Witnesses) -> None:
        self._witnesses = witnesses
        self._base: _Base | None = None

    def __call__(self, model: WorkbookModel, constants: Cells) -> Evaluation:
        """Return the values for constants in some cells, each from one engine that has it right.

        Raises
        ------
        WorkbookError
            If no engine has a cell right that follows from the constants, or engines do not agree
            on one that our engine does not calculate as the file has it.
        """
        done = self._calculated(model, constants, confirm=False)
        for difference in done.differences:
            if difference.verdict is Verdict.UNSURE:
                raise WorkbookError(
                    f"engines do not agree on {difference.cell} of {model.name}: it is "
                    f"{shown(difference.stored)} or {shown(difference.calculated)} "
                    f"for ={difference.formula:.80}"
                )
        return done.evaluation

    def confirmed(self, model: WorkbookModel, constants: Cells) -> Confirmed:
        """Return the values for constants in some cells, each from two engines where there are.

        Raises
        ------
        WorkbookError
            If no engine has a cell right that follows from the constants.
        """
        return self._calculated(model, constants, confirm=True)

    def kept(self, model: WorkbookModel, places: Collection[Place]) -> set[Place]:
        """Return the cells of some that no engine calculates as the file has it."""
        base, left = self._of(model), set(places)
        for number in range(len(self._witnesses)):
            left = {place for place in left if not base.trusts(number, place)} if left else left
        return left

    def _of(self, model: WorkbookModel) -> "_Base":
        base = self._base
        if base is None or base.model is not model or base.trust is not model.trust:
            base = self._base = _Base(model, self._witnesses)
        return base

    def _calculated(self, model: WorkbookModel, constants: Cells, *, confirm: bool) -> Confirmed:
        return _Changed(self._of(model), constants, confirm=confirm).calculated()


class _Base:
    """A workbook as it stands, and with which cells each engine is trusted."""

    def __init__(self, model: WorkbookModel, witnesses: Witnesses) -> None:
        self.model, self.witnesses, self.trust = model, witnesses, model.trust
        self.calls = calling(model)
        self.aside = volatile_cells(model, self.calls)
        self._ours: Mapping[Place, CellValue] | None = None
        self._pins: dict[int, dict[Place, CellValue] | None] = {}

    @property
    def values(self) -> Mapping[Place, CellValue]:
        """The value of each formula cell, but for those that follow from volatile functions."""
        if self._ours is None:
            self._ours = {
                (sheet, position): value
                for sheet, cells in self.model.calculate({}).cached.items()
                for position, value in cells.items()
                if (sheet, position) not in self.aside
            }
        return self._ours

    def voice(self, number: int) -> Voice | None:
        """Return a new voice of an engine, pinned where it is wrong; None if it has no values."""
        voice = voice_of(self.witnesses[number](), self.model, self.calls)
        if number not in self._pins:
            settled = Consensus(self.model)
            settled.add(voice)
            settled.settle(voice, self.values)
            self._pins[number] = None if voice.failure else dict(voice.pins)
        pins = self._pins[number]
        if pins is None:
            return None
        voice.pins = dict(pins)
        return voice

    def trusts(self, number: int, place: Place) -> bool:
        """Whether an engine gives the value that a cell has as the workbook stands."""
        if number not in self._pins:
            self.voice(number)
        pins = self._pins[number]
        return pins is not None and place not in pins


class _Changed:
    """A workbook for other inputs."""

    def __init__(self, base: _Base, constants: Cells, *, confirm: bool) -> None:
        self._base, self._confirm = base, confirm
        self._constants = constants
        self._consensus = Consensus(base.model, constants)
        self._set = {(sheet, p) for sheet, cells in constants.items() for p in cells}
        self._untrusted: dict[str, frozenset[Place]] = {}
        self._left: dict[Place, Difference] = {}
        self._needed = base.model.needs_others(constants) - base.aside
        self._waiting = list(range(len(base.witnesses)))

    def calculated(self) -> Confirmed:
        """Return the values, and the cells on which engines do not agree."""
        model = self._base.model
        ours = voice_of(OwnEngine(), model, self._base.calls)
        ours.pins = {place: model.value_as_it_stands(place) for place in model.trust.untrusted}
        self._add(ours)
        for _ in range(_ROUNDS):
            first = self._first()
            while self._waiting and any(map(self._is_unclear, first)):
                voice = self._base.voice(self._waiting.pop(0))
                if voice is not None:
                    self._add(voice)
                    first = self._first()
            if not first:
                break
            self._decide(first)
        else:
            self._decide(self._open())
        pinned = by_sheet(self._consensus.voices[0].pins)
        asked = tuple(voice.name for voice in self._consensus.voices)
        order = {sheet: number for number, sheet in enumerate(model.package.sheets)}
        found = sorted(self._left.values(), key=lambda d: (order[d.place[0]], d.place[1]))
        return Confirmed(model.calculate(self._constants, pinned), tuple(found), asked)

    def _add(self, voice: Voice) -> None:
        self._untrusted[voice.name] = frozenset(voice.pins)
        self._consensus.add(voice)
        if voice.failure and voice.name == OURS:
            raise WorkbookError(voice.failure)

    def _said(self, place: Place) -> dict[str, CellValue]:
        """Return what the engines say of a cell that are trusted with it."""
        return {
            name: value
            for name, value in self._consensus.said(place).items()
            if place not in self._untrusted[name]
        }

    def _first(self) -> set[Place]:
        """Return the cells that have to be decided on next."""
        found = self._open()
        return self._consensus.first(found) if found else found

    def _open(self) -> set[Place]:
        """Return the cells that have still to be decided on."""
        return {
            place
            for place in self._base.values
            if place not in self._consensus.decided
            and place not in self._set
            and (place in self._needed or self._is_unclear(place) or self._has_moved(place))
        }

    def _has_moved(self, place: Place) -> bool:
        """Whether an engine that is not trusted with a cell goes on with its value of before."""
        pinned = [v for v in self._consensus.voices if place in self._untrusted[v.name]]
        said = self._said(place) if pinned else {}
        return bool(said) and not same_value(best(said), self._base.values[place])

    def _is_unclear(self, place: Place) -> bool:
        """Whether it takes another engine to know the value of a cell."""
        said = self._said(place)
        if not said:
            return place in self._needed
        if not is_unanimous(said, self._tolerance(place)):
            return True
        before = self._base.values[place]
        confirm = self._confirm or place in self._needed
        return confirm and len(said) == 1 and not same_value(before, best(said))

    def _tolerance(self, place: Place) -> float:
        return tolerance_of(self._base.calls[place])

    def _decide(self, places: Collection[Place]) -> None:
        decided = {}
        for place in places:
            said = self._said(place)
            if not said:
                self._refuse(place)
            known = said.get(OURS)
            answers = {
                name: v for name, v in said.items() if v == known or not is_no_answer(known, v)
            }
            answers = dict(
                heard(
                    answers,
                    self._base.model.texts[place],
                    is_array=is_array(self._base.model, place),
                )
            )
            decided[place], agree = agreed(answers, self._tolerance(place))
            if not agree and self._is_unclear(place):
                self._note(place, decided[place], answers)
        self._consensus.decide(decided)

    def _note(self, place: Place, value: CellValue, answers: Mapping[str, CellValue]) -> None:
        others = [other for other in answers.values() if not same_value(other, value)]
        self._left[place] = Difference(
            place,
            value,
            others[0] if others else value,
            self._base.model.formula_text(*place),
            Verdict.UNSURE if others else Verdict.KEPT,
            answers.get(OURS),
            changed=True,
        )

    def _refuse(self, place: Place) -> None:
        names = {
            (cell.sheet, cell.position): cell.name for cell in self._base.model.inputs.values()
        }
        name = next((names[p] for p in sorted(self._set) if p in names), "an input")
        self._base.model.refuse(name, place)


TOGETHER = Ensemble(tuple(reversed(WITNESSES)))
"""The engines of this process, the best first: two quick ones may share a fault."""
