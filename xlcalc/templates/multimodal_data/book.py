"""Tokens of text, image and video corpora: training compute, GPU-months, cost, and image bills.

Its default case is the image model of an industry report, counted with the dense peak rate of an
accelerator, which training can reach, beside the sparse one that the report divides by.
"""

from openpyxl.chart import Reference

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.multimodal_data.bills import bills_page
from xlcalc.templates.multimodal_data.corpora import FILMS, PICTURES, corpora_pages
from xlcalc.templates.multimodal_data.layout import notes
from xlcalc.templates.multimodal_data.report import report_page, stages_page
from xlcalc.templates.multimodal_data.tables import CURVES, mix_page, sensitivity_page
from xlcalc.templates.parts import front
from xlcalc.templates.parts.catalogues import catalogue_page
from xlcalc.templates.parts.checks import checks_page, verdict
from xlcalc.templates.parts.drivers import drivers_pages
from xlcalc.templates.parts.figures import BIG_MONEY, figures_page
from xlcalc.templates.parts.front import cover_page, finish_cover, sources_page
from xlcalc.templates.parts.lines import read_model
from xlcalc.templates.parts.money import inputs_page
from xlcalc.templates.parts.summary import below, beside, key_figures, read_summary, tiles
from xlcalc.templates.parts.tables import Table
from xlcalc.templates.parts.tornado import Tornado, tornado_chart

PURPOSE = (
    "What corpora of texts, images and videos are in tokens, and what training on them takes.",
    "How many tokens are the corpora, and which modality brings most of them?",
    "How many FLOP and GPU-months is a model trained on them, for one vendor and for several?",
    "What does the sparse peak rate, which no training run reaches, make of the same figures?",
    "What do vendors bill for one image, and what does a thousand cost?",
    "How many tokens is each stage of a system that makes videos?",
)


SPARE = 2
"""Rows that may be inserted into a table of corpora."""


def _counted(stem: str, rows: int, *factors: str) -> str:
    """Return the tokens of images or frames of all corpora, row by row, for another patch.

    Rows that a person inserts are counted too, up to SPARE of them; an empty one has no tokens.
    """
    rows_of = f"ROWS(all_{stem}_height)"
    terms = []
    for row in range(1, rows + SPARE + 1):
        here = {
            key: f"INDEX(all_{stem}_{key},MIN({row},{rows_of}))"
            for key in ("height", "width", *factors)
        }
        tokens = f"IMAGE_TOKENS({here['height']},{here['width']},patch)"
        each = "*".join((tokens, *(here[factor] for factor in factors)))
        terms.append(f"IF(N({here['height']})*({row}<={rows_of})>0,{each},0)")
    return "+".join(terms)


COUNTED = {
    "tokens_images": _counted("image", len(PICTURES), "middle", "kept", "passes"),
    "tokens_video": 'IF(video_counting="latents",SUM(all_video_latents),'
    + _counted("video", len(FILMS), "seen", "times")
    + ")",
}
"""Tokens of the corpora on the inputs of their tables."""
STEPS = (
    "Change the cells in blue on yellow: the corpora on the sheets Text, Images and Video, the "
    "rest on the sheet Inputs; everything else follows from them.",
    *front.STEPS[1:],
)
TABS = (
    *("Cover", "Summary", "Inputs", "Text", "Images", "Video", "Calculation", "Mix"),
    *("Sensitivity", "Drivers", "Cases", "Report", "Image bills", "Video stages", "Checks"),
    *("Catalogue", "Sources"),
)


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    model = read_model("multimodal_data")
    book = Book("Multimodal data", "xlcalc template new multimodal_data", texts)
    cover = cover_page(book, PURPOSE, STEPS)
    summary = Page(
        book,
        "Summary",
        (2, 31, 17, 17, 2, 16, 16, 16, 16),
        "Multimodal data",
        "What the corpora are in tokens, and what training on them takes. Change the sheets "
        "Inputs, Text, Images and Video; this sheet follows.",
    )
    inputs_page(
        book,
        "Blue on yellow may be changed. The corpora are on the sheets Text, Images and Video.",
        model.groups["inputs"],
    )
    corpora_pages(book)
    bills_page(book)
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells.",
        model.groups["results"],
        editable=False,
    )
    book.sheet("Calculation").page_setup.fitToHeight = 1
    vendors = mix_page(book)
    sensitivity_page(book)
    tornado = drivers_pages(book, model, "cost_dense", instead=COUNTED)
    report_page(book, model)
    stages_page(book)
    checks_page(book, model.checks)
    catalogue_page(book)
    sources_page(book, model.sources)
    _summary(summary, vendors, tornado)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page, vendors: Table, tornado: Tornado) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=run_name", styles.SECTION, alignment=styles.LEFT)
    figures = read_summary("multimodal_data")
    tiles(page, figures)
    top = page.row
    key_figures(page, figures, "Data and compute")
    columns = (
        ("One vendor", "", ""),
        ("GPU-months", "=months_{}", "#,##0"),
        ("Days on the cluster", "=days_{}", "#,##0.0"),
        ("GPUs for the deadline", "=deadline_gpus_{}", "#,##0"),
        ('="Cost in "&currency', "=cost_{}", BIG_MONEY),
        ('=TEXT(vendors,"#,##0")&" vendors"', "", ""),
        ("GPU-months", "=months_{}_all", "#,##0"),
        ('="Cost in "&currency', "=cost_{}_all", BIG_MONEY),
    )
    for label, formula, number_format in columns:
        heading = not formula
        font = styles.SECTION if heading else styles.TEXT
        border = styles.UNDERLINE if heading else styles.HAIRLINE
        page.put(page.row, 2, label, font, border=border, alignment=styles.LEFT)
        for column, rate, words in (
            (3, "dense", "Dense peak"),
            (4, "sparse", "Sparse peak"),
        ):
            cell = page.put(
                page.row,
                column,
                words if heading else formula.format(rate),
                font if heading else styles.LINK,
                number_format=number_format or "General",
                border=border,
                alignment=styles.RIGHT,
            )
            cell.number_format = styles.padded(cell.number_format)
        page.sheet.row_dimensions[page.row].height = 20 if heading else 15.5
        page.row += 1
    page.row += 1
    key_figures(page, figures, "What vendors bill for an image")
    verdict(page)
    page.row += 1
    notes(
        page,
        (
            "Dense is right: the sparse peak rate counts products that a GPU may skip, and "
            "training skips none. The report prints the sparse figure; so many GPUs would take "
            "twice as long where that rate is twice the dense one. The sheet Report has its chain.",
        ),
    )
    first, second = beside(page, top, 2)
    modalities = {"min_row": top + 1, "max_row": top + 3}
    charts.columns(
        page,
        first,
        Look("Training tokens by modality", y_title="Tokens", y_format=q.COUNT_FORMAT),
        Reference(page.sheet, min_col=2, **modalities),
        [Curve("Tokens", Reference(page.sheet, min_col=3, **modalities))],
    )
    charts.columns(
        page,
        second,
        Look("GPU-months by number of vendors", "Vendors", "GPU-months"),
        vendors.values("name"),
        [Curve(name, vendors.values(key)) for name, key in CURVES],
    )
    title = "Change of the cost by driver, the strongest first"
    tornado_chart(page, below(page, 24, apart=True), tornado, title)
    page.finish(cursor="B3", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1
