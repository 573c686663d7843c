"""All functions as LAMBDA names, documented and demonstrated, to copy into a workbook of one's own.

A copied sheet takes the names that its formulas use with it.
"""

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from xlcalc.catalogue import catalogues
from xlcalc.catalogue.reader import Row
from xlcalc.quantities import Figure
from xlcalc.registry import specs
from xlcalc.templates import parts
from xlcalc.workbook import styles
from xlcalc.workbook.layout import Names, Page

HEADER = ("Function", "What it returns", "Example", "Result", "Unit", "Source")
_WORDS = ("id", "gpu_type", "source_url", "confidence", "as_of", "read_in", "notes")
_MODEL_WIDTHS = {"name": 30, "id": 26, "source_url": 50, "notes": 60}
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
        portable = not spec.untraceable
        source = " ".join(spec.sections["References"].split())
        if not portable:
            source = f"Not in this workbook: {spec.untraceable}."
        syntax = f"XLC.{spec.syntax}" if portable else spec.syntax
        texts = (syntax, spec.summary, f"XLC.{spec.example[1:]}" if portable else "")
        for column, text in enumerate(texts, start=2):
            font = styles.NAME if column != 3 else styles.TEXT
            page.put(page.row, column, text, font, border=styles.HAIRLINE, alignment=styles.WRAPPED)
        shown = "General" if isinstance(spec.returns, Figure) else spec.returns.number_format
        if shown == "0.00E+00":
            shown = "[<1000000]#,##0;0.00E+00"  # tokens of one image are no power of ten
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
    models_page(workbook, names)
    workbook.active = 0
    return workbook


def models_page(workbook: Workbook, names: Names) -> None:
    """Write the catalogue of models, for MODEL_SPEC to look up."""
    rows = list(catalogues().rows["models"].values())
    fields = sorted(rows[0], key=lambda field: (field != "name", field in _WORDS))
    widths = (2, *(_MODEL_WIDTHS.get(field, max(13, len(field) + 3)) for field in fields))
    page = Page(
        workbook,
        names,
        "Models",
        widths,
        "Models",
        "Published figures of models, a source for each row; an empty cell was published by "
        "nobody. Collected on 2026-11-22.",
    )
    numbers = [index for index, field in enumerate(fields) if _is_figure(rows, field)]
    for column, field in enumerate(fields, start=2):
        page.put(3, column, field, styles.NAME)
    page.header(
        [_heading(field) for field in fields],
        numbers=numbers,
        height=30,
    )
    for row in rows:
        for column, field in enumerate(fields, start=2):
            value = row[field]
            large = isinstance(value, float) and value >= 1e6
            page.put(
                page.row,
                column,
                value,
                number_format="0.00E+00" if large else "#,##0.##",
                border=styles.HAIRLINE,
                alignment=styles.RIGHT if column - 2 in numbers else styles.LEFT,
            )
        page.row += 1
    last, right = page.row - 1, get_column_letter(1 + len(fields))
    page.sheet.auto_filter.ref = f"B4:{right}{last}"
    page.finish(freeze="C5", cursor="B5", protect=False, repeat_row=4)
    printed = get_column_letter(2 + max(numbers))
    page.sheet.print_area = f"A1:{printed}{last}"
    identity = get_column_letter(2 + fields.index("id"))
    for name, box in (
        ("catalogue_model_figures", f"$B$5:${right}${last}"),
        ("catalogue_model_fields", f"$B$3:${right}$3"),
        ("catalogue_model_names", f"$B$5:$B${last}"),
        ("catalogue_model_ids", f"${identity}$5:${identity}${last}"),
    ):
        workbook.defined_names[name] = DefinedName(name, attr_text=f"Models!{box}")


def _heading(field: str) -> str:
    return field.replace("_", " ").capitalize().replace("Gpu", "GPU")


def _is_figure(rows: list[Row], field: str) -> bool:
    return any(isinstance(row[field], float) for row in rows)
