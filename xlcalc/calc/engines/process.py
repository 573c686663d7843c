"""How does an engine run where its death, its hunger and its sleep cost one sentence?

In a process of its own, whose memory and time are limited. It starts when it is first needed, holds
one workbook after the other, and starts again after it died.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any, Self, cast

from xlcalc.calc.engines.interface import THE_WORKBOOK, EngineDiedError, EngineError
from xlcalc.calc.engines.local import ENGINES, known
from xlcalc.calc.engines.worker import DONE, ENDED, FAILED, HUNGRY, START, read_frame, write_frame
from xlcalc.cell_values import CellValue
from xlcalc.confinement import ran_out_of_memory
from xlcalc.ooxml.positions import Position

MEMORY = 2**30
"""Memory that the process of an engine may take, unless somebody says otherwise [byte]."""
TIMEOUT = 120.0
"""Time that one request may take, unless somebody says otherwise [s]."""
_WORDS = 8192
"""Bytes at the begin and at the end of what a process said that may hold the reason of its end."""


class _Closing:
    """What is closed when its context ends."""

    def close(self) -> None:
        """End what runs; a second time does nothing."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class EngineProcess(_Closing):
    """An engine in a process of its own; every method is that of `SpreadsheetEngine`.

    Parameters
    ----------
    name : str
        One of `xlcalc.calc.engines.local.ENGINES`.
    memory : int
        Memory that the process may take, 0 for no limit [byte]. Only Linux limits it.
    timeout : float
        Time that one request may take [s]; it may be set anew between requests.

    Raises
    ------
    UsageError
        If no engine has this name.
    EngineError
        From every method, if the engine cannot do it, or its package is not installed.
    EngineDiedError
        From every method, if the process ended. It is gone then, and its workbook with it; the
        next `load` begins another.
    """

    def __init__(self, name: str, *, memory: int = MEMORY, timeout: float = TIMEOUT) -> None:
        self.name = known(name)
        self.memory = memory
        self.timeout = timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None
        self._file: str | None = None

    def load(self, data: bytes, file: str = THE_WORKBOOK, now: datetime | None = None) -> None:
        """Take a workbook in place of the one before, and calculate it."""
        self._file = None
        self._ask(f"calculated {file}", "load", data, file, now)
        self._file = file

    def values(self, places: Mapping[str, Sequence[Position]]) -> dict[str, list[CellValue]]:
        """Return the values of cells, in the order of their positions."""
        found = self._ask(f"gave values of {self._loaded()}", "values", dict(places))
        return cast("dict[str, list[CellValue]]", found)

    def set_values(self, constants: Mapping[str, Mapping[Position, CellValue]]) -> None:
        """Put constants into cells, and calculate what follows from them."""
        file = self._loaded()
        self._file = None
        self._ask(f"calculated {file}", "set_values", dict(constants))
        self._file = file

    @property
    def process_id(self) -> int | None:
        """The number of the process; None if there is none."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Begin the process, unless it runs, so that it gets ready while others work."""
        if self._process is None:
            self._said = tempfile.TemporaryFile()  # noqa: SIM115  close closes it
            on_main_thread = threading.current_thread() is threading.main_thread()
            program = START.format(
                path=sys.path,
                module=read_frame.__module__,
                name=self.name,
                memory=self.memory,
                # Linux takes the end of the thread that began a process for the end of its parent.
                parent=os.getpid() if on_main_thread else 0,
            )
            self._process = subprocess.Popen(  # noqa: S603  our own program
                [sys.executable, "-c", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                # Naming every function on the way to an abort takes seconds.
                env={**os.environ, "RUST_BACKTRACE": "0"},
            )

    def close(self) -> None:
        """End the process, if there is one."""
        self._file = None
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    # Half a request may wait in it, which nobody reads any more.
                    with contextlib.suppress(OSError):
                        stream.close()
        if self._said is not None:
            self._said.close()
            self._said = None

    def _loaded(self) -> str:
        if self._file is None:
            raise EngineError(f"{self.name} has no workbook")
        return self._file

    def _ask(self, what: str, method: str, *arguments: object) -> Any:
        """Return what the engine answers; `what` says in a sentence what it did when it died."""
        self.start()
        process = self._process
        assert process is not None  # noqa: S101  it was started
        assert process.stdin is not None  # noqa: S101  it has pipes
        assert process.stdout is not None  # noqa: S101
        late = threading.Event()
        timer = threading.Timer(self.timeout, _end, [process, late])
        timer.daemon = True
        timer.start()
        try:
            write_frame(process.stdin, (method, arguments, self.timeout))
            kind, result = read_frame(process.stdout)
        except (EOFError, OSError):
            timer.cancel()
            reason = f"after {self.timeout:g} s" if late.is_set() else self._reason(process)
            self.close()
            raise EngineDiedError(f"{self.name} ended while it {what}: {reason}") from None
        except BaseException:  # what it answers next would be taken for another answer
            self.close()
            raise
        finally:
            timer.cancel()
        if late.is_set() or kind == HUNGRY:
            reason = f"after {self.timeout:g} s" if late.is_set() else self._hunger()
            self.close()
            raise EngineDiedError(f"{self.name} ended while it {what}: {reason}")
        if kind == ENDED:
            self.close()
            raise EngineDiedError(result)
        if kind == FAILED:
            raise EngineError(result)
        assert kind == DONE  # noqa: S101  there is no other
        return result

    def _reason(self, process: "subprocess.Popen[bytes]") -> str:
        """Return why the process ended."""
        status = process.wait()
        said = self._words()
        if ran_out_of_memory(said):
            return self._hunger()
        if status < 0:
            return f"signal {signal.Signals(-status).name}"
        return f"exit status {status}"

    def _words(self) -> bytes:
        """Return what the process said, without the middle of it where that is long."""
        if self._said is None:
            return b""
        length = self._said.seek(0, os.SEEK_END)
        self._said.seek(0)
        first = self._said.read(_WORDS)
        self._said.seek(max(len(first), length - _WORDS))
        return first + self._said.read()

    def _hunger(self) -> str:
        if not self.memory:
            return "no memory is left"
        amount = self.memory >> 20
        return (
            f"more than {amount / 1024:g} GB of memory"
            if amount >= 1024
            else (f"more than {amount} MB of memory")
        )


class EnginePool(_Closing):
    """One process for each engine, for many files one after the other.

    Parameters
    ----------
    names : iterable of str
        Engines, in the order of preference; all of `ENGINES` if left out.
    memory, timeout : int, float
        As for `EngineProcess`.
    """

    def __init__(
        self,
        names: Iterable[str] = tuple(ENGINES),
        *,
        memory: int = MEMORY,
        timeout: float = TIMEOUT,
    ) -> None:
        self._engines = {
            name: EngineProcess(name, memory=memory, timeout=timeout) for name in names
        }

    def __getitem__(self, name: str) -> EngineProcess:
        return self._engines[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._engines)

    def __len__(self) -> int:
        return len(self._engines)

    def close(self) -> None:
        """End all processes."""
        for engine in self._engines.values():
            engine.close()


def _end(process: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    """End a process at its time limit."""
    late.set()
    process.kill()
