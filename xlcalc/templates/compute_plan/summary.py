"""What does the first sheet show: tiles, the years, the drivers, the choice and the charts?"""

from collections.abc import Mapping, Sequence

from xlcalc.author import charts, styles
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.compute_plan import inputs as given
from xlcalc.templates.compute_plan.cases import CASE_ROW
from xlcalc.templates.compute_plan.months import MONTH
from xlcalc.templates.parts.checks import verdict
from xlcalc.templates.parts.figures import (
    BIG_MONEY,
    CURRENCY_AXIS,
    MONEY_AXIS,
    MONEY_FORMAT,
    PRICE_FORMAT,
)
from xlcalc.templates.parts.summary import tile
from xlcalc.templates.parts.tables import Timeline
from xlcalc.templates.parts.tornado import Tornado, tornado_chart

YEAR_LINES = (
    ("peak_demand", "Highest demand"),
    ("owned", "Owned GPUs at the end"),
    ("fleet_use", "Owned GPUs in demand"),
    ("spare", "Spare GPUs at the end"),
    ("training_hours", "GPU-hours of training"),
    ("tokens", "Tokens served"),
    ("unit_cost", "Cost of a million tokens"),
    ("revenue", "Revenue"),
    ("running", "Operating costs"),
    ("depreciation", "Depreciation"),
    ("ebit", "EBIT"),
    ("capex", "Capital expenditure"),
    ("cash_out", "Cash out"),
    ("net_cash", "Net cash flow"),
    ("cash", "Cash at the end"),
    ("book_value", "Book value at the end"),
)
"""Rows of the sheet Years that the summary shows, and what it calls them."""
CHART_ROWS = 17
"""Rows that a chart of the summary covers."""
VERDICT = (
    '=currency&IF(net_present_value>=0,", the plan earns its capital",", the plan loses value")'
)
IMPAIRED = '=currency&", before an impairment of "&TEXT(value_gap,"#,##0")'
LEFT_OUT = (
    '="Left at 0 on the sheet Inputs: "&IF(staff=0,"people; ","")&IF(data_cost_month=0,"data; ","")'
    '&IF(contingency_share=0,"contingency; ","")&IF(tax_rate=0,"tax; ","")'
    '&IF(interest_rate=0,"interest; ","")&IF(receivable_days+payable_days=0,"days of payment; ","")'
    '&"all else is planned."'
)
"""Which costs a reader may miss."""
SIGNED_MONEY = '#,##0.00,," M"_);(#,##0.00,," M")'


def fill_summary(
    page: Page,
    periods: tuple[Timeline, Timeline, Timeline],
    of_cases: Mapping[str, Timeline],
    tornado: Tornado,
) -> None:
    """Fill the first sheet, when the others are written.

    Parameters
    ----------
    page : Page
        The sheet.
    periods : tuple of Timeline
        The months, quarters and years of the case in use.
    of_cases : dict of str to Timeline
        The months of each case.
    tornado : Tornado
        The drivers of EBIT.
    """
    monthly, quarters, years = periods
    cases = f"Cases!$C${CASE_ROW - 1}:$E${CASE_ROW - 1}"
    entries = f"Cases!$C${CASE_ROW}:$E${CASE_ROW}"
    case = f'=plan_name&" · "&INDEX({cases},MATCH(scenario_case,{entries},0))&" case"'
    page.put(3, 2, case, styles.SECTION, alignment=styles.LEFT)
    page.put(4, 2, LEFT_OUT, styles.NOTE, alignment=styles.LEFT)
    page.row = 5
    months = '=currency&" in 36 months"'
    peak = '="GPUs; "&TEXT(owned_gpus,"#,##0")&" owned at the end"'
    tile(page, (2, 2), "CASH OUT", "=total_cash_out", BIG_MONEY, months)
    tile(page, (3, 4), "HIGHEST DEMAND", "=peak_gpus", "#,##0", peak)
    tile(page, (5, 7), "CAPITAL EXPENDITURE", "=total_capex", BIG_MONEY, months)
    tile(page, (9, 9), "NET PRESENT VALUE", "=net_present_value", SIGNED_MONEY, VERDICT)
    tile(page, (10, 11), "EBIT", "=total_ebit", SIGNED_MONEY, IMPAIRED)
    tile(page, (12, 14), "FUNDING NEEDED", "=funding_need", BIG_MONEY, "=currency")
    _year_table(page, 9, years)
    bottom = page.row
    _driver_table(page, 9)
    page.row = max(page.row, bottom) + 1
    _charts(page, page.row, monthly, quarters)
    _more_charts(page, page.row + 2 * CHART_ROWS, of_cases, tornado)
    page.finish(cursor="B3", last_row=page.row + 3 * CHART_ROWS)
    page.sheet.page_setup.fitToHeight = 1


def _heading(page: Page, left: int, texts: Sequence[str | None]) -> None:
    for column, text in enumerate(texts, start=left):
        words = column < left + 2
        page.put(
            page.row,
            column,
            text,
            styles.HEADING,
            fill=styles.HEADING_FILL,
            alignment=styles.LEFT if words else styles.RIGHT,
            number_format=None if words else styles.padded("General"),
        )
    page.sheet.row_dimensions[page.row].height = 15.5
    page.row += 1


def _year_table(page: Page, top: int, years: Timeline) -> None:
    """Show the years side by side, and the plan."""
    page.row = top
    letters = [years.cell("n", year).column_letter for year in range(years.periods)]
    row = years.cell("fiscal_year", 0).row
    _heading(
        page, 2, ("By year", None, *(f"=Years!{letter}{row}" for letter in letters), "36 months")
    )
    for key, label in YEAR_LINES:
        line = years.rows[key]
        place = years.cell(key, 0).row
        bold = styles.BOLD if key in {"ebit", "net_cash"} else styles.TEXT
        border = styles.HAIRLINE
        page.put(page.row, 2, label, bold, border=border, alignment=styles.LEFT)
        page.put(page.row, 3, line.unit, border=border, alignment=styles.LEFT)
        for column, letter in enumerate((*letters, "E"), start=4):
            page.put(
                page.row,
                column,
                f"=Years!{letter}{place}",
                number_format=page.book.texts.headline_format(styles.padded(line.number_format)),
                alignment=styles.RIGHT,
                border=border,
            )
        page.sheet.row_dimensions[page.row].height = 15.5
        page.row += 1


def _driver_table(page: Page, top: int) -> None:
    """Show the inputs of the case in use beside the other cases, and whether all checks hold."""
    page.row = top
    _heading(page, 9, ("Drivers of the case", None, "In use", "Base", "Upside", "Downside"))
    for place, driver in enumerate(given.DRIVERS, start=CASE_ROW + 1):
        page.put(page.row, 9, driver.label, border=styles.HAIRLINE, alignment=styles.LEFT)
        unit = driver.unit or driver.measure.unit
        page.put(page.row, 10, unit, border=styles.HAIRLINE, alignment=styles.LEFT)
        for column, letter in enumerate("FCDE", start=11):
            page.put(
                page.row,
                column,
                f"=Cases!{letter}{place}",
                number_format=styles.padded(driver.measure.number_format),
                alignment=styles.RIGHT,
                border=styles.HAIRLINE,
            )
        page.row += 1
    page.row += 1
    _heading(page, 9, ("Owning against renting", None, None, None, None, None))
    _figures(
        page,
        (
            ("Owned, every hour used", "=own_gpu_hour", PRICE_FORMAT, '=currency&"/GPU-hour"'),
            (
                "Owned, as used, with interest",
                "=own_used_hour",
                PRICE_FORMAT,
                '=currency&"/GPU-hour"',
            ),
            ("Rented on demand", "=rent_gpu_hour", PRICE_FORMAT, '=currency&"/GPU-hour"'),
            ("Owning pays after", "=break_even_hours", "#,##0_)", "GPU-hours"),
        ),
    )
    page.row += 1
    cases = ("base", "upside", "downside")
    _heading(page, 9, ("Results of the cases", None, "In use", "Base", "Upside", "Downside"))
    for label, name in (
        ("EBIT", "total_ebit"),
        ("Book over market value", "value_gap"),
        ("NPV before terminal value", "npv_without_terminal"),
        ("Terminal value, discounted", "present_terminal"),
        ("Net present value", "net_present_value"),
    ):
        words = (name, *(f"{name}_{case}" for case in cases))
        _figures(page, ((label, *(f"={word}" for word in words), MONEY_FORMAT, "=currency"),))
    verdict(page, left=9)


def _figures(page: Page, lines: Sequence[tuple[str, ...]]) -> None:
    """Write lines: label, formulas from the left on, number format and unit."""
    for label, *formulas, shown, unit in lines:
        page.put(page.row, 9, label, border=styles.HAIRLINE, alignment=styles.LEFT)
        page.put(page.row, 10, unit, border=styles.HAIRLINE, alignment=styles.LEFT)
        for column in range(11, 15):
            place = column - 11
            page.put(
                page.row,
                column,
                formulas[place] if place < len(formulas) else None,
                number_format=page.book.texts.headline_format(shown),
                alignment=styles.RIGHT,
                border=styles.HAIRLINE,
            )
        page.sheet.row_dimensions[page.row].height = 15.5
        page.row += 1


def _charts(page: Page, top: int, monthly: Timeline, quarters: Timeline) -> None:
    dates = monthly.values("date")
    left, right = (
        [f"{a}{row}:{b}{row + CHART_ROWS - 2}" for row in (top, top + CHART_ROWS)]
        for a, b in ("BG", "IN")
    )
    charts.columns(
        page,
        left[0],
        Look("GPUs: demand against supply, by month", y_title="GPUs", x_format=MONTH, x_every=3),
        dates,
        (
            Curve("Training", monthly.values("training")),
            Curve("Inference", monthly.values("inference")),
        ),
        stacked=True,
        over=(
            Curve("Owned + rented", monthly.values("supply")),
            Curve("Owned", monthly.values("owned")),
        ),
    )
    kinds = (
        *("reserved_cost", "on_demand_cost", "storage_cost", "unmet_cost", "power_cost"),
        *("colocation_cost", "maintenance_cost", "staff_cost"),
    )
    charts.columns(
        page,
        right[0],
        Look("Costs by kind, by quarter", y_title=CURRENCY_AXIS, y_format=MONEY_AXIS),
        quarters.values("fiscal_quarter"),
        tuple(
            Curve(quarters.rows[key].label, quarters.values(key))
            for key in (*kinds, "depreciation")
        ),
        stacked=True,
    )
    charts.columns(
        page,
        left[1],
        Look(
            "Cash out and revenue, by month",
            y_title=CURRENCY_AXIS,
            x_format=MONTH,
            y_format=MONEY_AXIS,
            x_every=3,
        ),
        dates,
        (
            Curve("Operating costs", monthly.values("running")),
            Curve("Capital expenditure", monthly.values("capex")),
        ),
        stacked=True,
        over=(Curve("Revenue", monthly.values("revenue")),),
    )
    charts.lines(
        page,
        right[1],
        Look(
            "Cumulative cash and book value",
            y_title=CURRENCY_AXIS,
            x_format=MONTH,
            y_format=MONEY_AXIS,
            y_from_zero=False,
            x_every=3,
        ),
        dates,
        (
            Curve("Cash, cumulative", monthly.values("cash")),
            Curve("Book value", monthly.values("book_value")),
        ),
    )


def _more_charts(page: Page, top: int, of_cases: Mapping[str, Timeline], tornado: Tornado) -> None:
    """Draw what each driver changes of EBIT, and the cash of the three cases."""
    bottom = top + CHART_ROWS - 2
    title = "Change of EBIT by driver, the strongest first"
    tornado_chart(page, f"B{top}:G{bottom}", tornado, title, y_format=MONEY_AXIS, top=6)
    charts.lines(
        page,
        f"I{top}:N{bottom}",
        Look(
            "Cumulative cash of the three cases",
            y_title=CURRENCY_AXIS,
            x_format=MONTH,
            y_format=MONEY_AXIS,
            y_from_zero=False,
            x_every=3,
        ),
        of_cases["base"].values("date"),
        tuple(
            Curve(label, of_cases[case].values("cash"))
            for case, label in (("base", "Base"), ("upside", "Upside"), ("downside", "Downside"))
        ),
    )
