"""Which rows does a table of a template have, and what cannot be one of its formulas?

A row knows its file and line, so that whatever is wrong with it can be said with its place.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl.utils import FORMULAE

from xlcalc.errors import UsageError, suggestion
from xlcalc.files import read_csv
from xlcalc.formula_text import calls
from xlcalc.registry import BY_NAME
from xlcalc.worksheet import spec_of

_EXCEL = FORMULAE | {"IFNA", "XNPV", "IFERROR", "SUMIFS", "COUNTIFS", "AVERAGEIFS"}


class TableError(UsageError):
    """A row of a template's table that cannot be read."""


@dataclass(frozen=True)
class Record:
    """A row of a table with the names of its columns, and where it stands."""

    at: str
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fail(self, sentence: str) -> TableError:
        """Return an error with the place of the row before the sentence."""
        return TableError(f"{self.at}: {sentence}")

    def need(self, *columns: str) -> None:
        """Refuse the row if one of some cells is empty."""
        for column in columns:
            if not self[column]:
                raise self.fail(f"{column} is empty")


def read_records(path: Path, columns: Sequence[str]) -> Iterator[Record]:
    """Yield the rows of a table that has these columns, in this order."""
    (first, header), *rows = read_csv(path, TableError)
    where = f"{path.parent.name}/{path.name}"
    if tuple(header) != tuple(columns):
        raise TableError(f"{where}, line {first}: the columns are {', '.join(columns)}")
    for line, cells in rows:
        at = f"{where}, line {line}"
        if len(cells) != len(columns):
            raise TableError(f"{at}: {len(cells)} cells, not {len(columns)}")
        stripped = [cell.strip().replace("\\n", "\n") for cell in cells]
        yield Record(at, dict(zip(columns, stripped, strict=True)))


def mistake(formula: str) -> str:
    """Return why a text cannot be a formula: brackets, quotation marks, functions, arguments."""
    bare = re.sub(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'', "", formula)
    if '"' in bare:
        return "a quotation mark does not close"
    depth = 0
    for letter in bare:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth < 0:
            break
    if depth:
        return "a bracket does not close" if depth > 0 else "a bracket closes that does not open"
    for call in calls(formula):
        spec = spec_of(BY_NAME[call.name]) if call.name in BY_NAME else None
        if spec is None and call.name not in _EXCEL:
            return f"there is no function {call.name}{suggestion(call.name, BY_NAME)}"
        if spec is not None:
            least = sum(not argument.optional for argument in spec.arguments)
            if not least <= len(call.arguments) <= len(spec.arguments):
                return (
                    f"{call.name} takes {least} to {len(spec.arguments)} arguments, not "
                    f"{len(call.arguments)}"
                )
    return ""
