"""In which letters does a chart write what stands at its axes?"""

from collections.abc import Iterator
from typing import Any

from openpyxl.chart.text import RichText
from openpyxl.drawing.text import (
    CharacterProperties,
    Paragraph,
    ParagraphProperties,
    RichTextProperties,
)
from openpyxl.drawing.text import Font as ChartFont

from xlcalc.author import styles

_UPRIGHT = -90 * 60_000
"""A quarter turn, in the unit of drawings."""


def letters(points: float, *, bold: bool = False) -> CharacterProperties:
    """Return the letters of a chart in a size."""
    return CharacterProperties(
        sz=round(100 * points),
        b=bold,
        solidFill=styles.NAVY if bold else styles.GREY,
        latin=ChartFont(typeface=styles.FAMILY),
    )


def small_text(*, upright: bool = False) -> RichText:
    """Return the look of what a chart writes at its axes, from below upwards if upright."""
    small = letters(styles.CHART_SIZE)
    body = RichTextProperties(rot=_UPRIGHT, vert="horz") if upright else None
    return RichText(
        bodyPr=body, p=[Paragraph(pPr=ParagraphProperties(defRPr=small), endParaRPr=small)]
    )


def smallest_text(chart: Any) -> float:
    """Return the size of the smallest letters of a chart, in points."""
    return min((one.sz / 100 for one in _letters_of(chart)), default=10.0)


def enlarge(chart: Any, points: float) -> None:
    """Write nothing of a chart in smaller letters."""
    for one in _letters_of(chart):
        one.sz = max(one.sz, round(100 * points))


def _letters_of(chart: Any) -> Iterator[CharacterProperties]:
    texts = [axis.txPr for axis in (chart.x_axis, chart.y_axis)]
    if chart.legend is not None:
        texts.append(chart.legend.txPr)
    for part in chart._charts:
        texts += [series.dLbls.txPr for series in part.series if series.dLbls is not None]
    titles = (chart.x_axis.title, chart.y_axis.title)
    texts += [title.tx.rich for title in titles if title is not None and title.tx is not None]
    for text in texts:
        for paragraph in text.p if text is not None else ():
            for holder in (paragraph.pPr and paragraph.pPr.defRPr, paragraph.endParaRPr):
                if holder is not None and holder.sz:
                    yield holder
            for run in paragraph.r or ():
                if run.rPr is not None and run.rPr.sz:
                    yield run.rPr
