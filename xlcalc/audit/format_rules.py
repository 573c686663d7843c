"""Which number formats show another figure than the cell holds, or none?

A format is judged beside the value that the cell holds now: one that would hide a negative number
is no fault while no number is negative. Formats with conditions of their own are passed over.
"""

import functools
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, named
from xlcalc.calc.dependents import Place
from xlcalc.ooxml.cell_styles import date_letters
from xlcalc.ooxml.markup import Position

_PIECE = re.compile(r'"[^"]*+"?|\\.|[_*].|\[[^\]]*+\]?|.', re.DOTALL)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_CONDITION = re.compile(r"\[[<>=]")
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
_LARGE = re.compile(
    r"thousand|million|billion|trillion|\bmill?\b|\bmio\b|\bmln\b|\btsd\b|\bmrd\b|'000|\b000s?\b"
    r"|1,?000|\b(?:k|m|mm|mn|bn|b|g|t)\b|\b(?:k|m|bn)?(?:usd|eur|gbp|chf)\s?(?:k|mn?|bn)\b"
    r"|\b[kmg](?:usd|eur|gbp|chf|b|w|wh|hz|flops?|[$€£¥])(?!\w)|千|百万|万|亿|十億|億",
    re.IGNORECASE,
)
"""What says that figures are thousands, millions or more."""
_TITLES = 8
"""Rows from the top whose texts hold for all of a sheet."""
_NOTHING = 1e-9
"""What is smaller is what remains of a subtraction."""
_FIRST_DATE = 366
"""A subtraction that gives a date before 1901 gives a number of days."""
_LAST_DATE = 2_958_466
_POINTS = 20.0
"""How many times as large a share in percentage points is at least, beside shares."""
_PEERS = 3


class _Section(NamedTuple):
    """What a part of a number format shows."""

    plain: str
    """Its signs without quoted texts, blanks, colours and currencies."""
    words: str
    """Its quoted and escaped texts."""
    coloured: bool

    @property
    def empty(self) -> bool:
        return not self.plain.strip() and not self.words

    @property
    def decimals(self) -> int | None:
        """How many decimals it shows; None if it is no plain number."""
        found = re.fullmatch(r"[-+(]*(?:[0#?]+,?)+[0#?]*,*(?:\.([0#?]*))?,*%*[-)]*", self.plain)
        return len(found[1] or "") if found else None


class _Scales:
    """Where a sheet says that figures are thousands or millions: in what rows and columns."""

    def __init__(self, book: Audited, sheet: str) -> None:
        said = [
            position
            for position, value in book.values[sheet].items()
            if isinstance(value, str) and _LARGE.search(value)
        ]
        self._rows = {row for row, _ in said}
        self._columns = {column for _, column in said}
        self._everywhere = bool(_LARGE.search(sheet)) or any(row <= _TITLES for row in self._rows)

    def __contains__(self, position: Position) -> bool:
        row, column = position
        return self._everywhere or row in self._rows or column in self._columns


def format_findings(book: Audited) -> Iterator[Finding]:
    """Yield formats that hide a value or its sign, and those that show another figure."""
    told: dict[tuple[str, str, str], list[tuple[Position, str]]] = {}
    scales = functools.cache(functools.partial(_Scales, book))
    for sheet, values in book.values.items():
        for position, value in values.items():
            if type(value) is not float or position not in book.styles[sheet]:
                continue
            look = book.number_format(sheet, position)
            if look in {"General", "@"}:
                continue
            for code, text in _judged(book, (sheet, position), value, look, scales):
                told.setdefault((code, sheet, look), []).append((position, text))
    for (code, sheet, look), places in told.items():
        position, text = places[0]
        more = f", and so in {len(places) - 1} more cells" if len(places) > 1 else ""
        yield Finding(code, sheet, named(position), text + more, look)


def _judged(
    book: Audited, place: Place, value: float, look: str, scales: Callable[[str], _Scales]
) -> Iterator[tuple[str, str]]:
    sections = _sections(look)
    if not sections:
        return
    used = sections[0]
    if len(sections) > 1 and value < 0:
        used = sections[1]
    elif len(sections) > 2 and value == 0:
        used = sections[2]
    typed = place[1] not in book.model.formulas[place[0]]
    if used.empty:
        if value:
            yield "hidden-value", f"the format {look:.40} shows nothing for {value:.12g}"
        return
    if value < 0 and used is not sections[0] and _unsigned(used):
        yield "hidden-value", f"the format {look:.40} shows {value:.12g} without its sign"
    letters = date_letters(used.plain)
    if letters & {"d", "y"}:
        spans = "-" in book.formulas.get(place, "")
        if text := _no_date(value, letters, spans=spans, first=0 if book.from_1904 else 1):
            yield "misleading-format", f"{text}, and the format {look:.40} shows a date"
        return
    if letters or used.decimals is None:
        return
    least = 0.5 * 10.0 ** -(used.decimals + 2 * used.plain.count("%"))
    scaled = _SCALED.search(used.plain)
    thousands = scaled[0].count(",") if scaled else 0
    least *= 1000.0**thousands
    if typed and _NOTHING < abs(value) < least:
        yield "shown-as-zero", f"{value:.6g} is shown as zero by the format {look:.40}"
    if scaled and not used.words and abs(value) >= least and place[1] not in scales(place[0]):
        text = f"the format {look:.40} shows {value:.12g} as {value / 1000.0**thousands:.6g}"
        yield "misleading-format", f"{text}, and no text says so"
    if "%" in look and typed and _in_points(book, place, value):
        yield "misleading-format", f"{value:.12g} is shown as {100 * value:.12g} %"


@functools.lru_cache(maxsize=4096)
def _sections(look: str) -> tuple[_Section, ...]:
    """Return what each part of a number format shows; nothing if it has conditions."""
    if _CONDITION.search(look):
        return ()
    found, plain, words, coloured = [], "", "", False
    for piece in [*_PIECE.findall(look), ";"]:
        if piece == ";":
            found.append(_Section(plain, words, coloured))
            plain, words, coloured = "", "", False
        elif piece[0] == '"':
            words += piece.strip('"')
        elif piece[0] == "\\":
            words += piece[1:]
        elif _ELAPSED.fullmatch(piece):
            plain += piece[1:-1]
        elif piece[0] == "[":
            words += piece[2:].partition("-")[0].rstrip("]") if piece[1:2] == "$" else ""
            coloured = coloured or piece[1:2].isalpha()
        elif piece[0] not in "_*":
            plain += piece
    return tuple(found)


def _unsigned(section: _Section) -> bool:
    """Whether a part shows digits, and nothing that tells a negative number."""
    said = section.plain + section.words
    return section.decimals is not None and not section.coloured and not set("-(–−") & set(said)


def _no_date(value: float, letters: frozenset[str], *, spans: bool, first: int) -> str:
    """Return what a number is that no calendar has; empty for a date."""
    if value < 0 or value >= _LAST_DATE:
        return f"{value:.12g} is no date"
    if value < 1 and "h" in letters:
        return ""  # a time of day
    if value < first:
        return f"{value:.12g} is no day"
    return f"{value:.12g} is a number of days" if spans and value < _FIRST_DATE else ""


def _in_points(book: Audited, place: Place, value: float) -> bool:
    """Whether a share is many times as large as all others of its row or column."""
    sheet, (row, column) = place
    if not 1.0 < abs(value) <= 100.0:
        return False
    values = book.values[sheet]
    for across in (True, False):
        near = [(row, column + step) if across else (row + step, column) for step in range(-6, 7)]
        peers = [
            abs(other)
            for cell in near
            if cell != (row, column)
            and type(other := values.get(cell)) is float
            and "%" in book.number_format(sheet, cell)
        ]
        if len(peers) >= _PEERS and 0 < max(peers) <= 1.0 and abs(value) >= _POINTS * max(peers):
            return True
    return False
