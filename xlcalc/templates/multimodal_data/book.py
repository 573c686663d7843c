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
from xlcalc.templates.multimodal_data.corpora import corpora_pages, notes
from xlcalc.templates.multimodal_data.tables import (
    FLOP_FORMAT,
    REPORT,
    bills_page,
    mix_page,
    report_page,
    sensitivity_page,
    stages_page,
)
from xlcalc.templates.parts.catalogues import catalogue_page
from xlcalc.templates.parts.checks import checks_page, verdict
from xlcalc.templates.parts.figures import figures_page
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

RUN_SOURCE = (
    f"{REPORT}: 50 to 200 billion images of 1,024 × 768 pixels, a patch of 16, 500 B parameters, "
    "46.2 %, five vendors, 388,900 H100 for a month. The dense peak rate, the price and the image "
    "that vendors bill are this workbook's."
)


PURPOSE = (
    "What corpora of texts, images and videos are in tokens, and what training on them takes.",
    "How many tokens are the corpora, and which modality brings most of them?",
    "How many FLOP and GPU-months is a model trained on them, for one vendor and for several?",
    "What does the sparse peak rate, which no training run reaches, make of the same figures?",
    "What do vendors bill for one image, and what does a thousand cost?",
    "How many tokens is each stage of a system that makes videos?",
)
STEPS = (
    "Change the cells in blue on yellow: the corpora on the sheets Text, Images and Video, the "
    "rest on the sheet Inputs; everything else follows from them.",
    "Read the sheet Summary, and print it: pages are in landscape format and fit A4 and US Letter.",
    "Look at the sheet Checks: a figure that does not add up is FALSE there, and says so on the "
    "Summary.",
    "Trace a figure: its formula is written on the names beside it, and the sheet Sources says "
    "where the formula and the figure come from.",
)
TABS = (
    *("Cover", "Summary", "Inputs", "Text", "Images", "Video", "Calculation", "Mix"),
    *("Sensitivity", "Report", "Image bills", "Video stages", "Checks", "Catalogue", "Sources"),
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
    mix_page(book)
    sensitivity_page(book)
    report_page(book)
    stages_page(book)
    checks_page(book, model.checks)
    catalogue_page(book)
    sources_page(book, RUN_SOURCE, model.sources)
    _summary(summary)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=run_name", styles.SECTION, alignment=styles.LEFT)
    page.row = 5
    share = (
        '=IF(tokens_total=0,"no tokens","images "&TEXT(tokens_images/tokens_total,"0%")'
        '&", video "&TEXT(tokens_video/tokens_total,"0%")'
        '&", text "&TEXT(tokens_text/tokens_total,"0%"))'
    )
    tile(page, (2, 2), "TRAINING TOKENS", "=tokens_total", q.COUNT_FORMAT, share)
    dense = '="right: at the dense peak of "&TEXT(peak_dense,"#,##0.0")'
    tile(page, (3, 4), "GPU-MONTHS, DENSE", "=months_dense", "#,##0", dense)
    tile(page, (6, 7), "TRAINING TIME", "=days_dense", "#,##0.0", "days on the cluster, dense")
    tile(page, (8, 9), "COST, DENSE", "=cost_dense", BIG_MONEY, '=currency&", one vendor"')
    page.row = 9
    key_figures(
        page,
        "Data and compute",
        (
            ("Text", "=tokens_text", q.COUNT_FORMAT, "tokens"),
            ("Images", "=tokens_images", q.COUNT_FORMAT, "tokens"),
            ("Video", "=tokens_video", q.COUNT_FORMAT, "tokens"),
            ("Total", "=tokens_total", q.COUNT_FORMAT, "tokens"),
            ("Parameters", "=params", q.COUNT_FORMAT, "parameters"),
            ("Compute-optimal tokens", "=tokens_optimal", q.COUNT_FORMAT, "tokens"),
            (
                "Data over the optimum",
                "=tokens_total/tokens_optimal",
                '0.0"×"',
                '=IF(tokens_total>tokens_optimal,"more than the model needs","")',
            ),
            ("Training FLOP", "=compute_flop", FLOP_FORMAT, "FLOP"),
        ),
    )
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
    rows = {}
    for label, formula, number_format in columns:
        heading = not formula
        font = styles.SECTION if heading else styles.TEXT
        border = styles.UNDERLINE if heading else styles.HAIRLINE
        page.put(page.row, 2, label, font, border=border, alignment=styles.LEFT)
        for column, rate, words in ((3, "dense", "Dense: right"), (4, "sparse", "Sparse: too few")):
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
        rows[formula] = page.row
        page.row += 1
    page.row += 1
    key_figures(
        page,
        "What vendors bill for an image",
        (
            ("Fewest tokens", "=bill_fewest", "#,##0", "tokens"),
            ("Most tokens", "=bill_most", "#,##0", "tokens"),
            ("Cheapest thousand", "=bill_cheapest", "#,##0.000", "=currency"),
            ("Dearest thousand", "=bill_dearest", "#,##0.000", "=currency"),
        ),
    )
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
    charts.columns(
        page,
        "F9:I19",
        Look("Training tokens by modality", y_title="Tokens", y_format=q.COUNT_FORMAT),
        Reference(page.sheet, min_col=2, min_row=10, max_row=12),
        [Curve("Tokens", Reference(page.sheet, min_col=3, min_row=10, max_row=12))],
    )
    mix = page.book.sheet("Mix")
    first = next(row for row in range(1, mix.max_row) if mix.cell(row, 2).value == 1)
    charts.columns(
        page,
        "F21:I34",
        Look("GPU-months by number of vendors", "Vendors", "GPU-months"),
        Reference(mix, min_col=2, min_row=first, max_row=first + 4),
        [
            Curve("Dense peak: right", Reference(mix, min_col=6, min_row=first, max_row=first + 4)),
            Curve(
                "Sparse peak: too few",
                Reference(mix, min_col=7, min_row=first, max_row=first + 4),
            ),
        ],
    )
    page.finish(cursor="B3", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1
