"""Budget of inference: GPUs, speed of answers, cost of a million tokens, margin against APIs.

The workbook is authored here with openpyxl; every figure in it is a formula on named cells.
"""

from openpyxl.formatting.rule import FormulaRule

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.inference_budget.sensitivity import sensitivity
from xlcalc.templates.inference_budget.sheets import api_prices, steps, volumes, year
from xlcalc.templates.parts.assumptions import assumptions_page
from xlcalc.templates.parts.catalogues import catalogue_page, models_page
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
from xlcalc.templates.parts.money import PER_GPU_HOUR, inputs_page
from xlcalc.templates.parts.tables import Table

RUN_SOURCE = (
    "Shape: the configuration file of gpt-oss-120b, on the sheet Models. Weights: its model card, "
    "arXiv:2508.10925. Rent: list prices on the sheet Catalogue; the API: gpt-5-mini's list price. "
    "Traffic, sequences and limits: assumptions of this template."
)
COST_OF_1M = "Cost of 1 M tokens"

PURPOSE = (
    "What serving a language model takes and costs, on machines of your own or rented ones.",
    "How many tokens a second do the users ask for, on average and at the peak?",
    "How many GPUs hold the model with its KV cache, and how many serve the load: is computation "
    "the bound, or memory bandwidth?",
    "How long does a user wait for the first token, and for the whole answer?",
    "What does a million tokens cost, and a month, and what would the same traffic cost at the "
    "list price of an API?",
    "From which volume on is own serving cheaper, at this price of a GPU-hour and at the market's "
    "others?",
    "What do growth and seasons make of a year, and what do batch, context and utilisation change?",
)
TABS = (
    *("Cover", "Summary", "Inputs", "Calculation", "API prices", "Volume", "Year"),
    *("Sensitivity", "Checks", "Catalogue", "Models", "Assumptions", "Sources"),
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
    api_prices(book)
    volume_table = volumes(book)
    year(book)
    batches = sensitivity(book)
    checks_page(book, model.checks)
    catalogue_page(book)
    models_page(book, protect=True)
    assumptions_page(book)
    sources_page(book, RUN_SOURCE, model.sources)
    _summary(summary, volume_table, batches)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page, volume_table: Table, batches: Table) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=run_name", styles.SECTION, alignment=styles.LEFT)
    page.row = 5
    on = (
        '=IF(servable=1,TEXT(replicas,"#,##0")&" replicas of "&gpus_per_replica&" "&gpu,'
        '"see Does it fit?")'
    )
    first = (
        '=IF(servable=1,"s; the first token after "&TEXT(first_token_seconds,"#,##0.00")&" s","s")'
    )
    million = '=IF(month_mtokens>0,currency,"no traffic: the bill is for idle machines")'
    # Not ISNUMBER, which would make a sentence of the error of a call.
    even = (
        '=IF(replica_saving>0,"M tokens/month on, own serving","the API is cheaper at any volume")'
    )
    # Where the model cannot be served, no figure is fit to be signed.
    for columns, label, figure, shown, unit in (
        ((2, 2), "COST OF A MONTH", "own_cost", BIG_MONEY, "=currency"),
        ((3, 4), "COST OF A MILLION TOKENS", "own_mtokens_cost", "#,##0.00", million),
        ((6, 6), "GPUS", "fleet_gpus", "#,##0", on),
        ((7, 7), "AN ANSWER TAKES", "answer_seconds", "#,##0.0", first),
        (
            (8, 9),
            "ALWAYS CHEAPER THAN THE API FROM",
            'IF(replica_saving>0,break_even_mtokens,"-")',
            "#,##0",
            even,
        ),
    ):
        tile(page, columns, label, f'=IF(servable=1,{figure},"-")', shown, unit)
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
            ("Output tokens of a replica", "=output_rate", "#,##0", "tokens/s"),
            ("Output tokens of a user", "=user_speed", "#,##0.0", "tokens/s"),
            ("Share of attention", "=attention_part", "0.0%", "of the FLOP"),
        ),
    )
    key_figures(
        page,
        "The fleet",
        (
            ("For prefill alone", "=prefill_gpus", "#,##0", "GPUs"),
            ("For decode alone", "=decode_gpus", "#,##0", "GPUs"),
            ("Replicas for the load", "=load_replicas*gpus_per_replica", "#,##0", "GPUs"),
            ("Spare replicas", "=spare_replicas*gpus_per_replica", "#,##0", "GPUs"),
            ("Total, load and spare", "=fleet_gpus", "#,##0", "GPUs"),
            ("Utilisation of the fleet", "=fleet_utilisation", "0.0%", "of its throughput"),
        ),
    )
    money = '=currency&"/month"'
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
            ("The same traffic there", "=api_month_cost", MONEY_FORMAT, money),
            ("Own serving", "=own_cost", MONEY_FORMAT, money),
            ("Margin of own serving", "=margin", MONEY_FORMAT, money),
            ("People whom it pays", "=margin_people", "#,##0.00", "people"),
            (
                "The same model at its hosts",
                "=same_mtokens_price",
                PRICE_FORMAT,
                '=currency&"/M tokens"',
            ),
        ),
    )
    key_figures(
        page,
        "At the market's prices of a GPU-hour",
        (
            ("This case's price", "=price_per_gpu_hour", PRICE_FORMAT, PER_GPU_HOUR),
            ("Lowest price", "=price_low", PRICE_FORMAT, PER_GPU_HOUR),
            ("Highest price", "=price_high", PRICE_FORMAT, PER_GPU_HOUR),
            ("Price for equal cost", "=even_price", PRICE_FORMAT, PER_GPU_HOUR),
            ("Own serving at the lowest price", "=own_cost_low", MONEY_FORMAT, money),
            ("Own serving at the highest price", "=own_cost_high", MONEY_FORMAT, money),
        ),
    )
    page.row -= 1
    for label, formula in (
        ("At this volume", "=api_verdict"),
        ("Over the market's prices", "=price_verdict"),
        ("Which speed counts?", "=speed_source"),
        ("Does it fit?", "=fit_verdict"),
    ):
        page.put(page.row, 2, label, border=styles.HAIRLINE, alignment=styles.LEFT)
        cell = page.put(page.row, 3, formula, border=styles.HAIRLINE, alignment=styles.WRAPPED)
        page.put(page.row, 4, None, border=styles.HAIRLINE)
        page.sheet.merge_cells(f"C{page.row}:D{page.row}")
        page.sheet.row_dimensions[page.row].height = 29
        page.row += 1
    page.sheet.conditional_formatting.add(
        f"{cell.coordinate}:D{cell.row}",
        FormulaRule(formula=["servable<1"], fill=styles.BAD_FILL),
    )
    page.row += 1
    verdict(page)
    sequences, cost = steps(batches, "sequences"), steps(batches, "cost")
    charts.scatter(
        page,
        "F9:I22",
        Look("Cost of a month over its volume", "M tokens in a month", x_format="#,##0"),
        steps(volume_table, "volume"),
        [
            Curve("Own serving, in whole replicas", steps(volume_table, "own")),
            Curve("The API", steps(volume_table, "api")),
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
        steps(batches, "speed"),
        [Curve(COST_OF_1M, cost)],
    )
    page.finish(cursor="B3", last_row=max(page.row, 47))
    page.sheet.page_setup.fitToHeight = 1
