"""How do two models of the catalogue compare, figure by figure?

Two models are chosen by name; each `ComparedRow` is one figure of both, and how many times the
second has the first.
"""

from dataclasses import dataclass

from xlcalc import quantities as q
from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.templates.model_landscape.models import NONE, RUN
from xlcalc.templates.parts.figures import MONEY_FORMAT, Group, Line

SIDES = (("first", "compare_model", "First model"), ("second", "compare_with", "Second model"))
"""What the names of the figures begin with, which input names the model, and the heading."""


@dataclass(frozen=True)
class ComparedRow:
    """One figure of two models.

    Attributes
    ----------
    name : str
        The cells are named after it, with `first_` and `second_` before.
    label, unit, how : str
        What it is, what it counts, and how it is computed.
    formula : str
        Of a cell; `{model}` is the input that names the model, and `{side}_` begins the names of
        its other figures.
    number_format : str
        Of both cells.
    needs : tuple of str
        Figures without which there is none.
    ratio, on_summary : bool
        Whether the second over the first says anything, and whether the summary shows the row.
    """

    name: str
    label: str
    unit: str
    formula: str
    number_format: str
    how: str
    needs: tuple[str, ...] = ()
    ratio: bool = True
    on_summary: bool = False

    def cell(self, side: str, model: str) -> str:
        """Return the formula of the figure of one of the models."""
        formula = self.formula.format(side=side, model=model)
        if not self.needs:
            return f"={formula}"
        # A dash is a text, and an error is not: that of an input or of a call shows.
        missing = ",".join(f"ISTEXT({side}_{name})" for name in self.needs)
        return f'=IF(OR({missing}),"{NONE}",{formula})'


def _known(field: str, instead: str) -> str:
    found = f'MODEL_SPEC({{model}},"{field}")'
    return f"IF(ISNA({found}),{instead},{found})"


def _published(
    name: str,
    field: str,
    label: str,
    unit: str,
    number_format: str = "General",
    *,
    ratio: bool = True,
    on_summary: bool = False,
) -> ComparedRow:
    return ComparedRow(
        name,
        label,
        unit,
        _known(field, f'"{NONE}"'),
        number_format,
        "Looked up in the catalogue.",
        ratio=ratio,
        on_summary=on_summary,
    )


ROWS = (
    ComparedRow(
        "name",
        "Model",
        "",
        'MODEL_SPEC({model},"name")&""',
        "General",
        "The catalogue's own name of the model.",
        ratio=False,
    ),
    _published("org", "org", "Organisation", "", ratio=False, on_summary=True),
    _published("released", "released", "Released", "year-month", ratio=False, on_summary=True),
    _published(
        "params", "total_params", "Parameters", "parameters", q.COUNT_FORMAT, on_summary=True
    ),
    _published(
        "active",
        "active_params",
        "Active parameters",
        "parameters",
        q.COUNT_FORMAT,
        on_summary=True,
    ),
    ComparedRow(
        "share",
        "Active share",
        "of the parameters",
        "ACTIVE_FRACTION({side}_params,{side}_active)",
        "0.0%",
        "Active / all parameters.",
        needs=("params", "active"),
        ratio=False,
    ),
    _published("experts", "n_experts", "Experts of a layer", "experts", "#,##0"),
    _published("routed", "experts_per_token", "Experts of a token", "experts", "#,##0"),
    _published("context", "context_tokens", "Context", "tokens", "#,##0", on_summary=True),
    _published(
        "tokens", "train_tokens", "Training tokens", "tokens", q.COUNT_FORMAT, on_summary=True
    ),
    ComparedRow(
        "per_param",
        "Tokens for each active parameter",
        "tokens/parameter",
        "{side}_tokens/{side}_active",
        "#,##0.0",
        "Training tokens / active parameters.",
        needs=RUN,
        on_summary=True,
    ),
    ComparedRow(
        "multiple",
        "Multiple of the compute-optimal tokens",
        "×",
        "{side}_tokens/CHINCHILLA_TOKENS({side}_active,optimal_ratio)",
        "#,##0.0",
        "Training tokens / CHINCHILLA_TOKENS.",
        needs=RUN,
        on_summary=True,
    ),
    ComparedRow(
        "flops",
        "Implied training compute",
        "FLOP",
        "TRAIN_FLOPS({side}_active,{side}_tokens,flops_per_param_token)",
        "0.00E+00",
        "FLOP for a parameter and token × active parameters × tokens.",
        needs=RUN,
        on_summary=True,
    ),
    ComparedRow(
        "reported",
        "Reported training compute",
        "FLOP",
        _known("train_flops_reported", _known("train_flops_epoch", f'"{NONE}"')),
        "0.00E+00",
        "The author's figure, or Epoch AI's where there is none.",
        on_summary=True,
    ),
    ComparedRow(
        "agreement",
        "Reported over implied",
        "×",
        "{side}_reported/{side}_flops",
        "0.00",
        "1 where both agree.",
        needs=("reported", *RUN),
        ratio=False,
        on_summary=True,
    ),
    ComparedRow(
        "gpu_days_here",
        "GPU-days on the accelerator",
        "GPU-days",
        "GPU_DAYS({side}_flops,peak_tflops,mfu)",
        "#,##0",
        "On the accelerator of the sheet Inputs, at its utilisation.",
        needs=RUN,
        on_summary=True,
    ),
    ComparedRow(
        "cost",
        "Cost of the training run, as if on this accelerator",
        "=currency",
        "TRAIN_COST({side}_flops,peak_tflops,mfu,price_per_gpu_hour)",
        MONEY_FORMAT,
        "GPU-days × 24 × price of a GPU-hour.",
        needs=RUN,
        on_summary=True,
    ),
    _published("reported_hours", "gpu_hours_reported", "Reported GPU-hours", "GPU-hours", "#,##0"),
    _published("reported_on", "gpu_type", "Reported accelerator", "", ratio=False),
    ComparedRow(
        "weights",
        '="Weights in GB, a parameter in "&bytes_per_param&" bytes"',
        "GB",
        "WEIGHTS_GB({side}_params,bytes_per_param)",
        "#,##0.0",
        "Parameters × bytes.",
        needs=("params",),
        on_summary=True,
    ),
    ComparedRow(
        "gpus",
        "GPUs that hold the weights",
        "GPUs",
        "GPUS_TO_FIT({side}_weights,gpu_memory_gb,usable)",
        "#,##0",
        "Weights / usable memory of a GPU, rounded up.",
        needs=("params",),
        on_summary=True,
    ),
    ComparedRow(
        "cache",
        "Cache of a token",
        "bytes",
        "INDEX(memory_cache,MATCH({side}_name,landscape_models,0))",
        "#,##0",
        "From the sheet Memory; a dash where it does not follow from the heads.",
        on_summary=True,
    ),
    ComparedRow(
        "answer",
        "Compute of a token in use",
        "FLOP/token",
        "FORWARD_FLOPS({side}_active,1)",
        "0.00E+00",
        "2 × active parameters; attention over a long context comes on top.",
        needs=("active",),
    ),
)


def comparison_groups() -> tuple[Group, ...]:
    """Return the figures of both models for the sheet Calculation."""
    return tuple(
        Group(
            heading,
            tuple(
                Line(
                    row.label,
                    row.cell(side, model),
                    "",
                    f"{side}_{row.name}",
                    row.how,
                    unit=row.unit,
                    number_format=row.number_format,
                )
                for row in ROWS
            ),
        )
        for side, model, heading in SIDES
    )


def comparison_page(book: Book) -> None:
    """Write the two models of the sheet Inputs beside each other."""
    page = Page(
        book,
        "Comparison",
        (2, 38, 24, 24, 22, 16, 40),
        "Comparison",
        "The two models of the sheet Inputs. A dash: nobody published the figure, or it does not "
        "follow.",
    )
    page.header(
        ("Figure", "First model", "Second model", "Unit", "Second / first", "How"),
        numbers=(1, 2, 4),
        indented=(3, 5),
    )
    for row in ROWS:
        place = page.row
        page.put(place, 2, row.label, border=styles.HAIRLINE, alignment=styles.WRAPPED)
        for column, (side, _, _) in enumerate(SIDES, start=3):
            page.put(
                place,
                column,
                f"={side}_{row.name}",
                number_format=row.number_format,
                border=styles.HAIRLINE,
                alignment=styles.RIGHT,
            )
        page.put(place, 5, row.unit, border=styles.HAIRLINE, alignment=styles.INDENTED)
        page.put(
            place,
            6,
            f'=IF(OR(ISTEXT(C{place}),ISTEXT(D{place}),ISNA(C{place}),ISNA(D{place})),"{NONE}",'
            f"D{place}/C{place})"
            if row.ratio
            else None,
            number_format='#,##0.00"×"',
            border=styles.HAIRLINE,
            alignment=styles.RIGHT,
        )
        page.put(
            place,
            7,
            row.how,
            styles.NOTE,
            border=styles.HAIRLINE,
            alignment=styles.WRAPPED_INDENTED,
        )
        page.fit(place, (2, 7), least=19)
        page.row += 1
    page.finish(freeze="C5", cursor="C5", repeat_row=4)
