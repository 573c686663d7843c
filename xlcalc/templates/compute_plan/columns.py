"""Which columns do the tables of runs, purchases and contracts have in common?"""

import re
from collections.abc import Sequence
from dataclasses import replace

from xlcalc import quantities as q
from xlcalc.author import styles
from xlcalc.author.layout import Page
from xlcalc.templates.parts.tables import Column, Table

TABLE_CHART_ROWS = 18
"""Rows that a chart below a table covers."""
ZERO_AS_DASH = '#,##0;-#,##0;"–"'
SHARE_OR_NOT = '0.0%;-0.0%;"–"'
FLOP_OR_NOT = '0.00E+00;-0.00E+00;"–"'
MONEY_OR_NOT = '#,##0_);(#,##0);"–"_)'
PRICE_OR_NOT = '#,##0.00_);(#,##0.00);"–"_)'
MONTH_OR_NOT = 'mmm yy;;"–"'
OF_CASE = {"base": "Base", "upside": "Upside", "downside": "Downside"}
"""What the columns of a case are called."""


def _column(rows: Sequence[tuple[object, ...]], place: int) -> list[object]:
    return [row[place] for row in rows]


def name_inputs(table: Table, stem: str, count: int, keys: dict[str, str]) -> None:
    """Name a table's inputs row by row, as run1_params, for scenario files."""
    for row in range(count):
        for key, word in keys.items():
            table.page.book.define(
                f"{stem}{row + 1}_{word}", table.page.sheet, table.cell(key, row)
            )


_OF_ROW = re.compile(r"INDEX\((run|batch|contract)_(\w+),\{number\}\)")
_ONE_OF = {"names": "name", "mfus": "mfu"}


def alias_rows(table: Table, stem: str, count: int, keys: Sequence[str]) -> None:
    """Let formulas of another table read the cells of each row, as run_3_params."""
    for row in range(count):
        for key in keys:
            table.alias(key, f"{stem}_{row + 1}_{key}", row)


def of_each(formula: str, count: int) -> list[str]:
    """Return a formula for each row of a second table, whose cells follow those of the first.

    They read cells, and not the row of a number: one that is inserted moves nothing.
    """

    def of_row(number: int) -> str:
        def cell(found: re.Match[str]) -> str:
            return f"{found[1]}_{number}_{_ONE_OF.get(found[2], found[2])}"

        return _OF_ROW.sub(cell, formula)

    return [of_row(number) for number in range(1, count + 1)]


def each_row(columns: Sequence[Column], count: int) -> list[Column]:
    """Return columns whose formulas read the cells of each row."""
    return [
        replace(column, content=of_each(column.content, count))
        if isinstance(column.content, str)
        else column
        for column in columns
    ]


def numbers(count: int) -> Column:
    """Return the column that numbers the rows."""
    return Column("number", "No.", list(range(1, count + 1)), "0", words=True)


def entry(
    key: str,
    heading: str,
    rows: Sequence[tuple[object, ...]],
    place: int,
    measure: q.Quantity | None = None,
    number_format: str = "",
) -> Column:
    """Return a column of inputs; one without a measure is of words."""
    shown = number_format or (measure.number_format if measure else "General")
    return Column(
        key, heading, _column(rows, place), shown, measure, editable=True, words=measure is None
    )


def write_totals(table: Table, formats: dict[str, str]) -> None:
    """Write the sums of some columns below a table, a line under all of them."""
    page = table.page
    for column in range(2, 2 + table.width):
        page.put(page.row, column, None, styles.BOLD, border=styles.TOTAL)
    for key, shown in formats.items():
        first, last = table.cell(key, 0).coordinate, table.cell(key, -1).coordinate
        page.put(
            page.row,
            table.cell(key, 0).column,
            f"=SUM({first}:{last})",
            styles.BOLD,
            number_format=shown,
            alignment=styles.RIGHT,
            border=styles.TOTAL,
        )
    page.put(page.row, 3, "Total", styles.BOLD, border=styles.TOTAL, alignment=styles.LEFT)
    page.row += 1


def write_notes(page: Page, texts: Sequence[str]) -> None:
    """Write sentences below a table."""
    for text in texts:
        page.put(page.row, 3, text, styles.NOTE)
        page.row += 1
