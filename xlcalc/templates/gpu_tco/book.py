"""Buying, leasing or renting GPUs: cash by quarter, net present value and cost of a used hour.

Inputs, results and checks are tables beside this module. `cash` has the cash by quarter, `cases`
the same in closed form for other inputs, and `comparison`, `sensitivity` and `summary` what is made
of them.
"""

from xlcalc.author.book import Book, Texts
from xlcalc.templates.gpu_tco.cases import cases_sheet
from xlcalc.templates.gpu_tco.cash import cash_sheet
from xlcalc.templates.gpu_tco.comparison import comparison_sheet
from xlcalc.templates.gpu_tco.sensitivity import sensitivity_sheet
from xlcalc.templates.gpu_tco.summary import summary_sheet, write_summary
from xlcalc.templates.parts.assumptions import assumptions_page
from xlcalc.templates.parts.catalogues import catalogue_page
from xlcalc.templates.parts.checks import checks_page
from xlcalc.templates.parts.figures import figures_page
from xlcalc.templates.parts.front import cover_page, finish_cover, sources_page
from xlcalc.templates.parts.lines import read_model
from xlcalc.templates.parts.market import prices_page
from xlcalc.templates.parts.money import inputs_page

PURPOSE = (
    "Whether a fleet of GPUs is better bought, leased or rented.",
    "What does a used GPU-hour cost with each choice, with interest and without?",
    "Which cash flows when, and what are its net present values?",
    "From which rental price, utilisation and month on does buying pay?",
    "Does the choice hold at other rental prices, horizons and assumptions?",
)
TABS = (
    *("Cover", "Summary", "Inputs", "Calculation", "Cash flow", "Comparison", "Sensitivity"),
    *("Cases", "Checks", "Catalogue", "Prices", "Assumptions", "Sources"),
)


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    model = read_model("gpu_tco")
    book = Book("Buy, lease or rent GPUs", "xlcalc template new gpu_tco", texts)
    cover = cover_page(book, PURPOSE)
    summary = summary_sheet(book)
    inputs_page(
        book,
        "Blue on yellow may be changed. Everything else in the workbook follows from these cells. "
        "Prices and costs are typed in as positive numbers.",
        model.groups["inputs"],
    )
    cash = cash_sheet(book)
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells. Cash that is paid is negative, in brackets; costs of "
        "an hour are positive.",
        model.groups["results"],
        editable=False,
    )
    comparison_sheet(book)
    assumptions_page(book)
    cases = cases_sheet(book)
    sensitivity = sensitivity_sheet(book, cases)
    checks_page(book, model.checks)
    catalogue_page(book)
    prices_page(book)
    sources_page(book, model.sources)
    write_summary(summary, cash, sensitivity)
    book.order(TABS)
    finish_cover(cover)
    return book
