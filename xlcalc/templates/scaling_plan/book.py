"""Scaling plan: the model and the data that a budget should buy, and what a smaller model saves.

The workbook is authored here with openpyxl; every figure in it is a formula on named cells.
"""

from xlcalc import quantities as q
from xlcalc.author import styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.layout import Page
from xlcalc.templates.parts.assumptions import assumptions_page
from xlcalc.templates.parts.catalogues import catalogue_page
from xlcalc.templates.parts.checks import checks_page, verdict
from xlcalc.templates.parts.figures import MONEY_FORMAT, figures_page
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
from xlcalc.templates.scaling_plan.tables import (
    Tables,
    curves_page,
    fits_page,
    loss_chart,
    optimum_page,
    size_chart,
    sizes_page,
)

RUN_SOURCE = (
    "A plan of 10 M USD, not a real run. H100 and its median list price: the sheet Catalogue. "
    "Utilisation: Llama Team 2024, arXiv:2407.21783, Table 4. GPUs, volume and utilisation of "
    "serving are assumptions."
)
PURPOSE = (
    "The model and the data that a budget should buy, and what a smaller model saves.",
    "How large a model, on how many tokens, is the best that this money, these GPU-days or this "
    "compute can train, and do the published fits agree?",
    "How much worse is a model that is larger or smaller than that?",
    "What does a smaller model cost that reaches the same loss on more data, and can it at all?",
    "Training and inference together: which size is the cheapest over its life, and from how many "
    "tokens served does the smaller model pay?",
)
TABS = (
    *("Cover", "Summary", "Inputs", "Calculation", "Optimum", "Loss curves", "Model size"),
    *("Fits", "Checks", "Catalogue", "Assumptions", "Sources"),
)
ADVICE = (
    '=IF(chosen_room>0,IF(cost_saving>0,"Over its life the model that is trained instead costs '
    'less than the compute-optimal one.","Over its life the model that is trained instead costs '
    'no less than the compute-optimal one."),"The model that is trained instead is too small: no '
    'amount of data brings it to the loss.")'
)
LEFT_OUT = (
    '=IF(chosen_room>0,IF(budget_excess>0,"Its training takes "&TEXT(budget_excess,"0.0%")&" more '
    'than the budget. ","Its training is within the budget. "),"")&"Inference: all paid hours are '
    'busy, and money of later years is not discounted."'
)
"""What a reader must know beside the advice."""


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    model = read_model("scaling_plan")
    book = Book("Scaling plan", "xlcalc template new scaling_plan", texts)
    cover = cover_page(book, PURPOSE)
    summary = Page(
        book,
        "Summary",
        (2, 29, 18, 22, 2, 19, 19, 19, 19),
        "Scaling plan",
        "What the budget should train, and whether a smaller model pays. Change the sheet Inputs; "
        "this sheet follows.",
    )
    inputs_page(
        book,
        "Blue on yellow may be changed. Everything else in the workbook follows from these cells.",
        model.groups["inputs"],
        model.lines("amounts"),
    )
    fits_page(book)
    optima = optimum_page(book)
    tables = Tables(optima, curves_page(book, optima), sizes_page(book))
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells. out of reach: the model is too small for the loss, "
        "whatever its data.",
        model.groups["results"],
        editable=False,
    )
    checks_page(book, model.checks)
    catalogue_page(book)
    assumptions_page(book)
    sources_page(book, RUN_SOURCE, model.sources)
    _summary(summary, tables)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page, tables: Tables) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=plan_name", styles.SECTION, alignment=styles.LEFT)
    page.put(4, 2, ADVICE, alignment=styles.LEFT)
    page.put(5, 2, LEFT_OUT, styles.NOTE, alignment=styles.LEFT)
    page.sheet.row_dimensions[3].height = 22
    page.sheet.row_dimensions[5].height = 20
    page.row = 6
    data = '=TEXT(best_token_ratio,"0.0")&" tokens a parameter"'
    cost = '=currency&", "&TEXT(budget_days,"#,##0.0")&" days"'
    size = '="× the optimum: the cheapest over its life"'
    tile(page, (2, 2), "OPTIMAL MODEL", "=best_params", q.COUNT_FORMAT, '="parameters, "&fit')
    tile(page, (3, 4), "ITS TRAINING DATA", "=best_tokens", q.COUNT_FORMAT, data)
    tile(page, (6, 7), "COST AND TIME OF THE RUN", "=budget_cost", BIG_MONEY, cost)
    tile(page, (8, 9), "SIZE THAT PAYS", "=cheapest_ratio", "0.00", size)
    page.row = 10
    count = q.COUNT_FORMAT
    key_figures(
        page,
        "The budget and its optimum",
        (
            ("Compute", "=budget_flop", "0.00E+00", "FLOP"),
            ("GPU-days", "=budget_gpu_days", "#,##0", "=gpu"),
            ("Training time", "=budget_days", "#,##0.0", '="days on "&TEXT(gpus,"#,##0")&" GPUs"'),
            ("Energy", "=budget_energy", "#,##0", "MWh"),
            ("Loss", "=best_loss", "0.0000", "nats/token"),
        ),
    )
    key_figures(
        page,
        "The optimum for the loss to reach",
        (
            ("Loss to reach", "=target_loss", "0.0000", "nats/token"),
            ("Parameters", "=target_params", count, "parameters"),
            ("Training tokens", "=target_tokens", count, "tokens"),
            ("Training cost", "=target_train_cost", MONEY_FORMAT, "=currency"),
            ("Inference cost", "=target_infer_cost", MONEY_FORMAT, "=currency"),
            ("Total cost", "=target_total_cost", MONEY_FORMAT, "=currency"),
        ),
    )
    key_figures(
        page,
        "The model that is trained instead",
        (
            ("Parameters", "=chosen_params", count, "parameters"),
            ("Size over the optimum", "=chosen_ratio", "0.00", "× the optimum"),
            ("Training tokens", "=chosen_tokens", count, "tokens"),
            ("Compute over the least", "=chosen_extra", "0.0%", "of the optimum's"),
            ("Training cost", "=chosen_train_cost", MONEY_FORMAT, "=currency"),
            ("Training cost over the budget", "=budget_excess", "0.0%", "of the budget"),
            ("Inference cost", "=chosen_infer_cost", MONEY_FORMAT, "=currency"),
            ("Total cost", "=chosen_total_cost", MONEY_FORMAT, "=currency"),
            ("Saved by this model", "=cost_saving", MONEY_FORMAT, "=currency"),
            ("Break-even volume", "=break_even_tokens", count, "tokens served"),
        ),
    )
    verdict(page)
    loss_chart(page, "F10:I22", tables.optima, tables.curves)
    size_chart(page, "F24:I37", tables.sizes)
    page.finish(cursor="B3", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1
