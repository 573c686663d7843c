"""Is a changed input answered alike by engines that had the file right?

One number that a formula reads is changed, +1 where it is whole and by 1 % where it is not. An
engine is a witness of a cell where it gave Excel's value before the change. A cell that moved is
witnessed where two witnesses agree, contradicted where two differ, else unwitnessed. xlcalc's
command runs on the changed file too: a cell that it wrote and that differs from what two witnesses
agree on is silently contradicted, unless the command named it.
"""

import contextlib
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.cell_values import Key, Value, same
from tests.benchmarks.changed_files import with_numbers
from tests.benchmarks.corpus_files import OURS, Excel, shown
from tests.benchmarks.engine_values import EngineValues
from tests.benchmarks.recalc_command import BareCommand, recalculate
from tests.benchmarks.stored_values import values_of
from xlcalc.calc.engines.interface import EngineError

_LARGEST = 400
"""Cells of a range up to which each of them counts as an input that the formula reads."""
_STEP = 1.01


def inputs(excel: Excel) -> list[Key]:
    """Return the cells with numbers that formulas read, in the file's order."""
    stored = excel.stored
    numbers = {
        key for key, cell in stored.cells.items() if not cell.kind and type(cell.value) is float
    }
    found: set[Key] = set()
    for formula in excel.cells:
        for sheet, (left, top, right, bottom) in excel.references.uses(formula):
            if (right - left + 1) * (bottom - top + 1) <= _LARGEST:
                found |= {
                    key
                    for row in range(top, bottom + 1)
                    for column in range(left, right + 1)
                    if (key := Key(sheet, row, column)) in numbers
                }
    return [key for key in stored.cells if key in found]


def changed(
    path: Path,
    excel: Excel,
    engines: Mapping[str, EngineValues | BareCommand],
    scratch: Path,
    seconds: float,
) -> dict[str, Any] | None:
    """Return what a changed input of a file does, or None for a file without inputs."""
    candidates = inputs(excel)
    if not candidates:
        return None
    at = random.Random(path.name).choice(candidates)  # noqa: S311  the same one at every run
    old = excel.stored.cells[at].value
    assert isinstance(old, float)
    new = old + 1 if old.is_integer() else old * _STEP
    numbers = {at: new}
    bare = with_numbers(excel.bare, excel.stored, numbers)
    after: dict[str, list[Value]] = {}
    for name in (one for one in excel.given if one != OURS):
        with contextlib.suppress(EngineError):  # it is no witness then
            after[name], _ = engines[name].values(bare, excel.cells, seconds)
    before = {name: excel.given[name] for name in after}
    result = {"input": str(at), "old": old, "new": new}
    verdicts = _witnessed(excel, before, after)
    result |= {
        name: sum(verdict == name for verdict, _ in verdicts.values())
        for name in ("witnessed", "unwitnessed", "contradicted")
    }
    result["moved"] = len(verdicts)
    result["examples"] = [
        f"{key} {verdict}" for key, (verdict, _) in verdicts.items() if verdict != "witnessed"
    ][:10]
    file = scratch / f"changed{path.suffix}"
    file.write_bytes(with_numbers(excel.data, excel.stored, numbers))
    outcome = recalculate(file, scratch / f"changed_out{path.suffix}", seconds)
    result |= {"xlcalc": outcome.kind, "status": outcome.status, "named": len(outcome.named)}
    silent, unnamed = [], 0
    if outcome.written is not None:
        got = dict(zip(excel.cells, values_of(outcome.written, excel.cells), strict=True))
        for key, (verdict, value) in verdicts.items():
            if verdict == "witnessed" and not same(value, got[key]) and not outcome.names(key):
                silent.append({"cell": str(key), "want": shown(value), "got": shown(got[key])})
            elif verdict != "witnessed" and not outcome.names(key):
                unnamed += 1
    result |= {"silent": len(silent), "silent_examples": silent[:10], "unnamed": unnamed}
    return result


def _witnessed(
    excel: Excel, before: dict[str, list[Value]], after: dict[str, list[Value]]
) -> dict[Key, tuple[str, Value]]:
    """Return the verdict on each cell that moved in some engine, and what witnesses agree on."""
    found: dict[Key, tuple[str, Value]] = {}
    for index, (key, want) in enumerate(zip(excel.cells, excel.want, strict=True)):
        trusted = [name for name in before if same(want, before[name][index])]
        asked = trusted or list(before)
        if not any(not same(before[name][index], after[name][index]) for name in asked):
            continue
        values: Sequence[Value] = [after[name][index] for name in trusted]
        if any(not same(values[0], value) for value in values[1:]):
            found[key] = ("contradicted", None)
        elif len(values) > 1:
            found[key] = ("witnessed", values[0])
        else:
            found[key] = ("unwitnessed", None)
    return found
