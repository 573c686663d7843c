"""How does a sheet come out of a printer: in which size, and where does a page end?

A page is in landscape format, and what is on it fits A4 as well as US Letter. The scale is as large
as the width allows, and never so small that the smallest text is under 7 points: what is wider goes
on over pages that repeat the first columns. A page ends where a section does, if there is such a
place, never behind a heading and never within a chart.
"""

import math
from collections.abc import Iterator, Sequence
from copy import copy
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from openpyxl.drawing.spreadsheet_drawing import TwoCellAnchor
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.pagebreak import Break, ColBreak, RowBreak
from openpyxl.worksheet.worksheet import Worksheet

from xlcalc.author import chart_text as charts
from xlcalc.author import styles
from xlcalc.author.long_texts import place_long_texts
from xlcalc.author.text_size import POINTS, Quotes

ROW_HEIGHT = 15.0
"""Height of a row that has none of its own, in points, as openpyxl declares it."""
WIDTH, HEIGHT = 756.0, 530.0
"""What a page holds, in points: as wide as US Letter, as high as A4, less the margins."""
FITTING = 199.0
"""Widest sheet that a page holds in letters of ten points that are printed in seven."""
SMALLEST_PRINT = 7.0
"""Size of the smallest text on paper, in points."""
_SAFETY = 0.98
"""Programs and printers differ by so much in the widths of columns and the heights of rows."""
_SHRINK = 0.8
"""How far a sheet is shrunk for a page less."""
_LARGE = 10.0
"""Size of what is small elsewhere on a sheet that is printed on one page."""
_LOWEST, _HIGHEST = 11.0, 17.0
"""Heights of rows beside charts: down to which they are made lower, and from which they stay."""
_MOST_TITLES = 60.0 * POINTS
"""Width up to which the columns that stay on a screen are repeated on every page."""
_EMU = 12_700.0
_CENTIMETRE = 28.35
_SLIVER = 0.2
"""Share of a page below which the last one is tiny."""
_PAGE, _STRANGER, _TORN, _TINY = 1000.0, 30.0, 5000.0, 150.0
"""Cost of a page, and of one that ends within a table, tears a chart, or is tiny."""


class _Size(NamedTuple):
    """Rows and columns of a sheet that are printed: their sizes in points."""

    widths: list[float]
    heights: list[float]
    titles: float
    """Width of the columns that every page repeats."""
    title_columns: int
    head: float
    """Height of the rows that every page but the first repeats."""
    head_row: int


def narrowed(widths: Sequence[float]) -> list[float]:
    """Return widths that fit a page, if words take less room and figures a little less."""
    found = list(widths)
    for least, share in ((20.5, 0.72), (15.0, 0.9)):
        excess = sum(found) - FITTING
        wide = sum(width for width in found if width >= least)
        if 0.0 < excess <= (1.0 - share) * wide:
            factor = 1.0 - excess / wide
            return [width * factor if width >= least else width for width in found]
    return found


def width_scale(widths: Sequence[float]) -> float:
    """Return the scale at which columns are as wide as a page, at most 1."""
    return min(1.0, _SAFETY * WIDTH / (POINTS * sum(widths)))


def columns_in_a_page(widths: Sequence[float]) -> int:
    """Return how many of the columns of a list fit a page in letters of seven points."""
    return sum(above <= FITTING for above in accumulate(widths))


def lay_out(sheet: Worksheet, quotes: Quotes, *, one_page: bool = False) -> None:
    """Set scale and page breaks of a sheet that is complete.

    Parameters
    ----------
    sheet : Worksheet
        A sheet with a print area.
    quotes : mapping
        Texts of named cells and ranges, which formulas look up.
    one_page : bool, optional
        Whether it shall be on one page if its text stays large enough; on one for each part, where
        the sheet has row breaks.
    """
    size = _size(sheet)
    least = _least(sheet, size)
    given = sorted(found.id for found in sheet.row_breaks.brk) if one_page else []
    across = _SAFETY * WIDTH / sum(size.widths)
    down = _SAFETY * HEIGHT / _tallest(size, given) if one_page else 1.0
    large = SMALLEST_PRINT / _LARGE
    if across >= large and down < large:
        size = _flatten(sheet, size, down / large)
        down = _SAFETY * HEIGHT / _tallest(size, given)
    if least > min(across, down) >= large or least > across >= large:
        _enlarge(sheet, size)
        least = _least(sheet, size)
    columns = _column_breaks(sheet, size, least)
    edges = [0, *columns, len(size.widths)]
    place_long_texts(sheet, size.widths, size.title_columns, edges[1:], quotes)
    size = _size(sheet)
    widest = max(sum(size.widths[a:b]) + (size.titles if a else 0.0) for a, b in pairwise(edges))
    most = min(1.0, math.floor(100 * _SAFETY * WIDTH / widest) / 100)
    least = min(least, most)
    shrunk = least if one_page or columns else max(least, _SHRINK * most)
    below = _Rows(sheet, size)
    scale, rows = most, below.breaks(most)
    if rows and len(below.breaks(shrunk)) < len(rows):
        # The largest scale that saves a page.
        low, high = round(100 * shrunk), round(100 * most)
        fewest = len(below.breaks(shrunk))
        while high - low > 1:
            middle = (low + high) // 2
            if len(below.breaks(middle / 100)) <= fewest:
                low = middle
            else:
                high = middle
        scale, rows = low / 100, below.breaks(low / 100)
    if given and not columns and min(across, down) >= least:
        scale, rows = min(most, math.floor(100 * down) / 100), given
    setup = sheet.page_setup
    setup.orientation = "landscape"
    sheet.row_breaks, sheet.col_breaks = RowBreak(), ColBreak()
    whole = not rows and not columns
    # With "fit to pages", Excel ignores the breaks of a sheet.
    sheet.sheet_properties.pageSetUpPr.fitToPage = whole
    setup.fitToWidth = setup.fitToHeight = 1 if whole else None
    setup.scale = None if whole else math.floor(100 * scale)
    for row in rows:
        sheet.row_breaks.append(Break(row))
    for column in columns:
        sheet.col_breaks.append(Break(column))
    if columns and not sheet.print_title_cols:
        sheet.print_title_cols = f"A:{get_column_letter(size.title_columns)}"


def _tallest(size: _Size, breaks: Sequence[int]) -> float:
    """Return the height of the highest part of a sheet between breaks."""
    edges = [0, *breaks, len(size.heights)]
    return max(sum(size.heights[a:b]) for a, b in pairwise(edges))


def _size(sheet: Worksheet) -> _Size:
    _, _, columns, rows = range_boundaries(sheet.print_area.rpartition("!")[2])
    widths = [
        POINTS * sheet.column_dimensions[get_column_letter(column)].width
        for column in range(1, columns + 1)
    ]
    dimensions = sheet.row_dimensions
    heights = [
        _height(dimensions[row]) if row in dimensions else ROW_HEIGHT for row in range(1, rows + 1)
    ]
    titles = 2
    if sheet.print_title_cols:
        titles = range_boundaries(sheet.print_title_cols.replace("$", ""))[2]
    elif sheet.freeze_panes:
        frozen = range_boundaries(sheet.freeze_panes)[0] - 1
        if frozen > titles and sum(widths[:frozen]) <= _MOST_TITLES:
            titles = frozen
    head, last = 0.0, 0
    if sheet.print_title_rows:
        first, last = map(int, sheet.print_title_rows.replace("$", "").split(":"))
        head = sum(heights[first - 1 : last])
    return _Size(widths, heights, sum(widths[:titles]), titles, head, last)


def _height(dimension: Any) -> float:
    return 0.0 if dimension.hidden else float(dimension.height or ROW_HEIGHT)


def _least(sheet: Worksheet, size: _Size) -> float:
    """Return the scale at which the smallest text that is printed is just large enough."""
    fonts = sheet.parent._fonts
    used = {cell._style.fontId for cell in _printed(sheet, size)}
    sizes = [float(fonts[place].size or 10) for place in used]
    sizes += [charts.smallest_text(chart) for chart in sheet._charts]
    return min(1.0, math.ceil(100 * SMALLEST_PRINT / min(sizes, default=10.0)) / 100)


def _printed(sheet: Worksheet, size: _Size) -> Iterator[Any]:
    """Yield the cells that show something on paper."""
    rows = sheet.iter_rows(max_col=len(size.widths), max_row=len(size.heights))
    return (cell for row in rows for cell in row if cell.value is not None)


def _flatten(sheet: Worksheet, size: _Size, factor: float) -> _Size:
    """Make charts a little lower, if a sheet then fits a page."""
    covered: set[int] = set()
    for chart in sheet._charts:
        if not isinstance(chart.anchor, TwoCellAnchor):
            return size  # such a chart keeps its size
        first, last = _extent(chart, of_columns=False, widths=size.heights)
        covered.update(range(first, last + 1))
    empty = _empty(sheet, size)
    lower = list(size.heights)
    for row in covered:
        if row <= len(lower) and lower[row - 1] < _HIGHEST:
            least = _LOWEST if row in empty else 13.25
            lower[row - 1] = max(min(least, lower[row - 1]), 0.8 * lower[row - 1])
    if sum(lower) > factor * sum(size.heights):
        return size
    for row, height in enumerate(lower, start=1):
        if height != size.heights[row - 1]:
            sheet.row_dimensions[row].height = height
    return size._replace(heights=lower)


def _enlarge(sheet: Worksheet, size: _Size) -> None:
    """Give small letters the size of others, where a sheet is to be one page."""
    fonts = sheet.parent._fonts
    for cell in _printed(sheet, size):
        font = fonts[cell._style.fontId]
        if float(font.size or _LARGE) < _LARGE:
            larger = copy(font)
            larger.sz = _LARGE
            cell.font = larger
    for chart in sheet._charts:
        charts.enlarge(chart, _LARGE)


def _column_breaks(sheet: Worksheet, size: _Size, least: float) -> list[int]:
    """Return the columns behind which a page ends, for a text of at least so small a scale."""
    room = _SAFETY * WIDTH / least
    given = sorted(found.id for found in sheet.col_breaks.brk)
    if sum(size.widths) <= room:
        return []

    def fits(breaks: Sequence[int]) -> bool:
        edges = [0, *breaks, len(size.widths)]
        return all(
            sum(size.widths[a:b]) + (size.titles if a else 0.0) <= room for a, b in pairwise(edges)
        )

    if given and fits(given):
        return given
    torn = _within_charts(sheet, of_columns=True, widths=size.widths)
    first = size.title_columns + 1
    count = len(size.widths)
    # The fewest pages; among these the evenest, which may be printed largest.
    best: dict[int, tuple[float, float, list[int]]] = {0: (0.0, 0.0, [])}
    for end in range(first, count + 1):
        found = []
        for start, (pages, widest, breaks) in best.items():
            width = sum(size.widths[start:end]) + (size.titles if start else 0.0)
            if width > room and end - start > 1:
                continue
            cost = pages + 1 + (10.0 if end in torn and end < count else 0.0)
            found.append((cost, max(widest, width), [*breaks, end]))
        if found:
            best[end] = min(found)
    return best[count][2][:-1] if count in best else []


class _Rows:
    """The rows of a sheet, and what a page costs that ends behind one of them."""

    def __init__(self, sheet: Worksheet, size: _Size) -> None:
        self._size = size
        count = len(size.heights)
        self._above = [0.0, *accumulate(size.heights)]
        headings = _headings(sheet, count)
        torn = _within_charts(sheet, of_columns=False, widths=size.heights)
        empty = _empty(sheet, size)
        self._ends = [0.0]
        for row in range(1, count):
            # A heading, or one row below it, would stand alone.
            alone = row in headings or (row - 1 in headings and row + 1 not in headings)
            if row in torn or alone:
                cost = _TORN
            elif row in empty:
                cost = 0.0 if row + 1 in headings else 8.0
            else:
                cost = 2.0 if row + 1 in headings else _STRANGER
            self._ends.append(cost)
        self._ends.append(0.0)

    def breaks(self, scale: float) -> list[int]:
        """Return the rows behind which a page ends, in a scale."""
        room = _SAFETY * HEIGHT / scale
        above, head, head_row = self._above, self._size.head, self._size.head_row
        count = len(above) - 1
        if above[count] <= room:
            return []
        costs, before = [0.0] * (count + 1), [0] * (count + 1)
        for end in range(1, count + 1):
            costs[end], before[end] = math.inf, end - 1
            for start in range(end - 1, -1, -1):
                height = above[end] - above[start]
                if start and start >= head_row:
                    height += head
                if height > room and end - start > 1:
                    break
                cost = costs[start] + _PAGE + self._ends[end]
                if end < count:
                    cost += 60.0 * max(0.0, 1.0 - height / room) ** 2
                elif start and height < _SLIVER * room:
                    cost += _TINY
                if cost < costs[end]:
                    costs[end], before[end] = cost, start
        breaks: list[int] = []
        row = before[count]
        while row:
            breaks.append(row)
            row = before[row]
        return breaks[::-1]


def _headings(sheet: Worksheet, rows: int) -> set[int]:
    """Return the rows that hold a heading of a section or of a table in their second column."""
    fonts = sheet.parent._fonts
    looks = {n for n, font in enumerate(fonts) if font in (styles.SECTION, styles.HEADING)}
    found = set()
    for row in range(1, rows + 1):
        for column in (2, 3):
            cell = sheet._cells.get((row, column))
            if cell is not None and cell.value is not None and cell._style.fontId in looks:
                found.add(row)
    return found


def _empty(sheet: Worksheet, size: _Size) -> set[int]:
    filled = {
        row
        for (row, column), cell in sheet._cells.items()
        if cell.value is not None and column <= len(size.widths)
    }
    return set(range(1, len(size.heights) + 1)) - filled


def _within_charts(sheet: Worksheet, *, of_columns: bool, widths: Sequence[float]) -> set[int]:
    """Return the rows, or columns, behind which a break would cut a chart or merged cells."""
    torn: set[int] = set()
    for chart in sheet._charts:
        first, last = _extent(chart, of_columns=of_columns, widths=widths)
        torn.update(range(first, last))
    for box in sheet.merged_cells.ranges:
        low, high = (box.min_col, box.max_col) if of_columns else (box.min_row, box.max_row)
        if not of_columns or box.min_row > 3:
            torn.update(range(low, high))
    return torn


def _extent(chart: Any, *, of_columns: bool, widths: Sequence[float]) -> tuple[int, int]:
    """Return the first and the last row, or column, that a chart covers."""
    anchor = chart.anchor
    if isinstance(anchor, str):
        left, top, _, _ = range_boundaries(anchor)
        first = left if of_columns else top
        room = _CENTIMETRE * (chart.width if of_columns else chart.height)
    elif hasattr(anchor, "to") and anchor.to is not None:
        marks = anchor._from, anchor.to
        first, last = ((m.col if of_columns else m.row) for m in marks)
        return first + 1, last
    else:
        first = (anchor._from.col if of_columns else anchor._from.row) + 1
        room = (anchor.ext.width if of_columns else anchor.ext.height) / _EMU
    last = first
    while room > 0 and last <= len(widths):
        room -= widths[last - 1]
        last += 1
    return first, last - 1
