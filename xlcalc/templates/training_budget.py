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
from xlcalc.templates.parts.catalogues import accelerator, catalogue_page
from xlcalc.templates.parts.checks import Check, checks_page, verdict
from xlcalc.templates.parts.figures import (
    MONEY_FORMAT,
    PRICE_FORMAT,
    Group,
    Line,
    conversion,
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
from xlcalc.templates.parts.money import currency_lines, inputs_page, rental_line

TYPED_IN = "Typed in: the sheet Sources says where the run's figures come from."
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

INPUTS = (
    Group(
        "The run",
        (
            Line("Name of the run", "GPT-3 175B", "text", "run_name", "Shown on the summary."),
            Line(
                "Parameters",
                175e9,
                q.PARAMS,
                "params",
                "Trainable parameters; the active ones for a mixture of experts.",
            ),
            Line(
                "Training tokens",
                300e9,
                q.TRAINING_TOKENS,
                "tokens",
                "Tokens seen in training, repeated ones counted each time.",
            ),
            Line(
                "FLOP for a parameter and token",
                6,
                q.FLOP_PER_PARAM_TOKEN,
                "flops_per_param_token",
                "6 for a dense decoder: a forward pass of one multiply-add (2 FLOP), a backward "
                "pass of two. 3 for an encoder-decoder, 8 where all activations are computed "
                "again.",
            ),
        ),
    ),
    Group(
        "The machines",
        (
            accelerator("A100 SXM 80GB"),
            Line(
                "Peak rate of one GPU",
                '=GPU_SPEC(gpu,"peak_tflops")',
                q.PEAK_TFLOPS,
                "peak_tflops",
                "Dense 16-bit rate, looked up from the accelerator; may be overwritten. Rates with "
                "sparsity are twice as high and reached by no training run.",
            ),
            Line(
                "Utilisation (MFU)",
                0.462,
                q.UTILISATION,
                "mfu",
                "Share of the peak rate that the model's own FLOP reach. Chowdhery et al. 2022 "
                "(PaLM), arXiv:2204.02311, report 46.2 %; 30 to 50 % is common.",
            ),
            Line(
                "Number of GPUs",
                1000,
                q.GPUS,
                "gpus",
                "GPUs that work on the run at the same time.",
            ),
        ),
    ),
    Group(
        "Prices",
        (
            *currency_lines(),
            rental_line("Price of a GPU-hour", "price_per_gpu_hour", TYPED_IN),
            Line(
                "Contingency",
                0.1,
                q.RATIO,
                "contingency",
                "Reserve for failed starts and repeated steps, on top of compute and power. An "
                "assumption.",
            ),
        ),
    ),
    Group(
        "Energy and carbon",
        (
            Line(
                "Power of one GPU",
                '=GPU_SPEC(gpu,"tdp_w")',
                q.WATTS,
                "watts",
                "Thermal design power, looked up from the accelerator; may be overwritten by a "
                "measured figure, and must be where vendors publish none (TPU v4, Trainium).",
            ),
            Line(
                "Power usage effectiveness",
                1.1,
                q.PUE_RATIO,
                "pue",
                "Energy of the data centre over that of its machines: 1.1 in Touvron et al. 2023 "
                "(LLaMA), arXiv:2302.13971; 1.56 on average in Uptime's survey of 2024.",
            ),
            Line(
                "Price of power",
                0,
                q.POWER_PRICE,
                "power_price",
                "0 where the price of a GPU-hour includes power, as rented GPUs do. For machines "
                "of your own: 0.07 to 0.19 USD/kWh for industry in the United States (EIA, 2023).",
                unit='=currency&"/kWh"',
            ),
            Line(
                "Carbon intensity of power",
                0.385,
                q.CARBON_INTENSITY,
                "tonnes_per_mwh",
                "0.385 in Touvron et al. 2023 (LLaMA), arXiv:2302.13971, an average of the United "
                "States.",
            ),
        ),
    ),
    Group(
        "Conversions",
        (
            conversion("Kilowatt-hours in a megawatt-hour", 1000, "kWh/MWh", "kwh_per_mwh"),
            conversion("Tokens in a million", 1_000_000, "tokens/M tokens", "tokens_per_million"),
            conversion("Hours in a day", 24, "hours/day", "hours_per_day"),
        ),
    ),
)

RESULTS = (
    Group(
        "Compute",
        (
            Line(
                "Training compute",
                "=TRAIN_FLOPS(params,tokens,flops_per_param_token)",
                q.FLOP,
                "train_flops",
                "FLOP for a parameter and token × parameters × tokens.",
            ),
            Line(
                "Compute-optimal tokens",
                "=CHINCHILLA_TOKENS(params)",
                q.TOKENS,
                "chinchilla_tokens",
                "20 tokens a parameter: Hoffmann et al. 2022, arXiv:2203.15556.",
            ),
            Line(
                "Tokens for each parameter",
                "=tokens/params",
                q.TOKENS_PER_PARAM,
                "tokens_per_param",
                "Below 20 the model is large for its data, above 20 small.",
            ),
        ),
    ),
    Group(
        "Machines and time",
        (
            Line(
                "GPU-days",
                "=GPU_DAYS(train_flops,peak_tflops,mfu)",
                q.GPU_DAYS,
                "gpu_days",
                "Training compute / (peak rate × utilisation × 86,400 s).",
            ),
            Line(
                "GPU-hours",
                "=GPU_HOURS(train_flops,peak_tflops,mfu)",
                q.GPU_HOURS,
                "gpu_hours",
                "GPU-days × 24.",
            ),
            Line(
                "Training time",
                "=TRAIN_DAYS(train_flops,gpus,peak_tflops,mfu)",
                q.DAYS,
                "train_days",
                "GPU-days / GPUs.",
            ),
        ),
    ),
    Group(
        "Energy and carbon",
        (
            Line(
                "Energy",
                "=ENERGY_MWH(gpu_hours,watts,pue)",
                q.MWH,
                "energy_mwh",
                "GPU-hours × power × power usage effectiveness.",
            ),
            Line(
                "Carbon dioxide",
                "=CARBON_TONNES(energy_mwh,tonnes_per_mwh)",
                q.CARBON,
                "carbon_tonnes",
                "Energy × carbon intensity.",
            ),
        ),
    ),
    Group(
        "Money",
        (
            Line(
                "Compute cost",
                "=GPU_COST(gpu_hours,price_per_gpu_hour)",
                q.MONEY,
                "compute_cost",
                "GPU-hours × price.",
                unit="=currency",
                number_format=MONEY_FORMAT,
            ),
            Line(
                "Power cost",
                "=energy_mwh*kwh_per_mwh*power_price",
                q.MONEY,
                "power_cost",
                "Energy × price of power; 0 where the price of a GPU-hour includes it.",
                unit="=currency",
                number_format=MONEY_FORMAT,
            ),
            Line(
                "Contingency",
                "=(compute_cost+power_cost)*contingency",
                q.MONEY,
                "contingency_cost",
                "(Compute + power) × contingency.",
                unit="=currency",
                number_format=MONEY_FORMAT,
            ),
            Line(
                "Total cost",
                "=compute_cost+power_cost+contingency_cost",
                q.MONEY,
                "total_cost",
                "Compute + power + contingency.",
                unit="=currency",
                number_format=MONEY_FORMAT,
                total=True,
            ),
            Line(
                "Cost of a million tokens",
                "=total_cost/(tokens/tokens_per_million)",
                q.MONEY,
                "cost_per_mtokens",
                "Total / training tokens in millions.",
                unit='=currency&"/M tokens"',
                number_format=PRICE_FORMAT,
            ),
        ),
    ),
)

SOURCES = (
    (
        "params, tokens",
        "175 B parameters, 300 B tokens",
        "Brown et al. 2020, Language Models are Few-Shot Learners, arXiv:2005.14165.",
    ),
    (
        "gpus, mfu",
        "1,000 A100 at 46.2 %: 25.3 days",
        "AI大模型专题报告：大模型进展2.0, 2024-05-07; 46.2 % is PaLM's utilisation, "
        "arXiv:2204.02311, Table 3.",
    ),
    (
        "price_per_gpu_hour",
        "The median list price on demand of the accelerator",
        "The sheet Catalogue; Epoch AI, Data on AI and Machine Learning Hardware, CC BY 4.0.",
    ),
    (
        "pue, tonnes_per_mwh",
        "1.1 and 0.385 t CO2/MWh",
        "Touvron et al. 2023, LLaMA, arXiv:2302.13971, section 6 and Table 15.",
    ),
    ("pue, survey", "1.56 on average", "Uptime Institute, Global Data Center Survey 2024."),
    (
        "power_price",
        "0: a rented GPU-hour includes power",
        "For own machines: EIA, Electric Power Annual 2023, industrial prices by state.",
    ),
    ("contingency", "10 %", "An assumption of this template; set your own."),
)

_MIDDLE = GRID[CENTRE]
CHECKS = (
    Check(
        "Parameters, tokens and machines are above 0",
        "=MIN(params,tokens,gpus)",
        ">",
        0,
        "#,##0",
        "The smallest of the three.",
    ),
    Check(
        "Utilisation is at most 100 %",
        "=mfu",
        "≤",
        "=Sensitivity!$C$6",
        "0.0%",
        "46.2 instead of 46.2 % would fail.",
    ),
    Check(
        "The peak rate is the dense one",
        "=peak_tflops",
        "≤",
        '=IF(ISNA(GPU_SPEC(gpu,"peak_tflops")),peak_tflops,GPU_SPEC(gpu,"peak_tflops"))',
        "#,##0.0",
        "The catalogue's dense 16-bit rate; a machine that it does not know passes.",
    ),
    Check(
        "Forward and backward pass make up the compute",
        "=FORWARD_FLOPS(params,tokens)+BACKWARD_FLOPS(params,tokens)",
        "=",
        "=TRAIN_FLOPS(params,tokens)",
        "0.00E+00",
        "2·N·D + 4·N·D against 6·N·D.",
    ),
    Check(
        "Days and machines give the utilisation back",
        "=TRAIN_MFU(train_flops,gpus,train_days,peak_tflops)",
        "=",
        "=mfu",
        "0.0%",
        "TRAIN_MFU undoes TRAIN_DAYS.",
    ),
    Check(
        "GPU-days and GPU-hours agree",
        "=gpu_days*hours_per_day",
        "=",
        "=gpu_hours",
        "#,##0",
        "A day has 24 hours.",
    ),
    Check(
        "The compute cost is the same by both functions",
        "=TRAIN_COST(train_flops,peak_tflops,mfu,price_per_gpu_hour)",
        "=",
        "=compute_cost",
        MONEY_FORMAT,
        "TRAIN_COST against GPU_COST.",
    ),
    Check(
        "The parts of the cost add up",
        "=(compute_cost+power_cost)*(1+contingency)",
        "=",
        "=total_cost",
        MONEY_FORMAT,
        "Parts against the total.",
    ),
    Check(
        "The cost table holds the run in its middle",
        f"=Sensitivity!${_MIDDLE}${COST_TABLE + 1 + CENTRE}",
        "=",
        "=total_cost",
        MONEY_FORMAT,
        "Middle of the table against the total.",
    ),
    Check(
        "The time table holds the run in its middle",
        f"=Sensitivity!${_MIDDLE}${DAYS_TABLE + 1 + CENTRE}",
        "=",
        f"=TRAIN_DAYS(train_flops,Sensitivity!${_MIDDLE}${DAYS_TABLE},peak_tflops,mfu)",
        "#,##0.0",
        "Middle of the table against TRAIN_DAYS, for whole GPUs.",
    ),
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
    *("Checks", "Catalogue", "Sources"),
)


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
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
        INPUTS,
    )
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells. A name that is also a function's, as gpu_days, holds "
        "on the cover.",
        RESULTS,
        editable=False,
    )
    _sensitivity(book)
    checks_page(book, CHECKS)
    catalogue_page(book)
    sources_page(book, RUN_SOURCE, SOURCES)
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
    page.put(6, 3, q.UTILISATION.at_most, number_format="0%", alignment=styles.CENTER)
    # The functions stand in two columns beside a table, and its cells are plain arithmetic: few
    # calls, and the cells follow an input even where the functions are missing.
    _table(
        page,
        COST_TABLE,
        '="Total cost in "&currency&": utilisation down, price of a GPU-hour across"',
        ("GPU-hours", "=GPU_HOURS(train_flops,peak_tflops,$B{row})", "#,##0"),
        ("Power cost", "=ENERGY_MWH($C{row},watts,pue)*kwh_per_mwh*power_price", MONEY_FORMAT),
        ("=price_per_gpu_hour*(1+{column}$5)", PRICE_FORMAT),
        ("=($C{row}*{column}$9+$D{row})*(1+contingency)", MONEY_FORMAT),
    )
    _table(
        page,
        DAYS_TABLE,
        "Training time in days: utilisation down, GPUs across",
        ("GPU-days", "=GPU_DAYS(train_flops,peak_tflops,$B{row})", "#,##0"),
        ("GPU-months", "=GPU_MONTHS(train_flops,peak_tflops,$B{row})", "#,##0"),
        ("=MAX(1,ROUND(gpus*(1+{column}$5),0))", "#,##0"),
        ("=$C{row}/{column}$20", "#,##0.0"),
    )
    page.finish(cursor="E5")


def _table(
    page: Page,
    top: int,
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
