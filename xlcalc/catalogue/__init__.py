"""Which figures of accelerators, models, prices, grids and tokenizers are published, and where?

`catalogues` returns the figures of the CSV files beside this module, which have a source and a date
in every row; SOURCES.md says how they were read. A team's own rows change these or add to them:
the rows of CSV files with the same columns, in a folder that the environment variable
XLCALC_CATALOGUE or `use` names.
"""

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path

from xlcalc.catalogue import prices as _prices
from xlcalc.catalogue.checks import DIRECTIONS, METRICS, TERMS
from xlcalc.catalogue.grids import find_grid
from xlcalc.catalogue.names import Finder
from xlcalc.catalogue.prices import BASES, Asked, Price
from xlcalc.catalogue.quotes import as_quoted
from xlcalc.catalogue.rates import Rate, Rates
from xlcalc.catalogue.reader import (
    FILES,
    CatalogueValue,
    Row,
    check_folder,
    read_aliases,
    read_rows,
)
from xlcalc.catalogue.token_prices import TokenPrices, TokensAsked
from xlcalc.catalogue.token_prices import quoted as quoted_tokens
from xlcalc.errors import CatalogueError, NotFoundError

VARIABLE = "XLCALC_CATALOGUE"
NAMES = {
    "gpus": "accelerators.csv",
    "models": "models.csv",
    "prices": "prices.csv",
    "token_prices": "token_prices.csv",
    "grids": "grids.csv",
    "rates": "rates.csv",
    "tokenisers": "tokenisation.csv",
    "assumptions": "assumptions.csv",
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
    "Rate",
    "Row",
    "catalogues",
    "portable_lookups",
    "use",
]

_WHAT = {
    "tokenisers": "tokenizer rate",
    "rates": "rate of exchange",
    "assumptions": "assumption",
}
"""What a row of a catalogue is that is found by its id alone."""
_portable: ContextVar[bool] = ContextVar("portable", default=False)


class Catalogues:
    """The catalogues with a team's own rows over them.

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
        self.rates = Rates(self.rows["rates"].values())
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

    def rental_price(
        self,
        gpu: str,
        provider: str = "",
        basis: str = "median",
        terms: str = "on-demand",
        currency: str = "USD",
        as_of: str = "",
    ) -> Price:
        """Return the price of a GPU-hour: of a market, or of one provider."""
        asked = Asked(basis, currency.strip().upper(), as_of)
        usual = ("", "on-demand", Asked())
        if _portable.get() and usual != (provider.strip(), terms, asked):
            raise NotFoundError("the sheet Catalogue has medians of prices on demand in USD alone")
        return self._rental_price(gpu, asked, provider.strip(), terms)

    def quoted_rental_price(self, gpu: str) -> Price:
        """Return the median price of a GPU-hour in the currency of its rows."""
        return as_quoted(
            lambda code: self._rental_price(gpu, Asked(currency=code)), self._currencies
        )

    def _rental_price(
        self, gpu: str, asked: Asked, provider: str = "", terms: str = "on-demand"
    ) -> Price:
        return _prices.rental_price(
            self.rows["prices"].values(),
            self.gpu(gpu),
            self.own["prices"],
            self._convert(asked.currency, asked.as_of),
            asked,
            provider=provider,
            terms=terms,
        )

    def purchase_price(
        self, gpu: str, basis: str = "median", currency: str = "USD", as_of: str = ""
    ) -> Price:
        """Return the price of an accelerator."""
        asked = Asked(basis, currency.strip().upper(), as_of)
        rows = self.rows["prices"].values()
        convert = self._convert(asked.currency, as_of)
        return _prices.purchase_price(rows, self.gpu(gpu), self.own["prices"], convert, asked)

    def power_price(self, region: str, currency: str = "USD") -> Price:
        """Return the newest price of a kilowatt-hour."""
        rows, own = self.rows["prices"].values(), self.own["prices"]
        return _prices.power_price(rows, region, own, self._convert(currency.strip().upper(), ""))

    def pue(self, operator: str) -> Price:
        """Return the newest power usage effectiveness of an operator."""
        return _prices.pue(self.rows["prices"].values(), operator, self.own["prices"])

    def token_price(
        self,
        model: str,
        direction: str,
        currency: str = "USD",
        context_tokens: float = 0.0,
        as_of: str = "",
    ) -> Price:
        """Return the price of a million tokens."""
        code = currency.strip().upper()
        asked = TokensAsked(model.strip(), direction, code, context_tokens, as_of)
        return self._token_prices.price(asked, self._convert(code, as_of))

    def quoted_purchase_price(self, gpu: str) -> Price:
        """Return the median price of an accelerator in the currency of its rows."""
        return as_quoted(lambda code: self.purchase_price(gpu, currency=code), self._currencies)

    def quoted_token_price(self, model: str, direction: str) -> Price:
        """Return the price of a million tokens in the currency of its row."""
        return as_quoted(lambda code: self.token_price(model, direction, code), self._currencies)

    @functools.cached_property
    def _currencies(self) -> frozenset[str]:
        """The currencies of all prices."""
        rows = (*self.rows["prices"].values(), *self.rows["token_prices"].values())
        return frozenset(str(row["currency"]) for row in rows if row["currency"])

    def grid(self, region: str, metric: str = "carbon") -> Row:
        """Return the newest row of a country or of a region of a cloud: its carbon or water."""
        return find_grid(self.rows["grids"].values(), region, metric, self.own["grids"])

    @functools.cached_property
    def _token_prices(self) -> TokenPrices:
        listed = list(self.rows["token_prices"].values())
        own = self.own["prices"] | self.own["token_prices"]
        return TokenPrices(listed, self.rows["prices"].values(), own)

    def _convert(self, currency: str, as_of: str) -> Callable[[float, str], float]:
        """Return how an amount becomes one of a currency, at the rates of a day."""

        def convert(amount: float, of: str) -> float:
            if of == currency:
                return amount
            try:
                return amount * self.rates.rate(of, currency, as_of).value
            except NotFoundError as missing:
                raise NotFoundError(f"the price is in {of}, not in {currency}: {missing}") from None

        return convert

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

        A price is named by its id, or as the functions name it: a GPU for the median of its rents;
        a GPU and, after a comma, a provider, a basis, terms or "purchase"; a model and a direction,
        as "gpt-4o, input"; a region and "power"; an operator and "pue". A grid is a region for its
        carbon, or a region and "water".
        """
        if _portable.get() and catalogue not in {"gpus", "prices"}:
            raise NotFoundError(f"the sheet Catalogue has no sources of {catalogue}")
        if catalogue == "prices":
            return self._price_source(name)
        if catalogue == "token_prices":
            return self._token_source(name)
        if catalogue in _WHAT:
            row = self.rows[catalogue].get(name.strip())
            if row is None:
                what = _WHAT[catalogue]
                raise NotFoundError(f'the catalogue has no {what} "{name}"')
        elif catalogue == "grids":
            region, _, metric = (part.strip() for part in name.rpartition(","))
            asks = metric.lower() in METRICS
            row = self.grid(region, metric.lower()) if asks else self.grid(name)
        else:
            row = self.gpu(name) if catalogue == "gpus" else self.model(name)
        taken = self.taken_for(name) if catalogue == "gpus" else ""
        read = f", read by way of {row['read_in']}" if row["read_in"] else ""
        when = row["date"] if "date" in row else row["as_of"]
        source = f"{row['source_url']}, {when or 'undated'}{read} ({row['id']})"
        return f"{taken}: {source}" if taken else source

    def _price_source(self, name: str) -> str:
        if _portable.get():
            return self.quoted_rental_price(name).source
        found = _prices.price_by_id(self.rows["prices"], name)
        if found is not None:
            return found.source
        if name.strip() in self.rows["token_prices"]:
            return self._token_source(name)
        what, _, detail = (part.strip() for part in name.rpartition(","))
        word = detail.lower()
        if not what:
            return self._of_gpu(name, self.quoted_rental_price(name))
        if word in DIRECTIONS:
            return self.token_price(what, word).source
        if word == "power":
            return self.power_price(what).source
        if word == "pue":
            return self.pue(what).source
        if word == "purchase":
            return self._of_gpu(what, self.purchase_price(what))
        if word in BASES:
            return self._of_gpu(what, self.rental_price(what, basis=word))
        if word in TERMS.values():
            return self._of_gpu(what, self.rental_price(what, terms=word))
        return self._of_gpu(what, self.rental_price(what, detail))

    def _of_gpu(self, name: str, price: Price) -> str:
        taken = self.taken_for(name)
        return f"{taken}: {price.source}" if taken else price.source

    def _token_source(self, name: str) -> str:
        row = self.rows["token_prices"].get(name.strip())
        if row is not None:
            return quoted_tokens(row).source
        model, _, direction = (part.strip() for part in name.rpartition(","))
        return self.token_price(model or name, direction.lower() if model else "input").source

    def _check_prices(self) -> None:
        """Refuse a team's rental price of an accelerator that no catalogue has."""
        for identity in self.own["prices"]:
            row = self.rows["prices"][identity]
            if row["category"] == "gpu_rental" and row["item"] not in self.rows["gpus"]:
                file = (self.folder or Path()) / NAMES["prices"]
                raise CatalogueError(
                    f'{file}, column item: the price "{identity}" is of "{row["item"]}", which is '
                    "no id of an accelerator"
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
    """Put a team's own rows over the bundled ones; without a folder, those of the environment.

    Raises
    ------
    CatalogueError
        If the folder cannot be read; the rows of before stay in use.
    """
    global _folder
    before, _folder = _folder, folder
    catalogues.cache_clear()
    try:
        catalogues()
    except CatalogueError:
        _folder = before
        catalogues.cache_clear()
        raise


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
