"""The formulas: a module for each topic, which lists its functions in `FUNCTIONS`.

`FUNCTIONS` of the package has those of all topics, in the order of the function reference. Nothing
registers itself.
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
"""The functions of xlcalc itself; `xlcalc.registry` adds those of others."""
