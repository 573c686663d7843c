"""How do differences look as a workbook: a list of all, and both versions of each changed sheet?"""

import re

from openpyxl.styles import Alignment, PatternFill

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.cells import CellError, CellValue
from xlcalc.differences.lines import formula_shown
from xlcalc.differences.rendering import by_kind, parts_shown, sentence, title
from xlcalc.differences.report import Report
from xlcalc.differences.side_by_side import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    Pair,
    SideBySide,
    side_by_side,
)
from xlcalc.differences.sides import Sheet
from xlcalc.differences.wording import line, verdict
from xlcalc.ooxml.cell_styles import is_date_format
from xlcalc.ooxml.dates import DAYS_1904
from xlcalc.ooxml.markup import Position, column_letters
from xlcalc.ooxml.tabs import MAX_TAB
from xlcalc.plain_texts import in_a_line

MOST = 500
"""Differences of a kind that the list has."""
_MOVED_FILL = PatternFill("solid", bgColor="FFDCEFF2", fgColor="FFDCEFF2")
_FILLS = {
    ADDED: styles.GOOD_FILL,
    REMOVED: styles.BAD_FILL,
    CHANGED: styles.FAIR_FILL,
    MOVED: _MOVED_FILL,
}
_LEGEND = "Green: added. Red: removed. Yellow: changed. Blue: moved."
_FORBIDDEN = re.compile(r"[\\/*?:\[\]]|^'|'$")
_LONGEST = 200
"""Letters of a text that a cell shows."""


def as_workbook(report: Report) -> bytes:
    """Return the differences as a workbook, the same bytes at every run."""
    book = Book("Differences", "xlcalc diff")
    _list(report, book)
    taken = {"differences"}
    for old, new in report.sheets:
        if old is None or new is None:
            continue
        shown = side_by_side(old, new, report.moves.sheets[old.name.lower()], report.changes)
        if shown is not None:
            _sheet(report, book, _tab(new.name, taken), shown)
    return book.to_bytes()


def _tab(name: str, taken: set[str]) -> str:
    """Return a name for a tab that Excel takes and that no other tab has."""
    plain = _FORBIDDEN.sub("_", in_a_line(name))[:MAX_TAB] or "_"
    found, number = plain, 1
    while found.lower() in taken:
        number += 1
        found = f"{plain[: MAX_TAB - len(f' {number}')]} {number}"
    taken.add(found.lower())
    return found


def _list(report: Report, book: Book) -> None:
    """Write all differences, kind by kind, and why results moved."""
    page = Page(book, "Differences", [2.0, 44.0, 44.0, 44.0, 44.0], "Differences", "")
    _text(page, 2, 2, f"{report.old} → {report.new}: {verdict(report)}", wraps=False)
    for remark in report.remarks:
        _text(page, page.row, 2, remark, wraps=False)
        page.row += 1
    for kind, changes in by_kind(report).items():
        page.row += 1
        page.section(sentence(title(kind, report)))
        page.header(["Where", "Before", "After", ""], literal=True)
        for one in changes[:MOST]:
            _, *cells = line(one, date1904=report.date1904)
            for column, text in enumerate(cells, start=2):
                _text(page, page.row, column, text)
            page.fit(page.row, range(2, 6))
            page.row += 1
        if len(changes) > MOST:
            _text(page, page.row, 2, f"and {len(changes) - MOST:,} more", wraps=False)
            page.row += 1
    for bridge in report.bridges:
        page.row += 1
        page.section("Why results moved")
        page.header([in_a_line(bridge.output), "Amount", ""], numbers=[1], literal=True)
        for name, amount, beside in parts_shown(bridge):
            _text(page, page.row, 2, name)
            page.put(
                page.row,
                3,
                amount,
                number_format="#,##0.######;-#,##0.######",
                alignment=styles.RIGHT,
                border=styles.HAIRLINE,
            )
            _text(page, page.row, 4, beside, look=styles.WRAPPED_INDENTED)
            page.row += 1
    page.finish(freeze="A4", cursor="B4", protect=False)


def _text(
    page: Page,
    row: int,
    column: int,
    text: str,
    *,
    wraps: bool = True,
    look: Alignment = styles.WRAPPED,
) -> None:
    page.put(
        row,
        column,
        in_a_line(text),
        border=styles.HAIRLINE if wraps else None,
        alignment=look if wraps else None,
        literal=True,
    )


def _sheet(report: Report, book: Book, tab: str, shown: SideBySide) -> None:
    """Write both versions of a sheet side by side."""
    count = len(shown.columns)
    widths = [2.0, 7.0, *([15.0] * count), 4.0, 7.0, *([15.0] * count)]
    said = _LEGEND if shown.is_whole else f"{_LEGEND} Not all changes are shown here."
    page = Page(book, tab, widths, "", said)
    page.put(1, 2, in_a_line(shown.new.name), styles.TITLE, literal=True)
    right = 4 + count
    page.put(3, 2, in_a_line(f"Before: {report.old}"), styles.BOLD, literal=True)
    page.put(3, right, in_a_line(f"After: {report.new}"), styles.BOLD, literal=True)
    for side, start in ((0, 2), (1, right)):
        letters = [column_letters(c) if (c := pair[side]) else "" for pair in shown.columns]
        for column, text in enumerate(["", *letters], start=start):
            page.put(
                4,
                column,
                text or None,
                styles.HEADING,
                fill=styles.HEADING_FILL,
                alignment=styles.CENTER,
                literal=True,
            )
    for at, row in enumerate(shown.rows, start=5):
        for side, start in ((0, 2), (1, right)):
            _row(report, page, at, start, side, row, shown)
    page.row = 5 + len(shown.rows)
    page.finish(freeze="C5", cursor="C5", protect=False, repeat_row=4)


def _row(
    report: Report, page: Page, at: int, start: int, side: int, row: Pair, shown: SideBySide
) -> None:
    """Write one row of one version."""
    number = row[side]
    if number is None:
        return
    sheet = (shown.old, shown.new)[side]
    page.put(at, start, float(number), styles.NOTE, alignment=styles.CENTER)
    for place, pair in enumerate(shown.columns, start=start + 1):
        column = pair[side]
        if column is None:
            continue
        cell = number, column
        fill = _FILLS.get(shown.marks[side].get(cell, ""))
        value = _held(sheet, cell, formula=cell in shown.formulas[side])
        form = sheet.formats.get(cell, "General") if type(value) is float else "General"
        if type(value) is float and report.date1904 and is_date_format(form):
            value += DAYS_1904  # this workbook counts its days from 1900
        page.put(
            at,
            place,
            value,
            number_format=form,
            fill=fill,
            border=styles.HAIRLINE,
            alignment=styles.RIGHT if type(value) is float else styles.LEFT,
            literal=True,
        )


def _held(sheet: Sheet, cell: Position, *, formula: bool) -> CellValue:
    """Return what a cell of one version shows: its value, or its formula where that changed."""
    own = sheet.formulas.get(cell)
    if formula and own is not None:
        return in_a_line(formula_shown(own))[:_LONGEST]
    value = sheet.values.get(cell)
    if isinstance(value, CellError):
        return value.code
    return in_a_line(value)[:_LONGEST] if isinstance(value, str) else value
