"""How does a total add the rows above it, rows that a person inserts among them included?

A formula writes `{compute_cost.sum}`: the sum from the row compute_cost down to the row above its
own. That one is a spare row without a figure, so that whatever is inserted above it, even at the
very end of the block, stands between the first row of the sum and its last. A check of its own
compares each such total with all rows above it, one inserted below the spare row included.
"""

import re
from collections.abc import Callable

SUM = re.compile(r"\{([a-z]\w*)\.sum\}")
"""What stands in a formula for the sum of the rows from one on."""
SPARE = "Spare row: what is inserted above it is added up."


def first_summed(formula: object) -> str:
    """Return from which row on a formula adds the rows above its own; empty if it adds none."""
    found = SUM.search(formula) if isinstance(formula, str) else None
    return found[1] if found else ""


def is_sum(formula: object) -> bool:
    """Whether a formula is the sum of the rows above its own and nothing else."""
    return isinstance(formula, str) and SUM.fullmatch(formula.removeprefix("=")) is not None


def with_sums(formula: str, span: Callable[[str], str]) -> str:
    """Return a formula with its sums written out; `span` gives the cells from a row on."""
    return SUM.sub(lambda found: f"SUM({span(found[1])})", formula)
