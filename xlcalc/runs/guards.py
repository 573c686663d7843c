"""Is a result of a run as it must be: within bounds, near a base, one of some values?

`read_guards` reads the guards of a configuration, and refuses those that cannot be meant. A `Judge`
holds results to them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from xlcalc.calc.differences import same_value, shown
from xlcalc.calc.model import CHECKS_NAME, WorkbookModel
from xlcalc.cells import CellValue
from xlcalc.errors import ConfigError, suggestion
from xlcalc.runs.bases import Base
from xlcalc.runs.results import CHECK_FAILS, Result
from xlcalc.runs.scenarios import ScenarioList
from xlcalc.runs.tolerances import Tolerance, read_tolerance

_BOUNDS, _RELATIVE, _VALUES = ("at_most", "at_least"), ("at_most_change", "against"), ("equals",)
_KEYS = (*_BOUNDS, *_RELATIVE, *_VALUES, "one_of")
_KINDS = {str: "a text", bool: "TRUE or FALSE", float: "a number"}


@dataclass(frozen=True)
class Guard:
    """What a named result must be.

    Attributes
    ----------
    name : str
        The result.
    at_least, at_most : float, optional
        Bounds of a number.
    change, base : Tolerance, optional, and str
        How far a number may be from that of another workbook, and what to call that.
    allowed : tuple of CellValue
        The values that it may have; empty where bounds say it.
    """

    name: str
    at_least: float | None = None
    at_most: float | None = None
    change: Tolerance | None = None
    base: str = ""
    allowed: tuple[CellValue, ...] = ()

    def broken_by(self, value: CellValue, base: float | str = "") -> str | None:
        """Return the sentence of a broken guard, or None.

        Parameters
        ----------
        value : CellValue
            The result.
        base : float or str
            That of the base, or the sentence why it has none.
        """
        if self.allowed:
            if any(_is(value, one) for one in self.allowed):
                return None
            few = ", ".join(map(shown, self.allowed))
            what = few if len(self.allowed) == 1 else f"one of {few}"
            return f"{self.name} is {shown(value)}, {what} required"
        if isinstance(value, bool) or not isinstance(value, float):
            return f"{self.name} is not a number"
        if self.at_most is not None and value > self.at_most:
            return f"{self.name} is {value:,.12g}, at most {self.at_most:,.12g} allowed"
        if self.at_least is not None and value < self.at_least:
            return f"{self.name} is {value:,.12g}, at least {self.at_least:,.12g} required"
        return None if self.change is None else self._too_far(self.change, value, base)

    def _too_far(self, change: Tolerance, value: float, base: float | str) -> str | None:
        if isinstance(base, str):
            return f"{self.name} cannot be compared with {self.base}: {base}"
        if change.allows(base, value):
            return None
        gap = abs(value - base)
        far = f"{100 * gap / abs(base):.6g}%" if change.is_share and base else f"{gap:,.12g}"
        where = "above" if value > base else "below"
        return (
            f"{self.name} is {value:,.12g}, {far} {where} the {base:,.12g} of {self.base}; a "
            f"change of at most {change} is allowed"
        )


def _is(value: CellValue, allowed: CellValue) -> bool:
    value = "" if value is None else value
    return type(value) is type(allowed) and same_value(value, allowed)


class Judge:
    """What holds the results of runs to guards, in the order of their list.

    Parameters
    ----------
    guards : sequence of Guard
        What results must be.
    bases : mapping of str to Base
        The workbooks that guards compare with, by their labels.
    scenarios : ScenarioList
        The list.
    """

    def __init__(
        self, guards: Sequence[Guard], bases: Mapping[str, Base], scenarios: ScenarioList
    ) -> None:
        self._guards, self._bases = guards, bases
        self._waiting = iter(scenarios) if bases else iter(())

    @property
    def remarks(self) -> list[str]:
        """What a person should know of the bases, a sentence each."""
        return [
            f"{base.label} has no input {', '.join(base.missing)}; guards compare with it as it "
            "stands otherwise"
            for base in self._bases.values()
            if base.missing
        ]

    def judged(self, results: Sequence[Result]) -> list[Result]:
        """Return the next results with the guards that they break, and the workbook's checks."""
        beside: dict[str, dict[int, dict[str, float | str]]] = {}
        if self._bases:
            block = list(islice(self._waiting, len(results)))
            pairs = zip(block, results, strict=True)
            good = [scenario for scenario, result in pairs if not result.failure]
            for label, base in self._bases.items():
                values = base.values(good) if good else []
                beside[label] = {
                    scenario.row: found for scenario, found in zip(good, values, strict=True)
                }
        return [self._judged(result, beside) for result in results]

    def _judged(
        self, result: Result, beside: Mapping[str, Mapping[int, Mapping[str, float | str]]]
    ) -> Result:
        if result.failure:
            return result
        broken = []
        for guard in self._guards:
            base = beside[guard.base][result.row][guard.name] if guard.base else ""
            broken.append(guard.broken_by(result.values[guard.name], base))
        if result.values.get(CHECKS_NAME) is False:
            broken.append(CHECK_FAILS)
        return result._replace(broken=tuple(sentence for sentence in broken if sentence))


def read_guards(
    path: Path, table: Any, model: WorkbookModel, accepted: Collection[str] = ()
) -> tuple[tuple[Guard, ...], dict[str, Base]]:
    """Read the guards of a configuration, and the workbooks that they compare with.

    Parameters
    ----------
    path : Path
        The configuration; bases are relative to its folder.
    table : Any
        Its guards, a table for each named result.
    model : WorkbookModel
        The workbook of the report.
    accepted : collection of str
        Cells whose differences a person accepts, of bases too if it is all of them.

    Raises
    ------
    ConfigError
        If a guard has an unknown key, a value of the wrong kind, or can never hold.
    NameNotFoundError
        If a workbook has no such named cell.
    """
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: guards must be a table, as total_cost = {{ at_most = 5e6 }}")
    bases: dict[str, Base] = {}
    guards = []
    for name, given in table.items():
        _refuse_unclear(path, name, given)
        cell = model.cell(name)
        if "equals" in given or "one_of" in given:
            guards.append(_of_values(path, cell.name, cell.value, given))
            continue
        if isinstance(cell.value, str | bool):
            raise ConfigError(f"{path}: the guard {name} is on a cell that holds no number")
        guard = _of_bounds(path, cell.name, given)
        guards.append(guard)
        if guard.base:
            if guard.base not in bases:
                file = path.parent / guard.base
                bases[guard.base] = Base(file, guard.base, model.now, accepted)
            if isinstance(bases[guard.base].want(guard.name), str | bool):
                raise ConfigError(
                    f"{path}: the guard {name} is on a cell that holds no number in {guard.base}"
                )
    return tuple(guards), bases


def _refuse_unclear(path: Path, name: str, given: Any) -> None:
    """Refuse a guard with unknown keys, with none, or with some that do not go together."""
    where = f"{path}: the guard {name}"
    if not isinstance(given, dict) or not given:
        raise ConfigError(f"{where} must be a table with one or more of {', '.join(_KEYS)}")
    for key in given:
        if key not in _KEYS:
            hint = suggestion(key, _KEYS)
            raise ConfigError(f'{where} takes {", ".join(_KEYS)}, got "{key}"{hint}')
    for key in ("equals", "one_of"):
        if key in given and len(given) > 1:
            raise ConfigError(f"{where} takes {key} alone, or others without it")
    if ("at_most_change" in given) != ("against" in given):
        lacks = "against, the workbook to compare with"
        if "against" in given:
            lacks = "at_most_change, how far the result may be from that of the base"
        raise ConfigError(f"{where} lacks {lacks}")


def _of_bounds(path: Path, name: str, given: Mapping[str, Any]) -> Guard:
    bounds = {key: given[key] for key in _BOUNDS if key in given}
    for bound in bounds.values():
        if isinstance(bound, bool) or not isinstance(bound, int | float) or bound != bound:
            raise ConfigError(f"{path}: the bounds of the guard {name} must be numbers")
    low, high = bounds.get("at_least"), bounds.get("at_most")
    if low is not None and high is not None and low > high:
        raise ConfigError(f"{path}: no number is within the guard {name}")
    if "against" not in given:
        return Guard(name, low, high)
    change, base = read_tolerance(given["at_most_change"]), given["against"]
    if change is None:
        raise ConfigError(
            f'{path}: at_most_change of the guard {name} is a share as "5%", or an amount of at '
            f'least 0, got "{given["at_most_change"]}"'
        )
    if not isinstance(base, str) or not base:
        raise ConfigError(f"{path}: against of the guard {name} must be the path of a workbook")
    return Guard(name, low, high, change, base)


def _of_values(path: Path, name: str, stands: CellValue, given: Mapping[str, Any]) -> Guard:
    listed = given["one_of"] if "one_of" in given else [given["equals"]]
    if not isinstance(listed, list) or not listed:
        raise ConfigError(f'{path}: one_of of the guard {name} must be a list, as ["OK", "DONE"]')
    allowed: list[CellValue] = []
    for value in listed:
        if not isinstance(value, str | bool | int | float) or value != value:
            raise ConfigError(
                f"{path}: the guard {name} takes texts, numbers, true and false, got {value}"
            )
        allowed.append(value if isinstance(value, str | bool) else float(value))
    kinds = dict.fromkeys(_KINDS[type(value)] for value in allowed)
    if type(stands) in _KINDS and (holds := _KINDS[type(stands)]) not in kinds:
        hint = "; write true or false without quotation marks" if holds == _KINDS[bool] else ""
        raise ConfigError(
            f"{path}: the guard {name} expects {' or '.join(kinds)}, and the cell holds "
            f"{holds}, {shown(stands)}{hint}"
        )
    return Guard(name, allowed=tuple(allowed))
