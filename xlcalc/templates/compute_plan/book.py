"""Compute plan of 36 months: training, traffic, own and rented GPUs, costs, cash, three cases.

The months are the model; quarters, years, summary and checks read them.
"""

from collections.abc import Sequence
from dataclasses import replace

from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import PatternFill

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page, validate_number
from xlcalc.templates.compute_plan import inputs as given
from xlcalc.templates.compute_plan.actuals import actuals_page
from xlcalc.templates.compute_plan.inputs import CASES, COUNT, LENGTH, MONTHS, PLAN_MONTH, SWITCH
from xlcalc.templates.compute_plan.months import HEADING, MONTH
from xlcalc.templates.parts.catalogues import catalogue_page
from xlcalc.templates.parts.checks import checks_page, verdict
from xlcalc.templates.parts.figures import MONEY_FORMAT, PRICE_FORMAT, figures_page
from xlcalc.templates.parts.front import BIG_MONEY, cover_page, finish_cover, sources_page, tile
from xlcalc.templates.parts.lines import period_rows, read_model
from xlcalc.templates.parts.money import inputs_page
from xlcalc.templates.parts.tables import Column, Row, Table, Timeline

PURPOSE = (
    "What training and inference take and cost over 36 months, and who supplies the GPUs.",
    "How many GPUs do the training runs and the traffic need, month by month?",
    "What do the owned GPUs cover, what is rented, what stays unused, and what cannot be met?",
    "What goes through the books: capital, depreciation, running costs, revenue, EBIT?",
    "How much cash leaves the company, when, and how much funding does the plan need?",
    "What if the plan goes better or worse than expected: base, upside and downside?",
)
TABS = (
    *("Cover", "Summary", "Inputs", "Cases", "Runs", "Supply", "Calculation", "Monthly"),
    *("Quarters", "Years", "Actuals", "Checks", "Catalogue", "Sources"),
)
YEAR_LINES = (
    ("peak_demand", "Highest demand"),
    ("owned", "Owned GPUs at the end"),
    ("fleet_use", "Utilisation of owned GPUs"),
    ("training_hours", "GPU-hours of training"),
    ("tokens", "Tokens served"),
    ("unit_cost", "Cost of a million tokens served"),
    ("revenue", "Revenue"),
    ("running", "Running costs"),
    ("depreciation", "Depreciation"),
    ("ebit", "EBIT"),
    ("capex", "Capital expenditure"),
    ("cash_out", "Cash out"),
    ("net_cash", "Net cash flow"),
    ("cash", "Cash at the end"),
    ("book_value", "Book value at the end"),
)
"""Rows of the sheet Years that the summary shows, and what it calls them."""
PLAN_OF_A_MONTH = {
    "gpu_hours": "INDEX(monthly_owned_hours,{n})+INDEX(monthly_reserved_hours,{n})"
    "+INDEX(monthly_on_demand_hours,{n})",
    "cost": "INDEX(monthly_running,{n})+INDEX(monthly_depreciation,{n})",
    "training_cost": "INDEX(monthly_training_cost,{n})",
    "inference_cost": "INDEX(monthly_inference_cost,{n})",
    "rental_cost": "INDEX(monthly_reserved_cost,{n})+INDEX(monthly_on_demand_cost,{n})"
    "+INDEX(monthly_storage_cost,{n})",
    "power_cost": "INDEX(monthly_power_cost,{n})",
    "depreciation": "INDEX(monthly_depreciation,{n})",
    "staff_cost": "INDEX(monthly_upkeep_cost,{n})",
    "revenue": "INDEX(monthly_revenue,{n})",
}
"""The plan's figure of a month for each row of the sheet Actuals."""
IN_THOUSANDS = "#,##0,_);(#,##0,)"
CHART_ROWS = 17
"""Rows that a chart of the summary covers."""
TABLE_CHART_ROWS = 18
"""Rows that a chart below a table covers."""
ZERO_AS_DASH = '#,##0;-#,##0;"–"'
SHARE_OR_NOT = '0.0%;-0.0%;"–"'
FLOP_OR_NOT = '0.00E+00;-0.00E+00;"–"'
MONEY_OR_NOT = '#,##0_);(#,##0);"–"_)'
PRICE_OR_NOT = '#,##0.00_);(#,##0.00);"–"_)'
MONTH_OR_NOT = 'mmm yy;;"–"'
SIGNED_MONEY = '#,##0.00,," M"_);(#,##0.00,," M")'
CASE_ROW = 5
"""Row of the sheet Cases that holds the names of the cases."""
GANTT = PatternFill("solid", bgColor="FFD5ECEF", fgColor="FFD5ECEF")


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    model = read_model("compute_plan")
    book = Book("Compute plan", "xlcalc template new compute_plan", texts)
    cover = cover_page(book, PURPOSE)
    summary = Page(
        book,
        "Summary",
        (2, 33, 18, *(13.5,) * 4, 3, 33, 18, *(13.5,) * 4),
        "Compute plan",
        "36 months of training and inference: GPUs, costs and cash. Change the sheets Inputs, "
        "Cases, Runs and Supply; this sheet follows.",
    )
    inputs_page(
        book,
        "Blue on yellow may be changed. What differs from case to case is on the sheet Cases, "
        "training runs on Runs, purchases and contracts on Supply.",
        model.groups["inputs"],
        model.lines("amounts"),
    )
    _cases(book)
    runs = _runs(book)
    supply = _supply(book)
    monthly = _monthly(book)
    _runs_charts(runs, monthly)
    _supply_chart(supply, monthly)
    quarters = _periods(book, monthly, "Quarters", "quarter", 12)
    years = _periods(book, monthly, "Years", "year", 3)
    actuals_page(book, PLAN_OF_A_MONTH)
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
    sources_page(book, given.RUN_SOURCE, model.sources)
    _summary(summary, monthly, quarters, years)
    book.order(TABS)
    finish_cover(cover)
    return book


def _cases(book: Book) -> None:
    """Write the inputs that differ between cases, and the column that every formula reads."""
    page = Page(
        book,
        "Cases",
        (2, 32, *(13,) * 4, 13, 18, 66),
        "Cases",
        "What differs from case to case. The column In use follows the switch scenario_case on the "
        "sheet Inputs, and everything else reads that column.",
    )
    page.header(
        ("Driver", "Base", "Upside", "Downside", "In use", "Unit", "Name", "What it is"),
        numbers=(1, 2, 3, 4),
        indented=(5,),
    )
    for column in range(2, 10):
        page.put(page.row, column, None, border=styles.HAIRLINE)
    page.put(page.row, 2, "Entry of the switch", border=styles.HAIRLINE)
    for column, case in enumerate(CASES, start=3):
        page.put(page.row, column, case, styles.NAME, alignment=styles.RIGHT, literal=True)
    page.put(page.row, 6, "=scenario_case", alignment=styles.RIGHT)
    page.row += 1
    for driver in given.DRIVERS:
        row = page.row
        page.put(row, 2, driver.label, border=styles.HAIRLINE, alignment=styles.LEFT)
        for column, (case, value) in enumerate(zip(CASES, driver.values, strict=True), start=3):
            cell = page.put(
                row,
                column,
                value,
                styles.INPUT,
                number_format=driver.measure.number_format,
                alignment=styles.RIGHT,
                border=styles.HAIRLINE,
                fill=styles.INPUT_FILL,
            )
            cell.protection = styles.UNLOCKED
            validate_number(page, cell, driver.label, driver.measure)
            book.define(f"{driver.name}_{case}", page.sheet, cell)
        live = page.put(
            row,
            6,
            f"=INDEX($C{row}:$E{row},MATCH(scenario_case,$C${CASE_ROW}:$E${CASE_ROW},0))",
            styles.BOLD,
            number_format=driver.measure.number_format,
            alignment=styles.RIGHT,
            border=styles.HAIRLINE,
        )
        book.define(driver.name, page.sheet, live)
        unit = driver.unit or driver.measure.unit
        page.put(row, 7, unit, alignment=styles.INDENTED, border=styles.HAIRLINE)
        name = page.put(row, 8, driver.name, styles.NAME, border=styles.HAIRLINE, literal=True)
        name.alignment = styles.LEFT
        note = page.put(row, 9, driver.note, styles.NOTE, border=styles.HAIRLINE)
        note.alignment = styles.WRAPPED
        page.fit(row, (9,), least=20)
        page.row += 1
    page.row += 1
    for text in (
        "Upside is better than base in every driver, and downside worse. All figures are "
        "assumptions of this template; set your own.",
        "The workbook holds one case at a time. For the three side by side, run xlcalc report on a "
        "file with a row for each case: it writes a workbook for each, and a summary of all.",
    ):
        page.put(page.row, 2, text, styles.NOTE)
        page.row += 1
    last = CASE_ROW + len(given.DRIVERS)
    page.sheet.conditional_formatting.add(
        f"C{CASE_ROW}:E{CASE_ROW}",
        FormulaRule(formula=[f"C${CASE_ROW}=$F${CASE_ROW}"], fill=styles.GOOD_FILL),
    )
    page.finish(freeze=f"C{CASE_ROW + 1}", cursor=f"C{CASE_ROW + 1}", last_row=last + 3)


def _column(rows: Sequence[tuple[object, ...]], place: int) -> list[object]:
    return [row[place] for row in rows]


def _name_cells(table: Table, stem: str, count: int, keys: dict[str, str]) -> None:
    """Name a table's inputs row by row, as run1_params, for scenario files."""
    for row in range(count):
        for key, word in keys.items():
            table.page.book.define(
                f"{stem}{row + 1}_{word}", table.page.sheet, table.cell(key, row)
            )


def _numbers(count: int) -> Column:
    return Column("number", "No.", list(range(1, count + 1)), "0", words=True)


def _entry(
    key: str,
    heading: str,
    rows: Sequence[tuple[object, ...]],
    place: int,
    measure: q.Quantity | None = None,
    number_format: str = "",
) -> Column:
    """Return a column of inputs; one without a measure is of words."""
    shown = number_format or (measure.number_format if measure else "General")
    return Column(
        key,
        heading,
        _column(rows, place),
        shown,
        measure,
        editable=True,
        words=measure is None,
    )


def _runs(book: Book) -> Table:
    page = Page(
        book,
        "Runs",
        (2, 5, 22, 7, 12, 13, 8, 12, 9, 8, 9, 11, 12, 8, 8, 9, 8, 12, 11, 11, 11),
        "Training runs",
        "Up to eight runs. A run that is switched off, or incomplete, takes nothing.",
    )
    runs = given.RUNS
    page.section("What runs when, and what it takes")
    table = Table(
        page,
        (
            _numbers(len(runs)),
            _entry("name", "Training run", runs, 0),
            _entry("on", "On\n1 or 0", runs, 1, SWITCH),
            _entry("params", "Parameters", runs, 2, q.PARAMS),
            _entry("tokens", "Training tokens", runs, 3, q.TRAINING_TOKENS),
            _entry("mfu", "MFU\nratio", runs, 4, q.UTILISATION),
            _entry("start", "First month\nof the plan", runs, 5, PLAN_MONTH),
            _entry("length", "Length\nmonths", runs, 6, LENGTH),
            Column(
                "active",
                "Counts\n1 or 0",
                "=IF(AND({on}=1,{params}>0,{tokens}>0,{mfu}>0,{start}>0,{length}>0),1,0)",
                "0",
            ),
            Column(
                "used",
                "MFU of\nthe case",
                "=IF({active}=1,MIN({mfu}*mfu_factor,1),0)",
                SHARE_OR_NOT,
            ),
            Column(
                "flop",
                "Compute\nFLOP",
                "=IF({active}=1,TRAIN_FLOPS({params},{tokens}*run_size),0)",
                FLOP_OR_NOT,
            ),
            Column(
                "hours",
                "GPU-hours",
                "=IF({active}=1,GPU_HOURS({flop},peak_tflops,{used}),0)",
                ZERO_AS_DASH,
            ),
            Column("begins", "Begins\nmonth", "=IF({active}=1,{start},0)", ZERO_AS_DASH),
            Column("ends", "Ends\nmonth", "=IF({active}=1,{start}+{length}-1,0)", ZERO_AS_DASH),
            Column(
                "until", "Ends in", "=IF({active}=1,EDATE(plan_start,{ends}-1),0)", MONTH_OR_NOT
            ),
            Column(
                "days",
                "Days",
                "=IF({active}=1,EDATE(plan_start,{ends})-EDATE(plan_start,{begins}-1),0)",
                ZERO_AS_DASH,
            ),
            Column(
                "gpus",
                "GPUs while\nit runs",
                "=IF({active}=1,GPUS_NEEDED({flop},{days},peak_tflops,{used}),0)",
                ZERO_AS_DASH,
            ),
            Column("daily", "GPU-hours\na day", "=IF({active}=1,{hours}/{days},0)", "#,##0"),
            Column(
                "in_plan",
                "Months in\nthe plan",
                "=IF({active}=1,MAX(0,MIN({ends},plan_months)-{begins}+1),0)",
                ZERO_AS_DASH,
            ),
            Column(
                "after",
                "GPU-hours\nafter it",
                "=IF({active}=1,MAX(0,EDATE(plan_start,{ends})-plan_end)*{daily},0)",
                ZERO_AS_DASH,
            ),
        ),
        len(runs),
        height=34,
    )
    words = {"name": "name", "on": "on", "params": "params", "tokens": "tokens", "mfu": "mfu"}
    _name_cells(table, "run", len(runs), words | {"start": "start", "length": "months"})
    for row in range(len(runs)):
        for key in ("begins", "ends", "gpus"):
            table.alias(key, f"run{row + 1}_{key}", row)
    for key, name in (
        *((key, f"run_{key}") for key in ("on", "params", "tokens", "active", "begins", "ends")),
        *((key, f"run_{key}") for key in ("flop", "hours", "gpus")),
        ("daily", "run_daily_hours"),
        ("in_plan", "run_months"),
        ("after", "run_hours_after"),
    ):
        table.name(key, name)
    _totals(table, {"flop": "0.00E+00", "hours": "#,##0", "after": ZERO_AS_DASH})
    page.row += 1
    _notes(
        page,
        (
            "Compute is TRAIN_FLOPS of parameters and tokens, the tokens times the size of runs of "
            "the case.",
            "GPU-hours are GPU_HOURS of the compute at the peak rate and the MFU of the case.",
            "GPUs are GPUS_NEEDED: whole GPUs that finish the run within the days of its months.",
            "Names for scenario files: run1_name, run1_on, run1_params, run1_tokens, run1_mfu, "
            "run1_start, run1_months.",
        ),
    )
    page.row += 1
    page.finish(
        freeze=f"D{table.top + 1}", cursor=f"C{table.top + 1}", last_row=page.row + TABLE_CHART_ROWS
    )
    return table


def _totals(table: Table, formats: dict[str, str]) -> None:
    """Write the sums of some columns below a table, a line under all of them."""
    page = table.page
    for column in range(2, 2 + table.width):
        page.put(page.row, column, None, styles.BOLD, border=styles.TOTAL)
    for key, shown in formats.items():
        first, last = table.cell(key, 0).coordinate, table.cell(key, -1).coordinate
        page.put(
            page.row,
            table.cell(key, 0).column,
            f"=SUM({first}:{last})",
            styles.BOLD,
            number_format=shown,
            alignment=styles.RIGHT,
            border=styles.TOTAL,
        )
    page.put(page.row, 3, "Total", styles.BOLD, border=styles.TOTAL, alignment=styles.LEFT)
    page.row += 1


def _notes(page: Page, texts: Sequence[str]) -> None:
    for text in texts:
        page.put(page.row, 3, text, styles.NOTE)
        page.row += 1


def _runs_charts(table: Table, monthly: Timeline) -> None:
    page = table.page
    last = page.row + TABLE_CHART_ROWS - 1
    charts.columns(
        page,
        f"B{page.row}:H{last}",
        Look("GPU-hours of the runs, in thousands", y_format="#,##0,"),
        table.values("name"),
        (Curve("GPU-hours", table.values("hours")),),
        across=True,
    )
    charts.columns(
        page,
        f"J{page.row}:U{last}",
        Look("GPUs that train, by month", x_format=MONTH, x_every=3),
        monthly.values("date"),
        (Curve("GPUs that train", monthly.values("training")),),
    )


def _supply_chart(page: Page, monthly: Timeline) -> None:
    charts.columns(
        page,
        f"B{page.row}:N{page.row + TABLE_CHART_ROWS - 1}",
        Look("GPUs: who supplies the demand, by month", x_format=MONTH, x_every=3),
        monthly.values("date"),
        (
            Curve("Owned", monthly.values("owned")),
            Curve("Rented by contract", monthly.values("reserved")),
            Curve("Rented on demand", monthly.values("on_demand")),
        ),
        stacked=True,
        over=(Curve("Demand", monthly.values("demand")),),
    )


def _supply(book: Book) -> Page:
    page = Page(
        book,
        "Supply",
        (2, 5, 26, 11, 11, 12, 13, 12, 11, 13, 15, 14, 11, 15),
        "Purchases and contracts",
        "Owned GPUs come in batches, rented ones by contract; what is missing is rented on demand.",
    )
    page.section("Purchases: batches of GPUs")
    batches = Table(
        page,
        (
            _numbers(len(given.BATCHES)),
            _entry("name", "Batch", given.BATCHES, 0),
            _entry("month", "Arrives\nmonth", given.BATCHES, 1, PLAN_MONTH),
            _entry("asked", "Number of GPUs", given.BATCHES, 2, COUNT),
            _entry("today", "Price today\na GPU", given.BATCHES, 3, q.MONEY),
            Column(
                "arrives", "Arrives in", "=IF({gpus}>0,EDATE(plan_start,{month}-1),0)", MONTH_OR_NOT
            ),
            Column(
                "gpus",
                "GPUs that\ncount",
                '=IF(AND({month}>0,{asked}>0,{today}<>""),{asked},0)',
                ZERO_AS_DASH,
            ),
            Column("leaves", "Leaves\nmonth", "=IF({gpus}>0,{month}+life_months,0)", ZERO_AS_DASH),
            Column(
                "price",
                "Price then,\ninstalled",
                "=IF({gpus}>0,{today}*(1-purchase_fall)^(({month}-1)/months_per_year)"
                "*(1+installation_share),0)",
                MONEY_OR_NOT,
            ),
            Column("cost", "Cost", "={gpus}*{price}", MONEY_OR_NOT),
            Column("monthly", "Depreciation\na month", "={cost}/life_months", MONEY_OR_NOT),
            Column(
                "months",
                "Months in\nthe plan",
                "=IF({gpus}>0,MIN(plan_months-{month}+1,life_months),0)",
                ZERO_AS_DASH,
            ),
            Column("depreciated", "Depreciation\nin the plan", "={monthly}*{months}", MONEY_OR_NOT),
        ),
        len(given.BATCHES),
        height=34,
    )
    words = {"name": "name", "month": "month", "asked": "gpus", "today": "price"}
    _name_cells(batches, "batch", len(given.BATCHES), words)
    for key, name in (
        *((key, f"batch_{key}") for key in ("month", "asked", "gpus", "leaves", "price", "cost")),
        ("monthly", "batch_depreciation"),
        ("depreciated", "batch_depreciated"),
    ):
        batches.name(key, name)
    _totals(batches, {"gpus": "#,##0", "cost": MONEY_OR_NOT, "depreciated": MONEY_OR_NOT})
    page.row += 1
    page.section("Rental: contracts")
    contracts = Table(
        page,
        (
            _numbers(len(given.CONTRACTS)),
            _entry("name", "Contract", given.CONTRACTS, 0),
            _entry("month", "Begins\nmonth", given.CONTRACTS, 1, PLAN_MONTH),
            _entry("length", "Length\nmonths", given.CONTRACTS, 2, LENGTH),
            _entry("asked", "Number of GPUs", given.CONTRACTS, 3, COUNT),
            _entry("rate", "Price of a\nGPU-hour", given.CONTRACTS, 4, q.PRICE_PER_GPU_HOUR),
            Column(
                "gpus",
                "GPUs that\ncount",
                '=IF(AND({month}>0,{length}>0,{asked}>0,{rate}<>""),{asked},0)',
                ZERO_AS_DASH,
            ),
            Column("ends", "Ends\nmonth", "=IF({gpus}>0,{month}+{length}-1,0)", ZERO_AS_DASH),
            Column("price", "Price that\ncounts", "=IF({gpus}>0,{rate},0)", PRICE_OR_NOT),
            Column(
                "cost",
                "Cost in\nthe plan",
                "=IF({gpus}>0,{gpus}*{price}*hours_per_day"
                "*(EDATE(plan_start,MIN({ends},plan_months))-EDATE(plan_start,{month}-1)),0)",
                MONEY_OR_NOT,
            ),
        ),
        len(given.CONTRACTS),
        height=34,
    )
    words = {"name": "name", "month": "month", "length": "months", "asked": "gpus", "rate": "price"}
    _name_cells(contracts, "contract", len(given.CONTRACTS), words)
    for key, name in (
        ("month", "contract_begins"),
        *((key, f"contract_{key}") for key in ("asked", "gpus", "ends", "price", "cost")),
    ):
        contracts.name(key, name)
    _totals(contracts, {"gpus": "#,##0", "cost": MONEY_OR_NOT})
    page.row += 1
    _notes(
        page,
        (
            "Owned GPUs work first, then contracts, then GPUs on demand. A contract is paid "
            "whether its GPUs are used or not.",
            "GPUs that the company has already are a batch of month 1, at their book value.",
            "Names for scenario files: batch1_month, batch1_gpus, batch1_price; contract1_month, "
            "contract1_months, contract1_gpus, contract1_price.",
        ),
    )
    page.row += 1
    page.finish(cursor=f"C{batches.top + 1}", last_row=page.row + TABLE_CHART_ROWS)
    page.sheet.page_setup.fitToHeight = 1
    return page


def _monthly(book: Book) -> Timeline:
    page = Page(
        book,
        "Monthly",
        (2, 33, 17, 36, 11, *(11,) * MONTHS),
        "Month by month",
        "One formula a row, the same in every month. Money in thousands; the cells hold all of it.",
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
    subtitle = (
        "How a row is gathered from the months stands beside it. Money in thousands; the cells "
        "hold all of it."
    )
    width = 11 if key == "quarter" else 15
    page = Page(
        book,
        tab,
        (2, 33, 17, 20, 13 if key == "quarter" else 15, *(width,) * count),
        title,
        subtitle,
    )
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


def _summary(page: Page, monthly: Timeline, quarters: Timeline, years: Timeline) -> None:
    """Fill the first sheet, when the others are written."""
    cases = f"Cases!$C${CASE_ROW - 1}:$E${CASE_ROW - 1}"
    entries = f"Cases!$C${CASE_ROW}:$E${CASE_ROW}"
    case = f'=plan_name&", "&INDEX({cases},MATCH(scenario_case,{entries},0))&" case"'
    page.put(3, 2, case, styles.SECTION, alignment=styles.LEFT)
    page.row = 5
    months = '=currency&" in 36 months"'
    peak = '="GPUs; "&TEXT(owned_gpus,"#,##0")&" owned at the end"'
    tile(page, (2, 2), "CASH OUT", "=total_cash_out", BIG_MONEY, months)
    tile(page, (3, 4), "HIGHEST DEMAND", "=peak_gpus", "#,##0", peak)
    tile(page, (5, 7), "CAPITAL EXPENDITURE", "=total_capex", BIG_MONEY, months)
    tile(page, (9, 9), "RUNNING COSTS", "=running_costs", BIG_MONEY, months)
    tile(page, (10, 11), "EBIT", "=total_ebit", SIGNED_MONEY, months)
    tile(page, (12, 14), "FUNDING NEEDED", "=funding_need", BIG_MONEY, "=currency")
    _year_table(page, 9, years)
    bottom = page.row
    _driver_table(page, 9)
    page.row = max(page.row, bottom) + 1
    _charts(page, page.row, monthly, quarters)
    page.finish(cursor="B3", last_row=page.row + 2 * CHART_ROWS)
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
                number_format=styles.padded(line.number_format),
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
    for label, formula, shown, unit in (
        ("Owned GPU-hour", "=own_gpu_hour", PRICE_FORMAT, '=currency&"/GPU-hour"'),
        ("Rented GPU-hour, on demand", "=rent_gpu_hour", PRICE_FORMAT, '=currency&"/GPU-hour"'),
        ("Hours after which owning pays", "=break_even_hours", "#,##0_)", "GPU-hours"),
        ("Net present value", "=net_present_value", MONEY_FORMAT, "=currency"),
    ):
        page.put(page.row, 9, label, border=styles.HAIRLINE, alignment=styles.LEFT)
        page.put(page.row, 10, unit, border=styles.HAIRLINE, alignment=styles.LEFT)
        for column in range(11, 15):
            page.put(page.row, column, None, border=styles.HAIRLINE)
        page.put(
            page.row,
            11,
            formula,
            number_format=shown,
            alignment=styles.RIGHT,
            border=styles.HAIRLINE,
        )
        page.sheet.row_dimensions[page.row].height = 15.5
        page.row += 1
    verdict(page, left=9)


def _charts(page: Page, top: int, monthly: Timeline, quarters: Timeline) -> None:
    dates = monthly.values("date")
    left, right = (
        [f"{a}{row}:{b}{row + CHART_ROWS - 2}" for row in (top, top + CHART_ROWS)]
        for a, b in ("BG", "IN")
    )
    charts.columns(
        page,
        left[0],
        Look("GPUs: demand against supply, by month", x_format=MONTH, x_every=3),
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
    kinds = ("reserved_cost", "on_demand_cost", "storage_cost", "power_cost", "upkeep_cost")
    charts.columns(
        page,
        right[0],
        Look("Costs by kind, by quarter, in thousands", y_format=IN_THOUSANDS),
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
            "Cash out and revenue, by month, in thousands",
            x_format=MONTH,
            y_format=IN_THOUSANDS,
            x_every=3,
        ),
        dates,
        (
            Curve("Running costs", monthly.values("running")),
            Curve("Capital expenditure", monthly.values("capex")),
        ),
        stacked=True,
        over=(Curve("Revenue", monthly.values("revenue")),),
    )
    charts.lines(
        page,
        right[1],
        Look(
            "Cumulative cash and book value, in thousands",
            x_format=MONTH,
            y_format=IN_THOUSANDS,
            y_from_zero=False,
            x_every=3,
        ),
        dates,
        (
            Curve("Cash, cumulative", monthly.values("cash")),
            Curve("Book value", monthly.values("book_value")),
        ),
    )
