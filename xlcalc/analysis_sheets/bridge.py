"""How does a bridge look: the inputs that moved a result, as a waterfall?

A step from one level to another is a column between them. It stands on an invisible one; where it
passes through zero it is two columns, one above and one below. Its amount stands below it with its
name, where it can be read however small the column is.
"""

import math

from xlcalc.analysis import Bridge, Part
from xlcalc.analysis.bridge import FORMULAS
from xlcalc.analysis_sheets import drawing
from xlcalc.analysis_sheets.frame import EMPTY, Look, Sheet
from xlcalc.analysis_sheets.origin import Asked, labels
from xlcalc.author import charts, styles
from xlcalc.author.charts import Curve
from xlcalc.calc.named_cells import NamedCell
from xlcalc.errors import NameNotFoundError
from xlcalc.ooxml.package import Package
from xlcalc.workbook import Workbook

TAB = "Bridge"
DRAWN = 12
"""Parts that have a column each; what is beyond them has one together."""
_REST = "all others"
_FROM_ZERO = 0.35
"""Share of the highest level that the changes take, below which the axis begins above zero."""
_HEADS = ("", "held up by", "total", "rise", "rise below 0", "fall", "fall below 0")
Steps = list[list[float | None]]


def bridge_sheet(book: Workbook, tab: str, found: Bridge, asked: Asked) -> Package:
    """Return the sheet of a bridge in a workbook of its own."""
    sampled = any(part.error for part in found.parts)
    widths = [34.0, 20, 20, 24, 17, *([16] if sampled else [])]
    sheet = Sheet(book, tab, found.output, "{label}: what moved it", widths)
    change = found.end - found.start
    share = change / found.start if found.start > 0.0 else None
    code = sheet.format_of(found.output, [found.start, found.end])
    plus = f"{drawing.signed(code, '+')};{drawing.signed(code, '−')};0"
    sheet.cards(
        [
            (sheet.head("From"), found.start, code),
            (sheet.head("To"), found.end, code),
            (sheet.head("Change"), change, code if code.startswith("[") else plus),
            ("Change, of the start", share if share is not None else "–", "+0%;−0%;0%"),
        ]
    )
    sheet.say(*_sentences(sheet, found, code))
    box = sheet.room(19)
    names = [part.name for part in found.parts if part.name != FORMULAS]
    called = labels(book, [name for name in names if _known(book, name)])
    called[FORMULAS] = "formulas, and inputs that one workbook lacks"
    rows: list[list[Look]] = [_end("from", found.start, code)]
    rows += [_row(book, part, called.get(part.name, part.name), change, code, sampled=sampled)
             for part in found.parts]  # fmt: skip
    rows.append(_end("to", found.end, code))
    heads = ["Input", "before", "after", f"moved {found.output} by", "share of change"]
    if sampled:
        heads.append("standard error")
    width = len(heads)
    first, _ = sheet.table(heads, [row[:width] for row in rows], total=[0, len(rows) - 1])
    _draw(sheet, found, box, called, first, code)
    sheet.origin(asked, float(book()[found.output]))  # type: ignore[arg-type]
    return sheet.finish()


def _sentences(sheet: Sheet, found: Bridge, code: str) -> list[str]:
    change = found.end - found.start
    verb = "rises" if change > 0 else "falls" if change < 0 else "stays at"
    start, end = (sheet.text(value, code) for value in (found.start, found.end))
    said = [f"{found.output} {verb} from {start} to {end}." if change else
            f"{found.output} stays at {start}, though inputs move it up and down."]  # fmt: skip
    if found.parts:
        most = found.parts[0]
        way = "up" if most.amount > 0 else "down"
        said.append(
            f"{most.name} does most: it moves {found.output} {way} by "
            f"{sheet.text(abs(most.amount), code)}."
        )
    said.append(
        "Each part is the mean of what an input moves over all orders in which the inputs can "
        "change (its Shapley value). The parts add up to the change."
    )
    if any(part.error for part in found.parts):
        said.append(
            "So many inputs changed that orders were drawn; the error of each part is told."
        )
    return said


def _known(book: Workbook, name: str) -> bool:
    try:
        book.cell(name)
    except NameNotFoundError:
        return False
    return True


def _end(word: str, value: float, code: str) -> list[Look]:
    return [(word, "General"), EMPTY, EMPTY, (value, code), EMPTY, EMPTY]


def _row(
    book: Workbook, part: Part, label: str, change: float, code: str, *, sampled: bool
) -> list[Look]:
    cell: NamedCell | None = book.cell(part.name) if _known(book, part.name) else None
    own = "General" if cell is None else cell.number_format
    share: Look = (part.amount / change, "0%") if change else EMPTY
    error: Look = (part.error, code) if sampled else EMPTY
    return [(label, own), (part.before, own), (part.after, own), (part.amount, code), share, error]


def _draw(
    sheet: Sheet, found: Bridge, box: str, called: dict[str, str], first: int, code: str
) -> None:
    """Draw the waterfall from columns beside the table."""
    parts = [(called.get(p.name, p.name), p.amount) for p in found.parts[:DRAWN]]
    rest = math.fsum(part.amount for part in found.parts[DRAWN:])
    if found.parts[DRAWN:]:
        parts.append((_REST, rest))
    level, steps, levels = found.start, [_total(found.start)], [found.start]
    for _, amount in parts:
        steps.append(_step(level, level + amount))
        level += amount
        levels.append(level)
    steps.append(_total(found.end))
    levels.append(found.end)
    page, column = sheet.page, sheet.page.last_column + 3
    last = first + len(steps) - 1
    sheet.beside(column + 1, _HEADS[1:], steps, first)
    figures = [sheet.text(found.start, code, unit="")]
    figures += [f"{'+' if a > 0 else '−'}{sheet.text(abs(a), code, unit='')}" for _, a in parts]
    figures.append(sheet.text(found.end, code, unit=""))
    names = ["from", *(name for name, _ in parts), "to"]
    for row, (name, figure) in enumerate(zip(names, figures, strict=True), start=first):
        page.put(row, column, f"{name}\n{figure}", styles.NOTE, literal=True)
    used = [place for place in range(6) if place < 2 or any(step[place] for step in steps)]
    curves = [Curve(_HEADS[p + 1], sheet.range(column + 1 + p, first, last)) for p in used]
    look = charts.Look(
        sheet.chart_title,
        y_format=drawing.axis_format(code, levels),
        y_from_zero=False,
    )
    chart = charts.columns(page, box, look, sheet.range(column, first, last), curves, stacked=True)
    colours = (None, styles.NAVY, styles.AMBER, styles.AMBER, styles.TEAL, styles.TEAL)
    for series, place in zip(chart.series, used, strict=True):
        fill = colours[place]
        if fill is None:
            drawing.hide(series)
        else:
            drawing.colour(series, fill)
    chart.legend = None
    low, high = min(levels), max(levels)
    if low > 0.0 and high - low < _FROM_ZERO * high:
        chart.y_axis.scaling.min = drawing.rounded_below(low - 0.3 * (high - low), high - low)


def _total(level: float) -> list[float | None]:
    return [None, level, None, None, None, None]


def _step(start: float, end: float) -> list[float | None]:
    """Return the columns of a step: what holds it up, and its parts above and below zero."""
    low, high = min(start, end), max(start, end)
    held = low if low > 0.0 else high if high < 0.0 else None
    above = high - max(low, 0.0) if high > 0.0 else None
    below = low - min(high, 0.0) if low < 0.0 else None
    rises = end > start
    return [held, None, *((above, below, None, None) if rises else (None, None, above, below))]
