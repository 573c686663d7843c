"""What does the first sheet of a template show: tiles, key figures, and places for charts?

`summary.csv` of a template has a figure a row: `tile C:D` is a large figure over these columns, and
any other block a heading with figures below it. Formulas stand there without `=`, and labels and
units take figures in braces, as in `lines.csv`.

    tile B,TOTAL COST,total_cost,big,{currency}
    The money,Compute,compute_cost,money,{currency}
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.pagebreak import Break

from xlcalc.author import styles
from xlcalc.author.layout import Page
from xlcalc.templates.parts.line_cells import format_of, formula_in, text_in
from xlcalc.templates.parts.records import read_records

SUMMARY = ("block", "label", "formula", "format", "unit")
FIRST = 5
"""Row of a summary where its tiles begin, unless sentences stand above them."""
_TILE = "tile "
_TILE_ROWS = 4
_FOLDER = Path(__file__).parent.parent


@dataclass(frozen=True)
class Shown:
    """A figure of another sheet: label, formula, number format and unit."""

    block: str
    label: str
    formula: str
    number_format: str
    unit: str


def read_summary(template: str) -> list[Shown]:
    """Return what the summary of a template shows, from its table."""
    found = []
    for record in read_records(_FOLDER / template / "summary.csv", SUMMARY):
        record.need("block", "label", "formula")
        found.append(
            Shown(
                record["block"],
                text_in(record, "label"),
                f"={formula_in(record, 'formula')}",
                format_of(record["format"]) or "General",
                text_in(record, "unit"),
            )
        )
    return found


def summary_figures(page: Page, template: str, *, first: int = FIRST) -> int:
    """Write a summary's tiles and its key figures below them, and return the first row of these."""
    figures = read_summary(template)
    tiles(page, figures, first)
    top = page.row
    key_figures(page, figures)
    return top


def tiles(page: Page, figures: Sequence[Shown], first: int = FIRST) -> None:
    """Write the tiles from a row on; one that is not right of the last begins a row."""
    page.row, last = first, 0
    for shown in figures:
        if not shown.block.startswith(_TILE):
            continue
        ends = shown.block.removeprefix(_TILE).partition(":")
        left = column_index_from_string(ends[0])
        right = column_index_from_string(ends[2] or ends[0])
        page.row += _TILE_ROWS * (left <= last)
        tile(page, (left, right), shown.label, shown.formula, shown.number_format, shown.unit)
        last = right
    page.row += _TILE_ROWS


def key_figures(page: Page, figures: Sequence[Shown], *headings: str) -> None:
    """Write blocks of figures: those with some headings, or all."""
    for heading, lines in groupby(figures, lambda shown: shown.block):
        if not heading.startswith(_TILE) and heading in (headings or (heading,)):
            _write_block(page, heading, list(lines))


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


def beside(page: Page, top: int, count: int, *, left: int = 6) -> list[str]:
    """Return the places of charts beside the key figures, from a row down to the current one."""
    rows, room = page.row - top, 1
    height = (rows + room) // count
    first, last = get_column_letter(left), get_column_letter(page.last_column)
    return [
        f"{first}{top + n * height}:{last}{top + (n + 1) * height - room - 1}" for n in range(count)
    ]


def begin_page(page: Page) -> None:
    """Let a printed page begin with the current row, if the parts of the sheet then fit pages."""
    page.sheet.row_breaks.append(Break(page.row - 1))


def below(page: Page, rows: int = 15, *, apart: bool = False) -> str:
    """Return the place of a chart below all that stands on a sheet, or on a page of its own."""
    page.row += 1
    if apart:
        begin_page(page)
    first, last = page.room(rows)
    return f"B{first}:{get_column_letter(page.last_column)}{last}"


def _write_block(page: Page, heading: str, lines: Sequence[Shown]) -> None:
    for column, text in ((2, heading), (3, None), (4, None)):
        page.put(page.row, column, text, styles.SECTION, border=styles.UNDERLINE)
    page.sheet.row_dimensions[page.row].height = 20
    page.row += 1
    for line in lines:
        total = line.label.startswith("Total")
        border = styles.TOTAL if total else styles.HAIRLINE
        page.put(
            page.row,
            2,
            line.label,
            styles.BOLD if total else styles.TEXT,
            border=border,
            alignment=styles.LEFT,
        )
        cell = page.put(
            page.row,
            3,
            line.formula,
            styles.BOLD_LINK if total else styles.LINK,
            number_format=page.book.texts.headline_format(line.number_format),
            alignment=styles.RIGHT,
            border=border,
        )
        cell.number_format = styles.padded(cell.number_format)
        page.put(page.row, 4, line.unit, alignment=styles.INDENTED, border=border)
        page.sheet.row_dimensions[page.row].height = 15.5
        page.row += 1
    page.sheet.row_dimensions[page.row].height = 15.5
    page.row += 1
