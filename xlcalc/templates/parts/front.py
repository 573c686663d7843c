"""What stands around the figures: the cover, and the sources."""

from collections.abc import Sequence

from openpyxl.worksheet.hyperlink import Hyperlink

from xlcalc.author import styles
from xlcalc.author.book import Book, quoted
from xlcalc.author.layout import Page
from xlcalc.formula_text import called_functions
from xlcalc.registry import specs
from xlcalc.templates.parts.control import COVER_WIDTHS, Column, fit_cover, write_control
from xlcalc.templates.parts.money import write_rates

STEPS = (
    "Change the cells in blue on yellow, on the sheet Inputs; everything else follows from them.",
    "Read the sheet Summary, and print it: pages are in landscape format and fit A4 and US Letter.",
    "Look at the sheet Checks: a figure that does not add up is FALSE there, and says so on the "
    "Summary.",
    "To trace a figure, read its formula: it uses the names of other cells. The sheet Sources says "
    "where formulas and figures come from.",
)
"""How a workbook is used that has inputs."""
AN_INPUT, A_FORMULA = "An input: change it.", "A formula, or a figure that belongs to it."
"""What the colours of inputs and of formulas mean."""


def cover_page(book: Book, purpose: Sequence[str], steps: Sequence[str] = STEPS) -> Page:
    """Begin the first sheet: what the workbook is for, which questions it answers, and how.

    `purpose` is a sentence and the questions; `finish_cover` ends the sheet when the
    others are written.
    """
    page = Page(book, "Cover", COVER_WIDTHS, book.title, purpose[0])
    left = Column(page, 2)
    left.heading("What it answers")
    for number, question in enumerate(purpose[1:], start=1):
        left.line(number, question)
    left.space()
    left.heading("How to use it")
    for number, step in enumerate(steps, start=1):
        left.line(number, step)
    left.space()
    return page


def finish_cover(page: Page) -> None:
    """List the sheets of the workbook on its cover, and say what holds for it as a document."""
    book = page.book
    left = Column(page, 2)
    left.heading("Sheets")
    for sheet in book.workbook.worksheets:
        if sheet is page.sheet:
            continue
        cell = left.line(sheet.title, str(sheet["B2"].value or ""), styles.URL, literal=True)
        place = f"{quoted(sheet.title)}!A1"
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place, display=sheet.title)
    page.row = 4
    right = Column(page, 5)
    write_control(right)
    right.space()
    right.heading("Colours")
    for sample, font, fill, meaning in (
        (1234, styles.INPUT, styles.INPUT_FILL, AN_INPUT),
        (1234, styles.TEXT, None, A_FORMULA),
        (1234, styles.LINK, None, "A figure of another sheet."),
        (-1234, styles.TEXT, None, "A negative amount of money stands in brackets."),
    ):
        cell = right.line(sample, meaning, font)
        cell.number_format = styles.accounting("#,##0")
        if fill is not None:
            cell.fill = fill
    fit_cover(page)
    page.finish(cursor="B4")
    page.sheet.page_setup.fitToHeight = 1


def sources_page(book: Book, sources: Sequence[tuple[str, str, str]]) -> None:
    """Write the sources: of the case, of every function that a formula calls, and of defaults.

    Each of `sources` is a label, what the figure is, and where it was read; the first is that of
    the case, `run_source`. This sheet comes last, because it looks for the calls on all others.
    """
    page = Page(
        book,
        "Sources",
        (2, 34, 58, 84),
        "Sources",
        "Where each formula and each figure comes from.",
    )
    page.header(("Figure or function", "What it is", "Source"))
    page.section("This case")
    _source(page, *sources[0])
    own = page.sheet.cell(page.row - 1, 4)
    own.font, own.fill, own.protection = styles.INPUT, styles.INPUT_FILL, styles.UNLOCKED
    page.sheet.row_dimensions[own.row].height = 70  # a scenario's sentence may be longer
    book.define("run_source", page.sheet, own)
    page.row += 1
    page.section("Functions")
    called = _called(book)
    for spec in specs():
        if spec.name in called:
            references = " ".join(spec.sections.get("References", "").split())
            _source(page, spec.name, spec.summary, references)
    page.row += 1
    if "currency" in book.workbook.defined_names:
        write_rates(page)
    page.section("Defaults of the inputs")
    for label, what, source in sources[1:]:
        _source(page, label, what, source)
    page.finish(freeze="A5", cursor="D6", repeat_row=4)


def _called(book: Book) -> set[str]:
    """Return the names of the functions that the workbook's formulas call."""
    formulas = (
        cell.value
        for sheet in book.workbook.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    )
    return called_functions("\n".join(map(str, formulas)))


def _source(page: Page, label: str, what: str, source: str) -> None:
    known = page.book.texts.if_known(source)
    for column, text in enumerate((label, what, known), start=2):
        page.put(
            page.row,
            column,
            text,
            border=styles.HAIRLINE,
            alignment=styles.WRAPPED,
            literal=column != 3,
        )
    page.fit(page.row, (2, 3, 4))
    page.row += 1
