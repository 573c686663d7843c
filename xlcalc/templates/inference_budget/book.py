"""Budget of inference: GPUs, speed of answers, cost of a million tokens, margin against APIs.

The workbook is authored here with openpyxl; every figure in it is a formula on named cells.
"""

from openpyxl.chart import Reference
from openpyxl.formatting.rule import ColorScaleRule, FormulaRule

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page, validate_number
from xlcalc.catalogue.quotes import BASE
from xlcalc.templates.parts.catalogues import (
    catalogue_page,
    models_page,
    token_offers,
    token_prices_page,
)
from xlcalc.templates.parts.checks import checks_page, verdict
from xlcalc.templates.parts.figures import MONEY_FORMAT, PRICE_FORMAT, figures_page
from xlcalc.templates.parts.front import (
    BIG_MONEY,
    cover_page,
    finish_cover,
    key_figures,
    sources_page,
    tile,
)
from xlcalc.templates.parts.lines import read_model
from xlcalc.templates.parts.money import inputs_page, rate_of
from xlcalc.templates.parts.tables import Column, Table

API_DEARER = "api_mtokens_price>other_mtokens_cost"
"""Whether there is a volume from which this fleet costs less than the API."""
RUN_SOURCE = (
    "Parameters and shape: Brown et al. 2020 (GPT-3), arXiv:2005.14165. An answer of 20 + 300 "
    "tokens on A100 at 46.2 %, 1.12e14 FLOP and 0.78 s of one GPU: "
    "AI大模型专题报告：大模型进展2.0, 2024-05-07. "
    "Traffic, sequences and limits: assumptions of this template."
)
BATCH_STEPS = (0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)
"""From one sequence to as many as fit, as exponents: the sequences grow by a constant factor."""
UTILISATIONS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
CONTEXT_FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
OWN_CONTEXT = CONTEXT_FACTORS.index(1.0)
VOLUME_STEPS = tuple(step / 10 for step in range(21))
"""Volumes over the larger of this case's and the break-even's."""
COST_OF_1M = "Cost of 1 M tokens"

PURPOSE = (
    "What serving a language model takes and costs, on machines of your own or rented ones.",
    "How many tokens a second do the users ask for, on average and at the peak?",
    "How many GPUs hold the model with its KV cache, and how many serve the load: is computation "
    "the bound, or memory bandwidth?",
    "How long does a user wait for the first token, and for the whole answer?",
    "What does a million tokens cost, and a month, and what would the same traffic cost at the "
    "list price of an API?",
    "From which volume on is own serving cheaper, and what do batch, context and utilisation "
    "change?",
)
TABS = (
    *("Cover", "Summary", "Inputs", "Calculation", "API prices", "Volume"),
    *("Sensitivity", "Checks", "Catalogue", "Models", "Sources"),
)


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    model = read_model("inference_budget")
    book = Book("Inference budget", "xlcalc template new inference_budget", texts)
    cover = cover_page(book, PURPOSE)
    summary = Page(
        book,
        "Summary",
        (2, 33, 18, 20, 2, 28, 28, 28, 28),
        "Inference budget",
        "What serving a model takes and costs. Change the sheet Inputs; this sheet follows.",
    )
    inputs_page(
        book,
        "Blue on yellow may be changed. Everything else in the workbook follows from these cells.",
        model.groups["inputs"],
        model.lines("amounts"),
    )
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells. Where the model does not fit, a row says so in words.",
        model.groups["results"],
        editable=False,
    )
    for name, tab in (("chosen_api", "Inputs"), ("fit_verdict", "Calculation")):
        # Formulas that show long sentences: three lines.
        _, place = next(book.workbook.defined_names[name].destinations)
        cell = book.sheet(tab)[place]
        cell.alignment = styles.WRAPPED_RIGHT
        cell.parent.row_dimensions[cell.row].height = 43
    _api_prices(book)
    volumes = _volumes(book)
    batches = _sensitivity(book)
    checks_page(book, model.checks)
    catalogue_page(book)
    models_page(book, protect=True)
    sources_page(book, RUN_SOURCE, model.sources)
    _summary(summary, volumes, batches)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page, volumes: Table, batches: Table) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=run_name", styles.SECTION, alignment=styles.LEFT)
    page.row = 5
    on = '=IF(fits_sequences>=1,TEXT(replicas,"#,##0")&" × "&gpus_per_replica&" "&gpu,fit_verdict)'
    first = (
        '=IF(fits_sequences>=1,"s; the first token after "'
        '&TEXT(first_token_seconds,"#,##0.00")&" s","s")'
    )
    # Where the model does not fit, no figure is fit to be signed.
    for columns, label, name, shown, unit in (
        ((2, 2), "COST OF A MONTH", "own_cost", BIG_MONEY, "=currency"),
        ((3, 4), "COST OF A MILLION TOKENS", "own_mtokens_cost", "#,##0.00", "=currency"),
        ((6, 7), "GPUS", "fleet_gpus", "#,##0", on),
        ((8, 9), "AN ANSWER TAKES", "answer_seconds", "#,##0.0", first),
    ):
        tile(page, columns, label, f'=IF(fits_sequences>=1,{name},"-")', shown, unit)
    page.row = 9
    key_figures(
        page,
        "The model and its traffic",
        (
            ("Parameters, all", "=total_params", q.PARAMS.number_format, "parameters"),
            ("Parameters, active", "=active_params", q.PARAMS.number_format, "parameters"),
            ("Prompt tokens of a request", "=prompt_tokens", "#,##0", "tokens"),
            ("Output tokens of a request", "=output_tokens", "#,##0", "tokens"),
            ("Requests at the peak", "=peak_requests", "#,##0.00", "requests/s"),
            ("Tokens in a month", "=month_mtokens", "#,##0", "M tokens/month"),
        ),
    )
    key_figures(
        page,
        "A replica",
        (
            ("Weights", "=model_gb", "#,##0.0", "GB"),
            ("KV cache of a sequence", "=sequence_gb", "#,##0.000", "GB/sequence"),
            ("Usable memory of a replica", "=replica_memory_gb", "#,##0.0", "GB"),
            ("Sequences at the same time", "=batch", "#,##0", "sequences"),
            ("Output tokens of a replica", "=decode_rate", "#,##0", "tokens/s"),
            ("Output tokens of a user", "=user_speed", "#,##0.0", "tokens/s"),
            ("Share of attention", "=attention_part", "0.0%", "of the FLOP"),
        ),
    )
    key_figures(
        page,
        "The fleet",
        (
            ("Bound by computation", "=compute_gpus", "#,##0", "GPUs"),
            ("Bound by memory bandwidth", "=memory_gpus", "#,##0", "GPUs"),
            ("Prefill", "=prefill_gpus", "#,##0", "GPUs"),
            ("Decode", "=decode_gpus", "#,##0", "GPUs"),
            ("Total, in whole replicas", "=fleet_gpus", "#,##0", "GPUs"),
            ("Utilisation of the fleet", "=fleet_utilisation", "0.0%", "of its throughput"),
        ),
    )
    key_figures(
        page,
        "Against the API",
        (
            ("API", "=chosen_api", "General", ""),
            (
                "Its price of 1 M tokens",
                "=api_mtokens_price",
                PRICE_FORMAT,
                '=currency&"/M tokens"',
            ),
            ("The same traffic there", "=api_month_cost", MONEY_FORMAT, '=currency&"/month"'),
            ("Own serving", "=own_cost", MONEY_FORMAT, '=currency&"/month"'),
            ("Margin of own serving", "=margin", MONEY_FORMAT, '=currency&"/month"'),
        ),
    )
    page.row -= 1
    for label, formula in (
        ("At this volume", "=api_verdict"),
        (
            "Break-even of this fleet",
            f'=IF({API_DEARER},TEXT(fleet_break_even,"#,##0")&" M tokens/month",fleet_break_even)',
        ),
        ("Can this fleet serve it?", "=break_even_verdict"),
        ("Does it fit?", "=fit_verdict"),
    ):
        page.put(page.row, 2, label, border=styles.HAIRLINE, alignment=styles.LEFT)
        cell = page.put(page.row, 3, formula, border=styles.HAIRLINE, alignment=styles.LEFT)
        page.put(page.row, 4, None, border=styles.HAIRLINE)
        page.sheet.row_dimensions[page.row].height = 15.5
        page.row += 1
    page.sheet.conditional_formatting.add(
        f"{cell.coordinate}:D{cell.row}",
        FormulaRule(formula=["fits_sequences<1"], fill=styles.BAD_FILL),
    )
    page.row += 1
    verdict(page)
    sequences, cost = _steps(batches, "sequences"), _steps(batches, "cost")
    charts.scatter(
        page,
        "F9:I22",
        Look("Cost of a month over its volume", "M tokens in a month", x_format="#,##0"),
        _steps(volumes, "volume"),
        [
            Curve("Own serving, in whole replicas", _steps(volumes, "own")),
            Curve("The API", _steps(volumes, "api")),
        ],
        markers=False,
    )
    charts.scatter(
        page,
        "F24:I35",
        Look(
            "GPU cost of a million tokens over sequences at the same time",
            "Sequences of a replica",
            x_format="#,##0",
            y_format="#,##0.00",
            x_log=True,
            x_base=2,
            y_log=True,
        ),
        sequences,
        [Curve(COST_OF_1M, cost)],
    )
    charts.scatter(
        page,
        "F37:I47",
        Look(
            "What speed costs: a million tokens over the speed for a user",
            "Tokens a second of a user",
            x_format="#,##0",
            y_format="#,##0.00",
            y_log=True,
        ),
        _steps(batches, "speed"),
        [Curve(COST_OF_1M, cost)],
    )
    page.finish(cursor="B3", last_row=max(page.row, 47))
    page.sheet.page_setup.fitToHeight = 1


def _api_prices(book: Book) -> None:
    """Write what this traffic would cost at each list price, and the margin of own serving."""
    offers = token_offers()
    known = {BASE: "=currency_rate", "CNY": "=cny_rate"}
    rates = [known.get(str(offer["currency"]), f"={rate_of('{currency}')}") for offer in offers]
    month = "=API_COST(prompt_mtokens*tokens_per_million,output_mtokens*tokens_per_million,"
    page, table = token_prices_page(
        book,
        (
            (Column("rate", "Rate of\nexchange", rates, "0.0000"), 10),
            (
                Column("own_input", "Input price,\nconverted", "={input_price}*{rate}", "#,##0.00"),
                12,
            ),
            (
                Column(
                    "own_output", "Output price,\nconverted", "={output_price}*{rate}", "#,##0.00"
                ),
                12,
            ),
            (
                Column(
                    "month", "This traffic,\na month", month + "{own_input},{own_output})", "#,##0"
                ),
                15,
            ),
            (
                Column(
                    "million",
                    "This traffic,\n1 M tokens",
                    "=IF(month_mtokens>0,{month}/month_mtokens,0)",
                    "#,##0.00",
                ),
                13,
            ),
            (
                Column("margin", "Margin of own\nserving", "={month}-own_cost", MONEY_FORMAT),
                17,
            ),
            (
                Column(
                    "share",
                    "Margin over\nlist price",
                    "=IF({month}>0,{margin}/{month},0)",
                    "#,##0%_);(#,##0%)",
                ),
                12,
            ),
            (Column("own", "Own serving,\n1 M tokens", "=own_mtokens_cost", "#,##0.00"), 13),
        ),
        subtitle="What this traffic would cost at the list prices of APIs, or bring in, and what "
        "own serving leaves of it. List prices collected on 2026-11-26.",
    )
    table.name("own_input", "api_input_prices")
    table.name("own_output", "api_output_prices")
    page.row += 1
    last = page.row + 21
    source = table.cell("source", 0)  # the notes behind it are long, and for the screen
    charts.columns(
        page,
        f"B{page.row}:I{last}",  # a printed page ends behind these columns
        Look("A million tokens of this traffic at list prices", y_format="#,##0.00"),
        table.values("model"),
        [Curve("List price of the API", table.values("million"))],
        over=[Curve("Own serving", table.values("own"))],
    )
    page.finish(freeze="C5", cursor="B5", repeat_row=4, last_row=last, last_column=source.column)
    page.sheet.page_setup.fitToHeight = 1


def _steps(table: Table, key: str) -> Reference:
    """Return the cells of a column below those of this case, for a chart."""
    cells = table.values(key)
    cells.min_row += 1
    return cells


def _mark(table: Table, row: int, last: str) -> None:
    """Highlight the row of this case, up to the last column."""
    first, end = table.cell("label", row), table.cell(last, row)
    for cell in table.page.sheet[first.row][first.column - 1 : end.column]:
        cell.fill, cell.font = styles.BAND_FILL, styles.BOLD


def _volumes(book: Book) -> Table:
    """Write own serving and the API over the volume of a month."""
    page = Page(
        book,
        "Volume",
        (2, 16, 9, 17, 11, 11, *(18,) * 5),
        "Volume",
        "Own serving against the API if the volume changes: replicas are whole, the mix and the "
        "course of the day stay.",
    )
    count = len(VOLUME_STEPS)
    largest = f"MAX(month_mtokens,IF(ISNA(fleet_break_even),0,IF({API_DEARER},fleet_break_even,0)))"
    table = Table(
        page,
        (
            Column("label", "Case", ["This case", *[None] * count], words=True),
            Column("step", "Factor", [None, *VOLUME_STEPS], "0.0"),
            Column(
                "volume",
                "Tokens\nM tokens/month",
                ["=month_mtokens", *[f"={{step}}*{largest}"] * count],
                "#,##0",
            ),
            Column(
                "replicas",
                "Replicas",
                "=ROUNDUP({volume}/replica_mtokens,0)+spare_replicas",
                "#,##0",
            ),
            Column("gpus", "Number\nof GPUs", "={replicas}*gpus_per_replica", "#,##0"),
            Column(
                "own",
                "Own serving\na month",
                "={gpus}*hours_per_month*price_per_gpu_hour+fixed_cost+{volume}*other_mtokens_cost",
                MONEY_FORMAT,
            ),
            Column("api", "The API\na month", "={volume}*api_mtokens_price", MONEY_FORMAT),
            Column("margin", "Margin\na month", "={api}-{own}", MONEY_FORMAT),
            Column(
                "own_million",
                "Own serving\n1 M tokens",
                '=IF({volume}>0,{own}/{volume},"-")',
                PRICE_FORMAT,
            ),
            Column("api_million", "The API\n1 M tokens", "=api_mtokens_price", PRICE_FORMAT),
        ),
        1 + count,
    )
    table.alias("own", "volume_case_cost", 0)
    _mark(table, 0, "api_million")
    page.row += 1
    chart = charts.scatter(
        page,
        f"B{page.row}:K{page.row + 14}",
        Look(
            "Margin of own serving over the volume of a month",
            "M tokens in a month",
            x_format="#,##0",
            y_format="#,##0;(#,##0)",
            y_from_zero=False,
        ),
        _steps(table, "volume"),
        [Curve("Margin", _steps(table, "margin"))],
        markers=False,
    )
    chart.x_axis.tickLblPos = "low"  # below a margin that is negative
    page.finish(freeze="A5", cursor="B5", repeat_row=4, last_row=page.row + 15)
    page.sheet.page_setup.fitToHeight = 1
    return table


READ = (
    "IF({sequences}>1,total_params-(total_params-active_params)"
    "*IF(({sequences}-1)*LN(MAX(1-experts_per_token/experts,1E-300))<-700,0,"
    "(1-experts_per_token/experts)^({sequences}-1)),active_params)"
)
"""Parameters that a step reads, by the sequences of a row.

A power below the least number is 0; LibreOffice says #NUM! there.
"""


def _sensitivity(book: Book) -> Table:
    """Write what sequences, utilisation and context change, and return the table of sequences."""
    page = Page(
        book,
        "Sensitivity",
        (2, 14, 10, 12, *(13,) * 11),
        "Sensitivity",
        "What a million tokens costs on the GPUs if more or fewer sequences, hours of use, or "
        "tokens of context come together.",
    )
    page.section("Sequences at the same time, from one to as many as fit")
    batches = _batches(page)
    page.row += 1
    page.section('="GPU cost of 1 M tokens in "&currency&": sequences down, utilisation across"')
    _grid(page, batches)
    page.row += 1
    page.section("Length of the prompt; a replica grows where it must")
    contexts = _contexts(page)
    page.row += 1
    for (left, right), look, x, curve in (
        (
            ("B", "H"),
            Look(
                "Speed for a user over sequences at the same time",
                "Sequences of a replica",
                "Tokens a second of a user",
                x_format="#,##0",
                x_log=True,
                x_base=2,
            ),
            _steps(batches, "sequences"),
            Curve("Speed for a user", _steps(batches, "speed")),
        ),
        (
            ("I", "O"),
            Look(
                "GPU cost of a million tokens over the prompt",
                "Prompt tokens",
                x_format="#,##0",
                y_format="#,##0.00",
                x_log=True,
            ),
            contexts.values("prompt"),
            Curve(COST_OF_1M, contexts.values("cost")),
        ),
    ):
        charts.scatter(page, f"{left}{page.row}:{right}{page.row + 14}", look, x, [curve])
    page.finish(cursor="B5", last_row=page.row + 15)
    page.sheet.page_setup.fitToHeight = 1
    return batches


def _batches(page: Page) -> Table:
    count = len(BATCH_STEPS)
    table = Table(
        page,
        (
            Column("label", "Case", ["This case", *[None] * count], words=True),
            Column("step", "Exponent", [None, *BATCH_STEPS], "0.000"),
            Column(
                "sequences",
                "Sequences",
                ["=batch", *["=ROUND(MAX(1,fits_sequences)^{step},0)"] * count],
                "#,##0",
            ),
            Column("cache", "KV cache\nGB", "={sequences}*sequence_gb", "#,##0.0"),
            Column(
                "read", "Weights read\nGB/step", f"={READ}*bytes_per_param/bytes_per_gb", "#,##0.0"
            ),
            Column(
                "memory",
                "By memory\ns/step",
                "=({read}+{sequences}*read_bytes/bytes_per_gb)/replica_bandwidth",
                "0.0000",
            ),
            Column("compute", "By compute\ns/step", "=compute_step/batch*{sequences}", "0.0000"),
            Column(
                "rate",
                "Replica\ntokens/s",
                "=DECODE_TOKENS_PER_SECOND(flop_params,{read}*bytes_per_gb/flop_params,"
                "replica_bandwidth,replica_tflops,{sequences},read_bytes,mfu)",
                "#,##0",
            ),
            Column("speed", "User\ntokens/s", "={rate}/{sequences}", "#,##0.0"),
            Column(
                "busy",
                "Replica\ns/request",
                "=prefill_seconds+output_tokens/{rate}",
                "0.0000",
            ),
            Column(
                "gpu",
                "GPU\ntokens/s",
                "=context_tokens/({busy}*gpus_per_replica)",
                "#,##0.0",
            ),
            Column(
                "full",
                "1 M tokens,\nfully used",
                "=COST_PER_MTOKENS(price_per_gpu_hour,{gpu},1)",
                PRICE_FORMAT,
            ),
            Column(
                "cost",
                "1 M tokens,\nas planned",
                "={full}/(target_utilisation/peak_factor)",
                PRICE_FORMAT,
            ),
        ),
        1 + count,
    )
    table.alias("cost", "batch_case_cost", 0)
    _mark(table, 0, "cost")
    return table


def _grid(page: Page, batches: Table) -> None:
    """Write the cost over sequences and utilisation, plain arithmetic on the table above."""
    rows = range(1 + len(BATCH_STEPS))
    across = page.row
    page.put(across, 2, "Utilisation", styles.BOLD, alignment=styles.LEFT)
    columns = []
    for place, share in enumerate(UTILISATIONS):
        cell = page.put(
            across,
            5 + place,
            share,
            styles.INPUT,
            number_format="0%",
            alignment=styles.RIGHT,
            border=styles.BOX,
            fill=styles.INPUT_FILL,
        )
        cell.protection = styles.UNLOCKED
        validate_number(page, cell, "Utilisation", q.UTILISATION)
        columns.append(
            Column(
                f"u{place}",
                f'=TEXT({cell.column_letter}${across},"0%")',
                f"={{full}}/{cell.column_letter}${across}",
                PRICE_FORMAT,
            )
        )
    page.row += 1
    table = Table(
        page,
        (
            Column("label", "Case", ["This case", *[None] * len(BATCH_STEPS)], words=True),
            Column(
                "sequences",
                "Sequences",
                [f"={batches.cell('sequences', row).coordinate}" for row in rows],
                "#,##0",
            ),
            Column(
                "full",
                "Fully used",
                [f"={batches.cell('full', row).coordinate}" for row in rows],
                PRICE_FORMAT,
            ),
            *columns,
        ),
        len(rows),
        height=18,
    )
    _mark(table, 0, columns[-1].key)
    first, last = table.cell("u0", 0), table.cell(columns[-1].key, -1)
    page.sheet.conditional_formatting.add(
        f"{first.coordinate}:{last.coordinate}",
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


def _contexts(page: Page) -> Table:
    labels: list[str | None] = [None] * len(CONTEXT_FACTORS)
    labels[OWN_CONTEXT] = "This case"
    table = Table(
        page,
        (
            Column("label", "Case", labels, words=True),
            Column("factor", "Factor", CONTEXT_FACTORS, "0.00"),
            Column("prompt", "Prompt\ntokens", "=prompt_tokens*{factor}", "#,##0"),
            Column("end", "Context\ntokens", "={prompt}+output_tokens", "#,##0"),
            Column(
                "cache",
                "KV cache\nGB/sequence",
                "=IF(kv_rank>0,sequence_gb/context_tokens*{end},KV_CACHE_BYTES(layers,kv_heads,"
                "head_dim,{end},bytes_per_value,1,window,window_layers)/bytes_per_gb)",
                "#,##0.000",
            ),
            Column(
                "gpus",
                "Replica\nGPUs",
                "=MAX(gpus_per_replica,GPUS_TO_FIT(model_gb+{cache},gpu_memory_gb,usable_memory))",
                "#,##0",
            ),
            Column(
                "sequences",
                "Sequences",
                "=MAX(1,MIN(most_sequences,MAX_SEQUENCES(gpu_memory_gb,{gpus},model_gb,"
                "{cache}*bytes_per_gb,usable_memory)))",
                "#,##0",
            ),
            Column(
                "prefill",
                "Prefill\ns",
                "=INFER_SECONDS((prefill_flops-prefill_attention_flops)*{factor}"
                "+ATTENTION_FLOPS(layers,heads,prefill_head_dim,MAX({prompt},1),{prompt},"
                '"causal",window,window_layers)*forward_share,peak_tflops,mfu,{gpus})',
                "#,##0.000",
            ),
            Column("mean", "In decode\ntokens", "=AVERAGE({prompt},{end})", "#,##0"),
            Column(
                "flop",
                "Decode\nFLOP/token",
                "=decode_flops-decode_attention_flops+ATTENTION_FLOPS(layers,heads,"
                'decode_head_dim,MAX({mean},1),1,"full",window,window_layers)*forward_share',
                "0.00E+00",
            ),
            Column(
                "step",
                "Step\ns",
                f"=MAX(({READ}*bytes_per_param/bytes_per_gb+{{sequences}}"
                "*IF(kv_rank>0,{cache}*{mean}/{end},KV_CACHE_BYTES(layers,kv_heads,head_dim,{mean},"
                "bytes_per_value,1,window,window_layers)/bytes_per_gb))"
                "/(replica_bandwidth/gpus_per_replica*{gpus}),"
                "compute_step/batch*{sequences}*{flop}/decode_flops*gpus_per_replica/{gpus})",
                "0.0000",
            ),
            Column(
                "busy",
                "Replica\ns/request",
                "={prefill}+output_tokens*{step}/{sequences}",
                "#,##0.0000",
            ),
            Column("gpu", "GPU\ntokens/s", "={end}/({busy}*{gpus})", "#,##0.0"),
            Column(
                "cost",
                "1 M tokens,\nas planned",
                "=COST_PER_MTOKENS(price_per_gpu_hour,{gpu},target_utilisation/peak_factor)",
                PRICE_FORMAT,
            ),
        ),
        len(CONTEXT_FACTORS),
    )
    table.alias("cost", "context_case_cost", OWN_CONTEXT)
    _mark(table, OWN_CONTEXT, "cost")
    return table
