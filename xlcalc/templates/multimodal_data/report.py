"""What does the industry report compute, and what are the stages of a video in tokens?

The sheets Report and Video stages of the template on multimodal data.
"""

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.multimodal_data.layout import box, notes, total_row
from xlcalc.templates.multimodal_data.tables import FLOP_FORMAT
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.lines import Model
from xlcalc.templates.parts.tables import Table

REPORT = "AI大模型专题报告：大模型进展2.0, 2024-05-07"
MAGIC_VIDEO = f"Wang et al. 2024, MagicVideo-V2, arXiv:2401.04468, as restated in {REPORT}"
STAGES = (
    ("Text to image", 1, 1024, 1024),
    ("Image to video: key frames", 32, 600, 600),
    ("Video to video: finer key frames", 32, 1048, 1048),
    ("Frame interpolation", 94, 1048, 1048),
)


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


def report_page(book: Book, model: Model) -> None:
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
    page.section(model.groups["report"][0].heading)
    for line in model.lines("report"):
        unit, shown = str(line.measure), line.number_format
        cell = page.figure(line.label, line.value, unit, "", line.note, number_format=shown)
        page.put(cell.row, page.last_column, None, border=styles.HAIRLINE)
        book.alias(line.alias, page.sheet, cell)
    page.row += 1
    page.section("What follows from it")
    places = {step[0]: page.row + row for row, step in enumerate(REPORT_STEPS, start=1)}

    def computed(peak: str, letter: str) -> list[str]:
        cells = {key: f"{letter}{row}" for key, row in places.items()}
        return [step[3].format(peak=peak, **cells) for step in REPORT_STEPS]

    table = Table(
        page,
        columns(
            "multimodal_data",
            "chain",
            name=[step[1] for step in REPORT_STEPS],
            printed=[step[2] for step in REPORT_STEPS],
            sparse=computed("sparse", "D"),
            dense=computed("dense", "E"),
            how=[s[5] for s in REPORT_STEPS],
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
    first = [step[0] for step in REPORT_STEPS].index("months")
    ends = first, first + 1
    charts.columns(
        page,
        box(page, "B", "G"),
        Look("H100 for a month: what the report prints, and what it takes", y_title="H100"),
        table.values("name", *ends),
        [
            Curve("The report prints", table.values("printed", *ends)),
            Curve("Sparse peak, not reached", table.values("sparse", *ends)),
            Curve("Dense peak", table.values("dense", *ends)),
        ],
    )
    page.finish(cursor="C6", last_row=page.row + 16)
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
        columns(
            "multimodal_data",
            "stages",
            name=names,
            frames=frames,
            height=heights,
            width=widths,
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
        columns(
            "multimodal_data",
            "image",
            name=["An image as ViT reads it"],
            frames=[1],
            height=[224],
            width=[224],
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
        Look("Tokens of each stage: patches of frames against latent pixels", y_title="Tokens"),
        stages.values("name"),
        [
            Curve("By patches", stages.values("patches")),
            Curve("By latents", stages.values("latents")),
        ],
    )
    page.finish(cursor="C6", last_row=page.row + 16)
    page.sheet.page_setup.fitToHeight = 1
