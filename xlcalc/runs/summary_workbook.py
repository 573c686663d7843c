"""How do many results look as a workbook: the chosen figures with a chart, and all of them?"""

import math
from collections.abc import Sequence

from openpyxl.chart import Reference

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.author.number_formats import shown
from xlcalc.calc.named_cells import NamedCell
from xlcalc.cells import CellError
from xlcalc.runs.summary import (
    ACCEPTED_COLUMNS,
    ACCEPTED_TITLE,
    ACCEPTED_WHY,
    ORIGIN_TITLE,
    ORIGIN_WHAT,
    Summary,
)
from xlcalc.runs.summary_columns import all_in_columns, fits_in_columns, overview_in_columns
from xlcalc.runs.summary_parts import clean, draw_runs, write_figure, write_link

CHARTED_RUNS = 60
"""Results that a chart shows: more are a list, not a picture."""
LONG_TEXT = 40
"""Characters from which a text stands on a sheet of its own."""
_CENTIMETRES = 0.185
"""Width of a column for each of its units; a chart beyond the last column is cut in print."""


def summary_workbook(summary: Summary) -> bytes:
    """Return the summary as a workbook: the chosen figures with a chart, and all of them."""
    book = Book(summary.title, "xlcalc report", summary.texts)
    in_columns = fits_in_columns(summary)
    (overview_in_columns if in_columns else _overview)(summary, book)
    long = [
        name
        for name in summary.cells
        if any(len(str(result.values.get(name, ""))) > LONG_TEXT for result in summary.results)
    ]
    (all_in_columns if in_columns else _figures)(summary, book, long)
    if long:
        _notes(summary, book, long)
    if len(summary.calculated_by) > 1:
        _origin(summary, book)
    return book.to_bytes(canonical=False)


def _overview(summary: Summary, book: Book) -> None:
    cells = summary.shown_cells
    remarks = summary.has_remarks
    texts = [
        [
            shown(result.values.get(cell.name), cell.number_format, cell.date1904)
            for result in summary.results
        ]
        for cell in cells
    ]
    widths = [
        2.0,
        max(18.0, *(0.95 * len(result.scenario) + 3 for result in summary.results)),
        *(min(40.0, max(13.0, *(0.95 * len(text) + 3 for text in column))) for column in texts),
        *(18.0 for _ in summary.labels),
    ]
    page = Page(
        book,
        "Summary",
        [*widths, 60.0] if remarks else widths,
        summary.title,
        "",
    )
    link_text = summary.texts("A name opens the run's own workbook.")
    page.put(2, 2, f"{summary.verdict}. {link_text}", styles.SUBTITLE, literal=True)
    for sentence in summary.calculated_by[:1]:
        page.put(3, 2, sentence, styles.SUBTITLE, literal=True)
    numeric = [summary.is_number(cell) for cell in cells]
    page.header(
        [
            summary.texts("Run"),
            *(summary.heading(cell, "\n") for cell in cells),
            *map(clean, summary.labels),
            *([summary.texts("Remark")] if remarks else []),
        ],
        literal=True,
        numbers=[index for index, right in enumerate(numeric, start=1) if right],
        indented=[index for index, right in enumerate(numeric, start=1) if not right],
    )
    page.fit(page.row - 1, range(2, 3 + len(cells)), least=44)
    first, last_column = page.row, 3 + len(cells) + len(summary.labels)
    for result in summary.results:
        link = page.put(page.row, 2, clean(result.scenario), border=styles.HAIRLINE, literal=True)
        write_link(link, result, styles.URL)
        for column, cell in enumerate(cells, start=3):
            write_figure(page, page.row, column, result.values.get(cell.name), cell)
        for column, label in enumerate(summary.labels, start=3 + len(cells)):
            text = clean(result.labels.get(label, ""))
            page.put(
                page.row,
                column,
                text,
                border=styles.HAIRLINE,
                alignment=styles.INDENTED,
                literal=True,
            )
        if remarks:
            page.put(
                page.row,
                last_column,
                clean(result.remark),
                border=styles.HAIRLINE,
                fill=styles.BAD_FILL if result.remark else None,
                alignment=styles.WRAPPED,
                literal=True,
            )
            page.fit(page.row, (last_column,))
        page.row += 1
    last = page.row - 1
    drawn = summary.charted in summary.columns and len(summary.results) <= CHARTED_RUNS
    last_row = _chart(summary, page, first, last) if drawn else 0
    page.finish(
        freeze=f"C{first}",
        cursor=f"B{first}",
        protect=False,
        repeat_row=first - 1,
        last_row=last_row,
    )
    page.sheet.auto_filter.ref = (
        f"B{first - 1}:{page.sheet.cell(last, page.last_column).coordinate}"
    )


def _chart(summary: Summary, page: Page, first: int, last: int) -> int:
    """Draw the charted result of each run, and return the row below the chart."""
    column = 3 + list(summary.columns).index(summary.charted)
    height = draw_runs(
        summary,
        page,
        f"B{last + 3}",
        Reference(page.sheet, min_col=2, min_row=first, max_row=last),
        Reference(page.sheet, min_col=column, min_row=first, max_row=last),
        min(26.0, max(12.0, _CENTIMETRES * sum(page.widths[1:]))),
    )
    return last + 3 + math.ceil(height / 0.5)


def _notes(summary: Summary, book: Book, long: Sequence[str]) -> None:
    """Write the texts that are too long for a column of figures."""
    page = Page(
        book,
        "Notes",
        [2.0, 24.0, 34.0, 110.0],
        "Notes",
        "The longer texts of each run: where its figures come from.",
    )
    page.header(["Run", "Figure", "Text"])
    for result in summary.results:
        for name in long:
            text = clean(result.values.get(name, ""))
            page.put(
                page.row,
                2,
                clean(result.scenario),
                border=styles.HAIRLINE,
                literal=True,
                alignment=styles.WRAPPED,
            )
            page.put(
                page.row,
                3,
                name,
                styles.NAME,
                border=styles.HAIRLINE,
                alignment=styles.LEFT,
                literal=True,
            )
            page.put(
                page.row,
                4,
                text,
                border=styles.HAIRLINE,
                literal=True,
                alignment=styles.WRAPPED,
            )
            page.fit(page.row, (2, 4))
            page.row += 1
    page.finish(freeze="A5", cursor="B5", protect=False, repeat_row=4)


def _origin(summary: Summary, book: Book) -> None:
    """Write who gave the figures, and the differences that a person accepted, a row each."""
    page = Page(book, ORIGIN_TITLE, [2.0, 28.0, 24.0, 24.0, 100.0], ORIGIN_TITLE, ORIGIN_WHAT)
    for sentence in summary.calculated_by:
        page.put(page.row, 2, sentence, literal=True)
        page.row += 1
    page.row += 1
    if summary.accepted:
        page.section(ACCEPTED_TITLE)
        page.put(page.row, 2, ACCEPTED_WHY, styles.SUBTITLE)
        page.row += 1
        page.header(ACCEPTED_COLUMNS, numbers=[1, 2], indented=[3])
    for one in summary.accepted:
        looks = (styles.WRAPPED, styles.RIGHT, styles.RIGHT, styles.WRAPPED_INDENTED)
        values = (one.cell, one.stored, one.used, f"={one.formula}")
        for column, (value, look) in enumerate(zip(values, looks, strict=True), start=2):
            text = value.code if isinstance(value, CellError) else value
            page.put(
                page.row,
                column,
                clean(text) if isinstance(text, str) else text,
                border=styles.HAIRLINE,
                alignment=look,
                literal=True,
            )
        page.fit(page.row, (2, 5))
        page.row += 1
    page.finish(cursor="B4", protect=False)


def _figures(summary: Summary, book: Book, long: Sequence[str]) -> None:
    """Write every named cell of every result: a row each, inputs before results."""
    shown_here = [cell for name, cell in summary.cells.items() if name not in long]
    cells = sorted(shown_here, key=lambda cell: not cell.is_input)
    page = Page(
        book,
        "All figures",
        [2.0, 26.0, *(_width(summary, cell) for cell in cells)],
        "All figures",
        "Every named cell of every run, inputs first.",
    )
    text = [not summary.is_number(cell) for cell in cells]
    for heading, show in (
        (summary.texts("Run"), lambda cell: summary.heading(cell, "\n")),
        ("", lambda cell: cell.name),
    ):
        page.header(
            [heading, *(show(cell) for cell in cells)],
            numbers=[index for index, words in enumerate(text, start=1) if not words],
            indented=[index for index, words in enumerate(text, start=1) if words],
            literal=True,
        )
        page.fit(page.row - 1, range(2, 3 + len(cells)), least=46 if heading else 18)
    for result in summary.results:
        page.put(page.row, 2, clean(result.scenario), border=styles.HAIRLINE, literal=True)
        for column, cell in enumerate(cells, start=3):
            write_figure(page, page.row, column, result.values.get(cell.name), cell)
        page.row += 1
    page.finish(freeze="C6", cursor="B6", protect=False)
    page.sheet.print_title_rows = "4:5"
    page.sheet.print_title_cols = "A:B"


def _width(summary: Summary, cell: NamedCell) -> float:
    """Return the width of a column for a cell's name and its texts."""
    texts = (result.values.get(cell.name) for result in summary.results)
    lengths = (len(text) for text in texts if isinstance(text, str))
    return max(16.0, 1.1 * len(cell.name) + 2, *(1.05 * length + 4 for length in lengths))
