"""What do all sheets of an analysis have in common?

From top to bottom: a title, some figures, a few sentences, a chart, a table, and where all of it
comes from. A live line at the end compares the result of the workbook with that of the analysis, so
that nobody takes an old analysis for a new one.
"""

import math
from collections.abc import Sequence
from typing import Any

from openpyxl.chart import Reference
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, quote_sheetname

from xlcalc.analysis_sheets.origin import Asked, labels, lines
from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.author.number_formats import shown
from xlcalc.cells import CellValue
from xlcalc.ooxml.edits import write_cells
from xlcalc.ooxml.markup import cell_name
from xlcalc.ooxml.package import Package
from xlcalc.workbook import Workbook

_CARD = Font(name=styles.FAMILY, size=14, bold=True, color=styles.NAVY)
_DRAWN = "What the chart draws"
_AS_IT_WAS = "The workbook still gives this result."
_CHANGED = "The workbook has changed since: ask again."
_LETTERS = 1.2
"""Letters of a sentence for a unit of a column's width."""
_SAME = 1e-9
"""Relative difference up to which two results are the same."""
Look = tuple[CellValue, str]
"""A value, and the number format that it is shown in."""
EMPTY: Look = ("", "General")


class Sheet:
    """A sheet of an analysis that is written from top to bottom.

    Parameters
    ----------
    book : Workbook
        The workbook that was asked.
    tab : str
        Name of the sheet, which the workbook does not have.
    output : str
        The result that was asked for.
    title : str
        What the sheet shows; `{label}` becomes the result's label.
    widths : sequence of float
        Widths of the columns from B.
    """

    def __init__(
        self, book: Workbook, tab: str, output: str, title: str, widths: Sequence[float]
    ) -> None:
        self.workbook = book
        self.cell = book.cell(output)
        self.output = output
        self.unit = book.results[output].unit
        self.author = Book(title, "xlcalc")
        what = labels(book, [output])[output]
        subtitle = f"{output}, {self.cell.place}"
        self.page = Page(self.author, tab, [2.0, *widths], title.format(label=what), "")
        self.page.put(2, 2, subtitle, styles.SUBTITLE, literal=True)
        self.page.sheet.sheet_properties.tabColor = styles.TEAL
        self.tab = tab
        self._live: dict[tuple[int, int], CellValue] = {}

    def format_of(self, name: str, values: Sequence[float] = ()) -> str:
        """Return the number format of a named cell, one that suits its values for General."""
        code = self.workbook.cell(name).number_format
        if code.lower() != "general":
            return code
        most = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
        if most >= 1e12 or 0.0 < most < 1e-3:
            return "0.000E+00"
        return "#,##0" if most >= 1e4 else "#,##0.###" if most >= 100.0 else "0.####"

    def text(self, value: float, code: str, *, unit: str | None = None) -> str:
        """Return a number as its cell shows it, with its unit."""
        if not math.isfinite(value):
            return "no result"
        words = shown(value, code, self.cell.date1904).strip()
        unit = self.unit if unit is None else unit
        return words if words.endswith(("%", unit)) and unit else f"{words} {unit}".strip()

    def head(self, word: str) -> str:
        """Return what stands above figures of the result: a word, and the unit if it has one."""
        return f"{word}, {self.unit}" if self.unit else word

    @property
    def chart_title(self) -> str:
        """The result and its unit, for a chart."""
        return f"{self.output} [{self.unit}]" if self.unit else self.output

    def cards(self, figures: Sequence[tuple[str, CellValue, str]]) -> None:
        """Write the main figures side by side: label, value and number format of each."""
        row = self.page.row
        for column, (label, value, code) in enumerate(figures, start=2):
            self.page.put(
                *(row, column, label, styles.FIGURE_LABEL),
                alignment=styles.SHRUNK,
                fill=styles.BAND_FILL,
                literal=True,
            )
            self.write(row + 1, column, (value, code), _CARD, alignment=styles.SHRUNK,
                      fill=styles.BAND_FILL)  # fmt: skip
        self.page.sheet.row_dimensions[row].height = 18
        self.page.sheet.row_dimensions[row + 1].height = 26
        self.page.row += 3

    def say(self, *sentences: str) -> None:
        """Write a line for each sentence, over all columns of the sheet."""
        for sentence in sentences:
            self.page.put(self.page.row, 2, sentence, alignment=styles.WRAPPED, literal=True)
            self._over_columns(2, sentence)

    def _over_columns(self, first: int, text: str) -> None:
        """Let a text go on over all columns from its own, in as many lines as it takes."""
        page, row = self.page, self.page.row
        page.sheet.merge_cells(
            start_row=row, end_row=row, start_column=first, end_column=page.last_column
        )
        room = _LETTERS * sum(page.widths[first - 1 :])
        page.sheet.row_dimensions[row].height = 13.0 * math.ceil(len(text) / room) + 3
        page.row += 1

    def room(self, rows: int) -> str:
        """Reserve rows for a chart over all columns, and return the range that it covers."""
        self.page.row += 1
        first, last = self.page.room(rows)
        self.page.row += 1
        return f"B{first}:{get_column_letter(self.page.last_column)}{last}"

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[Look]],
        *,
        texts: Sequence[int] = (0,),
        total: Sequence[int] = (),
    ) -> tuple[int, int]:
        """Write a table, and return its first and its last row.

        `texts` are the columns of words, from 0, and `total` the rows that are sums.
        """
        numbers = [place for place in range(len(heads)) if place not in texts]
        indented = [place for place in texts if place]
        self.page.header(heads, numbers=numbers, indented=indented, literal=True)
        self.page.fit(self.page.row - 1, range(2, 2 + len(heads)), least=20)
        first = self.page.row
        for place, looks in enumerate(rows):
            strong = place in total
            for column, look in enumerate(looks):
                words = styles.WRAPPED if column == 0 else styles.WRAPPED_INDENTED
                self.write(
                    *(self.page.row, 2 + column, look, styles.BOLD if strong else styles.TEXT),
                    alignment=words if column in texts else styles.RIGHT,
                    border=styles.TOTAL if strong and place else styles.HAIRLINE,
                )
            self.page.fit(self.page.row, [2 + column for column in texts])
            self.page.row += 1
        return first, self.page.row - 1

    def beside(
        self, column: int, heads: Sequence[str], rows: Sequence[Sequence[float | None]], first: int
    ) -> None:
        """Write what a chart draws and nobody reads to the right of what is printed."""
        self.page.put(first - 2, column, _DRAWN, styles.NOTE)
        for place, head in enumerate(heads):
            self.page.put(first - 1, column + place, head, styles.NOTE, literal=True)
        for row, values in enumerate(rows, start=first):
            for place, value in enumerate(values):
                self.page.put(
                    row, column + place, value, styles.NOTE, number_format="General", literal=True
                )

    def range(self, column: int, first: int, last: int) -> Any:
        """Return a column of the sheet for a chart."""
        return Reference(self.page.sheet, min_col=column, min_row=first, max_row=last)

    def write(self, row: int, column: int, look: Look, font: Font, **how: Any) -> None:
        """Write a value in its number format; a number that is none is #N/A, which charts skip."""
        value, code = look
        if type(value) is float and not math.isfinite(value):
            value, code = "#N/A", "General"
        text = isinstance(value, str) and value != "#N/A"
        self.page.put(
            row,
            column,
            value,
            font,
            number_format="General" if text else code,
            literal=text,
            **how,
        )

    def origin(self, asked: Asked, value: float) -> None:
        """Write where the figures come from, and whether the workbook still gives the result."""
        page = self.page
        page.row += 1
        page.section("Where this comes from")
        for label, text in lines(self.workbook, asked):
            page.put(page.row, 2, label, styles.NOTE, alignment=styles.LEFT)
            page.put(page.row, 3, text, styles.NOTE, alignment=styles.WRAPPED, literal=True)
            self._over_columns(3, str(text))
        code = self.format_of(self.output, [value])
        target = f"{quote_sheetname(self.cell.sheet)}!{_absolute(self.cell.position)}"
        for label, content in ((f"{self.output} when asked", value), ("now", f"={target}")):
            page.put(page.row, 2, label, styles.NOTE, alignment=styles.LEFT, literal=True)
            page.put(
                *(page.row, 3, content, styles.NOTE),
                number_format=code,
                alignment=styles.LEFT,
            )
            page.row += 1
        was, now = f"C{page.row - 2}", f"C{page.row - 1}"
        page.put(
            page.row - 1,
            4,
            f'=IF(ISERROR({now}),"{_CHANGED}",'
            f'IF(ABS({now}-{was})<={_SAME:.0E}*ABS({was}),"{_AS_IT_WAS}","{_CHANGED}"))',
            styles.NOTE,
            alignment=styles.LEFT,
        )
        self._live[page.row - 1, 3] = value
        self._live[page.row - 1, 4] = _AS_IT_WAS

    def finish(self) -> Package:
        """Return the sheet in a workbook of its own, values behind its formulas."""
        page = self.page
        page.finish(cursor="B2", protect=False)
        last = get_column_letter(page.last_column)
        page.sheet.print_area = f"A1:{last}{page.row}"  # what charts draw may go on below
        package = self.author.to_package()
        part = package.sheets[self.tab]
        package.replace(part, write_cells(package.part(part), self._live, {}))
        return package


def percent(share: float) -> str:
    """Return a share in whole per cent, or with a decimal where it is small."""
    return f"{100 * share:.0f} %" if abs(share) >= 0.1 or not share else f"{100 * share:.1f} %"


def _absolute(position: tuple[int, int]) -> str:
    name = cell_name(position)
    letters = name.rstrip("0123456789")
    return f"${letters}${name[len(letters) :]}"
