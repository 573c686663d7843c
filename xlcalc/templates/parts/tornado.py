"""Which input moves a result most? Drivers with a low and a high case, ordered by swing, and drawn.

The caller gives each driver the formulas of its two values and of the result at either. The first
table shows them; the second ranks them by swing with formulas, so that the chart of a Summary is
in order whatever is typed in.

    Driver("Discount rate", "=discount_rate*0.8", "=discount_rate*1.2", "0.0%", "=…", "=…")
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Texts
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page, validate_number
from xlcalc.templates.parts.figures import CURRENCY_AXIS, MONEY_AXIS, MONEY_FORMAT
from xlcalc.templates.parts.tables import Column, Table, place_by

STEP = 0.2
"""Share by which a driver without a range is lowered and raised, unless another is typed in."""
SAID = "Driver, from low to high"
_UNIT = re.compile(r'\[>=1(0+)\][^;"]*"([^"]*)"')
"""A unit of a format of counts, and the zeros of its size: a language counts in its own."""
BY_STEP = "More or less by the step"


@dataclass(frozen=True)
class Driver:
    """An input that is varied.

    Attributes
    ----------
    label : str
        What it is, in English.
    low, high : str
        Formulas of its two values.
    number_format : str
        Of these values.
    at_low, at_high : str
        Formulas of the result at either.
    basis : str
        Which range this is, in a few words.
    """

    label: str
    low: str
    high: str
    number_format: str
    at_low: str
    at_high: str
    basis: str = ""


@dataclass(frozen=True)
class Tornado:
    """The two tables: drivers as they were given, and in order of their swing."""

    drivers: Table
    ordered: Table


def _said(driver: Driver, texts: Texts) -> str:
    """Return the formula of a text that names a driver with its two values."""
    low, high = (_shown(key, driver.number_format, texts) for key in ("{low}", "{high}"))
    return f'={{driver}}&": "&{low}&" – "&{high}'


def _shown(cell: str, number_format: str, texts: Texts) -> str:
    """Return the formula of a text that shows a cell, without the room of a bracket."""
    if number_format == q.COUNT_FORMAT:
        text = f'TEXT({cell},"#,##0")'
        units = _UNIT.findall(texts.number_format(number_format))
        for zeros, unit in reversed(units):
            one = f"1E{len(zeros)}"
            text = f'IF({cell}>={one},TEXT({cell}/{one},"#,##0.00")&"{unit}",{text})'
        return text
    sections = number_format.split(";")
    plain = sections[-1 if number_format.startswith("[") else 0].replace("_)", "").replace("_(", "")
    return f'TEXT({cell},"{plain}")'


def write_step(page: Page, name: str = "driver_step") -> None:
    """Write the share by which drivers without a range of their own are varied, an input."""
    page.put(page.row, 2, "Step")
    cell = page.put(page.row, 3, STEP, styles.INPUT, number_format="0%", alignment=styles.RIGHT)
    cell.fill, cell.protection = styles.INPUT_FILL, styles.UNLOCKED
    validate_number(page, cell, "Step", q.Quantity("ratio", at_least=0.0, at_most=0.9))
    page.book.define(name, page.sheet, cell)
    note = "Drivers without a range of their own are varied by it, down and up."
    page.put(page.row, 4, note, styles.NOTE, alignment=styles.INDENTED)
    page.row += 1


def tornado_tables(
    page: Page,
    drivers: Sequence[Driver],
    base: str,
    *,
    shown: str = MONEY_FORMAT,
    left: int = 2,
    decimals: str = "",
) -> Tornado:
    """Write the drivers with their results, and below them the same in order of their swing.

    Parameters
    ----------
    page : Page
        The sheet; the tables take eight columns, the first and the last of which hold words.
    drivers : sequence of Driver
        What is varied, one at a time.
    base : str
        Name of the result in the case itself.
    shown : str
        Number format of the result.
    left : int
        The sheet's column of the first one.
    decimals : str
        Name of the decimals that differences are rounded to, so that a driver that does not matter
        changes the result by 0 and not by the last digits of a sum; not rounded without it.
    """
    rounded = f"ROUND({{}},{decimals})" if decimals else "{}"
    given = Table(
        page,
        (
            Column("driver", "Driver", [driver.label for driver in drivers], words=True),
            Column("low", "Low", [driver.low for driver in drivers]),
            Column("high", "High", [driver.high for driver in drivers]),
            Column("at_low", "Result\nat low", [driver.at_low for driver in drivers], shown),
            Column("at_high", "Result\nat high", [driver.at_high for driver in drivers], shown),
            Column("swing", "Swing", "=" + rounded.format("ABS({at_high}-{at_low})"), shown),
            place_by("swing"),
            Column("basis", "Range", [driver.basis for driver in drivers], words=True),
            # Beside the printed page: each text once, and not once for each place it may have.
            Column(
                "said", SAID, [_said(driver, page.book.texts) for driver in drivers], words=True
            ),
        ),
        len(drivers),
        left=left,
    )
    for place, driver in enumerate(drivers):
        for key in ("low", "high"):
            shown_as = page.book.texts.number_format(driver.number_format)
            given.cell(key, place).number_format = shown_as
    given.indent("basis")
    page.row += 1
    page.section("The same in order of swing")
    span = {
        key: f"${cell.column_letter}${cell.row}:${cell.column_letter}${given.cell(key, -1).row}"
        for key in ("said", "at_low", "at_high", "swing", "place")
        for cell in (given.cell(key, 0),)
    }
    found = "INDEX({0},{{row}})"
    ordered = Table(
        page,
        (
            Column("label", SAID, "=" + found.format(span["said"]), words=True),
            Column("place", "Place", list(range(1, len(drivers) + 1)), "0"),
            Column("row", "Row above", f"=MATCH({{place}},{span['place']},0)", "0"),
            Column("at_low", "Result\nat low", "=" + found.format(span["at_low"]), shown),
            Column("at_high", "Result\nat high", "=" + found.format(span["at_high"]), shown),
            Column("swing", "Swing", "=" + found.format(span["swing"]), shown),
            Column("below", "Change\nat low", "=" + rounded.format(f"{{at_low}}-{base}"), shown),
            Column("above", "Change\nat high", "=" + rounded.format(f"{{at_high}}-{base}"), shown),
        ),
        len(drivers),
        left=left,
    )
    return Tornado(given, ordered)


def tornado_chart(
    page: Page,
    anchor: str,
    tornado: Tornado,
    title: str,
    *,
    y_title: str = CURRENCY_AXIS,
    y_format: str = MONEY_AXIS,
    top: int = 0,
) -> Any:
    """Draw what each driver changes, the strongest first; `top` of them, or all of them."""
    labels, low, high = (tornado.ordered.values(key) for key in ("label", "below", "above"))
    if top:
        for cells in (labels, low, high):
            cells.max_row = cells.min_row + top - 1
    chart = charts.columns(
        page,
        anchor,
        Look(title, y_title=y_title, y_format=y_format, y_from_zero=False),
        labels,
        [Curve("At the low value", low), Curve("At the high value", high)],
        across=True,
    )
    # Side by side on one line rather than stacked: both values of a driver may be worse.
    chart.overlap = 100
    return chart
