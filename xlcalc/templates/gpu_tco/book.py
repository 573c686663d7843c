"""Buying, leasing or renting GPUs: cash by quarter, net present value and cost of a used hour.

Inputs, results and checks stand here. The module `cash` has the cash by quarter, and `sheets` what
is made of it.
"""

from xlcalc import quantities as q
from xlcalc.author.book import Book, Texts
from xlcalc.quantities import Quantity
from xlcalc.templates.gpu_tco.cash import QUARTERS, WAYS, cash_sheet
from xlcalc.templates.gpu_tco.sheets import (
    comparison_sheet,
    sensitivity_sheet,
    summary_sheet,
    write_summary,
)
from xlcalc.templates.parts.catalogues import catalogue_page
from xlcalc.templates.parts.checks import Check, checks_page
from xlcalc.templates.parts.figures import (
    MONEY_FORMAT,
    PRICE_FORMAT,
    Line,
    figures_page,
)
from xlcalc.templates.parts.front import STEPS, cover_page, finish_cover, sources_page
from xlcalc.templates.parts.lines import read_model
from xlcalc.templates.parts.market import prices_page
from xlcalc.templates.parts.money import NO_RATE, inputs_page

ASSUMED = "An assumption of this template; set your own."
COMMITMENT = "Google Cloud, H100, 1 year: 7.67 against 11.06 USD/h, 2025-03-17"
HORIZON = Quantity("years", above=0.0, at_most=QUARTERS / 4, number_format="0.00")
HOLDING = Quantity("years", above=0.0, number_format="0.00")
DECLINE = Quantity("ratio/year", at_least=-1.0, at_most=0.99, number_format="0.0%")
PAYMENTS = Quantity("payments/year", at_least=4.0, at_most=12.0, number_format="0")
PER_GPU = '=currency&"/GPU"'
PER_GPU_YEAR = '=currency&"/(GPU·year)"'
PER_HOUR = '=currency&"/GPU-hour"'
PER_USED_HOUR = '=currency&"/used GPU-hour"'
LISTED = "INDEX(purchase_prices,purchase_row)"

NO_PRICE = (
    "IF(OR(ISNA(gpu_price),ISBLANK(gpu_price)),IF(ISNA(purchase_row),"
    f'"The sheet Prices has no price of this accelerator: type one in.","{NO_RATE}"),'
)
"""What stands beside a price that is missing; the note of one that is there follows."""

RUN_SOURCE = (
    "A fleet of 1,024 H100 SXM in a colocation centre in Virginia. Purchase: market price of "
    "2025-03-03, an eighth of a board of eight (catalogue gpu_purchase-105). Rent: the median of "
    "24 providers on demand, 2026-08-22 to 2026-10-10. Power: EIA, Virginia industrial, 2023 "
    "(power-137). Space: CBRE H2 2024. What is not published is an assumption, and its note says "
    "so."
)


def _money(
    label: str,
    value: object,
    name: str,
    note: str,
    unit: str = "=currency",
    *,
    total: bool = False,
) -> Line:
    """Return a line of money: whole amounts of a fleet, cents of an hour."""
    shown = PRICE_FORMAT if "hour" in unit else MONEY_FORMAT
    return Line(label, value, q.MONEY, name, note, unit=unit, number_format=shown, total=total)


def _ways(
    what: str, prefix: str, formula: str, note: str, unit: str = "=currency"
) -> tuple[Line, ...]:
    """Return a line for each of the four ways; `{way}` stands for its word in a formula."""
    return tuple(
        _money(f"{label}: {what}", formula.format(way=way), f"{prefix}_{way}", note, unit)
        for way, label in WAYS
    )


NONE = "None"
USED_A_YEAR = "hours_per_year*utilisation"


def _npv_check(label: str, way: str) -> Check:
    return Check(
        label,
        f"=npv_{way}",
        "=",
        f"=excel_npv_{way}",
        MONEY_FORMAT,
        "Own factors by the rate of a year against Excel's NPV.",
    )


PURPOSE = (
    "Whether a fleet of GPUs is better bought, leased or rented.",
    "What does a used GPU-hour cost by each way, with interest and without?",
    "Which cash flows when, and what are its net present values?",
    "From which utilisation, from how many hours and from which month does buying pay?",
    "What if the utilisation, the discount rate or the price of power is not as assumed?",
)
PRINT = (
    "Read the sheet Summary, and print it: every sheet fits the width of a page, Cash flow that of "
    "two."
)
TABS = (
    *("Cover", "Summary", "Inputs", "Calculation", "Cash flow", "Comparison", "Sensitivity"),
    *("Checks", "Catalogue", "Prices", "Sources"),
)


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    model = read_model("gpu_tco")
    book = Book("Buy, lease or rent GPUs", "xlcalc template new gpu_tco", texts)
    cover = cover_page(book, PURPOSE, (STEPS[0], PRINT, *STEPS[2:]))
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
    comparison = comparison_sheet(book)
    sensitivity = sensitivity_sheet(book)
    checks_page(book, model.checks)
    catalogue_page(book)
    prices_page(book)
    sources_page(book, RUN_SOURCE, model.sources)
    write_summary(summary, cash, comparison, sensitivity)
    book.order(TABS)
    finish_cover(cover)
    return book
