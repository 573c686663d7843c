"""Which cells break the pattern of the cells around them?"""

import re
from collections import Counter
from collections.abc import Iterator

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, named, runs_of
from xlcalc.formula_text import TEXT, bare_name, replace_references
from xlcalc.ooxml.markup import Position
from xlcalc.ooxml.tables import read_tables

_RUN = 4
"""Like formulas in a row or column that make a pattern, the odd one not counted."""
_MOST_OF = 0.7
"""The share of a table's column from which its formula is that of the column."""
_LITERAL = re.compile(
    rf"(?P<passed>{TEXT}|'(?:[^']|'')*+(?:'!?|\Z)"
    r"|\[(?:[^\[\]]|\[[^\]]*+(?:\]|\Z))*+(?:\]|\Z)|\$?[A-Za-z]{1,3}\$?\d+"
    r"|[A-Za-z_][\w.]*|#[\w/]+[!?]?|\$?\d+:\$?\d+)"
    r"|(?<![\w.$])(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?%?)"
)
_PLACES = {
    **dict.fromkeys(("VLOOKUP", "HLOOKUP", "INDEX", "OFFSET"), (1, 2, 3, 4)),
    **dict.fromkeys(("ROUND", "ROUNDUP", "ROUNDDOWN", "TRUNC", "LEFT", "RIGHT", "LARGE"), (1,)),
    **dict.fromkeys(("SMALL", "WEEKDAY", "LOG", "DAYS360", "EDATE", "EOMONTH"), (1,)),
    **dict.fromkeys(("MID", "MATCH", "DATE", "TIME", "REPLACE", "SUBSTITUTE"), (0, 1, 2, 3)),
    **dict.fromkeys(("CHOOSE", "SUBTOTAL", "CHAR", "UNICHAR", "REPT"), (0, 1)),
    "AGGREGATE": (0, 1),
    "TEXT": (1,),
    "FIXED": (1,),
}
"""Arguments that are a place, a count or a code, and no figure of the model."""
_PLAIN = {
    *("0", "1", "2", "-1", "100", "1000", "12", "4", "7", "24", "30", "52", "60", "365", "360"),
    *("1000000", "100%", "10", "0.5"),
}
"""Constants that mean the same everywhere: shares, thousands, months, days."""


def pattern_findings(book: Audited) -> Iterator[Finding]:
    """Yield cells that differ from their neighbours, and constants within formulas."""
    for sheet in book.values:
        own = {p: text for (name, p), text in book.relative.items() if name == sheet}
        yield from _breaks(book, sheet, own)
        yield from _periods(book, sheet)
    yield from _columns_of_tables(book)
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
    # Names are no neighbours: another one is meant.
    shapes = {replace_references(t, lambda r: "?" if r.area else None) for t in texts}
    shapes = {shape.replace("$", "") for shape in shapes}
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


def _constants(book: Audited) -> Iterator[Finding]:
    """Yield constants in formulas, a pattern of like formulas once."""
    told: set[tuple[str, str]] = set()
    for place, formula in book.formulas.items():
        key = (place[0], book.relative[place])
        if key in told:
            continue
        told.add(key)
        passed = [
            call.arguments[number]
            for call in book.calls[place]
            for number in _PLACES.get(bare_name(call.name), ())
            if number < len(call.arguments)
        ]
        found = [
            m["number"]
            for m in _LITERAL.finditer(book.plain[place])
            if m["number"]
            and not any(
                a <= m.start() < b and m[0] == book.plain[place][a:b].strip() for a, b in passed
            )
        ]
        strange = [number for number in found if number not in _PLAIN]
        if strange:
            text = f"{', '.join(strange[:3])} in ={formula:.60}"
            yield Finding("constant-in-formula", place[0], named(place[1]), text, key[1])


def _columns_of_tables(book: Audited) -> Iterator[Finding]:
    """Yield the cells of a table's column that have another formula than most of it, or none."""
    for table in read_tables(book.package):
        rows = range(table.top + table.header, table.bottom - table.totals + 1)
        for column in range(table.left, table.right + 1):
            texts = {
                row: book.relative[place].replace("$", "")
                for row in rows
                if (place := (table.sheet, (row, column))) in book.relative
            }
            (usual, count), *_ = Counter(texts.values()).most_common(1) or [("", 0)]
            if count < _RUN or count < _MOST_OF * len(rows):
                continue
            for row in rows:
                position = (row, column)
                if texts.get(row) == usual or position not in book.values[table.sheet]:
                    continue
                held = f"={texts[row]:.40}" if row in texts else "a constant"
                heading = table.headings[column - table.left]
                text = f"the column {heading} of {table.title} has one formula, and here {held}"
                key = f"{table.name}|{heading}|{held}"
                yield Finding("table-column-break", table.sheet, named(position), text, key)


def _periods(book: Audited, sheet: str) -> Iterator[Finding]:
    """Yield the year in a row of years that skips one or stands there twice."""
    years: dict[int, dict[int, int]] = {}
    for (row, column), value in book.constants(sheet).items():
        if type(value) is float and value.is_integer() and 1900 <= value <= 2100:
            years.setdefault(row, {})[column] = int(value)
    for row, line in years.items():
        for run in runs_of(sorted(line)):
            steps = [line[place] - line[place - 1] for place in run[1:]]
            odd = [number for number, step in enumerate(steps) if step != 1]
            if len(steps) < _RUN or len(odd) != 1 or steps[odd[0]] not in {0, 2}:
                continue
            column = run[odd[0] + 1]
            text = f"{line[column]} follows {line[column - 1]} in a row of years"
            key = f"{line[run[0]]}-{line[run[-1]]}"
            yield Finding("period-gap", sheet, named((row, column)), text, key)
