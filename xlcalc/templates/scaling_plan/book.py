"""Scaling plan: the model and the data that a budget should buy, and what a smaller model saves.

The workbook is authored here with openpyxl; every figure in it is a formula on named cells.
"""

from xlcalc.author import styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.layout import Page
from xlcalc.templates.parts.assumptions import assumptions_page
from xlcalc.templates.parts.catalogues import catalogue_page
from xlcalc.templates.parts.checks import checks_page, verdict
from xlcalc.templates.parts.drivers import drivers_pages
from xlcalc.templates.parts.figures import figures_page
from xlcalc.templates.parts.front import cover_page, finish_cover, sources_page
from xlcalc.templates.parts.lines import read_model
from xlcalc.templates.parts.money import inputs_page
from xlcalc.templates.parts.summary import below, beside, summary_figures
from xlcalc.templates.parts.tornado import Tornado, tornado_chart
from xlcalc.templates.scaling_plan.fits import fits_page
from xlcalc.templates.scaling_plan.sizes import size_chart, sizes_page
from xlcalc.templates.scaling_plan.tables import Tables, curves_page, loss_chart, optimum_page

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
    *("Fits", "Drivers", "Cases", "Checks", "Catalogue", "Assumptions", "Sources"),
)
BUDGET = (
    "budget_amount*run_share*CHOOSE(MATCH(budget_kind,budget_kinds,0),"
    "flop_per_gpu_hour/gpu_hour_cost,flop_per_gpu_hour*hours_per_day,1)"
)
"""Compute of the budget, without the table of the sheet Optimum."""
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
    tornado = drivers_pages(book, model, "chosen_total_cost", instead={"budget_flop": BUDGET})
    checks_page(book, model.checks)
    catalogue_page(book)
    assumptions_page(book)
    sources_page(book, model.sources)
    _summary(summary, tables, tornado)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page, tables: Tables, tornado: Tornado) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=plan_name", styles.SECTION, alignment=styles.LEFT)
    page.put(4, 2, ADVICE, alignment=styles.LEFT)
    page.put(5, 2, LEFT_OUT, styles.NOTE, alignment=styles.LEFT)
    page.sheet.row_dimensions[3].height = 22
    page.sheet.row_dimensions[5].height = 20
    top = summary_figures(page, "scaling_plan", first=6)
    verdict(page)
    first, second = beside(page, top, 2)
    loss_chart(page, first, tables.optima, tables.curves)
    size_chart(page, second, tables.sizes)
    title = "Change of the total cost of this model by driver, the strongest first"
    tornado_chart(page, below(page, 24, apart=True), tornado, title)
    page.finish(cursor="B3", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1
