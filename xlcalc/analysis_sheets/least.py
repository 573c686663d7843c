"""How does a least or a greatest result look: its inputs, and what it was before?"""

from xlcalc.analysis import Minimum
from xlcalc.analysis_sheets import drawing
from xlcalc.analysis_sheets.frame import EMPTY, Look, Sheet, percent
from xlcalc.analysis_sheets.origin import Asked, labels
from xlcalc.author import charts, styles
from xlcalc.author.charts import Curve
from xlcalc.ooxml.package import Package
from xlcalc.workbook import Workbook


def least_sheet(book: Workbook, tab: str, found: Minimum, asked: Asked) -> Package:
    """Return the sheet of a least or a greatest result in a workbook of its own."""
    word = "Least" if found.value <= found.before else "Greatest"
    widths = [38.0, 20, 20, 20, 20, 24]
    sheet = Sheet(book, tab, found.output, f"{{label}}: the {word.lower()}", widths)
    code = sheet.format_of(found.output, [found.value, found.before])
    change = found.value / found.before - 1.0 if found.before else float("nan")
    sheet.cards(
        [
            (sheet.head(word), found.value, code),
            (sheet.head("As it stands"), found.before, code),
            ("Change", change, "+0.0%;−0.0%;0%"),
        ]
    )
    said = [
        f"{found.output} becomes {sheet.text(found.value, code)}, was "
        f"{sheet.text(found.before, code)}"
        + (f": {percent(abs(change))} {'less' if change < 0 else 'more'}." if change else ".")
    ]
    said += [
        f"{name} stands at an end of its range: beyond it the result may be better."
        for name in found.at_end
    ]
    said.append(
        f"Nothing better was found in {found.tried:,} scenarios; a search does not prove that "
        "there is nothing better."
    )
    sheet.say(*said)
    box = sheet.room(14)
    names = [*found.inputs, *found.subject]
    called = labels(book, names)
    before = book()
    rows: list[list[Look]] = []
    for name, value in found.inputs.items():
        own = sheet.format_of(name, [value])
        low, high = found.ranges[name]
        rows.append(
            [
                (called[name], "General"),
                *((book.inputs[name].value, own), (value, own), (low, own), (high, own)),
                ("at an end" if name in found.at_end else "", "General"),
            ]
        )
    for name, value in found.subject.items():
        own = sheet.format_of(name, [value])
        rows.append([(called[name], "General"), (before[name], own), (value, own),
                     EMPTY, EMPTY, ("condition", "General")])  # fmt: skip
    rows.append([(called.get(found.output, found.output), "General"), (found.before, code),
                 (found.value, code), EMPTY, EMPTY, ("result", "General")])  # fmt: skip
    heads = ["", "as it stands", f"at the {word.lower()}", "range from", "to", ""]
    _, last = sheet.table(heads, rows, texts=(0, 5), total=[len(rows) - 1])
    _draw(sheet, found, box, last, code)
    sheet.origin(asked, found.before)
    return sheet.finish()


def _draw(sheet: Sheet, found: Minimum, box: str, row: int, code: str) -> None:
    """Draw the result before and after as two bars."""
    column = sheet.page.last_column + 3
    for place, (word, value) in enumerate(
        (("as it stands", found.before), ("found", found.value)), start=row - 1
    ):
        text = f"{word}\n{sheet.text(value, code, unit='')}"
        sheet.page.put(place, column, text, styles.NOTE, literal=True)
        sheet.page.put(place, column + 1, value, styles.NOTE, number_format=code)
    values = [found.before, found.value]
    look = charts.Look(
        sheet.chart_title,
        y_format=drawing.axis_format(code, values),
        y_from_zero=min(values) >= 0.0,
    )
    chart = charts.columns(
        sheet.page,
        box,
        look,
        sheet.range(column, row - 1, row),
        [Curve(found.output, sheet.range(column + 1, row - 1, row))],
        across=True,
    )
    drawing.colour(chart.series[0], styles.TEAL)
