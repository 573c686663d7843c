"""What does renting or buying an accelerator cost, by whom and when?

`rental_price` and `purchase_price` take the rows of prices and return a `Price`: the low, median,
high or newest of the dated rows of the last months, each provider counted once, and a sentence that
says how many rows these were and of which days. A team's own prices go before all others.
`power_price` and `pue` look one row up by its name.
"""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xlcalc.catalogue.checks import TERMS
from xlcalc.catalogue.dates import middle, months_before, newest_day, period
from xlcalc.catalogue.names import is_part, words
from xlcalc.catalogue.reader import Row
from xlcalc.errors import NotFoundError, suggestion

BASES = ("median", "low", "high", "newest")
"""Which of the prices of a market is taken."""
RENTAL_MONTHS = 18
PURCHASE_MONTHS = 36
"""How old a price may be, counted back from the newest of its kind. Purchases are rarely told."""
CENTS_BELOW = 1000.0
"""Prices below this are shown with cents."""

Convert = Callable[[float, str], float]
"""Takes an amount and its currency, and returns it in the currency that is asked for."""


@dataclass(frozen=True)
class Price:
    """A price and where it was read.

    Attributes
    ----------
    value : float
        In `currency`.
    source : str
        Whose price it is, of which days, and where it was read.
    row : Row
        The row of the price; of a median of two, the lower one. Empty for a price of a package.
    currency : str
        Code of ISO 4217.
    summary : str
        How many providers, the range and the days, in a few words.
    """

    value: float
    source: str
    row: Row
    currency: str = "USD"
    summary: str = ""


@dataclass(frozen=True)
class Asked:
    """Which of a market's prices is asked for.

    Attributes
    ----------
    basis : str
        One of `BASES`.
    currency : str
        Code of the currency.
    as_of : str
        Day of the question; nothing for the newest day of the catalogue.
    """

    basis: str = "median"
    currency: str = "USD"
    as_of: str = ""


def rental_price(
    rows: Iterable[Row],
    gpu: Row,
    own: frozenset[str],
    convert: Convert,
    asked: Asked,
    *,
    provider: str = "",
    terms: str = "on-demand",
) -> Price:
    """Return the price of a GPU-hour on some terms.

    The range of a whole market is no offer, and is returned only if it is asked for by its name.
    """
    every = [row for row in rows if row["category"] == "gpu_rental"]
    offers = [row for row in every if row["item"] == gpu["id"]]
    if provider:
        offers = _of_provider(offers, provider, str(gpu["name"]))
    else:
        offers = [row for row in offers if row["value_high"] is None]
    if not offers:
        why = f": {gpu['no_price']}" if gpu["no_price"] else ""
        raise NotFoundError(f"the catalogue has no rental price of {gpu['name']}{why}")
    fitting = [row for row in offers if _fits(_terms(row), terms)]
    if not fitting:
        there = ", ".join(sorted({_terms(row) for row in offers}))
        raise NotFoundError(f"the catalogue has no {terms} price of {gpu['name']}; it has: {there}")
    what = f"the {terms} price of {gpu['name']}"
    newest = _newest(every, own)
    chosen = _recent(fitting, own, asked.as_of, newest, RENTAL_MONTHS, what)
    return _market_price(chosen, asked, convert)


def purchase_price(
    rows: Iterable[Row], gpu: Row, own: frozenset[str], convert: Convert, asked: Asked
) -> Price:
    """Return the price of an accelerator; the middle of a range counts as one price.

    The basis "used" is the median of second-hand ones. Prices of a whole server, "unit in a
    server", are left out: templates add the server to that of the accelerator.
    """
    every = [row for row in rows if row["category"] == "gpu_purchase"]
    used = asked.basis == "used"
    unit = "unit used" if used else "unit"
    fitting = [
        row
        for row in every
        if row["item"] == gpu["id"] and str(row["unit"]).partition("/")[2] == unit
    ]
    if not fitting:
        kind = "price of a used" if used else "purchase price of"
        raise NotFoundError(f"the catalogue has no {kind} {gpu['name']}")
    what = f"the purchase price of {gpu['name']}"
    newest = _newest(every, own)
    chosen = _recent(fitting, own, asked.as_of, newest, PURCHASE_MONTHS, what)
    basis = "median" if used else asked.basis
    return _market_price(
        chosen, Asked(basis, asked.currency, asked.as_of), convert, once_each=False
    )


def power_price(rows: Iterable[Row], region: str, own: frozenset[str], convert: Convert) -> Price:
    """Return the newest price of electricity of a region and a kind of customer."""
    found = _named([row for row in rows if row["category"] == "power"], "item", region)
    return _newest_price(found, own, convert, "power price", region)


def pue(rows: Iterable[Row], operator: str, own: frozenset[str]) -> Price:
    """Return the newest power usage effectiveness of an operator."""
    found = _named([row for row in rows if row["category"] == "pue"], "provider", operator)
    return _newest_price(found, own, lambda amount, _: amount, "PUE", operator)


def price_by_id(rows: Mapping[str, Row], identity: str) -> Price | None:
    """Return the price of the row with an id, or None if there is no such row."""
    row = rows.get(identity.strip())
    return None if row is None else quoted(row)


def quoted(row: Row) -> Price:
    """Return the price of one row as it stands there."""
    value = row["value"]
    if not isinstance(value, float):
        raise NotFoundError(f"the catalogue has no figure for the price {row['id']}")
    upper = f" to {row['value_high']:g}" if row["value_high"] is not None else ""
    what = f"{row['provider']}, {row['item']}: {value:g}{upper} {row['unit']}"
    source = f"{what}, {row['date']}, {row['source_url']} ({row['id']})"
    summary = f"{row['provider']}, {row['date']}"
    return Price(value, source, row, str(row["currency"] or ""), summary)


def _market_price(
    rows: Sequence[Row], asked: Asked, convert: Convert, *, once_each: bool = True
) -> Price:
    """Return one price of a market: of all the rows, or of the newest row of each provider."""
    prices = {
        str(row["id"]): convert(_middle(row, once_each), str(row["currency"])) for row in rows
    }

    def age(row: Row) -> tuple[date, float]:
        return middle(str(row["date"])), -prices[str(row["id"])]

    if once_each:
        voices: dict[tuple[str, ...], Row] = {}
        for row in rows:
            name = words(str(row["provider"]))
            if name not in voices or age(row) > age(voices[name]):
                voices[name] = row
        rows = list(voices.values())
    ranked = sorted(rows, key=lambda row: prices[str(row["id"])])
    values = [prices[str(row["id"])] for row in ranked]
    if len(ranked) == 1:
        single = quoted(ranked[0])
        return Price(values[0], single.source, ranked[0], asked.currency, single.summary)
    value, row = {
        "median": (_without_noise(statistics.median(values)), ranked[(len(ranked) - 1) // 2]),
        "low": (values[0], ranked[0]),
        "high": (values[-1], ranked[-1]),
        "newest": (prices[str((last := max(rows, key=age))["id"])], last),
    }[asked.basis]
    dates = sorted((str(row["date"]) for row in ranked), key=middle)
    days = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    count = f"{len(ranked)} {'providers' if once_each else 'prices'}"
    digits = ",.2f" if values[-1] < CENTS_BELOW else ",.0f"
    spread = f"{values[0]:{digits}} to {values[-1]:{digits}}"
    summary = f"{asked.basis} of {count}, {spread}, {days}"
    unit = str(row["unit"]).partition("/")[2]
    licences = sorted({str(row["licence"]) for row in ranked} - {"None", "fact, not a table"})
    by = f"; {'; '.join(licences)}" if licences else ""
    # A median has no page of its own; the row in the middle is named, for its page to be looked up.
    one = f"{row['provider']}, {row['date']}"
    if asked.basis == "median":
        one = f"in the middle {one}"
    else:
        one = f"that is {one}, {row['source_url']}"
    source = f"{row['item']}: {value:g} {asked.currency}/{unit}, {summary}{by}; {one} ({row['id']})"
    return Price(value, source, row, asked.currency, summary)


def _without_noise(number: float) -> float:
    """Return the middle of two prices as it is written: 3.88615, not 3.8861499999999998."""
    return float(f"{number:.15g}")


def _middle(row: Row, once_each: bool) -> float:
    """Return the figure of a row: the middle of a range, but the lower end of a range of rents."""
    low, high = row["value"], row["value_high"]
    if not isinstance(low, float):
        raise NotFoundError(f"the catalogue has no figure for the price {row['id']}")
    return low if once_each or not isinstance(high, float) else (low + high) / 2.0


def _newest(rows: Iterable[Row], own: frozenset[str]) -> date:
    """Return the newest day of the bundled rows: a team's own rows must not move the others."""
    return newest_day([str(row["date"]) for row in rows if row["id"] not in own])


def _recent(
    rows: list[Row], own: frozenset[str], as_of: str, newest: date, months: int, what: str
) -> list[Row]:
    """Return a team's own rows, or those of the months before a day."""
    until = period(as_of)[1] if as_of else newest
    begun = [row for row in rows if period(str(row["date"]))[0] <= until]
    mine = [row for row in rows if row["id"] in own]
    mine = [row for row in mine if row in begun] if as_of else mine
    if mine:
        return mine
    first = months_before(until, months)
    recent = [row for row in begun if middle(str(row["date"])) > first]
    if not recent:
        dates = sorted(str(row["date"]) for row in rows)
        raise NotFoundError(
            f"nobody published {what} from {first} to {until}; the catalogue has it of "
            f"{', '.join(dict.fromkeys(dates))}, and as_of asks for an older one"
        )
    return recent


def _terms(row: Row) -> str:
    kind = str(row["unit"]).partition("/chip-hour ")[2]
    return TERMS.get(kind, kind)


def _fits(terms: str, asked: str) -> bool:
    """Whether terms are those asked for; a commitment of a year is a reservation too."""
    return terms == asked or (asked == "reserved" and terms == "1-year")


def _of_provider(offers: list[Row], provider: str, gpu: str) -> list[Row]:
    """Return the offers of a provider: of its exact name, else of a name that has its words."""
    asked = words(provider)
    exact = [row for row in offers if words(str(row["provider"])) == asked]
    if exact:
        return exact
    found = [row for row in offers if asked and is_part(asked, words(str(row["provider"])))]
    names = sorted({str(row["provider"]) for row in found or offers})
    if len(names) > 1 and found:
        raise NotFoundError(f'the provider "{provider}" could be any of: {", ".join(names)}')
    if not found:
        listed = f"; there are: {', '.join(names)}" if names else ""
        raise NotFoundError(f'the catalogue has no rental price of {gpu} by "{provider}"{listed}')
    return found


def _named(rows: list[Row], column: str, name: str) -> list[Row]:
    """Return the rows of a name, or of the only name that has its words."""
    asked = words(name)
    exact = [row for row in rows if words(str(row[column])) == asked]
    if exact:
        return exact
    found = [row for row in rows if asked and is_part(asked, words(str(row[column])))]
    names = sorted({str(row[column]) for row in found})
    if len(names) > 1:
        raise NotFoundError(f'"{name}" could be any of: {", ".join(names)}')
    if not found:
        known = {str(row[column]) for row in rows}
        raise NotFoundError(f'the catalogue has no "{name}"{suggestion(name, known)}')
    return found


def _newest_price(
    rows: list[Row], own: frozenset[str], convert: Convert, what: str, name: str
) -> Price:
    if not rows:
        raise NotFoundError(f"the catalogue has no {what} of {name}")
    rows = [row for row in rows if row["id"] in own] or rows
    found = quoted(max(rows, key=lambda row: middle(str(row["date"]))))
    value = convert(found.value, found.currency)
    return Price(value, found.source, found.row, found.currency, found.summary)
