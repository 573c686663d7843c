"""Which texts are meant to be numbers or dates?

A text is one where the cell above or below holds a number, or a date, as it looks like one. A text
that begins with a nought, as 0712, is a code.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, Range, named
from xlcalc.ooxml.cell_styles import is_date_format

NUMBER = re.compile(r"\s*+[+-]?(?!0\d)\d[\d,]*+(?:\.\d++)?+(?:[eE][+-]?\d++)?+\s*+%?\s*+")
_SUMMING = {"SUM", "AVERAGE", "MAX", "MIN", "COUNT", "MEDIAN"}
_DATE = re.compile(
    r"\s*(?:(?P<iso>\d{4}-\d{1,2}-\d{1,2})|\d{1,2}[./-]\d{1,2}[./-](?P<year>\d{4}|\d{2})"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -](?P<also>\d{4}|\d{2}))\s*"
)


def text_findings(book: Audited) -> Iterator[Finding]:
    """Yield texts that are meant to be numbers or dates, each once."""
    told: set[tuple[str, str]] = set()
    for one in (*_among_numbers(book), *_in_sums(book)):
        if (one.sheet, one.cell) not in told:
            told.add((one.sheet, one.cell))
            yield one


def _in_sums(book: Audited) -> Iterator[Finding]:
    """Yield numbers that are texts in a range that is summed; one in its first row is a heading."""
    texts = _number_texts(book)
    seen: set[Range] = set()
    for place, calls in book.calls.items():
        for call in calls:
            if call.name.upper() not in _SUMMING:
                continue
            area = book.argument(place[0], book.plain[place], call, 0)
            if area is None or area in seen:
                continue
            seen.add(area)
            for column, rows in texts.get(area.sheet, {}).items():
                if not area.left <= column <= area.right:
                    continue
                for row in rows[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)]:
                    if row == area.top < area.bottom:
                        continue  # a heading
                    value = str(book.values[area.sheet][row, column])
                    text = f'"{value.strip()}" is a text, and {call.name.upper()} passes over it'
                    key = book.label(area.sheet, (row, column)) or value
                    yield Finding("text-number", area.sheet, named((row, column)), text, key)


def _number_texts(book: Audited) -> dict[str, dict[int, list[int]]]:
    """Return the rows of typed texts that are numbers, by sheet and column, from the first on."""
    found: dict[str, dict[int, list[int]]] = {}
    for sheet, values in book.values.items():
        for row, column in sorted(values, key=lambda position: position[::-1]):
            value = values[row, column]
            if (
                isinstance(value, str)
                and NUMBER.fullmatch(value)
                and (row, column) not in book.model.formulas[sheet]
            ):
                found.setdefault(sheet, {}).setdefault(column, []).append(row)
    return found


def _among_numbers(book: Audited) -> Iterator[Finding]:
    """Yield numbers and dates that are texts among those of a column; a heading is none."""
    for sheet, values in book.values.items():
        for (row, column), value in book.constants(sheet).items():
            if not isinstance(value, str) or len(value) > 30:
                continue
            number, date = NUMBER.fullmatch(value), _DATE.fullmatch(value)
            if not number and not date:
                continue
            beside = [
                cell
                for cell in ((row - 1, column), (row + 1, column))
                if type(values.get(cell)) is float
                and (cell[0] < row or row in book.rows_with_numbers(sheet) or date)
            ]
            dates = [c for c in beside if is_date_format(book.number_format(sheet, c))]
            key = book.label(sheet, (row, column)) or value
            if date and dates:
                short = len(date["year"] or date["also"] or "four") == 2
                more = ", and its year has two digits" if short else ""
                text = f'"{value.strip()}" is a text, and dates stand beside it{more}'
                yield Finding("text-date", sheet, named((row, column)), text, key)
            elif number and beside and not dates:
                text = f'"{value.strip()}" is a text, and numbers stand beside it'
                yield Finding("text-number", sheet, named((row, column)), text, key)
