"""Which look-ups may find the wrong entry: unsorted, doubled or padded keys, ranges out of step?

A look-up is read from the text of its formula; its keys are judged as they stand in the sheet.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, Range, named
from xlcalc.calc.dependents import Place
from xlcalc.cells import CellValue
from xlcalc.formula_text import Call, bare_name
from xlcalc.ooxml.markup import Position

_TYPE = {"VLOOKUP": 3, "HLOOKUP": 3, "MATCH": 2, "LOOKUP": None, "XLOOKUP": 4, "XMATCH": 2}
"""Look-ups, and the place of the argument that says how an entry is matched."""
_EXACT = {"0", "FALSE", "FALSE()", ""}
_CRITERIA = {"SUMIF", "COUNTIF", "AVERAGEIF"}
_SHIFTED = {"SUMIF": (0, 2), "AVERAGEIF": (0, 2), "LOOKUP": (1, 2), "XLOOKUP": (1, 2)}
"""Functions that take two ranges cell by cell, and which arguments these are."""
_BIG = re.compile(r"\d+(?:\.\d*)?E\+?\d{2,3}|REPT\(.*|\"[zZ]+\"|2", re.IGNORECASE)
"""A key beyond all entries: the look-up is meant to find the last one, sorted or not."""
_PADDED = re.compile(r"[\s\u00a0].*|.*[\s\u00a0]", re.DOTALL)


class _Lookup(NamedTuple):
    name: str
    keys: Range
    exact: bool
    key: str
    results: Range | None


def lookup_findings(book: Audited) -> Iterator[Finding]:
    """Yield look-ups that may find a wrong entry, and keys that they may miss."""
    told: set[tuple[str, object]] = set()
    for place, formula in book.plain.items():
        for call in book.calls[place]:
            for finding, once in _of_call(book, place, formula, call):
                if (finding.code, once) not in told:
                    told.add((finding.code, once))
                    yield finding


def _of_call(
    book: Audited, place: Place, formula: str, call: Call
) -> Iterator[tuple[Finding, object]]:
    """Yield findings, each with what it is told once for."""
    sheet, position = place
    name = bare_name(call.name)
    alike = (sheet, book.relative[place])
    if text := _out_of_step(book, sheet, formula, call, name):
        found = Finding("unequal-ranges", sheet, named(position), text, alike[1])
        yield found, alike
    if name in _CRITERIA:
        keys = book.argument(sheet, formula, call, 0)
        yield from _padded(book, keys) if keys is not None else ()
    if name not in _TYPE:
        return
    if said := _approximate(formula, call, name):
        text = f"{said} takes the next smaller entry where none fits"
        yield Finding("approximate-lookup", sheet, named(position), text, alike[1]), alike
    lookup = _read(book, place, formula, call, name)
    if lookup is None:
        return
    if lookup.exact:
        yield from _padded(book, lookup.keys)
        yield from _doubled(book, lookup)
    elif not _BIG.fullmatch(lookup.key) and (fall := _first_fall(book, lookup.keys)):
        text = f"{name} needs sorted keys, and {named(fall)} of {lookup.keys.sheet} is not in order"
        yield Finding("unsorted-lookup", sheet, named(position), text, alike[1]), alike


def _argument(formula: str, call: Call, place: int) -> str | None:
    if len(call.arguments) <= place:
        return None
    start, end = call.arguments[place]
    return formula[start:end].strip()


def _approximate(formula: str, call: Call, name: str) -> str:
    """Return how a look-up asks for the next smaller entry; empty if it does not."""
    if name not in {"VLOOKUP", "HLOOKUP", "MATCH"}:
        return ""  # LOOKUP has no other way, and XLOOKUP takes exact matches if left alone
    last = _argument(formula, call, _TYPE[name] or 0)
    if last is None:
        return f"{name} without its last argument"
    exact = last.upper() in _EXACT or (name == "MATCH" and last == "-1")
    return "" if exact else f"{name} with {last.upper()}"


def _read(book: Audited, place: Place, formula: str, call: Call, name: str) -> _Lookup | None:
    """Return what a look-up reads; None where its keys are no range of one column or row."""
    sheet = place[0]
    table = book.argument(sheet, formula, call, 1)
    if table is None:
        return None
    kind = _argument(formula, call, at) if (at := _TYPE[name]) is not None else None
    results: Range | None = None
    if name == "VLOOKUP":
        exact, keys = kind is not None and kind.upper() in _EXACT, table._replace(right=table.left)
        column = _argument(formula, call, 2) or ""
        if column.isdecimal() and 0 < int(column) <= table.size[1]:
            at_column = table.left + int(column) - 1
            results = table._replace(left=at_column, right=at_column)
    elif name == "HLOOKUP":
        exact, keys = kind is not None and kind.upper() in _EXACT, table._replace(bottom=table.top)
    elif name in {"XLOOKUP", "XMATCH"}:
        if kind not in {None, "", "0"} or len(call.arguments) > (at or 0) + 1:
            return None
        exact, keys = True, table
        results = book.argument(sheet, formula, call, 2) if name == "XLOOKUP" else None
    elif name == "MATCH":
        if kind == "-1":
            return None
        exact, keys = kind is not None and kind.upper() in _EXACT, table
        results = _indexed(book, sheet, formula, call)
    else:
        exact, keys = False, table
    if min(keys.size) != 1:
        return None
    return _Lookup(name, keys, exact, _argument(formula, call, 0) or "", results)


def _indexed(book: Audited, sheet: str, formula: str, match: Call) -> Range | None:
    """Return the range of the INDEX whose row or column a MATCH gives, and nothing else."""
    before = re.search(r"\bINDEX\(([^(),]+),(?:\s*0?\s*,)?\s*$", formula[: match.start])
    if before is None or formula[match.end : match.end + 1] not in {")", ","}:
        return None
    return book.whole_range(sheet, before[1])


def _out_of_step(book: Audited, sheet: str, formula: str, call: Call, name: str) -> str:
    """Return why two ranges that belong together do not have the same cells; empty if they do."""
    if name in _SHIFTED:
        one, other = (book.argument(sheet, formula, call, at) for at in _SHIFTED[name])
    elif name == "MATCH":
        one, other = book.argument(sheet, formula, call, 1), _indexed(book, sheet, formula, call)
        if one is None or other is None or min(one.size) != 1 or min(other.size) != 1:
            return ""
    else:
        return ""
    if one is None or other is None or one.size == other.size:
        return ""
    if name in {"XLOOKUP", "LOOKUP"} and (max(one.size) in other.size or min(one.size) != 1):
        return ""  # it returns a whole row
    if max(one.size) == max(other.size) and name not in {"SUMIF", "AVERAGEIF"}:
        return ""
    words = (f"{max(area.size)} cells from {named((area.top, area.left))}" for area in (one, other))
    return f"{name} sets {' against '.join(words)}"


def _first_fall(book: Audited, keys: Range) -> Position | None:
    """Return the first key that is smaller than one before it of its kind."""
    before: dict[type, CellValue] = {}
    for position, value in book.filled(keys):
        kind = type(value)
        now = value.lower() if isinstance(value, str) else value
        old = before.get(kind)
        if kind in {float, str} and old is not None and now < old:  # type: ignore[operator]
            return position
        before[kind] = now
    return None


def _padded(book: Audited, keys: Range) -> Iterator[tuple[Finding, object]]:
    if ("padded", keys) in book.seen:
        return
    book.seen.add(("padded", keys))
    formulas = book.model.formulas[keys.sheet]
    for position, value in book.filled(keys):
        padded = isinstance(value, str) and value.strip() and _PADDED.fullmatch(value)
        if padded and position not in formulas:
            text = f'the key "{value}" has blanks around it, and a look-up misses it'
            found = Finding("blank-in-key", keys.sheet, named(position), text, str(value))
            yield found, (keys.sheet, position)


def _doubled(book: Audited, lookup: _Lookup) -> Iterator[tuple[Finding, object]]:
    """Yield typed keys that stand twice with other results: a look-up takes the first alone.

    Keys that formulas give are often a rank or a count, of which the first is wanted.
    """
    keys, results = lookup.keys, lookup.results
    if results is None or keys.size != results.size or ("doubled", keys, results) in book.seen:
        return
    book.seen.add(("doubled", keys, results))
    down, across = results.top - keys.top, results.left - keys.left
    values, formulas = book.values[results.sheet], book.model.formulas[keys.sheet]
    first: dict[CellValue, Position] = {}
    for position, value in book.filled(keys):
        if not isinstance(value, str | float) or value == "" or position in formulas:
            continue
        key = value.lower() if isinstance(value, str) else value
        other = first.setdefault(key, position)
        one, two = (values.get((row + down, col + across)) for row, col in (other, position))
        if other != position and one != two and None not in {one, two}:
            text = f"{value} stands in {named(other)} too, with another result: only that is found"
            found = Finding("duplicate-key", keys.sheet, named(position), text, str(value))
            yield found, (keys.sheet, position)
