"""How do a few results stand side by side: a column each, a row for each figure?

The first sheet has the chosen results, what is wrong with a run, the inputs behind them, how far
each run is from the first, and a chart; the second has all named cells. Either fits a page.
"""

from collections.abc import Mapping, Sequence

from openpyxl.chart import Reference
from openpyxl.utils import get_column_letter

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.author.number_formats import shown
from xlcalc.calc.named_cells import NamedCell
from xlcalc.ooxml.cell_styles import is_date_format
from xlcalc.runs.summary import Summary
from xlcalc.runs.summary_parts import clean, draw_runs, write_figure, write_link

MOST_COLUMNS = 14
"""Runs that stand side by side; more are a list."""
_LEAST_WIDTH, _TEXT_WIDTH = 10.5, 11.5
_CAPS = ((24.0, 17.0, 12.0, 15.5), (24.0, 17.0, 12.0, 12.0), (34.0, 24.0, 20.0, 15.5))
"""Largest widths of label, name, unit, and of a run for its name; the last where all is no use."""
_ROOM = 204.0
"""Width of all columns that fit a page in letters of seven points."""
_POINTS = "+0.0%;-0.0%;0.0%"
_AMOUNTS = (
    (1e12, "+0.0E+00;-0.0E+00;0"),
    (1e6, '+#,##0.0,," M";-#,##0.0,," M";0'),
    (1e3, "+#,##0;-#,##0;0"),
    (0.0, "+#,##0.00;-#,##0.00;0"),
)
"""From which largest difference on amounts are shown in which format: so that they fit."""
_NEAR_ZERO = 0.01
"""A first figure below this share of the largest one is no base for a per cent."""


def fits_in_columns(summary: Summary) -> bool:
    """Whether the runs of a summary are few enough to stand side by side."""
    if not 0 < len(summary.results) <= MOST_COLUMNS:
        return False
    return sum(_widths(summary, summary.shown_cells, named=False)) <= _ROOM


def overview_in_columns(summary: Summary, book: Book) -> None:
    """Write the chosen figures of each run, a column a run, with differences and a chart."""
    cells = summary.shown_cells
    page = Page(book, "Summary", _widths(summary, cells, named=False), summary.title, "")
    link_text = summary.texts("A name opens the run's own workbook.")
    page.put(2, 2, f"{summary.verdict}. {link_text}", styles.SUBTITLE, literal=True)
    for sentence in summary.calculated_by[:1]:
        page.put(3, 2, sentence, styles.SUBTITLE, literal=True)
    top = page.row
    _head(summary, page, ("Figure", "Unit"))
    _labels(summary, page)
    rows: dict[str, int] = {}
    # What is asked for stands first: results, what is wrong with them, and the inputs behind them.
    results = [cell for cell in cells if not cell.is_input]
    inputs = [cell for cell in cells if cell.is_input]
    for own in (results, inputs):
        if own is inputs:
            _remarks(summary, page)
            if results and inputs:
                page.section("Inputs")
        for cell in own:
            rows[cell.name] = page.row
            _row(summary, page, cell, (summary.label(cell), summary.unit(cell)))
    if len(summary.results) > 1:
        _differences(summary, page, cells)
    if summary.charted in rows:
        last = page.last_column
        page.row += 1
        labels = Reference(page.sheet, min_col=4, max_col=last, min_row=top, max_row=top)
        row = rows[summary.charted]
        values = Reference(page.sheet, min_col=4, max_col=last, min_row=row, max_row=row)
        first, end = page.room(max(10, 4 + len(summary.results)))
        draw_runs(summary, page, f"B{first}:{get_column_letter(last)}{end}", labels, values)
    page.finish(
        freeze=f"D{top + 1}",
        cursor=f"D{top + 1}",
        protect=False,
        repeat_row=top,
        last_row=page.row,
    )
    page.sheet.page_setup.fitToHeight = 1


def _labels(summary: Summary, page: Page) -> None:
    """Write the labels of the runs, columns of the list that are no inputs, a row each."""
    for label in summary.labels:
        texts = [clean(label), "", *(clean(run.labels.get(label, "")) for run in summary.results)]
        for column, text in enumerate(texts, start=2):
            alignment = styles.WRAPPED if column == 2 else styles.RIGHT
            page.put(
                page.row,
                column,
                text,
                border=styles.HAIRLINE,
                alignment=alignment,
                literal=True,
            )
        page.row += 1


def all_in_columns(summary: Summary, book: Book, long: Sequence[str]) -> None:
    """Write every named cell of every run, inputs before results, a column a run."""
    cells = [cell for name, cell in summary.cells.items() if name not in long]
    page = Page(
        book,
        "All figures",
        _widths(summary, cells, named=True),
        "All figures",
        "Every named cell of every run, inputs first.",
    )
    _head(summary, page, ("Figure", "Name", "Unit"))
    for title, wanted in (("Inputs", True), ("Results", False)):
        own = [cell for cell in cells if cell.is_input is wanted]
        if own:
            page.section(title)
        for cell in own:
            _row(summary, page, cell, (summary.label(cell), cell.name, summary.unit(cell)))
    page.finish(freeze="E5", cursor="E5", protect=False, repeat_row=4)


def _widths(summary: Summary, cells: Sequence[NamedCell], *, named: bool) -> list[float]:
    """Return the widths of margin, label, name if it is shown, unit, and a column for each run."""
    labels = [0.9 * len(summary.label(cell)) + 2 for cell in cells]
    units = [0.9 * len(summary.unit(cell)) + 2 for cell in cells]
    names = [1.15 * len(cell.name) + 2 for cell in cells]
    found: list[float] = []
    for label, name, unit, run in _CAPS:
        found = [2.0, min(label, max([18.0, *labels]))]
        if named:
            found.append(min(name, max([12.0, *names])))
        found += [min(unit, max([8.0, *units])), *_run_widths(summary, cells, run)]
        if sum(found) <= _ROOM:
            break  # all on one page; else rows of one line each are worth more
    return found


def _run_widths(summary: Summary, cells: Sequence[NamedCell], most: float) -> list[float]:
    """Return the width of the column of each run, whose name may take so much of it."""
    found = []
    for result in summary.results:
        widest = _LEAST_WIDTH
        for cell in cells:
            value = result.values.get(cell.name)
            text = shown(value, cell.number_format, cell.date1904)
            if isinstance(value, str):
                words = max(map(len, text.split()), default=0)
                widest = max(widest, min(_TEXT_WIDTH, 1.05 * words + 3))
            else:
                widest = max(widest, min(24.0, len(text) + 1.5))
        name = max(map(len, result.scenario.split()), default=0)
        found.append(max(widest, min(most, 0.95 * name + 1.5)))
    return found


def _head(summary: Summary, page: Page, heads: Sequence[str]) -> None:
    """Write the heading of the columns: what stands before the runs, and their names."""
    first = 2 + len(heads)
    names = [clean(result.scenario) for result in summary.results]
    for column, text in enumerate((*map(summary.texts, heads), *names), start=2):
        page.put(
            page.row,
            column,
            text,
            styles.BOLD,
            fill=styles.BAND_FILL,
            alignment=styles.WRAPPED if column < first else styles.WRAPPED_RIGHT,
            border=styles.UNDERLINE,
            literal=True,
        )
    for column, result in enumerate(summary.results, start=first):
        write_link(page.sheet.cell(page.row, column), result, styles.RUN_LINK)
    page.fit(page.row, range(2, first + len(names)), least=20)
    page.row += 1


def _row(summary: Summary, page: Page, cell: NamedCell, before: Sequence[str]) -> None:
    """Write a figure of every run."""
    looks = (styles.TEXT, *(styles.NAME if text == cell.name else styles.TEXT for text in before))
    for column, text in enumerate(before, start=2):
        page.put(
            page.row,
            column,
            clean(text),
            looks[column - 1],
            border=styles.HAIRLINE,
            alignment=styles.SHRUNK if text == cell.name else styles.WRAPPED,
            literal=True,
        )
    first = 2 + len(before)
    for column, result in enumerate(summary.results, start=first):
        write_figure(page, page.row, column, result.values.get(cell.name), cell)
        shown_as = page.sheet.cell(page.row, column)
        if isinstance(result.values.get(cell.name), str):
            shown_as.alignment = styles.WRAPPED_RIGHT
    texts = [
        column
        for column, result in enumerate(summary.results, start=first)
        if isinstance(result.values.get(cell.name), str)
    ]
    named = [place for place, text in enumerate(before, start=2) if text == cell.name]
    page.fit(page.row, [place for place in (*range(2, first), *texts) if place not in named])
    page.row += 1


def _differences(summary: Summary, page: Page, cells: Sequence[NamedCell]) -> None:
    """Write how far the results of each run are from those of the first."""
    rows = {cell.name: found for cell in cells if (found := _from_first(summary, cell))}
    if not rows:
        return
    page.row += 1
    heading = summary.texts("Difference from {run}").format(run=clean(summary.results[0].scenario))
    for column in range(2, page.last_column + 1):
        page.put(page.row, column, None, styles.SECTION, border=styles.UNDERLINE)
    page.put(page.row, 2, heading, styles.SECTION, border=styles.UNDERLINE, literal=True)
    page.sheet.row_dimensions[page.row].height = 20
    page.row += 1
    for cell in cells:
        if cell.name not in rows:
            continue
        values, code, unit = rows[cell.name]
        before = summary.label(cell), unit
        for column, text in enumerate(before, start=2):
            page.put(
                page.row,
                column,
                clean(text),
                border=styles.HAIRLINE,
                alignment=styles.WRAPPED,
                literal=True,
            )
        for column, value in enumerate(values, start=4):
            page.put(
                page.row,
                column,
                value,
                number_format=code,
                border=styles.HAIRLINE,
                alignment=styles.RIGHT,
                literal=True,
            )
        page.fit(page.row, (2, 3))
        page.row += 1


def _from_first(
    summary: Summary, cell: NamedCell
) -> tuple[list[float | str | None], str, str] | None:
    """Return the differences of a result, their number format and unit; none of what is no number.

    A date differs by days, a share by percentage points, and anything else in per cent of the
    first; but by its amount where signs differ or the first is near 0, since a per cent says
    nothing there.
    """
    values = [_number(result.values, cell.name) for result in summary.results]
    first = values[0]
    if cell.is_input or first is None:
        return None
    if is_date_format(cell.number_format):
        return [_less(v, first, 1.0) for v in values], "+0;-0;0", summary.texts("days")
    if "%" in cell.number_format:
        return [_less(v, first, 1.0) for v in values], _POINTS, summary.texts("percentage points")
    largest = max((abs(v) for v in values if v is not None), default=0.0)
    if not largest:
        return None
    turns = any(v is not None and v * first < 0.0 for v in values)
    if turns or abs(first) < _NEAR_ZERO * largest:
        gaps = [_less(v, first, 1.0) for v in values]
        most = max((abs(gap) for gap in gaps if gap is not None), default=0.0)
        shown_as = next(code for least, code in _AMOUNTS if most >= least)
        return [*gaps], shown_as, summary.unit(cell)
    found = [_less(v, first, abs(first)) for v in values]
    most = max((abs(v) for v in found if v is not None), default=0.0)
    shown_as = "+#,##0%;-#,##0%;0%" if most >= 10.0 else _POINTS
    return [*found], shown_as, summary.texts("relative")


def _number(values: Mapping[str, object], name: str) -> float | None:
    value = values.get(name)
    return value if isinstance(value, float) and not isinstance(value, bool) else None


def _less(value: float | None, first: float, scale: float) -> float | None:
    return None if value is None else (value - first) / scale


def _remarks(summary: Summary, page: Page) -> None:
    """Write what is wrong with a run, a line each."""
    if not summary.has_remarks:
        return
    page.row += 1
    page.section("Remark")
    last = get_column_letter(page.last_column)
    room = sum(page.widths[2:])
    for result in summary.results:
        if not result.remark:
            continue
        page.put(page.row, 2, clean(result.scenario), alignment=styles.WRAPPED, literal=True)
        page.put(
            page.row,
            3,
            clean(result.remark),
            fill=styles.BAD_FILL,
            alignment=styles.WRAPPED,
            literal=True,
        )
        page.sheet.merge_cells(f"C{page.row}:{last}{page.row}")
        lines = 1 + int(len(result.remark) / (1.05 * room))
        page.sheet.row_dimensions[page.row].height = 13.0 * lines + 4
        page.row += 1
