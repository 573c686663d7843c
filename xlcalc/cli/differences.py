"""What a command says of a workbook whose stored values are not those of its formulas."""

from typing import TYPE_CHECKING, Any

import click

from xlcalc.cli import status
from xlcalc.errors import DifferencesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xlcalc.calc.differences import Difference, Verification
    from xlcalc.calc.model import WorkbookModel

LISTED = 20
"""Differences that are printed; `--json` has all of them."""

accept_option = click.option(
    "--accept-differences",
    "accepted",
    metavar="[CELLS]",
    is_flag=False,
    flag_value="all",
    help="Write cells though engines do not agree on their values: all, or those that are named, "
    "as Sheet!C5.",
)


def accepted_cells(text: str | None) -> tuple[str, ...]:
    """Return the cells that a person accepts, written with commas between."""
    return tuple(cell.strip() for cell in (text or "").split(",") if cell.strip())


def tell(verification: "Verification") -> None:
    """Say what was renewed, added, kept and accepted, on stderr."""
    from xlcalc.calc.differences import Verdict
    from xlcalc.calc.recalculation import lines

    for verdict, sentence in (
        (Verdict.STALE, "renewed {0}, whose stored values were old"),
        (Verdict.KEPT, "kept the stored values of {0}, which no engine calculates"),
        (Verdict.RIGHT, "kept the stored values of {0}, which another engine confirms"),
        (Verdict.UNSURE, "accepted the differences of {0}"),
    ):
        found = verification.of(verdict)
        if found:
            cells = f"{len(found):,} cell{'s' * (len(found) > 1)}"
            click.echo(f"xlcalc: {sentence.format(cells)}", err=True)
            for line in lines(found, LISTED):
                click.echo(f"  {line}", err=True)


def refused(error: DifferencesError) -> None:
    """Say why nothing was written, and which cells a person has to decide on."""
    from xlcalc.calc.recalculation import lines

    click.echo(f"xlcalc: {error}", err=True)
    for line in lines(error.differences, LISTED):
        click.echo(f"  {line}", err=True)
    click.echo(
        "xlcalc: nothing was written; --accept-differences takes these cells, or all", err=True
    )


def refuse_contradicted(found: "Sequence[Difference]", model: "WorkbookModel") -> None:
    """Name the changed cells that no engine confirms, and refuse those that one contradicts."""
    from xlcalc.calc.differences import Verdict
    from xlcalc.calc.recalculation import lines

    alone = [difference for difference in found if difference.verdict is Verdict.KEPT]
    if alone:
        click.echo("xlcalc: no other engine can confirm what these cells become", err=True)
        for line in lines(alone, LISTED):
            click.echo(f"  {line}", err=True)
    against = tuple(difference for difference in found if difference.verdict is Verdict.UNSURE)
    if against:
        click.echo(
            f"xlcalc: the engines do not agree on these cells of {model.name} for the changed "
            "inputs",
            err=True,
        )
        for line in lines(against, LISTED):
            click.echo(f"  {line}", err=True)
        raise click.exceptions.Exit(status.FAILURE)


def as_data(differences: "Iterable[Difference]") -> list[dict[str, Any]]:
    """Return differences as JSON has them."""
    from xlcalc.ooxml.markup import cell_name

    return [
        {
            "sheet": found.place[0],
            "cell": cell_name(found.place[1]),
            "stored": found.stored,
            "calculated": found.calculated,
            "formula": found.formula,
            "verdict": found.verdict,
        }
        for found in differences
    ]
