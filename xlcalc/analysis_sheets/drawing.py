"""What do the charts of an analysis need beyond those of our workbooks: colours, labels, a base?"""

import math
from collections.abc import Sequence
from typing import Any

from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties

from xlcalc.author.chart_text import small_text

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def colour(series: Any, fill: str) -> None:
    """Fill the bars of a series."""
    series.graphicalProperties = GraphicalProperties(
        solidFill=fill, ln=LineProperties(solidFill=fill)
    )
    series.invertIfNegative = False


def hide(series: Any) -> None:
    """Draw nothing of a series, which only holds up what is stacked on it."""
    series.graphicalProperties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    series.invertIfNegative = False


def line(series: Any, fill: str, *, dashed: bool = False) -> None:
    """Draw a series as a line without marks."""
    series.marker.symbol = "none"
    series.graphicalProperties = GraphicalProperties(
        ln=LineProperties(solidFill=fill, w=19_050, prstDash="dash" if dashed else None)
    )


def dots(series: Any, fill: str) -> None:
    """Draw a series as marks without a line."""
    series.marker.symbol, series.marker.size = "circle", 9
    series.marker.graphicalProperties = GraphicalProperties(
        solidFill=fill, ln=LineProperties(solidFill="FFFFFF")
    )
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))


def name_above(series: Any) -> None:
    """Write the name of a series above each of its columns."""
    series.dLbls = found = DataLabelList()
    found.showSerName = True
    found.showVal = found.showLegendKey = found.showCatName = False
    found.showPercent = found.showBubbleSize = False
    found.position = "outEnd"
    found.txPr = small_text()


def signed(number_format: str, sign: str) -> str:
    """Return the part of a format for positive numbers, with a sign before it."""
    sections = number_format.split(";")
    plain = sections[0]
    if plain.startswith("["):  # conditions need all their sections
        return ";".join(f'{s[: s.find("]") + 1]}"{sign}"{s[s.find("]") + 1 :]}' for s in sections)
    return f'"{sign}"{plain}' if plain.lower() != "general" else f'"{sign}"#,##0.##'


def axis_format(number_format: str, values: Sequence[float]) -> str:
    """Return how an axis shows its numbers: as the cell does, shorter where they are long."""
    most = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    section = number_format.partition(";")[0]
    if "%" in section:
        return "0.0%"
    if number_format.startswith("[") or "E" in section:
        return number_format
    if most >= 1e12:
        return "0.0E+00"
    return "#,##0" if most >= 10.0 else "0.0##"


def rounded_below(value: float, span: float) -> float:
    """Return a round number at or below a value, on a scale that spans so much."""
    if span <= 0.0 or not math.isfinite(span):
        return value
    power = 10.0 ** math.floor(math.log10(span / 5.0))
    step = next(power * one for one in _STEPS if power * one * 5.0 >= span)
    return math.floor(value / step) * step
