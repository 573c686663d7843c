"""How does a result over two inputs look: a table with colours for where it is high and low?"""

import math

from openpyxl.chart import Reference
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Border, Side
from openpyxl.utils import get_column_letter

from xlcalc.analysis import Grid
from xlcalc.analysis_sheets import drawing
from xlcalc.analysis_sheets.frame import Look, Sheet
from xlcalc.analysis_sheets.origin import Asked, labels
from xlcalc.author import charts, styles
from xlcalc.author.charts import Curve
from xlcalc.ooxml.package import Package
from xlcalc.workbook import Workbook

TAB = "Grid"
DRAWN = 6
"""Rows up to which each is a curve; more would be a tangle."""
_OWN = Border(*(Side(style="medium", color=styles.NAVY) for _ in range(4)))
_LEAST_WIDTH, _LABEL_WIDTH = 13.0, 30.0
_ROOM = 96.0
"""Width that the sheet has at least, for its sentences and its chart."""


def grid_sheet(book: Workbook, tab: str, found: Grid, asked: Asked) -> Package:
    """Return the sheet of a grid in a workbook of its own."""
    value = float(book()[found.output])  # type: ignore[arg-type]
    values = found.values.ravel().tolist()
    count = len(found.columns)
    width = max(_LEAST_WIDTH, (_ROOM - _LABEL_WIDTH) / max(count, 1))
    widths = [_LABEL_WIDTH, *[width] * max(count, 5)]
    sheet = Sheet(book, tab, found.output, "{label}: over two inputs", widths)
    code = sheet.format_of(found.output, values)
    called = labels(book, [found.down, found.across])
    down, across = (
        sheet.format_of(name, ends)
        for name, ends in ((found.down, found.rows), (found.across, found.columns))
    )
    good = [(one, place) for place, one in enumerate(values) if math.isfinite(one)]
    cards = [(sheet.head("As it stands"), value, code)]
    if good:
        cards += [(sheet.head("Least"), min(good)[0], code),
                  (sheet.head("Greatest"), max(good)[0], code)]  # fmt: skip
    sheet.cards(cards)
    if good:
        said = []
        for word, (one, place) in (("least", min(good)), ("greatest", max(good))):
            at_down, at_across = found.rows[place // count], found.columns[place % count]
            at_first, at_second = (
                f"{name} {sheet.text(at, form, unit=book.inputs[name].unit)}"
                for name, at, form in (
                    (found.down, at_down, down),
                    (found.across, at_across, across),
                )
            )
            said.append(
                f"{found.output} is {word} at {at_first} and {at_second}: {sheet.text(one, code)}."
            )
        sheet.say(*said)
    here = _own_place(book, found)
    if here is not None:
        sheet.say("The cell with a frame is the workbook as it stands.")
    if len(good) < len(values):
        sheet.say("Where a cell shows #N/A the workbook has no result.")
    sheet.page.row += 1
    rows: list[list[Look]] = [
        [(at, down), *((float(one), code) for one in line)]
        for at, line in zip(found.rows, found.values.tolist(), strict=True)
    ]
    sheet.page.header([f"{called[found.down]} ↓\n{called[found.across]} →"], literal=True)
    row = sheet.page.row - 1
    for column, at in enumerate(found.columns, start=3):
        sheet.page.put(
            *(row, column, at, styles.HEADING),
            number_format=across,
            fill=styles.HEADING_FILL,
            alignment=styles.RIGHT,
        )
    sheet.page.fit(row, (2,), least=20)
    first = sheet.page.row
    for looks in rows:
        for column, look in enumerate(looks, start=2):
            sheet.write(
                *(sheet.page.row, column, look),
                styles.BOLD if column == 2 else styles.TEXT,
                alignment=styles.RIGHT,
            )
        sheet.page.sheet.row_dimensions[sheet.page.row].height = 20
        sheet.page.row += 1
    last = sheet.page.row - 1
    scale = ColorScaleRule(
        start_type="min",
        start_color=styles.LIGHT_TEAL,
        mid_type="percentile",
        mid_value=50,
        mid_color="FFFFFF",
        end_type="max",
        end_color=styles.LIGHT_AMBER,
    )
    box = f"C{first}:{get_column_letter(2 + count)}{last}"
    sheet.page.sheet.conditional_formatting.add(box, scale)
    if here is not None:
        sheet.page.sheet.cell(first + here[0], 3 + here[1]).border = _OWN
    if 2 <= count and len(found.rows) <= DRAWN and good:
        _draw(sheet, found, first, code, [one for one, _ in good], (down, across))
    sheet.origin(asked, value)
    return sheet.finish()


def _own_place(book: Workbook, found: Grid) -> tuple[int, int] | None:
    """Return row and column at which both inputs are as in the workbook."""
    own = book.inputs[found.down].value, book.inputs[found.across].value
    if own[0] in found.rows and own[1] in found.columns:
        return found.rows.index(own[0]), found.columns.index(own[1])
    return None


def _draw(
    sheet: Sheet, found: Grid, first: int, code: str, good: list[float], forms: tuple[str, str]
) -> None:
    page, last = sheet.page, 2 + len(found.columns)
    by_unit = sheet.workbook.inputs[found.across].unit
    look = charts.Look(
        sheet.chart_title,
        x_title=f"{found.across} [{by_unit}]" if by_unit else found.across,
        y_format=drawing.axis_format(code, good),
        x_format=drawing.axis_format(forms[1], found.columns),
        y_from_zero=min(good) >= 0.0,
    )
    curves = [
        Curve(
            f"{found.down} {sheet.text(at, forms[0], unit='')}",
            Reference(page.sheet, min_col=3, max_col=last, min_row=row),
        )
        for row, at in enumerate(found.rows, start=first)
    ]
    x = Reference(page.sheet, min_col=3, max_col=last, min_row=first - 1)
    chart = charts.scatter(page, sheet.room(17), look, x, curves)
    low, high = min(found.columns), max(found.columns)
    if low > 0.0 and high / low >= 100.0:
        chart.x_axis.scaling.logBase = 10
    else:
        chart.x_axis.scaling.min, chart.x_axis.scaling.max = low, high
