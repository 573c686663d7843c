"""What do `formulas` and `pycel` give for a workbook: a process of its own for each file.

`PythonPeer("pycel").values(data, cells, seconds)` runs this module as a program there. It reads the
place of a workbook and its cells from the standard input, and writes their values to the standard
output. A package that fails in one cell is asked for the others.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from tests.benchmarks.cell_values import CellFailure, Key, Value, plain
from tests.benchmarks.processes import MEMORY, end, limit_memory
from xlcalc.calc.engines.interface import EngineError

_ERROR = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A)")
Reader = Callable[[Key], Value]


class PythonPeer:
    """A package that calculates workbooks in Python.

    Parameters
    ----------
    name : str
        One of `READERS`.
    memory : int
        Memory that a process may take [byte].
    """

    def __init__(self, name: str, memory: int = MEMORY) -> None:
        self.name, self.memory = name, memory

    def values(
        self, data: bytes, cells: Sequence[Key], seconds: float
    ) -> tuple[list[Value], float]:
        """Return the values of cells after calculating a workbook, and the seconds it took.

        Importing the package is not in the seconds.

        Raises
        ------
        EngineError
            If the package refuses the workbook, dies, or takes longer.
        """
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "bare.xlsx"
            file.write_bytes(data)
            asked = {"name": self.name, "file": str(file), "cells": cells}
            with subprocess.Popen(
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                start_new_session=True,
            ) as process:
                limit_memory(process, self.memory)
                try:
                    said, _ = process.communicate(json.dumps(asked), timeout=seconds)
                except subprocess.TimeoutExpired:
                    end(process)
                    raise EngineError(f"over {seconds:g} s") from None
        if process.returncode or not said:
            raise EngineError(f"died with status {process.returncode}")
        answer = json.loads(said)
        if "why" in answer:
            raise EngineError(answer["why"])
        return [_from_json(value) for value in answer["values"]], answer["seconds"]

    def close(self) -> None:
        """Do nothing: each file has a process of its own."""


def installed_peers() -> list[str]:
    """Return the packages that are installed here."""
    return [name for name in READERS if importlib.util.find_spec(name) is not None]


def _pycel(file: Path) -> Reader:
    from pycel import ExcelCompiler

    compiler = ExcelCompiler(filename=str(file))

    def read(key: Key) -> Value:
        sheet = key.sheet.replace("'", "''")
        return _plain(compiler.evaluate(f"'{sheet}'!{key.name}"))

    return read


def _formulas(file: Path) -> Reader:
    import formulas

    solution: Mapping[str, Any] = formulas.ExcelModel().loads(str(file)).finish().calculate()
    found: dict[tuple[str, int, int], object] = {}
    for one in solution.values():
        for area in getattr(one, "ranges", None) or ():
            # Its sheet stands there as '[file.xlsx]SHEET'.
            sheet = area["sheet_id"].rpartition("]")[2].removesuffix("'").replace("''", "'")
            top, left = int(area["r1"]), int(area["n1"])
            for row, values in enumerate(one.value):
                for column, value in enumerate(values):
                    found.setdefault((sheet, top + row, left + column), value)
    return lambda key: _plain(found.get((key.sheet.upper(), key.row, key.column)))


READERS: dict[str, Callable[[Path], Reader]] = {
    "formulas": _formulas,
    "pycel": _pycel,
}


def _plain(value: Any) -> Value:
    """Return what a package gives as the value of a cell."""
    if hasattr(value, "item"):  # of numpy
        value = value.item()
    text = str(value)
    if _ERROR.fullmatch(text):
        return CellFailure(text)
    return plain(value) if isinstance(value, (bool, int, float, str)) else None


def _from_json(value: Any) -> Value:
    return CellFailure(*value) if isinstance(value, list) else value


def _one(reader: Reader, key: Key) -> Value:
    try:
        return reader(key)
    except Exception:  # noqa: BLE001  what it raises is all that it has to say of the cell
        return None


def main() -> None:
    """Answer one request."""
    asked = json.loads(sys.stdin.read())
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # packages print
    warnings.simplefilter("ignore")
    file = Path(asked["file"])
    try:
        reader_of = READERS[asked["name"]]
        _one(reader_of(_tiny(file.with_name("tiny.xlsx"))), Key("Sheet", 1, 1))
        began = time.perf_counter()
        reader = reader_of(file)
        values = [_one(reader, Key(*key)) for key in asked["cells"]]
        answer: dict[str, object] = {"values": values, "seconds": time.perf_counter() - began}
    except Exception as error:  # noqa: BLE001  packages fail with classes of their own
        answer = {"why": f"{type(error).__name__}: {str(error).partition(chr(10))[0][:200]}"}
    json.dump(answer, answers)
    answers.close()
    os._exit(0)  # threads of a package do not hold the process


def _tiny(file: Path) -> Path:
    """Write a workbook that has a package import what it needs."""
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(file)
    return file


if __name__ == "__main__":
    main()
