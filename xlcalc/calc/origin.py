"""Where do the values of a workbook come from: which engines gave them, what did a person accept?

An `Origin` is what a verification comes to for those who read its results later. The manifest, the
summaries of a batch and the option --verbose are renderings of it.
"""

from dataclasses import dataclass

from xlcalc._version import __version__
from xlcalc.calc.differences import OURS, Verdict, Verification
from xlcalc.calc.engines.local import versioned
from xlcalc.cells import CellValue

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


def origin_of(verification: Verification | None = None) -> Origin:
    """Return where the values of a workbook come from.

    Parameters
    ----------
    verification : Verification, optional
        What an untouched calculation says of it, every difference accepted that has to be; none
        for a template, which stores no values.
    """
    engine = versioned(OURS)
    if verification is None:
        return Origin(f"xlcalc {__version__}", engine)
    return Origin(
        program=f"xlcalc {__version__}",
        engine=engine,
        asked=tuple(versioned(name) for name in verification.asked if name != OURS),
        whole=tuple(versioned(name) for name in verification.whole),
        held=len(verification.pins[OURS]),
        accepted=tuple(
            Accepted(found.cell, found.stored, found.calculated, found.formula)
            for found in verification.of(Verdict.UNSURE)
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
