"""How much room does a text take in a cell: how wide is it, and how many lines has it?

`shown_text` returns a text as long as what a cell will show; for a formula, which is not calculated
yet, the longest text that it can give. `lines_in` counts the lines of a text that is wrapped in
Arial.

    ="At most "&IF(a>0,"one","three")&" of "&b    ->    At most three of 0000000000
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from openpyxl.cell.cell import Cell
from openpyxl.styles import Font

from xlcalc.author import styles
from xlcalc.formula_text import TEXT, calls

Quotes = Mapping[str, Mapping[str, str] | Sequence[str]]
"""Texts that formulas look up: for the name of a cell or range its texts, or those by a key."""
POINTS = 5.25
"""Width of a column, in points, for each of its units: a digit of the Normal font on a screen."""
LINE_HEIGHT = 13.0
"""Height of a line of ten points, in points."""
_FIGURE, _QUOTED, _SOURCE = "0" * 10, "0" * 25, "0" * 180
"""What stands for a figure, for a text that is looked up, and for a row of the catalogue."""
_LETTERS = {
    letter: thousandths / 1000
    for thousandths, letters in (
        (222, "ijl'|"),
        (278, " !,./:;I[\\]ft"),
        (333, '()-`r"{}*·'),
        (500, "Jcksvxyz^"),
        (584, "+<=>~−×"),
        (611, "FTZ"),
        (667, "&ABEKPSVXY"),
        (722, "CDHNRUw"),
        (778, "GOQ"),
        (889, "Mm%"),
        (1000, "W@"),
    )
    for letter in letters
}
"""How wide Arial draws a letter, in its size; those that are not here are as wide as a digit."""
_DIGIT_WIDTH, _FIXED_WIDTH, _BOLD = 0.556, 0.6, 1.07
_PADDING, _INDENT = 4.0, 7.0
_SAFE = 0.97
_WORDS = re.compile(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+")
_LITERAL = re.compile(TEXT)
_PART = re.compile(rf"(?:{TEXT}|[^&\"])+")
_NAME = re.compile(r"[A-Za-z_]\w*")
_SAME = {"UPPER", "LOWER", "TRIM", "PROPER", "SUBSTITUTE", "LEFT", "MID", "T", ""}
"""Functions whose text is at most as long as their first argument."""


def shown_text(cell: Cell, quotes: Quotes) -> str:
    """Return a text as long as what a cell shows.

    Parameters
    ----------
    cell : Cell
        A text, a number, or a formula.
    quotes : mapping
        The texts of cells and ranges that formulas look up.
    """
    if cell.data_type != "f":
        return "" if cell.value is None else str(cell.value)
    return longest_text(str(cell.value), quotes)


def longest_text(formula: str, quotes: Quotes) -> str:
    """Return a text as long as the longest one that a formula gives.

    Examples
    --------
    >>> longest_text('="At most "&IF(a>0,"one","three")', {})
    'At most three'
    >>> longest_text('=INDEX(notes,MATCH("pue",names,0))', {"notes": {"pue": "A note."}})
    'A note.'
    """
    text = formula.removeprefix("=")
    while call := next(calls(text), None):
        arguments = [text[start:end] for start, end in call.arguments]
        said = _of_call(call.name.upper(), arguments, quotes).replace('"', '""')
        text = f'{text[: call.start]}"{said}"{text[call.end :]}'
    return _joined(text, quotes)


def text_width(text: str, font: Font) -> float:
    """Return the width of a text in a line, in points."""
    size = float(font.size or 10) * (_BOLD if font.bold else 1.0)
    return size * _width(text, fixed=font.name == styles.NAME.name)


def lines_in(text: str, cell: Cell, width: float) -> int:
    """Return how many lines a text takes that is wrapped in a cell of a column so wide."""
    room = _SAFE * (POINTS * width - _PADDING - _INDENT * (cell.alignment.indent or 0))
    lines = 0
    for paragraph in text.split("\n"):
        lines, used = lines + 1, 0.0
        for word in _WORDS.findall(paragraph):
            bare = word.rstrip()
            wide = text_width(bare, cell.font)
            if used and used + wide > room:
                lines, used = lines + 1, 0.0
            if wide > room:  # broken among its letters
                lines += math.ceil(wide / room) - 1
                wide %= room
            used += wide + text_width(word[len(bare) :], cell.font)
    return lines


def _of_call(name: str, arguments: Sequence[str], quotes: Quotes) -> str:
    """Return the longest text of a call whose arguments hold no further call."""
    if name in {"IF", "CHOOSE"}:
        return _widest(_joined(argument, quotes) for argument in arguments[1:])
    if name in {"IFERROR", "IFNA"}:  # what stands for an error is seldom shown
        return _joined(arguments[0], quotes)
    if name == "MATCH":  # for INDEX around it
        found = _LITERAL.match(arguments[0].strip())
        return _plain(found[0]) if found else ""
    if name == "INDEX":
        known = quotes.get(arguments[0].strip())
        key = _plain(arguments[1].strip()) if len(arguments) > 1 else ""
        if isinstance(known, Mapping):
            return known[key] if key in known else _widest(known.values())
        return _QUOTED if known is None else _widest(known)
    if name == "CATALOGUE_SOURCE":
        return _SOURCE
    if name == "CHAR":
        return "\n"
    if name in _SAME:
        return _joined(arguments[0], quotes) if arguments else ""
    return _FIGURE


def _joined(expression: str, quotes: Quotes) -> str:
    """Return the longest text of parts that `&` joins."""
    return "".join(_of_part(part.strip(), quotes) for part in _PART.findall(expression))


def _of_part(part: str, quotes: Quotes) -> str:
    literals = _LITERAL.findall(part)
    if literals:
        return _widest(map(_plain, literals))
    known = quotes.get(part) if _NAME.fullmatch(part) else None
    if known is not None:
        return _widest(known.values() if isinstance(known, Mapping) else known)
    return _FIGURE if part else ""


def _plain(literal: str) -> str:
    return literal[1:-1].replace('""', '"') if literal.startswith('"') else literal


def _widest(texts: Iterable[str]) -> str:
    return max(texts, key=lambda text: _width(text, fixed=False), default="")


def _width(text: str, *, fixed: bool) -> float:
    """Return the width of a text in sizes of its font; Chinese characters are square."""
    widths, other = ({}, _FIXED_WIDTH) if fixed else (_LETTERS, _DIGIT_WIDTH)
    return sum(1.0 if letter > "\u2e80" else widths.get(letter, other) for letter in text)
