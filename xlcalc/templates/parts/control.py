"""What does a cover say of the workbook as a document: version, status, changes, protection?

`versions.csv` has the versions of the models of our templates, the newest first; status, names, day
and further changes are cells for whoever signs the workbook.
"""

from pathlib import Path
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.styles import Font

from xlcalc._version import __version__
from xlcalc.author import styles
from xlcalc.author.layout import Page, validate_entry
from xlcalc.errors import UsageError
from xlcalc.files import read_csv

COVER_WIDTHS = (2, 16, 105, 2, 18, 56)
"""A column for the contents of the workbook, and one for what holds for it as a document."""
OWN_CHANGES = 3
"""Rows for the changes of whoever works with the file."""
PROTECTION = (
    (
        "Without a password",
        "Review > Unprotect Sheet unlocks a sheet. Inputs, filters, and sizes of rows and columns "
        "can be changed without.",
    ),
    (
        "Rows",
        "A row that is inserted above the empty line over a total is summed too; formulas go by "
        "names, which move with their cells.",
    ),
    (
        "Order",
        "Lists of accelerators, models and prices may be sorted by whole rows; tables over months "
        "and blocks with a total keep their order.",
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
        wanted = [column for column in (3, 6) if column <= self._first + 1]
        page.fit(page.row, wanted, least=0.0)
        fitting = page.sheet.row_dimensions[page.row].height - _TIGHT
        page.sheet.row_dimensions[page.row].height = max(least, have or 8.0, fitting)
        page.row += 1


def write_control(column: Column) -> None:
    """Write versions, status, changes, and what protection allows."""
    page = column.page
    book = page.book
    command = str(book.workbook.properties.description).partition(": ")[2]
    template = command.partition("template new ")[2].split()[0]
    versions = _versions(template)
    column.heading("Document")
    newest = f"{versions[0][0]}, {versions[0][1]}"
    column.line(page.book.texts("Version of the model"), newest, literal=True)
    column.line(book.texts("Made by"), f"xlcalc {__version__}, {command}", literal=True)
    column.line(book.texts("Licence"), "MIT", literal=True)
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
