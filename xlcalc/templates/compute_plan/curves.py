"""How do costs, cash and book value run over the months? Four charts on a sheet, a page."""

from collections.abc import Mapping

from xlcalc.author import charts
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.compute_plan.inputs import CASES
from xlcalc.templates.compute_plan.months import MONTH
from xlcalc.templates.parts.figures import CURRENCY_AXIS, MONEY_AXIS
from xlcalc.templates.parts.tables import Timeline

COLUMNS = (2, 30, 14.5, *(13.2,) * 4, 1, 30, 14.5, *(13.2,) * 4)
"""Widths of the columns of the summary and of this sheet."""


def _places(page: Page) -> tuple[str, str]:
    """Reserve the rows of two charts side by side, and return their places."""
    first, last = page.room(15)
    page.row += 1
    return f"B{first}:G{last}", f"I{first}:N{last}"


def charts_page(
    book: Book, monthly: Timeline, quarters: Timeline, of_cases: Mapping[str, Timeline]
) -> None:
    """Write the sheet Charts: what costs, cash and book value are month by month."""
    page = Page(
        book, "Charts", COLUMNS, "Charts", "Costs and cash of the case in use, and of each case."
    )
    page.row = 4
    dates = monthly.values("date")
    left, right = _places(page)
    kinds = (
        *("reserved_cost", "on_demand_cost", "storage_cost", "unmet_cost", "power_cost"),
        *("colocation_cost", "maintenance_cost", "staff_cost"),
    )
    charts.columns(
        page,
        left,
        Look("Costs by kind, by quarter", y_title=CURRENCY_AXIS, y_format=MONEY_AXIS),
        quarters.values("fiscal_quarter"),
        [Curve(quarters.rows[key].label, quarters.values(key)) for key in (*kinds, "depreciation")],
        stacked=True,
    )
    charts.columns(
        page,
        right,
        _by_month("Cash out and revenue, by month"),
        dates,
        (
            Curve("Operating costs", monthly.values("running")),
            Curve("Capital expenditure", monthly.values("capex")),
        ),
        stacked=True,
        over=(Curve("Revenue", monthly.values("revenue")),),
    )
    left, right = _places(page)
    charts.lines(
        page,
        left,
        _by_month("Cumulative cash and book value", y_from_zero=False),
        dates,
        (
            Curve("Cash, cumulative", monthly.values("cash")),
            Curve("Book value", monthly.values("book_value")),
        ),
    )
    charts.lines(
        page,
        right,
        _by_month("Cumulative cash of the three cases", y_from_zero=False),
        dates,
        [Curve(case.capitalize(), of_cases[case].values("cash")) for case in CASES],
    )
    page.finish(cursor="B3", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1


def _by_month(title: str, *, y_from_zero: bool = True) -> Look:
    return Look(
        title,
        y_title=CURRENCY_AXIS,
        x_format=MONTH,
        y_format=MONEY_AXIS,
        y_from_zero=y_from_zero,
        x_every=3,
    )
