"""When are a workbook's values renewed, and when is that refused?

A workbook gets fresh values behind its formulas where the engine knows every function that they
call, and no good value would become an error for which none of our functions has a sentence: the
engine has its limits, and a good value is not given up for them.
"""

from collections.abc import Collection

from xlcalc.calc.engine import knows
from xlcalc.calc.evaluation import Evaluation
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError
from xlcalc.errors import WorkbookError
from xlcalc.formula_text import called_functions
from xlcalc.ooxml.markup import cell_name
from xlcalc.ooxml.package import Package


def recalculated(model: WorkbookModel) -> Package:
    """Return the workbook with fresh values behind its formulas.

    Raises
    ------
    WorkbookError
        If the workbook uses a function that the engine does not know, or a value would turn into
        an error that none of our functions explains.
    """
    refuse_unknown_functions(model)
    evaluation = model.evaluate()
    refuse_spoilt(model, evaluation)
    return model.to_package(evaluation)


def refuse_unknown_functions(model: WorkbookModel) -> None:
    """Refuse a workbook with a call of a function that the engine does not know.

    Raises
    ------
    WorkbookError
        If there is one; the sentence names its cell.
    """
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
