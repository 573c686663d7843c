"""Compute plan of 36 months: training, traffic, own and rented GPUs, costs, cash, three cases.

The months are the model; quarters, years, summary and checks read them.
"""

from dataclasses import replace

from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill

from xlcalc.author import styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.layout import Page
from xlcalc.templates.compute_plan import inputs as given
from xlcalc.templates.compute_plan.actuals import actuals_page
from xlcalc.templates.compute_plan.cases import case_pages, cases_page, comparison_page
from xlcalc.templates.compute_plan.curves import COLUMNS, charts_page
from xlcalc.templates.compute_plan.inputs import MONTHS
from xlcalc.templates.compute_plan.months import HEADING, MONTH
from xlcalc.templates.compute_plan.runs import runs_charts, runs_page
from xlcalc.templates.compute_plan.sensitivity import sensitivity_pages
from xlcalc.templates.compute_plan.summary import fill_summary
from xlcalc.templates.compute_plan.supply import supply_chart, supply_page
from xlcalc.templates.parts.assumptions import assumptions_page
from xlcalc.templates.parts.catalogues import catalogue_page
from xlcalc.templates.parts.checks import checks_page
from xlcalc.templates.parts.figures import figures_page
from xlcalc.templates.parts.front import cover_page, finish_cover, sources_page
from xlcalc.templates.parts.lines import period_rows, read_model
from xlcalc.templates.parts.market import prices_page
from xlcalc.templates.parts.money import inputs_page
from xlcalc.templates.parts.tables import Row, Timeline

PURPOSE = (
    "What training and inference take and cost over 36 months, and who supplies the GPUs.",
    "How many GPUs do the training runs and the traffic need, month by month?",
    "What do the owned GPUs cover, what is rented, what stays unused, and what cannot be met?",
    "What goes through the books: capital, depreciation, operating costs, revenue, EBIT?",
    "How much cash leaves the company, when, and how much funding does the plan need?",
    "What if the plan goes better or worse than expected: base, upside and downside side by side?",
)
TABS = (
    *("Cover", "Summary", "Charts", "Inputs", "Cases", "Runs", "Supply", "Calculation"),
    *("Monthly", "Quarters", "Years", "Comparison", "Sensitivity", "Base", "Upside", "Downside"),
    *("Other demand", "Other runs", "Actuals", "Checks"),
    *("Catalogue", "Prices", "Assumptions", "Sources"),
)
PLAN_OF_A_MONTH = {
    "gpu_hours": "INDEX(monthly_owned_hours,{n})+INDEX(monthly_reserved_hours,{n})"
    "+INDEX(monthly_on_demand_hours,{n})",
    "cost": "INDEX(monthly_cost,{n})",
    "training_cost": "INDEX(monthly_training_cost,{n})",
    "inference_cost": "INDEX(monthly_inference_cost,{n})",
    "rental_cost": "INDEX(monthly_reserved_cost,{n})+INDEX(monthly_on_demand_cost,{n})"
    "+INDEX(monthly_storage_cost,{n})",
    "power_cost": "INDEX(monthly_power_cost,{n})",
    "depreciation": "INDEX(monthly_depreciation,{n})",
    "staff_cost": "INDEX(monthly_staff_cost,{n})",
    "revenue": "INDEX(monthly_revenue,{n})",
}
"""The plan's figure of a month for each row of the sheet Actuals."""
GANTT = PatternFill("solid", bgColor="FFD5ECEF", fgColor="FFD5ECEF")


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    model = read_model("compute_plan")
    book = Book("Compute plan", "xlcalc template new compute_plan", texts)
    cover = cover_page(book, PURPOSE)
    summary = Page(
        book,
        "Summary",
        COLUMNS,
        "Compute plan",
        "36 months of training and inference: GPUs, costs and cash. Change the sheets Inputs, "
        "Cases, Runs and Supply; this sheet follows.",
    )
    inputs_page(
        book,
        "Blue on yellow may be changed. Cases, runs and purchases have sheets of their own.",
        model.groups["inputs"],
    )
    cases_page(book)
    runs = runs_page(book)
    supply = supply_page(book)
    monthly = _monthly(book)
    runs_charts(runs, monthly)
    supply_chart(supply, monthly)
    cases = case_pages(book)
    quarters = _periods(book, monthly, "Quarters", "quarter", 12)
    years = _periods(book, monthly, "Years", "year", 3)
    actuals_page(book, PLAN_OF_A_MONTH)
    comparison_page(book)
    tornado = sensitivity_pages(book)
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells: what a request and a GPU-hour take, and the totals of "
        "the 36 months.",
        model.groups["results"],
        editable=False,
    )
    checks_page(book, model.checks)
    catalogue_page(book)
    prices_page(book)
    assumptions_page(book)
    sources_page(book, model.sources)
    charts_page(book, monthly, quarters, cases)
    fill_summary(summary, monthly, years, tornado)
    book.order(TABS)
    finish_cover(cover)
    return book


def _monthly(book: Book) -> Timeline:
    page = Page(
        book,
        "Monthly",
        (2, 33, 17, 36, 13.5, *(13.5,) * MONTHS),
        "Month by month",
        "One formula a row, the same in every month.",
    )
    timeline = Timeline(page, MONTHS)
    timeline.heading(HEADING)
    head = page.row - 1
    first = page.row
    for heading, rows in period_rows("compute_plan", "monthly.csv"):
        timeline.section(heading, rows)
    for key in timeline.rows:
        timeline.alias(key, f"monthly_{key}")
    for key in ("capex", "owned_hours"):  # what rows of FOCUS have beside the sheet Actuals
        book.define(f"monthly_{key}", page.sheet, timeline.cell(key, 0), timeline.cell(key, -1))
    runs = [timeline.cell(f"run{number}", 0) for number in (1, len(given.RUNS))]
    last = timeline.cell("n", -1).column_letter
    page.sheet.conditional_formatting.add(
        f"{runs[0].coordinate}:{last}{runs[1].row}",
        CellIsRule(operator="greaterThan", formula=["0"], fill=GANTT),
    )
    unmet = timeline.cell("unmet", 0)
    page.sheet.conditional_formatting.add(
        f"{unmet.coordinate}:{last}{unmet.row}",
        CellIsRule(operator="greaterThan", formula=["0"], fill=styles.BAD_FILL),
    )
    page.finish(freeze=f"F{first}", cursor=f"F{first}")
    page.sheet.print_title_rows = f"1:{head}"
    timeline.print_by(12)
    timeline.break_above("Capital and book value")
    return timeline


def _periods(book: Book, monthly: Timeline, tab: str, key: str, count: int) -> Timeline:
    """Write a sheet that gathers the months into quarters or years, and their total."""
    title = {"quarter": "Quarter by quarter", "year": "Year by year"}[key]
    subtitle = "How a row is gathered from the months stands beside it."
    width = 13.5 if key == "quarter" else 15
    page = Page(book, tab, (2, 33, 17, 20, 15, *(width,) * count), title, subtitle)
    timeline = Timeline(page, count)
    step = f"months_per_{key}"
    labels = ("fiscal_year", "fiscal_quarter") if key == "quarter" else ("fiscal_year",)
    timeline.heading(
        (
            *(
                Row(
                    label,
                    monthly.rows[label].label,
                    "",
                    f"=INDEX(monthly_{label},{{n}}*{step})",
                    "General",
                )
                for label in labels
            ),
            Row("until", "Last month", "", f"=INDEX(monthly_date,{{n}}*{step})", MONTH),
            Row(
                "n",
                monthly.rows[key].label,
                "",
                "={n.prev}+1",
                '0;-0;"36 months"',
                opening=0,
                note="How it is gathered",
            ),
        )
    )
    head, first = page.row - 1, page.row
    for heading, rows in period_rows("compute_plan", "monthly.csv"):
        gathered = [_gathered(row, key, step) for row in rows if row.total]
        timeline.section(heading, gathered)
    stem = {"quarter": "quarterly", "year": "yearly"}[key]
    for name in timeline.rows:
        timeline.alias(name, f"{stem}_{name}")
    page.finish(freeze=f"F{first}", cursor=f"F{first}")
    page.sheet.print_title_rows = f"1:{head}"
    if key == "year":
        page.sheet.page_setup.orientation = "portrait"
        page.sheet.page_setup.fitToHeight = 1
    else:
        timeline.break_above("Capital and book value")
    return timeline


def _gathered(row: Row, key: str, step: str) -> Row:
    """Return the row of quarters or years for a row of months."""
    cells, groups = f"monthly_{row.key}", f"monthly_{key}"
    content, total, note = {
        "sum": (f"=SUMIFS({cells},{groups},{{n}})", f"=SUM({{{row.key}.all}})", "Sum"),
        "last": (f"=INDEX({cells},{{n}}*{step})", f"={{{row.key}.last}}", "At the end"),
        "max": (
            f"=SUMPRODUCT(MAX(({groups}={{n}})*{cells}))",
            f"=MAX({{{row.key}.all}})",
            "Highest month",
        ),
    }.get(row.total, (row.total, row.total, row.note))
    return replace(row, content=content, opening=total, note=note)
