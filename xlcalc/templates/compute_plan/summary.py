"""What does the first sheet show: tiles, the years, the drivers, the choice and the charts?"""

from collections.abc import Sequence

from openpyxl.cell.cell import Cell

from xlcalc.author import charts, styles
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.compute_plan import inputs as given
from xlcalc.templates.compute_plan.months import MONTH
from xlcalc.templates.parts.checks import verdict
from xlcalc.templates.parts.figures import (
    BIG_MONEY,
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
VERDICT = (
    '=currency&IF(net_present_value>=0,", the plan earns its capital",", the plan loses value")'
)
CASE = '=plan_name&" · "&INDEX(case_labels,MATCH(scenario_case,case_names,0))&" case"'
BREAK_EVEN = (
    '="EBIT is 0 at a revenue of "&TEXT(break_even_price,"#,##0.00")&" "&currency&" for a million '
    'tokens in the first month; planned are "&TEXT(revenue_per_mtokens,"#,##0.00")&". A million '
    'tokens cost "&TEXT(cost_per_mtokens_served,"#,##0.00")&", spare GPUs and training left out."'
)
IMPAIRED = '=currency&"; book over market "&TEXT(value_gap,"#,##0")'
CHART_ROWS = 14
"""Rows below both tables that charts cover."""
LEFT_OUT = (
    '="Left at 0 on the sheet Inputs: "&IF(staff=0,"people; ","")&IF(data_cost_month=0,"data; ","")'
    '&IF(contingency_share=0,"contingency; ","")&IF(tax_rate=0,"tax; ","")'
    '&IF(interest_rate=0,"interest; ","")&IF(receivable_days+payable_days=0,"days of payment; ","")'
    '&"all else is planned."'
)
"""Which costs a reader may miss."""
SIGNED_MONEY = '#,##0.00,," M"_);(#,##0.00,," M")'


def fill_summary(page: Page, monthly: Timeline, years: Timeline, tornado: Tornado) -> None:
    """Fill the first sheet, a page, when the others are written.

    Parameters
    ----------
    page : Page
        The sheet.
    monthly, years : Timeline
        The months and years of the case in use.
    tornado : Tornado
        The drivers of EBIT.
    """
    page.put(3, 2, CASE, styles.SECTION, alignment=styles.LEFT)
    page.put(4, 2, BREAK_EVEN, styles.BOLD, alignment=styles.LEFT)
    page.put(5, 2, LEFT_OUT, styles.NOTE, alignment=styles.LEFT)
    page.row = 6
    months = '=currency&" in 36 months"'
    peak = '="GPUs; "&TEXT(owned_gpus,"#,##0")&" owned at the end"'
    tile(page, (2, 2), "CASH OUT", "=total_cash_out", BIG_MONEY, months)
    tile(page, (3, 4), "HIGHEST DEMAND", "=peak_gpus", "#,##0", peak)
    tile(page, (5, 7), "CAPITAL EXPENDITURE", "=total_capex", BIG_MONEY, months)
    tile(page, (9, 9), "EBIT", "=total_ebit", SIGNED_MONEY, IMPAIRED)
    tile(page, (10, 11), "NET PRESENT VALUE", "=net_present_value", SIGNED_MONEY, VERDICT)
    tile(page, (12, 14), "FUNDING NEEDED", "=funding_need", BIG_MONEY, "=currency")
    page.row = top = page.row + 4
    _year_table(page, years)
    page.row += 1
    _owning_table(page)
    left, page.row = page.row + 1, top
    _case_tables(page)
    right, page.row = page.row + 1, max(page.row, left - 1) + 1
    _, last = page.room(CHART_ROWS)
    _gpu_chart(page, f"B{left}:G{last}", monthly)
    title = "Change of EBIT by driver, the strongest first"
    tornado_chart(page, f"I{right}:N{last}", tornado, title, y_format=MONEY_AXIS, top=6)
    page.finish(cursor="B3", last_row=page.row)
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


def _year_table(page: Page, years: Timeline) -> None:
    """Show the years side by side, and the plan."""
    places = [years.cell("fiscal_year", year) for year in range(years.periods)]
    _heading(page, 2, ("By year", None, *map(_shown, places), "36 months"))
    for key, label in YEAR_LINES:
        line = years.rows[key]
        cells = *(years.cell(key, year) for year in range(years.periods)), years.total(key)
        formulas, bold = [_shown(cell) for cell in cells], key in {"ebit", "net_cash"}
        _line(page, 2, (label, line.unit), formulas, line.number_format, bold=bold)


def _shown(cell: Cell) -> str:
    """Return the formula that shows a cell of another sheet."""
    return f"={cell.parent.title}!{cell.coordinate}"


def _owning_table(page: Page) -> None:
    """Show what a GPU-hour costs that is owned, and one that is rented."""
    hour = '=currency&"/GPU-hour"'
    _heading(page, 2, ("Owning against renting", *(None,) * 5))
    for label, formula, shown, unit in (
        ("Owned, every hour used", "=own_gpu_hour", PRICE_FORMAT, hour),
        ("Owned, as used, with interest", "=own_used_hour", PRICE_FORMAT, hour),
        ("Rented on demand", "=rent_gpu_hour", PRICE_FORMAT, hour),
        ("Owning pays after", "=break_even_hours", "#,##0", "GPU-hours"),
    ):
        _line(page, 2, (label, unit), (formula, None, None, None), shown)


def _case_tables(page: Page) -> None:
    """Show the drivers of the cases and what these come to, and whether all checks hold."""
    cases = (None, "In use", "Base", "Upside", "Downside")
    _heading(page, 9, ("Drivers of the case", *cases))
    for driver in given.DRIVERS:
        unit, shown = driver.unit or driver.measure.unit, driver.measure.number_format
        _line(page, 9, (driver.label, unit), _of_cases(driver.name), shown)
    page.row += 1
    _heading(page, 9, ("Results of the cases", *cases))
    for label, name in (
        ("EBIT", "total_ebit"),
        ("Book over market value", "value_gap"),
        ("NPV before terminal value", "npv_without_terminal"),
        ("Terminal value, discounted", "present_terminal"),
        ("Net present value", "net_present_value"),
    ):
        _line(page, 9, (label, "=currency"), _of_cases(name), MONEY_FORMAT)
    per_million = '=currency&"/M tokens"'
    _line(page, 9, ("EBIT is 0 at", per_million), _of_cases("break_even_price"), PRICE_FORMAT)
    verdict(page, left=9)


def _of_cases(name: str) -> list[str]:
    """Return the formulas that show a figure of the case in use and of each case."""
    return [f"={name}", *(f"={name}_{case}" for case in given.CASES)]


def _line(
    page: Page,
    left: int,
    words: tuple[str, str],
    formulas: Sequence[str | None],
    shown: str,
    *,
    bold: bool = False,
) -> None:
    """Write a line: label and unit, and figures in one number format."""
    page.put(
        page.row,
        left,
        words[0],
        styles.BOLD if bold else styles.TEXT,
        border=styles.HAIRLINE,
        alignment=styles.LEFT,
    )
    page.put(page.row, left + 1, words[1], border=styles.HAIRLINE, alignment=styles.LEFT)
    for column, formula in enumerate(formulas, start=left + 2):
        page.put(
            page.row,
            column,
            formula,
            number_format=page.book.texts.headline_format(styles.padded(shown)),
            alignment=styles.RIGHT,
            border=styles.HAIRLINE,
        )
    page.sheet.row_dimensions[page.row].height = 15.5
    page.row += 1


def _gpu_chart(page: Page, place: str, monthly: Timeline) -> None:
    charts.columns(
        page,
        place,
        Look("GPUs: demand against supply, by month", y_title="GPUs", x_format=MONTH, x_every=3),
        monthly.values("date"),
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
