"""Which cash flows in which quarter if GPUs are bought, leased or rented?

The sheet of cash flows has a section for each way to have GPUs, and a column for each quarter.
"""

from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.templates.parts.lines import period_rows
from xlcalc.templates.parts.tables import Row, Timeline

QUARTERS = 20
OPENING = 5
"""Column of the opening, before the first quarter."""
CASH = '#,##0_);(#,##0);"–"_)'
HOURS = '#,##0;-#,##0;"–"'
WAYS = (
    ("buy", "Buy"),
    ("lease", "Lease"),
    ("rent", "Rent on demand"),
    ("reserved", "Rent reserved"),
)


CONVENTIONS = (
    "Signs: what is paid is negative, in brackets; what comes in is positive. The first column is "
    "the day of the purchase.",
    "Time: the flows of a quarter, 8,760 / 4 hours, fall at its end and are discounted from there; "
    "a rate r of a year is (1 + r)^(1/4) - 1 of a quarter.",
    "Used machines are sold by age, at a share of the price that was paid; later fleets cost the "
    "price of their day. Tax is saved or paid at the end of a quarter, also on what a sale brings "
    "beyond the books.",
    "All four choices give the same used GPU-hours. On demand only these are paid for; bought, "
    "leased and reserved GPUs cost money in idle hours too.",
)


def cash_sheet(book: Book) -> Timeline:
    """Write the cash of the four ways by quarter, and name its rows for formulas."""
    page = Page(
        book,
        "Cash flow",
        (2, 32, 14, 1.5, *(14.5,) * (QUARTERS + 2)),
        "Cash flow",
        "Cash of the four choices by quarter; what is paid is negative.",
    )
    for text in CONVENTIONS:
        # Columns B to D repeat on the second printed page, where the text would be cut off.
        page.put(page.row, OPENING, text, styles.NOTE)
        page.row += 1
    page.row += 1
    timeline = Timeline(page, QUARTERS)
    top = page.row
    quarters = list(range(1, QUARTERS + 1))
    timeline.heading(
        (
            Row("quarter", "Quarter", "", quarters, '0;;"Opening"', 0),
            Row("year", "Year", "", "=ROUNDUP({quarter}/quarters_per_year,0)", '0;;"–"', "=0"),
        )
    )
    total = OPENING + QUARTERS + 1
    for row, text in ((top, "Total"), (top + 1, "")):
        page.put(
            row,
            total,
            text or None,
            styles.HEADING,
            fill=styles.HEADING_FILL,
            border=styles.HAIRLINE,
            alignment=styles.RIGHT,
        )
    for heading, rows in period_rows("gpu_tco", "cash_flow.csv"):
        timeline.section(heading, rows)
    _totals(timeline, total)
    _names(timeline)
    page.finish(freeze=f"F{top + 2}", cursor=f"F{top + 2}", repeat_row=top)
    page.sheet.print_title_rows = f"{top}:{top + 1}"
    # On one page of this width the figures would be too small to read.
    page.sheet.print_title_cols = "A:D"
    page.sheet.page_setup.fitToWidth = 2
    page.sheet.page_setup.fitToHeight = 1
    return timeline


def _totals(timeline: Timeline, column: int) -> None:
    """Sum the rows of flows over all columns."""
    first, last = get_column_letter(OPENING), get_column_letter(column - 1)
    for key, row in timeline.rows.items():
        if row.total:
            place = timeline.cell(key, 0).row
            timeline.page.put(
                place,
                column,
                f"=SUM({first}{place}:{last}{place})",
                styles.BOLD,
                number_format=row.number_format,
                alignment=styles.RIGHT,
                border=styles.TOTAL if row.emphasis else styles.HAIRLINE,
            )


def _opening(timeline: Timeline, key: str) -> Cell:
    return timeline.page.sheet.cell(timeline.cell(key, 0).row, OPENING)


def _names(timeline: Timeline) -> None:
    """Name the rows that formulas of other sheets read, with the opening or without."""
    book, sheet = timeline.page.book, timeline.page.sheet
    for name, key in (
        ("discount_factors", "factor"),
        ("power_flows", "power"),
        ("capital_flows", "capital"),
        ("sale_flows", "sale"),
        ("depreciation_flows", "depreciation"),
        ("gap", "gap"),
        *((f"{way}_flows", f"{way}_net") for way, _ in WAYS),
    ):
        book.define(name, sheet, _opening(timeline, key), timeline.cell(key, -1))
    for name, key in (
        ("quarter_factors", "factor"),
        ("hours_used", "used"),
        ("buying_ahead", "ahead"),
        ("quarter_shares", "share"),
        ("rent_index", "index"),
        *((f"{way}_later", f"{way}_net") for way, _ in WAYS),
    ):
        book.define(name, sheet, timeline.cell(key, 0), timeline.cell(key, -1))
    for way, _ in WAYS:
        book.alias(f"{way}_opening", sheet, _opening(timeline, f"{way}_net"))
        book.alias(f"{way}_end", sheet, timeline.cell(f"{way}_sum", -1))
    book.define("years_of_quarters", sheet, _opening(timeline, "year"), timeline.cell("year", -1))
    book.alias("last_quarter", sheet, timeline.cell("quarter", -1))
    for key in (
        *("final", "idle", "upkeep", "buy_tax", "lease_tax", "rents", "rent_storage", "rent_tax"),
        *("commitment", "reserved_storage", "reserved_tax"),
        *("rates", "renewal", "exit", "deposit", "lease_upkeep", "lease_power"),
    ):
        book.alias(f"row_{key}", sheet, _opening(timeline, key), timeline.cell(key, -1))
    timeline.alias("quarter", "case_quarters")
    timeline.alias("begun", "commitments")
    timeline.alias("begun_short", "commitments_short")
    timeline.alias("begun_long", "commitments_long")
