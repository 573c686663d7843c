"""Budget of one training run: compute, time, energy, carbon and money.

The workbook is authored here with openpyxl; every figure in it is a formula on named cells.
"""

from collections.abc import Sequence

from openpyxl.chart import Reference

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.parts.assumptions import assumptions_page
from xlcalc.templates.parts.catalogues import catalogue_page
from xlcalc.templates.parts.checks import checks_page, verdict
from xlcalc.templates.parts.drivers import drivers_pages
from xlcalc.templates.parts.figures import CURRENCY_AXIS, MONEY_FORMAT, PRICE_FORMAT, figures_page
from xlcalc.templates.parts.front import cover_page, finish_cover, sources_page
from xlcalc.templates.parts.grid import grid
from xlcalc.templates.parts.lines import read_model
from xlcalc.templates.parts.money import inputs_page
from xlcalc.templates.parts.summary import below, beside, summary_figures
from xlcalc.templates.parts.tables import Column, Table
from xlcalc.templates.parts.tornado import Tornado, tornado_chart

STEPS = (-0.4, -0.25, -0.1, 0.0, 0.1, 0.25, 0.4)
"""Relative steps of the sensitivity tables; the middle one is the run itself."""
CENTRE = len(STEPS) // 2
MIDDLE = f"x{CENTRE}"
"""Column of the run itself in the sensitivity tables."""


PURPOSE = (
    "What one training run takes and costs.",
    "How much compute is the run, and is its data in proportion to the model?",
    "How many GPU-days is that on this accelerator, and how long does the run take?",
    "What does it cost, power and a reserve included, and what does a million tokens cost?",
    "What if the utilisation, the price or the number of GPUs is not as assumed?",
)
TABS = (
    *("Cover", "Summary", "Inputs", "Calculation", "Sensitivity", "Drivers"),
    *("Cases", "Checks", "Catalogue", "Assumptions", "Sources"),
)


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    model = read_model("training_budget")
    book = Book("Training budget", "xlcalc template new training_budget", texts)
    cover = cover_page(book, PURPOSE)
    summary = Page(
        book,
        "Summary",
        (2, 31, 17, 17, 2, 16, 16, 16, 16),
        "Training budget",
        "What one training run takes and costs. Change the sheet Inputs; this sheet follows.",
    )
    inputs_page(
        book,
        "Blue on yellow may be changed. Everything else in the workbook follows from these cells.",
        model.groups["inputs"],
    )
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells. A name that is also a function's, as gpu_days, holds "
        "on the cover.",
        model.groups["results"],
        editable=False,
    )
    grids = _sensitivity(book)
    tornado = drivers_pages(book, model, "total_cost")
    checks_page(book, model.checks)
    catalogue_page(book)
    assumptions_page(book)
    sources_page(book, model.sources)
    _summary(summary, grids, tornado)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page, grids: tuple[Table, Table], tornado: Tornado) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=run_name", styles.SECTION, alignment=styles.LEFT)
    top = summary_figures(page, "training_budget")
    verdict(page)
    _charts(page, top, *grids)
    tornado_chart(
        page, below(page), tornado, "Change of the total cost by driver, the strongest first"
    )
    page.finish(cursor="B3", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1


def _charts(page: Page, top: int, cost: Table, days: Table) -> None:
    first, second = beside(page, top, 2)
    charts.scatter(
        page,
        first,
        Look("Total cost over utilisation", "Utilisation (MFU)", CURRENCY_AXIS, x_format="0%"),
        cost.values("level"),
        [Curve("Total cost", cost.values(MIDDLE))],
    )
    gpus, time = (
        Reference(
            days.page.sheet,
            min_col=days.cell("x0", 0).column,
            max_col=days.cell("x0", 0).column + len(STEPS) - 1,
            min_row=row,
            max_row=row,
        )
        for row in (days.top, days.cell(MIDDLE, CENTRE).row)
    )
    charts.scatter(
        page,
        second,
        Look("Training time over GPUs", "Number of GPUs", "Days", x_format="#,##0"),
        gpus,
        [Curve("Training time", time)],
    )


def _sensitivity(book: Book) -> tuple[Table, Table]:
    page = Page(
        book,
        "Sensitivity",
        (2, 22, 16, 16, *(14,) * len(STEPS)),
        "Sensitivity",
        "What the total and the time become when an assumption is off. The middle is the run "
        "itself.",
    )
    page.section("Change of an assumption")
    page.put(5, 2, "Step")
    steps = []
    for column, step in enumerate(STEPS, start=5):
        own = step == 0.0
        cell = page.put(
            5,
            column,
            step,
            styles.TEXT if own else styles.INPUT,
            number_format="+0%;-0%;0%",
            alignment=styles.CENTER,
            border=styles.BOX,
            fill=None if own else styles.INPUT_FILL,
        )
        if not own:
            cell.protection = styles.UNLOCKED
        steps.append(f"{cell.column_letter}${cell.row}")
    page.put(6, 2, "Highest utilisation")
    highest = page.put(6, 3, q.UTILISATION.at_most, number_format="0%", alignment=styles.CENTER)
    book.alias("highest_utilisation", page.sheet, highest)
    page.put(6, 5, "Cost of rows added on the sheet Calculation (not varied)")
    other = "=total_cost-SUM(compute_cost,power_cost,contingency_cost)"
    cell = page.put(6, 10, other, number_format=MONEY_FORMAT, alignment=styles.RIGHT)
    book.alias("further_costs", page.sheet, cell)
    page.row = 6
    # The functions stand in two columns beside a table, and its cells are plain arithmetic: few
    # calls, and the cells follow an input even where the functions are missing.
    levels = [f"=MIN(mfu*(1+{step}),highest_utilisation)" for step in steps]
    page.row += 2
    page.section('="Total cost in "&currency&": utilisation down, price of a GPU-hour across"')
    cost = _over(
        page,
        levels,
        Column("hours", "GPU-hours", "=GPU_HOURS(train_flops,peak_tflops,{level})", "#,##0"),
        Column(
            "power",
            "Power cost",
            "=ENERGY_MWH({hours},watts*server_power_factor,pue)*kwh_per_mwh*power_price",
            MONEY_FORMAT,
        ),
        ([f"=price_per_gpu_hour*(1+{step})" for step in steps], PRICE_FORMAT),
        ("=({hours}*{across}+{power})*(1+contingency)+further_costs", MONEY_FORMAT),
    )
    page.row += 2
    page.section("Training time in days: utilisation down, GPUs across")
    days = _over(
        page,
        levels,
        Column("days", "GPU-days", "=GPU_DAYS(train_flops,peak_tflops,{level})", "#,##0"),
        Column("months", "GPU-months", "=GPU_MONTHS(train_flops,peak_tflops,{level})", "#,##0"),
        ([f"=MAX(1,ROUND(gpus*(1+{step}),0))" for step in steps], "#,##0"),
        ("={days}/{across}", "#,##0.0"),
    )
    cost.alias(MIDDLE, "cost_grid_middle", CENTRE)
    days.alias(MIDDLE, "days_grid_middle", CENTRE)
    book.alias("days_grid_gpus", page.sheet, page.sheet.cell(days.top, days.cell(MIDDLE, 0).column))
    page.finish(cursor=steps[0].replace("$", ""))
    return cost, days


def _over(
    page: Page,
    levels: Sequence[str],
    first: Column,
    second: Column,
    across: tuple[Sequence[str], str],
    inner: tuple[str, str],
) -> Table:
    """Write a table over utilisation and one other input, with two columns beside it."""
    level = Column("level", "Utilisation", levels, "0.0%")
    count = len(STEPS)
    table = grid(page, (level, first, second), across, *inner, count, own=CENTRE)
    for key in ("level", first.key, second.key):
        for row in range(count):
            table.cell(key, row).fill = styles.BAND_FILL
    return table
