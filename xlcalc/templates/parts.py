"""What do the sheets of all templates have in common?

A template says what its sheets hold as groups of lines; the pages here give them their form.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from xlcalc.catalogue import Figure, Row, catalogues
from xlcalc.errors import NotFoundError
from xlcalc.quantities import Quantity
from xlcalc.registry import specs
from xlcalc.workbook import styles
from xlcalc.workbook.layout import Names, Page, validate_number

FIGURE_WIDTHS = (2, 32, 20, 24, 23, 66)
FIGURE_HEADER = ("Figure", "Value", "Unit", "Name", "What it is, and where it comes from")
MONEY_FORMAT = styles.accounting("#,##0")
PRICE_FORMAT = styles.accounting("#,##0.00")
ALL_HOLD = "All checks hold"

_GPU_COLUMNS = (
    ("Accelerator", "name", "General", 33),
    ("Vendor", "vendor", "General", 11),
    ("Year", "year", "0", 7),
    ("Peak, dense 16-bit\nTFLOP/s", "peak_tflops", "#,##0.0", 13),
    ("Peak, 16-bit sparse\nTFLOP/s", "fp16_sparse_tflops", "#,##0.0", 13),
    ("Peak, dense FP8\nTFLOP/s", "fp8_tflops", "#,##0.0", 13),
    ("Memory\nGB", "memory_gb", "#,##0.##", 10),
    ("Bandwidth\nGB/s", "memory_bandwidth_gbs", "#,##0", 12),
    ("Power\nW", "tdp_w", "#,##0", 9),
    ("Confi-\ndence", "confidence", "General", 8),
    ("Source", "source_url", "General", 29),
    ("Newest rental price\nper hour", "value", "#,##0.00", 13),
    ("Currency", "currency", "General", 10),
    ("Provider and date", "offer", "General", 34),
    ("Source of the price", "price_source", "General", 24),
    ("Id", "id", "General", 18),
    ("Price as quoted", "quoted_price", "General", 90),
    ("Source as quoted", "quoted_source", "General", 90),
)
_LINKED = {"source_url", "price_source"}
_FIGURES = {field for _, field, _, _ in _GPU_COLUMNS[:10]} | {"id"}
_PRINTED_COLUMNS = 15
"""The rest is for formulas: the portable form of the functions looks it up."""


@dataclass(frozen=True)
class Line:
    """One figure of a sheet.

    Attributes
    ----------
    label, note : str
        What the figure is, in a few words and in a sentence.
    value : object
        A constant, or a formula that begins with `=` and is written on names.
    measure : Quantity or str
        What a number measures, or what a text is.
    name : str
        Name of the cell; empty for none.
    unit, number_format : str
        Instead of the quantity's own.
    alias : str
        A word that formulas may use for the cell without its being a name in the workbook.
    entries : str
        Range of the entries of a drop-down.
    fixed, total : bool
        Whether the cell is locked among inputs, and whether it is a total.
    """

    label: str
    value: object
    measure: Quantity | str
    name: str
    note: str
    unit: str = ""
    number_format: str = ""
    alias: str = ""
    entries: str = ""
    fixed: bool = False
    total: bool = False


@dataclass(frozen=True)
class Group:
    """Lines under a heading."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Check:
    """Two figures, formulas or constants, and how they must compare: `=`, `≤` or `>`."""

    label: str
    figure: object
    relation: str
    other: object
    number_format: str
    how: str


_RELATIONS = {
    "=": "=ABS({figure}-{other})<=tolerance*MAX(ABS({other}),tolerance)",
    "≤": "={figure}<={other}*(1+tolerance)",
    ">": "={figure}>{other}",
}


def figures_page(
    workbook: Workbook,
    names: Names,
    tab: str,
    subtitle: str,
    groups: Iterable[Group],
    *,
    editable: bool,
) -> None:
    """Write a sheet of figures, one a row; editable ones are inputs."""
    page = Page(workbook, names, tab, FIGURE_WIDTHS, tab, subtitle)
    page.header(FIGURE_HEADER, numbers=(1,), indented=(2,))
    first = page.row + 1
    for group in groups:
        page.section(group.heading)
        for line in group.lines:
            _write_line(page, line, editable=editable and not line.fixed)
        page.row += 1
    page.finish(freeze="A5", cursor=f"C{first}", repeat_row=4)


def _write_line(page: Page, line: Line, *, editable: bool) -> None:
    measure = line.measure
    cell = page.figure(
        line.label,
        line.value,
        line.unit or (measure.unit if isinstance(measure, Quantity) else measure),
        line.name,
        line.note,
        number_format=line.number_format
        or (measure.number_format if isinstance(measure, Quantity) else "General"),
        editable=editable,
        total=line.total,
    )
    cell.alignment = styles.RIGHT
    if line.alias:
        page.names.alias(line.alias, page.sheet, cell)
    if editable and str(line.value).startswith("="):
        cell.font = styles.TEXT  # a looked-up default is a formula, and formulas are black
    if editable and isinstance(measure, Quantity):
        validate_number(page, cell, line.label, measure)
    if line.entries:
        rule = DataValidation(
            type="list",
            formula1=line.entries,
            allow_blank=False,
            showErrorMessage=True,
            errorStyle="warning",
            errorTitle="Not in the list",
            error="The catalogue's sheet does not list this name. Keep it only if the functions "
            "know it, or if you type in the figures that depend on it.",
        )
        page.sheet.add_data_validation(rule)
        rule.add(cell)


def gpu_rows() -> list[Row]:
    """Return the accelerators whose dense 16-bit rate is published."""
    return [row for row in catalogues().rows["gpus"].values() if row["peak_tflops"] is not None]


def gpu_entries() -> str:
    """Return the range of the accelerators' names on the sheet Catalogue."""
    return f"Catalogue!$B$5:$B${4 + len(gpu_rows())}"


def catalogue_page(workbook: Workbook, names: Names) -> None:
    """Write the accelerators with their sources."""
    page = Page(
        workbook,
        names,
        "Catalogue",
        (2, *(width for _, _, _, width in _GPU_COLUMNS)),
        "Catalogue",
        "Accelerators with a published dense 16-bit rate, and what renting one costs; an empty "
        "cell was published by nobody. Collected on 2026-11-22.",
    )
    for column, (_, field, _, _) in enumerate(_GPU_COLUMNS, start=2):
        # Over the prices stands nothing: they are no figures of the accelerator.
        page.put(3, column, field if field in _FIGURES else None, styles.NAME)
    page.header(
        [heading for heading, _, _, _ in _GPU_COLUMNS],
        numbers=(*range(2, 9), 11),
        indented=(9, 12),
        height=46,
    )
    for row in gpu_rows():
        shown = {
            **row,
            **_offer(row),
            "quoted_source": catalogues().source("gpus", str(row["id"])),
        }
        for column, (_, field, number_format, _) in enumerate(_GPU_COLUMNS, start=2):
            _catalogue_cell(page, column, shown[field], number_format, field)
        page.row += 1
    last = page.row - 1
    page.sheet.auto_filter.ref = f"B4:P{last}"
    page.finish(freeze="C5", cursor="B5", repeat_row=4)
    page.sheet.print_area = f"A1:{get_column_letter(1 + _PRINTED_COLUMNS)}{last}"
    letters = {
        field: get_column_letter(column)
        for column, (_, field, _, _) in enumerate(_GPU_COLUMNS, start=2)
    }
    right = letters["quoted_source"]
    for name, box in (
        ("catalogue_gpu_figures", f"$B$5:${right}${last}"),
        ("catalogue_gpu_fields", f"$B$3:${right}$3"),
        *(
            (name, f"${letters[field]}$5:${letters[field]}${last}")
            for name, field in (
                ("catalogue_gpu_names", "name"),
                ("catalogue_gpu_ids", "id"),
                ("catalogue_gpu_prices", "value"),
                ("catalogue_gpu_price_sources", "quoted_price"),
                ("catalogue_gpu_sources", "quoted_source"),
            )
        ),
    ):
        workbook.defined_names[name] = DefinedName(name, attr_text=f"Catalogue!{box}")


def _offer(row: Row) -> dict[str, Figure]:
    """Return the rental price that RENTAL_PRICE gives for an accelerator, if there is one."""
    try:
        quoted = catalogues().rental_price(str(row["id"]))
    except NotFoundError:
        return dict.fromkeys(("value", "currency", "offer", "price_source", "quoted_price"))
    price = quoted.row
    return {
        "quoted_price": quoted.source,
        "value": price["value"],
        "currency": price["currency"],
        "offer": f"{price['provider']}, {price['date']}",
        "price_source": price["source_url"],
    }


def _catalogue_cell(page: Page, column: int, value: Figure, number_format: str, field: str) -> None:
    """Write a figure of the catalogue; a page on the web as a link under its host's name."""
    host = urlsplit(str(value)).hostname if field in _LINKED else None
    words = styles.INDENTED if field in {"confidence", "currency"} else styles.LEFT
    cell = page.put(
        page.row,
        column,
        host or value,
        number_format=number_format,
        border=styles.HAIRLINE,
        alignment=styles.RIGHT if isinstance(value, float) else words,
        literal=True,
    )
    if host:
        cell.hyperlink = str(value)
        cell.font = styles.URL


def checks_page(workbook: Workbook, names: Names, checks: Sequence[Check]) -> None:
    """Write the checks: two figures, how they must compare, and whether they do.

    The functions stand in the figures alone, so that what compares them is plain Excel.
    """
    page = Page(
        workbook,
        names,
        "Checks",
        (2, 48, 20, 5, 20, 12, 60),
        "Checks",
        "Each line must be TRUE. The figures are computed a second way and compared.",
    )
    page.header(
        ("Check", "Figure", "", "Compared with", "Holds", "How"), numbers=(1, 3), centred=(4,)
    )
    page.put(page.row, 2, "Relative difference that passes", border=styles.HAIRLINE)
    tolerance = page.put(
        page.row, 3, 1e-9, number_format="0E+00", alignment=styles.RIGHT, border=styles.HAIRLINE
    )
    for column in (4, 5, 6):
        page.put(page.row, column, None, border=styles.HAIRLINE)
    page.put(page.row, 7, "Rounding of binary numbers.", styles.NOTE, border=styles.HAIRLINE)
    names.alias("tolerance", page.sheet, tolerance)
    page.row += 1
    first = page.row
    for check in checks:
        row = page.row
        rule = _RELATIONS[check.relation].format(figure=f"C{row}", other=f"E{row}")
        page.put(row, 2, check.label, border=styles.HAIRLINE, alignment=styles.WRAPPED)
        for column, value in ((3, check.figure), (5, check.other)):
            page.put(
                row,
                column,
                value,
                number_format=check.number_format,
                alignment=styles.RIGHT,
                border=styles.HAIRLINE,
            )
        page.put(row, 4, check.relation, alignment=styles.CENTER, border=styles.HAIRLINE)
        page.put(row, 6, rule, styles.BOLD, alignment=styles.CENTER, border=styles.HAIRLINE)
        page.put(row, 7, check.how, styles.NOTE, border=styles.HAIRLINE, alignment=styles.WRAPPED)
        page.fit(row, [(2, check.label), (7, check.how)], least=18)
        page.row += 1
    last = page.row - 1
    # The colour is on the text: LibreOffice 7.4 does not print a logical value that has a rule.
    labels = f"B{first}:B{last}"
    holds = f"IF(ISLOGICAL($F{first}),$F{first},FALSE)"
    rules = page.sheet.conditional_formatting
    rules.add(labels, FormulaRule(formula=[holds], fill=styles.GOOD_FILL))
    rules.add(labels, FormulaRule(formula=[f"NOT({holds})"], fill=styles.BAD_FILL))
    page.row += 1
    page.put(page.row, 2, ALL_HOLD, styles.BOLD, border=styles.TOTAL)
    for column in (3, 4, 5, 7):
        page.put(page.row, column, None, border=styles.TOTAL)
    together = page.put(
        page.row,
        6,
        f"=AND(F{first}:F{last})",
        styles.BOLD,
        number_format='"TRUE";"TRUE";"FALSE"',  # LibreOffice shows the cached value as a number
        alignment=styles.CENTER,
        border=styles.TOTAL,
    )
    page.put(page.row, 7, "checks_hold", styles.NAME, border=styles.TOTAL)
    names.define("checks_hold", page.sheet, together)
    page.finish(freeze="A5", cursor=f"F{first}", repeat_row=4)


def sources_page(
    workbook: Workbook, names: Names, run_source: str, sources: Sequence[tuple[str, str, str]]
) -> None:
    """Write the sources: of the run, of every function that a formula calls, and of defaults."""
    page = Page(
        workbook,
        names,
        "Sources",
        (2, 34, 58, 84),
        "Sources",
        "Where each formula and each figure comes from.",
    )
    page.header(("Figure or function", "What it is", "Source"))
    page.section("This run")
    _source(page, "run_source", "Where the run's own figures come from", run_source)
    own = page.sheet.cell(page.row - 1, 4)
    own.font, own.fill, own.protection = styles.INPUT, styles.INPUT_FILL, styles.UNLOCKED
    page.sheet.row_dimensions[own.row].height = 70  # a scenario's sentence may be longer
    names.define("run_source", page.sheet, own)
    page.row += 1
    page.section("Functions")
    called = _called(workbook)
    for spec in specs():
        if spec.name in called:
            references = " ".join(spec.sections["References"].split())
            _source(page, spec.name, spec.summary, references)
    page.row += 1
    page.section("Defaults of the inputs")
    for label, what, source in sources:
        _source(page, label, what, source)
    page.finish(freeze="A5", cursor="B6", repeat_row=4)


def _called(workbook: Workbook) -> set[str]:
    """Return the names of the functions that the workbook's formulas call."""
    formulas = (
        cell.value
        for sheet in workbook.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    )
    return {name for formula in formulas for name in re.findall(r"([A-Z_]+)\(", str(formula))}


def _source(page: Page, label: str, what: str, source: str) -> None:
    for column, text in enumerate((label, what, source), start=2):
        page.put(page.row, column, text, border=styles.HAIRLINE, alignment=styles.WRAPPED)
    page.fit(page.row, [(2, label), (3, what), (4, source)])
    page.row += 1


def tile(
    page: Page, columns: tuple[int, int], label: str, formula: str, shown: str, unit: str
) -> None:
    """Write one large figure over some columns: label, figure, and what it counts."""
    left, right = columns
    lines = (
        (label, styles.FIGURE_LABEL, None, 20),
        (formula, styles.FIGURE, shown, 32),
        (unit, styles.NOTE, None, 20),
    )
    for row, (value, font, number_format, height) in enumerate(lines, start=page.row):
        for column in range(left, right + 1):
            page.put(row, column, None, font, fill=styles.BAND_FILL)
        page.put(
            row,
            left,
            value,
            font,
            number_format=number_format,
            alignment=styles.CENTER,
            fill=styles.BAND_FILL,
        )
        if right > left:
            page.sheet.merge_cells(start_row=row, end_row=row, start_column=left, end_column=right)
        page.sheet.row_dimensions[row].height = height


def key_figures(page: Page, heading: str, lines: Sequence[tuple[str, str, str, str]]) -> None:
    """Write figures of other sheets: label, formula, number format and unit a line."""
    for column in (2, 3, 4):
        page.put(page.row, column, None, styles.SECTION, border=styles.UNDERLINE)
    page.sheet.cell(page.row, 2).value = heading
    page.sheet.row_dimensions[page.row].height = 20
    page.row += 1
    for label, formula, number_format, unit in lines:
        total = label.startswith("Total")
        border = styles.TOTAL if total else styles.HAIRLINE
        page.put(
            page.row,
            2,
            label,
            styles.BOLD if total else styles.TEXT,
            border=border,
            alignment=styles.LEFT,
        )
        page.put(
            page.row,
            3,
            formula,
            styles.LINK,
            number_format=number_format,
            alignment=styles.RIGHT,
            border=border,
        )
        page.put(page.row, 4, unit, alignment=styles.INDENTED, border=border)
        page.sheet.row_dimensions[page.row].height = 15.5
        page.row += 1
    page.sheet.row_dimensions[page.row].height = 15.5
    page.row += 1


def verdict(page: Page) -> None:
    """Write whether all checks hold."""
    page.put(page.row, 2, "Checks", alignment=styles.LEFT)
    cell = page.put(
        page.row,
        3,
        f'=IF(checks_hold,"{ALL_HOLD}","A check fails: see Checks")',
        styles.BOLD,
        alignment=styles.LEFT,
    )
    page.put(page.row, 4, None)
    box = f"C{page.row}:D{page.row}"
    for operator, fill in (("equal", styles.GOOD_FILL), ("notEqual", styles.BAD_FILL)):
        page.sheet.conditional_formatting.add(
            cell.coordinate, CellIsRule(operator=operator, formula=[f'"{ALL_HOLD}"'], fill=fill)
        )
    page.sheet.merge_cells(box)
    page.sheet.row_dimensions[page.row].height = 15.5
    page.row += 1
