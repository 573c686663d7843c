"""All functions as LAMBDA names, documented and demonstrated, to copy into a workbook of one's own.

A copied sheet takes the names that its formulas use with it.
"""

from openpyxl import Workbook

from xlcalc.quantities import Figure
from xlcalc.registry import specs
from xlcalc.templates import parts
from xlcalc.trace import LOOKUPS
from xlcalc.workbook import styles
from xlcalc.workbook.layout import Names, Page

HEADER = ("Function", "What it returns", "Example", "Result", "Unit", "Source")
WIDTHS = (2, 52, 56, 48, 20, 24, 62)


def build() -> Workbook:
    """Return the workbook, its formulas not yet calculated."""
    workbook = Workbook()
    del workbook["Sheet"]
    workbook.properties.creator = "xlcalc"
    workbook.properties.title = "Function library"
    workbook.properties.description = "Made by: xlcalc template new function_library"
    names = Names(workbook)
    page = Page(
        workbook,
        names,
        "Functions",
        WIDTHS,
        "Function library",
        "Each function is a name of this workbook with a LAMBDA behind it: Excel 2024, 365 and on "
        "the web calculate it without Python. Copy a sheet, and the names come along.",
    )
    page.header(HEADER, numbers=(3,), indented=(4,))
    topic = ""
    for spec in specs():
        if spec.topic != topic:
            topic = spec.topic
            page.row += 1 if page.row > 5 else 0
            page.section(topic)
        portable = not spec.untraceable or spec.name in LOOKUPS
        source = " ".join(spec.sections["References"].split())
        if not portable:
            source = f"Not in this workbook: {spec.untraceable}."
        syntax = f"XLC.{spec.syntax}" if portable else spec.syntax
        texts = (syntax, spec.summary, f"XLC.{spec.example[1:]}" if portable else "")
        for column, text in enumerate(texts, start=2):
            font = styles.NAME if column != 3 else styles.TEXT
            page.put(page.row, column, text, font, border=styles.HAIRLINE, alignment=styles.WRAPPED)
        shown = "General" if isinstance(spec.returns, Figure) else spec.returns.number_format
        page.put(
            page.row,
            5,
            spec.example if portable else None,
            styles.BOLD,
            number_format=shown,
            border=styles.HAIRLINE,
            alignment=styles.RIGHT if spec.name != "CATALOGUE_SOURCE" else styles.LEFT,
        )
        unit = spec.returns.unit if portable else ""
        page.put(page.row, 6, unit, border=styles.HAIRLINE, alignment=styles.INDENTED)
        page.put(page.row, 7, source, styles.NOTE, border=styles.HAIRLINE, alignment=styles.WRAPPED)
        page.fit(page.row, [(2, f"{syntax}xxxxx"), (3, spec.summary), (4, texts[2]), (7, source)])
        page.row += 1
    page.finish(freeze="C5", cursor="B6", protect=False, repeat_row=4)
    parts.catalogue_page(workbook, names)
    workbook.active = 0
    return workbook
