"""How many tokens are the images and videos of the template `multimodal_data`?

Each sheet is a table of corpora, one a row, whose cells are inputs with names of their own, and
what makes tokens of them: patches, latent pixels.
"""

from xlcalc import quantities as q
from xlcalc.author import charts
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.quantities import Quantity
from xlcalc.templates.multimodal_data.layout import (
    KEPT,
    PASSES,
    TIMES,
    alias_columns,
    box,
    name_inputs,
    notes,
    total_row,
    words_left,
)
from xlcalc.templates.multimodal_data.texts import texts_page
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.grid import grid
from xlcalc.templates.parts.tables import Column, Table

IMAGES = Quantity("images", at_least=0.0, number_format=q.COUNT_FORMAT)
FOOTAGE = Quantity("clips or hours", at_least=0.0, number_format=q.COUNT_FORMAT)
FRAME_RATE = Quantity("frames/s", above=0.0, number_format="0.##")
STEP = Quantity("frames", at_least=1.0, number_format="#,##0")
CLIP_SECONDS = Quantity("s", above=0.0, number_format="#,##0.0")
PICTURES = (
    ("The report's image corpus", 5e10, 2e11, 768, 1024),
    ("Image corpus 2", 0, 0, 512, 512),
    ("Image corpus 3", 0, 0, 256, 256),
)
FILMS = (
    ("Video corpus 1", "clips", 10, 30, 8, 720, 1280),
    ("Video corpus 2", "hours", 60, 24, 24, 480, 854),
    ("Video corpus 3", "hours", 60, 30, 30, 360, 640),
)
SIZES = ((224, 224), (512, 512), (768, 1024), (1080, 1920), (2160, 3840))
PATCHES = (8, 14, 16, 28, 32)
FRAMES = ((360, 640), (480, 854), (720, 1280), (1080, 1920), (2160, 3840))


def corpora_pages(book: Book) -> None:
    """Write the sheets of texts, images and videos; formulas elsewhere read their totals."""
    texts_page(book)
    _images(book)
    _videos(book)


def _images(book: Book) -> None:
    page = Page(
        book,
        "Images",
        (2, 34, 15, 15, 15, 13, 13, 15, 13, 13, 16),
        "Images",
        "Images cut into square patches, a token each; sides that the patch does not divide are "
        "padded.",
    )
    count = len(PICTURES)
    names, lows, highs, heights, widths = map(list, zip(*PICTURES, strict=True))
    table = Table(
        page,
        (
            Column("name", "Corpus", names, editable=True, words=True),
            Column("low", "Images\nlow", lows, q.COUNT_FORMAT, IMAGES, editable=True),
            Column("high", "Images\nhigh", highs, q.COUNT_FORMAT, IMAGES, editable=True),
            Column("middle", "Images\nmiddle", "=SQRT({low}*{high})", q.COUNT_FORMAT),
            Column("height", "Height\npixels", heights, "#,##0", q.PIXELS, editable=True),
            Column("width", "Width\npixels", widths, "#,##0", q.PIXELS, editable=True),
            Column(
                "each", "Tokens\nof one image", "=IMAGE_TOKENS({height},{width},patch)", "#,##0"
            ),
            Column("kept", KEPT, [1] * count, "0.0%", q.SHARE, editable=True),
            Column("passes", TIMES, [1] * count, "0.0", PASSES, editable=True),
            Column(
                "tokens", "Tokens\nin training", "={middle}*{kept}*{each}*{passes}", q.COUNT_FORMAT
            ),
        ),
        count,
    )
    name_inputs(table, "image", ("name", "low", "high", "height", "width", "kept", "passes"), count)
    kept = ("low", "high", "middle", "height", "width", "each", "kept", "passes", "tokens")
    alias_columns(table, "image", kept)
    total_row(page, table, "Total images", ("tokens",), "tokens")
    notes(
        page,
        (
            "The middle is the geometric one, √(low × high): as many times above the low figure as "
            "below the high one. Where the number is known, low and high are the same. The "
            "report's corpus: 50 to 200 billion images of 1,024 × 768 pixels, "
            "AI大模型专题报告：大模型进展2.0, 2024-05-07.",
            "Kept: the share that filters and deduplication leave. Passes: how often training sees "
            "the corpus. The side of a patch is on the sheet Inputs.",
        ),
    )
    page.row += 1
    page.section("Tokens of one image: size down, side of a patch across")
    sizes = grid(
        page,
        (
            Column("name", "Image", '=TEXT({width},"#,##0")&" × "&TEXT({height},"#,##0")'),
            _side("height", "Height", [height for height, _ in SIZES]),
            _side("width", "Width", [width for _, width in SIZES]),
        ),
        (PATCHES, '"P = "0'),
        "=IMAGE_TOKENS({height},{width},{across})",
        "#,##0",
        len(SIZES),
        colours=False,
    )
    words_left(sizes, "name", len(SIZES))
    page.row += 1
    charts.columns(
        page,
        box(page, "B", "K"),
        Look("Tokens of one image by size and side of a patch", y_title="Tokens", y_log=True),
        sizes.values("name"),
        [
            Curve(name, sizes.values(f"x{PATCHES.index(patch)}"))
            for patch, name in ((8, "Patch of 8"), (16, "Patch of 16"), (32, "Patch of 32"))
        ],
    )
    page.finish(cursor="B5", last_row=page.row + 16)


def _side(key: str, heading: str, sides: list[int]) -> Column:
    return Column(key, heading, sides, "#,##0", q.PIXELS, editable=True)


def _videos(book: Book) -> None:
    page = Page(
        book,
        "Video",
        (2, 30, 12, 15, *(13,) * 6, 15, 15, 15),
        "Video",
        "Videos as frames cut into patches, and as the latent pixels of a generating model, side "
        "by side.",
    )
    count = len(FILMS)
    page.section("What is watched")
    corpora = Table(
        page,
        (
            _input("name", "Corpus", 0, words=True),
            _input("unit", "Counted in", 1, words=True, literal=True, entries='"clips,hours"'),
            Column("amount", "Amount", [0] * count, q.COUNT_FORMAT, FOOTAGE, editable=True),
            _input("seconds", "Clip\nseconds", 2, "0.0", CLIP_SECONDS),
            _input("fps", "Rate\nframes/s", 3, "0.##", FRAME_RATE),
            _input("every", "One\nframe in", 4, "#,##0", STEP),
            _input("height", "Height\npixels", 5, "#,##0", q.PIXELS),
            _input("width", "Width\npixels", 6, "#,##0", q.PIXELS),
            Column("kept", KEPT, [1] * count, "0.0%", q.SHARE, editable=True),
            Column("passes", TIMES, [1] * count, "0.0", PASSES, editable=True),
            Column(
                "clips",
                "Clips",
                '=IF({unit}="hours",{amount}*seconds_per_hour/{seconds},{amount})',
                q.COUNT_FORMAT,
            ),
            Column(
                "frames", "Frames\nof a clip", "=MAX(1,ROUND({seconds}*{fps}/{every},0))", "#,##0"
            ),
        ),
        count,
    )
    own = ("unit", "amount", "seconds", "fps", "every", "height", "width", "kept", "passes")
    name_inputs(corpora, "video", ("name", *own), count)
    page.row += 1
    page.section("What a model reads of it")

    def of(key: str) -> list[str]:
        return [f"={corpora.cell(key, row).coordinate}" for row in range(count)]

    tokens = Table(
        page,
        columns(
            "multimodal_data",
            "frames",
            name=of("name"),
            frames=of("frames"),
            seen=_products(corpora, count),
            height=of("height"),
            width=of("width"),
        ),
        count,
    )
    words_left(tokens, "name", count)
    alias_columns(
        tokens,
        "video",
        ("seen", "times", "height", "width", "frame", "patches", "latents", "tokens"),
    )
    total_row(page, tokens, "Total video", ("patches", "latents", "tokens"), "tokens")
    notes(
        page,
        (
            "Hours are cut into clips of the length given. A model seldom sees every frame: of "
            "each clip it sees one frame in so many. Which of the two counts goes into the "
            "total is chosen on the sheet Inputs, with patch and strides.",
            "Patches: what a model that understands videos reads (VideoMAE, arXiv:2203.12602). "
            "Latents: what a model that generates them is trained on, after an autoencoder has "
            "shrunk time and space (Wan2.1, arXiv:2503.20314). Kept and passes as on the sheet "
            "Text.",
        ),
    )
    page.row += 1
    page.section("Tokens of one clip, as long as those of the first corpus, by the size of a frame")
    sizes = Table(
        page,
        columns(
            "multimodal_data",
            "sizes",
            frames=f"=${_at(corpora, 'frames')}",
            height=[h for h, _ in FRAMES],
            width=[w for _, w in FRAMES],
        ),
        len(FRAMES),
    )
    words_left(sizes, "name", len(FRAMES))
    page.row += 1
    charts.columns(
        page,
        box(page, "B", "M"),
        Look("Tokens of one clip: patches of frames against latent pixels", y_title="Tokens"),
        sizes.values("name"),
        [
            Curve("By patches", sizes.values("patches")),
            Curve("By latents", sizes.values("latents")),
        ],
    )
    page.finish(cursor="B6", last_row=page.row + 16)
    page.sheet.page_setup.fitToHeight = 1


def _input(
    key: str,
    heading: str,
    place: int,
    number_format: str = "General",
    measure: Quantity | None = None,
    *,
    words: bool = False,
    literal: bool = False,
    entries: str = "",
) -> Column:
    """Return a column of inputs whose defaults are one field of FILMS."""
    defaults = [film[place] for film in FILMS]
    return Column(key, heading, defaults, number_format, measure, True, words, literal, entries)


def _products(table: Table, count: int) -> list[str]:
    keys = ("clips", "kept", "passes")
    return ["=" + "*".join(table.cell(key, row).coordinate for key in keys) for row in range(count)]


def _at(table: Table, key: str) -> str:
    cell = table.cell(key, 0)
    return f"{cell.column_letter}${cell.row}"
