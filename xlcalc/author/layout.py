"""How are the sheets of a workbook laid out: titles, rows of figures, tables, print setup?

A `Page` is a sheet that is written from top to bottom: each method writes one thing, a heading or a
row, and moves on. Columns get room for their words, and rows their height, by the widths of letters
in Arial.
"""

import math
import re
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.printing import lay_out, narrowed
from xlcalc.author.text_size import LINE_HEIGHT, lines_in, shown_text
from xlcalc.ooxml.literals import writable
from xlcalc.quantities import SMALLEST, Quantity

LARGEST = 9.99999999999999e307
"""The largest number that Excel lets a person type."""
WIDE = 180.0
"""Width of a sheet from which it is printed so small that its notes need larger letters."""
_LINK = re.compile(r"=(?:[a-z]\w*|'?[^'!()+*/&-]+'?!\$?[A-Z]+\$?\d+)")
"""A formula that only shows another cell."""
NOT_LISTED = (
    "The catalogue's sheet does not list this name. Keep it only if the functions know it, or if "
    "you type in the figures that depend on it."
)


class Page:
    """A sheet that is written from top to bottom.

    Parameters
    ----------
    book : Book
        The workbook that gets the sheet.
    tab : str
        Name of the tab, in English.
    widths : sequence of float
        Widths of the columns, from A.
    title, subtitle : str
        The first two lines, in English.
    """

    def __init__(
        self,
        book: Book,
        tab: str,
        widths: Sequence[float],
        title: str,
        subtitle: str,
    ) -> None:
        self.sheet: Worksheet = book.workbook.create_sheet(book.texts(tab))
        self.book = book
        self.widths: Sequence[float] = narrowed(widths)
        self.row = 1
        self._wide = sum(self.widths) > WIDE
        # openpyxl takes long to find a style that it knows; ids last, since the looks are kept.
        self._looks: dict[tuple[int, ...], tuple[Any, Any]] = {}
        for index, width in enumerate(self.widths, start=1):
            self.sheet.column_dimensions[get_column_letter(index)].width = width
        self.sheet.sheet_view.showGridLines = False
        self.sheet.row_dimensions[1].height = 30
        self.put(1, 2, book.texts(title), styles.TITLE, literal=True)  # a person may have given it
        self.put(2, 2, subtitle or None, styles.SUBTITLE)
        self.row = 4

    @property
    def _is_one_page(self) -> bool:
        return bool(self.sheet.page_setup.fitToHeight == 1)

    @property
    def last_column(self) -> int:
        """The last column that has a width."""
        return len(self.widths)

    def put(
        self,
        row: int,
        column: int,
        value: Any,
        font: Font = styles.TEXT,
        *,
        number_format: str | None = None,
        alignment: Alignment | None = None,
        fill: PatternFill | None = None,
        border: Border | None = None,
        literal: bool = False,
    ) -> Cell:
        """Write one cell; a literal text is data: never a formula, and never translated."""
        formula = isinstance(value, str) and value.startswith("=")
        if isinstance(value, str) and not literal:
            if font is styles.TEXT and _LINK.fullmatch(value):
                font = styles.LINK
            value = self.book.formula(value) if formula else self.book.texts(value)
        if isinstance(value, str) and (literal or not formula):
            value = writable(value)
        if self._wide:
            font = styles.LARGER.get(id(font), font)
        cell = self.sheet.cell(row, column, value)
        if formula and literal:
            cell.data_type = "s"
        look = (font, number_format, alignment, fill, border)
        known = self._looks.get(tuple(map(id, look)))
        if known is None:
            cell.font = font
            if number_format is not None:
                cell.number_format = self.book.texts.number_format(number_format)
            if alignment is not None:
                cell.alignment = alignment
            if fill is not None:
                cell.fill = fill
            if border is not None:
                cell.border = border
            self._looks[tuple(map(id, look))] = (look, copy(cell._style))
        else:
            cell._style = copy(known[1])
        return cell

    def room(self, rows: int) -> tuple[int, int]:
        """Reserve rows of one height for a chart, and return the first and the last of them."""
        first = self.row
        self.row += rows
        for row in range(first, self.row):
            self.sheet.row_dimensions[row].height = 15
        return first, self.row - 1

    def section(self, text: str) -> None:
        """Write the heading of a group of rows."""
        for column in range(2, self.last_column + 1):
            self.put(self.row, column, None, styles.SECTION, border=styles.UNDERLINE)
        self.put(self.row, 2, text, styles.SECTION, border=styles.UNDERLINE)
        self.sheet.row_dimensions[self.row].height = 20
        self.row += 1

    def header(
        self,
        texts: Sequence[str],
        *,
        numbers: Iterable[int] = (),
        indented: Iterable[int] = (),
        centred: Iterable[int] = (),
        height: float = 20,
        literal: bool = False,
    ) -> None:
        """Write the heading of a table.

        `numbers` are the columns of figures, from 0, and `indented` those of words behind them;
        literal texts are data.
        """
        alignments = dict.fromkeys(numbers, styles.WRAPPED_RIGHT)
        alignments |= dict.fromkeys(indented, styles.WRAPPED_INDENTED)
        alignments |= dict.fromkeys(centred, styles.CENTER)
        for index, text in enumerate(texts):
            self.put(
                self.row,
                2 + index,
                text,
                styles.HEADING,
                fill=styles.HEADING_FILL,
                alignment=alignments.get(index, styles.WRAPPED),
                literal=literal,
            )
        self.sheet.row_dimensions[self.row].height = height
        self.row += 1

    def figure(
        self,
        label: str,
        value: Any,
        unit: str,
        name: str,
        note: str,
        *,
        number_format: str = "General",
        font: Font = styles.TEXT,
        editable: bool = False,
        total: bool = False,
    ) -> Cell:
        """Write a row of label, value, unit, name and note, and name the cell of the value."""
        row = self.row
        border = styles.TOTAL if total else styles.HAIRLINE
        bold = styles.BOLD if total else styles.TEXT
        text = isinstance(value, str) and not value.startswith("=")
        self.put(row, 2, label, bold, border=border, alignment=styles.WRAPPED)
        cell = self.put(
            row,
            3,
            value,
            styles.INPUT if editable else styles.BOLD if total else font,
            number_format=number_format,
            alignment=styles.LEFT if text else styles.RIGHT,
            border=border,
            fill=styles.INPUT_FILL if editable else None,
            literal=text,
        )
        cell.number_format = styles.padded(cell.number_format)
        if editable:
            cell.protection = styles.UNLOCKED
        self.put(row, 4, unit, styles.TEXT, border=border, alignment=styles.INDENTED)
        self.put(row, 5, name, styles.NAME, border=border, alignment=styles.LEFT, literal=True)
        self.put(row, 6, note, styles.NOTE, border=border, alignment=styles.WRAPPED)
        self.fit_at_end(row, (2, 6))
        if name:
            self.book.define(name, self.sheet, cell)
            if text or '"' in str(value):
                self.book.quotes[name] = [shown_text(cell, self.book.quotes)]
        self.row += 1
        return cell

    def fit(self, row: int, columns: Iterable[int], *, least: float = 16) -> None:
        """Make a row high enough for the wrapped texts of some of its columns."""
        lines = 1
        for column in columns:
            cell = self.sheet.cell(row, column)
            text = shown_text(cell, self.book.quotes)
            lines = max(lines, lines_in(text, cell, self._width(cell)))
        self.sheet.row_dimensions[row].height = max(least, LINE_HEIGHT * lines + 4)

    def _width(self, cell: Cell) -> float:
        """Return the width of a cell, or of those that are merged with it."""
        last = cell.column
        for box in self.sheet.merged_cells.ranges:
            if (box.min_row, box.min_col) == (cell.row, cell.column):
                last = box.max_col
        return sum(self.widths[cell.column - 1 : last])

    def fit_at_end(self, row: int, columns: Sequence[int], *, least: float = 16) -> None:
        """Do so when all sheets are there, whose texts a formula may quote."""
        self.fit(row, columns, least=least)
        self.book.later(lambda: self.fit(row, columns, least=least))

    def define(self, name: str, box: str) -> None:
        """Name a range of the sheet, as `$B$5:$C$9`."""
        rows = self.sheet[box]
        self.book.define(name, self.sheet, rows[0][0], rows[-1][-1])

    def finish(
        self,
        *,
        freeze: str | None = None,
        cursor: str = "B4",
        protect: bool = True,
        repeat_row: int | None = None,
        last_row: int = 0,
        last_column: int = 0,
        printed: bool = True,
    ) -> None:
        """Set panes, cursor, protection and print; a chart may end below the cells.

        What stands to the right of the last column is not printed, and of a sheet that is not to be
        printed only its title, for a print area cannot be empty. Scale and page breaks are set
        when the workbook is complete; a sheet whose `fitToHeight` is 1 by then shall be one page.
        """
        sheet = self.sheet
        sheet.freeze_panes = freeze
        for selection in sheet.sheet_view.selection:
            selection.activeCell = selection.sqref = cursor
        if protect:
            sheet.protection.sheet = True
            sheet.protection.formatColumns = False
            sheet.protection.formatRows = False
            sheet.protection.autoFilter = False
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.print_options.horizontalCentered = True
        sheet.page_margins.left = sheet.page_margins.right = 0.25
        sheet.page_margins.top, sheet.page_margins.bottom = 0.35, 0.55
        sheet.page_margins.header = sheet.page_margins.footer = 0.25
        sheet.oddFooter.left.text = "&F"
        sheet.oddFooter.center.text = "&A"
        sheet.oddFooter.right.text = "&P / &N"
        columns, rows = last_column or self.last_column, max(sheet.max_row, last_row)
        if not printed:
            columns, rows = 6, 3
        sheet.print_area = f"A1:{get_column_letter(columns)}{rows}"
        if repeat_row is not None:
            sheet.print_title_rows = f"{repeat_row}:{repeat_row}"
        self.book.at_end(lambda: lay_out(sheet, self.book.quotes, one_page=self._is_one_page))


def validate_number(page: Page, cell: Cell, label: str, quantity: Quantity) -> None:
    """Let Excel refuse a number outside its quantity's domain."""
    lower, upper = max(quantity.above, quantity.at_least), quantity.at_most
    if math.isfinite(lower) and math.isfinite(upper):
        # Excel's "between" includes its bounds.
        open_below = quantity.above >= quantity.at_least
        operator, bounds = "between", [lower + SMALLEST * open_below, upper]
        sentence = "{label} must be between {lower} and {upper}."
        if open_below:
            sentence = "{label} must be above {lower}, and at most {upper}."
    elif math.isfinite(quantity.above):
        operator, bounds = "greaterThan", [lower]
        sentence = "{label} must be above {lower}."
    elif math.isfinite(lower):
        operator, bounds = "greaterThanOrEqual", [lower]
        sentence = "{label} must be at least {lower}."
    elif math.isfinite(upper):
        operator, bounds = "lessThanOrEqual", [upper]
        sentence = "{label} must be at most {upper}."
    else:
        operator, bounds = "between", [-LARGEST, LARGEST]
        sentence = "{label} must be a number."
    texts = page.book.texts
    rule = DataValidation(
        type="whole" if quantity.whole else "decimal",
        operator=operator,
        formula1=f"{bounds[0]:.15g}",
        formula2=f"{bounds[1]:.15g}" if len(bounds) == 2 else None,
        allow_blank=False,
        showErrorMessage=True,
        errorTitle=texts("Out of range"),
        error=texts(sentence).format(
            label=texts(label), lower=f"{lower:g}", upper=f"{bounds[-1]:g}"
        ),
    )
    page.sheet.add_data_validation(rule)
    rule.add(cell)


def validate_letters(page: Page, cell: Cell, label: str, letters: int) -> None:
    """Let Excel refuse a text of another length, as a currency that is no code."""
    texts = page.book.texts
    rule = DataValidation(
        type="textLength",
        operator="equal",
        formula1=str(letters),
        allow_blank=False,
        showErrorMessage=True,
        errorTitle=texts("Out of range"),
        error=texts("{label} must have {letters} letters.").format(
            label=texts(label), letters=letters
        ),
    )
    page.sheet.add_data_validation(rule)
    rule.add(cell)


def validate_entry(page: Page, cell: Cell, entries: str, *, strict: bool = False) -> None:
    """Offer a range or a quoted list to choose from; Excel refuses what is not on a list."""
    texts, listed = page.book.texts, strict or entries.startswith('"')
    rule = DataValidation(
        type="list",
        formula1=page.book.formula(entries),
        allow_blank=False,
        showErrorMessage=True,
        errorStyle=None if listed else "warning",
        errorTitle=texts("Not in the list"),
        error=texts("Choose one of the list." if listed else NOT_LISTED),
    )
    page.sheet.add_data_validation(rule)
    rule.add(cell)

    def settled() -> None:
        rule.formula1 = page.book.formula(entries)

    page.book.later(settled)
