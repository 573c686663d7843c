"""Which inputs moved the results from one workbook to another, and how much did formulas do?"""

from collections.abc import Sequence

from xlcalc.analysis import Bridge, compare_workbooks
from xlcalc.analysis.bridge import EXACT
from xlcalc.errors import AnalysisError, UsageError
from xlcalc.workbook import Workbook

MOST = 3
"""Results that are explained where nobody names one."""


def bridges(
    old: Workbook | None,
    new: Workbook | None,
    outputs: Sequence[str],
) -> tuple[list[Bridge], list[str]]:
    """Return how results came from one value to another, and why some cannot be explained.

    Parameters
    ----------
    old, new : Workbook or None
        Both workbooks; None for one that is not calculated.
    outputs : sequence of str
        Named results that are asked for; those that moved most if there are none.

    Raises
    ------
    UsageError
        If a result is asked for, and one of the workbooks has none of the name, or it is no number.
    """
    if old is None or new is None:
        if outputs:
            raise AnalysisError("a result is explained where both workbooks are calculated alone")
        return [], []
    if outputs:
        return [compare_workbooks(old, new, output) for output in outputs], []
    found: list[Bridge] = []
    remarks: list[str] = []
    shared = {name.lower(): name for name in old.results}
    moved = _moved(old, new)
    several = _changed_inputs(old, new)
    if moved and several > EXACT:
        return [], [f"{several} inputs changed; --output NAME says what each did to a result"]
    for name in moved[:MOST]:
        try:
            found.append(compare_workbooks(old, new, shared[name.lower()]))
        except UsageError as error:
            remarks.append(f"{name} is not explained: {' '.join(str(error).split())}")
    return found, remarks


def _moved(old: Workbook, new: Workbook) -> list[str]:
    """Return the named results that both have, by how far they moved."""
    before = {name.lower(): one.value for name, one in old.results.items()}
    found = []
    for place, (name, one) in enumerate(new.results.items()):
        value = before.get(name.lower())
        if type(value) is float and type(one.value) is float and value != one.value:
            share = abs(one.value - value) / max(abs(value), abs(one.value))
            if share > 1e-9:
                # Of those that moved as far, the last: a total stands behind what it adds.
                found.append((-round(share, 3), -place, name))
    return [name for *_, name in sorted(found)]


def _changed_inputs(old: Workbook, new: Workbook) -> int:
    before = {name.lower(): one.value for name, one in old.inputs.items() if not one.is_default}
    return sum(
        name.lower() in before and before[name.lower()] != one.value
        for name, one in new.inputs.items()
        if not one.is_default
    )
