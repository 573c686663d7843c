"""How does a Dask cluster answer for a workbook in many scenarios, without a file?

The workbook travels once to each worker, the scenarios in blocks, and the results come back in
their order. What a block gives does not depend on who calculates it: the answer is the same to the
bit as on one machine.
"""

import contextlib
import hashlib
import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from xlcalc import catalogue as catalogue_package
from xlcalc.calc.ensemble import TOGETHER
from xlcalc.calc.many import Answers, Given, ManyScenarios
from xlcalc.calc.model import Trust, WorkbookModel
from xlcalc.catalogue import catalogues
from xlcalc.runs.connection import connected, result_of
from xlcalc.runs.jobs import known_functions, refuse_other_functions
from xlcalc.workbook import Workbook

BLOCK = 20_000
"""Scenarios of a task, at most."""


@dataclass(frozen=True)
class _Sent:
    """A workbook on its way to workers."""

    data: bytes = field(repr=False)
    label: str
    now: datetime
    catalogue: Path | None
    trust: Trust = field(repr=False)
    functions: tuple[tuple[str, str], ...]


@contextlib.contextmanager
def answers_of_cluster(book: Workbook, address: str) -> Iterator[None]:
    """Let a cluster answer for a workbook for a while.

    Parameters
    ----------
    book : Workbook
        The workbook.
    address : str
        Address of the Dask scheduler, as tcp://host:8786.

    Raises
    ------
    UsageError
        If the address is not one, or the package is missing.
    WorkerError
        If the cluster cannot be reached, is lost or is unfit.
    """
    model = book.model
    folder = catalogues().folder
    sent = _Sent(
        model.package.to_bytes(),
        model.name,
        model.now,
        None if folder is None else folder.absolute(),
        model.trust,
        known_functions(),
    )
    with connected(address, "nothing was written") as client:
        there = client.submit(_received, sent, pure=False)

        def answers(columns: Mapping[str, Given], count: int, results: Collection[str]) -> Answers:
            names, wanted = tuple(columns), tuple(results)
            workers = max(1, sum(client.nthreads().values()))
            size = max(1, min(BLOCK, -(-count // workers)))
            tasks = []
            for first in range(0, count, size):
                block = {name: column[first : first + size] for name, column in columns.items()}
                rows = min(size, count - first)
                tasks.append(
                    client.submit(
                        _answered, there, names, wanted, block, rows, pure=False, retries=2
                    )
                )
            return _together([result_of(client, task) for task in tasks], size, wanted)

        with book.answered_by(answers):
            yield


def _together(parts: list[Answers], size: int, wanted: tuple[str, ...]) -> Answers:
    """Return the answers of blocks as those of one list."""
    values: dict[str, Any] = {}
    for name in wanted:
        columns = [part.values[name] for part in parts]
        numbers = [column for column in columns if isinstance(column, np.ndarray)]
        if len(numbers) == len(columns):
            values[name] = np.concatenate(numbers)
        else:
            values[name] = [value for column in columns for value in column]
    problems = {
        row + number * size: text
        for number, part in enumerate(parts)
        for row, text in part.problems.items()
    }
    return Answers(values, problems)


def _received(sent: _Sent) -> _Sent:
    """Return a workbook as a result, which workers hand on to each other."""
    return sent


_lock = threading.Lock()


def _answered(
    sent: _Sent,
    names: tuple[str, ...],
    wanted: tuple[str, ...],
    block: Mapping[str, Given],
    rows: int,
) -> Answers:
    """Answer for a block in a process of the cluster, whose threads take turns at a workbook."""
    with _lock:
        return _ready(sent, names, wanted).answers(block, rows)


_kept: dict[object, ManyScenarios] = {}


def _ready(sent: _Sent, names: tuple[str, ...], wanted: tuple[str, ...]) -> ManyScenarios:
    """Return a workbook that is ready for scenarios, the same one for the next block."""
    digest = hashlib.blake2b(sent.data, digest_size=16).digest()
    key = digest, sent.now, sent.catalogue, sent.functions, names, wanted
    if key not in _kept:
        _kept.clear()
        refuse_other_functions(sent.functions)
        catalogue_package.use(sent.catalogue)
        model = WorkbookModel(sent.data, sent.label, sent.now)
        model.trusted(sent.trust, TOGETHER)
        inputs = tuple(model.input(name).name for name in names)
        _kept[key] = ManyScenarios(model, inputs, wanted)
    return _kept[key]
