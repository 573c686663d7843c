"""Which findings can be mended without a person's judgement, and what does the file become?

Texts that are unmistakably numbers among numbers become numbers, keys lose the blanks around them,
formulas a second equals sign, and then every formula gets the value that it gives. What a workbook
means is not touched: no formula is written, no figure is chosen.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xlcalc.audit.findings import Finding
from xlcalc.audit.lookup_rules import lookup_findings
from xlcalc.audit.repair_rules import repair_findings
from xlcalc.audit.text_rules import text_findings
from xlcalc.audit.workbook import Audited, named
from xlcalc.calc.differences import same_value, shown
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import recalculated
from xlcalc.cells import CellValue
from xlcalc.ooxml.edits import map_formulas, write_cells
from xlcalc.ooxml.markup import Position, cell_position
from xlcalc.ooxml.package import Package

_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d{0,14})(?:\.\d+)?")
"""A number that every reader takes for one: no comma, no unit, no leading nought of a code."""
_BLANKS = " \t\n\r\u00a0"
_DIGITS = 15


@dataclass(frozen=True)
class Mend:
    """A cell that gets another value or formula.

    Attributes
    ----------
    code : str
        The rule that found it; "recalculated" for a formula that has another value now.
    place, before, after : str
        The cell, and what it holds before and after.
    """

    code: str
    place: str
    before: str
    after: str

    def __str__(self) -> str:
        """Return the change as a line."""
        return f"{self.place}  {self.before} → {self.after}  [{self.code}]"


def mended(
    package: Package, accepted: Callable[[Finding], bool] = lambda _: False
) -> tuple[Package, list[Mend]]:
    """Return a copy of a workbook in which all is mended that can be mended safely.

    Parameters
    ----------
    package : Package
        The workbook, which stays as it is.
    accepted : callable, optional
        Whether a team accepts a finding, which then stays.

    Returns
    -------
    Package, list of Mend
        The copy, and what is other in it; formulas whose values are new come last.

    Raises
    ------
    DifferencesError
        If engines do not settle which values the formulas have.
    WorkbookError
        If the workbook cannot be calculated.
    """
    made = package.copy()
    mends = list(_signs(made, accepted))
    book = Audited(WorkbookModel(made, package.name))
    constants: dict[str, dict[Position, CellValue]] = {}
    for one, value in _constants(book, accepted):
        position = cell_position(one.cell)
        if position is None or position in constants.get(one.sheet, ()):
            continue
        constants.setdefault(one.sheet, {})[position] = value
        before = book.values[one.sheet][position]
        mends.append(Mend(one.code, one.place, shown(before), shown(value)))
    for sheet, values in constants.items():
        part = made.sheets[sheet]
        made.replace(part, write_cells(made.part(part), {}, values))
    if constants:
        made.drop_chart_caches()
    model = WorkbookModel(made, package.name)
    done = recalculated(model).package
    renewed = list(_renewed(model, WorkbookModel(done, package.name)))
    return (done, mends + renewed) if renewed else (made, mends)


def _signs(made: Package, accepted: Callable[[Finding], bool]) -> Iterator[Mend]:
    """Take the second equals sign from formulas."""
    book = Audited(WorkbookModel(made, made.name))
    found = [one for one in repair_findings(book) if one.code == "double-equals"]
    if not found or any(accepted(one) for one in found):
        return
    for one in found:
        position = cell_position(one.cell) or (1, 1)
        formula = book.formulas[one.sheet, position]
        yield Mend(one.code, one.place, f"={formula:.60}", f"={formula.lstrip('='):.60}")
    for part in made.sheets.values():
        made.replace(part, map_formulas(made.part(part), lambda text: text.lstrip("=")))


def _constants(
    book: Audited, accepted: Callable[[Finding], bool]
) -> Iterator[tuple[Finding, CellValue]]:
    """Yield the findings whose cell gets another constant, and that constant."""
    for one in (*text_findings(book), *lookup_findings(book)):
        position = cell_position(one.cell) or (1, 1)
        value = book.values[one.sheet].get(position)
        if accepted(one) or not isinstance(value, str):
            continue
        if one.code == "text-number" and _NUMBER.fullmatch(text := value.strip(_BLANKS)):
            if sum(character.isdigit() for character in text) <= _DIGITS:
                yield one, float(text)
        elif one.code == "blank-in-key":
            yield one, value.strip(_BLANKS)


def _renewed(before: WorkbookModel, after: WorkbookModel) -> Iterator[Mend]:
    """Yield the formula cells whose stored values differ."""
    for sheet, cells in before.formulas.items():
        for position, cell in cells.items():
            now = after.formulas[sheet][position].value
            if not same_value(cell.value, now):
                place = f"{sheet}!{named(position)}"
                yield Mend("recalculated", place, shown(cell.value), shown(now))
