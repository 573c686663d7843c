"""Budget of inference: GPUs, speed of answers, cost of a million tokens, margin against APIs.

The workbook is authored here with openpyxl; every figure in it is a formula on named cells.
"""

from openpyxl.formatting.rule import FormulaRule

from xlcalc.author import charts, styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.inference_budget.sensitivity import sensitivity
from xlcalc.templates.inference_budget.sheets import api_prices, steps, volumes, year
from xlcalc.templates.parts.assumptions import assumptions_page
from xlcalc.templates.parts.catalogues import catalogue_page, models_page
from xlcalc.templates.parts.checks import checks_page, verdict
from xlcalc.templates.parts.drivers import drivers_pages
from xlcalc.templates.parts.figures import CURRENCY_AXIS, figures_page
from xlcalc.templates.parts.front import cover_page, finish_cover, sources_page
from xlcalc.templates.parts.lines import read_model
from xlcalc.templates.parts.money import inputs_page
from xlcalc.templates.parts.summary import (
    begin_page,
    below,
    beside,
    key_figures,
    read_summary,
    tiles,
)
from xlcalc.templates.parts.tables import Table
from xlcalc.templates.parts.tornado import Tornado, tornado_chart

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
    *("Sensitivity", "Drivers", "Cases", "Checks", "Catalogue", "Models", "Assumptions", "Sources"),
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
    _, place = next(book.workbook.defined_names["chosen_api"].destinations)
    book.sheet("Inputs")[place].alignment = styles.WRAPPED_RIGHT
    api_prices(book)
    volume_table = volumes(book)
    year(book)
    batches = sensitivity(book)
    tornado = drivers_pages(book, model, "own_cost")
    checks_page(book, model.checks)
    catalogue_page(book)
    models_page(book, protect=True)
    assumptions_page(book)
    sources_page(book, model.sources)
    _summary(summary, volume_table, batches, tornado)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page, volume_table: Table, batches: Table, tornado: Tornado) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=run_name", styles.SECTION, alignment=styles.LEFT)
    # Where the model cannot be served, no figure is fit to be signed.
    figures = read_summary("inference_budget")
    tiles(page, figures)
    top = page.row
    key_figures(page, figures, "Against the API", "At the market's prices of a GPU-hour")
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
        page.fit(page.row, (2, 3), least=15.5)
        page.row += 1
    page.sheet.conditional_formatting.add(
        f"{cell.coordinate}:D{cell.row}", FormulaRule(formula=["servable<1"], fill=styles.BAD_FILL)
    )
    verdict(page)
    [first] = beside(page, top, 1)
    page.row += 1
    begin_page(page)
    top = page.row
    key_figures(page, figures, "The fleet", "A replica", "The model and its traffic")
    page.row -= 1
    second, third = beside(page, top, 2)
    sequences, cost = steps(batches, "sequences"), steps(batches, "cost")
    charts.scatter(
        page,
        first,
        Look(
            "Cost of a month by its volume",
            "M tokens in a month",
            CURRENCY_AXIS,
            x_format="#,##0",
        ),
        steps(volume_table, "volume"),
        [
            Curve("Own serving, in whole replicas", steps(volume_table, "own")),
            Curve("The API", steps(volume_table, "api")),
        ],
        markers=False,
    )
    charts.scatter(
        page,
        second,
        Look(
            "GPU cost of a million tokens over sequences at the same time",
            "Sequences of a replica",
            CURRENCY_AXIS,
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
        third,
        Look(
            "What speed costs: a million tokens over the speed for a user",
            "Tokens a second of a user",
            CURRENCY_AXIS,
            x_format="#,##0",
            y_format="#,##0.00",
            y_log=True,
        ),
        steps(batches, "speed"),
        [Curve(COST_OF_1M, cost)],
    )
    tornado_chart(
        page,
        below(page),
        tornado,
        "Change of the cost of a month by driver, the strongest first",
    )
    page.finish(cursor="B3", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1
