"""What does an engine give for the cells of a workbook: the product's own adapters and processes.

`EngineValues("ironcalc").values(data, cells, seconds=30)` loads the workbook in a process of its
own, without the stored values of its formulas, calculates it and returns the values. An engine that
dies, hangs or takes too much memory costs one `EngineError`; the next workbook gets a new process.
"""

import io
import os
import time
from collections.abc import Iterable, Sequence

import openpyxl

from tests.benchmarks.cell_values import Key, Value, plain
from xlcalc.calc.engines.files import engine_file
from xlcalc.calc.engines.interface import THE_WORKBOOK, EngineError
from xlcalc.calc.engines.local import package_is_here
from xlcalc.calc.engines.process import MEMORY, EngineProcess
from xlcalc.errors import WorkbookError
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.positions import Position

START_SECONDS = 90
"""formulon compiles itself for 5 to 20 s on a machine that it has not run on."""


def installed(names: Iterable[str]) -> list[str]:
    """Return those of some engines whose packages are installed."""
    return [name for name in names if package_is_here(name)]


class EngineValues:
    """An engine that is asked for one workbook after the other.

    Parameters
    ----------
    engine : str
        One of `xlcalc.calc.engines.local.ENGINES`.
    memory : int
        Memory that its process may take [byte].
    """

    def __init__(self, engine: str, memory: int = MEMORY) -> None:
        self.engine = engine
        self._process = EngineProcess(engine, memory=memory)

    def values(
        self, data: bytes, cells: Sequence[Key], seconds: float
    ) -> tuple[list[Value], float]:
        """Return the values of cells after calculating a workbook, and the seconds it took.

        The start of a process is not in the seconds.

        Raises
        ------
        EngineError
            If the engine refuses the workbook, dies, or takes longer.
        """
        process = self._process
        if process.process_id is None:
            process.timeout = START_SECONDS
            process.load(_tiny_workbook())
        try:
            bare = engine_file(Package(data, THE_WORKBOOK), self.engine)
        except WorkbookError as error:
            raise EngineError(str(error)) from None
        places: dict[str, list[Position]] = {}
        for key in cells:
            places.setdefault(key.sheet, []).append((key.row, key.column))
        process.timeout = seconds
        began = time.perf_counter()
        process.load(bare)
        found = {sheet: iter(values) for sheet, values in process.values(places).items()}
        taken = time.perf_counter() - began
        return [plain(next(found[key.sheet])) for key in cells], taken

    def close(self) -> None:
        """End the process."""
        self._process.close()


def _tiny_workbook() -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "=1+1"
    book.save(target)
    return target.getvalue()


def one_thread() -> None:
    """Let libraries in child processes use one thread, since engines run side by side."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
