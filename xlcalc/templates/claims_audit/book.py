"""Audit of what reports claim: each published figure computed, compared, and judged.

Each row of `claims.csv` is a claim, with a formula on named inputs.
"""

from collections.abc import Sequence

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.catalogue import catalogues
from xlcalc.templates.claims_audit.cases import cases_page
from xlcalc.templates.claims_audit.claims import claims_page
from xlcalc.templates.claims_audit.size_tables import size_tables
from xlcalc.templates.parts.catalogues import catalogue_page
from xlcalc.templates.parts.checks import checks_page, verdict
from xlcalc.templates.parts.figures import figures_page
from xlcalc.templates.parts.front import cover_page, finish_cover, sources_page
from xlcalc.templates.parts.lines import read_model
from xlcalc.templates.parts.summary import Shown, beside, key_figures, read_summary, tiles
from xlcalc.templates.parts.tables import Column, Table

CHARTED = 16
"""Claims that differ that the chart has room for."""
PURPOSE = (
    "What becomes of the figures that reports publish about the cost of AI.",
    "Which published figures can be reproduced, which differ, and by how much?",
    "Which ones depend on an assumption that the report does not state, and on which?",
    "Where does a figure go wrong: the peak rate, the bytes of a token, the recomputation?",
    "Do our own functions give what papers and vendors publish?",
)
STEPS = (
    "Read the sheet Claims: each row has the statement, its source, our formula, the computed and "
    "the stated figure, and the verdict.",
    "Change an assumption on the sheet Inputs, and see which verdicts move.",
    "The sheet Published cases compares every function with figures of papers and vendors.",
    "Look at the sheet Checks: a figure that does not add up is FALSE there, and says so on the "
    "Summary.",
)
TABS = (
    *("Cover", "Summary", "Claims", "Inputs", "Calculation", "Tables", "Published cases"),
    *("Checks", "Catalogue", "Sources"),
)


TOKENISERS = (
    ("openai-p50k-base", "OpenAI p50k_base (GPT-3)"),
    ("grok1", "Grok-1"),
    ("openai-cl100k-base", "OpenAI cl100k_base (GPT-4)"),
    ("mistral-tekken", "Mistral Tekken"),
    ("llama3", "Llama 3"),
    ("openai-o200k-base", "OpenAI o200k_base (GPT-4o)"),
    ("qwen-qwen-tiktoken", "Qwen"),
    ("deepseek-v4pkg", "DeepSeek"),
)


def rate(tokeniser: str) -> object:
    """Return the Chinese characters in a token, as measured for the catalogue."""
    return catalogues().rows["tokenisers"][f"meas-{tokeniser}-zh-chars-per-tok"]["value"]


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    model = read_model("claims_audit")
    book = Book("Claims audit", "xlcalc template new claims_audit", texts)
    cover = cover_page(book, PURPOSE, STEPS)
    summary = Page(
        book,
        "Summary",
        (2, 34, 17, 17, 2, 17, 17, 17, 17),
        "Claims audit",
        "What becomes of published figures about the cost of AI, computed by our functions.",
    )
    figures_page(
        book,
        "Inputs",
        "Blue on yellow may be changed: first what the claims leave open, then what they state.",
        model.groups["inputs"],
        editable=True,
    )
    topics = claims_page(book)
    cases_page(book)
    figures_page(
        book,
        "Calculation",
        "What several claims share, what they leave out, and the count of the verdicts.",
        model.groups["results"],
        editable=False,
    )
    tables = _tables(book, topics)
    checks_page(book, model.checks)
    catalogue_page(book)
    sources_page(book, model.sources)
    _summary(summary, tables)
    book.order(TABS)
    finish_cover(cover)
    return book


def _tables(book: Book, topics: list[str]) -> dict[str, Table]:
    """Write the tables behind the charts, and the details of single claims."""
    page = Page(
        book,
        "Tables",
        (2, 38, 17, 17, 20, 20, 17),
        "Tables",
        "The verdicts by topic, the claims that differ, and what some claims come to in detail.",
    )
    tables: dict[str, Table] = {}

    def add(key: str, heading: str, columns: list[Column], count: int) -> Table:
        page.section(heading)
        tables[key] = Table(page, columns, count)
        page.row += 1
        return tables[key]

    ranges = [f"topic_{n}_verdicts" for n in range(1, len(topics) + 1)]
    by_topic = add(
        "topics",
        "Verdicts by topic",
        [
            Column("topic", "Topic", topics, words=True),
            *(
                Column(
                    key,
                    heading,
                    [f"=SUMPRODUCT(({box}=verdict_{key})*1)" for box in ranges],
                    "#,##0",
                )
                for key, heading in (
                    ("holds", "Holds"),
                    ("differs", "Differs"),
                    ("needs", "Needs an assumption"),
                )
            ),
            Column("all", "Claims", "={holds}+{differs}+{needs}", "#,##0"),
        ],
        len(topics),
    )
    for key in ("holds", "differs", "needs"):
        by_topic.alias(key, f"topic_{key}")
    place = "MATCH({rank},claim_counter,0)"
    add(
        "differing",
        "Claims that differ, in the order of the sheet Claims",
        [
            Column(
                "figure",
                "Claim",
                f"=IF({{rank}}>claims_differ,CHAR(32),INDEX(claim_figures,{place}))",
                words=True,
            ),
            Column("rank", "No.", list(range(1, CHARTED + 1)), "0"),
            Column(
                "ratio",
                "Computed over\nstated",
                f"=IF({{rank}}>claims_differ,1,INDEX(claim_ratios,{place}))",
                '[=1]"";#,##0.00',
            ),
        ],
        CHARTED,
    )
    for row in range(CHARTED):
        page.fit(tables["differing"].cell("figure", row).row, ())
    add(
        "characters",
        "2,000K Chinese characters in tokens",
        [
            Column(
                "tokeniser",
                "Tokeniser",
                [label for _, label in TOKENISERS],
                words=True,
                literal=True,
            ),
            Column(
                "rate",
                "Characters\nin a token",
                [rate(key) for key, _ in TOKENISERS],
                q.CHARS_PER_TOKEN.number_format,
            ),
            Column("tokens", "Computed\ntokens", "=CHAR_TOKENS(kimi_chars,{rate})", "#,##0"),
            Column("stated", "Stated\ntokens", "=kimi_tokens_stated", "#,##0"),
            Column("ratio", "Computed over\nstated", "={tokens}/{stated}", "0.00"),
        ],
        len(TOKENISERS),
    )
    add(
        "cards",
        "6 B parameters on one card, by precision",
        [
            Column("precision", "Precision", ["16 bits", "8 bits", "4 bits"], words=True),
            Column("bytes", "Bytes for a\nparameter", [2, 1, 0.5], "0.0"),
            Column("weights", "Weights\nGB", "=WEIGHTS_GB(small_model_params,{bytes})", "#,##0.0"),
            *(
                Column(
                    f"card_{gb}",
                    f"GPUs of\n{gb} GB",
                    f"=GPUS_TO_FIT({{weights}},card_{gb}_gb,usable_share)",
                    "#,##0",
                )
                for gb in (12, 16, 24)
            ),
        ],
        3,
    )
    add(
        "states",
        "Training 7 B by 8 GPUs and 70 B by 80",
        [
            Column(
                "params",
                "Parameters",
                ["=train_small_params", "=train_large_params"],
                q.PARAMS.number_format,
            ),
            Column(
                "stated",
                "Stated\nGPUs",
                ["=train_7b_gpus_stated", "=train_70b_gpus_stated"],
                "#,##0",
            ),
            Column("state", "State\nGB", "=TRAIN_STATE_GB({params})", "#,##0"),
            Column(
                "needed",
                "GPUs that\nhold it",
                "=GPUS_TO_FIT({state},train_gpu_gb,usable_share)",
                "#,##0",
            ),
            Column(
                "each",
                "GB a GPU,\nsharded (ZeRO 3)",
                "=TRAIN_STATE_GB({params},zero_stage,{stated})",
                "#,##0.0",
            ),
            Column("share", "Of its\nmemory", "={each}/train_gpu_gb", "0.0%"),
        ],
        2,
    )
    add(
        "video",
        "MagicVideo-V2 in tokens, stage by stage",
        [
            Column(
                "stage",
                "Stage",
                ["First image", "Key frames", "Enlarged frames", "Finished video"],
                words=True,
            ),
            Column(
                "frames",
                "Frames",
                [1, "=video_key_frames", "=video_key_frames", "=video_frames"],
                "#,##0",
            ),
            Column(
                "side",
                "Side\npixels",
                ["=video_image_side", "=video_key_side", "=video_side", "=video_side"],
                "#,##0",
            ),
            Column(
                "tokens",
                "Tokens,\npatches of pixels",
                "=VIDEO_TOKENS({frames},{side},{side},patch)",
                "#,##0",
            ),
            Column(
                "latent",
                "Tokens,\nlatent video",
                "=LATENT_VIDEO_TOKENS({frames},{side},{side})",
                "#,##0",
            ),
            Column("ratio", "Over the\nfirst image", "={tokens}/{tokens.first}", "#,##0.0"),
        ],
        4,
    )
    add(
        "context",
        "What a longer context costs: a model of 70 B parameters",
        [
            Column(
                "context",
                "Tokens of the context",
                ["=short_tokens", *("={context.prev}*sequence_step" for _ in range(5))],
                "#,##0",
            ),
            Column(
                "share",
                "Attention's\nshare",
                "=ATTENTION_SHARE(context_params,context_layers,context_heads,"
                "context_head_dim,{context})",
                "0.0%",
            ),
            Column(
                "cost",
                "Cost of a token,\n1 K = 1",
                "=CONTEXT_COST_RATIO(context_params,context_layers,context_heads,"
                "context_head_dim,{context},short_tokens)",
                "0.00",
            ),
        ],
        6,
    )
    size_tables(add)
    page.finish(cursor="B5")
    page.sheet.page_setup.orientation = "portrait"
    return tables


def _summary(page: Page, tables: dict[str, Table]) -> None:
    """Fill the first sheet, when the others are written."""
    figures = read_summary("claims_audit")
    tiles(page, figures)
    top = page.row
    story(
        page,
        figures,
        "388,900 H100 for a month",
        "The peak with sparsity is no rate of dense training; a utilisation refers to half of it.",
    )
    story(
        page,
        figures,
        "1 PB in 10 days on 10,800 A100",
        "Text has about 4 bytes a token; the petabyte holds far more than these GPUs can train on.",
    )
    story(
        page,
        figures,
        "GPT-3 in 34 days on 1,024 A100",
        "The quoted share counts operations that are done twice; a budget needs the lower figure.",
    )
    key_figures(page, figures, "Our functions")
    page.row -= 1
    verdict(page)
    _charts(page, beside(page, top, 2), tables)
    page.finish(cursor="B3", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1


def _charts(page: Page, places: Sequence[str], tables: dict[str, Table]) -> None:
    differing, topics = tables["differing"], tables["topics"]
    chart = charts.columns(
        page,
        places[0],
        Look(
            "Claims that differ: computed over stated",
            y_title="Computed over stated, logarithmic",
            y_format="0.0##",
            y_log=True,
            y_base=4,
        ),
        differing.values("figure"),
        [Curve("Computed over stated", differing.values("ratio"))],
        across=True,
    )
    chart.x_axis.crosses = None
    chart.x_axis.crossesAt = 1  # bars begin at 1: too much is stated to the left, too little right
    chart.x_axis.tickLblPos = "low"
    chart = charts.columns(
        page,
        places[1],
        Look("Verdicts by topic, implied statements included", y_title="Claims"),
        topics.values("topic"),
        [
            Curve("Holds", topics.values("holds")),
            Curve("Differs", topics.values("differs")),
            Curve("Needs an assumption", topics.values("needs")),
        ],
        stacked=True,
        across=True,
    )
    for series, color in zip(chart.series, (styles.TEAL, styles.RED, styles.AMBER), strict=True):
        series.graphicalProperties.solidFill = color
        series.graphicalProperties.line.solidFill = color


def story(page: Page, figures: Sequence[Shown], heading: str, moral: str) -> None:
    """Write the figures of a claim one below the other, and a sentence on them."""
    key_figures(page, figures, heading)
    page.row -= 1
    page.put(page.row, 2, moral, styles.NOTE, alignment=styles.WRAPPED)
    page.sheet.merge_cells(start_row=page.row, end_row=page.row, start_column=2, end_column=4)
    page.sheet.row_dimensions[page.row].height = 28
    page.row += 2
