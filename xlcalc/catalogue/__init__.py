"""Which figures of accelerators, models, prices and tokenizers are published, and where?

`catalogues` returns the figures of the CSV files beside this module, which have a source and a date
in every row; SOURCES.md says how they were read. A team's own rows change these or add to them:
the rows of CSV files with the same columns, in a folder that the environment variable
XLCALC_CATALOGUE or `use` names.
"""

import contextlib
import functools
import os
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from xlcalc.catalogue import prices as _prices
from xlcalc.catalogue.names import Finder
from xlcalc.catalogue.prices import Price
from xlcalc.catalogue.reader import (
    FILES,
    CatalogueValue,
    Row,
    check_folder,
    read_aliases,
    read_rows,
)
from xlcalc.errors import CatalogueError, NotFoundError

VARIABLE = "XLCALC_CATALOGUE"
NAMES = {
    "gpus": "accelerators.csv",
    "models": "models.csv",
    "prices": "prices.csv",
    "tokenisers": "tokenisation.csv",
}
"""The catalogues by the name that commands and functions use."""

__all__ = [
    "FILES",
    "NAMES",
    "VARIABLE",
    "CatalogueError",
    "CatalogueValue",
    "Catalogues",
    "Price",
    "Row",
    "catalogues",
    "portable_lookups",
    "use",
]

_portable: ContextVar[bool] = ContextVar("portable", default=False)


class Catalogues:
    """The four catalogues with a team's own rows over them.

    Parameters
    ----------
    folder : Path, optional
        Folder of the team's CSV files.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is not None:
            check_folder(folder)
        self.folder = folder
        self.rows: dict[str, dict[str, Row]] = {}
        self.own: dict[str, frozenset[str]] = {}
        for name, file in NAMES.items():
            self.rows[name] = read_rows(file, folder)
            bundled = read_rows(file, None) if folder is not None else self.rows[name]
            changed = (key for key, row in self.rows[name].items() if row != bundled.get(key))
            self.own[name] = frozenset(changed)
        self.rows["gpus"] = {k: _with_peak(row) for k, row in self.rows["gpus"].items()}
        self._check_prices()
        aliases = read_aliases()
        self._gpus = Finder(
            "GPU", self.rows["gpus"].values(), _name, lambda row: str(row["vendor"] or ""), aliases
        )
        self._models = Finder(
            "model",
            self.rows["models"].values(),
            _name,
            lambda row: str(row["org"] or ""),
            {},
            sizes=True,
        )

    def gpu(self, name: str) -> Row:
        """Return the row of an accelerator; `peak_tflops` is the dense 16-bit rate."""
        return _as_asked(self._gpus.find(name), name)

    def taken_for(self, gpu: str) -> str:
        """Return which form of an accelerator a short name is taken for, or nothing.

        "A100" is a name of four accelerators, and is taken for the usual one.
        """
        return self._gpus.taken_for(gpu)

    def model(self, name: str) -> Row:
        """Return the row of a model."""
        return _as_asked(self._models.find(name), name)

    def rental_price(self, gpu: str, provider: str = "") -> Price:
        """Return the newest price of a GPU-hour."""
        if _portable.get() and provider.strip():
            raise NotFoundError("the sheet Catalogue has no prices by provider")
        rows = self.rows["prices"].values()
        return _prices.rental_price(rows, self.gpu(gpu), provider, self.own["prices"])

    def token_price(self, model: str, direction: str) -> Price:
        """Return the price of a million tokens."""
        rows = self.rows["prices"].values()
        return _prices.token_price(rows, model, direction, self.own["prices"])

    def search(self, catalogue: str, text: str) -> list[Row]:
        """Return the rows of a catalogue that have all words of a text, whatever the case."""
        asked = text.lower().split()
        return [
            row
            for row in self.rows[catalogue].values()
            if all(word in " ".join(map(str, row.values())).lower() for word in asked)
        ]

    def source(self, catalogue: str, name: str) -> str:
        """Return where a figure was read, and when.

        A price is named by its id, or as the functions name it: a GPU for its newest rental price,
        a GPU and a provider with a comma between them, a model and `input` or `output`.
        """
        if _portable.get() and catalogue not in {"gpus", "prices"}:
            raise NotFoundError(f"the sheet Catalogue has no sources of {catalogue}")
        if catalogue == "prices":
            return self._price_source(name)
        if catalogue == "tokenisers":
            row = self.rows[catalogue].get(name.strip())
            if row is None:
                raise NotFoundError(f'the catalogue has no tokenizer rate "{name}"')
        else:
            row = self.gpu(name) if catalogue == "gpus" else self.model(name)
        taken = self.taken_for(name) if catalogue == "gpus" else ""
        read = f", read by way of {row['read_in']}" if row["read_in"] else ""
        source = f"{row['source_url']}, {row['as_of'] or 'undated'}{read} ({row['id']})"
        return f"{taken}: {source}" if taken else source

    def _price_source(self, name: str) -> str:
        if _portable.get():
            return self.rental_price(name).source
        found = _prices.price_by_id(self.rows["prices"], name)
        if found is not None:
            return found.source
        what, _, detail = (part.strip() for part in name.rpartition(","))
        if what and detail.lower() in {"input", "output"}:
            return self.token_price(what, detail.lower()).source
        if what:
            return self.rental_price(what, detail).source
        return self.rental_price(name).source

    def _check_prices(self) -> None:
        """Refuse a team's rental price of an accelerator that no catalogue has."""
        for identity in self.own["prices"]:
            row = self.rows["prices"][identity]
            if row["category"] == "gpu_rental" and row["item"] not in self.rows["gpus"]:
                file = (self.folder or Path()) / NAMES["prices"]
                raise CatalogueError(
                    f'{file}: the price "{identity}" is of "{row["item"]}", which is no id of an '
                    "accelerator"
                )


@contextlib.contextmanager
def portable_lookups() -> Iterator[None]:
    """Look up as a workbook without Python does: by the full names and ids on its own sheets."""
    token = _portable.set(True)
    try:
        yield
    finally:
        _portable.reset(token)


def _as_asked(row: Row, name: str) -> Row:
    if _portable.get():
        if " ".join(name.lower().split()) not in {str(row[key]).lower() for key in ("id", "name")}:
            raise NotFoundError(
                f'a workbook without Python looks up full names: "{row["name"]}", not "{name}"'
            )
        if row.get("peak_tflops", 0.0) is None:
            raise NotFoundError(f"the sheet Catalogue has no {row['name']}")
    return row


def figure(row: Row, what: str, field: str) -> float | str:
    """Return one figure of a row; `NotFoundError` if there is none."""
    column = "_".join(field.lower().replace("_", " ").split())
    if column not in row:
        raise NotFoundError(f'a {what} has no field "{field}"; the fields are {", ".join(row)}')
    found = row[column]
    if found is None:
        raise NotFoundError(f"the catalogue has no {column} of {row['name']}")
    return found


_folder: Path | None = None


def use(folder: Path | None) -> None:
    """Put a team's own rows over the bundled ones; without a folder, those of the environment."""
    global _folder
    _folder = folder
    catalogues.cache_clear()
    catalogues()


@functools.cache
def catalogues() -> Catalogues:
    """Return the catalogues that the functions read."""
    named = os.environ.get(VARIABLE)
    return Catalogues(_folder or (Path(named) if named else None))


def _with_peak(row: Row) -> Row:
    peak = row["fp16_tflops"] if row["bf16_tflops"] is None else row["bf16_tflops"]
    return {**row, "peak_tflops": peak}


def _name(row: Row) -> str:
    return str(row["name"])
