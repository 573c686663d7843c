"""How is a workbook opened to be compared: as it is stored, or with the values that it should have?

Both are calculated at the same moment, so that TODAY is the same day. Where a workbook cannot be
calculated, its stored values are taken, and a remark says so.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

from xlcalc.calc.dependents import Place
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import recalculated
from xlcalc.calc.verification import EVERY
from xlcalc.differences.sides import Side
from xlcalc.errors import WorkbookError
from xlcalc.ooxml.package import Package
from xlcalc.workbook import Workbook

_RANDOM = re.compile(r"\bRAND(?:BETWEEN|ARRAY)?\s*\(", re.IGNORECASE)


@dataclass(frozen=True)
class Opened:
    """A workbook that is compared.

    Attributes
    ----------
    side : Side
        What it holds.
    book : Workbook or None
        The workbook as a function of its inputs; None where it was not calculated.
    remark : str
        Why it was not, though it should have been.
    random : frozenset of (str, (int, int))
        Cells that follow from what is drawn at random.
    """

    side: Side
    book: Workbook | None = None
    remark: str = ""
    random: frozenset[Place] = field(default_factory=frozenset)


def opened(package: Package, *, stored: bool, now: datetime) -> Opened:
    """Return a workbook with the values that count.

    Parameters
    ----------
    package : Package
        The workbook.
    stored : bool
        Whether its stored values count, and nothing is calculated.
    now : datetime
        The moment of TODAY and NOW.

    Raises
    ------
    WorkbookError
        If it cannot be read.
    """
    if stored:
        return Opened(Side(package))
    try:
        model = WorkbookModel(package, package.name, now)
        fresh = recalculated(model, (EVERY,)).package
    except WorkbookError as error:
        reason = " ".join(str(error).split())
        return Opened(Side(package), remark=f"{reason}; its stored values are compared")
    fresh.name = package.name
    return Opened(Side(fresh), Workbook(model), "", _random(model))


def _random(model: WorkbookModel) -> frozenset[Place]:
    """Return the cells that follow from what is drawn at random."""
    drawn = [place for place, text in model.texts.items() if _RANDOM.search(text)]
    return frozenset(model.dependents.reach(drawn) | set(drawn)) if drawn else frozenset()
