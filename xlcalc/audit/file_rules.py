"""What does the file itself have that a reader does not see: sheets, rows, macros, settings?

Hidden cells are also looked for within the ranges that sums take, and so are merged ones.
"""

import re
from collections.abc import Iterator

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, Range, column_letter, named
from xlcalc.ooxml.calculation import iteration
from xlcalc.ooxml.markup import Position, attributes_of

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*?)/?>")
_MODE = re.compile(rb"<(?:\w+:)?calcPr\b([^>]*?)/?>")
_PROTECTION = re.compile(rb"<(?:\w+:)?sheetProtection\b([^>]*?)/?>")
_TRUE = {"1", "true"}
_SUMS = {"SUM", "AVERAGE", "SUMIF"}
_LOOKING = {"SUMIFS", "COUNTIF", "COUNTIFS", "MAX", "MIN", "MEDIAN"}
_MOST = 10_000
"""Numbers of a range that are looked at."""


def file_findings(book: Audited) -> Iterator[Finding]:
    """Yield hidden sheets, rows and columns, macros, and how the workbook calculates."""
    package = book.package
    for element in package.xml(package.workbook_part).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            state = element.get("state", "visible")
            name = element.get("name", "")
            if state != "visible":
                how = "hidden" if state == "hidden" else "hidden from the menu as well"
                yield Finding("hidden-sheet", name, "", f"the sheet {name} is {how}", state)
    for sheet, part in package.sheets.items():
        yield from _hidden(sheet, package.part(part))
        yield from _protected(book, sheet, package.part(part))
    yield from _within_ranges(book)
    if any(name.endswith("vbaProject.bin") for name in package.names()):
        yield Finding("macros", "", "", "the workbook has macros", "vba")
    found = _MODE.search(package.part(package.workbook_part))
    if found is not None and attributes_of(found[1]).get("calcMode") == "manual":
        yield Finding("manual-calculation", "", "", "figures may be old when it opens", "calcMode")
    if iteration(package) is not None:
        yield Finding("iteration", "", "", "circles are calculated, and show no warning", "iterate")


def _hidden(sheet: str, data: bytes) -> Iterator[Finding]:
    rows, columns = _unseen(data)
    if rows:
        text = f"{len(rows)} rows are hidden, the first is {rows[0]}"
        yield Finding("hidden-rows", sheet, f"A{rows[0]}", text, f"rows {len(rows)}")
    for first, _ in columns:
        letter = column_letter(first)
        text = f"columns from {letter} are hidden"
        yield Finding("hidden-rows", sheet, f"{letter}1", text, f"column {letter}")


def _unseen(data: bytes) -> tuple[list[int], list[tuple[int, int]]]:
    """Return the hidden rows of a sheet, and its hidden columns from the first to the last."""
    rows = [
        int(attributes["r"])
        for found in _ROW.finditer(data)
        if b"hidden" in found[1]
        and (attributes := attributes_of(found[1])).get("hidden") in _TRUE
        and attributes.get("r", "").isdecimal()
    ]
    columns = []
    for found in _COLUMN.finditer(data):
        attributes = attributes_of(found[1])
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if attributes.get("hidden") in _TRUE and first.isdecimal() and 1 <= int(first) <= 16384:
            columns.append((int(first), int(last) if last.isdecimal() else int(first)))
    return rows, columns


def _within_ranges(book: Audited) -> Iterator[Finding]:
    """Yield sums that take in hidden figures, and ranges of figures with merged cells."""
    unseen: dict[str, tuple[list[int], list[tuple[int, int]]]] = {}
    told: set[tuple[str, str]] = set()
    for (sheet, position), made in book.calls.items():
        for call in made:
            area = book.argument(sheet, book.plain[sheet, position], call, 0)
            name = call.name.upper()
            if area is None or area.size == (1, 1) or name not in _SUMS | _LOOKING:
                continue
            if area.sheet not in unseen:
                unseen[area.sheet] = _unseen(book.package.part(book.package.sheets[area.sheet]))
            key = book.relative[sheet, position]
            if name in _SUMS and (cell := _hidden_figure(book, area, *unseen[area.sheet])):
                text = f"{name} takes in {named(cell)}, which is hidden"
                if (found := ("hidden-in-total", key)) not in told:
                    told.add(found)
                    yield Finding("hidden-in-total", sheet, named(position), text, key)
            for box in book.merged(area.sheet):
                inside = area.top <= box.top <= box.bottom <= area.bottom
                if (
                    inside
                    and box.bottom > box.top
                    and area.left <= box.left <= area.right
                    and type(book.values[area.sheet].get((box.top, box.left))) is float
                    and ("merged", area, box) not in book.seen
                ):
                    book.seen.add(("merged", area, box))
                    at = named((box.top, box.left))
                    text = f"{at} is merged with cells below it, and {name} reads one of them alone"
                    yield Finding("merged-in-range", area.sheet, at, text, at)


def _hidden_figure(
    book: Audited, area: Range, rows: list[int], columns: list[tuple[int, int]]
) -> Position | None:
    """Return a number of a range that is in a hidden row or column, if it shows others."""
    if not rows and not columns:
        return None
    hidden = set(rows)
    numbers = [p for p, value in book.filled(area) if type(value) is float][:_MOST]
    out = [p for p in numbers if p[0] in hidden or any(one <= p[1] <= end for one, end in columns)]
    return out[0] if out and len(out) < len(numbers) else None


def _protected(book: Audited, sheet: str, data: bytes) -> Iterator[Finding]:
    """Yield formulas of a protected sheet that a person may overwrite or does not see."""
    found = _PROTECTION.search(data)
    if found is None or attributes_of(found[1]).get("sheet") not in _TRUE:
        return
    styles = book.styles[sheet]
    for code, chosen, words in (
        ("unlocked-formula", book.unlocked, "formulas of the protected sheet are not locked"),
        ("hidden-formula", book.formulas_hidden, "formulas are hidden by the protection"),
    ):
        cells = sorted(p for p in book.model.formulas[sheet] if styles.get(p, 0) in chosen)
        if cells:
            text = f"{len(cells)} {words}, the first is {named(cells[0])}"
            yield Finding(code, sheet, named(cells[0]), text, code)
