"""Where do the figures of an analysis come from: which question, workbook, seed and version?

Nothing here depends on the clock, so that the same question about the same workbook gives the same
bytes.
"""

from dataclasses import dataclass
from pathlib import Path

from xlcalc._version import __version__
from xlcalc.catalogue import catalogues
from xlcalc.workbook import Workbook

_SHOWN = "{label} ({name})"


@dataclass(frozen=True)
class Asked:
    """How a question was asked.

    Attributes
    ----------
    words : str
        The command, or a call in Python.
    seed : int or None
        Of what was drawn at random; None where nothing was.
    other : Workbook or None
        The old workbook, where two are compared.
    """

    words: str = ""
    seed: int | None = None
    other: Workbook | None = None


def lines(book: Workbook, asked: Asked) -> list[tuple[str, str | int]]:
    """Return label and text of each line that says where an analysis comes from."""
    found: list[tuple[str, str | int]] = []
    if asked.words:
        found.append(("Asked by", asked.words))
    found.append(("Workbook", short_name(book)))
    found.append(("SHA-256 of the workbook", book.sha256))
    if asked.other is not None:
        found.append(("Compared with", short_name(asked.other)))
        found.append(("SHA-256 of that", asked.other.sha256))
    own = catalogues().folder
    if own is not None:
        found.append(("Catalogue of the team", own.name))
    if asked.seed is not None:
        found.append(("Seed", asked.seed))
    found.append(("Made by", f"xlcalc {__version__}"))
    return found


def short_name(book: Workbook) -> str:
    """Return the name of a workbook without the folder that it lies in."""
    return Path(book.name).name


def labels(book: Workbook, names: list[str]) -> dict[str, str]:
    """Return what to call some named cells: their labels, with the names where two are the same."""
    found = {name: book.cell(name).label for name in names}
    texts = list(found.values())
    return {
        name: label if texts.count(label) == 1 else _SHOWN.format(label=label, name=name)
        for name, label in found.items()
    }
