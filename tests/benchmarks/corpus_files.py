"""What do xlcalc and each engine make of one workbook that Excel saved?

`measured` gives a `FileResult`: xlcalc by its command on the file as it is, each engine alone on
the file without the stored values of its formulas. Every formula cell that has a stored value is
compared with it; volatile cells, what follows from them, and what-if data tables are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.cell_values import Key, Value, same
from tests.benchmarks.changed_files import without_values
from tests.benchmarks.engine_values import EngineValues
from tests.benchmarks.recalc_command import BareCommand, Outcome, recalculate
from tests.benchmarks.references import References
from tests.benchmarks.stored_values import Stored, read, values_of
from xlcalc.calc.engines.interface import EngineError

OURS = "xlcalc"
"""What the command is called where it is measured as an engine is."""
EXAMPLES = 20
"""Differences of a file that are kept with their values."""


@dataclass
class Measured:
    """What one way of calculating gave for a file."""

    kind: str
    right: int = 0
    seconds: float = 0.0
    sentence: str = ""
    wrong: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class FileResult:
    """What is known of one file; `silent` and `named` count cells of xlcalc's."""

    file: str
    group: str
    cells: int = 0
    volatile: int = 0
    unreadable: str = ""
    xlcalc: Measured = field(default_factory=lambda: Measured("refused"))
    named: int = 0
    kept: int = 0
    silent: int = 0
    engines: dict[str, Measured] = field(default_factory=dict)
    change: dict[str, Any] | None = None

    @property
    def whole(self) -> bool:
        """Whether xlcalc calculated every cell as Excel did."""
        done = self.xlcalc.kind == "done"
        return done and self.xlcalc.right == self.cells and not self.kept

    @property
    def usable(self) -> bool:
        """Whether a file was written in which no cell is wrong in silence."""
        return self.xlcalc.kind == "done" and not self.silent


class Excel:
    """A workbook and the values in it that count.

    Parameters
    ----------
    data : bytes
        The workbook.

    Attributes
    ----------
    cells, want : list
        The cells that count, and Excel's values in them.
    bare : bytes
        The workbook without the stored values of its formulas.
    given : dict of str to list
        What each engine gave for the cells on the bare workbook.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.stored: Stored = read(data)
        self.references = References(self.stored)
        self.volatile = self.references.volatile()
        self.cells = [
            key
            for key, cell in self.references.formulas.items()
            if cell.value is not None and cell.kind != "dataTable" and key not in self.volatile
        ]
        self.want: list[Value] = [self.stored.cells[key].value for key in self.cells]
        self.bare = without_values(data)
        self.given: dict[str, list[Value]] = {}

    def differences(self, got: Sequence[Value]) -> list[tuple[Key, Value, Value]]:
        """Return the cells where some values are not Excel's, with both."""
        pairs = zip(self.cells, self.want, got, strict=True)
        return [(key, want, have) for key, want, have in pairs if not same(want, have)]

    def examples(self, wrong: list[tuple[Key, Value, Value]]) -> list[dict[str, Any]]:
        """Return the first differences with their formulas."""
        return [
            {
                "cell": str(key),
                "excel": shown(want),
                "got": shown(have),
                "formula": self.references.text(key)[:200],
            }
            for key, want, have in wrong[:EXAMPLES]
        ]


def shown(value: Value) -> object:
    """Return a value as JSON has it; errors are their code."""
    return value.code if isinstance(value, tuple) else value


def measured(
    path: Path,
    group: str,
    engines: Mapping[str, EngineValues | BareCommand],
    scratch: Path,
    seconds: float,
) -> tuple[FileResult, Excel | None]:
    """Return what xlcalc and some engines make of a file, and what Excel stored in it.

    Parameters
    ----------
    path, group : Path and str
        The workbook, and the group that it is counted in.
    engines : mapping of str to EngineValues or BareCommand
        The engines that are measured alone.
    scratch : Path
        A folder for what xlcalc writes.
    seconds : float
        The time that each of them has [s].
    """
    result = FileResult(path.name, group)
    outcome = recalculate(path, scratch / f"out{path.suffix}", seconds)
    result.xlcalc = Measured(outcome.kind, 0, outcome.seconds, outcome.sentence)
    try:
        excel = Excel(path.read_bytes())
    except Exception as error:  # noqa: BLE001  a file that nobody can read is counted and named
        result.unreadable = f"{type(error).__name__}: {error}"
        return result, None
    result.cells, result.volatile = len(excel.cells), len(excel.volatile)
    _judge(result, outcome, excel)
    for name, engine in engines.items():
        result.engines[name] = _alone(name, engine, excel, seconds)
    return result, excel


def _judge(result: FileResult, outcome: Outcome, excel: Excel) -> None:
    result.named = len(outcome.named)
    result.kept = sum(verdict.startswith("kept") for verdict in outcome.named.values())
    if outcome.written is None:
        return
    wrong = excel.differences(values_of(outcome.written, excel.cells))
    silent = [one for one in wrong if not outcome.names(one[0])]
    result.xlcalc.right = len(excel.cells) - len(wrong)
    result.silent = len(silent)
    result.xlcalc.wrong = excel.examples(silent)


def _alone(name: str, engine: EngineValues | BareCommand, excel: Excel, seconds: float) -> Measured:
    try:
        got, taken = engine.values(excel.bare, excel.cells, seconds)
    except EngineError as error:
        return Measured("failed", 0, 0.0, str(error))
    excel.given[name] = got
    wrong = excel.differences(got)
    right = len(excel.cells) - len(wrong)
    return Measured("done", right, taken, "", excel.examples(wrong))
