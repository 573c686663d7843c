"""How is a workbook opened to be compared: as it is stored, or with the values that it should have?

Both are calculated at the same moment, so that TODAY is the same day. Where a workbook cannot be
calculated, its stored values are taken, and a remark says so.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

from xlcalc.calc.dependents import Place
from xlcalc.calc.differences import Verdict
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import recalculated
from xlcalc.calc.verification import EVERY
from xlcalc.differences.sides import Side
from xlcalc.errors import WorkbookError
from xlcalc.ooxml.package import Package
from xlcalc.workbook import Workbook

_UNSURE = {
    Verdict.UNSURE: "the engines do not agree on {0} of {1}",
    Verdict.KEPT: "no engine calculates {0} of {1}, whose stored values are compared",
}
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
    remarks : tuple of str
        Why it was not, though it should have been, or which of its values are not sure.
    random : frozenset of (str, (int, int))
        Cells that follow from what is drawn at random.
    """

    side: Side
    book: Workbook | None = None
    remarks: tuple[str, ...] = ()
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
        renewed = recalculated(model, (EVERY,))
    except WorkbookError as error:
        reason = " ".join(str(error).split())
        return Opened(Side(package), remarks=(f"{reason}; its stored values are compared",))
    renewed.package.name = package.name
    remarks = tuple(
        sentence.format(_counted(len(found)), package.name)
        for verdict, sentence in _UNSURE.items()
        if (found := renewed.verification.of(verdict))
    )
    return Opened(Side(renewed.package), Workbook(model), remarks, _random(model))


def _counted(count: int) -> str:
    return f"{count:,} cell{'s' * (count > 1)}"


def _random(model: WorkbookModel) -> frozenset[Place]:
    """Return the cells that follow from what is drawn at random."""
    drawn = [place for place, text in model.texts.items() if _RANDOM.search(text)]
    return frozenset(model.dependents.reach(drawn) | set(drawn)) if drawn else frozenset()
