"""How are the sheets of a workbook laid out: titles, rows of figures, tables, print setup?"""

import io
import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree.ElementTree import canonicalize

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.drawing.text import Font as ChartFont
from openpyxl.styles import Alignment, Border, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlcalc.quantities import Quantity
from xlcalc.registry import BY_NAME
from xlcalc.workbook import styles

_STAMP = (2026, 1, 1, 0, 0, 0)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NUMBER_TYPE = re.compile(r'(<c r="[A-Z]+[0-9]+"[^>]*) t="n"')
_STAMP_TEXT = "2026-01-01T00:00:00Z"


class Names:
    """The named cells of a workbook, and how its formulas refer to them.

    Excel compares names without regard to case, and the standard forbids a name that is also a
    user-defined function: with a cell named `gpu_days` everywhere, `GPU_DAYS(...)` is no longer a
    call (LibreOffice shows Err:509). Such a name is therefore defined for the first sheet only,
    which holds no calls, and formulas elsewhere point at its cell.

    Parameters
    ----------
    workbook : Workbook
        The workbook that gets the names.
    """

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._links: dict[str, str] = {}

    def define(self, name: str, sheet: Worksheet, cell: Cell) -> None:
        """Name a cell."""
        target = f"{quote_sheetname(sheet.title)}!${cell.column_letter}${cell.row}"
        names = self._workbook.defined_names
        if name.upper() in BY_NAME:
            names = self._workbook.worksheets[0].defined_names
            self.alias(name, sheet, cell)
        names[name] = DefinedName(name, attr_text=target)

    def alias(self, word: str, sheet: Worksheet, cell: Cell, last: Cell | None = None) -> None:
        """Let formulas write a word for a cell, or for a range, that has no name."""
        link = f"{sheet.title}!${cell.column_letter}${cell.row}"
        self._links[word] = f"{link}:${last.column_letter}${last.row}" if last else link

    def formula(self, text: str) -> str:
        """Return a formula that is written on names, as its sheet can read it."""
        for name, link in self._links.items():
            text = re.sub(rf"\b{name}\b", link, text)
        return text


class Page:
    """A sheet that is written from top to bottom.

    Parameters
    ----------
    workbook : Workbook
        The workbook that gets the sheet.
    names : Names
        Its named cells.
    name : str
        Name of the tab.
    widths : sequence of float
        Widths of the columns, from A.
    title, subtitle : str
        The first two lines.
    """

    def __init__(
        self,
        workbook: Workbook,
        names: Names,
        name: str,
        widths: Sequence[float],
        title: str,
        subtitle: str,
    ) -> None:
        self.sheet: Worksheet = workbook.create_sheet(name)
        self.names = names
        self.widths = widths
        self.row = 1
        for index, width in enumerate(widths, start=1):
            self.sheet.column_dimensions[get_column_letter(index)].width = width
        self.sheet.sheet_view.showGridLines = False
        self.sheet.row_dimensions[1].height = 30
        self.put(1, 2, title, styles.TITLE)
        self.put(2, 2, subtitle, styles.SUBTITLE)
        self.row = 4

    @property
    def last_column(self) -> int:
        """The last column that has a width."""
        return len(self.widths)

    def put(
        self,
        row: int,
        column: int,
        value: Any,
        font: Font = styles.TEXT,
        *,
        number_format: str | None = None,
        alignment: Alignment | None = None,
        fill: PatternFill | None = None,
        border: Border | None = None,
        literal: bool = False,
    ) -> Cell:
        """Write one cell; a literal text is never a formula."""
        formula = isinstance(value, str) and value.startswith("=")
        cell = self.sheet.cell(
            row, column, self.names.formula(value) if formula and not literal else value
        )
        if formula and literal:
            cell.data_type = "s"
        cell.font = font
        if number_format is not None:
            cell.number_format = number_format
        if alignment is not None:
            cell.alignment = alignment
        if fill is not None:
            cell.fill = fill
        if border is not None:
            cell.border = border
        return cell

    def section(self, text: str) -> None:
        """Write the heading of a group of rows."""
        for column in range(2, self.last_column + 1):
            self.put(self.row, column, None, styles.SECTION, border=styles.UNDERLINE)
        self.sheet.cell(self.row, 2).value = text
        self.sheet.row_dimensions[self.row].height = 20
        self.row += 1

    def header(
        self,
        texts: Sequence[str],
        *,
        numbers: Iterable[int] = (),
        indented: Iterable[int] = (),
        centred: Iterable[int] = (),
        height: float = 20,
    ) -> None:
        """Write the heading of a table.

        `numbers` are the columns of figures, from 0, and `indented` those of words behind them.
        """
        alignments = dict.fromkeys(numbers, styles.WRAPPED_RIGHT)
        alignments |= dict.fromkeys(indented, styles.WRAPPED_INDENTED)
        alignments |= dict.fromkeys(centred, styles.CENTER)
        for index, text in enumerate(texts):
            self.put(
                self.row,
                2 + index,
                text,
                styles.HEADING,
                fill=styles.HEADING_FILL,
                alignment=alignments.get(index, styles.WRAPPED),
            )
        self.sheet.row_dimensions[self.row].height = height
        self.row += 1

    def figure(
        self,
        label: str,
        value: Any,
        unit: str,
        name: str,
        note: str,
        *,
        number_format: str = "General",
        font: Font = styles.TEXT,
        editable: bool = False,
        total: bool = False,
    ) -> Cell:
        """Write a row of label, value, unit, name and note, and name the cell of the value."""
        row = self.row
        border = styles.TOTAL if total else styles.HAIRLINE
        bold = styles.BOLD if total else styles.TEXT
        text = isinstance(value, str) and not value.startswith("=")
        self.put(row, 2, label, bold, border=border, alignment=styles.WRAPPED)
        cell = self.put(
            row,
            3,
            value,
            styles.INPUT if editable else styles.BOLD if total else font,
            number_format=number_format,
            alignment=styles.LEFT if text else styles.RIGHT,
            border=border,
            fill=styles.INPUT_FILL if editable else None,
        )
        if editable:
            cell.protection = styles.UNLOCKED
        self.put(row, 4, unit, styles.TEXT, border=border, alignment=styles.INDENTED)
        self.put(row, 5, name, styles.NAME, border=border, alignment=styles.LEFT)
        self.put(row, 6, note, styles.NOTE, border=border, alignment=styles.WRAPPED)
        self.fit(row, [(2, label), (6, note[: int(len(note) * 0.9)])])
        if name:
            self.names.define(name, self.sheet, cell)
        self.row += 1
        return cell

    def fit(self, row: int, texts: Iterable[tuple[int, str]], *, least: float = 16) -> None:
        """Make a row high enough for wrapped texts in columns."""
        lines = max(
            (math.ceil(_printed_width(text) / (1.1 * self.widths[c - 1])) for c, text in texts),
            default=1,
        )
        self.sheet.row_dimensions[row].height = max(least, 13 * lines + 4)

    def finish(
        self,
        *,
        freeze: str | None = None,
        cursor: str = "B4",
        protect: bool = True,
        repeat_row: int | None = None,
        last_row: int = 0,
    ) -> None:
        """Set panes, cursor, protection and print; a chart may end below the cells."""
        sheet = self.sheet
        sheet.freeze_panes = freeze
        for selection in sheet.sheet_view.selection:
            selection.activeCell = selection.sqref = cursor
        if protect:
            sheet.protection.sheet = True
            sheet.protection.formatColumns = False
            sheet.protection.formatRows = False
            sheet.protection.autoFilter = False
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth = 1
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_options.horizontalCentered = True
        sheet.page_margins.left = sheet.page_margins.right = 0.4
        sheet.page_margins.top, sheet.page_margins.bottom = 0.5, 0.7
        sheet.page_margins.header = sheet.page_margins.footer = 0.3
        sheet.oddFooter.left.text = "&F"
        sheet.oddFooter.center.text = "&A"
        sheet.oddFooter.right.text = "&P / &N"
        last = f"{get_column_letter(self.last_column)}{max(sheet.max_row, last_row)}"
        sheet.print_area = f"A1:{last}"
        if repeat_row is not None:
            sheet.print_title_rows = f"{repeat_row}:{repeat_row}"


def validate_number(page: Page, cell: Cell, label: str, quantity: Quantity) -> None:
    """Let Excel refuse a number outside its quantity's domain."""
    lower = max(quantity.above, quantity.at_least)
    if math.isfinite(lower) and math.isfinite(quantity.at_most):
        operator, bounds = "between", [lower, quantity.at_most]
    elif math.isfinite(quantity.above):
        operator, bounds = "greaterThan", [quantity.above]
    else:
        operator, bounds = "greaterThanOrEqual", [quantity.at_least]
    rule = DataValidation(
        type="decimal",
        operator=operator,
        formula1=f"{bounds[0]:.15g}",
        formula2=f"{bounds[1]:.15g}" if len(bounds) == 2 else None,
        allow_blank=False,
        showErrorMessage=True,
        errorTitle="Out of range",
        error=f"{label} must be {quantity.domain}.",
    )
    page.sheet.add_data_validation(rule)
    rule.add(cell)


def style_chart(chart: Any, *, title: str, x_title: str, y_title: str) -> None:
    """Give a chart the looks of the workbook."""
    chart.title = title
    for text in (chart.title, *_set_axes(chart, x_title, y_title)):
        letters = _letters(1100 if text is chart.title else 800, bold=text is chart.title)
        text.overlay = False
        paragraph = text.tx.rich.p[0]
        paragraph.pPr = ParagraphProperties(defRPr=letters)
        for run in paragraph.r:
            run.rPr = letters
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(
        ln=LineProperties(solidFill=styles.LINE, w=6350)
    )
    chart.x_axis.majorGridlines = None
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(solidFill=styles.LINE))
    for series, color in zip(chart.series, styles.SERIES_COLORS, strict=False):
        series.graphicalProperties.solidFill = color
        series.graphicalProperties.line.solidFill = color


def _set_axes(chart: Any, x_title: str, y_title: str) -> list[Any]:
    """Show both axes, and return the titles that they have."""
    labels = Paragraph(pPr=ParagraphProperties(defRPr=_letters(800)), endParaRPr=_letters(800))
    for axis, text in ((chart.x_axis, x_title), (chart.y_axis, y_title)):
        axis.delete = False
        axis.title = text or None
        axis.txPr = RichText(p=[labels])
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=styles.LINE))
    return [axis.title for axis in (chart.x_axis, chart.y_axis) if axis.title is not None]


def _letters(size: int, *, bold: bool = False) -> CharacterProperties:
    """Return the letters of a chart, their size in hundredths of a point."""
    return CharacterProperties(
        sz=size,
        b=bold,
        solidFill=styles.NAVY if bold else styles.GREY,
        latin=ChartFont(typeface=styles.FAMILY),
    )


def to_bytes(workbook: Workbook) -> bytes:
    """Return the file of a workbook, the same bytes at every run.

    openpyxl stamps the time into the properties and the zip, and writes XML in one way with lxml
    and in another without; the times get fixed and the XML canonical. Empty cells lose the type of
    a number, for which some programs read a zero. Excel is told to keep the cached values: a full
    calculation at opening would turn every worksheet function into #NAME? where the add-in is
    missing.
    """
    workbook.calculation.calcId = 191029
    workbook.calculation.fullCalcOnLoad = False
    written = io.BytesIO()
    workbook.save(written)
    target = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(target, "w") as archive:
        for entry in source.infolist():
            text = source.read(entry).decode()
            if entry.filename == "docProps/core.xml":
                text = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", _STAMP_TEXT, text)
            text = _DECLARATION + _NUMBER_TYPE.sub(r"\1", canonicalize(text))
            stamped = zipfile.ZipInfo(entry.filename, _STAMP)
            stamped.compress_type = zipfile.ZIP_DEFLATED
            stamped.external_attr = 0o600 << 16
            archive.writestr(stamped, text.encode())
    return target.getvalue()


def _printed_width(text: str) -> float:
    """Return the width of a text in characters, a Chinese one counted twice."""
    return sum(2.0 if ord(character) > 0x2E80 else 1.0 for character in text)
