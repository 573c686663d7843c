"""Which functions does a worksheet see?

Those that the modules of `xlcalc.functions` list, a module a topic, in the order of the function
reference. Nothing registers itself.
"""

from collections.abc import Callable
from typing import Any

from xlcalc.functions import (
    catalogue,
    cost,
    experts,
    images,
    inference,
    machines,
    memory,
    scaling,
    tokens,
    training,
)
from xlcalc.worksheet import Spec, spec_of

_TOPICS = (
    training,
    machines,
    scaling,
    tokens,
    images,
    inference,
    memory,
    experts,
    cost,
    catalogue,
)
FUNCTIONS: tuple[Callable[..., Any], ...] = tuple(
    function for topic in _TOPICS for function in topic.FUNCTIONS
)
"""The worksheet surface, in the order of the function reference."""

BY_NAME: dict[str, Callable[..., Any]] = {spec_of(f).name: f for f in FUNCTIONS}
"""The functions under their Excel names."""


def specs() -> tuple[Spec, ...]:
    """Return the Spec of every function, in the order of the function reference."""
    return tuple(spec_of(function) for function in FUNCTIONS)
