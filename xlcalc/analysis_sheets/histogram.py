"""How does a simulation look: a histogram with its percentiles, and what drives the spread?"""

import math

from xlcalc.analysis import Simulation
from xlcalc.analysis_sheets import drawing
from xlcalc.analysis_sheets.frame import EMPTY, Look, Sheet, percent
from xlcalc.analysis_sheets.origin import Asked, labels
from xlcalc.author import charts, styles
from xlcalc.author.charts import Curve
from xlcalc.ooxml.package import Package
from xlcalc.workbook import Workbook

TAB = "Simulation"
_EVERY = 5
"""Bins of which one has its middle written below."""
Bins = list[list[float | None]]


def simulation_sheet(book: Workbook, tab: str, found: Simulation, asked: Asked) -> Package:
    """Return the sheet of a simulation in a workbook of its own."""
    sheet = Sheet(
        book, tab, found.output, "{label}: how uncertain it is", [34.0, 20, 34, 18, 18, 18]
    )
    values = [found.value, found.mean, *(one.value for one in found.percentiles)]
    code = sheet.format_of(found.output, values)
    cards = [(_name(one.share), one.value, code) for one in found.percentiles[:4]]
    if found.chance is not None and found.budget is not None:
        cards.append((f"above {sheet.text(found.budget, code)}", found.chance, "0.0%"))
    sheet.cards(cards)
    sheet.say(*_sentences(sheet, found, code))
    box = sheet.room(19)
    rows: list[list[Look]] = [
        [(_name(one.share), "General"), (one.value, code), (one.error, code)]
        for one in found.percentiles
    ]
    rows += [
        [("mean", "General"), (found.mean, code), EMPTY],
        [("standard deviation", "General"), (found.deviation, code), EMPTY],
        [("as it stands", "General"), (found.value, code), EMPTY],
    ]
    if found.budget is not None:
        rows.append([("budget", "General"), (found.budget, code), EMPTY])
        rows.append([("chance to exceed it", "General"), (found.chance, "0.0%"), EMPTY])
    first, _ = sheet.table(
        ["Figure", sheet.head(found.output), "± half of the 95 % interval"], rows
    )
    _draw(sheet, found, box, first, code)
    sheet.page.row += 1
    sheet.page.section("What drives the spread")
    drivers_box = sheet.room(max(8, 4 + math.ceil(1.4 * len(found.drivers))))
    called = labels(book, [one.name for one in found.drivers])
    drivers: list[list[Look]] = [
        [
            (called[one.name], "General"),
            (one.variance_share, "0%"),
            (one.distribution, "General"),
            (one.rank_correlation, "+0.00;−0.00;0.00"),
        ]
        for one in found.drivers
    ]
    top, bottom = sheet.table(
        ["Input", "share of variance", "distribution", "rank correlation"], drivers, texts=(0, 2)
    )
    look = charts.Look("Rank correlation with the result", y_format="0.0", y_from_zero=False)
    chart = charts.columns(
        *(sheet.page, drivers_box, look, sheet.range(2, top, bottom)),
        [Curve("rank correlation", sheet.range(5, top, bottom))],
        across=True,
    )
    drawing.colour(chart.series[0], styles.TEAL)
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = -1.0, 1.0
    sheet.origin(Asked(asked.words, found.seed, asked.other), found.value)
    return sheet.finish()


def _sentences(sheet: Sheet, found: Simulation, code: str) -> list[str]:
    low, high = found.percentiles[0], found.percentiles[-1]
    said = [
        f"{found.output} lies between {sheet.text(low.value, code, unit='')} and "
        f"{sheet.text(high.value, code)} in {100 * (high.share - low.share):g} of 100 draws; as it "
        f"stands it is {sheet.text(found.value, code)}."
    ]
    if found.chance is not None and found.budget is not None:
        said.append(
            f"It exceeds {sheet.text(found.budget, code)} in {percent(found.chance)} of the draws."
        )
    if found.drivers:
        most = found.drivers[0]
        said.append(f"{most.name} drives {percent(most.variance_share)} of the spread.")
    many = f"{found.draws:,} draws of a latin hypercube, seed {found.seed}."
    if found.failed:
        many += f" {found.failed:,} of them have no result and are left out."
    said.append(many)
    return said


def _name(share: float) -> str:
    return f"P{100 * share:g}"


def _draw(sheet: Sheet, found: Simulation, box: str, first: int, code: str) -> None:
    """Draw a column for each bin, those with a percentile and those above the budget by colour."""
    page, column = sheet.page, sheet.page.last_column + 3
    marked: dict[int, str] = {}
    for one in found.percentiles:
        marked.setdefault(_bin_of(found, one.value), _name(one.share))
    names = list(dict.fromkeys(marked.values()))
    heads = ["draws", "above the budget", *names]
    rows: Bins = []
    for place, count in enumerate(found.counts):
        middle = (found.edges[place] + found.edges[place + 1]) / 2.0
        above = found.budget is not None and middle > found.budget
        row: list[float | None] = [None] * len(heads)
        at = heads.index(marked[place]) if place in marked else int(above)
        row[at] = float(count)
        rows.append(row)
    middles = [(a + b) / 2.0 for a, b in zip(found.edges, found.edges[1:], strict=False)]
    sheet.beside(column + 1, heads, rows, first)
    last = first + len(rows) - 1
    for place, middle in enumerate(middles):
        text = sheet.text(middle, code, unit="") if place % _EVERY == _EVERY // 2 else ""
        page.put(first + place, column, text, styles.NOTE, literal=True)
    look = charts.Look(
        f"{found.draws:,} draws of {sheet.chart_title}",
    )
    used = [n for n in range(len(heads)) if any(row[n] is not None for row in rows)]
    curves = [Curve(heads[n], sheet.range(column + 1 + n, first, last)) for n in used]
    chart = charts.columns(page, box, look, sheet.range(column, first, last), curves)
    chart.overlap, chart.gapWidth, chart.legend = 100, 8, None
    chart.x_axis.tickLblSkip, chart.x_axis.tickMarkSkip = 1, _EVERY
    for series, n in zip(chart.series, used, strict=True):
        drawing.colour(series, (styles.TEAL, styles.AMBER)[n] if n < 2 else styles.NAVY)
        if n >= 2:
            drawing.name_above(series)


def _bin_of(found: Simulation, value: float) -> int:
    """Return the bin that holds a value."""
    ends = found.edges[1:]
    return next((place for place, end in enumerate(ends) if value <= end), len(ends) - 1)
