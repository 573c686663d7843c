"""What a command says of a workbook whose stored values are not those of its formulas."""

from typing import TYPE_CHECKING, Any

import click

from xlcalc.cli.saying import say
from xlcalc.errors import DifferencesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xlcalc.calc.differences import Difference, Verification
    from xlcalc.calc.model import WorkbookModel
    from xlcalc.calc.origin import Origin

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


verbose_option = click.option(
    "--verbose", "-v", is_flag=True, help="Say on stderr which engine calculates, and why."
)


def tell_origin(origin: "Origin", name: str) -> None:
    """Say how the engines of a workbook were chosen, on stderr."""
    from xlcalc.calc.origin import sentences

    for sentence in sentences(origin, name):
        say(sentence)


def tell_renamed(model: "WorkbookModel") -> None:
    """Say on stderr which functions a workbook calls by an earlier name."""
    from xlcalc.calc.renamed_calls import renamed_calls

    for sentence in renamed_calls(model.texts.values()):
        say(sentence)


def accepted_cells(text: str | None) -> tuple[str, ...]:
    """Return the cells that a person accepts, written with commas between."""
    return tuple(cell.strip() for cell in (text or "").split(",") if cell.strip())


def tell(verification: "Verification", *, verbose: bool = False) -> None:
    """Say what was renewed, added, kept and accepted, on stderr.

    Cells that other engines have right are only counted, unless somebody wants to know.
    """
    from xlcalc.calc.differences import Verdict
    from xlcalc.ooxml.markup import cell_name

    for verdict, sentence in (
        (Verdict.STALE, "renewed {0}, whose stored values were old"),
        (Verdict.KEPT, "kept the stored values of {0}, which no engine calculates"),
        (Verdict.RIGHT, "{0} not as formualizer gives them, but as other engines do"),
        (Verdict.UNSURE, "accepted the differences of {0}"),
    ):
        found = verification.of(verdict)
        _say(sentence, found, listed=verdict is not Verdict.RIGHT or verbose)
    if verification.circle:
        cells = ", ".join(f"{sheet}!{cell_name(p)}" for sheet, p in verification.circle[:LISTED])
        more = len(verification.circle) - LISTED
        also = f" and {more:,} more" if more > 0 else ""
        say(f"in a circle, each follows from itself: {cells}{also}")


def tell_kept(verification: "Verification", name: str) -> None:
    """Say which stored values of a workbook nobody can compare, on stderr."""
    from xlcalc.calc.differences import Verdict

    found = verification.of(Verdict.KEPT)
    _say(f"no engine calculates {{0}} of {name}, whose stored values were not compared", found)


def tell_old(found: "Sequence[Difference]", name: str) -> None:
    """Name the cells of a workbook that do not store what is calculated."""
    from xlcalc.calc.recalculation import lines

    if not found:
        return
    verb = "stores another value than its formula gives"
    if len(found) > 1:
        verb = "store other values than their formulas give"
    click.echo(f"{name}: {_counted(found)} {verb}")
    for line in lines(found, LISTED):
        click.echo(f"  {line}")


def _say(sentence: str, found: "Sequence[Difference]", *, listed: bool = True) -> None:
    """Say something of cells on stderr, if there are any, and name them."""
    from xlcalc.calc.recalculation import lines

    if found:
        say(sentence.format(_counted(found)))
        for line in lines(found, LISTED) if listed else ():
            click.echo(f"  {line}", err=True)


def refused(error: DifferencesError) -> None:
    """Say why nothing was written, and which cells a person has to decide on."""
    from xlcalc.calc.recalculation import lines

    say(error)
    for line in lines(error.differences, LISTED):
        say(line, "  ")
    if error.stale:
        say(f"{_counted(error.stale)} would have been renewed, whose values are old")
        for line in lines(error.stale, LISTED):
            say(line, "  ")
    say("nothing was written; --accept-differences takes these cells, or all")


def _counted(found: "Sequence[Difference]") -> str:
    return f"{len(found):,} cell{'s' * (len(found) != 1)}"


class Witnessed:
    """What other engines say of the cells that changed inputs have moved.

    Parameters
    ----------
    found : sequence of Difference
        What `xlcalc.calc.ensemble.Ensemble.confirmed` finds.
    """

    def __init__(self, found: "Sequence[Difference]") -> None:
        from xlcalc.calc.differences import Verdict

        self.unwitnessed = [one for one in found if one.verdict is Verdict.KEPT]
        self.contradicted = [one for one in found if one.verdict is Verdict.UNSURE]

    def tell(self, model: "WorkbookModel") -> None:
        """Name the cells that no engine confirms, and those that one contradicts, on stderr."""
        from xlcalc.calc.recalculation import lines
        from xlcalc.plain_texts import shortened

        for cells, sentence in (
            (self.unwitnessed, "no other engine can confirm what these cells become"),
            (
                self.contradicted,
                f"the engines do not agree on these cells of {model.name} for the changed inputs",
            ),
        ):
            if cells:
                say(sentence)
                for line in lines(cells, LISTED):
                    say(shortened(line, 120), "  ")  # --json has the whole formula

    def as_data(self) -> dict[str, list[dict[str, Any]]]:
        """Return the cells as JSON has them: the value that is taken, and those of others."""
        from xlcalc.calc.differences import Verdict
        from xlcalc.ooxml.markup import cell_name

        def data(one: "Difference") -> dict[str, Any]:
            sheet, position = one.place
            other = {"other": one.calculated} if one.verdict is Verdict.UNSURE else {}
            taken = {"sheet": sheet, "cell": cell_name(position), "taken": one.stored}
            return {**taken, **other, "ours": one.ours, "formula": one.formula}

        return {
            "contradicted": [data(one) for one in self.contradicted],
            "unwitnessed": [data(one) for one in self.unwitnessed],
        }


def as_data(differences: "Iterable[Difference]") -> list[dict[str, Any]]:
    """Return differences as JSON has them."""
    from xlcalc.ooxml.markup import cell_name

    return [
        {
            "sheet": found.place[0],
            "cell": cell_name(found.place[1]),
            "stored": found.stored,
            "calculated": found.calculated,
            "ours": found.ours,
            "formula": found.formula,
            "verdict": found.verdict,
        }
        for found in differences
    ]
