"""What the template `multimodal_data` compares: bills for an image, stages, vendors, model sizes.

The sheets of the industry report's own chain and of what follows from the tokens of the corpora.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from openpyxl.chart import Reference
from openpyxl.utils import get_column_letter

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page, validate_number
from xlcalc.catalogue import catalogues
from xlcalc.functions.billing_rules import IMAGE_RULES
from xlcalc.quantities import Quantity
from xlcalc.templates.multimodal_data.corpora import box, notes, total_row
from xlcalc.templates.parts.figures import MONEY_FORMAT, PRICE_FORMAT
from xlcalc.templates.parts.money import rate_of
from xlcalc.templates.parts.tables import Column, Table

REPORT = "AI大模型专题报告：大模型进展2.0, 2024-05-07"
MAGIC_VIDEO = f"Wang et al. 2024, MagicVideo-V2, arXiv:2401.04468, as restated in {REPORT}"
FLOP_FORMAT = "0.000E+00"
VENDORS = Quantity("vendors", above=0.0, number_format="#,##0")
CURVES = (("Dense peak", "dense"), ("Sparse peak, not reached", "sparse"))
DENSE = "GPU-months\ndense: right"
SPARSE = "GPU-months\nsparse: too few"
PRICED = {
    "openai-tile-4o": "gpt-4o",
    "openai-tile-4o-mini": "gpt-4o-mini",
    "openai-tile-o1": "o1",
    "openai-tile-5": "gpt-5",
    "openai-patch-4.1-mini": "gpt-4.1-mini",
    "openai-patch-5-mini": "gpt-5-mini",
    "openai-patch-5.4": "gpt-5.4",
    "openai-patch-6": "gpt-6-sol",
    "anthropic-area-750": "claude-3-5-sonnet",
    "anthropic-28-standard": "claude-sonnet-4-5",
    "anthropic-28-high": "claude-opus-5-5",
    "gemini-2.5": "gemini-2.5-pro",
    "gemini-3-medium": "gemini-3.5-flash",
    "gemini-3-high": "gemini-3-pro-preview",
}
"""The rules that the sheet shows, and for each a model whose input price is taken."""
SIZES = ((224, 224), (512, 512), (1024, 1024), (1080, 1920), (3000, 4000))
"""Height and width of the common images beside one's own."""
STAGES = (
    ("Text to image", 1, 1024, 1024),
    ("Image to video: key frames", 32, 600, 600),
    ("Video to video: finer key frames", 32, 1048, 1048),
    ("Frame interpolation", 94, 1048, 1048),
)
MODELS = (0.1, 0.25, 0.5, 1, 2, 4)
MFUS = (0.6, 0.8, 1, 1.2, 1.4)
"""Multiples of the parameters and of the utilisation; 1 is the case itself."""
COUNTS = (1, 2, 3, 4)


REPORT_INPUTS = (
    ("Images, low", 5e10, "images", "report_low", q.COUNT_FORMAT, f"{REPORT}."),
    ("Images, high", 2e11, "images", "report_high", q.COUNT_FORMAT, f"{REPORT}."),
    ("Height", 768, "pixels", "report_height", "#,##0", f"{REPORT}."),
    ("Width", 1024, "pixels", "report_width", "#,##0", f"{REPORT}."),
    ("Side of a patch", 16, "pixels", "report_patch", "#,##0", f"{REPORT}."),
    ("Parameters", 5e11, "parameters", "report_params", q.COUNT_FORMAT, f"{REPORT}."),
    (
        "Utilisation (MFU)",
        0.462,
        "ratio",
        "report_mfu",
        "0.0%",
        "Chowdhery et al. 2022 (PaLM), arXiv:2204.02311, Table 3.",
    ),
    ("Days in a month", 30, "days/month", "report_days", "0", f"{REPORT}."),
    (
        "Peak rate of an H100, sparse",
        1979,
        "TFLOP/s",
        "report_sparse",
        "#,##0.0",
        "What the report divides by: NVIDIA's data sheet, 16-bit with sparsity.",
    ),
    (
        "Peak rate of an H100, dense",
        989.4,
        "TFLOP/s",
        "report_dense",
        "#,##0.0",
        "What training can reach at most: NVIDIA's data sheet, without sparsity.",
    ),
    ("Vendors", 5, "vendors", "report_vendors", "0", f"{REPORT}."),
    (
        "Rounding of the report",
        0.0005,
        "ratio",
        "report_rounding",
        "0.00%",
        "It prints four to five figures.",
    ),
)
"""Label, value, unit, word for formulas, number format and source of the report's figures."""
REPORT_STEPS = (
    (
        "images",
        "Images",
        1e11,
        "=SQRT(report_low*report_high)",
        q.COUNT_FORMAT,
        "The geometric middle of low and high.",
    ),
    (
        "each",
        "Tokens of one image",
        3072,
        "=IMAGE_TOKENS(report_height,report_width,report_patch)",
        "#,##0",
        "48 × 64 patches.",
    ),
    ("tokens", "Tokens", 3.072e14, "={images}*{each}", q.COUNT_FORMAT, "Images × tokens of one."),
    (
        "flop",
        "Training FLOP",
        9.216e26,
        "=TRAIN_FLOPS(report_params,{tokens})",
        FLOP_FORMAT,
        "6 × parameters × tokens.",
    ),
    (
        "months",
        "H100 for a month, one vendor",
        388_900,
        "=GPU_MONTHS({flop},report_{peak},report_mfu,report_days)",
        "#,##0",
        "The report prints the figure of the sparse peak: half of what is needed.",
    ),
    (
        "all",
        "H100 for a month, all vendors",
        1_944_500,
        "={months}*report_vendors",
        "#,##0",
        "One vendor × vendors.",
    ),
)
"""Key, label, what the report prints, formula, number format and note of each step."""


def price_name(rule: str) -> str:
    """Return the name of the cell with the price that goes with a rule."""
    return f"price_{rule.replace('-', '_').replace('.', '_')}"


# Rule by rule, and not by SUMPRODUCT: a row that is put into one of the two tables moves the rules
# of the other against it.


def mix_page(book: Book) -> None:
    """Write tokens, computation and machines by modality, by number of images and of vendors."""
    page = Page(
        book,
        "Mix",
        (2, 30, 17, 12, 17, 18, 18, 20, 20),
        "Mix",
        "What each modality adds to tokens, compute, GPU-months and cost; the range of the "
        "images; and several vendors.",
    )
    page.section("By modality, one vendor")
    modalities = Table(
        page,
        (
            Column("name", "Modality", ["Text", "Images", "Video"], words=True),
            Column(
                "tokens",
                "Tokens",
                ["=tokens_text", "=tokens_images", "=tokens_video"],
                q.COUNT_FORMAT,
            ),
            Column("share", "Share", "=IF(tokens_total=0,0,{tokens}/tokens_total)", "0.0%"),
            Column("flop", "Training\nFLOP", "=flops_per_param_token*params*{tokens}", FLOP_FORMAT),
            *_machines("flop"),
        ),
        3,
    )
    modalities.alias("tokens", "modality_tokens")
    modalities.alias("flop", "modality_flop")
    modalities.alias("dense", "modality_months")
    modalities.alias("cost", "modality_cost")
    total_row(
        page,
        modalities,
        "Total",
        ("tokens", "share", "flop", "dense", "sparse", "cost", "sparse_cost"),
        "sparse_cost",
    )
    page.row += 1
    page.section("One vendor, over the range of the number of images")
    middle = "SUMPRODUCT(all_image_{},all_image_kept,all_image_each,all_image_passes)"
    ranges = Table(
        page,
        (
            Column("name", "Images", ["Low", "Middle: the case", "High"], words=True),
            Column(
                "tokens",
                "Tokens",
                [
                    f"=tokens_text+tokens_video+{middle.format(end)}"
                    for end in ("low", "middle", "high")
                ],
                q.COUNT_FORMAT,
            ),
            Column("share", "Of the case", "=IF(tokens_total=0,0,{tokens}/tokens_total)", "0.0%"),
            Column("flop", "Training\nFLOP", "=flops_per_param_token*params*{tokens}", FLOP_FORMAT),
            *_machines("flop"),
        ),
        3,
    )
    ranges.alias("dense", "middle_months", 1)
    page.row += 1
    page.section("Several vendors, each training a model of this size on as many tokens")
    vendors = Table(
        page,
        (
            Column(
                "name",
                "Vendors",
                [*COUNTS, "=vendors"],
                "#,##0",
            ),
            Column("tokens", "Tokens", "={name}*tokens_total", q.COUNT_FORMAT),
            Column("share", "Of one", "={name}", '0"×"'),
            Column("flop", "Training\nFLOP", "={name}*compute_flop", FLOP_FORMAT),
            *_machines("flop"),
        ),
        len(COUNTS) + 1,
    )
    for row in range(len(COUNTS)):
        cell = vendors.cell("name", row)
        cell.font, cell.fill, cell.protection = styles.INPUT, styles.INPUT_FILL, styles.UNLOCKED
        validate_number(page, cell, "Vendors", VENDORS)
    for row in range(len(COUNTS) + 1):
        vendors.cell("name", row).alignment = styles.LEFT
    page.sheet.cell(vendors.top, 2).alignment = styles.WRAPPED
    vendors.alias("dense", "vendors_months", -1)
    vendors.alias("cost", "vendors_cost", -1)
    notes(page, ("The last row is the number of vendors on the sheet Inputs.",))
    page.row += 1
    charts.columns(
        page,
        box(page, "B", "E"),
        Look("GPU-months by modality", y_title="GPU-months"),
        modalities.values("name"),
        [Curve(name, modalities.values(key)) for name, key in CURVES],
    )
    charts.columns(
        page,
        box(page, "F", "I"),
        Look(
            "GPU-months over the range of the images",
            y_title="GPU-months",
        ),
        ranges.values("name"),
        [Curve(name, ranges.values(key)) for name, key in CURVES],
    )
    page.finish(cursor="B4", last_row=page.row + 16)
    page.sheet.page_setup.fitToHeight = 1


def _machines(flop: str, mfu: str = "mfu") -> tuple[Column, ...]:
    """Return the columns of GPU-months and cost at both peak rates, in plain arithmetic."""
    seconds = "seconds_per_hour*hours_per_day*days_per_month"
    dense = f"={{{flop}}}/(peak_dense*flop_per_tflop*{mfu}*{seconds})"
    sparse = f"={{{flop}}}/(peak_sparse*flop_per_tflop*{mfu}*{seconds})"
    cost = "*days_per_month*hours_per_day*price_per_gpu_hour"
    return (
        Column("dense", DENSE, dense, "#,##0"),
        Column("sparse", SPARSE, sparse, "#,##0"),
        Column("cost", '="Cost in "&currency&", dense"', "={dense}" + cost, MONEY_FORMAT),
        Column("sparse_cost", '="Cost in "&currency&", sparse"', "={sparse}" + cost, MONEY_FORMAT),
    )


def sensitivity_page(book: Book) -> None:
    """Write machines and cost for other models and other utilisations."""
    page = Page(
        book,
        "Sensitivity",
        (2, 14, 16, 18, 17, 17, 17, 17, 17, 20, 20),
        "Sensitivity",
        "What a model of another size, or another utilisation, makes of the same tokens. Times 1 "
        "is the case itself.",
    )
    days = Column("days", "Days on the\ncluster, dense", "={dense}*days_per_month/gpus", "#,##0.0")
    page.section("Size of the model, on the same tokens")
    models = Table(
        page,
        (
            Column("times", "Times", [*MODELS], '0.00"×"'),
            Column("name", "Parameters", "=params*{times}", q.COUNT_FORMAT),
            Column(
                "optimal",
                "Compute-optimal\ntokens",
                "=CHINCHILLA_TOKENS({name},optimal_ratio)",
                q.COUNT_FORMAT,
            ),
            Column("ratio", "Tokens for each\nparameter", "=tokens_total/{name}", "#,##0.0"),
            Column(
                "flop",
                "Training\nFLOP",
                "=TRAIN_FLOPS({name},tokens_total,flops_per_param_token)",
                FLOP_FORMAT,
            ),
            *_machines("flop")[:2],
            days,
            *_machines("flop")[2:],
        ),
        len(MODELS),
    )
    _open(models, MODELS)
    models.alias("dense", "own_model_months", MODELS.index(1))
    page.row += 1
    page.section("Utilisation, on the same tokens and the same model; at most 100 %")
    rates = Table(
        page,
        (
            Column("times", "Times", [*MFUS], '0.00"×"'),
            Column("name", "Utilisation", "=MIN(1,mfu*{times})", "0.0%"),
            Column(
                "hours", "GPU-hours\ndense", "=GPU_HOURS(compute_flop,peak_dense,{name})", "#,##0"
            ),
            Column("ratio", "GPU-months\nof the case", "=mfu/{name}", '0.00"×"'),
            Column("flop", "Training\nFLOP", "=compute_flop", FLOP_FORMAT),
            *_machines("flop", "{name}")[:2],
            days,
            *_machines("flop", "{name}")[2:],
        ),
        len(MFUS),
    )
    _open(rates, MFUS)
    rates.alias("dense", "own_mfu_months", MFUS.index(1))
    page.row += 1
    for ends, title, axis, shown, table in (
        (("B", "F"), "GPU-months by the size of the model", "Parameters", q.COUNT_FORMAT, models),
        (("G", "K"), "GPU-months by utilisation", "Utilisation (MFU)", "0.0%", rates),
    ):
        charts.columns(
            page,
            box(page, *ends),
            Look(title, axis, "GPU-months", x_format=shown),
            table.values("name"),
            [Curve(name, table.values(key)) for name, key in CURVES],
        )
    page.finish(cursor="B6", last_row=page.row + 16)
    page.sheet.page_setup.fitToHeight = 1


def _open(table: Table, multiples: Sequence[float]) -> None:
    """Unlock the multiples of a table, all but that of the case itself."""
    for row, multiple in enumerate(multiples):
        if multiple != 1:
            cell = table.cell("times", row)
            cell.font, cell.fill, cell.protection = styles.INPUT, styles.INPUT_FILL, styles.UNLOCKED
            validate_number(table.page, cell, "Times", q.FACTOR)


def report_page(book: Book) -> None:
    """Write the chain of the industry report: what it prints, and what the functions give."""
    page = Page(
        book,
        "Report",
        (2, 34, 20, 24, 24, 62, 14),
        "Report",
        "The chain of the industry report in its own figures, whatever the other sheets hold.",
    )
    page.header(
        ("Figure", "Value", "Unit", "", "What it is, and where it comes from", ""),
        numbers=(1,),
        indented=(2,),
    )
    page.section("What the report assumes")
    for label, value, unit, alias, number_format, note in REPORT_INPUTS:
        cell = page.figure(label, value, unit, "", note, number_format=number_format)
        page.put(cell.row, page.last_column, None, border=styles.HAIRLINE)
        book.alias(alias, page.sheet, cell)
    page.row += 1
    page.section("What follows from it")
    places = {step[0]: page.row + row for row, step in enumerate(REPORT_STEPS, start=1)}

    def computed(peak: str, letter: str) -> list[str]:
        cells = {key: f"{letter}{row}" for key, row in places.items()}
        return [step[3].format(peak=peak, **cells) for step in REPORT_STEPS]

    table = Table(
        page,
        (
            Column("name", "Step of the chain", [step[1] for step in REPORT_STEPS], words=True),
            Column("printed", "The report prints", [step[2] for step in REPORT_STEPS]),
            Column("sparse", "Sparse peak:\nas the report", computed("sparse", "D")),
            Column("dense", "Dense peak:\nright", computed("dense", "E")),
            Column("how", "How, and what to say of it", [s[5] for s in REPORT_STEPS], words=True),
            Column(
                "off", "Sparse against\nthe print", "={sparse}/{printed}-1", "0.000%_);(0.000%)"
            ),
        ),
        len(REPORT_STEPS),
    )
    for row, step in enumerate(REPORT_STEPS):
        for key in ("printed", "sparse", "dense"):
            table.cell(key, row).number_format = book.texts.number_format(step[4])
        note = table.cell("how", row)
        note.font, note.alignment = styles.NOTE, styles.WRAPPED_INDENTED
        table.cell("dense", row).font = styles.BOLD
    page.sheet.cell(table.top, table.cell("how", 0).column).alignment = styles.WRAPPED_INDENTED
    table.alias("off", "report_off")
    notes(
        page,
        (
            "Which is right: the dense one. The rate with sparsity counts products that a GPU "
            "skips because two of four weights are zero. Training computes all products, and 6 "
            "FLOP for a parameter and a token are all of them; no training run reaches the sparse "
            "rate, and a utilisation as PaLM's 46.2 % is measured against the dense one.",
        ),
    )
    page.row += 1
    first = places["months"]
    end = {"min_row": first, "max_row": first + 1}
    charts.columns(
        page,
        box(page, "B", "G"),
        Look(
            "H100 for a month: what the report prints, and what it takes",
            y_title="H100",
        ),
        Reference(page.sheet, min_col=2, **end),
        [
            Curve("The report prints", Reference(page.sheet, min_col=3, **end)),
            Curve("Sparse peak, not reached", Reference(page.sheet, min_col=4, **end)),
            Curve("Dense peak", Reference(page.sheet, min_col=5, **end)),
        ],
    )
    page.finish(cursor="C6", last_row=page.row + 16)
    page.sheet.page_setup.fitToHeight = 1


def bills_page(book: Book) -> None:
    """Write what vendors bill for images of some sizes, in tokens and in money."""
    page = Page(
        book,
        "Image bills",
        (2, 24, 36, 31, *(15,) * (1 + len(SIZES)), 14, 14, 11),
        "Image bills",
        "Tokens that vendors' rules bill for one image, and what a thousand images cost.",
    )
    first, letters = 5, [get_column_letter(5 + place) for place in range(1 + len(SIZES))]
    page.section("Sizes of the images")
    heights: list[object] = ["=bill_height", *(h for h, _ in SIZES)]
    widths: list[object] = ["=bill_width", *(w for _, w in SIZES)]
    for label, values in (("Height, pixels", heights), ("Width, pixels", widths)):
        page.put(page.row, 2, label, border=styles.HAIRLINE, alignment=styles.LEFT)
        for column in (3, 4):
            page.put(page.row, column, None, border=styles.HAIRLINE)
        for column, value in enumerate(values, start=first):
            own = isinstance(value, str)
            cell = page.put(
                page.row,
                column,
                value,
                styles.LINK if own else styles.INPUT,
                number_format="#,##0",
                fill=None if own else styles.INPUT_FILL,
                border=styles.HAIRLINE,
            )
            if not own:
                cell.protection = styles.UNLOCKED
                validate_number(page, cell, label.partition(",")[0], q.PIXELS)
        page.row += 1
    down, across = page.row - 2, page.row - 1
    notes(
        page,
        ("The first size is your own, on the sheet Inputs; the others may be changed here.",),
    )
    page.row += 1
    rules = list(PRICED)
    prices = [catalogues().quoted_token_price(PRICED[rule], "input") for rule in rules]
    size = '=TEXT({0}{1},"#,##0")&" × "&TEXT({0}{2},"#,##0")'
    headings = [size.format(letter, across, down) for letter in letters]

    page.section("Tokens billed for one image")
    tokens = Table(
        page,
        (
            Column("name", "Rule", rules, words=True, literal=True),
            Column("vendor", "Models", [IMAGE_RULES[r].vendor for r in rules], words=True),
            Column("dates", "In force", [IMAGE_RULES[r].dates for r in rules], words=True),
            *(
                Column(
                    f"size{place}",
                    headings[place],
                    f"=IMAGE_TOKENS_API({letter}${down},{letter}${across},{{name}})",
                    "#,##0",
                )
                for place, letter in enumerate(letters)
            ),
        ),
        len(rules),
    )
    page.row += 1
    page.section('="Cost of a thousand images, in "&currency&", at the input price"')
    inner = [
        Column(
            f"size{place}",
            headings[place],
            [
                f"={tokens.cell(f'size{place}', row).coordinate}*images_per_thousand"
                f"/tokens_per_million*{{price}}"
                for row in range(len(rules))
            ],
            "#,##0.000",
        )
        for place in range(len(letters))
    ]
    costs = Table(
        page,
        (
            Column("name", "Rule", rules, words=True, literal=True),
            Column(
                "source",
                "Source of the price",
                [f"{urlsplit(str(p.row['source_url'])).hostname}, {p.row['date']}" for p in prices],
                words=True,
                literal=True,
            ),
            Column(
                "priced",
                "Price taken of",
                [f"{p.row['vendor']} {p.row['model']}" for p in prices],
                words=True,
                literal=True,
            ),
            *inner,
            Column(
                "price",
                "Input price\nper M tokens",
                f"={{listed}}*{rate_of('{listed_in}')}",
                PRICE_FORMAT,
                q.PRICE_PER_MTOKENS,
                editable=True,
            ),
            Column("listed", "As listed\nper M tokens", [p.value for p in prices], PRICE_FORMAT),
            Column("listed_in", "Currency", [p.currency for p in prices], words=True, literal=True),
        ),
        len(rules),
    )
    costs.indent("listed_in")
    for row, rule in enumerate(rules):
        book.define(price_name(rule), page.sheet, costs.cell("price", row))
        tokens.alias("size0", f"bill_{row}_tokens", row)
        source = costs.cell("source", row)
        source.hyperlink, source.font = str(prices[row].row["source_url"]), styles.URL
    for word, table, key in (
        ("bill_rules", costs, "name"),
        ("bill_tokens", tokens, "size0"),
        ("bill_costs", costs, "size0"),
    ):
        table.alias(key, word)
    for row, rule in enumerate(rules):
        if rule.startswith("anthropic-28"):
            word = f"bill_{rule.rpartition('-')[2]}_tokens"
            book.alias(
                word,
                page.sheet,
                tokens.cell("size0", row),
                tokens.cell(f"size{len(SIZES)}", row),
            )
    notes(
        page,
        (
            "The rules are the vendors' own: OpenAI, Images and vision guide; Anthropic, Vision "
            "guide; Google, Gemini API: understand and count tokens; read on 2026-11-26. A vendor "
            "that changes its rule gets a new one here; IMAGE_TOKENS_API knows more of them. The "
            "price is that of one model under the rule, by the catalogue's token_prices.csv; put "
            "in that of yours. Only input is counted here: the answer comes on top.",
            "anthropic-area-750 is the plain rule. The vendor first shrinks an image whose long "
            "side is above 1,568 pixels or that has more than about 1,600 tokens, so the rule's "
            "figures for large images are upper bounds.",
        ),
    )
    page.row += 1
    for ends, title, unit, table, shown in (
        (("B", "C"), "Tokens billed for one image of your size", "Tokens", tokens, "#,##0"),
        (("D", "K"), "Cost of a thousand images of your size", "Cost", costs, "#,##0.00"),
    ):
        charts.columns(
            page,
            box(page, *ends),
            Look(title, y_title=unit, y_format=shown),
            table.values("name"),
            [Curve(unit, table.values("size0"))],
            across=True,
        )
    page.finish(cursor="E5", last_row=page.row + 16)
    page.sheet.page_setup.fitToHeight = 1


def stages_page(book: Book) -> None:
    """Write the tokens of each stage of MagicVideo-V2."""
    page = Page(
        book,
        "Video stages",
        (2, 34, 11, 11, 11, 13, 13, 16, 11, 16, 11, 12, 16),
        "Video stages",
        "From a sentence to a video in four stages, as MagicVideo-V2 goes, and the tokens of what "
        "each puts out.",
    )
    page.section("MagicVideo-V2")
    names, frames, heights, widths = map(list, zip(*STAGES, strict=True))
    stages = Table(
        page,
        (
            Column("name", "Stage", names, words=True),
            Column("frames", "Frames", frames, "#,##0", q.FRAMES, editable=True),
            Column("height", "Height\npixels", heights, "#,##0", q.PIXELS, editable=True),
            Column("width", "Width\npixels", widths, "#,##0", q.PIXELS, editable=True),
            Column("each", "Tokens\nof a frame", "=IMAGE_TOKENS({height},{width},patch)", "#,##0"),
            Column("times", "Frames\nof tokens", "=ROUNDUP({frames}/frames_per_token,0)", "#,##0"),
            Column(
                "patches",
                "Tokens\nby patches",
                "=VIDEO_TOKENS({frames},{height},{width},patch,frames_per_token)",
                "#,##0",
            ),
            Column("share", "Share", "={patches}/SUM({patches.all})", "0.0%"),
            Column(
                "latents",
                "Tokens\nby latents",
                "=LATENT_VIDEO_TOKENS({frames},{height},{width},temporal_stride,spatial_stride,"
                "latent_patch)",
                "#,##0",
            ),
            Column("latent_share", "Share", "={latents}/SUM({latents.all})", "0.0%"),
            Column("ratio", "Patches\nfor a latent", "={patches}/{latents}", "0.0"),
            Column(
                "words",
                "Words of as\nmany tokens",
                "=TOKEN_WORDS({patches},tokens_per_word)",
                "#,##0",
            ),
        ),
        len(STAGES),
    )
    for key in ("each", "times", "patches", "latents"):
        stages.alias(key, f"stage_{key}")
    total_row(
        page,
        stages,
        "Total of the stages",
        ("patches", "share", "latents", "latent_share", "words"),
        "words",
    )
    notes(
        page,
        (
            MAGIC_VIDEO + ": an image of 1024 × 1024, 32 key frames of 600 × 600, made finer to "
            "1048 × 1048, and 94 frames after interpolation.",
            "Its own networks are of another kind (U-Net, GAN); the tokens say how large the "
            "output of a stage is for a transformer that reads or writes it.",
        ),
    )
    page.row += 1
    page.section("One image in words")
    image = Table(
        page,
        (
            Column("name", "Image", ["An image as ViT reads it"], words=True),
            Column("frames", "Images", [1], "#,##0"),
            Column("height", "Height\npixels", [224], "#,##0", q.PIXELS, editable=True),
            Column("width", "Width\npixels", [224], "#,##0", q.PIXELS, editable=True),
            Column("tokens", "Tokens", "=IMAGE_TOKENS({height},{width},patch)", "#,##0"),
            Column("words", "Words", "=TOKEN_WORDS({tokens},tokens_per_word)", "#,##0"),
        ),
        1,
    )
    image.alias("tokens", "vit_tokens", 0)
    image.alias("words", "vit_words", 0)
    notes(
        page,
        (
            "At a patch of 16, 224 × 224 pixels are 196 tokens, or 147 words of 4/3 tokens: "
            + REPORT
            + ".",
        ),
    )
    page.row += 1
    charts.columns(
        page,
        box(page, "B", "M"),
        Look(
            "Tokens of each stage: patches of frames against latent pixels",
            y_title="Tokens",
        ),
        Reference(page.sheet, min_col=2, min_row=stages.top + 1, max_row=stages.top + len(STAGES)),
        [
            Curve("By patches", stages.values("patches")),
            Curve("By latents", stages.values("latents")),
        ],
    )
    page.finish(cursor="C6", last_row=page.row + 16)
    page.sheet.page_setup.fitToHeight = 1
