"""What a longer context and a mixture of experts cost: compute, memory, network, time and money.

Cover and summary stand here, inputs and single results in `lines.csv`; `lengths` and `experts` have
the tables.
"""

from xlcalc.author import styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.layout import Page
from xlcalc.templates.context_and_experts.experts import Experts, sensitivity
from xlcalc.templates.context_and_experts.lengths import Contexts, attention_chart
from xlcalc.templates.context_and_experts.mix import Mix
from xlcalc.templates.context_and_experts.together import Together
from xlcalc.templates.parts.catalogues import catalogue_page, models_page
from xlcalc.templates.parts.checks import checks_page, verdict
from xlcalc.templates.parts.drivers import drivers_pages
from xlcalc.templates.parts.figures import figures_page
from xlcalc.templates.parts.front import cover_page, finish_cover, sources_page
from xlcalc.templates.parts.lines import read_model
from xlcalc.templates.parts.money import inputs_page
from xlcalc.templates.parts.summary import below, beside, summary_figures
from xlcalc.templates.parts.tornado import Tornado, tornado_chart

PURPOSE = (
    "What a longer context and a mixture of experts cost, in training and in serving.",
    "What share of the compute is attention at a length of context, and what does a token cost "
    "there?",
    "How much memory does a context take, how many sequences fit beside the weights, and what do a "
    "million output tokens cost?",
    "What does training at the full length cost, if nearly all sequences are short?",
    "How many parameters does a model hold and use, and what do experts save against a dense one?",
    "What do the network between the experts and an uneven load add to time and cost?",
    "At which context does a mixture of experts lose its advantage?",
)
TABS = (
    *("Cover", "Summary", "Inputs", "Calculation", "Context", "Length mix", "Experts"),
    *("Sensitivity", "Together", "Drivers", "Cases", "Checks", "Models", "Catalogue", "Sources"),
)


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    model = read_model("context_and_experts")
    book = Book("Context and experts", "xlcalc template new context_and_experts", texts)
    cover = cover_page(book, PURPOSE)
    summary = Page(
        book,
        "Summary",
        (2, 33, 17, 17, 2, 17, 17, 17, 17),
        "Context and experts",
        "What a longer context and a mixture of experts cost. Change the sheet Inputs; this sheet "
        "follows.",
    )
    inputs_page(
        book,
        "Blue on yellow may be changed, also in the tables on other sheets. Everything else "
        "follows from these cells.",
        model.groups["inputs"],
    )
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells.",
        model.groups["results"],
        editable=False,
    )
    contexts = Contexts(book)
    Mix(book)
    Experts(book)
    sensitivity(book)
    together = Together(book, contexts)
    tornado = drivers_pages(book, model, "long_output_price")
    checks_page(book, model.checks)
    models_page(book, protect=True)
    catalogue_page(book)
    sources_page(book, model.sources)
    _summary(summary, contexts, together, tornado)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page, contexts: Contexts, together: Together, tornado: Tornado) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=case_name", styles.SECTION, alignment=styles.LEFT)
    top = summary_figures(page, "context_and_experts")
    verdict(page)
    first, second = beside(page, top, 2)
    attention_chart(page, first, contexts)
    together.training_chart(page, second)
    title = "Change of the cost of a million output tokens by driver, the strongest first"
    tornado_chart(page, below(page, 24, apart=True), tornado, title, y_format="#,##0.00")
    page.finish(cursor="B3", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1
