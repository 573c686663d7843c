"""What does a scaling plan compare in tables: fits, optima, losses around them, sizes of models?

Each function writes one sheet of tables; their formulas read named cells or cells of their own row.
"""

from dataclasses import dataclass

from openpyxl.chart import Reference
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill, Protection

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.functions.scaling import FITS
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.figures import CURRENCY_AXIS, MONEY_FORMAT
from xlcalc.templates.parts.front import BIG_MONEY
from xlcalc.templates.parts.tables import Column, Table

HALF_STEPS = 8
"""Steps of the loss curves on each side of the optimum."""
SIZES = (0.25, 0.3, 0.35, 0.4, 0.5, 0.7, 1.0, 1.4, 2.0)
"""Sizes over the optimum: inputs, but for the 1."""
BUDGETS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
VOLUMES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)

_TIMES = '0.00"×"'
_LOSS = "0.0000"
_OFF = "+0.00%;-0.00%;0.00%"
_MONEY_AXIS = '[>=1000000000]#,##0,,," B";[>=1000000]#,##0,," M";#,##0'
"""Money along a logarithmic axis."""
_BIG = "[>=1000000000000000]0.00E+00;#,##0"
_MULTIPLE = Quantity("×", above=0.0, number_format=_TIMES)
_FIT_CELLS = [f"=Fits!$B${row}" for row in range(6, 6 + len(FITS))]
_WASTE = (
    "=ROUND(1-train_factor*(excess/({loss}-loss_floor))^((params_exponent+tokens_exponent)"
    "/(params_exponent*tokens_exponent))/budget_flop,share_digits)"
)
_COST = '="Cost"&CHAR(10)&currency'

_TABLE_3 = "Hoffmann et al. 2022, Table 3"
_TABLE_A3 = "Hoffmann et al. 2022, Table A3, approach 3"
_RULE = ""
OUT = '"out of reach"'
"""What stands for a figure of a model that no data brings to the loss."""
PUBLISHED = (
    ("Besiroglu et al. 2024, arXiv:2404.10102", "besiroglu2024", 5.76e23, 72.35e9, 1.327e12, 0.002),
    *(
        (_TABLE_3, _RULE, flop, params, tokens, 0.1)
        for params, flop, tokens in (
            (400e6, 1.92e19, 8e9),
            (10e9, 1.23e22, 205.1e9),
            (67e9, 5.76e23, 1.5e12),
            (520e9, 3.43e25, 11e12),
            (10e12, 1.3e28, 216.2e12),
        )
    ),
    *(
        (_TABLE_A3, fit, flop, params, tokens, allowed)
        for fit, allowed in (("hoffmann2022", 0.1), ("hoffmann2022-rounded", None))
        for params, flop, tokens in (
            (400e6, 2.21e19, 9.2e9),
            (10e9, 2.46e22, 410.1e9),
            (67e9, 1.71e24, 4.1e12),
            (520e9, 1.36e26, 43.5e12),
            (10e12, 8.55e28, 1425.5e12),
        )
    ),
)
"""Source, fit, FLOP, parameters, tokens, and how far off a function may be; none if it is."""


@dataclass(frozen=True)
class Tables:
    """The tables that charts are drawn from."""

    optima: Table
    curves: Table
    sizes: Table


def fits_page(book: Book) -> None:
    """Write the constants of the fits, and published results beside computed ones."""
    page = Page(
        book,
        "Fits",
        (2, 40, 22, 13, 14, 13, 14, 15, 15, 14, 22, 22, 12),
        "Fits",
        "Competing constants of one law, the loss L = E + A/N^α + B/D^β of N parameters on D "
        "tokens, and how well they give back what was published.",
    )
    page.section("The constants")
    fits = list(FITS.values())
    table = Table(
        page,
        (
            Column("fit", "Fit", list(FITS), words=True, literal=True),
            Column("floor", "E\nnats/token", [fit.irreducible for fit in fits], "0.00000"),
            Column("a", "A\nnats/token", [fit.params_factor for fit in fits], "#,##0.00000"),
            Column("b", "B\nnats/token", [fit.tokens_factor for fit in fits], "#,##0.00000"),
            Column("alpha", "α\nexponent", [fit.params_exponent for fit in fits], "0.00000###"),
            Column("beta", "β\nexponent", [fit.tokens_exponent for fit in fits], "0.00000###"),
            Column(
                "balance",
                "G = (αA/βB)\n^(1/(α+β))",
                "=({alpha}*{a}/({beta}*{b}))^(1/({alpha}+{beta}))",
                "0.00000",
            ),
            Column(
                "excess",
                "K = A/G^α\n+ B·G^β",
                "={a}/{balance}^{alpha}+{b}*{balance}^{beta}",
                "#,##0.000",
            ),
            Column("growth", "Parameters\n∝ C^", "={beta}/({alpha}+{beta})", "0.000"),
            Column(
                "loss",
                "Loss of the optimum\nby the constants",
                "={floor}+{a}/best_params^{alpha}+{b}/best_tokens^{beta}",
                "0.000000",
            ),
            Column(
                "called",
                "Loss of the optimum\nby SCALING_LOSS",
                "=SCALING_LOSS(best_params,best_tokens,{fit})",
                "0.000000",
            ),
        ),
        len(fits),
    )
    for key, word in (
        *(("fit", "fit_names"), ("floor", "fit_floors"), ("a", "fit_params_factors")),
        *(("b", "fit_tokens_factors"), ("alpha", "fit_params_exponents")),
        *(("beta", "fit_tokens_exponents"), ("balance", "fit_balances")),
        *(("excess", "fit_excesses"), ("growth", "fit_growths"), ("loss", "fit_losses")),
        ("called", "fit_function_losses"),
    ):
        table.alias(key, word)
    page.row += 1
    for name, fit in FITS.items():
        page.put(page.row, 2, name, literal=True, alignment=styles.LEFT)
        page.put(page.row, 3, fit.source, styles.NOTE, alignment=styles.LEFT)
        page.row += 1
    page.row += 1
    page.section("What was published, and what the functions give for the same compute")
    _published(page)
    page.row += 1
    for note in (
        "As the paper rounds them, the constants want 1.6 to 2.2 times the compute of its own "
        "Table A3 for a model of a given size; unrounded they want 1.0 to 1.2 times.",
        "20 tokens a parameter is a rounding itself: Table 3 has 20 to 22.",
        "Table A3 prints 1.26E+24 FLOP for 175 B parameters, where 6·N·D gives 1.26E+25: that row "
        "is left out.",
    ):
        page.put(page.row, 2, note, styles.NOTE, alignment=styles.LEFT)
        page.row += 1
    _on_one_page(page, page.row)


def _published(page: Page) -> None:
    rows = PUBLISHED
    places = dict(zip(FITS, _FIT_CELLS, strict=True))
    held = [row[5] is not None for row in rows]
    table = Table(
        page,
        (
            Column("source", "Source", [row[0] for row in rows], words=True, literal=True),
            Column(
                "fit", "Fit", [places.get(row[1], "the rule of 20") for row in rows], words=True
            ),
            Column("flop", "Compute\nFLOP", [row[2] for row in rows], "0.00E+00"),
            Column("params", "Parameters\npublished", [row[3] for row in rows], q.COUNT_FORMAT),
            Column("tokens", "Tokens\npublished", [row[4] for row in rows], q.COUNT_FORMAT),
            Column(
                "our_params",
                "Parameters\nby function",
                [f"={'OPTIMAL_PARAMS({flop},{fit})' if row[1] else _RULE_PARAMS}" for row in rows],
                q.COUNT_FORMAT,
            ),
            Column(
                "our_tokens",
                "Tokens\nby function",
                [f"={'OPTIMAL_TOKENS({flop},{fit})' if row[1] else _RULE_TOKENS}" for row in rows],
                q.COUNT_FORMAT,
            ),
            Column(
                "params_off",
                "Parameters\noff by",
                "=ROUND({our_params}/{params}-1,share_digits)",
                _OFF,
            ),
            Column(
                "tokens_off", "Tokens\noff by", "=ROUND({our_tokens}/{tokens}-1,share_digits)", _OFF
            ),
            Column(
                "compute_off",
                "Compute for the size\nover published",
                [_SIZE_COMPUTE if row[1] else None for row in rows],
                _TIMES,
            ),
            Column("allowed", "Off at most", [row[5] or "no limit" for row in rows], "0.0%"),
            Column(
                "used",
                "Part of it\nused",
                [_USED if hold else None for hold in held],
                "0%",
            ),
        ),
        len(rows),
    )
    table.alias("used", "published_uses")


_RULE_PARAMS = "CHINCHILLA_PARAMS({flop})"
_RULE_TOKENS = "CHINCHILLA_TOKENS({our_params})"
_SIZE_COMPUTE = "=({params}/{our_params})^(1/INDEX(fit_growths,MATCH({fit},fit_names,0)))"
_USED = "=MAX(ABS({params_off}),ABS({tokens_off}))/{allowed}"


def optimum_page(book: Book) -> Table:
    """Write what the budget buys by each fit, and what other budgets buy; return the first."""
    page = Page(
        book,
        "Optimum",
        (2, 31, 15, 15, 15, 15, 15, 24, 14, 14, 17, 12),
        "Optimum",
        "The compute-optimal model and its data: by each fit and by the rule, and for other "
        "budgets.",
    )
    page.section("What a unit of the budget buys")
    kinds = Table(
        page,
        (
            Column(
                "kind", "Kind of budget", ["money", "GPU-days", "FLOP"], words=True, literal=True
            ),
            Column("unit", "Unit", ["=currency", "GPU-days", "FLOP"], words=True),
            Column(
                "flop",
                "Compute\nFLOP/unit",
                ["=flop_per_gpu_hour/gpu_hour_cost", "=flop_per_gpu_hour*hours_per_day", 1],
                "0.00E+00",
            ),
            Column("amount", "The run\nin this unit", "=budget_flop/{flop}", _BIG),
        ),
        3,
    )
    kinds.alias("kind", "budget_kinds")
    kinds.alias("unit", "kind_units")
    kinds.alias("flop", "kind_flop")
    page.row += 1
    page.section("The same compute by each fit, and by the rule")
    table = _optima(page)
    page.row += 1
    page.section("Other budgets, by the chosen fit")
    budgets = Table(
        page,
        (
            Column(
                "factor", "Budget over this one", BUDGETS, _TIMES, measure=_MULTIPLE, editable=True
            ),
            Column("flop", "Compute\nFLOP", "={factor}*budget_flop", "0.00E+00"),
            Column(
                "cost",
                _COST,
                "=ROUND({flop}/flop_per_gpu_hour*gpu_hour_cost,share_digits)",
                MONEY_FORMAT,
            ),
            Column("days", "Days", "={factor}*budget_days", "#,##0.0"),
            Column("params", "Parameters", "=OPTIMAL_PARAMS({flop},fit)", q.COUNT_FORMAT),
            Column("tokens", "Training\ntokens", "=OPTIMAL_TOKENS({flop},fit)", q.COUNT_FORMAT),
            Column("ratio", "Tokens a\nparameter", "={tokens}/{params}", "#,##0.0"),
            Column("loss", "Loss\nnats/token", "=SCALING_LOSS({params},{tokens},fit)", _LOSS),
            Column(
                "change", "Loss over\nthis budget's", "={loss}-best_loss", "+0.0000;-0.0000;0.0000"
            ),
        ),
        len(BUDGETS),
    )
    page.row += 1
    look = Look(
        "What another budget buys: loss over the cost of the run",
        "Cost of the run, USD (see Inputs)",
        "Loss, nats/token",
        x_format=_MONEY_AXIS,
        y_format="0.00",
        x_log=True,
        y_from_zero=False,
    )
    top, bottom = page.room(16)
    curve = Curve("Loss", budgets.values("loss"))
    charts.scatter(page, f"B{top}:G{bottom}", look, budgets.values("cost"), [curve])
    look = Look(
        "What it would train: parameters and tokens over its cost",
        "Cost of the run, USD (see Inputs)",
        x_format=_MONEY_AXIS,
        y_format=q.COUNT_AXIS,
        x_log=True,
        y_log=True,
        inset=0.4,
    )
    curves = [
        Curve("Parameters", budgets.values("params")),
        Curve("Training tokens", budgets.values("tokens")),
    ]
    chart = charts.scatter(page, f"H{top}:L{bottom}", look, budgets.values("cost"), curves)
    chart.y_axis.majorUnit = 10
    _on_one_page(page, bottom)
    return table


def _optima(page: Page) -> Table:
    fits = len(FITS)
    table = Table(
        page,
        (
            Column(
                "fit",
                "Fit or rule",
                [*_FIT_CELLS, '=TEXT(tokens_per_param,"0.0")&" tokens a parameter"'],
                words=True,
            ),
            Column(
                "params",
                "Parameters",
                [
                    *["=OPTIMAL_PARAMS(budget_flop,{fit})"] * fits,
                    "=CHINCHILLA_PARAMS(budget_flop,tokens_per_param)",
                ],
                q.COUNT_FORMAT,
            ),
            Column(
                "tokens",
                "Training\ntokens",
                [
                    *["=OPTIMAL_TOKENS(budget_flop,{fit})"] * fits,
                    "=CHINCHILLA_TOKENS({params},tokens_per_param)",
                ],
                q.COUNT_FORMAT,
            ),
            Column("ratio", "Tokens a\nparameter", "={tokens}/{params}", "#,##0.0"),
            Column(
                "own_loss",
                "Loss by its\nown fit",
                [*["=SCALING_LOSS({params},{tokens},{fit})"] * fits, "–"],
                _LOSS,
            ),
            Column(
                "loss", "Loss by the\nchosen fit", "=SCALING_LOSS({params},{tokens},fit)", _LOSS
            ),
            Column("waste", "Compute wasted if the\nchosen fit is right", _WASTE, "0.0%"),
            Column("flop", "Compute\nFLOP", "=TRAIN_FLOPS({params},{tokens})", "0.00E+00"),
            Column("gpu_days", "GPU-days", "=GPU_DAYS({flop},peak_tflops,mfu)", "#,##0"),
            Column("cost", _COST, "={gpu_days}*hours_per_day*gpu_hour_cost", MONEY_FORMAT),
            Column("days", "Days", "={gpu_days}/gpus", "#,##0.0"),
        ),
        fits + 1,
    )
    first, last = table.cell("fit", 0), table.cell("days", -1)
    _highlight(page, f"{first.coordinate}:{last.coordinate}", f"$B{first.row}=fit")
    return table


def curves_page(book: Book, optima: Table) -> Table:
    """Write the loss of larger and smaller models for the same compute."""
    page = Page(
        book,
        "Loss curves",
        (2, 9, 15, 15, 15, 15, 17, 17, 22, 16, 16, 24),
        "Loss curves",
        "The same compute spent on larger models and fewer tokens, or the other way round: how "
        "much the loss rises beside the optimum.",
    )
    page.section("The budget's compute, model sizes around the optimum of the chosen fit")
    steps = list(range(-HALF_STEPS, HALF_STEPS + 1))
    keys = [f"loss_{place}" for place in range(len(FITS))]
    table = Table(
        page,
        (
            Column("step", "Step", steps, "+0;-0;0"),
            Column("factor", "Size over\nthe optimum", "=curve_span^({step}/{step.last})", _TIMES),
            Column("params", "Parameters", "={factor}*best_params", q.COUNT_FORMAT),
            Column(
                "tokens",
                "Training\ntokens",
                "=budget_flop/(train_factor*{params})",
                q.COUNT_FORMAT,
            ),
            Column("ratio", "Tokens a\nparameter", "={tokens}/{params}", "#,##0.00"),
            *(
                Column(key, cell, f"=SCALING_LOSS({{params}},{{tokens}},{cell[1:]})", _LOSS)
                for key, cell in zip(keys, _FIT_CELLS, strict=True)
            ),
            Column(
                "loss",
                "Loss by the\nchosen fit",
                f"=INDEX({{{keys[0]}}}:{{{keys[-1]}}},1,fit_number)",
                _LOSS,
            ),
            Column(
                "rise", "Loss over\nthe optimum", "=ROUND({loss}/best_loss-1,share_digits)", "0.00%"
            ),
            Column("waste", "Compute wasted if the\nchosen fit is right", _WASTE, "0.0%"),
        ),
        len(steps),
    )
    table.alias("loss", "curve_losses")
    first, last = table.cell("step", 0), table.cell("waste", -1)
    _highlight(page, f"{first.coordinate}:{last.coordinate}", f"$B{first.row}=0")
    page.row += 1
    top, bottom = page.room(18)
    loss_chart(page, f"B{top}:G{bottom}", optima, table)
    look = Look(
        "Compute wasted beside the optimum, by the chosen fit",
        "Size over the optimum",
        "Part of the compute",
        x_format=_TIMES,
        y_format="0%",
        x_log=True,
        inset=0.4,
    )
    waste = [Curve("Compute wasted", table.values("waste"))]
    box = f"H{top}:L{bottom}"
    chart = charts.scatter(page, box, look, table.values("factor"), waste, markers=False)
    chart.y_axis.scaling.max = 1
    _on_one_page(page, bottom)
    return table


def loss_chart(page: Page, anchor: str, optima: Table, table: Table) -> None:
    """Draw the loss over the size of the model by each fit, and the optimum of each."""
    look = Look(
        "Loss over model size for the same compute",
        "Parameters",
        "Loss, nats/token",
        x_format=q.COUNT_AXIS,
        y_format="0.00",
        x_log=True,
        y_from_zero=False,
    )
    curves = [Curve(fit, table.values(f"loss_{place}")) for place, fit in enumerate(FITS)]
    best = Curve(
        "Optimum of each fit", _fits_only(optima, "own_loss"), _fits_only(optima, "params")
    )
    chart = charts.scatter(page, anchor, look, table.values("params"), [*curves, best])
    chart.x_axis.majorUnit = 10
    for series in chart.series[:-1]:
        series.marker.symbol = "none"
    optimum = chart.series[-1]
    optimum.graphicalProperties.line.noFill = True
    optimum.graphicalProperties.line.solidFill = None
    optimum.marker.symbol, optimum.marker.size = "diamond", 10


def _fits_only(table: Table, key: str) -> Reference:
    cells = table.values(key)
    cells.max_row = cells.min_row + len(FITS) - 1
    return cells


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
            Column(
                "ratio",
                "Size over the optimum",
                SIZES,
                _TIMES,
                measure=_MULTIPLE,
                editable=True,
            ),
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
            Column(
                "per_param",
                "Tokens a\nparameter",
                _reached("{tokens}/{params}"),
                "#,##0.0",
            ),
            Column(
                "flop",
                "Compute\nFLOP",
                _reached("TRAIN_FLOPS({params},{tokens})"),
                "0.00E+00",
            ),
            Column(
                "extra",
                "Over the\nleast",
                _reached("ROUND({flop}/target_flop-1,share_digits)"),
                "0.0%",
            ),
            Column(
                "gpu_days",
                "GPU-days",
                _reached("{flop}/flop_per_gpu_hour/hours_per_day"),
                "#,##0",
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
    _highlight(page, f"{first.coordinate}:{last.coordinate}", f"$N{first.row}=0")
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
        x_format=_TIMES,
        y_format=BIG_MONEY,
        inset=0.4,
    )
    pair = [
        Curve("The optimum", volumes.values("best")),
        Curve("This model", volumes.values("own")),
    ]
    charts.columns(page, f"I{top}:O{bottom}", look, volumes.values("factor"), pair)
    _on_one_page(page, bottom)
    return table


def _volumes(page: Page) -> Table:
    page.section("The optimum and the model that is trained instead, by tokens served")
    return Table(
        page,
        (
            Column(
                "factor",
                "Over the expected",
                VOLUMES,
                _TIMES,
                measure=_MULTIPLE,
                editable=True,
            ),
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
        x_format=_TIMES,
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


def _on_one_page(page: Page, last_row: int) -> None:
    page.finish(cursor="B6", last_row=last_row)
    page.sheet.page_setup.fitToHeight = 1


def _highlight(page: Page, box: str, rule: str) -> None:
    page.sheet.conditional_formatting.add(
        box, FormulaRule(formula=[page.book.formula(rule)], fill=styles.GOOD_FILL)
    )
