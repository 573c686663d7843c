"""How does a template show tables: a formula a column over rows of cases, or a row over periods?

Formulas are written on keys in braces, which become the addresses of cells: `{context}` is this
row's (or this period's) cell of the column (or row) `context`, `{context.prev}` the one before it,
`{context.first}` and `{context.last}` the ends, and `{context.all}` all of them. Over periods,
`{context.before}` is the cell before the first, where a total may stand, and `{context.sum}` adds
the rows from `context` on; a spare row then stands before the total.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.chart import Reference
from openpyxl.styles import Border, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break

from xlcalc.author import styles
from xlcalc.author.book import Total
from xlcalc.author.layout import Page, validate_entry, validate_number
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.sums import SPARE, first_summed, is_sum, with_sums

TOTALS = ("", "sum", "last", "max")
"""How quarters and years gather a row, if not by a formula."""
_KEY = re.compile(r"\{([a-z]\w*)(?:\.(prev|first|last|all|before))?\}")


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    key : str
        What formulas call it.
    heading : str
        In English; a second line holds the unit.
    content : object
        A formula for every row, or a list with a value or formula for each row.
    number_format : str
        Of its cells.
    measure : Quantity or None
        What it measures, if its cells are inputs that are checked.
    editable, words, literal : bool
        Whether its cells are inputs; words, which stand left; data, which is not translated.
    entries : str
        Range or quoted list of the entries of a drop-down.
    """

    key: str
    heading: str
    content: object
    number_format: str = "General"
    measure: Quantity | None = None
    editable: bool = False
    words: bool = False
    literal: bool = False
    entries: str = ""


EQUAL = "1E-9"
"""Share by which two figures of a list may differ and still have the same place."""


def place_by(key: str, heading: str = "Place") -> Column:
    """Return a column with the place of each row, the largest first; of equal ones the upper.

    Figures that differ in their last digits alone are equal: programs round them differently.
    """
    own, above = f"{{{key}}}", f"{{{key}.first}}:{{{key}}}"
    least, most = f"{own}*(1-{EQUAL})", f"{own}*(1+{EQUAL})"
    return Column(
        "place",
        heading,
        f"=SUMPRODUCT(({{{key}.all}}>{most})*1)+SUMPRODUCT(({above}>={least})*({above}<={most}))",
        "0",
    )


class Table:
    """Cases one below the other, their figures in columns.

    Parameters
    ----------
    page : Page
        The sheet; the table begins at its current row, which moves below the table.
    columns : sequence of Column
        From left to right.
    count : int
        Rows.
    left : int
        The sheet's column of the first one, 2 for B.
    height : float
        Of the heading, in points.
    headed : bool
        Whether the table has a heading of its own; without one it goes on below another.
    heading_row : int
        The row of its heading if that stands apart, above the heading of a section.
    """

    def __init__(
        self,
        page: Page,
        columns: Sequence[Column],
        count: int,
        *,
        left: int = 2,
        height: float = 32,
        headed: bool = True,
        heading_row: int = 0,
    ) -> None:
        self.page = page
        self._columns = {c.key: left + place for place, c in enumerate(columns)}
        for place, column in enumerate(columns if headed else (), start=left):
            page.put(
                heading_row or page.row,
                place,
                column.heading,
                styles.HEADING,
                fill=styles.HEADING_FILL,
                alignment=styles.WRAPPED if column.words else styles.WRAPPED_RIGHT,
            )
        self.width = len(columns)
        self.top = page.row if headed and not heading_row else page.row - 1
        self.heading = heading_row or self.top
        if headed:
            page.sheet.row_dimensions[heading_row or page.row].height = height
        self._first, self._last = self.top + 1, self.top + count
        for row in range(self._first, self._last + 1):
            for column in columns:
                self._write(row, column)
            page.fit(row, [self._columns[column.key] for column in columns if column.words])
        page.row = self._last + 1

    def _write(self, row: int, column: Column) -> None:
        content = column.content
        if isinstance(content, Sequence) and not isinstance(content, str):
            content = content[row - self._first]
        formula = False
        if isinstance(content, str) and content.startswith("="):
            content, formula = self._resolved(content, row), True
        cell = self.page.put(
            row,
            self._columns[column.key],
            content,
            styles.INPUT if column.editable and not formula else styles.TEXT,
            number_format=column.number_format,
            alignment=styles.WRAPPED if column.words else styles.RIGHT,
            border=styles.HAIRLINE,
            fill=styles.INPUT_FILL if column.editable else None,
            literal=column.literal,
        )
        if column.editable:
            cell.protection = styles.UNLOCKED
            if column.measure is not None:
                validate_number(self.page, cell, column.heading.partition("\n")[0], column.measure)
            if column.entries:
                validate_entry(self.page, cell, column.entries)

    def _resolved(self, formula: str, row: int) -> str:
        def address(found: re.Match[str]) -> str:
            letter = get_column_letter(self._columns[found[1]])
            if found[2] == "all":
                return f"${letter}${self._first}:${letter}${self._last}"
            if found[2] in {"first", "last"}:
                return f"${letter}${self._first if found[2] == 'first' else self._last}"
            return f"${letter}{row - 1 if found[2] == 'prev' else row}"

        return _KEY.sub(address, formula)

    def cell(self, key: str, row: int) -> Cell:
        """Return the cell of a column in a row, from 0; a negative row counts from the end."""
        place = self._first + row if row >= 0 else self._last + 1 + row
        return self.page.sheet.cell(place, self._columns[key])

    def name(self, key: str, name: str) -> None:
        """Name the cells of a column, a range."""
        book = self.page.book
        book.define(name, self.page.sheet, self.cell(key, 0), self.cell(key, -1))
        cells = (self.cell(key, row) for row in range(self._last + 1 - self._first))
        if texts := [str(cell.value) for cell in cells if cell.data_type == "s"]:
            book.quotes[name] = texts

    def alias(self, key: str, word: str, row: int | None = None) -> None:
        """Let formulas use a word for the cells of a column, or for its cell in one row."""
        first = self.cell(key, 0 if row is None else row)
        last = self.cell(key, -1) if row is None else None
        self.page.book.alias(word, self.page.sheet, first, last)

    def indent(self, *keys: str) -> None:
        """Indent the words of some columns, away from the figures to their left."""
        for key in keys:
            column = self._columns[key]
            self.page.sheet.cell(self.heading, column).alignment = styles.WRAPPED_INDENTED
            for row in range(self._first, self._last + 1):
                self.page.sheet.cell(row, column).alignment = styles.WRAPPED_INDENTED

    def values(self, key: str, first: int = 0, last: int = -1) -> Reference:
        """Return the cells of a column for a chart, or those of some rows."""
        column = self._columns[key]
        rows = self.cell(key, first).row, self.cell(key, last).row
        return Reference(
            self.page.sheet, min_col=column, max_col=column, min_row=rows[0], max_row=rows[1]
        )


@dataclass(frozen=True)
class Row:
    """A row of a timeline.

    Attributes
    ----------
    key, label, unit : str
        What formulas call it, what it is, and what it counts.
    content : object
        A formula for every period, or a list with a value for each.
    number_format : str
        Of its cells.
    opening : object
        A value or formula before the first period, for `{key.prev}` to read there.
    total : str
        How quarters and years gather it: "sum", "last", "max", a formula on the rows of the quarter
        or year, or "" for not at all.
    emphasis : bool
        Whether it is a total of the rows above.
    note : str
        How it is computed.
    """

    key: str
    label: str
    unit: str
    content: object
    number_format: str = styles.accounting("#,##0")
    opening: object = None
    total: str = ""
    emphasis: bool = False
    note: str = ""


class Timeline:
    """Periods from left to right, a figure a row: label, unit, note, opening value, periods.

    Parameters
    ----------
    page : Page
        The sheet; its columns are B label, C unit, D note, E opening value, F the first period.
    periods : int
        How many there are.
    """

    FIRST = 6

    def __init__(self, page: Page, periods: int) -> None:
        self.page = page
        self.periods = periods
        self._rows: dict[str, int] = {}
        self.rows: dict[str, Row] = {}

    @property
    def _last(self) -> int:
        return self.FIRST + self.periods - 1

    def heading(self, rows: Sequence[Row]) -> None:
        """Write the rows that say which period a column is; the panes freeze below them."""
        for place, row in enumerate(rows):
            self._rows[row.key] = self.page.row + place
        for row in rows:
            self._write(row, heading=True)

    def section(self, text: str, rows: Sequence[Row]) -> None:
        """Write rows under a heading; a formula may use the rows of earlier sections."""
        self.page.section(text)
        place = self.page.row
        for row in rows:
            place += first_summed(row.content) != ""
            self._rows[row.key] = place
            place += 1
        for row in rows:
            summed = first_summed(row.content)
            if summed:
                self._write_spare()
            self._write(row)
            if is_sum(row.content):
                self._note_total(row, summed)
        self.page.row += 1

    def _write_spare(self) -> None:
        for column in range(2, self._last + 1):
            self.page.put(self.page.row, column, None, border=styles.HAIRLINE)
        look: dict[str, Any] = {"alignment": styles.LEFT, "border": styles.HAIRLINE}
        self.page.put(self.page.row, 4, SPARE, styles.NOTE, **look)
        self.page.row += 1

    def _note_total(self, row: Row, summed: str) -> None:
        """Let a check compare a total with the rows above it, over all its periods."""
        first = self.FIRST - is_sum(row.opening)
        sheet, place = self.page.sheet, self._rows[row.key]
        top = sheet.cell(self._rows[summed], first)
        own = sheet.cell(place, first), sheet.cell(place, self._last)
        self.page.book.totals.append(Total(sheet.cell(place, 2), top, *own))

    def _write(self, row: Row, *, heading: bool = False) -> None:
        page, place = self.page, self.page.row
        self._rows[row.key], self.rows[row.key] = place, row
        font: Font = styles.HEADING if heading else styles.BOLD if row.emphasis else styles.TEXT
        border: Border | None = styles.TOTAL if row.emphasis else styles.HAIRLINE
        look: dict[str, Any] = {"fill": styles.HEADING_FILL if heading else None, "border": border}
        page.put(place, 2, row.label, font, alignment=styles.LEFT, **look)
        page.put(place, 3, row.unit, font, alignment=styles.LEFT, **look)
        note = font if heading else styles.NOTE
        page.put(place, 4, row.note, note, alignment=styles.LEFT, **look)
        right: dict[str, Any] = {
            "alignment": styles.RIGHT,
            "number_format": row.number_format,
            **look,
        }
        cells = [page.put(place, 5, self._resolved(row.opening, 5), font, **right)]
        for column in range(self.FIRST, self._last + 1):
            content = row.content
            if isinstance(content, Sequence) and not isinstance(content, str):
                content = content[column - self.FIRST]
            cells.append(page.put(place, column, self._resolved(content, column), font, **right))
        for cell in cells:  # a heading ends where the figures below it do
            cell.number_format = styles.padded(cell.number_format)
        page.row += 1

    def _resolved(self, content: object, column: int) -> object:
        if not isinstance(content, str) or not content.startswith("="):
            return content

        def address(found: re.Match[str]) -> str:
            row = self._rows[found[1]]
            if found[2] == "all":
                return self.span(found[1])
            if found[2] in {"first", "before"}:
                letter = get_column_letter(self.FIRST - (found[2] == "before"))
                return f"${letter}${row}"
            if found[2] == "last":
                return f"${get_column_letter(self._last)}${row}"
            return f"{get_column_letter(column - 1 if found[2] == 'prev' else column)}${row}"

        def summed(key: str) -> str:
            letter = get_column_letter(column)
            return f"{letter}${self._rows[key]}:{letter}${self.page.row - 1}"

        return _KEY.sub(address, with_sums(content, summed))

    def span(self, key: str) -> str:
        """Return the cells of a row as a formula on this sheet writes them."""
        row = self._rows[key]
        return f"${get_column_letter(self.FIRST)}${row}:${get_column_letter(self._last)}${row}"

    def cell(self, key: str, period: int) -> Cell:
        """Return a row's cell of a period, from 0; a negative period counts from the end."""
        column = self.FIRST + period if period >= 0 else self._last + 1 + period
        return self.page.sheet.cell(self._rows[key], column)

    def total(self, key: str) -> Cell:
        """Return a row's cell before the first period, where a total of all stands."""
        return self.page.sheet.cell(self._rows[key], self.FIRST - 1)

    def alias(self, key: str, word: str) -> None:
        """Let formulas of all sheets use a word for the cells of a row."""
        self.page.book.alias(word, self.page.sheet, self.cell(key, 0), self.cell(key, -1))

    def print_by(self, periods: int) -> None:
        """Print so many periods on a page, the columns before them on each."""
        sheet = self.page.sheet
        sheet.page_setup.fitToWidth = -(-self.periods // periods)
        sheet.print_title_cols = f"A:{get_column_letter(self.FIRST - 1)}"
        for period in range(periods, self.periods, periods):
            sheet.col_breaks.append(Break(self.FIRST + period - 1))

    def break_above(self, heading: str) -> None:
        """Begin a printed page with a section."""
        title = self.page.book.texts(heading)
        sheet = self.page.sheet
        row = next(row for row in range(1, sheet.max_row) if sheet.cell(row, 2).value == title)
        sheet.row_breaks.append(Break(row - 1))

    def values(self, key: str) -> Reference:
        """Return the cells of a row, for a chart."""
        row = self._rows[key]
        return Reference(
            self.page.sheet, min_col=self.FIRST, max_col=self._last, min_row=row, max_row=row
        )
