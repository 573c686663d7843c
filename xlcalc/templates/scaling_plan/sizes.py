"""What do models of other sizes cost that reach the same loss, to train and to serve?

The sheet Model size of the scaling plan.
"""

from openpyxl.styles import PatternFill, Protection

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.parts.figures import BIG_MONEY, CURRENCY_AXIS, MONEY_FORMAT
from xlcalc.templates.parts.tables import Column, Table
from xlcalc.templates.scaling_plan.tables import MULTIPLE, TIMES, highlight, on_one_page

SIZES = (0.25, 0.3, 0.35, 0.4, 0.5, 0.7, 1.0, 1.4, 2.0)
"""Sizes over the optimum: inputs, but for the 1."""
VOLUMES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
OUT = '"out of reach"'
"""What stands for a figure of a model that no data brings to the loss."""


def sizes_page(book: Book) -> Table:
    """Write the cost of training and serving models of other sizes that reach the same loss."""
    page = Page(
        book,
        "Model size",
        (2, 15, 15, 15, 15, 14, 12, 12, 12, 12, 17, 17, 17, 13, 17),
        "Model size",
        "Smaller and larger models on the data that brings them to the same loss: what they cost "
        "to train, to serve, and together.",
    )
    page.section("The same loss by models of other sizes")
    table = Table(
        page,
        (
            Column("ratio", "Size over the optimum", SIZES, TIMES, measure=MULTIPLE, editable=True),
            Column("params", "Parameters", "={ratio}*target_params", q.COUNT_FORMAT),
            Column(
                "room",
                "Loss left for\nthe data",
                "=target_loss-loss_floor-params_factor/{params}^params_exponent",
                "0.0000_);(0.0000)",
            ),
            Column(
                "tokens",
                "Training\ntokens",
                _reached("(tokens_factor/{room})^(1/tokens_exponent)"),
                q.COUNT_FORMAT,
            ),
            Column("per_param", "Tokens a\nparameter", _reached("{tokens}/{params}"), "#,##0.0"),
            Column("flop", "Compute\nFLOP", _reached("TRAIN_FLOPS({params},{tokens})"), "0.00E+00"),
            Column(
                "extra",
                "Over the\nleast",
                _reached("ROUND({flop}/target_flop-1,share_digits)"),
                "0.0%",
            ),
            Column(
                "gpu_days", "GPU-days", _reached("{flop}/flop_per_gpu_hour/hours_per_day"), "#,##0"
            ),
            Column("days", "Days", _reached("{gpu_days}/gpus"), "#,##0.0"),
            Column(
                "training",
                '="Training"&CHAR(10)&currency',
                _reached("{gpu_days}*hours_per_day*gpu_hour_cost"),
                MONEY_FORMAT,
            ),
            Column(
                "inference",
                '="Inference"&CHAR(10)&currency',
                _reached(
                    "forward_factor*{params}*lifetime_tokens/flop_per_serving_hour"
                    "*serving_hour_cost"
                ),
                MONEY_FORMAT,
            ),
            Column(
                "total",
                '="Total"&CHAR(10)&currency',
                _reached("{training}+{inference}"),
                MONEY_FORMAT,
            ),
            Column("over", "Over the\ncheapest", _reached("{total}/MIN({total.all})-1"), "0.0%"),
            Column(
                "break_even",
                "Break-even\ntokens served",
                _reached(
                    "IF({ratio}<1,({training}-target_train_cost)/(forward_factor*(target_params"
                    '-{params})/flop_per_serving_hour*serving_hour_cost),"never pays")'
                ),
                q.COUNT_FORMAT,
            ),
        ),
        len(SIZES),
    )
    for key, word in (("ratio", "size_ratios"), ("tokens", "size_tokens"), ("total", "size_costs")):
        table.alias(key, word)
    for place, size in enumerate(SIZES):
        cell = table.cell("ratio", place)
        if size == 1.0:
            cell.font, cell.fill, cell.protection = styles.BOLD, PatternFill(), Protection()
        else:
            book.define(f"size_{place + 1}", page.sheet, cell)
    first, last = table.cell("ratio", 0), table.cell("break_even", -1)
    highlight(page, f"{first.coordinate}:{last.coordinate}", f"$N{first.row}=0")
    note = (
        "Green: the cheapest of these sizes. out of reach: the model is too small for the loss, "
        "whatever its data. never pays: the model is not smaller than the optimum."
    )
    page.put(page.row, 2, note, styles.NOTE, alignment=styles.LEFT)
    page.row += 2
    volumes = _volumes(page)
    page.row += 1
    top, bottom = page.room(18)
    size_chart(page, f"B{top}:H{bottom}", table)
    look = Look(
        "Cost over its life, by tokens served",
        "Volume over the expected one",
        CURRENCY_AXIS,
        x_format=TIMES,
        y_format=BIG_MONEY,
        inset=0.4,
    )
    pair = [
        Curve("The optimum", volumes.values("best")),
        Curve("This model", volumes.values("own")),
    ]
    charts.columns(page, f"I{top}:O{bottom}", look, volumes.values("factor"), pair)
    on_one_page(page, bottom)
    return table


def _volumes(page: Page) -> Table:
    page.section("The optimum and the model that is trained instead, by tokens served")
    return Table(
        page,
        (
            Column("factor", "Over the expected", VOLUMES, TIMES, measure=MULTIPLE, editable=True),
            Column("tokens", "Tokens\nserved", "={factor}*lifetime_tokens", q.COUNT_FORMAT),
            Column(
                "best",
                '="The optimum"&CHAR(10)&currency',
                "=target_train_cost+{factor}*target_infer_cost",
                MONEY_FORMAT,
            ),
            Column(
                "own",
                '="This model"&CHAR(10)&currency',
                f"=IF(chosen_room>0,chosen_train_cost+{{factor}}*chosen_infer_cost,{OUT})",
                MONEY_FORMAT,
            ),
            Column(
                "saved",
                '="Saved"&CHAR(10)&currency',
                f"=IF(chosen_room>0,{{best}}-{{own}},{OUT})",
                MONEY_FORMAT,
            ),
        ),
        len(VOLUMES),
    )


def size_chart(page: Page, anchor: str, table: Table) -> None:
    """Draw training and inference cost over the size of the model."""
    look = Look(
        "Training and inference over its life, for the same loss",
        "Size over the compute-optimal model",
        CURRENCY_AXIS,
        x_format=TIMES,
        y_format=BIG_MONEY,
    )
    parts = [
        Curve("Training", table.values("training")),
        Curve("Inference", table.values("inference")),
    ]
    charts.columns(page, anchor, look, table.values("ratio"), parts, stacked=True)


def _reached(formula: str) -> str:
    """Return a formula of a row that says it if no amount of data brings the model to the loss."""
    return f"=IF({{room}}>0,{formula},{OUT})"
