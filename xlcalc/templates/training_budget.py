"""Budget of one training run: compute, time, energy, carbon and money.

The workbook is authored here with openpyxl; every figure in it is a formula on named cells.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, FormulaRule
from openpyxl.worksheet.datavalidation import DataValidation

from xlcalc import quantities as q
from xlcalc.catalogue import accelerators
from xlcalc.registry import specs
from xlcalc.workbook import styles
from xlcalc.workbook.layout import Names, Page, style_chart, validate_number

STEPS = (-0.4, -0.25, -0.1, 0.0, 0.1, 0.25, 0.4)
"""Relative steps of the sensitivity tables; the middle one is the run itself."""

RUN_SOURCE = (
    "Parameters and tokens: Brown et al. 2020, arXiv:2005.14165. The cluster of 1,000 A100 at 46.2 % "
    "is the example of an industry report (AI大模型专题报告：大模型进展2.0, 2024-05-07), not the run itself."
)
FIGURE_WIDTHS = (2, 34, 22, 24, 24, 80)
FIGURE_HEADER = ("Figure", "Value", "Unit", "Name", "What it is, and where it comes from")
MONEY_FORMAT = styles.accounting("#,##0")
PRICE_FORMAT = styles.accounting("#,##0.00")
CENTRE = len(STEPS) // 2


@dataclass(frozen=True)
class _Places:
    """Cells that formulas on other sheets point at."""

    kwh_per_mwh: str
    tokens_per_million: str


def build() -> Workbook:
    """Return the workbook, its formulas not yet calculated."""
    workbook = Workbook()
    del workbook["Sheet"]
    workbook.properties.creator = "xlcalc"
    workbook.properties.title = "Training budget"
    workbook.properties.description = "Made by: xlcalc template new training_budget"
    names = Names(workbook)
    summary = _summary(workbook, names)
    places = _inputs(workbook, names)
    _calculation(workbook, names, places)
    _sensitivity(workbook, names, places)
    _sources(workbook, names)
    _catalogue(workbook, names)
    last_check = _checks(workbook, names)
    _finish_summary(summary, workbook, last_check)
    workbook.active = 0
    return workbook


def _inputs(workbook: Workbook, names: Names) -> _Places:
    page = Page(
        workbook,
        names,
        "Inputs",
        FIGURE_WIDTHS,
        "Inputs",
        "Blue on yellow may be changed. Everything else in the workbook follows from these cells.",
    )
    page.header(FIGURE_HEADER, numbers=(1,), indented=(2,))
    page.section("The run")
    first = page.figure(
        "Name of the run", "GPT-3 175B", "text", "run_name", "Shown on the summary.", editable=True
    )
    _number(
        page, "Parameters", 175e9, q.PARAMS, "params",
        "Trainable parameters; the active ones for a mixture of experts.",
    )
    _number(
        page, "Training tokens", 300e9, q.TRAINING_TOKENS, "tokens",
        "Tokens seen in training, repeated ones counted each time.",
    )
    _number(
        page, "FLOP for a parameter and token", 6, q.FLOP_PER_PARAM_TOKEN, "flops_per_param_token",
        "6 for a dense decoder: a forward pass of one multiply-add (2 FLOP), a backward pass of "
        "two. 3 for an encoder-decoder, 8 where all activations are computed again.",
    )
    page.row += 1

    page.section("The machines")
    gpu = page.figure(
        "Accelerator", "A100 SXM 80GB", "name in the catalogue", "gpu",
        "Choose from the list, or type any name that the catalogue knows.", editable=True,
    )
    gpu.alignment = styles.RIGHT
    choices = DataValidation(
        type="list",
        formula1=f"Catalogue!$B$5:$B${4 + len(_machines())}",
        allow_blank=False,
        showErrorMessage=True,
        errorStyle="warning",
        errorTitle="Not in the list",
        error="The sheet Catalogue does not list this name. Use it only if GPU_SPEC knows it, or "
        "if peak rate and power are typed in.",
    )
    page.sheet.add_data_validation(choices)
    choices.add(gpu)
    _number(
        page, "Peak rate of one GPU", '=GPU_SPEC(gpu,"peak_tflops")', q.PEAK_TFLOPS, "peak_tflops",
        "Dense 16-bit rate, looked up from the accelerator; may be overwritten. Rates with "
        "sparsity are twice as high and reached by no training run.",
    )
    _number(
        page, "Utilisation (MFU)", 0.462, q.UTILISATION, "mfu",
        "Share of the peak rate that the model's own FLOP reach. Chowdhery et al. 2022 (PaLM), "
        "arXiv:2204.02311, report 46.2 %; 30 to 50 % is common.",
    )
    _number(page, "GPUs", 1000, q.GPUS, "gpus", "GPUs that work on the run at the same time.")
    page.row += 1

    page.section("Prices")
    _number(
        page, "Price of a GPU-hour", 1.89, q.PRICE_PER_GPU_HOUR, "price_per_gpu_hour",
        "RunPod, A100 SXM 80GB on demand, 2025-03-03 (catalogue gpu_rental-020, through Epoch AI, "
        "CC BY 4.0). A list price: replace it by your contract.",
        unit='=currency&"/GPU-hour"', number_format=PRICE_FORMAT,
    )
    currency = page.figure(
        "Currency", "USD", "text", "currency", "Of all prices and costs.", editable=True
    )
    currency.alignment = styles.RIGHT
    _number(
        page, "Contingency", 0.1, q.RATIO, "contingency",
        "Reserve for failed starts and repeated steps, on top of compute and power. An assumption.",
    )
    page.row += 1

    page.section("Energy and carbon")
    _number(
        page, "Power of one GPU", '=GPU_SPEC(gpu,"tdp_w")', q.WATTS, "watts",
        "Thermal design power, looked up from the accelerator; may be overwritten by a measured "
        "figure, which must be done where vendors publish none (TPU, Trainium).",
    )
    _number(
        page, "Power usage effectiveness", 1.1, q.PUE_RATIO, "pue",
        "Energy of the data centre over that of its machines: 1.1 in Touvron et al. 2023 (LLaMA), "
        "arXiv:2302.13971; 1.56 on average in Uptime's survey of 2024.",
    )
    _number(
        page, "Price of power", 0, q.POWER_PRICE, "power_price",
        "0 where the price of a GPU-hour includes power, as rented GPUs do. For machines of your "
        "own: 0.07 to 0.19 USD/kWh for industry in the United States (EIA, 2023).",
        unit='=currency&"/kWh"',
    )
    _number(
        page, "Carbon intensity of power", 0.385, q.CARBON_INTENSITY, "tonnes_per_mwh",
        "0.385 in Touvron et al. 2023 (LLaMA), arXiv:2302.13971, an average of the United States.",
    )
    page.row += 1

    page.section("Conversions")
    kwh = page.figure("Kilowatt-hours in a megawatt-hour", 1000, "kWh/MWh", "", "By definition.",
                      number_format="#,##0")
    million = page.figure("Tokens in a million", 1_000_000, "tokens/M tokens", "", "By definition.",
                          number_format="#,##0")
    page.finish(freeze="A5", cursor=first.coordinate, repeat_row=4)
    return _Places(f"Inputs!$C${kwh.row}", f"Inputs!$C${million.row}")


def _number(
    page: Page,
    label: str,
    value: object,
    quantity: q.Quantity,
    name: str,
    note: str,
    *,
    unit: str | None = None,
    number_format: str | None = None,
) -> None:
    """Write an input that is a number, with its validation."""
    cell = page.figure(
        label, value, unit or quantity.unit, name, note,
        number_format=number_format or quantity.number_format, editable=True,
    )
    cell.alignment = styles.RIGHT
    if isinstance(value, str):
        cell.font = styles.TEXT  # a looked-up default is a formula, and formulas are black
    validate_number(page, cell, label, quantity)


def _calculation(workbook: Workbook, names: Names, places: _Places) -> None:
    page = Page(
        workbook,
        names,
        "Calculation",
        FIGURE_WIDTHS,
        "Calculation",
        "One formula a row, on named cells. A name that is also a function's, as gpu_days, holds on "
        "the sheet Summary.",
    )
    page.header(FIGURE_HEADER, numbers=(1,), indented=(2,))
    page.section("Compute")
    _result(page, "Training compute", "=TRAIN_FLOPS(params,tokens,flops_per_param_token)", q.FLOP,
            "train_flops", "FLOP for a parameter and token × parameters × tokens.")
    _result(page, "Compute-optimal tokens", "=CHINCHILLA_TOKENS(params)", q.TOKENS,
            "chinchilla_tokens", "20 tokens a parameter: Hoffmann et al. 2022, arXiv:2203.15556.")
    _result(page, "Tokens for each parameter", "=tokens/params", q.TOKENS_PER_PARAM,
            "tokens_per_param", "Below 20 the model is large for its data, above 20 small.")
    page.row += 1
    page.section("Machines and time")
    _result(page, "GPU-days", "=GPU_DAYS(train_flops,peak_tflops,mfu)", q.GPU_DAYS, "gpu_days",
            "Training compute / (peak rate × utilisation × 86,400 s).")
    _result(page, "GPU-hours", "=GPU_HOURS(train_flops,peak_tflops,mfu)", q.GPU_HOURS, "gpu_hours",
            "GPU-days × 24.")
    _result(page, "Training time", "=TRAIN_DAYS(train_flops,gpus,peak_tflops,mfu)", q.DAYS,
            "train_days", "GPU-days / GPUs.")
    page.row += 1
    page.section("Energy and carbon")
    _result(page, "Energy", "=ENERGY_MWH(gpu_hours,watts,pue)", q.MWH, "energy_mwh",
            "GPU-hours × power × power usage effectiveness.")
    _result(page, "Carbon dioxide", "=CARBON_TONNES(energy_mwh,tonnes_per_mwh)", q.CARBON,
            "carbon_tonnes", "Energy × carbon intensity.")
    page.row += 1
    page.section("Money")
    _result(page, "Compute cost", "=GPU_COST(gpu_hours,price_per_gpu_hour)", q.MONEY, "compute_cost",
            "GPU-hours × price.", unit="=currency", number_format=MONEY_FORMAT)
    _result(page, "Power cost", f"=energy_mwh*{places.kwh_per_mwh}*power_price", q.MONEY, "power_cost",
            "Energy × price of power; 0 where the price of a GPU-hour includes it.",
            unit="=currency", number_format=MONEY_FORMAT)
    _result(page, "Contingency", "=(compute_cost+power_cost)*contingency", q.MONEY,
            "contingency_cost", "(Compute + power) × contingency.", unit="=currency",
            number_format=MONEY_FORMAT)
    _result(page, "Total cost", "=compute_cost+power_cost+contingency_cost", q.MONEY, "total_cost",
            "Compute + power + contingency.", unit="=currency", number_format=MONEY_FORMAT,
            total=True)
    _result(page, "Cost of a million tokens", f"=total_cost/(tokens/{places.tokens_per_million})",
            q.MONEY, "cost_per_mtokens", "Total / training tokens in millions.",
            unit='=currency&"/M tokens"', number_format=PRICE_FORMAT)
    page.finish(freeze="A5", cursor="C6", repeat_row=4)


def _result(
    page: Page,
    label: str,
    formula: str,
    quantity: q.Quantity,
    name: str,
    note: str,
    *,
    unit: str | None = None,
    number_format: str | None = None,
    total: bool = False,
) -> None:
    page.figure(
        label, formula, unit or quantity.unit, name, note,
        number_format=number_format or quantity.number_format, total=total,
    )


COST_TABLE = 9
DAYS_TABLE = 20
GRID = "EFGHIJK"
"""Columns of the sensitivity tables."""


def _sensitivity(workbook: Workbook, names: Names, places: _Places) -> None:
    page = Page(
        workbook,
        names,
        "Sensitivity",
        (2, 22, 16, 16, *(14,) * len(STEPS)),
        "Sensitivity",
        "What the total and the time become when an assumption is off. The middle is the run "
        "itself.",
    )
    page.section("Change of an assumption")
    page.put(5, 2, "Step", styles.TEXT)
    for column, step in zip(GRID, STEPS, strict=True):
        own = step == 0.0
        cell = page.put(
            5, GRID.index(column) + 5, step, styles.TEXT if own else styles.INPUT,
            number_format="+0%;-0%;0%", alignment=styles.CENTER, border=styles.BOX,
            fill=None if own else styles.INPUT_FILL,
        )
        if not own:
            cell.protection = styles.UNLOCKED
    page.put(6, 2, "Highest utilisation", styles.TEXT)
    page.put(6, 3, q.UTILISATION.at_most, styles.TEXT, number_format="0%", alignment=styles.CENTER)
    # The functions stand in two columns beside a table, and its cells are plain arithmetic: few
    # calls, and the cells follow an input even where the functions are missing.
    _table(
        page, COST_TABLE, '="Total cost in "&currency&": utilisation down, price of a GPU-hour across"',
        ("GPU-hours", "=GPU_HOURS(train_flops,peak_tflops,$B{row})", "#,##0"),
        ("Power cost", f"=ENERGY_MWH($C{{row}},watts,pue)*{places.kwh_per_mwh}*power_price",
         MONEY_FORMAT),
        ("=price_per_gpu_hour*(1+{column}$5)", PRICE_FORMAT),
        ("=($C{row}*{column}$9+$D{row})*(1+contingency)", MONEY_FORMAT),
    )
    _table(
        page, DAYS_TABLE, "Training time in days: utilisation down, GPUs across",
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
    cell: tuple[str, str],
) -> None:
    """Write a table over utilisation and one other input.

    `first` and `second` are heading, formula and format of the columns beside the table; `across`
    and `cell` formula and format of its head and its cells.
    """
    page.row = top - 1
    page.section(caption)
    for column, text in enumerate(("Utilisation", first[0], second[0]), start=2):
        page.put(top, column, text, styles.HEADING, fill=styles.HEADING_FILL,
                 alignment=styles.CENTER)
    for index, column in enumerate(GRID):
        page.put(top, 5 + index, across[0].format(column=column), styles.HEADING,
                 fill=styles.HEADING_FILL, number_format=across[1], alignment=styles.RIGHT)
    for row, column in enumerate(GRID, start=top + 1):
        page.put(row, 2, f"=MIN(mfu*(1+{column}$5),$C$6)", styles.BOLD, fill=styles.BAND_FILL,
                 number_format="0.0%", alignment=styles.CENTER)
        for place, (_, formula, number_format) in enumerate((first, second), start=3):
            page.put(row, place, formula.format(row=row), styles.TEXT, fill=styles.BAND_FILL,
                     number_format=number_format, alignment=styles.RIGHT)
        for index, inner in enumerate(GRID):
            own = index == CENTRE == row - top - 1
            page.put(row, 5 + index, cell[0].format(row=row, column=inner),
                     styles.BOLD if own else styles.TEXT, number_format=cell[1],
                     alignment=styles.RIGHT, border=styles.BOX)
    last = top + len(STEPS)
    page.sheet.conditional_formatting.add(
        f"{GRID[0]}{top + 1}:{GRID[-1]}{last}",
        ColorScaleRule(start_type="min", start_color="FFE3F3EA", mid_type="percentile",
                       mid_value=50, mid_color="FFFFFFFF", end_type="max", end_color="FFFBE3D6"),
    )
    page.row = last + 2


def _sources(workbook: Workbook, names: Names) -> None:
    page = Page(
        workbook,
        names,
        "Sources",
        (2, 34, 58, 84),
        "Sources",
        "Where each formula and each figure comes from.",
    )
    page.header(("Figure or function", "What it is", "Source"))
    page.section("This run")
    _source(page, "run_source", "Parameters, tokens, machines and prices of the run", RUN_SOURCE)
    own = page.sheet.cell(page.row - 1, 4)
    own.font, own.fill, own.protection = styles.INPUT, styles.INPUT_FILL, styles.UNLOCKED
    page.sheet.row_dimensions[own.row].height = 70  # a scenario's sentence may be longer
    names.define("run_source", page.sheet, own)
    page.row += 1
    page.section("Functions")
    used = ("TRAIN_FLOPS", "CHINCHILLA_TOKENS", "GPU_DAYS", "GPU_HOURS", "GPU_MONTHS",
            "TRAIN_DAYS", "TRAIN_COST", "GPU_COST", "ENERGY_MWH", "CARBON_TONNES", "GPU_SPEC")
    for spec in specs():
        if spec.name in used:
            references = " ".join(spec.sections["References"].split())
            _source(page, spec.name, spec.summary, references)
    page.row += 1
    page.section("Defaults of the inputs")
    for label, what, source in (
        ("params, tokens", "175 B parameters, 300 B tokens",
         "Brown et al. 2020, Language Models are Few-Shot Learners, arXiv:2005.14165."),
        ("gpus, mfu", "1,000 A100 at 46.2 %: 25.3 days",
         "AI大模型专题报告：大模型进展2.0, 2024-05-07; 46.2 % is PaLM's utilisation, "
         "arXiv:2204.02311, Table 3."),
        ("price_per_gpu_hour", "RunPod, A100 SXM 80GB on demand, 2025-03-03",
         "Epoch AI, Data on AI and Machine Learning Hardware, CC BY 4.0; catalogue gpu_rental-020."),
        ("pue, tonnes_per_mwh", "1.1 and 0.385 t CO2/MWh",
         "Touvron et al. 2023, LLaMA, arXiv:2302.13971, section 6 and Table 15."),
        ("pue, survey", "1.56 on average", "Uptime Institute, Global Data Center Survey 2024."),
        ("power_price", "0: a rented GPU-hour includes power",
         "For own machines: EIA, Electric Power Annual 2023, industrial prices by state."),
        ("contingency", "10 %", "An assumption of this template; set your own."),
    ):
        _source(page, label, what, source)
    page.finish(freeze="A5", cursor="B6", repeat_row=4)


def _source(page: Page, label: str, what: str, source: str) -> None:
    for column, text in enumerate((label, what, source), start=2):
        page.put(page.row, column, text, border=styles.HAIRLINE, alignment=styles.WRAPPED)
    page.fit(page.row, [(2, label), (3, what), (4, source)])
    page.row += 1


def _machines() -> list[dict[str, object]]:
    """Return the accelerators whose dense 16-bit rate is published."""
    return [dict(row) for row in accelerators().rows if row["peak_tflops"] is not None]


def _catalogue(workbook: Workbook, names: Names) -> None:
    columns = (
        ("Accelerator", "name", "General"),
        ("Vendor", "vendor", "General"),
        ("Year", "year", "0"),
        ("Peak, dense 16-bit\nTFLOP/s", "peak_tflops", "#,##0.0"),
        ("Peak, 16-bit sparse\nTFLOP/s", "fp16_sparse_tflops", "#,##0.0"),
        ("Peak, dense FP8\nTFLOP/s", "fp8_tflops", "#,##0.0"),
        ("Memory\nGB", "memory_gb", "#,##0.##"),
        ("Bandwidth\nGB/s", "memory_bandwidth_gbs", "#,##0"),
        ("Power\nW", "tdp_w", "#,##0"),
        ("Confidence", "confidence", "General"),
        ("Source", "source_url", "General"),
    )
    page = Page(
        workbook,
        names,
        "Catalogue",
        (2, 36, 12, 8, 17, 18, 17, 11, 12, 10, 14, 34),
        "Catalogue",
        "Accelerators with a published dense 16-bit rate; an empty cell was published by nobody. "
        "Collected on 2026-11-22.",
    )
    page.header([heading for heading, _, _ in columns], numbers=range(2, 9), indented=(9,), height=46)
    for machine in _machines():
        for column, (_, field, number_format) in enumerate(columns, start=2):
            value = machine[field]
            host = urlsplit(str(value)).hostname if field == "source_url" else None
            cell = page.put(
                page.row, column, host or value, styles.URL if host else styles.TEXT,
                number_format=number_format, border=styles.HAIRLINE,
                alignment=styles.RIGHT if isinstance(value, float) else styles.INDENTED
                if field == "confidence" else styles.LEFT,
            )
            if host:
                cell.hyperlink = str(value)
                cell.font = styles.URL
        page.row += 1
    page.sheet.auto_filter.ref = f"B4:L{page.row - 1}"
    page.finish(freeze="C5", cursor="B5", repeat_row=4)


def _checks(workbook: Workbook, names: Names) -> int:
    page = Page(
        workbook,
        names,
        "Checks",
        (2, 62, 14, 84),
        "Checks",
        "Each line must be TRUE. The figures are computed a second way and compared.",
    )
    page.header(("Check", "Holds", "How"))
    tolerance = "$C$17"
    middle = GRID[CENTRE]
    for label, formula, how in (
        ("Parameters, tokens and machines are numbers above 0",
         "=AND(ISNUMBER(params),ISNUMBER(tokens),ISNUMBER(gpus),params>0,tokens>0,gpus>0)",
         "ISNUMBER and a comparison with 0."),
        ("Utilisation is above 0 and at most 100 %", "=AND(mfu>0,mfu<=Sensitivity!$C$6)",
         "46.2 instead of 46.2 % would fail."),
        ("The peak rate is the dense one", '=IFERROR(peak_tflops<=GPU_SPEC(gpu,"peak_tflops"),TRUE)',
         "Not above the catalogue's dense 16-bit rate; a machine that the catalogue does not know "
         "passes."),
        ("Forward and backward pass make up the compute",
         "=ABS(FORWARD_FLOPS(params,tokens)+BACKWARD_FLOPS(params,tokens)-TRAIN_FLOPS(params,tokens))"
         f"<={tolerance}*TRAIN_FLOPS(params,tokens)",
         "2·N·D + 4·N·D against 6·N·D."),
        ("Days, machines and utilisation give the compute back",
         "=ABS(TRAIN_MFU(train_flops,gpus,train_days,peak_tflops)-mfu)<=" + tolerance,
         "TRAIN_MFU undoes TRAIN_DAYS."),
        ("GPU-days and GPU-hours agree", f"=ABS(gpu_days*24-gpu_hours)<={tolerance}*gpu_hours",
         "A day has 24 hours."),
        ("The compute cost is the same by both functions",
         "=ABS(TRAIN_COST(train_flops,peak_tflops,mfu,price_per_gpu_hour)-compute_cost)"
         f"<={tolerance}*MAX(compute_cost,{tolerance})", "TRAIN_COST against GPU_COST."),
        ("The parts of the cost add up",
         "=ABS((compute_cost+power_cost)*(1+contingency)-total_cost)"
         f"<={tolerance}*MAX(total_cost,{tolerance})", "Parts against the total."),
        ("The cost table holds the run in its middle",
         f"=ABS(Sensitivity!${middle}${COST_TABLE + 1 + CENTRE}-total_cost)"
         f"<={tolerance}*MAX(total_cost,{tolerance})", "Middle of the table against the total."),
        ("The time table holds the run in its middle",
         f"=ABS(Sensitivity!${middle}${DAYS_TABLE + 1 + CENTRE}-TRAIN_DAYS(train_flops,"
         f"Sensitivity!${middle}${DAYS_TABLE},peak_tflops,mfu))<={tolerance}*train_days",
         "Middle of the table against TRAIN_DAYS."),
    ):
        page.put(page.row, 2, label, styles.TEXT, border=styles.HAIRLINE, alignment=styles.WRAPPED)
        page.put(page.row, 3, formula, styles.BOLD, border=styles.HAIRLINE,
                 alignment=styles.CENTER)
        page.put(page.row, 4, how, styles.NOTE, border=styles.HAIRLINE, alignment=styles.WRAPPED)
        page.fit(page.row, [(2, label), (4, how)], least=18)
        page.row += 1
    last = page.row - 1
    page.row += 1
    page.section("Tolerance")
    assert page.row == 17, "the checks point at the cell of their tolerance"  # noqa: S101
    page.put(page.row, 2, "Relative difference that passes", styles.TEXT)
    page.put(page.row, 3, 1e-9, styles.TEXT, number_format="0E+00", alignment=styles.CENTER)
    page.put(page.row, 4, "Rounding of binary numbers.", styles.NOTE)
    # The colour is on the text: LibreOffice 7.4 does not print a logical value that has a rule.
    labels = f"B5:B{last}"
    page.sheet.conditional_formatting.add(
        labels, FormulaRule(formula=["IF(ISLOGICAL($C5),$C5,FALSE)"], fill=styles.GOOD_FILL)
    )
    page.sheet.conditional_formatting.add(
        labels, FormulaRule(formula=["IF(ISLOGICAL($C5),NOT($C5),TRUE)"], fill=styles.BAD_FILL)
    )
    page.finish(freeze="A5", cursor="C5", repeat_row=4)
    return last


def _summary(workbook: Workbook, names: Names) -> Page:
    """Open the first sheet; it is filled once the others stand."""
    return Page(
        workbook,
        names,
        "Summary",
        (2, 31, 17, 17, 2, 16, 16, 16, 16),
        "Training budget",
        "What one training run takes and costs. Change the sheet Inputs; this sheet follows.",
    )


def _finish_summary(page: Page, workbook: Workbook, last_check: int) -> None:
    page.put(3, 2, "=run_name", styles.SECTION, alignment=styles.LEFT)
    tiles = (
        ("TOTAL COST", "=total_cost", MONEY_FORMAT, "=currency"),
        ("TRAINING TIME", "=train_days", "#,##0.0", '="days on "&TEXT(gpus,"#,##0")&" × "&gpu'),
        ("GPU-HOURS", "=gpu_hours", "#,##0", '="at "&TEXT(mfu,"0.0%")&" of the peak rate"'),
        ("ENERGY", "=energy_mwh", "#,##0", '="MWh, "&TEXT(carbon_tonnes,"#,##0")&" t CO2"'),
    )
    for (label, formula, number_format, unit), (left, right) in zip(
        tiles, ((2, 2), (3, 4), (6, 7), (8, 9)), strict=True
    ):
        rows = (
            (5, label, styles.FIGURE_LABEL, None),
            (6, formula, styles.FIGURE, number_format),
            (7, unit, styles.NOTE, None),
        )
        for row, value, font, shown in rows:
            for column in range(left, right + 1):
                page.put(row, column, None, font, fill=styles.BAND_FILL)
            page.put(row, left, value, font, number_format=shown, alignment=styles.CENTER,
                     fill=styles.BAND_FILL)
            if right > left:
                page.sheet.merge_cells(start_row=row, end_row=row, start_column=left,
                                       end_column=right)
    for row, height in ((5, 20), (6, 32), (7, 20)):
        page.sheet.row_dimensions[row].height = height

    page.row = 9
    groups = (
        ("The run", (
            ("Parameters", "=params", q.PARAMS.number_format, "parameters"),
            ("Training tokens", "=tokens", q.TOKENS.number_format, "tokens"),
            ("Tokens for each parameter", "=tokens_per_param", "#,##0.0", "tokens/parameter"),
            ("Compute-optimal tokens", "=chinchilla_tokens", q.TOKENS.number_format, "tokens"),
            ("Training compute", "=train_flops", q.FLOP.number_format, "FLOP"),
        )),
        ("The machines", (
            ("Accelerator", "=gpu", "General", ""),
            ("GPUs", "=gpus", "#,##0", "GPUs"),
            ("Peak rate of one GPU", "=peak_tflops", "#,##0.0", "TFLOP/s"),
            ("Utilisation (MFU)", "=mfu", "0.0%", "of the peak rate"),
            ("GPU-days", "=gpu_days", "#,##0", "GPU-days"),
        )),
        ("The money", (
            ("Price of a GPU-hour", "=price_per_gpu_hour", PRICE_FORMAT, '=currency&"/GPU-hour"'),
            ("Compute", "=compute_cost", MONEY_FORMAT, "=currency"),
            ("Power", "=power_cost", MONEY_FORMAT, '=IF(power_price=0,"in the price",currency)'),
            ("Contingency", "=contingency_cost", MONEY_FORMAT, "=currency"),
            ("Total", "=total_cost", MONEY_FORMAT, "=currency"),
            ("Cost of a million tokens", "=cost_per_mtokens", PRICE_FORMAT,
             '=currency&"/M tokens"'),
        )),
    )
    for heading, lines in groups:
        for column in (2, 3, 4):
            page.put(page.row, column, heading if column == 2 else None, styles.SECTION,
                     border=styles.UNDERLINE)
        page.sheet.row_dimensions[page.row].height = 20
        page.row += 1
        for label, formula, number_format, unit in lines:
            total = label == "Total"
            border = styles.TOTAL if total else styles.HAIRLINE
            page.put(page.row, 2, label, styles.BOLD if total else styles.TEXT, border=border)
            page.put(page.row, 3, formula, styles.LINK, number_format=number_format,
                     alignment=styles.RIGHT, border=border)
            page.put(page.row, 4, unit, styles.TEXT, alignment=styles.INDENTED, border=border)
            page.row += 1
        page.row += 1
    page.put(page.row, 2, "Checks", styles.TEXT)
    verdict = page.put(
        page.row, 3,
        f'=IF(AND(Checks!C5:C{last_check}),"All checks hold","A check fails: see Checks")',
        styles.BOLD,
    )
    page.sheet.conditional_formatting.add(
        verdict.coordinate,
        CellIsRule(operator="equal", formula=['"All checks hold"'], fill=styles.GOOD_FILL),
    )
    page.sheet.conditional_formatting.add(
        verdict.coordinate,
        CellIsRule(operator="notEqual", formula=['"All checks hold"'], fill=styles.BAD_FILL),
    )
    _charts(page, workbook)
    for row in range(9, page.row + 1):
        page.sheet.row_dimensions[row].height = page.sheet.row_dimensions[row].height or 15.5
    page.finish(cursor="B3", last_row=page.row + 1)
    page.sheet.page_setup.fitToHeight = 1


def _charts(page: Page, workbook: Workbook) -> None:
    table = workbook["Sensitivity"]
    size = len(STEPS)
    cost = LineChart()
    middle = 5 + CENTRE
    cost.add_data(Reference(table, min_col=middle, min_row=COST_TABLE + 1, max_row=COST_TABLE + size))
    cost.set_categories(Reference(table, min_col=2, min_row=COST_TABLE + 1, max_row=COST_TABLE + size))
    days = LineChart()
    row = DAYS_TABLE + 1 + CENTRE
    days.add_data(Reference(table, min_col=5, max_col=4 + size, min_row=row, max_row=row),
                  from_rows=True)
    days.set_categories(Reference(table, min_col=5, max_col=4 + size, min_row=DAYS_TABLE,
                                  max_row=DAYS_TABLE))
    for chart, title, x_title, x_format, y_format, anchor in (
        (cost, "Total cost over utilisation", "Utilisation (MFU)", "0%", "#,##0", "F9"),
        (days, "Training time over GPUs", "GPUs", "#,##0", "#,##0", "F20"),
    ):
        style_chart(chart, title=title, x_title=x_title,
                    y_title="Days" if chart is days else "Currency of the inputs")
        chart.legend = None
        chart.x_axis.number_format = x_format
        chart.y_axis.number_format = y_format
        chart.y_axis.scaling.min = 0
        chart.width, chart.height = 15.6, 6.0
        series = chart.series[0]
        series.smooth = False
        series.graphicalProperties.line.width = 28_000
        series.marker.symbol = "circle"
        series.marker.size = 6
        series.marker.graphicalProperties.solidFill = styles.TEAL
        series.marker.graphicalProperties.line.solidFill = styles.TEAL
        page.sheet.add_chart(chart, anchor)
