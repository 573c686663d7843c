"""When are a workbook's values renewed, and when is that refused?

A workbook is verified first (`verification`). A value that engines prove old is renewed, and one
that no engine can calculate is kept; both are told. Where engines disagree, nothing is written
unless a person accepts the difference: a good value is not given up for the limits of an engine.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from xlcalc.calc.dependents import Place
from xlcalc.calc.engine import knows
from xlcalc.calc.evaluation import Evaluation
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.verification import Difference, Verdict, Verification, same_value, verify
from xlcalc.calc.witnesses import WITNESSES
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import DifferencesError, UsageError, WorkbookError
from xlcalc.formula_text import called_functions
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import array_cells

_ROUNDS = 6
"""How often the values of a workbook may change with those that are kept."""
EVERY = "all"
"""Stands for every cell, where differences are accepted by name."""


@dataclass(frozen=True)
class Recalculation:
    """A workbook with fresh values.

    Attributes
    ----------
    package : Package
        The workbook.
    verification : Verification
        What an untouched calculation says of the values that it stored.
    """

    package: Package
    verification: Verification


def recalculated(model: WorkbookModel, accepted: Collection[str] = ()) -> Recalculation:
    """Return a workbook with fresh values behind its formulas.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    accepted : collection of str
        Cells whose differences a person accepts, as Sheet!C5; `EVERY` for all of them.

    Raises
    ------
    DifferencesError
        If engines disagree with the file or with each other on a cell that is not accepted.
    """
    verification = verify(model, WITNESSES)
    refuse_unsure(model, verification, accepted)
    return Recalculation(model.to_package(_renewed(model, verification)), verification)


def trusted(model: WorkbookModel, accepted: Collection[str] = ()) -> Verification:
    """Verify a workbook before it is calculated for other inputs.

    Cells that no engine calculates as the file stores them keep their values from then on.
    Parameters and errors are those of `recalculated`.
    """
    verification = verify(model, WITNESSES)
    refuse_unsure(model, verification, accepted)
    _pin(model, verification)
    return verification


def _pin(model: WorkbookModel, verification: Verification) -> None:
    """Let cells keep their values that our engine does not give back.

    What it makes of the others may change with them, an array that gets no room for instance; so
    the workbook is calculated again until every value that holds comes back.
    """
    held = {found.place: found.stored for found in verification.of(Verdict.RIGHT, Verdict.KEPT)}
    held |= _outvoted(model, verification)
    if not held:
        return
    decided = {found.place for found in verification.differences} - held.keys()
    # What only follows from such a cell is right again where that one keeps its value.
    pinned = held.keys() - model.dependents.after(held.keys()) or set(held)
    for _ in range(_ROUNDS):
        pinned = _with_their_arrays(model, pinned)
        model.pin({place: held.get(place, _stored(model, place)) for place in pinned})
        fresh = model.evaluate().cached
        lost = {
            (sheet, position)
            for sheet, cells in model.formulas.items()
            for position in cells
            if position in fresh.get(sheet, {})
            and (sheet, position) not in model.pinned | decided | verification.aside
            and not same_value(
                held.get((sheet, position), cells[position].value), fresh[sheet][position]
            )
        }
        if not lost:
            return
        pinned |= lost
    raise WorkbookError(f"{model.name} gives other values each time that it is calculated")


def _outvoted(model: WorkbookModel, verification: Verification) -> dict[Place, CellValue]:
    """Return what other engines agree on where ours says something else."""
    try:
        ours = model.evaluate().cached
    except WorkbookError:
        ours = {}
    return {
        found.place: found.calculated
        for found in verification.of(Verdict.STALE, Verdict.NEW)
        if not same_value(found.calculated, ours.get(found.place[0], {}).get(found.place[1]))
    }


def _stored(model: WorkbookModel, place: Place) -> CellValue:
    sheet, position = place
    return model.formulas[sheet][position].value


def _with_their_arrays(model: WorkbookModel, places: Collection[Place]) -> set[Place]:
    """Return cells with all cells of the array formulas that they belong to."""
    found = set(places)
    for sheet, cells in model.formulas.items():
        for position, cell in cells.items():
            if cell.kind == "array":
                filled = {(sheet, other) for other in array_cells(position, cell.extent)}
                if filled & found:
                    found |= filled & {(sheet, other) for other in cells}
    return found


def refuse_unsure(
    model: WorkbookModel, verification: Verification, accepted: Collection[str] = ()
) -> None:
    """Refuse a workbook with differences that nobody has decided on.

    Raises
    ------
    DifferencesError
        If there is one that is not accepted.
    UsageError
        If a cell is accepted in which there is no difference.
    """
    names = {name.lower() for name in accepted}
    known = {difference.cell.lower() for difference in verification.differences} | {EVERY}
    for name in accepted:
        if name.lower() not in known:
            raise UsageError(
                f'no difference is in "{name}" of {model.name}; cells are written as Sheet!C5'
            )
    unsure = tuple(
        difference
        for difference in verification.of(Verdict.UNSURE)
        if EVERY not in names and difference.cell.lower() not in names
    )
    if unsure:
        saved = model.package.saved_by()
        by = f", which {saved} saved last," if saved else ""
        raise DifferencesError(
            f"{model.name}{by} stores other values than its formulas give, and the engines "
            f"({', '.join(verification.asked)}) do not agree on them",
            unsure,
            verification.of(Verdict.STALE),
        )


def _renewed(model: WorkbookModel, verification: Verification) -> Evaluation:
    """Return the values that a workbook gets: its own where they hold, and fresh ones."""
    decided = {
        found.place: found.stored
        if found.verdict in {Verdict.RIGHT, Verdict.KEPT}
        else found.calculated
        for found in verification.differences
    }
    try:
        fresh = model.evaluate().cached
    except WorkbookError:
        fresh = {}
    cached: dict[str, dict[Position, CellValue]] = {}
    for sheet, cells in model.formulas.items():
        values = cached.setdefault(sheet, {})
        for position, cell in cells.items():
            if (sheet, position) in decided:
                values[position] = decided[sheet, position]
            elif position in fresh.get(sheet, {}):
                value = fresh[sheet][position]
                kept = cell.value is not None and same_value(cell.value, value)
                values[position] = cell.value if kept else value
    return Evaluation({}, {}, cached, {})


def calculated(model: WorkbookModel) -> Package:
    """Return a workbook of our own with the values of its formulas, which it does not store yet.

    Raises
    ------
    WorkbookError
        If a formula calls a function that the engine does not know.
    """
    _refuse_unknown_functions(model)
    return model.to_package(model.evaluate())


def _refuse_unknown_functions(model: WorkbookModel) -> None:
    for sheet, formulas in model.formulas.items():
        called = called_functions("\n".join(formula.text for formula in formulas.values()))
        unknown = {name for name in called if not knows(name)}
        for position, formula in formulas.items() if unknown else ():
            for name in sorted(unknown & called_functions(formula.text)):
                raise WorkbookError(
                    f"{sheet}!{cell_name(position)} in {model.name} uses {name}, a function "
                    "that xlcalc does not know"
                )


def refuse_spoilt(
    model: WorkbookModel, evaluation: Evaluation, codes: Collection[str] | None = None
) -> None:
    """Refuse values that would turn into an error that none of our functions explains.

    Parameters
    ----------
    model, evaluation : WorkbookModel and Evaluation
        The workbook, and its values for some inputs.
    codes : collection of str, optional
        The errors that count; all of them if left out.

    Raises
    ------
    WorkbookError
        If there is one; the sentence names its cell and its formula.
    """
    explained = {error.code for error in evaluation.failures.values()}
    for sheet, values in evaluation.cached.items():
        for position, value in values.items():
            if type(value) is not CellError or value.code in explained:
                continue
            old = model.formulas[sheet][position].value
            if (
                (codes is None or value.code in codes)
                and old is not None
                and not isinstance(old, CellError)
            ):
                raise WorkbookError(
                    f"{sheet}!{cell_name(position)} in {model.name} would turn from {old} into "
                    f"{value.code}: xlcalc cannot calculate "
                    f"={model.formula_text(sheet, position) or '(the formula of another cell)'}"
                )


def lines(differences: Iterable[Difference], most: int) -> list[str]:
    """Return a line for each difference, the first ones of many with the number of the rest."""
    found = [str(difference) for difference in differences]
    rest = len(found) - most
    return [*found[:most], f"and {rest:,} more"] if rest > 0 else found
