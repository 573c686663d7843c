"""Which functions does a worksheet see?

Those that the modules of `xlcalc.functions` list, a module a topic, in the order of the function
reference, and under their earlier names those that were renamed. Nothing registers itself.
"""

from collections.abc import Callable
from typing import Any

from xlcalc.functions import (
    batches,
    bills,
    catalogue,
    cost,
    experts,
    failures,
    footprint,
    images,
    inference,
    machines,
    memory,
    networks,
    ranges,
    rates,
    retrieval,
    scaling,
    shapes,
    tokens,
    training,
    tuning,
)
from xlcalc.renames import aliases
from xlcalc.worksheet import Spec, spec_of

_TOPICS = (
    training,
    machines,
    scaling,
    batches,
    tokens,
    images,
    inference,
    bills,
    memory,
    experts,
    shapes,
    networks,
    failures,
    tuning,
    retrieval,
    cost,
    rates,
    footprint,
    ranges,
    catalogue,
)
FUNCTIONS: tuple[Callable[..., Any], ...] = tuple(
    function for topic in _TOPICS for function in topic.FUNCTIONS
)
"""The worksheet surface, in the order of the function reference."""

ALIASES: tuple[Callable[..., Any], ...] = aliases(FUNCTIONS)
"""The functions under the earlier names that are still understood."""

BY_NAME: dict[str, Callable[..., Any]] = {spec_of(f).name: f for f in (*FUNCTIONS, *ALIASES)}
"""The functions under their Excel names, the earlier ones among them."""


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
    """Return the name that a function of ours has now; any other name as it is."""
    function = BY_NAME.get(name)
    return spec_of(function).current if function else name
