"""What is there to do in a batch: the workbook, the blocks of scenarios, and what became of each?

A `BatchJob` says once what all blocks have in common; a `Block` is a few scenarios that are
calculated at once; a `BlockResult` is what became of them. All three travel to other processes.
"""

import math
from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import TypeAlias

from xlcalc.calc.ensemble import TOGETHER
from xlcalc.calc.model import Trust, WorkbookModel
from xlcalc.errors import InputValueError, WorkerError
from xlcalc.ooxml.pictures import Picture
from xlcalc.plugins import VARIABLE
from xlcalc.registry import PLUGINS
from xlcalc.runs.picture_files import PictureFiles
from xlcalc.runs.results import Result
from xlcalc.runs.run_names import printable
from xlcalc.runs.scenarios import Scenario
from xlcalc.runs.stores import Store

FIRST_BLOCK, BLOCK = 20, 500
"""Scenarios that are calculated at once, in the beginning and at most."""
BLOCK_SECONDS = 1.0
"""Seconds that a block takes at most, so that little is lost when a batch is broken off."""
WINDOW = 5_000
"""Scenarios among which those that are alike are put together."""
PICTURE_BYTES = 20_000_000
"""Size of the pictures of a block, from which on it takes no further scenario [byte]."""


def known_functions() -> tuple[tuple[str, str], ...]:
    """Return the packages and files of others that this process knows, with fingerprints."""
    return tuple((plugin.title, plugin.fingerprint()) for plugin in PLUGINS)


def refuse_other_functions(functions: Iterable[tuple[str, str]]) -> None:
    """Refuse to work for a process that knows functions of others which this one does not.

    Raises
    ------
    WorkerError
        With the package or file.
    """
    known = {fingerprint for _, fingerprint in known_functions()}
    for title, fingerprint in functions:
        if fingerprint not in known:
            raise WorkerError(
                f"a worker does not know the functions of {title} as they are here; install "
                f"the package there, or start it anew, with {VARIABLE} or without"
            )


@dataclass(frozen=True)
class BatchJob:
    """What a batch makes, in a form that travels to other processes.

    Attributes
    ----------
    data, label : bytes and str
        The workbook, and what to call it in a sentence.
    columns : tuple of str
        Names of the inputs that scenarios set.
    store : Store
        Where the files go.
    suffix, dialect : str
        Ending of the files, and the form of their formulas.
    template_hash : str
        Hash of the workbook, its form and the catalogues.
    now : datetime
        The moment of TODAY and NOW, one for all processes.
    catalogue : Path or None
        Folder of a team's own catalogue.
    trust : Trust
        With which cells of the workbook our engine is not trusted.
    lists : tuple of (str, tuple of str)
        The tables that get rows of each scenario, and the columns that their lists have.
    functions : tuple of (str, str)
        The packages and files of others whose functions the process that began knows, and their
        fingerprints.
    """

    data: bytes = field(repr=False)
    label: str
    columns: tuple[str, ...]
    store: Store
    suffix: str
    dialect: str
    template_hash: str
    now: datetime
    catalogue: Path | None = None
    trust: Trust = field(default_factory=Trust, repr=False)
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()
    functions: tuple[tuple[str, str], ...] = field(default_factory=known_functions)

    def model(self) -> WorkbookModel:
        """Read the workbook, in a process that has only its bytes.

        Raises
        ------
        WorkerError
            If the process does not know the same functions of others.
        """
        refuse_other_functions(self.functions)
        model = WorkbookModel(self.data, self.label, self.now)
        model.trusted(self.trust, TOGETHER)
        return model


@dataclass(frozen=True)
class Block:
    """Scenarios to make at once, and what an earlier run made of each, if it did.

    Their pictures are here by the paths that scenarios have, each once.
    """

    scenarios: tuple[Scenario, ...]
    known: tuple[Result | None, ...]
    pictures: Mapping[str, Picture] = field(default_factory=dict, repr=False)

    def pictures_of(self, scenario: Scenario) -> dict[str, Picture]:
        """Return the picture for each place that a scenario puts one into."""
        return {place: self.pictures[path] for place, path in scenario.pictures.items()}


@dataclass(frozen=True)
class BlockResult:
    """What became of a block.

    Attributes
    ----------
    results : tuple of Result
        What became of each scenario, in their order.
    slow : str
        Why each was calculated alone; empty where they were calculated at once.
    seconds : float
        How long it took.
    """

    results: tuple[Result, ...]
    slow: str = ""
    seconds: float = 0.0


Production: TypeAlias = Generator[BlockResult, None, None]
"""What became of blocks, in their order."""


class BlockSize:
    """How many scenarios are a block.

    Parameters
    ----------
    count : int
        Scenarios in all.
    workers : int
        Processes that share them.
    """

    def __init__(self, count: int, workers: int) -> None:
        self._most = min(BLOCK, max(1, math.ceil(count / (2 * workers))))
        self.size = min(FIRST_BLOCK, self._most)

    def note(self, done: BlockResult) -> None:
        """Learn from a block that is done how many scenarios the next ones can have."""
        taken = done.seconds
        fitting = int(BLOCK_SECONDS * len(done.results) / taken) if taken else self._most
        self.size = max(1, min(fitting, self._most))


class ListOrder:
    """The order of a list, for results that are made in another one."""

    def __init__(self) -> None:
        self._due: deque[int] = deque()
        self._here: dict[int, Result] = {}

    def expect(self, scenarios: Iterable[Scenario]) -> None:
        """Note which scenarios come next in the list."""
        self._due.extend(scenario.row for scenario in scenarios)

    def add(self, results: Iterable[Result]) -> Iterator[Result]:
        """Take results, and yield those whose turn it is."""
        self._here.update((result.row, result) for result in results)
        while self._due and self._due[0] in self._here:
            yield self._here.pop(self._due.popleft())


def blocks(
    scenarios: Iterable[Scenario],
    known: Callable[[int], Result | None],
    size: BlockSize,
    order: ListOrder,
    files: PictureFiles,
    alike: Callable[[Scenario], Hashable] | None = None,
) -> Iterator[Block]:
    """Yield scenarios in blocks, with what an earlier run made of their rows.

    Parameters
    ----------
    scenarios : iterable of Scenario
        The list.
    known : callable
        Gives the result of a row, or None.
    size : BlockSize
        How many scenarios the next block has; it may change from block to block.
    order : ListOrder
        Learns the order of the list.
    files : PictureFiles
        The pictures of the list.
    alike : callable, optional
        Gives what scenarios have in common that are made together. A block of scenarios that are
        all different costs as much for each as a block of one; so they are sought in a larger part
        of the list.
    """
    waiting = iter(scenarios)
    while window := list(islice(waiting, size.size if alike is None else WINDOW)):
        order.expect(window)
        if alike is not None:
            groups: dict[Hashable, list[Scenario]] = {}
            for scenario in window:
                groups.setdefault(alike(scenario), []).append(scenario)
            window = list(chain.from_iterable(groups.values()))
        rest = iter(window)
        while True:
            pictures: dict[str, Picture] = {}
            block = tuple(_next_of(rest, size.size, pictures, files))
            if not block:
                break
            yield Block(block, tuple(known(scenario.row) for scenario in block), pictures)


def _next_of(
    rest: Iterator[Scenario],
    size: int,
    pictures: dict[str, Picture],
    files: PictureFiles,
) -> Iterator[Scenario]:
    """Yield the scenarios of a block, whose pictures are put aside."""
    weight = 0
    for scenario in islice(rest, size):
        for place, path in scenario.pictures.items():
            try:
                if path not in pictures:
                    pictures[path] = files.read(path)
                    weight += len(pictures[path].data)
            except InputValueError as error:
                scenario = replace(
                    scenario,
                    settings={},
                    rows={},
                    pictures={},
                    problem=scenario.problem or printable(str(error)),
                    column=scenario.column or files.columns[place],
                )
                break
        yield scenario
        if weight >= PICTURE_BYTES:
            break
