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
    MONEY_AXIS,
)
from xlcalc.templates.parts.columns import columns
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
            columns(
                "context_and_experts",
                "parts",
                name=(
                    "Embeddings",
                    "Attention",
                    "Dense feed-forward blocks",
                    "Shared experts",
                    "Chosen experts",
                    "Router and norms",
                ),
                held=(
                    "=embedding_params",
                    "=attention_params",
                    "=dense_ffn_params",
                    "=shared_params",
                    "=routed_params",
                    "=router_params",
                ),
                used=(*("={held}",) * 4, "={held}*experts_per_token/experts", "={held}"),
            ),
            6,
        )
        for key in ("held", "used", "memory"):
            self.parts.alias(key, f"parts_{key}")
        page.row += 1
        page.section("Five cases of the training run: a step on one GPU")
        self.steps = Table(
            page,
            columns(
                "context_and_experts",
                "steps",
                name=CASES,
                params=(*("=active_params",) * 4, "=total_params"),
                slowdown=(1, 1, 1, "=uneven_slowdown", 1),
                transfer=(0, *("=transfer_ms*{slowdown}",) * 3, 0),
                hidden=(0, "=overlap", 0, "=overlap", 0),
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
            columns(
                "context_and_experts",
                "cases",
                name=CASES,
                mfu=[f"=mfu*{e[1:]}/{t[1:]}" for e, t in zip(even, step("step"), strict=True)],
                flops=step("flops"),
                held=("=active_params", *("=total_params",) * 4),
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
        columns(
            "context_and_experts",
            "links",
            name=[name for name, _ in LINKS],
            bandwidth=[bandwidth for _, bandwidth in LINKS],
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
