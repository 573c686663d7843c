"""Which figures of accelerators and models are published, and where?

The CSV files beside this module carry one source a row; SOURCES.md says how they were read.
Rows are found by id or by the names that people write.
"""

import csv
import functools
import io
import re
from collections.abc import Mapping
from importlib import resources

from xlcalc.errors import NotFoundError, suggestion

Figure = float | str | None
Row = Mapping[str, Figure]

_WORDS = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")
_TEXT_COLUMNS = frozenset(
    [
        "id",
        "vendor",
        "org",
        "name",
        "released",
        "gpu_type",
        "source_url",
        "confidence",
        "read_in",
        "notes",
    ]
)


class Catalogue:
    """Rows of published figures, found by name.

    Parameters
    ----------
    what : str
        What a row describes, for sentences: "GPU", "model".
    rows : list of Row
        Rows with the columns `id` and `name` at least.
    aliases : Mapping[str, str]
        Short names in lower case and the ids that they stand for.
    """

    def __init__(self, what: str, rows: list[Row], aliases: Mapping[str, str]) -> None:
        self.what = what
        self.rows = tuple(rows)
        self._by_id = {str(row["id"]): row for row in rows}
        self._by_words = {_words(str(row["name"])): row for row in rows}
        self._maker_and_name = [
            (_words(f"{row.get('vendor', row.get('org'))} {row['name']}"), row) for row in rows
        ]
        self._aliases = aliases

    def find(self, name: str) -> Row:
        """Return the row of an id, a name, an alias or an unmistakable part of a name."""
        key = name.strip().lower()
        words = _words(name)
        row = self._by_id.get(self._aliases.get(key, key)) or self._by_words.get(words)
        if row is not None:
            return row
        candidates = [
            candidate
            for full, candidate in self._maker_and_name
            if words and _is_subsequence(words, full)
        ]
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            could_be = ", ".join(str(candidate["name"]) for candidate in candidates[:8])
            raise NotFoundError(f'the {self.what} "{name}" could be any of: {could_be}')
        names = (str(row["name"]) for row in self.rows)
        hint = suggestion(name, [*names, *self._by_id, *self._aliases])
        raise NotFoundError(f'the catalogue has no {self.what} "{name}"{hint}')

    def figure(self, name: str, field: str) -> float | str:
        """Return one figure of a row, or raise where there is none."""
        row = self.find(name)
        column = field.strip().lower().replace(" ", "_")
        if column not in row:
            raise NotFoundError(
                f'a {self.what} has no field "{field}"; the fields are {", ".join(row)}'
            )
        figure = row[column]
        if figure is None:
            raise NotFoundError(f"nobody published {column} of {row['name']}")
        return figure


@functools.cache
def accelerators() -> Catalogue:
    """Return the accelerators; `peak_tflops` is the dense 16-bit rate, BF16 before FP16."""
    rows: list[Row] = []
    for row in _read("accelerators.csv"):
        peak = row["fp16_tflops"] if row["bf16_tflops"] is None else row["bf16_tflops"]
        rows.append({**row, "peak_tflops": peak})
    aliases = {str(row["alias"]): str(row["id"]) for row in _read("aliases.csv")}
    return Catalogue("GPU", rows, aliases)


@functools.cache
def models() -> Catalogue:
    """Return the models."""
    return Catalogue("model", _read("models.csv"), {})


def _read(file: str) -> list[Row]:
    text = resources.files(__name__).joinpath(file).read_text(encoding="utf-8")
    return [
        {column: _figure(column, cell) for column, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text))
    ]


def _figure(column: str, text: str) -> Figure:
    if text == "":
        return None
    return text if column in _TEXT_COLUMNS or column == "alias" else float(text)


def _words(name: str) -> tuple[str, ...]:
    """Split a name into words and numbers, so that `H100 80GB` and `h-100 80 gb` are equal."""
    return tuple(_WORDS.findall(name.lower()))


def _is_subsequence(words: tuple[str, ...], of: tuple[str, ...]) -> bool:
    rest = iter(of)
    return all(word in rest for word in words)
