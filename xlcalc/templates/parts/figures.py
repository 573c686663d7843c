"""How does a template show figures: inputs that may be changed, and results, one a row?

A `Line` is one figure: label, formula or value, quantity, name and note. `figures_page` writes
groups of lines to a sheet and names their cells.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from openpyxl.cell import Cell

from xlcalc.author import styles
from xlcalc.author.book import Book, Total
from xlcalc.author.layout import Page, validate_entry, validate_letters, validate_number
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.sums import SPARE, first_summed, is_sum, with_sums

WIDTHS = (2, 32, 20, 24, 25, 66)
HEADER = ("Figure", "Value", "Unit", "Name", "What it is, and where it comes from")
MONEY_FORMAT = styles.accounting("#,##0")
PRICE_FORMAT = styles.accounting("#,##0.00")
BIG_MONEY = '[>=1000000000]#,##0.00,,," B";[>=1000000]#,##0.00,," M";#,##0'
"""Money in a tile, where a few digits say more than all of them."""
MONEY_AXIS = '#,##0.0,," M";(#,##0.0,," M");0'
"""Millions at the axis of a chart, which may be negative."""
CURRENCY_AXIS = "USD (see Inputs)"
"""What an axis counts: the title of a chart is a text, and cannot follow the input."""


@dataclass(frozen=True)
class Line:
    """One figure of a sheet.

    Attributes
    ----------
    label, note : str
        What the figure is, in a few words and in a sentence.
    value : object
        A constant, or a formula that begins with `=` and is written on names. `{cost.sum}` in it
        adds the rows of its group from `cost` on; a spare row then stands before it.
    measure : Quantity or str
        What a number measures, or what a text is.
    name : str
        Name of the cell; empty for none.
    unit, number_format : str
        Instead of the quantity's own.
    alias : str
        A word that formulas may use for the cell without its being a name in the workbook.
    entries : str
        Range or quoted list of the entries of a drop-down; a quoted list is always strict.
    strict : bool
        Whether nothing but an entry of the drop-down may be typed in.
    letters : int
        How many letters a text must have; 0 for any number.
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
    strict: bool = False
    letters: int = 0
    fixed: bool = False
    total: bool = False


@dataclass(frozen=True)
class Group:
    """Lines under a heading."""

    heading: str
    lines: tuple[Line, ...]


def figures_page(
    book: Book, tab: str, subtitle: str, groups: Iterable[Group], *, editable: bool
) -> None:
    """Write a sheet of figures, one a row; editable ones are inputs."""
    page = Page(book, tab, WIDTHS, tab, subtitle)
    page.header(HEADER, numbers=(1,), indented=(2,))
    first = page.row + 1
    for group in groups:
        page.section(group.heading)
        cells: dict[str, Cell] = {}
        for written in group.lines:
            line, summed = written, first_summed(written.value)
            if summed:
                span = partial(_span, cells, _spare_row(page))
                line = replace(written, value=with_sums(str(written.value), span))
            cell = _write_line(page, line, editable=editable and not line.fixed)
            cells[line.name or line.alias] = cell
            if is_sum(written.value):
                book.totals.append(Total(cell.offset(0, -1), cells[summed], cell, cell))
            formulas = (
                (line.value, cell),
                (line.unit, cell.offset(0, 1)),
                (line.note, cell.offset(0, 3)),
            )
            for formula, place in formulas:
                if str(formula).startswith("="):
                    book.later(partial(_settle, book, place, str(formula)))
        page.row += 1
    page.finish(freeze="A5", cursor=f"C{first}", repeat_row=4)


def _spare_row(page: Page) -> Cell:
    """Write the empty row before a total, and return the cell where its figure would stand."""
    row = page.row
    for column in range(2, page.last_column + 1):
        page.put(row, column, None, border=styles.HAIRLINE)
    note = page.put(row, 6, SPARE, styles.NOTE, border=styles.HAIRLINE, alignment=styles.WRAPPED)
    page.fit(row, (6,))
    page.row += 1
    return note.offset(0, -3)


def _span(cells: Mapping[str, Cell], spare: Cell, name: str) -> str:
    if name not in cells:
        raise ValueError(f"no row above of the same section is named {name}")
    return f"{cells[name].coordinate}:{spare.coordinate}"


def _settle(book: Book, cell: Cell, formula: str) -> None:
    cell.value = book.formula(formula)


def _write_line(page: Page, line: Line, *, editable: bool) -> Cell:
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
    if '"' in str(line.value) and isinstance(measure, str):  # a formula that says something
        cell.alignment = styles.WRAPPED_RIGHT
        page.fit_at_end(cell.row, (2, 3, 6))
    else:
        cell.alignment = styles.SHRUNK_RIGHT
    if line.alias:
        page.book.alias(line.alias, page.sheet, cell)
    if editable and str(line.value).startswith("="):
        cell.font = styles.TEXT  # a looked-up default is a formula, and formulas are black
    if editable and isinstance(measure, Quantity):
        validate_number(page, cell, line.label, measure)
    if line.entries:
        validate_entry(page, cell, line.entries, strict=line.strict)
    if line.letters:
        validate_letters(page, cell, line.label, line.letters)
    return cell
