"""How does a tornado look: bars from the result as it stands to what each input makes of it?"""

import math

from xlcalc.analysis import Tornado
from xlcalc.analysis_sheets import drawing
from xlcalc.analysis_sheets.frame import Look, Sheet, percent
from xlcalc.analysis_sheets.origin import Asked, labels
from xlcalc.author import charts, styles
from xlcalc.author.charts import Curve
from xlcalc.ooxml.package import Package
from xlcalc.workbook import Workbook

TAB = "Tornado"
DRAWN = 15
"""Inputs that have a bar; the table has all of them."""


def tornado_sheet(book: Workbook, tab: str, found: Tornado, asked: Asked) -> Package:
    """Return the sheet of a tornado in a workbook of its own."""
    widths = [36.0, 16, 16, 16, 17, 17, 15, 12]
    sheet = Sheet(book, tab, found.output, "{label}: what would move it most", widths)
    code = sheet.format_of(found.output, [found.value])
    drawn = found.swings[:DRAWN]
    swing = percent(found.swing)
    results = [v for one in drawn for v in (one.at_low, one.at_high)]
    sheet.cards(
        [
            (sheet.head("As it stands"), found.value, code),
            ("Inputs that move it", len(found.swings), "0"),
            ("Lowered and raised by", found.swing, "0.#%"),
        ]
    )
    said = []
    if drawn:
        most = drawn[0]
        ends = sorted((most.at_low, most.at_high))
        said.append(
            f"{most.name} moves {found.output} most: {swing} down and up give "
            f"{sheet.text(ends[0], code, unit='')} to {sheet.text(ends[1], code)}."
        )
    said.append(
        "Each input is lowered and raised alone, within what it may be; the others stay as they "
        "are. An elasticity of 0.5 is half a per cent of the result for one of the input."
    )
    if len(found.swings) > DRAWN:
        said.append(f"The chart shows the {DRAWN} widest of {len(found.swings)} inputs.")
    if found.still:
        said.append(f"Unmoved by: {', '.join(found.still)}.")
    if found.dates:
        said.append(f"Left out, as there is no share of a date: {', '.join(found.dates)}.")
    sheet.say(*said)
    box = sheet.room(max(10, 3 + math.ceil(1.25 * len(drawn) + 2)))
    called = labels(book, [one.name for one in found.swings])
    rows: list[list[Look]] = []
    for one in found.swings:
        own = sheet.format_of(one.name, [one.value, one.low, one.high])
        elasticity: Look = (
            (one.elasticity, "0.00") if math.isfinite(one.elasticity) else ("–", "General")
        )
        rows.append(
            [
                (called[one.name], "General"),
                *((value, own) for value in (one.low, one.value, one.high)),
                *((value, code) for value in (one.at_low, one.at_high, one.width)),
                elasticity,
            ]
        )
    unit = f", {found.unit}" if found.unit else ""
    first, _ = sheet.table(
        [
            *("Input", f"{swing} lower", "as it stands", f"{swing} higher"),
            *(f"result, input lower{unit}", f"result, input higher{unit}"),
            *("width", "elasticity"),
        ],
        rows,
    )
    if drawn:
        _draw(sheet, found, box, first, first + len(drawn) - 1, code, results)
    sheet.origin(asked, found.value)
    return sheet.finish()


def _draw(
    sheet: Sheet, found: Tornado, box: str, first: int, last: int, code: str, results: list[float]
) -> None:
    look = charts.Look(
        sheet.chart_title,
        y_format=drawing.axis_format(code, [found.value, *results]),
        y_from_zero=False,
    )
    chart = charts.columns(
        sheet.page,
        box,
        look,
        sheet.range(2, first, last),
        [
            Curve("input lower", sheet.range(6, first, last)),
            Curve("input higher", sheet.range(7, first, last)),
        ],
        across=True,
    )
    # Both bars of an input lie on one line, and begin where the axis of the inputs crosses.
    chart.overlap = 100
    chart.gapWidth = 35
    chart.x_axis.crosses = None
    chart.x_axis.crossesAt = found.value
    for series, fill in zip(chart.series, (styles.TEAL, styles.AMBER), strict=True):
        drawing.colour(series, fill)
    good = [value for value in (found.value, *results) if math.isfinite(value)]
    span = max(good) - min(good)
    chart.y_axis.scaling.min = drawing.rounded_below(min(good) - 0.02 * span, span)
    chart.y_axis.scaling.max = -drawing.rounded_below(-max(good) - 0.02 * span, span)
