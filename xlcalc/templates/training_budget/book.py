"""Budget of one training run: compute, time, energy, carbon and money.

The workbook is authored here with openpyxl; every figure in it is a formula on named cells.
"""

from openpyxl.chart import Reference
from openpyxl.formatting.rule import ColorScaleRule

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.parts.assumptions import assumptions_page
from xlcalc.templates.parts.catalogues import catalogue_page
from xlcalc.templates.parts.checks import checks_page, verdict
from xlcalc.templates.parts.figures import (
    MONEY_FORMAT,
    PRICE_FORMAT,
    figures_page,
)
from xlcalc.templates.parts.front import (
    BIG_MONEY,
    cover_page,
    finish_cover,
    key_figures,
    sources_page,
    tile,
)
from xlcalc.templates.parts.lines import read_model
from xlcalc.templates.parts.money import inputs_page

STEPS = (-0.4, -0.25, -0.1, 0.0, 0.1, 0.25, 0.4)
"""Relative steps of the sensitivity tables; the middle one is the run itself."""
CENTRE = len(STEPS) // 2
GRID = "EFGHIJK"
"""Columns of the sensitivity tables."""
COST_TABLE = 9
DAYS_TABLE = 20

RUN_SOURCE = (
    "Parameters and tokens: Brown et al. 2020, arXiv:2005.14165. The cluster of 1,000 A100 at "
    "46.2 % is the example of an industry report, not the run itself: "
    "AI大模型专题报告：大模型进展2.0, 2024-05-07."
)


PURPOSE = (
    "What one training run takes and costs.",
    "How much compute is the run, and is its data in proportion to the model?",
    "How many GPU-days is that on this accelerator, and how long do so many GPUs take?",
    "What does it cost, power and a reserve included, and what does a million tokens cost?",
    "What if the utilisation, the price or the number of GPUs is not as assumed?",
)
TABS = (
    *("Cover", "Summary", "Inputs", "Calculation", "Sensitivity"),
    *("Checks", "Catalogue", "Assumptions", "Sources"),
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
    _sensitivity(book)
    checks_page(book, model.checks)
    catalogue_page(book)
    assumptions_page(book)
    sources_page(book, RUN_SOURCE, model.sources)
    _summary(summary)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=run_name", styles.SECTION, alignment=styles.LEFT)
    page.row = 5
    on = '="days on "&TEXT(gpus,"#,##0")&" × "&gpu'
    at = '="at "&TEXT(mfu,"0.0%")&" of the peak rate"'
    carbon = '="MWh, "&TEXT(carbon_tonnes,"#,##0")&" t CO2"'
    tile(page, (2, 2), "TOTAL COST", "=total_cost", BIG_MONEY, "=currency")
    tile(page, (3, 4), "TRAINING TIME", "=train_days", "#,##0.0", on)
    tile(page, (6, 7), "GPU-HOURS", "=gpu_hours", "#,##0", at)
    tile(page, (8, 9), "ENERGY", "=energy_mwh", "#,##0", carbon)
    page.row = 9
    key_figures(
        page,
        "The run",
        (
            ("Parameters", "=params", q.PARAMS.number_format, "parameters"),
            ("Training tokens", "=tokens", q.TOKENS.number_format, "tokens"),
            ("Tokens for each parameter", "=tokens_per_param", "#,##0.0", "tokens/parameter"),
            ("Compute-optimal tokens", "=chinchilla_tokens", q.TOKENS.number_format, "tokens"),
            ("Training compute", "=train_flops", q.FLOP.number_format, "FLOP"),
        ),
    )
    key_figures(
        page,
        "The machines",
        (
            ("Accelerator", "=gpu", "General", ""),
            ("Number of GPUs", "=gpus", "#,##0", "GPUs"),
            ("Peak rate of one GPU", "=peak_tflops", "#,##0.0", "TFLOP/s"),
            ("Utilisation (MFU)", "=mfu", "0.0%", "of the peak rate"),
            ("GPU-days", "=gpu_days", "#,##0", "GPU-days"),
            ("Training time with failures", "=calendar_days", "#,##0.0", "days"),
        ),
    )
    power_unit = '=IF(power_price=0,"in the price",currency)'
    key_figures(
        page,
        "The money",
        (
            ("Price of a GPU-hour", "=price_per_gpu_hour", PRICE_FORMAT, '=currency&"/GPU-hour"'),
            ("Compute", "=compute_cost", MONEY_FORMAT, "=currency"),
            ("Power", "=power_cost", MONEY_FORMAT, power_unit),
            ("Contingency", "=contingency_cost", MONEY_FORMAT, "=currency"),
            ("Total", "=total_cost", MONEY_FORMAT, "=currency"),
            ("Cost of 1 M tokens", "=cost_per_mtokens", PRICE_FORMAT, '=currency&"/M tokens"'),
        ),
    )
    verdict(page)
    _charts(page)
    page.finish(cursor="B3", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1


def _charts(page: Page) -> None:
    table = page.book.sheet("Sensitivity")
    rows = {"min_row": COST_TABLE + 1, "max_row": COST_TABLE + len(STEPS)}
    columns = {"min_col": 5, "max_col": 4 + len(STEPS)}
    row = DAYS_TABLE + 1 + CENTRE
    charts.scatter(
        page,
        "F9:I19",
        Look("Total cost over utilisation", "Utilisation (MFU)", x_format="0%"),
        Reference(table, min_col=2, **rows),
        [Curve("Total cost", Reference(table, min_col=5 + CENTRE, **rows))],
    )
    charts.scatter(
        page,
        "F21:I31",
        Look("Training time over GPUs", "Number of GPUs", "Days", x_format="#,##0"),
        Reference(table, min_row=DAYS_TABLE, max_row=DAYS_TABLE, **columns),
        [Curve("Training time", Reference(table, min_row=row, max_row=row, **columns))],
    )


def _sensitivity(book: Book) -> None:
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
    page.put(6, 2, "Highest utilisation")
    highest = page.put(6, 3, q.UTILISATION.at_most, number_format="0%", alignment=styles.CENTER)
    book.alias("highest_utilisation", page.sheet, highest)
    page.put(6, 5, "Costs of further rows of the sheet Calculation, which stay")
    other = "=total_cost-SUM(compute_cost,power_cost,contingency_cost)"
    page.put(6, 10, other, number_format=MONEY_FORMAT, alignment=styles.RIGHT)
    # The functions stand in two columns beside a table, and its cells are plain arithmetic: few
    # calls, and the cells follow an input even where the functions are missing.
    _table(
        page,
        COST_TABLE,
        "cost_grid_middle",
        '="Total cost in "&currency&": utilisation down, price of a GPU-hour across"',
        ("GPU-hours", "=GPU_HOURS(train_flops,peak_tflops,$B{row})", "#,##0"),
        (
            "Power cost",
            "=ENERGY_MWH($C{row},watts*server_power_factor,pue)*kwh_per_mwh*power_price",
            MONEY_FORMAT,
        ),
        ("=price_per_gpu_hour*(1+{column}$5)", PRICE_FORMAT),
        ("=($C{row}*{column}$9+$D{row})*(1+contingency)+$J$6", MONEY_FORMAT),
    )
    _table(
        page,
        DAYS_TABLE,
        "days_grid_middle",
        "Training time in days: utilisation down, GPUs across",
        ("GPU-days", "=GPU_DAYS(train_flops,peak_tflops,$B{row})", "#,##0"),
        ("GPU-months", "=GPU_MONTHS(train_flops,peak_tflops,$B{row})", "#,##0"),
        ("=MAX(1,ROUND(gpus*(1+{column}$5),0))", "#,##0"),
        ("=$C{row}/{column}$20", "#,##0.0"),
    )
    book.alias("days_grid_gpus", page.sheet, page.sheet.cell(DAYS_TABLE, 5 + CENTRE))
    page.finish(cursor="E5")


def _table(
    page: Page,
    top: int,
    middle: str,
    caption: str,
    first: tuple[str, str, str],
    second: tuple[str, str, str],
    across: tuple[str, str],
    inner: tuple[str, str],
) -> None:
    """Write a table over utilisation and one other input.

    `first` and `second` are heading, formula and format of the columns beside the table; `across`
    and `inner` formula and format of its head and its cells.
    """
    head = {"font": styles.HEADING, "fill": styles.HEADING_FILL}
    side = {"fill": styles.BAND_FILL, "alignment": styles.RIGHT}
    page.row = top - 1
    page.section(caption)
    page.put(top, 2, "Utilisation", **head, alignment=styles.CENTER)
    for place, (heading, _, _) in enumerate((first, second), start=3):
        page.put(top, place, heading, **head, alignment=styles.RIGHT)
    for place, column in enumerate(GRID, start=5):
        formula = across[0].format(column=column)
        page.put(top, place, formula, **head, number_format=across[1], alignment=styles.RIGHT)
    for row, step in enumerate(GRID, start=top + 1):
        page.put(
            row,
            2,
            f"=MIN(mfu*(1+{step}$5),$C$6)",
            styles.BOLD,
            fill=styles.BAND_FILL,
            number_format="0.0%",
            alignment=styles.CENTER,
        )
        for place, (_, formula, shown) in enumerate((first, second), start=3):
            page.put(row, place, formula.format(row=row), number_format=shown, **side)
        for place, column in enumerate(GRID, start=5):
            own = place - 5 == CENTRE == row - top - 1
            page.put(
                row,
                place,
                inner[0].format(row=row, column=column),
                styles.BOLD if own else styles.TEXT,
                number_format=inner[1],
                alignment=styles.RIGHT,
                border=styles.BOX,
            )
    page.book.alias(middle, page.sheet, page.sheet.cell(top + 1 + CENTRE, 5 + CENTRE))
    last = top + len(STEPS)
    page.sheet.conditional_formatting.add(
        f"{GRID[0]}{top + 1}:{GRID[-1]}{last}",
        ColorScaleRule(
            start_type="min",
            start_color="FFE3F3EA",
            mid_type="percentile",
            mid_value=50,
            mid_color="FFFFFFFF",
            end_type="max",
            end_color="FFFBE3D6",
        ),
    )
    page.row = last + 2
