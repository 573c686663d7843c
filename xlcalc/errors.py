"""What can go wrong, as one exception for each kind of failure.

The first group is raised by the worksheet functions and has a counterpart in a cell
(`xlcalc.cells` alone does that translation).
The second group is raised where a person hands over a file, a name or a setting;
the command line prints its sentence and ends with exit status 2.
"""

from collections.abc import Iterable
from typing import Any


class XlcalcError(Exception):
    """Any failure that xlcalc reports in a sentence of its own."""


class ArgumentError(XlcalcError, TypeError):
    """An argument is missing, or is not of the kind that belongs there."""


class ShapeError(XlcalcError, ValueError):
    """The shapes of the arguments do not broadcast together."""


class ChoiceError(XlcalcError, ValueError):
    """A text argument is none of the choices."""


class DomainError(XlcalcError, ValueError):
    """A number lies outside its quantity's domain, or a result is not finite."""


class DivisionByZeroError(XlcalcError, ZeroDivisionError):
    """A formula divides by zero."""


class NotFoundError(XlcalcError, LookupError):
    """A catalogue has no such row or field, or nobody published the figure."""


class PluginWarning(UserWarning):
    """Functions of a package or a file of others are left out."""


class UsageError(XlcalcError):
    """A file, a name or a setting that a person gave cannot be used."""


class WorkbookError(UsageError):
    """A file is not a workbook that xlcalc can read, or cannot be written."""


class DifferencesError(WorkbookError):
    """A workbook stores other values than its formulas give, and nobody has decided on them.

    Attributes
    ----------
    differences : tuple
        The cells, as `xlcalc.calc.verification.Difference`.
    stale : tuple
        The cells that would have been renewed, since engines agree that their values are old.
    """

    def __init__(
        self, sentence: str, differences: tuple[Any, ...], stale: tuple[Any, ...] = ()
    ) -> None:
        super().__init__(sentence)
        self.differences = differences
        self.stale = stale


class DisagreementError(WorkbookError):
    """Two ways of calculating a workbook do not give the same figures."""


class NameNotFoundError(UsageError):
    """A workbook has no such named cell, or it may not be set."""


class InputValueError(UsageError):
    """A value does not fit the named input it is meant for."""


class AnalysisError(UsageError):
    """A question about a workbook does not fit it."""


class NoSolutionError(AnalysisError):
    """A search that found nothing which keeps its conditions."""


class ContractError(UsageError):
    """A workbook breaks the contract that it was given."""


class CatalogueError(UsageError):
    """A team's own catalogue has a bad file or a bad row."""


class ScenarioError(UsageError):
    """A list of scenarios is empty, ambiguous or unreadable."""


class BillError(UsageError):
    """A bill, or what says to which plan its rows belong, cannot be read or does not fit."""


class ConfigError(UsageError):
    """A report configuration is unreadable or asks for something unknown."""


class TemplateNotFoundError(UsageError):
    """No template has this name."""


class OutputError(UsageError):
    """A file or folder cannot be written."""


class WorkerError(UsageError):
    """A process or a cluster that worked for a batch is gone."""


class DialectError(UsageError):
    """A workbook has no form in a dialect of formulas."""


class FormulaError(UsageError):
    """A formula cannot be read."""


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean "..."?` with the known name nearest to a wrong one, or nothing."""
    import difflib  # slow to import, and only an error needs it

    names = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return f'; did you mean "{names[near[0]]}"?' if near else ""
