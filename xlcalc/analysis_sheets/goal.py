"""How does a goal look: the result over the input, and where it meets the target?"""

import math

from xlcalc.analysis import Solution
from xlcalc.analysis.goals import NEAR, curve
from xlcalc.analysis_sheets import drawing
from xlcalc.analysis_sheets.frame import Look, Sheet
from xlcalc.analysis_sheets.origin import Asked, labels
from xlcalc.author import charts, styles
from xlcalc.author.charts import Curve
from xlcalc.ooxml.package import Package
from xlcalc.workbook import Workbook

TAB = "Goal"
POINTS = 61
"""Points of the curve."""
_AROUND = 4.0
"""How far around the solutions and the input's own value the curve goes, as a factor."""


def goal_sheet(book: Workbook, tab: str, found: Solution, asked: Asked) -> Package:
    """Return the sheet of a goal in a workbook of its own."""
    widths = [38.0, 22, 22, 22, 22]
    sheet = Sheet(book, tab, found.output, "{label}: where it reaches the target", widths)
    own = float(book.inputs[found.by].value)  # type: ignore[arg-type]
    value = float(book()[found.output])  # type: ignore[arg-type]
    code = sheet.format_of(found.output, [found.target, value])
    by = sheet.format_of(found.by, [own, *found.values])
    head = found.by if "%" in by or not found.by_unit else f"{found.by}, {found.by_unit}"
    sheet.cards(
        [
            (sheet.head("Target"), found.target, code),
            (sheet.head("As it stands"), value, code),
            (head, found.values[0], by),
            (f"{found.by} as it stands", own, by),
        ]
    )
    low, high, now = (
        sheet.text(one, by, unit=found.by_unit) for one in (found.low, found.high, own)
    )
    where = " or ".join(sheet.text(one, by, unit=found.by_unit) for one in found.values)
    # Whole numbers seldom give the target itself.
    meets = "comes nearest to" if any(_off(found, one) for one in found.reached) else "is"
    sheet.say(
        f"{found.output} {meets} {sheet.text(found.target, code)} where {found.by} is {where}; in "
        f"the workbook it is {now}.",
        f"Looked for from {low} to {high}, where {found.output} is between "
        f"{sheet.text(found.least, code, unit='')} and {sheet.text(found.most, code)}.",
    )
    box = sheet.room(18)
    called = labels(book, [found.by])[found.by]
    many = len(found.values) > 1
    rows: list[list[Look]] = [
        [
            (f"{called}, solution {number}" if many else called, "General"),
            *((root, by), (reached, code), (_off(found, reached), code)),
            (root / own - 1.0 if own else math.nan, "+0.0%;−0.0%;0%"),
        ]
        for number, (root, reached) in enumerate(
            zip(found.values, found.reached, strict=True), start=1
        )
    ]
    rows.append([("as it stands", "General"), (own, by), (value, code),
                 (value - found.target, code), (0.0, "0%")])  # fmt: skip
    first_row, last_row = sheet.table(
        [
            *("", head, sheet.head(found.output)),
            *("off the target by", f"change of {found.by}"),
        ],
        rows,
    )
    _draw(sheet, found, box, own, first_row, last_row, (by, code))
    sheet.origin(asked, value)
    return sheet.finish()


def _off(found: Solution, reached: float) -> float:
    """Return how far a result is from the target; what is below the search's precision is 0."""
    gap = reached - found.target
    return gap if abs(gap) > NEAR * abs(found.target) else 0.0


def _draw(
    sheet: Sheet,
    found: Solution,
    box: str,
    own: float,
    first: int,
    last: int,
    forms: tuple[str, str],
) -> None:
    """Draw the curve, the target across it, the solutions and the workbook as it stands."""
    shown = [*found.values, own]
    low = max(found.low, min(shown) / _AROUND) if min(shown) > 0.0 else found.low
    high = min(found.high, max(shown) * _AROUND) if min(shown) > 0.0 else found.high
    points, values = curve(sheet.workbook, found, (low, high), POINTS)
    page, column = sheet.page, sheet.page.last_column + 3
    lines = [
        [x, y if math.isfinite(y) else None, found.target]
        for x, y in zip(points, values, strict=True)
    ]
    sheet.beside(column, [found.by, found.output, "target"], lines, first)
    end = first + len(lines) - 1
    good = [value for value in values if math.isfinite(value)]
    look = charts.Look(
        sheet.chart_title,
        x_title=f"{found.by} [{found.by_unit}]" if found.by_unit else found.by,
        x_format=drawing.axis_format(forms[0], [low, high]),
        y_format=drawing.axis_format(forms[1], good),
        x_log=low > 0.0 and high / low > 100.0,
        y_log=bool(good) and min(good) > 0.0 and max(good) / min(good) > 1000.0,
        y_from_zero=bool(good) and min(good) >= 0.0,
    )
    x = sheet.range(column, first, end)
    chart = charts.scatter(
        page,
        box,
        look,
        x,
        [
            Curve(found.output, sheet.range(column + 1, first, end)),
            Curve("target", sheet.range(column + 2, first, end)),
            Curve("solution", sheet.range(4, first, last - 1), sheet.range(3, first, last - 1)),
            Curve("as it stands", sheet.range(4, last, last), sheet.range(3, last, last)),
        ],
    )
    series = chart.series
    drawing.line(series[0], styles.TEAL)
    drawing.line(series[1], styles.AMBER, dashed=True)
    for one, fill in zip(series[2:], (styles.RED, styles.NAVY), strict=True):
        drawing.dots(one, fill)
    if not look.x_log:
        chart.x_axis.scaling.min, chart.x_axis.scaling.max = _axis(low, high)


def _axis(low: float, high: float) -> tuple[float, float]:
    span = high - low
    return drawing.rounded_below(low, span), -drawing.rounded_below(-high, span)
