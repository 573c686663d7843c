"""Which functions does a worksheet see?

Those of xlcalc, in the order of the function reference, then those of others that `xlcalc.plugins`
finds, and under their earlier names those that were renamed. Nothing registers itself, and nothing
comes later: what is found when this module is first imported counts for the whole process.
"""

import sys
import warnings
from collections.abc import Callable
from typing import Any

from xlcalc.errors import PluginWarning
from xlcalc.functions import FUNCTIONS as OURS
from xlcalc.plugins import Plugin, Taken, find_plugins
from xlcalc.renames import aliases
from xlcalc.worksheet import Spec, spec_of

_taken = Taken(OURS)
PLUGINS: tuple[Plugin, ...] = find_plugins(_taken)
"""The packages and files of others whose functions are known."""
PROBLEMS: tuple[str, ...] = tuple(_taken.problems)
"""What of theirs is left out, and why, a sentence each."""

FUNCTIONS: tuple[Callable[..., Any], ...] = (
    *OURS,
    *(function for plugin in PLUGINS for function in plugin.functions),
)
"""The worksheet surface, in the order of the function reference."""

ALIASES: tuple[Callable[..., Any], ...] = aliases(FUNCTIONS)
"""The functions under the earlier names that are still understood."""

BY_NAME: dict[str, Callable[..., Any]] = {spec_of(f).name: f for f in (*FUNCTIONS, *ALIASES)}
"""The functions under their Excel names, the earlier ones among them."""


def plugin_of(name: str) -> Plugin | None:
    """Return who a function is from, by its name; None where it is from xlcalc itself."""
    function = BY_NAME[current_name(name)]
    return next((plugin for plugin in PLUGINS if function in plugin.functions), None)


def specs(*, earlier: bool = False) -> tuple[Spec, ...]:
    """Return the Spec of every function, in the order of the function reference.

    Parameters
    ----------
    earlier : bool
        Whether the earlier names of renamed functions follow, each with a Spec of its own: what a
        host shows whose cells may call them.
    """
    return tuple(spec_of(function) for function in (*FUNCTIONS, *(ALIASES if earlier else ())))


def current_name(name: str) -> str:
    """Return the name that a function has now; any other name as it is."""
    function = BY_NAME.get(name)
    return spec_of(function).current if function else name


def _is_worker() -> bool:
    """Whether another process began this one for its work; that one has said what is left out."""
    processes = sys.modules.get("multiprocessing.process")
    return processes is not None and processes.parent_process() is not None


for _problem in () if _is_worker() else PROBLEMS:
    warnings.warn(_problem, PluginWarning, stacklevel=2)
