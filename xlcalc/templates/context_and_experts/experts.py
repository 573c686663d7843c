"""What do experts save and cost: parameters, waiting, network, and against dense models?

The sheets Experts and Sensitivity of the template on contexts and experts.
"""

from xlcalc import quantities as q
from xlcalc.author import charts
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.context_and_experts.lengths import chart_boxes
from xlcalc.templates.context_and_experts.lines import (
    CHART_ROWS,
    FACTOR_FORMAT,
    GB_FORMAT,
    MILLISECONDS,
    MONEY_AXIS,
    SHARE_FORMAT,
)
from xlcalc.templates.parts.figures import CURRENCY_AXIS, MONEY_FORMAT
from xlcalc.templates.parts.grid import grid
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
SHARE = "Share of the tokens"
CURVES = ("5 % of the experts", "10 % of the experts", "15 % of the experts", "30 % of the experts")


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
                    (*("={held}",) * 4, "={held}*experts_per_token/experts", "={held}"),
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
    rows = range(len(TOKEN_SHARES))
    page.section(
        "Slowdown of the chosen experts: tokens of the busiest down, share of the experts across"
    )
    slow = grid(
        page,
        (Column("share", SHARE, TOKEN_SHARES, "0%", measure=q.SHARE, editable=True),),
        (EXPERT_SHARES, "0%"),
        "=MAX(1,EXPERT_SLOWDOWN({share},{across}))",
        FACTOR_FORMAT,
        len(rows),
    )
    page.row += 1
    page.section(
        '="Training cost in "&currency&": tokens of the busiest down, share of the experts across"'
    )

    def slowed(place: int) -> list[str]:
        cells = [slow.cell(f"x{place}", row).coordinate for row in rows]
        return [
            f"=run_cost/run_step_ms*(step_ms+experts_ms*({cell}-1)+MAX(transfer_ms*{cell}"
            f"*(1-overlap),transfer_ms*{cell}-step_ms-experts_ms*({cell}-1)))"
            for cell in cells
        ]

    heads = [f"={slow.cell(f'x{n}', 0).offset(-1).coordinate}" for n in range(len(EXPERT_SHARES))]
    shares = [f"={slow.cell('share', row).coordinate}" for row in rows]
    cost = grid(
        page,
        (Column("share", SHARE, shares, "0%"),),
        (heads, "0%"),
        slowed,
        MONEY_FORMAT,
        len(rows),
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
    for anchor, table, look in (
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
        charts.scatter(
            page,
            anchor,
            look,
            table.values("share"),
            [Curve(name, table.values(f"x{place}")) for place, name in enumerate(CURVES)],
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
