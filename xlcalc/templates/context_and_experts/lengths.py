"""How do compute, memory, time and cost grow with the length of a context, and how long is a text?

The sheet Context of the template on contexts and experts.
"""

from xlcalc.author import charts
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.context_and_experts import lines
from xlcalc.templates.context_and_experts.lines import (
    CHART_ROWS,
    FINE_PRICE,
    GB_FORMAT,
    LENGTH_AXIS,
    RATE_FORMAT,
    SHARE_FORMAT,
)
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.figures import PRICE_FORMAT
from xlcalc.templates.parts.tables import Column, Table

CONTEXTS = tuple(2**power for power in range(11, 22))
"""2 K to 2 M tokens."""


class Contexts:
    """The sheet Context: tables over lengths of context, and over texts of some length."""

    def __init__(self, book: Book) -> None:
        page = Page(
            book,
            "Context",
            (2, 15, *(17,) * 9),
            "Context",
            "What a longer context does to training, memory and serving. The lengths may be "
            "changed.",
        )
        count = len(CONTEXTS)
        page.section("Training, a sequence as long as the context")
        self.training = Table(
            page,
            columns("context_and_experts", "training", context=CONTEXTS),
            count,
            height=46,
        )
        for row in range(count):
            cell = self.training.cell("context", row)
            book.define(f"context_{row + 1}", page.sheet, cell)
        for key in ("context", "scores", "token", "share", "ratio"):
            self.training.alias(key, f"first_{key}", 0)
            self.training.alias(key, f"last_{key}", -1)
        self.training.alias("context", "context_lengths")
        self.training.alias("cost", "context_costs")
        page.row += 1
        page.section("Memory, on as many servers as the weights and one sequence need")
        links = [f"={self.training.cell('context', row).coordinate}" for row in range(count)]
        context = Column("context", "Context\ntokens", links, "#,##0")
        self.memory = Table(page, (context, *_memory()), count, height=46)
        page.row += 1
        page.section("Texts of so many characters")
        self.texts = Table(
            page,
            (
                Column("chars", "Text\ncharacters", ("=short_text", "=long_text"), "#,##0"),
                Column(
                    "context", "Context\ntokens", "=CHAR_TOKENS({chars},chars_per_token)", "#,##0"
                ),
                Column(
                    "share",
                    "Share of\nattention",
                    "=ATTENTION_SHARE(active_params,layers,heads,score_dim,{context},"
                    "attention_mask,window,window_layers)",
                    SHARE_FORMAT,
                ),
                *_text_columns(),
            ),
            2,
            height=46,
        )
        page.row += 1
        page.sheet.row_dimensions[page.row - 1].height = 24  # the next table begins a page
        page.section("Serving, every sequence at the full context")
        self.serving = Table(
            page, (context, *_borrowed(self.memory, count), *_serving()), count, height=46
        )
        page.row += 1
        self.page = page
        self._charts()
        page.finish(cursor="B6", last_row=page.row)
        page.sheet.page_setup.fitToHeight = 2

    def _charts(self) -> None:
        page, x = self.page, self.training.values("context")
        left, right = chart_boxes(page, ("B", "F"), ("G", "K"))
        page.row += CHART_ROWS
        left_below, right_below = chart_boxes(page, ("B", "F"), ("G", "K"))
        page.row += CHART_ROWS
        attention_chart(page, left, self)
        for anchor, look, table, curves in (
            (
                right,
                _look("Compute of a training token over that of the run", "×", "#,##0.0"),
                self.training,
                (("Compute", "ratio"),),
            ),
            (
                left_below,
                _look("KV cache of a sequence and memory of a server", "GB", "#,##0.0##"),
                self.memory,
                (("gqa", "kv_gqa"), ("mla", "kv_mla"), ("Memory of one server", "server")),
            ),
            (
                right_below,
                _look("Output of the batch and of a single sequence", "tokens/s", "#,##0"),
                self.serving,
                (("Batch that fits", "rate"), ("Single sequence", "single")),
            ),
        ):
            charts.scatter(
                page, anchor, look, x, [Curve(name, table.values(key)) for name, key in curves]
            )


def chart_boxes(page: Page, *columns: tuple[str, str]) -> list[str]:
    """Return ranges for charts side by side from the next row on, each over some columns."""
    last = page.row + CHART_ROWS - 2
    return [f"{first}{page.row}:{end}{last}" for first, end in columns]


def _look(title: str, y_title: str, y_format: str) -> Look:
    return Look(
        title,
        "Context, tokens",
        y_title,
        x_format=LENGTH_AXIS,
        x_base=4,
        y_format=y_format,
        x_log=True,
        y_log=True,
    )


def attention_chart(page: Page, anchor: str, contexts: Contexts) -> None:
    """Draw the share of attention over the context."""
    chart = charts.scatter(
        page,
        anchor,
        Look(
            "Share of attention in the training compute",
            "Context, tokens",
            x_format=LENGTH_AXIS,
            x_base=4,
            y_format="0%",
            x_log=True,
        ),
        contexts.training.values("context"),
        [Curve("Share of attention", contexts.training.values("share"))],
    )
    chart.y_axis.scaling.max = 1


def _memory() -> tuple[Column, ...]:
    return (
        Column("kv_gqa", "KV cache, gqa\nGB/sequence", lines.KV_GQA, "#,##0.00"),
        Column("kv_mla", "KV cache, mla\nGB/sequence", lines.KV_MLA, "#,##0.00"),
        Column("kv", "KV cache of the model\nGB/sequence", lines.KV, "#,##0.00"),
        Column("weights", "Weights\nGB", "=weights_gb", GB_FORMAT),
        Column("server", "Memory of one server\nGB", "=gpus_per_server*serve_memory", GB_FORMAT),
        Column("servers", "Servers", lines.SERVERS, "#,##0"),
        Column("fit", "Sequences\nthat fit", lines.FIT, "#,##0"),
        Column("batch", "Batch\nsequences", lines.BATCH, "#,##0"),
    )


def _borrowed(table: Table, count: int) -> tuple[Column, ...]:
    """Return columns that repeat what formulas of the next table need."""

    def cells(key: str) -> list[str]:
        return [f"={table.cell(key, row).coordinate}" for row in range(count)]

    return (
        Column("servers", "Servers", cells("servers"), "#,##0"),
        Column("batch", "Batch\nsequences", cells("batch"), "#,##0"),
        Column("kv", "KV cache of the model\nGB/sequence", cells("kv"), "#,##0.00"),
    )


def _serving() -> tuple[Column, ...]:
    used = {"used": "active_params", "params": "total_params"}
    keep = {key: f"{{{key}}}" for key in ("context", "servers", "batch", "kv", "read", "rate")}
    return (
        Column("prefill", "Prefill\nFLOP/sequence", lines.PREFILL, "0.00E+00"),
        Column("seconds", "Prefill\ns", lines.PREFILL_SECONDS, "#,##0.00"),
        Column("read", "Weights read in a step\nGB", lines.READ.format_map(keep | used), GB_FORMAT),
        Column(
            "single",
            "Output, single sequence\ntokens/s",
            lines.DECODE.format_map(keep | used | {"batch": "1", "read": "active_weights_gb"}),
            RATE_FORMAT,
        ),
        Column(
            "rate", "Output, batch\ntokens/s", lines.DECODE.format_map(keep | used), RATE_FORMAT
        ),
        Column("price", "Cost\nper M output tokens", lines.OUTPUT_PRICE, PRICE_FORMAT),
    )


def _text_columns() -> tuple[Column, ...]:
    words = {"kv_gqa": lines.KV_GQA.removeprefix("="), "kv_mla": lines.KV_MLA.removeprefix("=")}
    weights = {"weights": "weights_gb"}
    keep = {key: f"{{{key}}}" for key in ("context", "servers", "kv", "fit")}
    return (
        Column("kv", "KV cache of the model\nGB/sequence", lines.KV.format_map(words), "#,##0.00"),
        Column("servers", "Servers", lines.SERVERS.format_map(keep | weights), "#,##0"),
        Column("fit", "Sequences\nthat fit", lines.FIT.format_map(keep | weights), "#,##0"),
        Column("prefill", "Prefill\nFLOP/sequence", lines.PREFILL, "0.00E+00"),
        Column("seconds", "Prefill\ns", lines.PREFILL_SECONDS, "#,##0.00"),
        Column("price", "Cost of reading\nthe text", lines.PREFILL_COST, FINE_PRICE),
    )
