"""What does a bill in the form of FOCUS come to, by month and by what its rows belong to?

`read_bill` reads a CSV file, compressed or not, or a Parquet file, row by row, and keeps sums only:
the memory does not grow with the number of rows. Amounts are added as decimal numbers, so that a
sum is what an accountant gets. A row that cannot be read is refused with its line and column.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from xlcalc.errors import BillError, suggestion
from xlcalc.files import iterate_csv
from xlcalc.focus.mapping import BY_THEMSELVES, NO_RULES, NOTHING, TAGS, Finder, Rules, Target
from xlcalc.focus.values import decimal, month_of

COSTS = ("EffectiveCost", "BilledCost")
PERIODS = ("ChargePeriodStart", "BillingPeriodStart")
_CURRENCY = "BillingCurrency"
_HOURS, _QUANTITY, _UNIT = "x_gpuhours", "consumedquantity", "consumedunit"
_SERVICE = "servicename"
_USED = (_CURRENCY.lower(), _HOURS, _QUANTITY, _UNIT, _SERVICE)
_GPU_HOURS = frozenset({"gpu-hours", "gpu hours", "gpuhours", "gpu-hour", "gpu hour"})
_INSTANCE_HOURS = frozenset({"hours", "hour", "hrs", "instance-hours", "instance hours"})
_MOST = 20_000
"""Sums of a bill: more of them means that a column of a mapping has a value of its own a row."""
_SERVICES = 1_000
"""Services whose rows without a plan are told apart."""
_KNOWN_MOMENTS = 65_536
_BATCH = 8_192
"""Rows of a Parquet file that are read at once."""


class Key(NamedTuple):
    """What is summed apart: a month by its number, a currency, and what rows belong to."""

    month: int
    currency: str
    target: Target


@dataclass
class Sum:
    """What rows come to."""

    rows: int = 0
    cost: Decimal = Decimal(0)
    gpu_hours: Decimal = Decimal(0)


@dataclass
class Bill:
    """The sums of a bill.

    Attributes
    ----------
    name, cost, period : str
        The file, and the columns that were summed and that give the month.
    rows : int
        How many rows it has.
    sums : dict of Key to Sum
        What they come to.
    has_hours : bool
        Whether a row says how many GPU-hours it is for.
    unmapped : dict of (str, str) to Sum
        What rows that belong to nothing come to, by service and currency.
    """

    name: str
    cost: str
    period: str
    rows: int = 0
    sums: dict[Key, Sum] = field(default_factory=dict)
    has_hours: bool = False
    unmapped: dict[tuple[str, str], Sum] = field(default_factory=dict)


def read_bill(
    path: Path,
    rules: Rules = NO_RULES,
    runs: frozenset[str] = frozenset(),
    cost: str = COSTS[0],
    period: str = PERIODS[0],
) -> Bill:
    """Return the sums of a bill.

    Parameters
    ----------
    path : Path
        A file that ends in .parquet, or a CSV file, with .gz behind its name if it is compressed;
        `-` is the standard input.
    rules : Rules
        What rows belong to, beside what their own columns and tags say.
    runs : frozenset of str
        Names of training runs in small letters: a model of that name is trained.
    cost, period : str
        The columns to sum, one of `COSTS`, and by whose month, one of `PERIODS`.

    Raises
    ------
    BillError
        If the file is empty, lacks a column, or a row cannot be read; the sentence names the line
        and the column.
    """
    bill = Bill(str(path), cost, period)
    used = {cost.lower(), period.lower(), *_USED, *rules.columns(), *BY_THEMSELVES}
    is_parquet = path.suffix.lower() == ".parquet"
    rows = _parquet_rows(path, used) if is_parquet else iterate_csv(path, BillError)
    _, header = next(rows, (0, []))
    if not header:
        raise BillError(f"{path} is empty")
    reader = _Reader(bill, header, rules, runs)
    for number, cells in rows:
        reader.add(number, cells)
    if not bill.rows:
        raise BillError(f"{path} has a header and no row")
    return bill


class _Reader:
    """Adds rows to the sums of a bill."""

    def __init__(
        self, bill: Bill, header: Sequence[str], rules: Rules, runs: frozenset[str]
    ) -> None:
        self._bill, self._header = bill, header
        names = [str(name).strip().lower() for name in header]
        self._columns = {name: place for place, name in reversed(list(enumerate(names)))}
        for wanted in (bill.cost, bill.period, _CURRENCY):
            if wanted.lower() not in self._columns:
                raise BillError(
                    f"{bill.name}, line 1: there is no column {wanted}"
                    f"{suggestion(wanted, [str(name) for name in header])}; a FOCUS file has it"
                )
        self._finder = Finder(rules, self._columns, runs)
        used = {*self._finder.places, *(self._columns[name.lower()] for name in
                (bill.cost, bill.period, _CURRENCY))}  # fmt: skip
        for name in names:
            if names.count(name) > 1 and self._columns[name] in used:
                raise BillError(f'{bill.name}, line 1: the column "{name}" stands there twice')
        self._cost = self._columns[bill.cost.lower()]
        self._period = self._columns[bill.period.lower()]
        self._currency = self._columns[_CURRENCY.lower()]
        self._width = len(header)
        self._service = self._columns.get(_SERVICE)
        self._hours = self._columns.get(_HOURS)
        self._quantity, self._unit = self._columns.get(_QUANTITY), self._columns.get(_UNIT)
        self._months: dict[str, int] = {}

    def add(self, number: int, cells: Sequence[str]) -> None:
        """Add a row to the sum that it belongs to."""
        if len(cells) != self._width:
            raise BillError(
                f"{self._bill.name}, line {number}: {len(cells)} values for {self._width} columns"
            )
        month = self._months.get(cells[self._period])
        if month is None:
            month = self._month(number, cells)
        amount = decimal(cells[self._cost])
        if amount is None:
            raise self._wrong(number, cells, self._cost, "an amount, as 1234.50")
        currency = cells[self._currency].strip().upper()
        if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
            raise self._wrong(number, cells, self._currency, "a currency, as USD")
        try:
            target, gpus = self._finder.find([cells[place] for place in self._finder.places])
        except ValueError:
            place = self._columns[TAGS]
            raise self._wrong(number, cells, place, "a JSON object") from None
        key = Key(month, currency, target)
        found = self._bill.sums.get(key)
        if found is None:
            if len(self._bill.sums) >= _MOST:
                raise BillError(
                    f"{self._bill.name}, line {number}: more than {_MOST:,} sums, since models or "
                    "accelerators have names of their own in nearly every row; a mapping gathers "
                    "them"
                )
            found = self._bill.sums[key] = Sum()
        found.rows += 1
        found.cost += amount
        if target == NOTHING:
            self._note_service(cells, currency, amount)
        if target != NOTHING or gpus is not None:
            found.gpu_hours += self._gpu_hours(number, cells, gpus)
        self._bill.rows += 1

    def _note_service(self, cells: Sequence[str], currency: str, amount: Decimal) -> None:
        """Add a row that belongs to nothing to its service, for which a rule may be written."""
        if self._service is None:
            return
        known = self._bill.unmapped
        key = (" ".join(cells[self._service].split())[:60], currency)
        if key not in known and len(known) >= _SERVICES:
            key = ("other services", currency)
        found = known.setdefault(key, Sum())
        found.rows += 1
        found.cost += amount

    def _month(self, number: int, cells: Sequence[str]) -> int:
        text = cells[self._period]
        month = month_of(text)
        if month is None:
            raise self._wrong(number, cells, self._period, "a moment, as 2027-01-01T00:00:00Z")
        if len(self._months) >= _KNOWN_MOMENTS:
            self._months.clear()
        self._months[text] = month
        return month

    def _gpu_hours(self, number: int, cells: Sequence[str], gpus: Decimal | None) -> Decimal:
        """Return the GPU-hours of a row: those that it names, or those of its instances."""
        if self._hours is not None and cells[self._hours].strip():
            hours = decimal(cells[self._hours])
            if hours is None:
                raise self._wrong(number, cells, self._hours, "a number of GPU-hours")
            self._bill.has_hours = True
            return hours
        quantity, unit = self._quantity, self._unit
        if quantity is None or unit is None:
            return Decimal(0)
        measured = cells[unit].strip().lower()
        factor = (
            Decimal(1)
            if measured in _GPU_HOURS
            else gpus
            if measured in _INSTANCE_HOURS and gpus is not None
            else None
        )
        if factor is None or not cells[quantity].strip():
            return Decimal(0)
        hours = decimal(cells[quantity])
        if hours is None:
            raise self._wrong(number, cells, quantity, "a number")
        self._bill.has_hours = True
        return hours * factor

    def _wrong(self, number: int, cells: Sequence[str], place: int, wanted: str) -> BillError:
        text = cells[place].strip()
        shown = f'"{text[:40]}{"…" * (len(text) > 40)}"' if text else "the cell"
        verb = "is not" if text else "is empty and not"
        return BillError(
            f"{self._bill.name}, line {number}, column {self._header[place]}: {shown} {verb} "
            f"{wanted}"
        )


def _parquet_rows(path: Path, used: Collection[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a Parquet file as a CSV file would have them, the header first.

    Only those columns are read that are used, which are named in small letters.
    """
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise BillError(
            f'{path} is read with the package pyarrow: pip install "xlcalc[parquet]"'
        ) from None
    try:
        with parquet.ParquetFile(path) as file:
            names = [n for n in file.schema_arrow.names if n.strip().lower() in used]
            yield 1, names or list(file.schema_arrow.names)
            number = 1
            for part in file.iter_batches(_BATCH, columns=names):
                columns = [column.to_pylist() for column in part.columns]
                for cells in zip(*columns, strict=True):
                    number += 1
                    yield number, [_text(cell) for cell in cells]
    except FileNotFoundError:
        raise BillError(f"there is no file {path}") from None
    except (ArrowException, OSError) as error:
        raise BillError(f"{path} is not a Parquet file: {error}") from None


def _text(value: Any) -> str:
    """Return a value of a Parquet file as text: a moment as ISO 8601, tags as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return json.dumps(value, default=str)
    if isinstance(value, list):
        with_pairs = all(isinstance(pair, tuple) and len(pair) == 2 for pair in value)
        return json.dumps(dict(value) if with_pairs else value, default=str)
    return repr(value) if isinstance(value, float) else str(value)
