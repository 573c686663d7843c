"""What follows from the tokens of the corpora: machines and cost by modality, vendors, model sizes?

The sheets Mix and Sensitivity of the template on multimodal data.
"""

from collections.abc import Sequence

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page, validate_number
from xlcalc.quantities import Quantity
from xlcalc.templates.multimodal_data.layout import box, notes, total_row
from xlcalc.templates.parts.figures import MONEY_FORMAT
from xlcalc.templates.parts.tables import Column, Table

FLOP_FORMAT = "0.000E+00"
VENDORS = Quantity("vendors", above=0.0, number_format="#,##0")
CURVES = (("Dense peak", "dense"), ("Sparse peak, not reached", "sparse"))
DENSE = "GPU-months\ndense: right"
SPARSE = "GPU-months\nsparse: too few"
MODELS = (0.1, 0.25, 0.5, 1, 2, 4)
MFUS = (0.6, 0.8, 1, 1.2, 1.4)
"""Multiples of the parameters and of the utilisation; 1 is the case itself."""
COUNTS = (1, 2, 3, 4)


# Rule by rule, and not by SUMPRODUCT: a row that is put into one of the two tables moves the rules
# of the other against it.


def mix_page(book: Book) -> Table:
    """Write tokens, computation and machines by modality, images and vendors; return the last."""
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
            Column("name", "Vendors", [*COUNTS, "=vendors"], "#,##0"),
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
        Look("GPU-months over the range of the images", y_title="GPU-months"),
        ranges.values("name"),
        [Curve(name, ranges.values(key)) for name, key in CURVES],
    )
    page.finish(cursor="B4", last_row=page.row + 16)
    page.sheet.page_setup.fitToHeight = 1
    return vendors


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
