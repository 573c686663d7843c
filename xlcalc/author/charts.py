"""What do the charts of our workbooks look like?

The builders take ranges of the sheets and words in English; the charts are native ones, without
cached points, so that whoever opens the file draws them from its cells. A chart stands at a cell,
as "B9", in centimetres, or covers a range, as "B9:I24", however wide a program draws the columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.chart import AreaChart, BarChart, LineChart, Reference, ScatterChart, Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import ParagraphProperties
from openpyxl.utils import range_boundaries
from openpyxl.utils.units import cm_to_EMU

from xlcalc.author import styles
from xlcalc.author.chart_text import letters, small_text
from xlcalc.author.layout import Page


@dataclass(frozen=True)
class Curve:
    """A series of a chart: its name in English, its cells, and its own x if the chart's is not."""

    name: str
    values: Reference
    x: Reference | None = None


@dataclass(frozen=True)
class Look:
    """Title, axes and other settings of a chart.

    Attributes
    ----------
    title, x_title, y_title : str
        In English; leave out the title of an axis that needs none.
    x_format, y_format : str
        Number formats of the axes.
    x_log, y_log : bool
        Whether an axis is logarithmic.
    x_base, y_base : int
        Base of a logarithmic axis, whose ends are powers of it: a small one ends nearer to the
        data, and one of 2 or 4 suits what doubles.
    y_from_zero : bool
        Whether the vertical axis begins at zero; not if it is logarithmic.
    x_every : int
        Labels that one is shown of, where there are many.
    x_upright : bool
        Whether long labels stand upright, so that each has room.
    width, height : float
        In centimetres, where a chart is not placed over a range of cells.
    inset : float
        Centimetres that a chart over a range keeps off what stands to its left.
    """

    title: str
    x_title: str = ""
    y_title: str = ""
    x_format: str = "General"
    y_format: str = "#,##0"
    x_log: bool = False
    y_log: bool = False
    x_base: int = 10
    y_base: int = 10
    y_from_zero: bool = True
    x_every: int = 1
    x_upright: bool = False
    width: float = 15.6
    height: float = 7.0
    inset: float = 0.0


def scatter(
    page: Page,
    anchor: str,
    look: Look,
    x: Reference,
    curves: Sequence[Curve],
    *,
    markers: bool = True,
    lines: bool = True,
) -> Any:
    """Draw curves over a common x, or over their own, and return the chart."""
    chart = ScatterChart()
    chart.scatterStyle = "lineMarker"
    for curve in curves:
        title = page.book.texts(curve.name)
        chart.series.append(Series(curve.values, curve.x or x, title=title))
    _finish(page, anchor, chart, look)
    for series, color in zip(chart.series, _colors(chart), strict=True):
        series.smooth = False
        if lines:
            series.graphicalProperties.line.width = 28_000
        else:
            series.graphicalProperties.line.noFill = True
            series.graphicalProperties.line.solidFill = None
        series.marker.symbol = "circle" if markers else "none"
        series.marker.size = 6
        series.marker.graphicalProperties.solidFill = color
        series.marker.graphicalProperties.line.solidFill = color
    if look.x_log:
        chart.x_axis.scaling.logBase = look.x_base
    return chart


def lines(page: Page, anchor: str, look: Look, labels: Reference, curves: Sequence[Curve]) -> Any:
    """Draw lines over labels, as months are, and return the chart."""
    chart = LineChart()
    _add(page, chart, labels, curves)
    _finish(page, anchor, chart, look)
    _draw_lines(chart)
    return chart


def columns(
    page: Page,
    anchor: str,
    look: Look,
    labels: Reference,
    curves: Sequence[Curve],
    *,
    stacked: bool = False,
    across: bool = False,
    over: Sequence[Curve] = (),
) -> Any:
    """Draw columns over labels, or bars beside them, with lines over them, and return the chart."""
    chart = BarChart()
    chart.type = "bar" if across else "col"
    _add(page, chart, labels, curves)
    if stacked:
        chart.grouping, chart.overlap = "stacked", 100
    if over:
        lines_over = LineChart()
        _add(page, lines_over, labels, over)
        chart += lines_over
    _finish(page, anchor, chart, look)
    if over:
        _draw_lines(lines_over, first_color=len(curves))
    chart.gapWidth = 50
    if across:
        chart.x_axis.tickLblSkip = look.x_every  # else programs leave out every second label
        chart.x_axis.scaling.orientation = "maxMin"  # the first label on top,
        chart.y_axis.crosses = "max"  # and the scale below the last
    return chart


def areas(page: Page, anchor: str, look: Look, labels: Reference, curves: Sequence[Curve]) -> Any:
    """Draw areas that are stacked on each other, and return the chart."""
    chart = AreaChart()
    chart.grouping = "stacked"
    _add(page, chart, labels, curves)
    _finish(page, anchor, chart, look)
    return chart


def _draw_lines(chart: Any, *, first_color: int = 0) -> None:
    for series, color in zip(chart.series, _colors(chart, first_color), strict=True):
        series.smooth = False
        series.marker.symbol = "none"
        series.graphicalProperties.line.solidFill = color
        series.graphicalProperties.line.width = 28_000


def _add(page: Page, chart: Any, labels: Reference, curves: Sequence[Curve]) -> None:
    for curve in curves:
        chart.series.append(Series(curve.values, title=page.book.texts(curve.name)))
    chart.set_categories(labels)


def _finish(page: Page, anchor: str, chart: Any, look: Look) -> None:
    texts = page.book.texts
    style_chart(
        chart, title=texts(look.title), x_title=texts(look.x_title), y_title=texts(look.y_title)
    )
    chart.x_axis.number_format = texts.axis_format(look.x_format)
    chart.y_axis.number_format = texts.axis_format(look.y_format)
    if look.y_log:
        chart.y_axis.scaling.logBase = look.y_base
    elif look.y_from_zero:
        chart.y_axis.scaling.min = 0
    if look.x_every > 1:
        chart.x_axis.tickLblSkip = chart.x_axis.tickMarkSkip = look.x_every
    if look.x_upright:
        chart.x_axis.txPr = small_text(upright=True)
        chart.x_axis.tickLblSkip = 1
    if len(chart.series) < 2 and len(chart._charts) < 2:
        chart.legend = None
    else:
        chart.legend.position = "b"
        chart.legend.txPr = small_text()
    chart.width, chart.height = look.width, look.height
    if not look.y_from_zero and not look.y_log:
        chart.x_axis.tickLblPos = "low"  # below what is negative
    page.sheet.add_chart(chart, _covering(anchor, look.inset) if ":" in anchor else anchor)


def _covering(box: str, inset: float) -> Any:
    """Return an anchor over all cells of a range, but for centimetres on its left."""
    left, top, right, bottom = range_boundaries(box)
    anchor = TwoCellAnchor(editAs="oneCell")
    anchor._from = AnchorMarker(col=left - 1, colOff=cm_to_EMU(inset), row=top - 1)
    anchor.to = AnchorMarker(col=right, row=bottom)
    return anchor


def _colors(chart: Any, first: int = 0) -> list[str]:
    palette = styles.SERIES_COLORS
    return [palette[n % len(palette)] for n in range(first, first + len(chart.series))]


def style_chart(chart: Any, *, title: str, x_title: str, y_title: str) -> None:
    """Give a chart the style of the workbook."""
    chart.title = title
    for text in (chart.title, *_set_axes(chart, x_title, y_title)):
        main = text is chart.title
        look = letters(11.0 if main else styles.CHART_SIZE, bold=main)
        text.overlay = False
        paragraph = text.tx.rich.p[0]
        paragraph.pPr = ParagraphProperties(defRPr=look)
        for run in paragraph.r:
            run.rPr = look
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(
        ln=LineProperties(solidFill=styles.LINE, w=6350)
    )
    chart.x_axis.majorGridlines = None
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(solidFill=styles.LINE))
    for series, color in zip(chart.series, _colors(chart), strict=True):
        series.graphicalProperties.solidFill = color
        series.graphicalProperties.line.solidFill = color


def _set_axes(chart: Any, x_title: str, y_title: str) -> list[Any]:
    """Show both axes, and return the titles that they have."""
    for axis, text in ((chart.x_axis, x_title), (chart.y_axis, y_title)):
        axis.delete = False
        axis.title = text or None
        axis.txPr = small_text()
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=styles.LINE))
    return [axis.title for axis in (chart.x_axis, chart.y_axis) if axis.title is not None]
