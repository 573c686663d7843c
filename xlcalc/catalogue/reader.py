"""What do the CSV files of the catalogue hold, with a team's own rows over them?

`read_rows` returns the rows of a file by id. A figure is a float or a text, or None if nobody
published it. A bad row of a team's file is a `CatalogueError` with file, line, column and reason.
"""

import csv
import io
import pkgutil
from collections.abc import Mapping
from pathlib import Path

from xlcalc.catalogue import checks
from xlcalc.catalogue.dates import period
from xlcalc.errors import CatalogueError, suggestion
from xlcalc.files import read_csv

CatalogueValue = float | str | None
Row = Mapping[str, CatalogueValue]

FILES = (
    "accelerators.csv",
    "models.csv",
    "prices.csv",
    "token_prices.csv",
    "grids.csv",
    "rates.csv",
    "tokenisation.csv",
    "assumptions.csv",
)
TEXT_COLUMNS = frozenset(
    (
        *("id", "name", "vendor", "org", "released", "gpu_type", "linear_kind"),
        *("category", "provider", "item", "unit", "currency", "date"),
        *("model", "direction", "valid_from", "valid_to", "from_currency", "to_currency"),
        *("region", "country", "provider_region", "vendor_or_tokenizer", "metric", "rule"),
        *(
            "source_url",
            "read_in",
            "licence",
            "confidence",
            "as_of",
            "notes",
            "alias",
            "no_price",
            "source",
        ),
    )
)
NEEDED = {
    "accelerators.csv": ("name",),
    "models.csv": ("name",),
    "prices.csv": ("category", "provider", "item", "unit", "currency", "value", "date"),
    "token_prices.csv": ("vendor", "model", "direction", "currency", "value", "date"),
    "grids.csv": ("region", "metric", "unit", "value", "date"),
    "rates.csv": ("from_currency", "to_currency", "rate", "date"),
    "assumptions.csv": ("value", "unit", "source", "date"),
    "tokenisation.csv": ("category", "vendor_or_tokenizer", "metric", "unit"),
}
"""What a row that a team adds must have, beside its id and its source."""
_ORIGIN = ("read_in", "licence", "confidence", "as_of")
"""What says of a bundled figure how it was read, and is untrue of a team's."""


def read_rows(file: str, folder: Path | None) -> dict[str, Row]:
    """Return the rows of a catalogue by id, a team's own over the bundled ones.

    Raises
    ------
    CatalogueError
        If a row of the team's file is bad: with file, line and reason.
    """
    text = _bundled_text(file)
    lines = csv.DictReader(io.StringIO(text))
    rows: dict[str, Row] = {
        line["id"]: {column: _bundled(column, cell) for column, cell in line.items()}
        for line in lines
    }
    columns = tuple(lines.fieldnames or ())
    if folder is not None and (folder / file).exists():
        _overlay(rows, columns, file, folder / file)
    return rows


def read_aliases() -> dict[str, str]:
    """Return the ids that short names, in lower case, stand for."""
    lines = csv.DictReader(io.StringIO(_bundled_text("aliases.csv")))
    return {row["alias"]: row["id"] for row in lines}


def check_folder(folder: Path) -> None:
    """Refuse a folder that does not exist, or that has a CSV file of another name."""
    if not folder.is_dir():
        raise CatalogueError(f"there is no folder {folder} with a catalogue")
    names = sorted(path.name for path in folder.glob("*.csv"))
    for name in names:
        if name not in FILES:
            raise CatalogueError(f"{folder / name} is no catalogue{suggestion(name, FILES)}")
    if not names:
        raise CatalogueError(f"the folder {folder} has none of {', '.join(FILES)}")


def _bundled_text(file: str) -> str:
    """Return a file beside this module, which may lie in a wheel that nobody unpacked."""
    data = pkgutil.get_data(__package__, file)
    if data is None:
        raise FileNotFoundError(file)
    return data.decode("utf-8")


def _bundled(column: str, cell: str) -> CatalogueValue:
    if cell == "":
        return None
    return cell if column in TEXT_COLUMNS else float(cell)


def _overlay(rows: dict[str, Row], columns: tuple[str, ...], file: str, path: Path) -> None:
    """Put a team's rows over the bundled ones: a new id adds a row, a known one changes figures."""
    lines = read_csv(path, CatalogueError)
    if not lines:
        raise CatalogueError(f"{path} has no header row")
    header = [str(cell).strip() for cell in lines[0][1]]
    for column in header:
        if column not in columns:
            raise CatalogueError(
                f'{path}, line {lines[0][0]}: no column "{column}"{suggestion(column, columns)}'
            )
    if len(set(header)) < len(header) or "id" not in header:
        raise CatalogueError(f"{path}, line {lines[0][0]}: each column once, and one of them id")
    seen: set[str] = set()
    for number, cells in lines[1:]:
        place = f"{path}, line {number}"
        if len(cells) != len(header):
            raise CatalogueError(f"{place}: {len(cells)} values for {len(header)} columns")
        given = {
            column: _figure(f"{place}, column {column}", column, cell.strip())
            for column, cell in zip(header, cells, strict=True)
            if cell.strip()
        }
        identity = str(given.get("id", ""))
        if not identity:
            raise CatalogueError(f"{place}: a row without an id")
        if identity in seen:
            raise CatalogueError(f'{place}: the id "{identity}" stands there twice')
        seen.add(identity)
        if not given.get("source_url"):
            raise CatalogueError(f"{place}: a row without a source_url")
        base = rows.get(identity, dict.fromkeys(columns))
        untrue = {column: None for column in _ORIGIN if column in columns}
        merged = {**base, **untrue, "read_in": path.name, **given}
        pue = merged.get("category") == "pue"
        needed = [column for column in NEEDED[file] if not (pue and column == "currency")]
        missing = [column for column in needed if merged[column] is None]
        if missing:
            raise CatalogueError(f'{place}: the new row "{identity}" lacks {", ".join(missing)}')
        if problem := row_problem(file, merged):
            raise CatalogueError(f"{place}, {problem}")
        rows[identity] = merged


def _figure(place: str, column: str, cell: str) -> CatalogueValue:
    if column in TEXT_COLUMNS:
        problem = checks.text_problem(column, cell)
    else:
        problem = checks.number_problem(cell)
    if problem:
        raise CatalogueError(f"{place}: {problem}")
    return cell if column in TEXT_COLUMNS else float(cell)


def row_problem(file: str, row: Row) -> str:
    """Return why the cells of a row do not belong together, with the column before it."""
    if file == "prices.csv":
        problem = checks.price_problem(
            str(row["category"]), str(row["unit"]), str(row["currency"] or "")
        )
        if problem:
            return f"column unit: {problem}"
        low, high = row["value"], row["value_high"]
        if isinstance(low, float) and isinstance(high, float) and high < low:
            return f"column value_high: must be at least value, got {high:g} and {low:g}"
    if file == "token_prices.csv" and row["valid_from"] and row["valid_to"]:
        first, last = period(str(row["valid_from"]))[0], period(str(row["valid_to"]))[1]
        if last < first:
            return f"column valid_to: must not be before {first}, got {last}"
    if file == "grids.csv" and (
        problem := checks.grid_problem(str(row["metric"]), str(row["unit"]))
    ):
        return problem
    if file == "rates.csv" and row["rate"] == 0.0:
        return "column rate: must be above 0, got 0"
    dense, sparse = row.get("fp16_tflops"), row.get("fp16_sparse_tflops")
    if isinstance(dense, float) and isinstance(sparse, float) and dense >= sparse:
        # A common mistake: the rate with sparsity in the column of the dense one.
        return (
            "column fp16_tflops: fp16_tflops is the dense rate and must be below "
            f"fp16_sparse_tflops, got {dense:g} and {sparse:g}"
        )
    return ""
