"""What do experts save and cost: parameters, waiting, network, and against dense models?

The sheets Experts, Sensitivity and Together of the template on contexts and experts.
"""

from collections.abc import Sequence

from openpyxl.chart import Reference
from openpyxl.utils import get_column_letter

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page, validate_number
from xlcalc.templates.context_and_experts import lines
from xlcalc.templates.context_and_experts.lengths import CONTEXTS, Contexts, chart_boxes
from xlcalc.templates.context_and_experts.lines import (
    CHART_ROWS,
    FACTOR_FORMAT,
    FINE_PRICE,
    GB_FORMAT,
    LENGTH_AXIS,
    MILLISECONDS,
    MONEY_AXIS,
    SHARE_FORMAT,
)
from xlcalc.templates.parts.figures import CURRENCY_AXIS, MONEY_FORMAT, PRICE_FORMAT
from xlcalc.templates.parts.tables import Column, Table

LINKS = (
    ("InfiniBand HDR, 200 Gbit/s", 25),
    ("InfiniBand NDR, 400 Gbit/s", 50),
    ("InfiniBand XDR, 800 Gbit/s", 100),
    ("NVLink of an H800", 200),
    ("NVLink of an A100", 300),
    ("NVLink of an H100 or H200", 450),
    ("NVLink of a B200", 900),
)
"""GB/s of a GPU in one direction."""
CASES = (
    "Dense, of the active size",
    "Experts, even load, hidden as in the inputs",
    "Experts, even load, nothing hidden",
    "Experts, uneven load, hidden as in the inputs",
    "Dense, as large as all experts",
)
TOKEN_SHARES = (0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
EXPERT_SHARES = (0.05, 0.1, 0.15, 0.3)
CURVES = (
    "5 % of the experts",
    "10 % of the experts",
    "15 % of the experts",
    "30 % of the experts",
)


class Experts:
    """The sheet Experts: where the parameters are, and what the experts cost in five cases."""

    def __init__(self, book: Book) -> None:
        page = Page(
            book,
            "Experts",
            (2, 46, *(17,) * 9),
            "Experts",
            "Where the parameters are, and what a mixture of experts costs against dense models.",
        )
        page.section("Parameters that are held, and that a token uses")
        self.parts = Table(
            page,
            (
                Column(
                    "name",
                    "Part",
                    (
                        "Embeddings",
                        "Attention",
                        "Dense feed-forward blocks",
                        "Shared experts",
                        "Chosen experts",
                        "Router and norms",
                    ),
                    words=True,
                ),
                Column(
                    "held",
                    "Held\nparameters",
                    (
                        "=embedding_params",
                        "=attention_params",
                        "=dense_ffn_params",
                        "=shared_params",
                        "=routed_params",
                        "=router_params",
                    ),
                    q.COUNT_FORMAT,
                ),
                Column("held_share", "Share", "={held}/SUM({held.all})", SHARE_FORMAT),
                Column(
                    "used",
                    "Used\nparameters",
                    (
                        *("={held}",) * 4,
                        "={held}*experts_per_token/experts",
                        "={held}",
                    ),
                    q.COUNT_FORMAT,
                ),
                Column("used_share", "Share", "={used}/SUM({used.all})", SHARE_FORMAT),
                Column("memory", "Weights\nGB", "={held}*weight_bytes/bytes_per_gb", GB_FORMAT),
            ),
            6,
        )
        for key in ("held", "used", "memory"):
            self.parts.alias(key, f"parts_{key}")
        page.row += 1
        page.section("Five cases of the training run: a step on one GPU")
        self.steps = Table(
            page,
            (
                Column("name", "Case", CASES, words=True),
                Column(
                    "params",
                    "Computed with\nparameters",
                    (*("=active_params",) * 4, "=total_params"),
                    q.COUNT_FORMAT,
                ),
                Column(
                    "flops",
                    "Compute\nFLOP",
                    "=TRAIN_FLOPS({params},train_tokens)+scores_flops",
                    "0.00E+00",
                ),
                Column(
                    "slowdown",
                    "Slowdown\nof the experts\n×",
                    (1, 1, 1, "=uneven_slowdown", 1),
                    FACTOR_FORMAT,
                ),
                Column(
                    "transfer",
                    "Transfer\nms",
                    (0, *("=transfer_ms*{slowdown}",) * 3, 0),
                    MILLISECONDS,
                ),
                Column("hidden", "Share hidden", (0, "=overlap", 0, "=overlap", 0), "0%"),
                Column(
                    "even",
                    "Computing,\neven load\nms",
                    "=INFER_SECONDS({flops}/train_tokens*tokens_per_gpu,train_peak,mfu)"
                    "*ms_per_second",
                    MILLISECONDS,
                ),
                Column(
                    "busy",
                    "Computing,\nthis load\nms",
                    "={even}+experts_ms*({slowdown}-1)",
                    MILLISECONDS,
                ),
                Column(
                    "open",
                    "Transfer not hidden\nms",
                    "=MAX({transfer}*(1-{hidden}),{transfer}-{busy})",
                    MILLISECONDS,
                ),
                Column("step", "Step\nms", "={busy}+{open}", MILLISECONDS),
            ),
            len(CASES),
            height=46,
        )
        page.row += 1
        page.section("What they take and cost")

        def step(key: str) -> list[str]:
            return [f"={self.steps.cell(key, row).coordinate}" for row in range(len(CASES))]

        even = step("even")
        self.cases = Table(
            page,
            (
                Column("name", "Case", CASES, words=True),
                Column(
                    "mfu",
                    "Utilisation (MFU)",
                    [f"=mfu*{e[1:]}/{t[1:]}" for e, t in zip(even, step("step"), strict=True)],
                    SHARE_FORMAT,
                ),
                Column("flops", "Compute\nFLOP", step("flops"), "0.00E+00"),
                Column("hours", "GPU-hours", "=GPU_HOURS({flops},train_peak,{mfu})", "#,##0"),
                Column(
                    "days", "Training time\ndays", "={hours}/train_gpus/hours_per_day", "#,##0.0"
                ),
                Column("cost", "Training cost", "=GPU_COST({hours},train_price)", MONEY_FORMAT),
                Column("over", "Cost over the first\n×", "={hours}/{hours.first}", FACTOR_FORMAT),
                Column(
                    "held",
                    "Held\nparameters",
                    ("=active_params", *("=total_params",) * 4),
                    q.COUNT_FORMAT,
                ),
                Column("weights", "Weights\nGB", "=WEIGHTS_GB({held},weight_bytes)", GB_FORMAT),
                Column("state", "State in training\nGB", "=TRAIN_STATE_GB({held})", GB_FORMAT),
            ),
            len(CASES),
            height=46,
        )
        for row, case in enumerate(("dense_active", "even", "open", "uneven", "dense_total")):
            for key in ("cost", "days", "mfu"):
                book.define(f"case_{case}_{key}", page.sheet, self.cases.cell(key, row))
        page.row += 1
        left, right = chart_boxes(page, ("B", "E"), ("F", "K"))
        chart = charts.columns(
            page,
            left,
            Look("Where the parameters are", y_format="0%"),
            self.parts.values("name"),
            [
                Curve("Of those held", self.parts.values("held_share")),
                Curve("Of those a token uses", self.parts.values("used_share")),
            ],
        )
        chart.y_axis.scaling.max = 1
        charts.columns(
            page,
            right,
            Look("Training cost in five cases", y_title=CURRENCY_AXIS, y_format=MONEY_AXIS),
            self.cases.values("name"),
            [Curve("Training cost", self.cases.values("cost"))],
            across=True,
        )
        page.row += CHART_ROWS
        page.finish(cursor="B6", last_row=page.row)
        page.sheet.page_setup.fitToHeight = 1


def sensitivity(book: Book) -> None:
    """Write the sheet Sensitivity: an uneven load, and the bandwidth between the experts."""
    page = Page(
        book,
        "Sensitivity",
        (2, 36, *(18,) * 7),
        "Sensitivity",
        "What an uneven load and the network between the experts do to the run. The first column "
        "may be changed.",
    )
    slow = _grid(
        page,
        "Slowdown of the chosen experts: tokens of the busiest down, share of the experts across",
        TOKEN_SHARES,
        EXPERT_SHARES,
        "=MAX(1,EXPERT_SLOWDOWN($B{row},{column}${top}))",
        FACTOR_FORMAT,
    )
    shares = [f"=B{slow + place}" for place in range(1, len(TOKEN_SHARES) + 1)]
    heads = [f"={get_column_letter(3 + place)}{slow}" for place in range(len(EXPERT_SHARES))]
    page.row += 1
    cost = _grid(
        page,
        '="Training cost in "&currency&": tokens of the busiest down, share of the experts across"',
        shares,
        heads,
        "=run_cost/run_step_ms*(step_ms+experts_ms*({slow}-1)"
        "+MAX(transfer_ms*{slow}*(1-overlap),"
        "transfer_ms*{slow}-step_ms-experts_ms*({slow}-1)))",
        MONEY_FORMAT,
        slow,
    )
    page.row += 1
    slow_box, cost_box = chart_boxes(page, ("B", "D"), ("F", "I"))
    page.row += CHART_ROWS
    page.section("Bandwidth between the experts, even load, nothing hidden")
    links = Table(
        page,
        (
            Column("name", "Link of a GPU", [name for name, _ in LINKS], words=True, literal=True),
            Column(
                "bandwidth",
                "Bandwidth, one direction\nGB/s",
                [bandwidth for _, bandwidth in LINKS],
                "#,##0",
                measure=q.BANDWIDTH_GBS,
                editable=True,
            ),
            Column(
                "transfer",
                "Transfer of a layer\nms",
                "=IF(experts>1,ALL_TO_ALL_SECONDS(tokens_per_gpu,d_model,copies_per_token,"
                "{bandwidth},network_bytes),0)*ms_per_second*exchanges_per_step",
                MILLISECONDS,
            ),
            Column("ratio", "Transfer\nover computing\n×", "={transfer}/layer_ms", FACTOR_FORMAT),
            Column(
                "share",
                "Share of the step\nof a layer",
                "={transfer}/(layer_ms+{transfer})",
                SHARE_FORMAT,
            ),
            Column("step", "Step\nms", "=step_ms+expert_layers*{transfer}", MILLISECONDS),
            Column("mfu", "Utilisation (MFU)", "=mfu*step_ms/{step}", SHARE_FORMAT),
            Column("cost", "Training cost", "=run_cost*{step}/run_step_ms", MONEY_FORMAT),
        ),
        len(LINKS),
        height=46,
    )
    for row in range(len(LINKS)):
        book.define(f"link_bandwidth_{row + 1}", page.sheet, links.cell("bandwidth", row))
    page.row += 1
    rows = {"min_row": cost + 1, "max_row": cost + len(TOKEN_SHARES)}
    for anchor, top, look in (
        (
            slow_box,
            slow,
            Look(
                "Slowdown of the chosen experts",
                "Share of the tokens for the busiest",
                "×",
                x_format="0%",
            ),
        ),
        (
            cost_box,
            cost,
            Look(
                "Training cost under an uneven load",
                "Share of the tokens for the busiest",
                x_format="0%",
                y_format=MONEY_AXIS,
            ),
        ),
    ):
        rows = {"min_row": top + 1, "max_row": top + len(TOKEN_SHARES)}
        charts.scatter(
            page,
            anchor,
            look,
            Reference(page.sheet, min_col=2, **rows),
            [
                Curve(name, Reference(page.sheet, min_col=3 + place, **rows))
                for place, name in enumerate(CURVES)
            ],
        )
    left, right = chart_boxes(page, ("B", "D"), ("F", "I"))
    charts.scatter(
        page,
        left,
        Look(
            "Share of the transfer in the step of a layer",
            "Bandwidth of a GPU, GB/s",
            x_format="#,##0",
            x_base=2,
            y_format="0%",
            x_log=True,
        ),
        links.values("bandwidth"),
        [Curve("Share of the transfer", links.values("share"))],
    )
    charts.scatter(
        page,
        right,
        Look(
            "Training cost over the bandwidth",
            "Bandwidth of a GPU, GB/s",
            x_format="#,##0",
            x_base=2,
            y_format=MONEY_AXIS,
            x_log=True,
        ),
        links.values("bandwidth"),
        [Curve("Training cost", links.values("cost"))],
    )
    page.row += CHART_ROWS
    page.finish(cursor="B6", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1


def _grid(
    page: Page,
    caption: str,
    down: Sequence[object],
    across: Sequence[object],
    formula: str,
    number_format: str,
    other: int = 0,
) -> int:
    """Write a table over two shares, and return the row of its head.

    In the formula `{row}`, `{column}` and `{top}` are the place of the cell, and `{slow}` is the
    cell at the same place in the table whose head is in the row `other`.
    """
    page.section(caption)
    top = page.row
    head = {"font": styles.HEADING, "fill": styles.HEADING_FILL, "number_format": "0%"}
    page.put(top, 2, "Share of the tokens", **head, alignment=styles.LEFT)
    for place, share in enumerate(across):
        page.put(top, 3 + place, share, **head, alignment=styles.RIGHT)
    for row, share in enumerate(down, start=top + 1):
        own = not isinstance(share, str)
        cell = page.put(
            row,
            2,
            share,
            styles.INPUT if own else styles.BOLD,
            fill=styles.INPUT_FILL if own else styles.BAND_FILL,
            number_format="0%",
            alignment=styles.LEFT,
            border=styles.HAIRLINE,
        )
        if own:
            cell.protection = styles.UNLOCKED
            validate_number(page, cell, "Share of the tokens", q.SHARE)
        for place in range(len(across)):
            column = get_column_letter(3 + place)
            page.put(
                row,
                3 + place,
                formula.format(
                    row=row, column=column, top=top, slow=f"{column}{row - top + other}"
                ),
                number_format=number_format,
                alignment=styles.RIGHT,
                border=styles.HAIRLINE,
            )
    page.row = top + len(down) + 1
    return top


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
                        slowdown="uneven_slowdown",
                        ratio="({mixture_flops}/run_flops*train_tokens)",
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
                    "small",
                    "Dense, active size\nservers",
                    lines.SERVERS.format_map(small),
                    "#,##0",
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
