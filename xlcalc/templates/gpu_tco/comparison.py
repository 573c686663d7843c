"""How do the four ways to have GPUs compare, by year and by hour?"""

from dataclasses import dataclass

from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.gpu_tco.cash import CASH, QUARTERS, WAYS
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.figures import (
    CURRENCY_AXIS,
    MONEY_AXIS,
)
from xlcalc.templates.parts.tables import Column, Table

YEARS = QUARTERS // 4


@dataclass(frozen=True)
class Comparison:
    """The tables of the sheet Comparison."""

    years: Table
    parts: Table


def comparison_sheet(book: Book) -> Comparison:
    """Write the ways side by side: net cash by year, and what a used hour consists of."""
    page = Page(
        book,
        "Comparison",
        (2, 26, *(17,) * 8),
        "Comparison",
        "The four choices side by side, by year and by hour.",
    )
    page.section('="What a used GPU-hour costs, in "&currency')
    labels = [f'="{label}"' for _, label in WAYS]
    parts = Table(
        page,
        columns(
            "gpu_tco",
            "hour",
            way=labels,
            capital=[
                "=-(SUM(capital_flows)+SUM(sale_flows))/used_hours",
                "=-(SUM(row_deposit)+SUM(row_rates)+SUM(row_renewal)+SUM(row_exit))/used_hours",
                "=-(SUM(row_rents)+SUM(row_rent_storage))/used_hours",
                "=-(SUM(row_commitment)+SUM(row_reserved_storage))/used_hours",
            ],
            upkeep=[
                "=-(SUM(row_upkeep)+SUM(power_flows)+SUM(row_idle))/used_hours-power_hour",
                "=-(SUM(row_lease_upkeep)+SUM(row_lease_power))/used_hours"
                "-power_hour*lease_running_share",
                "=0",
                "=0",
            ],
            power=["=power_hour", "=power_hour*lease_running_share", "=0", "=0"],
            tax=[f"=-SUM(row_{way}_tax)/used_hours" for way, _ in WAYS],
            average=_each("average"),
            levelised=_each("levelised"),
        ),
        len(WAYS),
    )
    book.define("parts_of_hours", page.sheet, parts.cell("capital", 0), parts.cell("tax", -1))
    page.put(
        page.row,
        2,
        "The first four add up to the cost that is not discounted; the levelised cost bears "
        "interest.",
        styles.NOTE,
    )
    page.row += 2
    page.section('="The fleet over the horizon, in "&currency')
    Table(
        page,
        columns(
            "gpu_tco",
            "present values",
            way=labels,
            total=_each("total"),
            npv=_each("npv"),
            excel=_each("excel_npv"),
        ),
        len(WAYS),
    )
    page.put(
        page.row,
        2,
        "The last column is the net present value that buying saves over each choice, or loses, "
        "in brackets.",
        styles.NOTE,
    )
    page.row += 2
    page.section('="Net cash by year, in "&currency')
    years = Table(
        page,
        (
            Column("year", "Year", list(range(YEARS + 1)), '"Year "0;;"Opening"', literal=True),
            *(
                Column(way, label, f"=SUMIFS({way}_flows,years_of_quarters,{{year}})", CASH)
                for way, label in WAYS
            ),
        ),
        YEARS + 1,
    )
    book.define("cash_by_year", page.sheet, years.cell("buy", 0), years.cell("reserved", -1))
    page.put(page.row, 2, "Total", styles.BOLD, border=styles.TOTAL, alignment=styles.RIGHT)
    for column, (way, _) in enumerate(WAYS, start=3):
        cells = f"{years.cell(way, 0).coordinate}:{years.cell(way, -1).coordinate}"
        page.put(
            page.row,
            column,
            f"=SUM({cells})",
            styles.BOLD,
            number_format=CASH,
            alignment=styles.RIGHT,
            border=styles.TOTAL,
        )
    page.row += 2
    charts.columns(
        page,
        f"B{page.row}:I{page.row + 15}",
        Look(
            "Net cash by year",
            y_title=CURRENCY_AXIS,
            y_format=MONEY_AXIS,
            x_format='"Year "0;;"Opening"',
            y_from_zero=False,
        ),
        years.values("year"),
        [Curve(label, years.values(way)) for way, label in WAYS],
    ).x_axis.tickLblPos = "low"
    page.row += 17
    charts.columns(
        page,
        f"B{page.row}:I{page.row + 15}",
        Look(
            "What a used GPU-hour consists of, not discounted",
            y_title=CURRENCY_AXIS,
            y_format="#,##0.00",
        ),
        parts.values("way"),
        [
            Curve("Capital, lease or rental", parts.values("capital")),
            Curve("Upkeep", parts.values("upkeep")),
            Curve("Power", parts.values("power")),
            Curve("Tax", parts.values("tax")),
        ],
        stacked=True,
    )
    page.finish(cursor="B5", last_row=page.row + 16)
    page.sheet.page_setup.fitToHeight = 1
    return Comparison(years, parts)


def _each(prefix: str) -> list[str]:
    return [f"={prefix}_{way}" for way, _ in WAYS]
