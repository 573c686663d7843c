"""How does a workbook want to be calculated?"""

from typing import NamedTuple

from xlcalc.ooxml.markup import attributes_of, element
from xlcalc.ooxml.package import Package

_PROPERTIES = element(b"calcPr")


class Iteration(NamedTuple):
    """How a workbook iterates whose cells follow from each other in a circle.

    Attributes
    ----------
    rounds : int
        The most rounds.
    limit : float
        The change of a value at which it stops.
    """

    rounds: int = 100
    limit: float = 0.001


def shows_all_digits(package: Package) -> bool:
    """Whether a workbook calculates with all digits, and not with those that its cells show."""
    return _settings(package).get("fullPrecision") not in {"0", "false"}


def _settings(package: Package) -> dict[str, str]:
    properties = _PROPERTIES.search(package.part(package.workbook_part))
    return attributes_of(properties[2]) if properties is not None else {}


def iteration(package: Package) -> Iteration | None:
    """Return how a workbook iterates; None where it takes circles for mistakes."""
    known = _settings(package)
    if known.get("iterate") not in {"1", "true"}:
        return None
    try:
        rounds = int(known.get("iterateCount", Iteration().rounds))
        limit = float(known.get("iterateDelta", Iteration().limit))
    except ValueError:
        return Iteration()
    return Iteration(min(max(rounds, 1), 32_767), max(limit, 0.0))
