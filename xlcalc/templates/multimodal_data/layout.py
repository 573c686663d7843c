"""How are the tables of corpora laid out: notes, totals, names of their inputs?"""

from collections.abc import Sequence

from xlcalc.author import styles
from xlcalc.author.layout import Page
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.tables import Table

PASSES = Quantity("passes", at_least=0.0, number_format="0.0")

KEPT = "Kept\nshare"
TIMES = "Passes\ntimes"
"""Headings that the three tables of corpora share; the notes below each explain them."""


def notes(page: Page, lines: Sequence[str]) -> None:
    """Write sentences across the sheet, a row for each, high enough for its text."""
    last = page.last_column
    for line in lines:
        page.put(page.row, 2, line, styles.NOTE, alignment=styles.WRAPPED)
        page.sheet.merge_cells(
            start_row=page.row, end_row=page.row, start_column=2, end_column=last
        )
        page.fit(page.row, (2,))
        page.row += 1


def box(page: Page, left: str, right: str, rows: int = 16) -> str:
    """Return the range that a chart covers, from the current row on."""
    return f"{left}{page.row}:{right}{page.row + rows - 1}"


def total_row(page: Page, table: Table, label: str, keys: Sequence[str], last: str) -> None:
    """Write the sums of some columns below a table, ruled up to its last column."""
    left, right = table.cell("name", 0).column, table.cell(last, 0).column
    sums = {table.cell(key, 0).column: key for key in keys}
    for column in range(left, right + 1):
        text: str | None = label if column == left else None
        shown = None
        if column in sums:
            first, end = table.cell(sums[column], 0), table.cell(sums[column], -1)
            text, shown = f"=SUM({first.coordinate}:{end.coordinate})", first.number_format
        page.put(
            page.row,
            column,
            text,
            styles.BOLD,
            number_format=shown,
            border=styles.TOTAL,
            alignment=styles.LEFT if column == left else styles.RIGHT,
        )
    page.row += 1


def name_inputs(table: Table, prefix: str, keys: Sequence[str], count: int) -> None:
    """Name the inputs of each row, so that a list of scenarios can set them."""
    for row in range(count):
        for key in keys:
            name = f"{prefix}_{row + 1}_{key}"
            table.page.book.define(name, table.page.sheet, table.cell(key, row))


def alias_columns(table: Table, prefix: str, keys: Sequence[str]) -> None:
    """Let formulas use words for the columns of a table of corpora."""
    for key in keys:
        table.alias(key, f"all_{prefix}_{key}")


def words_left(table: Table, key: str, count: int) -> None:
    """Align a column of formulas that return words left, under its heading."""
    heading = table.page.sheet.cell(table.top, table.cell(key, 0).column)
    heading.alignment = styles.WRAPPED
    for row in range(count):
        table.cell(key, row).alignment = styles.LEFT
