"""What does a formula give that stands in no workbook?

Our engine calculates it. Where it is more than calls of our own functions, other engines do so as
well, and what they agree on is the answer: `=LARGE({10;20;30},1.9)` is 20 in Excel and in one
engine of four, so that a person is told of the other ones.
"""

import re
from dataclasses import dataclass

from xlcalc.calc.consensus import Consensus, agreed, calling, heard, is_unanimous
from xlcalc.calc.differences import OURS, shown
from xlcalc.calc.engine import PLACE, evaluate_formula, function_of
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.verification import VOLATILE, voice_of
from xlcalc.calc.voices import OwnEngine
from xlcalc.calc.witnesses import WITNESSES
from xlcalc.cells import CellError, CellValue
from xlcalc.formula_text import bare_name, called_functions
from xlcalc.ooxml.literals import formula_xml
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.minimal import minimal_workbook
from xlcalc.ooxml.package import Package
from xlcalc.registry import BY_NAME

_PLAIN = re.compile(r"[\w\s.,()*/^%\"{};]*")
"""Signs of formulas whose result no rounding of differences or comparisons touches."""
_ROOM = (60, 20)
"""Rows and columns for what our engine does not know and others may fill with values."""
_SHEET = "Sheet1"


@dataclass(frozen=True)
class Answer:
    """What a formula gives.

    Attributes
    ----------
    rows : list of list of CellValue
        The cells that it fills.
    reasons : tuple of str
        Why our functions failed, if they did.
    doubts : tuple of str
        What engines do not agree on.
    """

    rows: list[list[CellValue]]
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def answer(formula: str) -> Answer:
    """Return what a formula gives, by all engines that it takes.

    Parameters
    ----------
    formula : str
        The formula, with or without `=`.

    Raises
    ------
    FormulaError
        If the formula cannot be read, or calls a function with a wrong number of arguments.
    """
    text = formula.removeprefix("=")
    rows, reasons = evaluate_formula(formula)
    volatile = any(bare_name(name) in VOLATILE for name in called_functions(text))
    if reasons or volatile or _is_ours(text):
        return Answer(rows, tuple(reasons))
    return _by_all(text, rows)


def _is_ours(text: str) -> bool:
    """Whether a formula has nothing but our functions, numbers, texts and products."""
    ours = all(function_of(name)[0] in BY_NAME for name in called_functions(text))
    return ours and _PLAIN.fullmatch(text) is not None


def _by_all(text: str, rows: list[list[CellValue]]) -> Answer:
    """Return what engines agree on, or what the best one says with the doubts."""
    unknown = isinstance(rows[0][0], CellError)
    height, width = _ROOM if unknown else (len(rows), len(rows[0]))
    model = WorkbookModel(_workbook(text, height, width), "the formula")
    calls = calling(model)
    places = [[(_SHEET, _below(row, column)) for column in range(width)] for row in range(height)]
    consensus = Consensus(model)
    consensus.add(voice_of(OwnEngine(), model, calls))
    for make in reversed(WITNESSES):
        consensus.add(voice_of(make(), model, calls))
        if len(consensus.said(places[0][0])) > 1 and all(
            is_unanimous(consensus.said(place)) for line in places for place in line
        ):
            break
    said = consensus.said(places[0][0])
    if not said:
        return Answer(rows)
    found = [
        [
            agreed(heard(s, text, is_array=True))[0] if (s := consensus.said(p)) else None
            for p in line
        ]
        for line in places
    ]
    found = _trimmed(found) if unknown else found
    is_cut = unknown and (len(found) == _ROOM[0] or len(found[0]) == _ROOM[1])
    shown_places = [place for line in places[: len(found)] for place in line[: len(found[0])]]
    doubts = []
    for known in (heard(consensus.said(place), text, is_array=True) for place in shown_places):
        if len(known) > 1 and not is_unanimous(known) and not agreed(known)[1]:
            each = ", ".join(f"{shown(value)} by {name}" for name, value in known.items())
            doubts.append(f"engines do not agree: it is {each}")
    if is_cut:
        doubts.append(f"it may fill more cells than {_ROOM[0]} rows and {_ROOM[1]} columns")
    if len(said) == 1 and OURS not in said:
        doubts.append(f"{next(iter(said))} alone calculates it")
    return Answer(found, (), tuple(dict.fromkeys(doubts))[:3])


def _trimmed(rows: list[list[CellValue]]) -> list[list[CellValue]]:
    """Return the cells that a formula fills, of a room in which all others are #N/A or nothing."""

    def is_filled(value: CellValue) -> bool:
        return value is not None and not (isinstance(value, CellError) and value.code == "#N/A")

    # One row of values fills an array formula in all its rows, and one column in all columns.
    if isinstance(rows[0][0], CellError):
        return [[rows[0][0]]]
    height = 1 if all(line == rows[0] for line in rows) else len(rows)
    width = 1 if all(len(set(map(repr, line))) == 1 for line in rows) else len(rows[0])
    filled = [
        (row, column) for row in range(height) for column in range(width)
        if is_filled(rows[row][column])
    ]  # fmt: skip
    height = max((row for row, _ in filled), default=0) + 1
    width = max((column for _, column in filled), default=0) + 1
    return [line[:width] for line in rows[:height]]


def _below(row: int, column: int) -> Position:
    return PLACE[0] + row, PLACE[1] + column


def _workbook(text: str, height: int, width: int) -> Package:
    """Return a workbook with an array formula of some rows and columns."""
    first, last = cell_name(PLACE), cell_name(_below(height - 1, width - 1))
    formula = f'<f t="array" ref="{first}:{last}">{formula_xml(text)}</f>'
    row = f'<row r="{PLACE[0]}"><c r="{first}">{formula}</c></row>'
    return minimal_workbook(_SHEET, row, "the formula")
