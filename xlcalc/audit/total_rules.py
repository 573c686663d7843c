"""Which totals do not come to what stands above and beside them?

A total is told by its label or by its formula. Its parts are added up from the values that the
workbook stores, and the two are compared as far as they are shown.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, Range, named, range_of, runs_of
from xlcalc.formula_text import references
from xlcalc.ooxml.markup import Position

_TOTAL = re.compile(
    r"(?:grand |sub-?)?totals?\b(?! (?:number|count|rate|cost of ))|sum$", re.IGNORECASE
)
_SUM = re.compile(r"SUM\((\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+)\)", re.IGNORECASE)
_CHAIN = re.compile(r"\$?[A-Z]{1,3}\$?\d++(?:\+\$?[A-Z]{1,3}\$?\d++){2,}+", re.IGNORECASE)
_AGGREGATE = re.compile(
    r"(SUM|AVERAGE|COUNT|COUNTA|MAX|MIN)\((\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+)\)",
    re.IGNORECASE,
)
_ASSETS = re.compile(r"total assets", re.IGNORECASE)
_CLAIMS = re.compile(
    r"total liabilities (?:and|&|\+) (?:total )?(?:(?:share|stock)holders['’]?s? |owners['’]?s? )?"
    r"(?:equity|net assets|capital)",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"\[\$([^\[\]-]++)(?:-[^\[\]]*+)?\]|([$€£¥₹₩₽])|\"([A-Z]{3})\"")
_NEAR = 0.25
"""How far a typed total may be from the sum of its block, as a share of it, to be its total."""
_PEERS = 3
"""Like aggregates side by side from which the odd one is told."""


def total_findings(book: Audited) -> Iterator[Finding]:
    """Yield totals that are not the sum of their parts, and sums of unlike figures."""
    for sheet in book.values:
        yield from _typed(book, sheet)
        yield from _balance(book, sheet)
    sums = {
        place: range_of(found[1], place[0])
        for place, formula in book.formulas.items()
        if (found := _SUM.fullmatch(formula.replace("$", "")))
    }
    several = {sheet for sheet in book.values if len(_currencies_of(book, sheet)) > 1}
    for (sheet, position), area in sums.items():
        yield from _cross_foot(book, sheet, position, area, sums)
        if area.sheet in several:
            yield from _currencies(book, sheet, position, area)
    for (sheet, position), formula in book.formulas.items():
        if _CHAIN.fullmatch(formula):
            yield from _skipping(book, sheet, position, formula)
    yield from _unlike_peers(book)


def _typed(book: Audited, sheet: str) -> Iterator[Finding]:
    """Yield typed totals that differ from the numbers above them."""
    values, constants = book.values[sheet], book.constants(sheet)
    for position, value in constants.items():
        row, column = position
        if any(area.holds(sheet, position) for area in book.pivots(sheet)):
            continue
        if type(value) is not float or not _TOTAL.match(book.label(sheet, position).strip()):
            continue
        parts: list[float] = []
        while type(part := values.get((row - 1 - len(parts), column))) is float:
            if _TOTAL.match(book.label(sheet, (row - 1 - len(parts), column)).strip()):
                break
            parts.append(part)
        if len(parts) < 2 or "%" in book.number_format(sheet, position):
            continue
        if _years(parts) or _equal(sum(parts), value, [*parts, value]):
            continue
        if _equal(sum(parts[:-1]), value, [*parts, value]):
            continue  # the first one is a year above the column
        if abs(sum(parts) - value) > _NEAR * abs(value):
            continue  # it is the total of something else, or a median, or a largest figure
        text = f"the total is {value:,.12g}, and the {len(parts)} numbers above it sum to "
        key = f"{book.label(sheet, position)}|{column}"
        yield Finding("total-mismatch", sheet, named(position), f"{text}{sum(parts):,.12g}", key)


def _years(parts: Sequence[float]) -> bool:
    return all(1900 <= part <= 2100 and part.is_integer() for part in parts)


def _equal(one: float, other: float, shown: Sequence[float]) -> bool:
    """Whether two sums are one, if each number may be rounded in its last place."""
    places = max((len(f"{x:.10g}".partition(".")[2]) for x in shown), default=0)
    return abs(one - other) <= 0.5 * 10.0**-places * len(shown) + 1e-9 * abs(other)


def _balance(book: Audited, sheet: str) -> Iterator[Finding]:
    """Yield the columns in which total assets and total liabilities with equity differ."""
    rows: dict[bool, list[int]] = {True: [], False: []}
    values = book.values[sheet]
    for (row, _), value in values.items():
        if isinstance(value, str):
            for pattern in (_ASSETS, _CLAIMS):
                if pattern.fullmatch(" ".join(value.split())):
                    rows[pattern is _ASSETS].append(row)
    if len(rows[True]) != 1 or len(rows[False]) != 1:
        return
    (assets,), (claims,) = rows[True], rows[False]
    for (row, column), value in sorted(values.items()):
        other = values.get((claims, column))
        if row != assets or type(value) is not float or type(other) is not float:
            continue
        if not _equal(value, other, [round(value, 2), round(other, 2)]):
            text = f"total assets are {value:,.12g}, and liabilities with equity {other:,.12g}"
            yield Finding("balance", sheet, named((row, column)), text, f"column {column}")


def _cross_foot(
    book: Audited,
    sheet: str,
    position: Position,
    area: Range,
    sums: dict[tuple[str, Position], Range],
) -> Iterator[Finding]:
    """Yield the corner of a block whose row totals and column totals sum to different figures."""
    row, column = position
    values, formulas = book.values[sheet], book.model.formulas[sheet]
    if area.top == area.bottom == row and area.size[1] > 1:
        blocks = {sums.get((sheet, cell)) for cell in area.cells()} if area.size[1] < 400 else set()
        spans = {(b.top, b.bottom) for b in blocks if b and b.left == b.right}
        if len(spans) != 1 or None in blocks:
            return
        top, bottom = spans.pop()
        others = [(r, column) for r in range(top, bottom + 1)] if bottom - top < 10_000 else []
    elif area.left == area.right == column and 1 < area.size[0] < 10_000:
        blocks = {sums.get((sheet, cell)) for cell in area.cells()}
        spans = {(b.left, b.right) for b in blocks if b and b.top == b.bottom}
        if len(spans) != 1 or None in blocks:
            return
        left, right = spans.pop()
        others = [(row, c) for c in range(left, right + 1)]
    else:
        return
    parts = [values.get(other) for other in others]
    total = values.get(position)
    if type(total) is not float or len(parts) < 2 or not all(o in formulas for o in others):
        return
    numbers = [part for part in parts if type(part) is float]
    if len(numbers) == len(parts) and abs(sum(numbers) - total) > 1e-6 * (abs(total) + 1.0):
        text = f"totals one way sum to {total:,.12g}, and the other way to {sum(numbers):,.12g}"
        yield Finding("cross-foot", sheet, named(position), text, book.relative[sheet, position])


def _currencies(book: Audited, sheet: str, position: Position, area: Range) -> Iterator[Finding]:
    """Yield sums of cells that are shown in different currencies."""
    if area.size[0] * area.size[1] > 10_000:
        return
    found = Counter(
        symbol
        for cell, value in book.filled(area)
        if type(value) is float and (symbol := _currency(book.number_format(sheet, cell)))
    )
    if len(found) > 1:
        text = f"the sum takes in {', '.join(sorted(found))}"
        key = book.relative[sheet, position]
        yield Finding("mixed-currency", sheet, named(position), text, key)


def _currencies_of(book: Audited, sheet: str) -> frozenset[str]:
    """Return the currencies in which a sheet shows numbers."""
    one_each = {style: position for position, style in book.styles[sheet].items()}
    found = {_currency(book.number_format(sheet, position)) for position in one_each.values()}
    return frozenset(found - {""})


def _currency(number_format: str) -> str:
    found = _CURRENCY.search(number_format)
    return (found[1] or found[2] or found[3]).strip() if found else ""


def _skipping(book: Audited, sheet: str, position: Position, formula: str) -> Iterator[Finding]:
    """Yield additions cell by cell that pass over one figure between them."""
    cells = [range_of(found.area, sheet) for found in references(formula)]
    rows, columns = sorted(c.top for c in cells), sorted(c.left for c in cells)
    values, formulas = book.values[sheet], book.model.formulas[sheet]
    for line, other, down in ((rows, columns, True), (columns, rows, False)):
        gap = set(range(line[0], line[-1] + 1)) - set(line)
        if len(set(other)) != 1 or len(gap) != 1 or len(set(line)) != len(line):
            continue
        at = gap.pop()
        missed = (at, other[0]) if down else (other[0], at)
        added = [(one, other[0]) if down else (other[0], one) for one in line]
        alike = {(cell in formulas) for cell in added} == {missed in formulas}
        if missed in formulas and book.relative.get((sheet, missed)) not in {
            book.relative.get((sheet, cell)) for cell in added
        }:
            alike = False  # another calculation, perhaps a subtotal
        labelled = bool(_TOTAL.match(book.label(sheet, missed).strip()))
        if type(values.get(missed)) is float and alike and not labelled and missed != position:
            text = f"={formula:.60} passes over {named(missed)} between them"
            key = book.relative[sheet, position]
            yield Finding("sum-skips", sheet, named(position), text, key)


def _unlike_peers(book: Audited) -> Iterator[Finding]:
    """Yield the one aggregate of a row or column of them whose range is of another length."""
    spans: dict[tuple[str, bool, int, str], dict[int, tuple[int, int]]] = {}
    for (sheet, (row, column)), formula in book.formulas.items():
        found = _AGGREGATE.fullmatch(formula)
        if found is None:
            continue
        area = range_of(found[2].replace("$", ""), sheet)
        if area.left == area.right == column:
            line = spans.setdefault((sheet, True, row, found[1].upper()), {})
            line[column] = area.top - row, area.bottom - row
        elif area.top == area.bottom == row:
            line = spans.setdefault((sheet, False, column, found[1].upper()), {})
            line[row] = area.left - column, area.right - column
    for (sheet, across, at, name), line in spans.items():
        for run in runs_of(sorted(line)):
            counts = Counter(line[place] for place in run).most_common()
            if len(run) < _PEERS or len(counts) != 2 or counts[1][1] != 1:
                continue
            odd = next(place for place in run if line[place] == counts[1][0])
            position = (at, odd) if across else (odd, at)
            own, usual = counts[1][0], counts[0][0]
            left_out = (*range(usual[0], own[0]), *range(own[1] + 1, usual[1] + 1))
            cells = [(at + p, odd) if across else (odd, at + p) for p in left_out[:1000]]
            if not any(type(book.values[sheet].get(cell)) is float for cell in cells):
                continue
            lengths = [end - begin + 1 for begin, end in (counts[1][0], counts[0][0])]
            if lengths[0] < lengths[1]:
                text = f"{name} takes {lengths[0]} cells, and its neighbours {lengths[1]}"
                key = book.relative[sheet, position]
                yield Finding("unlike-peers", sheet, named(position), text, key)
