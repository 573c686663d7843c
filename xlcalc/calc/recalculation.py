"""When are a workbook's values renewed, and when is that refused?

A workbook is verified first (`verification`). A value that engines prove old is renewed, and one
that no engine can calculate is kept; both are told. Where engines disagree, nothing is written
unless a person accepts the difference: a good value is not given up for the limits of an engine.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from xlcalc.calc.differences import OURS, Difference, Verdict, Verification, same_value
from xlcalc.calc.engine import knows
from xlcalc.calc.ensemble import TOGETHER
from xlcalc.calc.evaluation import Evaluation
from xlcalc.calc.model import Trust, WorkbookModel
from xlcalc.calc.verification import EVERY, verify
from xlcalc.calc.witnesses import WITNESSES
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import DifferencesError, UsageError, WorkbookError
from xlcalc.formula_text import called_functions
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.package import Package


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
    verification = trusted(model, accepted)
    return Recalculation(model.to_package(_renewed(model, verification)), verification)


def trusted(model: WorkbookModel, accepted: Collection[str] = ()) -> Verification:
    """Verify a workbook, and let it go on with the values that were decided on.

    Where our engine does not give such a value, other engines calculate the cell from then on, and
    what none of them calculates keeps its value. Parameters and errors are those of `recalculated`.
    """
    verification = verify(model, WITNESSES, accepted)
    refuse_unsure(model, verification, accepted)
    model.trusted(trust_of(model, verification), TOGETHER)
    return verification


def checked(
    model: WorkbookModel, accepted: Collection[str] = ()
) -> tuple[Verification, tuple[Difference, ...]]:
    """Compare what a workbook stores with what its formulas give.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    accepted : collection of str
        Cells on which engines need not agree, as Sheet!C5; `EVERY` for all of them.

    Returns
    -------
    Verification
        What the engines say of the stored values.
    tuple of Difference
        The cells that do not store what is calculated: their values are old or missing, or engines
        do not agree on them. What no engine calculates, what another engine than ours gives back,
        and what follows from volatile functions is not among them.

    Raises
    ------
    UsageError
        If a cell is accepted in which there is no difference.
    """
    verification = verify(model, WITNESSES, accepted)
    _refuse_needless(model, verification, accepted)
    names = {name.lower() for name in accepted}
    found = tuple(
        difference
        for difference in verification.of(Verdict.STALE, Verdict.NEW, Verdict.UNSURE)
        if difference.place not in verification.aside
        and not (difference.verdict is Verdict.UNSURE and _is_accepted(difference, names))
    )
    return verification, found


def trust_of(model: WorkbookModel, verification: Verification) -> Trust:
    """Return with which cells of a workbook our engine is not trusted, and what was decided."""
    decided = {
        found.place: found.calculated
        for found in verification.differences
        if found.verdict not in {Verdict.RIGHT, Verdict.KEPT}
    }
    pins = verification.pins[OURS]
    decided |= {
        place: value
        for place, value in pins.items()
        if not same_value(value, model.formulas[place[0]][place[1]].value)
    }
    return Trust(frozenset(pins), decided)


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
    _refuse_needless(model, verification, accepted)
    names = {name.lower() for name in accepted}
    unsure = tuple(
        difference
        for difference in verification.of(Verdict.UNSURE)
        if not _is_accepted(difference, names)
    )
    if unsure:
        saved = model.package.saved_by()
        by = f", which {saved} saved last," if saved else ""
        asked = ", ".join(verification.asked)
        raise DifferencesError(
            f"{model.name}{by} stores no values for formulas that are errors, or on which the "
            f"engines ({asked}) do not agree"
            if all(difference.stored is None for difference in unsure)
            else f"{model.name}{by} stores other values than its formulas give, and the engines "
            f"({asked}) do not settle which are right",
            unsure,
            verification.of(Verdict.STALE),
        )


def _refuse_needless(
    model: WorkbookModel, verification: Verification, accepted: Collection[str]
) -> None:
    known = {difference.cell.lower() for difference in verification.differences} | {EVERY}
    for name in accepted:
        if name.lower() not in known:
            raise UsageError(
                f'no difference is in "{name}" of {model.name}; cells are written as Sheet!C5'
            )


def _is_accepted(difference: Difference, names: Collection[str]) -> bool:
    return EVERY in names or difference.cell.lower() in names


def _renewed(model: WorkbookModel, verification: Verification) -> Evaluation:
    """Return the values that a workbook gets: its own where they hold, and fresh ones."""
    evaluation = model.evaluate()
    fresh = evaluation.cached
    circle = model.circle
    cached: dict[str, dict[Position, CellValue]] = {}
    for sheet, cells in model.formulas.items():
        values = cached.setdefault(sheet, {})
        for position, value in fresh.get(sheet, {}).items():
            stored = cells[position].value
            decided = model.trust.decided.get((sheet, position), value)
            kept = stored is not None and (
                same_value(stored, decided)
                or (circle is not None and circle.is_at_rest((sheet, position), stored, decided))
            )
            values[position] = stored if kept else decided
    return Evaluation({}, {}, cached, {}, evaluation.spills)


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
