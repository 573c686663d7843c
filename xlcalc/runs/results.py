"""What became of a scenario: the file and its figures, or the reason why there are none?

A `Result` is data. The manifest, the CSV files, the summary workbook and Markdown are renderings of
it, and nothing else is told of a scenario.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from xlcalc.cells import CellValue

_NO_VALUES: Mapping[str, CellValue] = {}
_NO_UNITS: Mapping[str, str] = {}
_NO_LABELS: Mapping[str, str] = {}
CHECK_FAILS = "a check of the workbook fails"
"""The sentence among broken guards where `checks_hold` is FALSE."""
WRITTEN, BROKEN, FAILED = "written", "guard broken", "failed"


class Result(NamedTuple):
    """What became of a scenario.

    Attributes
    ----------
    row : int
        The scenario's place in its list.
    scenario : str
        Its name.
    file : str
        Name of the file that was written; empty for none.
    values : mapping of str to CellValue
        The value of every named cell; empty where the scenario failed.
    units : mapping of str to str
        The unit beside every named cell.
    failure, column : str
        Why there is no file, and the column of the list that is at fault, if one is.
    broken : tuple of str
        The guards that are broken and the checks that fail, a sentence each.
    inputs_hash, size_crc32 : str
        Hash of its settings, and size and checksum of its file: by these `--resume` knows what is
        done and intact.
    labels : mapping of str to str
        Texts of columns of the list that are no inputs.
    """

    row: int
    scenario: str
    file: str = ""
    values: Mapping[str, CellValue] = _NO_VALUES
    units: Mapping[str, str] = _NO_UNITS
    failure: str = ""
    column: str = ""
    broken: tuple[str, ...] = ()
    inputs_hash: str = ""
    size_crc32: str = ""
    labels: Mapping[str, str] = _NO_LABELS

    @property
    def ok(self) -> bool:
        """Whether the workbook is written, no guard is broken and no check fails."""
        return not self.failure and not self.broken

    @property
    def remark(self) -> str:
        """What is wrong, if anything is."""
        return self.failure or "; ".join(self.broken)

    @property
    def status(self) -> str:
        """What became of the scenario, in a word or two."""
        return FAILED if self.failure else BROKEN if self.broken else WRITTEN


@dataclass
class Counts:
    """How many scenarios there were, and how many of them are not as they should be."""

    runs: int = 0
    failed: int = 0
    broken: int = 0

    def add(self, result: Result) -> None:
        """Count a scenario."""
        self.runs += 1
        self.failed += bool(result.failure)
        self.broken += bool(result.broken)
