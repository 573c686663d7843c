"""Which entries for the named inputs of a workbook do its data validations refuse?

A rule that compares with numbers or with a list typed into it is judged as soon as a value is read.
All others are judged with all values of a run in their cells, whatever their order, so that a list
may follow from another input. What a rule compares with is calculated once, unless an input of the
run reaches it. A rule that nobody but Excel can decide takes every value, and a remark says so.
"""

import contextlib
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from xlcalc.calc.dependents import Place
from xlcalc.calc.named_cells import NamedCell
from xlcalc.calc.rule_formulas import Undecided
from xlcalc.calc.rule_operands import Read, RuleOperands
from xlcalc.calc.validation_rules import Operand, literal_operands, refusal
from xlcalc.catalogue import catalogues
from xlcalc.cells import CellValue
from xlcalc.errors import InputValueError, NotFoundError, WorkbookError
from xlcalc.ooxml.positions import Position
from xlcalc.ooxml.tables import Area
from xlcalc.ooxml.validations import Validation


class Refusal(NamedTuple):
    """Why an entry is not allowed.

    Attributes
    ----------
    name : str
        The input.
    sentence : str
        The input, the rule and the value.
    """

    name: str
    sentence: str


def literal_check(cell: NamedCell) -> Callable[[CellValue], None]:
    """Return what refuses the values that the rules of a cell without formulas do not allow.

    It raises `InputValueError`.
    """
    rules = [(r, literal_operands(r)) for r in cell.validations if r.strict and r.literal]

    def refuse(value: CellValue) -> None:
        for rule, operands in rules:
            sentence = refusal(cell, rule, value, operands)
            if sentence is not None:
                raise InputValueError(sentence)

    return refuse


class Rules:
    """The data validations of named inputs.

    Parameters
    ----------
    operands : RuleOperands
        What calculates the formulas of the rules.
    reach : callable
        Gives the cells that may follow from a cell, this one included.
    formulas : mapping of str to collection of (int, int)
        The formula cells of each sheet.

    Attributes
    ----------
    undecided : dict of str to str
        For each input with a rule that could not be decided so far, a sentence that says why.
    """

    def __init__(
        self,
        operands: RuleOperands,
        reach: Callable[[Place], Collection[Place]],
        formulas: Mapping[str, Collection[Position]],
    ) -> None:
        self._operands, self._reach, self._formulas = operands, reach, formulas
        self.undecided: dict[str, str] = {}
        self._own: dict[tuple[Place, Validation], list[Read] | None] = {}
        self._reached: dict[tuple[Place, Validation, frozenset[Place]], bool] = {}
        self._closures: dict[Place, Collection[Place]] = {}

    def refusal(
        self, cells: Collection[NamedCell], values: Mapping[str, CellValue]
    ) -> Refusal | None:
        """Return why the first of some values is refused by a rule with a formula, or None.

        Parameters
        ----------
        cells : collection of NamedCell
            The inputs that are set.
        values : mapping of str to CellValue
            The value of each, by its name.
        """
        for cell in cells:
            for rule in cell.validations:
                if rule.strict and not rule.literal:
                    sentence = self._judged(cell, rule, cells, values)
                    if sentence is not None:
                        return Refusal(cell.name, sentence)
        return None

    def warnings(self, cells: Collection[NamedCell], values: Mapping[str, CellValue]) -> list[str]:
        """Return what Excel would warn of, and what could not be decided.

        Parameters
        ----------
        cells : collection of NamedCell
            The inputs that are set.
        values : mapping of str to CellValue
            The value of each, by its name.
        """
        found = []
        for cell in cells:
            for rule in cell.validations:
                if rule.warns and not self._is_known(cell, rule, cells, values):
                    sentence = self._judged(cell, rule, cells, values)
                    if sentence is not None:
                        found.append(f"{sentence}; the workbook only warns of it, so it is taken")
        return found + [self.undecided[cell.name] for cell in cells if cell.name in self.undecided]

    def choices(self, cell: NamedCell, rule: Validation) -> tuple[CellValue, ...] | None:
        """Return the entries of a list as the workbook stands; None where they cannot be told."""
        if rule.literal:
            return rule.entries
        try:
            operands = self._read(cell, rule, {})
        except (Undecided, WorkbookError):
            return None
        return operands[0].values if operands else None

    def _is_known(
        self,
        cell: NamedCell,
        rule: Validation,
        cells: Collection[NamedCell],
        values: Mapping[str, CellValue],
    ) -> bool:
        """Whether a value is short for an entry of a list, as the worksheet functions take it."""
        value = values[cell.name]
        if rule.kind != "list" or not isinstance(value, str):
            return False
        for find in (catalogues().gpu, catalogues().model):
            with contextlib.suppress(NotFoundError):
                full = {cell.name: str(find(value)["name"])}
                if self._judged(cell, rule, cells, {**values, **full}) is None:
                    return True
        return False

    def _judged(
        self,
        cell: NamedCell,
        rule: Validation,
        cells: Collection[NamedCell],
        values: Mapping[str, CellValue],
    ) -> str | None:
        """Return the sentence of one rule about one value; None where it takes the value."""
        value = values[cell.name]
        if rule.literal:
            return refusal(cell, rule, value, literal_operands(rule))
        if value is None or rule.kind == "none":
            return None
        given = {(other.sheet, other.position): values[other.name] for other in cells}
        try:
            operands = self._read(cell, rule, given)
        except Undecided as reason:
            self.undecided[cell.name] = (
                f"the data validation of {cell.name} cannot be decided, so it takes any value: "
                f"{reason}"
            )
            self._own[(cell.sheet, cell.position), rule] = None
            return None
        except WorkbookError:
            return None  # nothing can be calculated with these values, and the run will say so
        return None if operands is None else refusal(cell, rule, value, operands)

    def _read(
        self, cell: NamedCell, rule: Validation, given: Mapping[Place, CellValue]
    ) -> list[Operand] | None:
        """Return what the formulas of a rule give; None where this was undecided before."""
        key = (cell.sheet, cell.position), rule
        if key not in self._own:
            self._operands.set({})
            self._own[key] = self._calculated(cell, rule)
        own = self._own[key]
        if own is None:
            return None
        places = frozenset(given)
        if (*key, places) not in self._reached:
            self._reached[*key, places] = any(self._touches(place, own) for place in places)
        if self._reached[*key, places]:
            self._operands.set(given)
            own = self._calculated(cell, rule)
        return [read.operand for read in own]

    def _calculated(self, cell: NamedCell, rule: Validation) -> list[Read]:
        return [
            self._operands.read(
                formula, cell.sheet, rule.corner, cell.position, as_list=rule.kind == "list"
            )
            for formula in rule.formulas
        ]

    def _touches(self, place: Place, reads: Collection[Read]) -> bool:
        """Whether a cell reaches what operands were read from."""
        areas = {area for read in reads for area in read.areas}
        if any(_inside(place, area) for area in areas):
            return True
        computed = {area for area in areas if self._has_formula(area)}
        if not computed:
            return False
        if place not in self._closures:
            self._closures[place] = self._reach(place)
        closure = self._closures[place]
        return any(_inside(reached, area) for reached in closure for area in computed)

    def _has_formula(self, area: Area) -> bool:
        return any(_inside((area[0], position), area) for position in self._formulas[area[0]])


def _inside(place: Place, area: Area) -> bool:
    sheet, (left, top, right, bottom) = area
    row, column = place[1]
    return place[0] == sheet and left <= column <= right and top <= row <= bottom
