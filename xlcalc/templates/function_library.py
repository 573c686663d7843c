"""All functions as LAMBDA names, documented and demonstrated, to copy into a workbook of one's own.

A copied sheet takes the names that its formulas use with it.
"""

from xlcalc.author import styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.layout import Page
from xlcalc.lambdas import why_no_lambda
from xlcalc.quantities import LookupResult
from xlcalc.registry import specs
from xlcalc.templates.parts.catalogues import catalogue_page, models_page
from xlcalc.templates.parts.front import cover_page, finish_cover

HEADER = ("Function", "What it returns", "Example", "Result", "Unit", "Source")
WIDTHS = (2, 52, 56, 48, 20, 24, 62)


PURPOSE = (
    "All functions, ready to be copied into a workbook of your own.",
    "Which functions are there, in which unit do they answer, and where do they come from?",
    "How is each of them called, and what does the call give?",
)
STEPS = (
    "This workbook needs Excel 2024, Excel 365 or Excel on the web; LibreOffice and earlier Excel "
    "show errors in it. Each function is a name with a LAMBDA behind it, and needs no Python.",
    "Copy a sheet into your workbook: the names that its formulas use come along. Single names are "
    "copied in Excel's Name Manager.",
    "Look-ups read the sheets Catalogue and Models: copy them, too, where you call one.",
)


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    book = Book("Function library", "xlcalc template new function_library", texts)
    cover = cover_page(book, PURPOSE, STEPS)
    page = Page(
        book,
        "Functions",
        WIDTHS,
        "Function library",
        "For Excel 2024, 365 and on the web. Copy a sheet, and the names of its functions come "
        "along.",
    )
    page.header(HEADER, numbers=(3,), indented=(4,))
    topic = ""
    for spec in specs():
        if spec.topic != topic:
            topic = spec.topic
            page.row += 1 if page.row > 5 else 0
            page.section(topic)
        reason = why_no_lambda(spec)
        portable = not reason
        source = " ".join(spec.sections.get("References", "").split())
        if not portable:
            source = f"Not in this workbook: {reason}."
        syntax = f"XLC.{spec.syntax}" if portable else spec.syntax
        # A function of others may have no example.
        shown_call = portable and spec.example != f"={spec.name}()"
        cells = (syntax, spec.summary, f"XLC.{spec.example[1:]}" if shown_call else "")
        for column, text in enumerate(cells, start=2):
            font = styles.NAME if column != 3 else styles.TEXT
            page.put(
                page.row,
                column,
                text,
                font,
                border=styles.HAIRLINE,
                alignment=styles.WRAPPED,
                literal=column != 3,
            )
        shown = "General" if isinstance(spec.returns, LookupResult) else spec.returns.number_format
        if shown == "0.00E+00":
            shown = "[<1000000]#,##0;0.00E+00"  # tokens of one image are no power of ten
        page.put(
            page.row,
            5,
            spec.example if shown_call else None,
            styles.BOLD,
            number_format=shown,
            border=styles.HAIRLINE,
            alignment=styles.RIGHT if spec.name != "CATALOGUE_SOURCE" else styles.LEFT,
        )
        unit = spec.returns.unit if portable else ""
        page.put(page.row, 6, unit, border=styles.HAIRLINE, alignment=styles.INDENTED)
        page.put(
            page.row,
            7,
            source,
            styles.NOTE,
            border=styles.HAIRLINE,
            alignment=styles.WRAPPED,
            literal=portable,
        )
        page.fit(page.row, (2, 3, 4, 7))
        page.row += 1
    page.finish(freeze="C5", cursor="B6", protect=False, repeat_row=4)
    catalogue_page(book)
    models_page(book)
    book.order(("Cover", "Functions", "Catalogue", "Models"))
    finish_cover(cover)
    return book
