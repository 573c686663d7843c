"""Landscape of published models: size, training compute, cost, memory, growth and benchmarks."""

from dataclasses import replace

from xlcalc import quantities as q
from xlcalc.author import styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.charts import Look
from xlcalc.author.layout import Page
from xlcalc.templates.model_landscape import models, reports
from xlcalc.templates.model_landscape.benchmarks import benchmarks_page
from xlcalc.templates.model_landscape.companies import companies_page
from xlcalc.templates.model_landscape.comparison import ROWS, comparison_groups, comparison_page
from xlcalc.templates.model_landscape.series import Series, series_page
from xlcalc.templates.parts.catalogues import catalogue_page, models_page
from xlcalc.templates.parts.checks import checks_page, verdict
from xlcalc.templates.parts.figures import figures_page
from xlcalc.templates.parts.front import cover_page, finish_cover, sources_page
from xlcalc.templates.parts.lines import read_model
from xlcalc.templates.parts.money import inputs_page
from xlcalc.templates.parts.summary import key_figures, read_summary, tiles

MODELS = q.Quantity("models", at_least=0.0, number_format="#,##0")


PURPOSE = (
    "What the published models are, what training them took, and what it would cost.",
    "How large is a model, on how many tokens was it trained, and what compute do these imply?",
    "Does the compute that its author or Epoch AI reports agree?",
    "How many GPU-days is that on one accelerator, and what does it cost?",
    "How much memory do its weights and its cache need?",
    "How fast have models, training sets and compute grown?",
    "What do the benchmark tables of the published reports say, and where is a report misprinted?",
)
CHARTS = (
    (
        "Parameters over time",
        "Parameters",
        q.COUNT_AXIS,
        (("Dense", "dense"), ("Mixture", "mixture"), ("Rumour", "rumour")),
        1e8,
    ),
    (
        "Training compute over time",
        "FLOP",
        "0E+00",
        (("Dense", "dense_flops"), ("Mixture", "mixture_flops"), ("Estimate alone", "estimate")),
        1e19,
    ),
    (
        "Tokens for a parameter over time",
        "Tokens/parameter",
        "#,##0",
        (("Dense", "dense_ratio"), ("Mixture", "mixture_ratio"), ("Compute-optimal", "optimal")),
        1.0,
    ),
)
"""Title, unit and format of a chart, its curves on the sheet Series, and where its axis begins."""
CHART_ROWS = (9, 21, 33)
CHART_HEIGHT = 11
"""Rows."""
TABS = (
    *("Cover", "Summary", "Inputs", "Calculation", "Training", "Memory", "Comparison"),
    *("Growth", "Benchmarks", "Printed", "Companies", "Checks", "Series", "Models", "Catalogue"),
    "Sources",
)


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    model = read_model("model_landscape")
    book = Book("Model landscape", "xlcalc template new model_landscape", texts)
    cover = cover_page(book, PURPOSE)
    summary = Page(
        book,
        "Summary",
        (2, 36, 19, 24, 2, 18, 18, 18, 18),
        "Model landscape",
        "What is published of the models, on one yardstick. Change the sheet Inputs; this sheet "
        "follows.",
    )
    inputs_page(
        book,
        "Blue on yellow may be changed. Everything else in the workbook follows from these cells.",
        model.groups["inputs"],
    )
    letters = models_page(book, protect=True)
    training = models.training_page(book, letters)
    models.memory_page(book, letters)
    series = series_page(book, training)
    reports.growth_page(book, training, series)
    benchmarks_page(book)
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells. The sheets Training, Memory and Growth have the rows "
        "behind the sums.",
        (*model.groups["results"], *comparison_groups()),
        editable=False,
    )
    reports.printed_page(book)
    companies_page(book)
    comparison_page(book)
    checks_page(book, model.checks)
    catalogue_page(book)
    sources_page(book, model.sources)
    _summary(summary, series)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page, series: Series) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=run_name", styles.SECTION, alignment=styles.LEFT)
    figures = read_summary("model_landscape")
    tiles(page, figures)
    _side_by_side(page)
    key_figures(page, figures)
    verdict(page)
    look = Look("", x_format="yyyy", y_log=True)
    for row in range(CHART_ROWS[0] + 1, CHART_ROWS[-1] + CHART_HEIGHT):
        page.sheet.row_dimensions[row].height = 15.5
    for row, (title, unit, shown, curves, lowest) in zip(CHART_ROWS, CHARTS, strict=True):
        series.draw(
            page,
            f"F{row}:I{row + CHART_HEIGHT - 1}",
            replace(look, title=title, y_title=unit, y_format=shown),
            curves,
            lowest,
        )
    page.finish(cursor="B3", last_row=CHART_ROWS[-1] + CHART_HEIGHT - 1)
    page.sheet.page_setup.fitToHeight = 1


def _side_by_side(page: Page) -> None:
    """Write the two models that are compared beside each other."""
    for column, text in ((2, "Two models"), (3, "=first_name"), (4, "=second_name")):
        page.put(
            page.row,
            column,
            text,
            styles.SECTION,
            border=styles.UNDERLINE,
            alignment=styles.LEFT if column == 2 else styles.RIGHT,
        )
    page.sheet.row_dimensions[page.row].height = 20
    page.row += 1
    for row in ROWS:
        if not row.on_summary:
            continue
        page.put(page.row, 2, row.label, border=styles.HAIRLINE, alignment=styles.LEFT)
        for column, side in ((3, "first"), (4, "second")):
            page.put(
                page.row,
                column,
                f"={side}_{row.name}",
                styles.LINK,
                number_format=row.number_format,
                alignment=styles.RIGHT,
                border=styles.HAIRLINE,
            )
        page.sheet.row_dimensions[page.row].height = 15.5
        page.row += 1
    page.row += 1
