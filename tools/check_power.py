"""Which results would be wrong and no check say so: `python -m tools.check_power [NAME…]`.

Every named result of a template is made one per cent too large, one after the other, and the sheet
Checks is calculated again. A result that leaves all checks TRUE is not seen. A date is made a day
later, and a zero becomes one; texts, logical values and errors are left aside, and so are inputs.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlcalc import templates
from xlcalc.calc.model import CHECKS_NAME, WorkbookModel
from xlcalc.calc.named_cells import NamedCell

FLOOR = 0.9
"""The share of its results that the checks of every template see."""
PART = 0.01
"""By which part of itself a result is made too large."""
NO_CHECKS = frozenset({"function_library"})
"""Templates that only show functions: they have results of no model, and a check a function."""
UNSEEN = {
    (
        "scaling_plan",
        "fit_number",
    ): "INDEX cuts a row number to a whole one, and finds the same fit",
}
"""Results without a second way to compute them, by template and name, and why that is so."""


@dataclass(frozen=True)
class Power:
    """What the checks of a template see.

    Attributes
    ----------
    template : str
        The template.
    seen, unseen : tuple of str
        The names of its results.
    """

    template: str
    seen: tuple[str, ...]
    unseen: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of the results that are seen."""
        count = len(self.seen) + len(self.unseen)
        return len(self.seen) / count if count else 1.0


def power(template: str) -> Power:
    """Return which results of a template its checks see."""
    model = WorkbookModel(templates.author(template).to_bytes(canonical=False), template)
    seen = seen_results(model)
    return Power(
        template,
        tuple(name for name, is_seen in seen.items() if is_seen),
        tuple(name for name, is_seen in seen.items() if not is_seen),
    )


def seen_results(model: WorkbookModel) -> dict[str, bool]:
    """Return for each numeric result of a workbook whether a check sees it.

    Raises
    ------
    ValueError
        If the checks do not hold as the workbook stands.
    """
    return dict(_seen(model))


def _seen(model: WorkbookModel) -> Iterator[tuple[str, bool]]:
    """Yield each numeric result, and whether a check sees it.

    The engine has every result with the cell of a sheet of its own added to it, which is empty but
    for the one result; so it calculates again what follows from that one alone.
    """
    values = model.evaluate().values
    if values[CHECKS_NAME] is not True:
        raise ValueError(f"the checks of {model.name} do not hold as it stands")
    engine, checks = model.engine, model.outputs[CHECKS_NAME]
    results = [cell for cell in model.outputs.values() if type(values[cell.name]) is float]
    sheet = engine.add_scratch_sheet()
    for row, cell in enumerate(results, start=1):
        engine.set_value(sheet, (row, 1), 0.0)
        text = model.formula_text(cell.sheet, cell.position)
        engine.set_formula(cell.sheet, cell.position, f"=({text})+'{sheet}'!A{row}")
    for row, cell in enumerate(results, start=1):
        engine.set_value(sheet, (row, 1), _more(cell, values[cell.name]))
        engine.calculate()
        yield cell.name, engine.value(checks.sheet, checks.position) is not True
        engine.set_value(sheet, (row, 1), 0.0)
    engine.calculate()
    if engine.value(checks.sheet, checks.position) is not True:
        raise ValueError(f"{model.name} has not come back to what it was")


def _more(cell: NamedCell, value: object) -> float:
    """Return what is added to a result."""
    assert isinstance(value, float)  # noqa: S101  results are chosen so
    return 1.0 if value == 0.0 or cell.moment(value) is not None else value * PART


def main(names: Sequence[str] = ()) -> None:
    found = [power(name) for name in names or templates.TEMPLATES if name not in NO_CHECKS]
    for own in found:
        total = len(own.seen) + len(own.unseen)
        print(f"{own.template}: {len(own.seen)} of {total} are seen, {own.share:.0%}")
        for name in own.unseen:
            reason = UNSEEN.get((own.template, name))
            print(f"  {name}: {reason}" if reason else f"  {name}")
    seen = sum(len(own.seen) for own in found)
    total = seen + sum(len(own.unseen) for own in found)
    print(f"all: {seen} of {total} are seen, {seen / max(total, 1):.0%}")
    sys.exit(any(own.share < FLOOR for own in found))


if __name__ == "__main__":
    main(sys.argv[1:])
