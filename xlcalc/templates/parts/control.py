"""What does a cover say of the workbook as a document: version, status, changes, protection?

`versions.csv` has the versions of the models of our templates, the newest first; status, names, day
and further changes are cells for whoever signs the workbook.
"""

from pathlib import Path
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from xlcalc._version import __version__
from xlcalc.author import styles
from xlcalc.author.layout import Page, validate_entry
from xlcalc.author.printing import HEIGHT, ROW_HEIGHT, width_scale
from xlcalc.errors import UsageError
from xlcalc.files import read_csv

COVER_WIDTHS = (2, 16, 105, 2, 19, 56)
"""A column for the contents of the workbook, and one for what holds for it as a document."""
_TEXT_COLUMNS = (3, 6)
_NARROWER = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
"""By how much the columns of texts may be narrower, for larger letters on paper."""
OWN_CHANGES = 3
"""Rows for the changes of whoever works with the file."""
PROTECTION = (
    (
        "Without a password",
        "Review > Unprotect Sheet. Inputs and filters stay open.",
    ),
    (
        "Rows",
        "A row inserted above the empty line over a total is summed too.",
    ),
    (
        "Order",
        "Sort lists by whole rows; tables over months keep their order.",
    ),
)
_TIGHT = 3.0
"""Points by which a line is lower than on sheets of figures."""
_VERSIONS = Path(__file__).parent.parent / "versions.csv"


class Column:
    """A half of a page, of labels and texts, written from the row of the page downwards."""

    def __init__(self, page: Page, first: int) -> None:
        self.page, self._first = page, first

    def heading(self, text: str) -> None:
        """Write the heading of a group of lines."""
        page = self.page
        for column, words in ((self._first, text), (self._first + 1, None)):
            page.put(page.row, column, words, styles.SECTION, border=styles.UNDERLINE)
        height = page.sheet.row_dimensions[page.row].height
        page.sheet.row_dimensions[page.row].height = max(20.0, height or 0.0)
        page.row += 1

    def line(
        self, label: Any, text: str, font: Font | None = None, *, literal: bool = False
    ) -> Cell:
        """Write a line, and return the cell of its label."""
        page, row = self.page, self.page.row
        look = font or (styles.BOLD if isinstance(label, int) else styles.TEXT)
        cell = page.put(
            row, self._first, label, look, alignment=styles.LEFT, border=styles.HAIRLINE,
            literal=literal,
        )  # fmt: skip
        page.put(
            row, self._first + 1, text, alignment=styles.WRAPPED, border=styles.HAIRLINE,
            literal=literal,
        )  # fmt: skip
        self._next(13.5)
        return cell

    def entry(self, label: str | None, text: str = "", number_format: str = "General") -> Cell:
        """Write a line for somebody to fill in, and return its cell; without a label it has two."""
        row = self.page.row
        self.line(label, text)
        for column in range(self._first + (label is not None), self._first + 2):
            cell = self.page.sheet.cell(row, column)
            cell.font, cell.fill = styles.INPUT, styles.INPUT_FILL
            cell.number_format, cell.protection = number_format, styles.UNLOCKED
        return cell

    def space(self) -> None:
        """Leave a line free."""
        self._next(0)

    def _next(self, least: float) -> None:
        page = self.page
        have = page.sheet.row_dimensions[page.row].height
        page.sheet.row_dimensions[page.row].height = max(least, have or 8.0)
        page.row += 1


def fit_cover(page: Page) -> None:
    """Make the texts of a cover as narrow as they may be on one page, and its rows as high."""
    sheet = page.sheet
    least = {row: sheet.row_dimensions[row].height or ROW_HEIGHT for row in _rows(page)}
    for narrower in (*_NARROWER, 1.0):
        page.widths = [
            width * narrower if column in _TEXT_COLUMNS else width
            for column, width in enumerate(COVER_WIDTHS, start=1)
        ]
        for row, height in least.items():
            page.fit(row, _TEXT_COLUMNS, least=0.0)
            fitting = sheet.row_dimensions[row].height - _TIGHT
            sheet.row_dimensions[row].height = max(height, fitting)
        total = sum(sheet.row_dimensions[row].height or ROW_HEIGHT for row in _rows(page, first=1))
        if total * width_scale(page.widths) <= HEIGHT:
            break
    for column, width in enumerate(page.widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def _rows(page: Page, first: int = 4) -> range:
    return range(first, page.sheet.max_row + 1)


def write_control(column: Column) -> None:
    """Write versions, status, changes, and what protection allows."""
    page = column.page
    book = page.book
    command = str(book.workbook.properties.description).partition(": ")[2]
    template = command.partition("template new ")[2].split()[0]
    versions = _versions(template)
    column.heading("Document")
    newest = f"{template} {versions[0][0]}, {versions[0][1]}"
    column.line(page.book.texts("Template"), newest, literal=True)
    maker = book.texts("xlcalc {version}, free software (MIT licence): {command}")
    made = maker.format(version=__version__, command=command)
    column.line(book.texts("Made by"), made, literal=True)
    status = column.entry("Status", "Draft")
    validate_entry(page, status, '"Draft,Final"')
    column.entry("Prepared by")
    column.entry("Checked by")
    column.entry("Date", number_format="yyyy-mm-dd")
    column.space()
    column.heading("History")
    for version, day, change in versions:
        column.line(f"{version}, {day}", book.texts(change), literal=True)
    for _ in range(OWN_CHANGES):
        column.entry(None)
    column.space()
    column.heading("Protection")
    for label, text in PROTECTION:
        column.line(label, text)


def _versions(template: str) -> list[tuple[str, str, str]]:
    rows = read_csv(_VERSIONS, UsageError)[1:]
    return [(version, day, change) for _, (name, version, day, change) in rows if name == template]
