"""What does a mixture of experts cost beside dense models, at every length of context?

The sheet Together of the template on contexts and experts.
"""

from xlcalc.author import charts
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.context_and_experts import lines
from xlcalc.templates.context_and_experts.lengths import CONTEXTS, Contexts, chart_boxes
from xlcalc.templates.context_and_experts.lines import (
    CHART_ROWS,
    FINE_PRICE,
    GB_FORMAT,
    LENGTH_AXIS,
    SHARE_FORMAT,
)
from xlcalc.templates.parts.figures import CURRENCY_AXIS, PRICE_FORMAT
from xlcalc.templates.parts.tables import Column, Table


class Together:
    """The sheet Together: dense against mixture over lengths of context."""

    def __init__(self, book: Book, contexts: Contexts) -> None:
        page = Page(
            book,
            "Together",
            (2, 15, *(19,) * 9),
            "Together",
            "The mixture of experts against dense models, at every length of context. The dense "
            "models have the same attention.",
        )
        self.page, count = page, len(CONTEXTS)

        def linked(table: Table, key: str) -> list[str]:
            return [f"=Context!{table.cell(key, row).coordinate}" for row in range(count)]

        context = Column(
            "context", "Context\ntokens", linked(contexts.training, "context"), "#,##0"
        )
        page.section("Training, cost of a million tokens")
        cost = "=TRAIN_COST({%s}*tokens_per_million,train_peak,mfu,train_price)"
        self.training = Table(
            page,
            (
                context,
                Column(
                    "mixture_flops",
                    "Experts, and dense of the active size\nFLOP/token",
                    linked(contexts.training, "token"),
                    "0.00E+00",
                ),
                Column(
                    "total_flops",
                    "Dense, as large\nFLOP/token",
                    "={mixture_flops}+(dense_flops-run_flops)/train_tokens",
                    "0.00E+00",
                ),
                Column("mixture", "Experts\ncost", linked(contexts.training, "cost"), FINE_PRICE),
                Column(
                    "uneven",
                    "Experts,\nuneven load\ncost",
                    "={active}*(1+"
                    + lines.WAITING.format(
                        slowdown="uneven_slowdown", ratio="({mixture_flops}/run_flops*train_tokens)"
                    )
                    + ")",
                    FINE_PRICE,
                ),
                Column("active", "Dense, active size\ncost", cost % "mixture_flops", FINE_PRICE),
                Column("total", "Dense, as large\ncost", cost % "total_flops", FINE_PRICE),
                Column(
                    "over",
                    "Experts over\ndense, as large",
                    "=IF({total}>0,{mixture}/{total},0)",
                    SHARE_FORMAT,
                ),
            ),
            count,
            height=46,
        )
        page.row += 1
        page.section("Serving, cost of a million output tokens")
        dense = {"weights": "active_weights_gb", "used": "active_params"}
        large = {"weights": "weights_gb", "used": "total_params", "read": "weights_gb"}
        small = dense | {"servers": "{small}", "fit": "{fit}", "batch": "{small_batch}"}
        small |= {"context": "{context}", "kv": "{kv}", "read": "active_weights_gb"}
        large |= {"servers": "{servers}", "batch": "{batch}", "context": "{context}", "kv": "{kv}"}
        self.serving = Table(
            page,
            (
                context,
                Column(
                    "kv",
                    "KV cache of the model\nGB/sequence",
                    linked(contexts.memory, "kv"),
                    GB_FORMAT,
                ),
                Column("servers", "Servers", linked(contexts.memory, "servers"), "#,##0"),
                Column("batch", "Batch\nsequences", linked(contexts.memory, "batch"), "#,##0"),
                Column(
                    "small", "Dense, active size\nservers", lines.SERVERS.format_map(small), "#,##0"
                ),
                Column(
                    "small_batch",
                    "Dense, active size\nbatch",
                    lines.BATCH.format_map({"fit": lines.FIT.format_map(small).removeprefix("=")}),
                    "#,##0",
                ),
                Column("mixture", "Experts\ncost", linked(contexts.serving, "price"), PRICE_FORMAT),
                Column(
                    "active",
                    "Dense, active size\ncost",
                    lines.OUTPUT_PRICE.format_map(
                        small | {"rate": lines.DECODE.format_map(small).removeprefix("=")}
                    ),
                    PRICE_FORMAT,
                ),
                Column(
                    "total",
                    "Dense, as large\ncost",
                    lines.OUTPUT_PRICE.format_map(
                        large | {"rate": lines.DECODE.format_map(large).removeprefix("=")}
                    ),
                    PRICE_FORMAT,
                ),
                Column(
                    "over",
                    "Experts over\ndense, as large",
                    "=IF({total}>0,{mixture}/{total},0)",
                    SHARE_FORMAT,
                ),
            ),
            count,
            height=46,
        )
        page.row += 1
        left, right = chart_boxes(page, ("B", "F"), ("G", "K"))
        self.training_chart(page, left)
        charts.scatter(
            page,
            right,
            _look("Cost of a million output tokens"),
            self.serving.values("context"),
            [
                Curve("Mixture of experts", self.serving.values("mixture")),
                Curve("Dense, of the active size", self.serving.values("active")),
                Curve("Dense, as large as all experts", self.serving.values("total")),
            ],
        )
        page.row += CHART_ROWS
        page.finish(cursor="B6", last_row=page.row)
        page.sheet.page_setup.fitToHeight = 1

    def training_chart(self, page: Page, anchor: str) -> None:
        """Draw the training cost of experts and of a dense model over the context."""
        charts.scatter(
            page,
            anchor,
            _look("Training cost of a million tokens"),
            self.training.values("context"),
            [
                Curve("Mixture of experts", self.training.values("mixture")),
                Curve("Mixture of experts, uneven load", self.training.values("uneven")),
                Curve("Dense, as large as all experts", self.training.values("total")),
            ],
        )


def _look(title: str) -> Look:
    return Look(
        title,
        "Context, tokens",
        CURRENCY_AXIS,
        x_format=LENGTH_AXIS,
        x_base=4,
        y_format="#,##0.00",
        x_log=True,
        y_log=True,
    )
