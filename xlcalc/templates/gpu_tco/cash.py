"""Which cash flows in which quarter if GPUs are bought, leased or rented?

The sheet of cash flows has a section for each way to have GPUs, and a column for each quarter.
"""

from collections.abc import Sequence

from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.templates.parts.figures import PRICE_FORMAT
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


def _cash(key: str, label: str, content: str, opening: str | None = None) -> Row:
    return Row(key, label, "=currency", content, CASH, opening, total="sum")


def _ends(way: str, parts: Sequence[str]) -> tuple[Row, Row]:
    """Return the net and the cumulative cash of a way."""
    net = "=" + "+".join(f"{{{part}}}" for part in parts)
    label = dict(WAYS)
    return (
        Row(f"{way}_net", f"{label[way]}: net cash", "=currency", net, CASH, net, "sum", True),
        Row(
            f"{way}_sum",
            f"{label[way]}: cumulative",
            "=currency",
            f"={{{way}_sum.prev}}+{{{way}_net}}",
            CASH,
            f"={{{way}_net}}",
        ),
    )


SECTIONS = (
    (
        "Time, use and prices",
        (
            Row(
                "share",
                "Part of the quarter in the horizon",
                "ratio",
                "=MAX(0,MIN(1,horizon_years*quarters_per_year-({quarter}-1)))",
                "0%",
            ),
            Row(
                "ended",
                "Years at its end",
                "years",
                "=MIN({quarter}/quarters_per_year,horizon_years)",
                "0.00",
                0,
            ),
            Row(
                "final",
                "The horizon ends in it",
                "1 = yes",
                "=IF(AND({share}>0,{ended}>=horizon_years),1,0)",
                "0",
            ),
            Row(
                "retired",
                "Fleets sold before the last",
                "fleets",
                "=MIN(INT(ROUND({ended}/life_years,decimals)),fleets_bought-1)",
                "0",
                0,
            ),
            Row(
                "used",
                "Used GPU-hours",
                "GPU-hours",
                "=gpus*hours_per_year/quarters_per_year*{share}*utilisation",
                HOURS,
                total="sum",
            ),
            Row(
                "energy",
                "Energy",
                "kWh",
                "={used}*unit_watts/watts_per_kw*pue",
                HOURS,
                0,
                total="sum",
            ),
            Row(
                "index",
                "Index of rents",
                "ratio",
                "=(1-rent_decline)^(({quarter}-1)/quarters_per_year)",
                "0.000",
            ),
            Row(
                "rate",
                "Price on demand",
                '=currency&"/GPU-hour"',
                "=rent_price*{index}",
                PRICE_FORMAT,
            ),
            Row(
                "reserved_rate",
                "Price reserved",
                '=currency&"/GPU-hour"',
                "=rent_price*(1-reserved_discount)*(1-rent_decline)"
                "^(INT(ROUND(({quarter}-1)/quarters_per_year/reserved_term,decimals))"
                "*reserved_term)",
                PRICE_FORMAT,
            ),
            Row(
                "factor",
                "Discount factor at its end",
                "ratio",
                "=1/(1+discount_rate)^({quarter}/quarters_per_year)",
                "0.0000",
                "=1/(1+discount_rate)^({quarter}/quarters_per_year)",
            ),
        ),
    ),
    (
        "Buy",
        (
            _cash(
                "capital", "Purchase", "=-({retired}-{retired.prev})*fleet_price", "=-fleet_price"
            ),
            _cash(
                "sale", "Sale", "=({retired}-{retired.prev})*fleet_resale+{final}*final_sale", "=0"
            ),
            _cash("upkeep", "Upkeep", "=-gpus*upkeep_per_year/quarters_per_year*{share}", "=0"),
            _cash("power", "Power", "=-{energy}*power_price", "=0"),
            *_ends("buy", ("capital", "sale", "upkeep", "power")),
        ),
    ),
    (
        "Lease",
        (
            _cash(
                "deposit",
                "Deposit",
                "={final}*gpus*lease_deposit",
                "=-gpus*lease_deposit",
            ),
            _cash(
                "rates",
                "Rates of the term",
                "=-gpus*lease_rate*lease_payments"
                "*(MIN({ended},lease_term)-MIN({ended.prev},lease_term))",
                "=0",
            ),
            _cash(
                "renewal",
                "Rates after the term",
                "=-gpus*lease_rate*lease_payments*renewal_share"
                "*(MAX({ended},lease_term)-MAX({ended.prev},lease_term))",
                "=0",
            ),
            _cash(
                "exit",
                "Early end",
                "=-{final}*gpus*lease_rate*lease_payments*MAX(0,lease_term-horizon_years)"
                "*lease_exit_share",
                "=0",
            ),
            _cash("lease_upkeep", "Upkeep", "={upkeep}*lease_running_share", "=0"),
            _cash("lease_power", "Power", "={power}*lease_running_share", "=0"),
            *_ends("lease", ("deposit", "rates", "renewal", "exit", "lease_upkeep", "lease_power")),
        ),
    ),
    (
        "Rent on demand",
        (
            _cash("rents", "Rents of the used hours", "=-{used}*{rate}", "=0"),
            *_ends("rent", ("rents",)),
        ),
    ),
    (
        "Rent reserved",
        (
            _cash(
                "commitment",
                "Rents of all hours",
                "=-gpus*hours_per_year/quarters_per_year*{share}*{reserved_rate}",
                "=0",
            ),
            *_ends("reserved", ("commitment",)),
        ),
    ),
    (
        "Buying against renting on demand",
        (
            Row(
                "gap",
                "Cumulative cash: buy less rent",
                "=currency",
                "={buy_sum}-{rent_sum}",
                CASH,
                "={buy_sum}-{rent_sum}",
            ),
            Row(
                "ahead",
                "Buying has cost no more",
                "1 = yes",
                "=IF(AND({share}>0,{gap}>=0),1,0)",
                "0",
            ),
        ),
    ),
    (
        "Memo: the books of buying (no cash)",
        (
            _cash(
                "depreciation",
                "Depreciation, straight line",
                "=-(fleet_price-fleet_resale)/life_years*({ended}-{ended.prev})",
                "=0",
            ),
            Row(
                "book",
                "Book value at its end",
                "=currency",
                "=IF({ended}<horizon_years,fleet_price-(fleet_price-fleet_resale)"
                "*({ended}-{retired}*life_years)/life_years,0)",
                CASH,
                "=fleet_price",
            ),
        ),
    ),
)

CONVENTIONS = (
    "Signs: what is paid is negative, in brackets; what comes in is positive. The first column is "
    "the day of the purchase.",
    "Time: the flows of a quarter, 8,760 / 4 hours, fall at its end and are discounted from there; "
    "a rate r of a year is (1 + r)^(1/4) - 1 of a quarter.",
    "Sales are at the book value, so the books show neither gain nor loss. Depreciation is a memo: "
    "it moves no cash.",
    "All four ways give the same used GPU-hours. On demand only these are paid; bought, leased and "
    "reserved GPUs cost in idle hours as well.",
)


def cash_sheet(book: Book) -> Timeline:
    """Write the cash of the four ways by quarter, and name its rows for formulas."""
    page = Page(
        book,
        "Cash flow",
        (2, 32, 14, 1.5, *(14.5,) * (QUARTERS + 2)),
        "Cash flow",
        "Cash of the four ways by quarter; paid is negative.",
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
    for heading, rows in SECTIONS:
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
        ("power_later", "power"),
        *((f"{way}_later", f"{way}_net") for way, _ in WAYS),
    ):
        book.define(name, sheet, timeline.cell(key, 0), timeline.cell(key, -1))
    for way, _ in WAYS:
        book.alias(f"{way}_opening", sheet, _opening(timeline, f"{way}_net"))
        book.alias(f"{way}_end", sheet, timeline.cell(f"{way}_sum", -1))
    book.define("years_of_quarters", sheet, _opening(timeline, "year"), timeline.cell("year", -1))
    book.alias("last_quarter", sheet, timeline.cell("quarter", -1))
    for key in ("rates", "renewal", "exit", "deposit", "lease_upkeep", "lease_power"):
        book.alias(f"row_{key}", sheet, _opening(timeline, key), timeline.cell(key, -1))
    book.define("energy_used", sheet, timeline.cell("energy", 0), timeline.cell("energy", -1))
