"""What does an engine give for the cells of a workbook: a process of its own for each engine.

`EngineProcess("ironcalc").values(data, cells, seconds=30)` loads the workbook there, calculates it
and returns the values. An engine that dies, hangs or takes more than a gigabyte costs one
`EngineError`; the next workbook gets a new process.
"""

import contextlib
import importlib.util
import io
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import openpyxl

from tests.benchmarks.cell_values import CellFailure, Key, Value, plain
from tests.benchmarks.stored_values import read

MEMORY = 1 << 30
START_SECONDS = 90
"""formulon compiles itself for 5 to 20 s when a process calls it first."""
MODULES = {
    "formualizer": "formualizer",
    "betteroffice": "betteroffice_xlsx",
    "ironcalc": "ironcalc",
    "formulon": "formulon",
}
Reader = Callable[[Key], Value]


class EngineError(Exception):
    """An engine has no values for a workbook; the text says why."""


def installed(names: Sequence[str]) -> list[str]:
    """Return those of some engines that can be imported here."""
    return [name for name in names if importlib.util.find_spec(MODULES[name]) is not None]


def _formualizer(data: bytes) -> Reader:
    import formualizer

    from xlcalc.calc.engines.formualizer_adapter import CODES

    workbook = formualizer.load_workbook_bytes(data)
    workbook.set_temporal_egress("serial")
    workbook.evaluate_all()

    def value(key: Key) -> Value:
        got = workbook.get_value(*key)
        if not isinstance(got, dict):
            return plain(got)
        if got.get("type") != "Error":
            return None
        return CellFailure(CODES.get(got.get("kind", ""), "#VALUE!"))

    return value


def _betteroffice(data: bytes) -> Reader:
    import betteroffice_xlsx

    workbook = betteroffice_xlsx.Workbook.open_recalculated(data)

    def value(key: Key) -> Value:
        got = workbook.value(key.sheet, str(key).rpartition("!")[2])
        known = got is None or isinstance(got, (bool, int, float, str))
        return plain(got) if known else CellFailure(str(got))

    return value


def _ironcalc(data: bytes) -> Reader:
    import ironcalc

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.xlsx"
        path.write_bytes(data)
        model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.evaluate()
    sheets: dict[str, int] = {}
    for index, one in enumerate(model.get_worksheets_properties()):
        sheets[one["name"] if isinstance(one, dict) else one.name] = index

    def value(key: Key) -> Value:
        got = model.get_cell_value(sheets[key.sheet], key.row, key.column)
        # The engine returns errors as their texts.
        if isinstance(got, str) and got.startswith("#") and got[-1] in "!?A0":
            return CellFailure(got)
        return plain(got)

    return value


def _formulon(data: bytes) -> Reader:
    import formulon

    workbook = formulon.Workbook.load(data)
    workbook.recalc()
    count: Any = workbook.sheet_count
    number = count() if callable(count) else count
    sheets = {workbook.sheet_name(index): index for index in range(number)}

    def value(key: Key) -> Value:
        got = workbook.get_value(sheets[key.sheet], key.row - 1, key.column - 1)
        if got.kind.name == "ERROR":
            return CellFailure(formulon.error_display_name(got.error_code))
        return None if got.kind.name in ("EMPTY", "BLANK") else plain(got.to_python())

    return value


def _xlcalc(data: bytes) -> Reader:
    """What `xlcalc recalc` would write, by the functions that it calls."""
    from xlcalc.calc.model import WorkbookModel
    from xlcalc.calc.recalculation import EVERY, recalculated

    cells = read(
        recalculated(WorkbookModel(data, "the workbook"), (EVERY,)).package.to_bytes()
    ).cells
    return lambda key: cells[key].value if key in cells else None


READERS: dict[str, Callable[[bytes], Reader]] = {
    "xlcalc": _xlcalc,
    "formualizer": _formualizer,
    "betteroffice": _betteroffice,
    "ironcalc": _ironcalc,
    "formulon": _formulon,
}


def _serve(connection: Connection, engine: str, memory: int) -> None:
    """Answer (data, cells) with the values, or with a sentence, until the pipe is closed."""
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    silence = os.open(os.devnull, os.O_WRONLY)  # engines print, and panics are loud
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            data, cells = connection.recv()
            try:
                began = time.perf_counter()
                reader = READERS[engine](data)
                taken = time.perf_counter() - began
                connection.send((True, ([_one(reader, key) for key in cells], taken)))
            except BaseException as error:  # noqa: BLE001  engines panic with classes of their own
                text = str(error).partition("\n")[0][:300]
                connection.send((False, text or type(error).__name__))


def _one(reader: Reader, key: Key) -> Value:
    try:
        return reader(key)
    except BaseException as error:  # noqa: BLE001  a sheet that the engine does not have
        return f"no value: {type(error).__name__}"


class EngineProcess:
    """An engine in a process of its own."""

    def __init__(self, engine: str, memory: int = MEMORY) -> None:
        self.engine, self.memory = engine, memory
        self._process: Any = None
        self._connection: Any = None

    def values(
        self, data: bytes, cells: Sequence[Key], seconds: float
    ) -> tuple[list[Value], float]:
        """Return the values of cells after calculating a workbook, and the seconds it took.

        Raises
        ------
        EngineError
            If the engine refuses the workbook, dies, or takes longer.
        """
        if self._process is None:
            self._start()
        done, result = self._ask(data, cells, seconds)
        if not done:
            raise EngineError(result)
        return result

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, other = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(other, self.engine, self.memory), daemon=True
        )
        self._process.start()
        other.close()
        self._ask(_tiny_workbook(), [Key("Sheet1", 1, 1)], START_SECONDS)

    def _ask(self, data: bytes, cells: Sequence[Key], seconds: float) -> tuple[bool, Any]:
        try:
            self._connection.send((data, list(cells)))
            if not self._connection.poll(seconds):
                self.close()
                raise EngineError(f"over {seconds:g} s")
            return self._connection.recv()
        except (EOFError, OSError):
            self._process.join(5)
            status = self._process.exitcode
            self.close()
            raise EngineError(f"died with status {status}") from None

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._connection.close()
            self._process = None


def _tiny_workbook() -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "Sheet1"
    book.active["A1"] = "=1+1"
    book.save(target)
    return target.getvalue()


def one_thread() -> None:
    """Let libraries in child processes use one thread, since engines run side by side."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
