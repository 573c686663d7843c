"""Which cells break the pattern of the cells around them, and which ranges stop too early?"""

import re
from collections.abc import Iterator, Mapping, Sequence

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, Range, named, range_of
from xlcalc.calc.dependents import Place
from xlcalc.formula_text import TEXT, calls, references, replace_references
from xlcalc.ooxml.markup import Position

_RUN = 4
"""Like formulas in a row or column that make a pattern, the odd one not counted."""
_SUMS = {"SUM", "AVERAGE", "COUNT", "COUNTA", "MAX", "MIN"}
_LITERAL = re.compile(
    rf"(?P<passed>{TEXT}|'(?:[^']|'')*+(?:'!?|\Z)"
    r"|\[(?:[^\[\]]|\[[^\]]*+(?:\]|\Z))*+(?:\]|\Z)|\$?[A-Za-z]{1,3}\$?\d+"
    r"|[A-Za-z_][\w.]*|#[\w/]+[!?]?|\$?\d+:\$?\d+)"
    r"|(?<![\w.$])(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?%?)"
)
_PLAIN = {
    *("0", "1", "2", "-1", "100", "1000", "12", "4", "7", "24", "30", "52", "60", "365", "360"),
    *("1000000", "100%", "10", "0.5"),
}
"""Constants that mean the same everywhere: shares, thousands, months, days."""


def pattern_findings(book: Audited) -> Iterator[Finding]:
    """Yield cells that differ from their neighbours, ranges that miss rows, double counts."""
    for sheet in book.values:
        own = {p: text for (name, p), text in book.relative.items() if name == sheet}
        yield from _breaks(book, sheet, own)
    parts = _parts_of_sums(book)
    for place, formula in book.formulas.items():
        yield from _ranges(book, place, formula, parts)
    yield from _constants(book)


def _breaks(book: Audited, sheet: str, own: dict[Position, str]) -> Iterator[Finding]:
    """Yield formulas that differ from two like ones on both sides, and numbers in their place."""
    numbers = {p for p, v in book.constants(sheet).items() if type(v) is float}
    told: set[Position] = set()
    for down, across in ((0, 1), (1, 0)):
        for position in sorted(own.keys() | numbers):
            before = (position[0] - down, position[1] - across)
            behind = (position[0] + down, position[1] + across)
            pattern = own.get(before)
            if pattern is None or pattern != own.get(behind) or own.get(position) == pattern:
                continue
            if position in told or _length(own, before, behind, (down, across)) < _RUN:
                continue
            told.add(position)
            words = "column" if down else "row"
            if position in numbers:
                value = book.values[sheet][position]
                text = f"{value:,.12g} stands where the {words} has ={_short(book, sheet, before)}"
                key = f"{book.label(sheet, position)}|{pattern}"
                yield Finding("number-among-formulas", sheet, named(position), text, key)
            elif _alike(book, sheet, position, before):
                text = (
                    f"={_short(book, sheet, position)} stands between formulas like "
                    f"={_short(book, sheet, before)}"
                )
                yield Finding("pattern-break", sheet, named(position), text, own[position])


def _alike(book: Audited, sheet: str, one: Position, other: Position) -> bool:
    """Whether two formulas differ in what they read alone: another calculation is meant so."""
    texts = (book.formulas[sheet, place] for place in (one, other))
    shapes = {replace_references(text, lambda _: "?").replace("$", "") for text in texts}
    return len(shapes) == 1


def _length(
    own: dict[Position, str], before: Position, behind: Position, step: tuple[int, int]
) -> int:
    """Return how many like formulas stand on both sides of a cell."""
    pattern, count = own[before], 0
    for (row, column), way in ((before, -1), (behind, 1)):
        while own.get((row, column)) == pattern:
            count += 1
            row, column = row + way * step[0], column + way * step[1]
    return count


def _short(book: Audited, sheet: str, position: Position) -> str:
    return f"{book.formulas[sheet, position]:.60}"


def _ranges(
    book: Audited, place: Place, formula: str, parts: Mapping[str, Sequence[tuple[Position, Range]]]
) -> Iterator[Finding]:
    """Yield sums that leave out a neighbour of their range, or count a part twice."""
    sheet, position = place
    for call in calls(formula):
        if call.name.upper() not in _SUMS or len(call.arguments) != 1:
            continue
        start, end = call.arguments[0]
        found = references(formula[start:end])
        if len(found) != 1 or ":" not in found[0].area or formula[start:end].strip()[-1:] == ")":
            continue
        area = range_of(found[0].area, found[0].sheets or sheet)
        if area.bottom - area.top > 100_000 or area.sheet not in book.values:
            continue
        if missed := _missed(book, area, place):
            text = f"{call.name}({formula[start:end].strip()}) leaves out {named(missed)} beside it"
            yield Finding("range-misses", sheet, named(position), text, book.relative[place])
        if call.name.upper() != "SUM":
            continue
        twice = _twice(area, parts.get(area.sheet, ()))
        beside = f"{formula[: call.start]}0{formula[call.end :]}"
        if twice is not None and not _names(beside, sheet, area.sheet, twice):
            text = f"the sum takes in {named(twice)}, which sums cells of the same range"
            yield Finding("double-count", sheet, named(position), text, book.relative[place])


def _missed(book: Audited, area: Range, place: Place) -> Position | None:
    """Return the number that stands right beside the end of a range of one column or row."""
    if area.left == area.right and area.bottom > area.top:
        ends = ((area.top - 1, area.left), (area.bottom + 1, area.left))
    elif area.top == area.bottom and area.right > area.left:
        ends = ((area.top, area.left - 1), (area.top, area.right + 1))
    else:
        return None
    values, formulas = book.values[area.sheet], book.model.formulas[area.sheet]
    inside = [position for position in area.cells() if type(values.get(position)) is float]
    for end in ends:
        if end == place[1] and area.sheet == place[0]:
            continue
        # A year above a column of money is no part of it, and a formula may be another total.
        alike = inside and all((p in formulas) == (end in formulas) for p in inside)
        value = values.get(end)
        if type(value) is float and alike and end not in formulas and not 1900 <= value <= 2100:
            return end
    return None


def _parts_of_sums(book: Audited) -> dict[str, list[tuple[Position, Range]]]:
    """Return the cells of each sheet that sum a range of the sheet, with that range."""
    found: dict[str, list[tuple[Position, Range]]] = {}
    for (sheet, position), formula in book.formulas.items():
        if formula.upper().startswith("SUM("):
            found.setdefault(sheet, []).extend(
                (position, range_of(reference.area, sheet))
                for reference in references(formula)
                if ":" in reference.area and not reference.sheets
            )
    return found


def _twice(area: Range, parts: Sequence[tuple[Position, Range]]) -> Position | None:
    """Return a cell of a range that sums other cells of it."""
    for position, part in parts:
        ends = (position, (part.top, part.left), (part.bottom, part.right))
        if all(area.holds(area.sheet, end) for end in ends):
            return position
    return None


def _names(formula: str, sheet: str, other: str, position: Position) -> bool:
    """Whether a formula reads a cell, as one does that takes a subtotal out again."""
    return any(
        range_of(found.area, found.sheets or sheet).holds(other, position)
        for found in references(formula)
        if found.area
    )


def _constants(book: Audited) -> Iterator[Finding]:
    """Yield constants in formulas, a pattern of like formulas once."""
    told: set[tuple[str, str]] = set()
    for place, formula in book.formulas.items():
        key = (place[0], book.relative[place])
        if key in told:
            continue
        told.add(key)
        found = [m["number"] for m in _LITERAL.finditer(formula) if m["number"]]
        strange = [number for number in found if number not in _PLAIN]
        if strange:
            text = f"{', '.join(strange[:3])} in ={formula:.60}"
            yield Finding("constant-in-formula", place[0], named(place[1]), text, key[1])
