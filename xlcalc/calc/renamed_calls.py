"""Which functions do formulas call by an earlier name?

Formulas write them with or without the prefix of a host, and a sentence says what each function is
called now. `recalc`, `run` and `excel doctor` tell these sentences.
"""

from collections.abc import Iterable

from xlcalc.calc.engine import without_prefix
from xlcalc.formula_text import called_functions
from xlcalc.registry import ALIASES
from xlcalc.renames import renamed
from xlcalc.worksheet import spec_of


def renamed_calls(formulas: Iterable[str]) -> list[str]:
    """Return a sentence for each earlier name that formulas call, in the order of the names.

    Parameters
    ----------
    formulas : iterable of str
        Formulas as a file stores them.
    """
    if not ALIASES:
        return []
    called = {without_prefix(name) for text in set(formulas) for name in called_functions(text)}
    specs = (spec_of(function) for function in ALIASES)
    return sorted(renamed(spec) for spec in specs if spec.name in called)
