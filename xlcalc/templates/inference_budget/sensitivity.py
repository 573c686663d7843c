"""What do sequences at the same time, utilisation and context change?

`sensitivity` writes the sheet of this name: a table of sequences, a grid of sequences and
utilisation, and a table of prompts.
"""

from xlcalc import quantities as q
from xlcalc.author import charts
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.inference_budget.sheets import mark, steps
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.figures import CURRENCY_AXIS, PRICE_FORMAT
from xlcalc.templates.parts.grid import grid
from xlcalc.templates.parts.tables import Column, Table

BATCH_STEPS = (0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)
"""From one sequence to as many as fit, as exponents: the sequences grow by a constant factor."""
UTILISATIONS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
CONTEXT_FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
OWN_CONTEXT = CONTEXT_FACTORS.index(1.0)
COST_OF_1M = "Cost of 1 M tokens"

READ = (
    "IF({sequences}>1,total_params-(total_params-active_params)"
    "*IF(({sequences}-1)*LN(MAX(1-experts_per_token/experts,1E-300))<-700,0,"
    "(1-experts_per_token/experts)^({sequences}-1)),active_params)"
)
"""Parameters that a step reads, by the sequences of a row.

A power below the least number is 0; LibreOffice says #NUM! there.
"""


def sensitivity(book: Book) -> Table:
    """Write what sequences, utilisation and context change, and return the table of sequences."""
    page = Page(
        book,
        "Sensitivity",
        (2, 14, 10, 12, *(13,) * 11),
        "Sensitivity",
        "What a million tokens costs on the GPUs if more or fewer sequences, hours of use, or "
        "tokens of context come together.",
    )
    page.section("Sequences at the same time, from one to as many as fit")
    batches = _batches(page)
    page.row += 1
    page.section('="GPU cost of 1 M tokens in "&currency&": sequences down, utilisation across"')
    _grid(page, batches)
    page.row += 1
    page.section("Length of the prompt; a replica grows where it must")
    contexts = _contexts(page)
    page.row += 1
    for (left, right), look, x, curve in (
        (
            ("B", "H"),
            Look(
                "Speed for a user over sequences at the same time",
                "Sequences of a replica",
                "Tokens a second of a user",
                x_format="#,##0",
                x_log=True,
                x_base=2,
            ),
            steps(batches, "sequences"),
            Curve("Speed for a user", steps(batches, "speed")),
        ),
        (
            ("I", "O"),
            Look(
                "GPU cost of a million tokens over the prompt",
                "Prompt tokens",
                CURRENCY_AXIS,
                x_format="#,##0",
                y_format="#,##0.00",
                x_log=True,
            ),
            contexts.values("prompt"),
            Curve(COST_OF_1M, contexts.values("cost")),
        ),
    ):
        charts.scatter(page, f"{left}{page.row}:{right}{page.row + 14}", look, x, [curve])
    page.finish(cursor="B5", last_row=page.row + 15)
    page.sheet.page_setup.fitToHeight = 1
    return batches


def _batches(page: Page) -> Table:
    count = len(BATCH_STEPS)
    table = Table(
        page,
        columns(
            "inference_budget",
            "batches",
            label=["This case", *[None] * count],
            step=[None, *BATCH_STEPS],
            sequences=["=batch", *["=ROUND(MAX(1,fits_sequences)^{step},0)"] * count],
        ),
        1 + count,
    )
    table.alias("cost", "batch_case_cost", 0)
    mark(table, 0, "cost")
    return table


def _grid(page: Page, batches: Table) -> None:
    """Write the cost over sequences and utilisation, plain arithmetic on the table above."""
    rows = range(1 + len(BATCH_STEPS))

    def of(key: str) -> list[str]:
        return [f"={batches.cell(key, row).coordinate}" for row in rows]

    table = grid(
        page,
        (
            Column("label", "Case", ["This case", *[None] * len(BATCH_STEPS)], words=True),
            Column("sequences", "Sequences", of("sequences"), "#,##0"),
            Column("full", "Fully used", of("full"), PRICE_FORMAT),
        ),
        (UTILISATIONS, "0%"),
        "={full}/{across}",
        PRICE_FORMAT,
        len(rows),
        measure=q.UTILISATION,
    )
    mark(table, 0, f"x{len(UTILISATIONS) - 1}")


def _contexts(page: Page) -> Table:
    labels: list[str | None] = [None] * len(CONTEXT_FACTORS)
    labels[OWN_CONTEXT] = "This case"
    table = Table(
        page,
        columns("inference_budget", "contexts", label=labels, factor=CONTEXT_FACTORS),
        len(CONTEXT_FACTORS),
    )
    table.alias("cost", "context_case_cost", OWN_CONTEXT)
    mark(table, OWN_CONTEXT, "cost")
    return table
