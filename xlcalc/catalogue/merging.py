"""What changes in a team's catalogue by rows that were read elsewhere?

`changes` compares rows with those of a folder, and `write_rows` puts them there: a known id is
replaced, a new one added, and all other rows stay as they are. Nothing is written before the whole
folder has been read as a catalogue.
"""

import csv
import io
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from xlcalc.catalogue.reader import FILES, read_rows
from xlcalc.errors import CatalogueError
from xlcalc.files import read_csv, write_file


@dataclass(frozen=True)
class Change:
    """A row that is new or says something else.

    Attributes
    ----------
    identity : str
        Id of the row.
    columns : tuple
        Column, what it said, and what it says now, of each column that differs; what a new row
        says stands beside nothing.
    new : bool
        Whether the folder has no row of this id.
    """

    identity: str
    columns: tuple[tuple[str, str, str], ...]
    new: bool


def changes(folder: Path, file: str, rows: Iterable[dict[str, str]]) -> list[Change]:
    """Return which rows are new in a folder's file, and which say something else."""
    known = {row["id"]: row for row in _lines(folder / file)}
    found = []
    for row in rows:
        old = known.get(row["id"], {})
        differing = tuple(
            (column, old.get(column, ""), value)
            for column, value in row.items()
            if column not in {"id", "read_in"} and old.get(column, "") != value
        )
        if differing:
            found.append(Change(row["id"], differing, row["id"] not in known))
    return found


def write_rows(folder: Path, file: str, rows: Iterable[dict[str, str]]) -> None:
    """Put rows into a folder's file, which is made if it is not there.

    Raises
    ------
    CatalogueError
        If the file with these rows would be none of a catalogue; it stays as it was.
    """
    merged = {row["id"]: row for row in _lines(folder / file)}
    merged |= {row["id"]: row for row in rows}
    present = {column for row in merged.values() for column, cell in row.items() if cell}
    columns = [column for column in _columns(file) if column in present]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(merged.values())
    data = text.getvalue().encode()
    with tempfile.TemporaryDirectory() as trial:
        for name in FILES:
            if name != file and (folder / name).exists():
                shutil.copyfile(folder / name, Path(trial) / name)
        (Path(trial) / file).write_bytes(data)
        try:
            read_rows(file, Path(trial))
        except CatalogueError as error:
            reason = str(error).replace(f"{trial}/", "")
            raise CatalogueError(f"nothing was written: {reason}") from None
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / file, data)


def _lines(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file as texts; none if there is no file."""
    if not path.exists():
        return []
    (_, header), *lines = read_csv(path, CatalogueError)
    columns = [cell.strip() for cell in header]
    return [dict(zip(columns, map(str.strip, cells), strict=False)) for _, cells in lines]


def _columns(file: str) -> list[str]:
    """Return the columns of a catalogue file, in their order."""
    with Path(__file__).with_name(file).open(encoding="utf-8", newline="") as lines:
        return next(csv.reader(lines))
