"""What does a scaling plan compare in tables: optima, and losses around them?

Each function writes one sheet of tables; their formulas read named cells or cells of their own row.
"""

from dataclasses import dataclass

from openpyxl.chart import Reference
from openpyxl.formatting.rule import FormulaRule

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.functions.scaling import FITS
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.figures import MONEY_FORMAT
from xlcalc.templates.parts.tables import Column, Table

HALF_STEPS = 8
"""Steps of the loss curves on each side of the optimum."""
BUDGETS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)

TIMES = '0.00"×"'
_LOSS = "0.0000"
_MONEY_AXIS = '[>=1000000000]#,##0,,," B";[>=1000000]#,##0,," M";#,##0'
"""Money along a logarithmic axis."""
MULTIPLE = Quantity("×", above=0.0, number_format=TIMES)
FIT_CELLS = [f"=fit_{place}" for place in range(len(FITS))]
_WASTE = (
    "=ROUND(1-train_factor*(excess/({loss}-loss_floor))^((params_exponent+tokens_exponent)"
    "/(params_exponent*tokens_exponent))/budget_flop,share_digits)"
)
_COST = '="Cost"&CHAR(10)&currency'


@dataclass(frozen=True)
class Tables:
    """The tables that charts are drawn from."""

    optima: Table
    curves: Table
    sizes: Table


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
        columns(
            "scaling_plan",
            "kinds",
            kind=["money", "GPU-days", "FLOP"],
            unit=["=currency", "GPU-days", "FLOP"],
            flop=["=flop_per_gpu_hour/gpu_hour_cost", "=flop_per_gpu_hour*hours_per_day", 1],
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
                "factor", "Budget over this one", BUDGETS, TIMES, measure=MULTIPLE, editable=True
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
    on_one_page(page, bottom)
    return table


def _optima(page: Page) -> Table:
    fits = len(FITS)
    table = Table(
        page,
        columns(
            "scaling_plan",
            "optima",
            fit=[*FIT_CELLS, '=TEXT(tokens_per_param,"0.0")&" tokens a parameter"'],
            params=[
                *["=OPTIMAL_PARAMS(budget_flop,{fit})"] * fits,
                "=CHINCHILLA_PARAMS(budget_flop,tokens_per_param)",
            ],
            tokens=[
                *["=OPTIMAL_TOKENS(budget_flop,{fit})"] * fits,
                "=CHINCHILLA_TOKENS({params},tokens_per_param)",
            ],
            own_loss=[*["=SCALING_LOSS({params},{tokens},{fit})"] * fits, "–"],
        ),
        fits + 1,
    )
    first, last = table.cell("fit", 0), table.cell("days", -1)
    highlight(page, f"{first.coordinate}:{last.coordinate}", f"$B{first.row}=fit")
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
            Column("factor", "Size over\nthe optimum", "=curve_span^({step}/{step.last})", TIMES),
            Column("params", "Parameters", "={factor}*best_params", q.COUNT_FORMAT),
            Column(
                "tokens", "Training\ntokens", "=budget_flop/(train_factor*{params})", q.COUNT_FORMAT
            ),
            Column("ratio", "Tokens a\nparameter", "={tokens}/{params}", "#,##0.00"),
            *(
                Column(key, cell, f"=SCALING_LOSS({{params}},{{tokens}},{cell[1:]})", _LOSS)
                for key, cell in zip(keys, FIT_CELLS, strict=True)
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
    highlight(page, f"{first.coordinate}:{last.coordinate}", f"$B{first.row}=0")
    page.row += 1
    top, bottom = page.room(18)
    loss_chart(page, f"B{top}:G{bottom}", optima, table)
    look = Look(
        "Compute wasted beside the optimum, by the chosen fit",
        "Size over the optimum",
        "Part of the compute",
        x_format=TIMES,
        y_format="0%",
        x_log=True,
        inset=0.4,
    )
    waste = [Curve("Compute wasted", table.values("waste"))]
    box = f"H{top}:L{bottom}"
    chart = charts.scatter(page, box, look, table.values("factor"), waste, markers=False)
    chart.y_axis.scaling.max = 1
    on_one_page(page, bottom)
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


def on_one_page(page: Page, last_row: int) -> None:
    """Finish a sheet that is printed on one page."""
    page.finish(cursor="B6", last_row=last_row)
    page.sheet.page_setup.fitToHeight = 1


def highlight(page: Page, box: str, rule: str) -> None:
    """Colour the rows of a table for which a rule holds."""
    page.sheet.conditional_formatting.add(
        box, FormulaRule(formula=[page.book.formula(rule)], fill=styles.GOOD_FILL)
    )
