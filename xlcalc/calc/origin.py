"""Where do the values of a workbook come from: which engines gave them, what did a person accept?

An `Origin` is what a verification comes to for those who read its results later. The manifest, the
summaries of a batch and the option --verbose are renderings of it.
"""

from dataclasses import dataclass

from xlcalc._version import __version__
from xlcalc.calc.engines.local import versioned
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.verification import OURS, Verdict, Verification, same_value
from xlcalc.cells import CellValue
from xlcalc.errors import WorkbookError

ACCEPTED_BY = "--accept-differences"
"""How a person accepts a difference on the command line; in Python it is an argument."""


@dataclass(frozen=True)
class Accepted:
    """A difference that a person accepted.

    Attributes
    ----------
    cell : str
        The cell with its sheet, as Costs!C5.
    stored, used : CellValue
        The value that the workbook stores, and the one that took its place.
    formula : str
        The formula, without `=`.
    """

    cell: str
    stored: CellValue
    used: CellValue
    formula: str


@dataclass(frozen=True)
class Origin:
    """Where the values of a workbook come from.

    Attributes
    ----------
    program, engine : str
        xlcalc and the engine that calculates, with their versions.
    asked : tuple of str
        The other engines that were asked about stored values, with their versions.
    whole : tuple of str
        The engines that give back every stored value that is not old.
    held : int
        How many cells have a value that the engine does not give: a stored one, or one on which
        others agree.
    accepted : tuple of Accepted
        The differences that a person accepted.
    """

    program: str
    engine: str
    asked: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    held: int = 0
    accepted: tuple[Accepted, ...] = ()


def origin_of(model: WorkbookModel, verification: Verification | None = None) -> Origin:
    """Return where the values of a workbook come from.

    Parameters
    ----------
    model : WorkbookModel
        The workbook, as it is calculated for other inputs.
    verification : Verification, optional
        What an untouched calculation says of it, every difference accepted that has to be; none
        for a template, which stores no values.
    """
    engine = versioned(OURS)
    if verification is None:
        return Origin(f"xlcalc {__version__}", engine)
    accepted = verification.of(Verdict.UNSURE)
    used = _as_it_stands(model) if accepted else {}
    return Origin(
        program=f"xlcalc {__version__}",
        engine=engine,
        asked=tuple(versioned(name) for name in verification.asked if name != OURS),
        whole=tuple(versioned(name) for name in verification.whole),
        held=_held(verification),
        accepted=tuple(
            Accepted(
                found.cell, found.stored, used.get(found.place, found.calculated), found.formula
            )
            for found in accepted
        ),
    )


def sentences(origin: Origin, name: str) -> list[str]:
    """Return how the engines of a workbook were chosen, a sentence each."""
    said = [f"{origin.engine} calculates {name}"]
    if origin.asked:
        said.append(f"other engines were asked too: {', '.join(origin.asked)}")
    if origin.whole:
        said.append(f"every stored value that is not old comes back from {', '.join(origin.whole)}")
    if origin.held:
        cells = "1 cell has" if origin.held == 1 else f"{origin.held:,} cells have"
        said.append(f"{cells} a value that {origin.engine} does not give")
    if origin.accepted:
        count = len(origin.accepted)
        cells = "1 cell" if count == 1 else f"{count:,} cells"
        said.append(f"differences of {cells} are accepted by {ACCEPTED_BY}")
    return said


def _as_it_stands(model: WorkbookModel) -> dict[tuple[str, tuple[int, int]], CellValue]:
    try:
        cached = model.evaluate().cached
    except WorkbookError:
        return {}
    return {
        (sheet, place): value for sheet, cells in cached.items() for place, value in cells.items()
    }


def _held(verification: Verification) -> int:
    """Return how many cells do not have the value that our engine gives."""
    return sum(
        not same_value(
            found.stored if found.verdict in {Verdict.RIGHT, Verdict.KEPT} else found.calculated,
            found.ours,
        )
        for found in verification.differences
        if found.verdict is not Verdict.UNSURE
    )
