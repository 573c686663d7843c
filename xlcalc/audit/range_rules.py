"""Which sums and additions take in figures that a reader does not see, or cells that are merged?"""

import re
from collections.abc import Iterator
from itertools import islice

from xlcalc.audit.file_rules import Unseen, unseen_in
from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, Range, named, range_of
from xlcalc.calc.dependents import Place
from xlcalc.ooxml.markup import Position

_SUMS = {"SUM", "AVERAGE", "SUMIF"}
_READING = {*_SUMS, "SUMIFS", "COUNTIF", "COUNTIFS", "MAX", "MIN", "MEDIAN"}
_ADDITION = re.compile(r"\$?[A-Z]{1,3}\$?\d+(?:[+-]\$?[A-Z]{1,3}\$?\d+)+", re.IGNORECASE)
"""An addition of cells of the sheet."""
_MOST = 10_000
"""Cells of a range that are looked at."""


def range_findings(book: Audited) -> Iterator[Finding]:
    """Yield sums that take in hidden figures, and ranges of figures with merged cells."""
    unseen = {
        sheet: unseen_in(book.package.part(part)) for sheet, part in book.package.sheets.items()
    }
    told: set[tuple[str, str]] = set()
    merged: set[Range] = set()
    for place, name, area in _areas(book):
        if area not in merged and book.merged(area.sheet):
            merged.add(area)
            yield from _merged(book, name, area)
        key = (place[0], book.relative[place])
        if name in _SUMS and unseen[area.sheet] and key not in told:
            figures = [p for p, v in islice(book.filled(area), _MOST) if type(v) is float]
            if cell := _hidden(figures, unseen[area.sheet]):
                told.add(key)
                text = f"{name} takes in {named(cell)}, which is hidden"
                yield Finding("hidden-in-total", place[0], named(place[1]), text, key[1])
    for (sheet, position), formula in book.formulas.items():
        if not unseen[sheet] or not _ADDITION.fullmatch(formula):
            continue
        values = book.values[sheet]
        areas = (range_of(r.area, sheet) for r in book.references((sheet, position), formula))
        figures = [p for a in areas if type(values.get(p := (a.top, a.left))) is float]
        if (cell := _hidden(figures, unseen[sheet])) and not unseen[sheet].holds(position):
            text = f"={formula:.60} takes in {named(cell)}, which is hidden"
            key = (sheet, book.relative[sheet, position])
            yield Finding("hidden-in-total", sheet, named(position), text, key[1])


def _areas(book: Audited) -> Iterator[tuple[Place, str, Range]]:
    """Yield the ranges of several cells that are summed, counted or compared."""
    for place, made in book.calls.items():
        for call in made:
            name = call.name.upper()
            if name in _READING:
                area = book.argument(place[0], book.plain[place], call, 0)
                if area is not None and area.size != (1, 1):
                    yield place, name, area


def _hidden(figures: list[Position], unseen: Unseen) -> Position | None:
    """Return the first of some figures that is hidden, if others are not."""
    out = [cell for cell in figures if unseen.holds(cell)]
    return out[0] if out and len(out) < len(figures) else None


def _merged(book: Audited, name: str, area: Range) -> Iterator[Finding]:
    """Yield the numbers of a range that are merged with cells below them."""
    values = book.values[area.sheet]
    for box in book.merged(area.sheet):
        cell = (box.top, box.left)
        within = area.holds(area.sheet, cell) and box.bottom <= area.bottom
        if within and box.bottom > box.top and type(values.get(cell)) is float:
            at = named(cell)
            if ("merged", area.sheet, at) not in book.seen:
                book.seen.add(("merged", area.sheet, at))
                text = f"{at} is merged with cells below it, and {name} reads one of them alone"
                yield Finding("merged-in-range", area.sheet, at, text, at)
