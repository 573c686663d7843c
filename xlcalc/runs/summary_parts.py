"""What do the sheets of a summary have in common: a figure, a text, the chart of the runs?"""

import math
from collections.abc import Sequence
from datetime import date
from urllib.parse import quote

from openpyxl.cell.cell import Cell
from openpyxl.chart import Reference
from openpyxl.styles import Font

from xlcalc.author import charts, styles
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.calc.named_cells import NamedCell
from xlcalc.cells import CellError, CellValue
from xlcalc.ooxml.cell_styles import is_date_format
from xlcalc.ooxml.dates import DAYS_1904
from xlcalc.ooxml.literals import writable
from xlcalc.runs.results import Result
from xlcalc.runs.summary import Summary

LOG_SCALE_FROM = 100.0
"""Ratio of the largest to the smallest figure from which a chart has a logarithmic scale."""
AXIS_MONEY = '[>=1000000000]#,##0,,," B";[>=1000000]#,##0,," M";#,##0'
AXIS_MONEY_FINE = '[>=1000000000]#,##0.0,,," B";[>=1000000]#,##0.0,," M";#,##0'
"""Numbers of an axis in millions and more; the second one where the axis ends below ten of them."""


def write_figure(page: Page, row: int, column: int, value: CellValue, cell: NamedCell) -> None:
    """Write what a named cell holds in a run, as the cell shows it."""
    text = isinstance(value, str)
    if cell.date1904 and isinstance(cell.moment(value), date):
        assert isinstance(value, float)  # noqa: S101  what is a date is a number
        value += DAYS_1904  # this workbook counts its days from 1900
    page.put(
        row,
        column,
        value.code if isinstance(value, CellError) else clean(value) if text else value,
        number_format="General" if text else cell.number_format,
        border=styles.HAIRLINE,
        literal=True,
        alignment=styles.WRAPPED_INDENTED if text else styles.RIGHT,
    )


def write_link(cell: Cell, result: Result, font: Font) -> None:
    """Let the name of a run open its file, if there is one."""
    if result.file:
        cell.hyperlink = quote(result.file)
        cell.font = font


def clean(value: object) -> str:
    """Return a text without the characters that a cell cannot hold."""
    return writable(str(value))


def draw_runs(
    summary: Summary,
    page: Page,
    anchor: str,
    labels: Reference,
    values: Reference,
    width: float = 12.0,
) -> float:
    """Draw the charted result of each run as bars, and return the height in centimetres."""
    cell = summary.cells[summary.charted]
    figures = [
        value
        for result in summary.results
        if isinstance(value := result.values.get(summary.charted), float)
        and not isinstance(value, bool)
    ]
    least, most = min(figures, default=0.0), max(figures, default=0.0)
    logarithmic = least > 0 and most / least >= LOG_SCALE_FROM
    height = max(5.0, 0.55 * len(summary.results) + 2.2)
    title = summary.heading(cell, " ")
    if logarithmic:
        title = summary.texts("{figure}, logarithmic scale").format(figure=title)
    look = Look(
        title,
        y_format=_axis_format(cell, figures),
        y_log=logarithmic,
        y_from_zero=False,
        width=width,
        height=height,
    )
    chart = charts.columns(page, anchor, look, labels, [Curve(title, values)], across=True)
    if logarithmic:
        chart.y_axis.scaling.min = 10.0 ** math.floor(math.log10(least))
        chart.y_axis.scaling.max = 10.0 ** math.ceil(math.log10(most))
    return height


def _axis_format(cell: NamedCell, figures: Sequence[float]) -> str:
    if is_date_format(cell.number_format):
        return cell.number_format
    most = max(map(abs, figures), default=0.0)
    if most >= 1e12:
        return "0E+00"
    if most >= 1e6 and min(figures) >= 0.0:
        return AXIS_MONEY if most >= 1e7 else AXIS_MONEY_FINE
    return "#,##0" if most >= 10.0 else "0.0##"
