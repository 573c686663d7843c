"""What runs does a list of scenarios ask for, and what are their files called?

A list is a CSV or xlsx file: one row a run, and its columns are named inputs of a workbook. The
column `scenario` names the run's file. An empty cell keeps the workbook's own value.
"""

import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from xlcalc.errors import NameNotFoundError, ScenarioError
from xlcalc.files import read_csv, read_file
from xlcalc.workbook.model import WorkbookModel

NAME_COLUMN = "scenario"
MAX_STEM_BYTES = 180

_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])(\..*)?", re.I)


@dataclass(frozen=True)
class Scenario:
    """One run: its name, the stem of its file, its inputs, and its place in the list."""

    name: str
    stem: str
    settings: dict[str, object]
    row: int


def read_scenarios(path: Path, model: WorkbookModel) -> list[Scenario]:
    """Read a list of scenarios for a workbook.

    Raises
    ------
    ScenarioError
        If the list is unreadable or empty, a column is no input, or two runs have one name.
    """
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        rows = _read_xlsx(path)
    else:
        rows = [(number, list(cells)) for number, cells in read_csv(path, ScenarioError)]
    if not rows:
        raise ScenarioError(f"{path} has no header row")
    header = [str(cell or "").strip() for cell in rows[0][1]]
    header = [NAME_COLUMN if name.lower() == NAME_COLUMN else name for name in header]
    _check_header(path, header, model)
    scenarios: list[Scenario] = []
    for number, cells in rows[1:]:
        if len(cells) > len(header):
            raise ScenarioError(
                f"{path}, row {number}: {len(cells)} values for {len(header)} columns"
            )
        given = {
            name: value
            for name, value in zip(header, cells, strict=False)
            if value is not None and value != ""
        }
        if not given:
            continue
        name = str(given.pop(NAME_COLUMN, "")).strip() or f"run-{len(scenarios) + 1:03d}"
        scenarios.append(Scenario(name, file_stem(name), given, number))
    if not scenarios:
        raise ScenarioError(f"{path} lists no scenario")
    _check_names(path, scenarios)
    return scenarios


def file_stem(name: str) -> str:
    """Return a name as a file may be called on Windows, macOS and Linux, without its ending."""
    stem = _UNSAFE.sub("-", unicodedata.normalize("NFC", name))
    cut = stem.strip(" .").encode()[:MAX_STEM_BYTES].decode(errors="ignore")
    stem = cut.strip(" .")
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return stem or "scenario"


def _check_header(path: Path, header: list[str], model: WorkbookModel) -> None:
    seen: set[str] = set()
    for name in header:
        if name == "":
            raise ScenarioError(f"{path} has a column without a name")
        if name.lower() in seen:
            raise ScenarioError(f'{path} has the column "{name}" twice')
        seen.add(name.lower())
        if name == NAME_COLUMN:
            continue
        try:
            model.input(name)
        except NameNotFoundError as error:
            raise ScenarioError(f'{path}, column "{name}": {error}') from None


def _check_names(path: Path, scenarios: Iterable[Scenario]) -> None:
    first: dict[str, Scenario] = {"summary": Scenario("summary", "summary", {}, 0)}
    for scenario in scenarios:
        # File systems of Windows and macOS do not tell upper from lower case.
        other = first.setdefault(scenario.stem.lower(), scenario)
        if other is not scenario:
            where = f"row {other.row}" if other.row else "the report's own summary"
            raise ScenarioError(
                f'{path}, row {scenario.row}: the run "{scenario.name}" has the file name of '
                f"{where}"
            )


def _read_xlsx(path: Path) -> list[tuple[int, list[object]]]:
    data = read_file(path)
    values, formulas = (_first_sheet(path, data, data_only=only) for only in (True, False))
    for (number, shown), (_, written) in zip(values, formulas, strict=True):
        for column, (value, formula) in enumerate(zip(shown, written, strict=True), start=1):
            if value is None and isinstance(formula, str) and formula.startswith("="):
                place = f"{get_column_letter(column)}{number}"
                raise ScenarioError(
                    f"{path}, cell {place}: the formula has no value; calculate and save the file"
                )
    width = max((len(row) for _, row in values), default=0)
    while width and all(len(row) < width or row[width - 1] is None for _, row in values):
        width -= 1
    return [(n, row[:width]) for n, row in values if any(cell is not None for cell in row)]


def _first_sheet(path: Path, data: bytes, *, data_only: bool) -> list[tuple[int, list[object]]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it does not read
            workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=data_only)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise ScenarioError(f"{path} is not an xlsx workbook: {error}") from None
    sheet = workbook.worksheets[0]
    rows = [(n, list(row)) for n, row in enumerate(sheet.iter_rows(values_only=True), start=1)]
    workbook.close()
    return rows
