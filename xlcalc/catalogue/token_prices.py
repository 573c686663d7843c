"""What does a million tokens of a model's API cost on a day, and by whose list?

`TokenPrices` takes the rows of prices, and its `price` returns a `Price`. A row holds from
`valid_from`, or if its source does not say since when, from the day of which the source says that
it looked; it ends with `valid_to`. A row with `tier_from_tokens` is the price of whole requests
from that many prompt tokens on. A team's own row goes before all others, and a newer one before an
older. The package genai-prices, where it is installed, is asked for models that the catalogue
lacks: its prices have no dates.
"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from xlcalc.catalogue.dates import middle, newest_day, period
from xlcalc.catalogue.names import words
from xlcalc.catalogue.prices import Convert, Price
from xlcalc.catalogue.reader import Row
from xlcalc.errors import NotFoundError, suggestion

NOON = 12
"""Hour of the day, in UTC, of a price that changes over the day: none of the vendors' off-peak."""
_PACKAGE_FIELDS = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cache_read": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "input_audio": "input_audio_mtok",
    "output_audio": "output_audio_mtok",
}


@dataclass(frozen=True)
class TokensAsked:
    """Which price of tokens is asked for.

    Attributes
    ----------
    model, direction : str
        Name as the price list has it, and one of `checks.DIRECTIONS`.
    currency : str
        Code of the currency.
    context_tokens : float
        Tokens of the prompt: some vendors ask more for long ones.
    as_of : str
        Day of the question; nothing for the newest day of the catalogue.
    """

    model: str
    direction: str
    currency: str = "USD"
    context_tokens: float = 0.0
    as_of: str = ""


class TokenPrices:
    """The prices of tokens of a catalogue.

    Parameters
    ----------
    rows : sequence of Row
        Rows of token_prices.csv.
    others : iterable of Row
        Rows of prices.csv, of which those of the category `api_token` count: a team's own, and
        those of models that token_prices.csv lacks.
    own : frozenset of str
        The ids of a team's own rows.
    """

    def __init__(self, rows: Sequence[Row], others: Iterable[Row], own: frozenset[str]) -> None:
        self._own = own
        self._newest = newest_day([str(row["date"]) for row in rows if row["id"] not in own])
        self._by_model: dict[tuple[str, ...], list[Row]] = {}
        for row in rows:
            self._by_model.setdefault(words(str(row["model"])), []).append(row)
        for row in _as_token_rows(others):
            listed = self._by_model.setdefault(words(str(row["model"])), [])
            # A price that ended leaves the one of the other list.
            open_ended = [other for other in listed if not other["valid_to"]]
            known = {(other["direction"], other["currency"]) for other in open_ended}
            if row["id"] in own or (row["direction"], row["currency"]) not in known:
                listed.append(row)

    def price(self, asked: TokensAsked, convert: Convert) -> Price:
        """Return the price of a million tokens.

        Raises
        ------
        NotFoundError
            If nobody published it, or none of that day; the sentence lists what there is.
        """
        of_model = self._by_model.get(words(asked.model), [])
        day = period(asked.as_of)[1] if asked.as_of else self._newest
        fitting = [row for row in of_model if row["direction"] == asked.direction]
        valid = [row for row in fitting if _holds(row, day, mine=row["id"] in self._own)]
        mine = [row for row in valid if row["id"] in self._own]
        chosen = _chosen(mine or valid, asked)
        if not of_model and not asked.as_of:
            undated = _package_price(asked)
            if undated is not None:
                return _converted(undated, convert, asked.currency)
        if chosen is None:
            raise NotFoundError(self._why_none(of_model, fitting, asked, day))
        return _converted(quoted(chosen), convert, asked.currency)

    def _why_none(
        self, of_model: list[Row], fitting: list[Row], asked: TokensAsked, day: date
    ) -> str:
        if not of_model:
            names = {str(rows[0]["model"]) for rows in self._by_model.values()}
            near = suggestion(asked.model, names)
            return f'the catalogue has no price of the model "{asked.model}"{near}'
        if not fitting:
            there = ", ".join(dict.fromkeys(str(row["direction"]) for row in of_model))
            return f"the catalogue has no {asked.direction} price of {asked.model}; it has: {there}"
        dates = ", ".join(dict.fromkeys(str(row["valid_from"] or row["date"]) for row in fitting))
        return (
            f"no {asked.direction} price of {asked.model} is known as of {day}; there are prices "
            f"of {dates}"
        )


def _as_token_rows(rows: Iterable[Row]) -> list[Row]:
    """Return the rows `api_token` of prices.csv as rows of token_prices.csv."""
    found: list[Row] = []
    for row in rows:
        if row["category"] == "api_token":
            model, _, direction = str(row["item"]).rpartition(" ")
            given = {"vendor": row["provider"], "model": model, "direction": direction}
            empty = dict.fromkeys(("tier_from_tokens", "valid_from", "valid_to"))
            found.append({**empty, **row, **given})
    return found


def _chosen(rows: list[Row], asked: TokensAsked) -> Row | None:
    """Return the row of the highest tier that a prompt reaches: in the currency asked for, newest.

    Of two rows of one day that goes first whose price began later.
    """
    reached = [row for row in rows if _tier(row) <= asked.context_tokens]
    reached = [row for row in reached if row["currency"] == asked.currency] or reached
    return max(reached, key=_rank, default=None)


def _rank(row: Row) -> tuple[float, date, date, bool, str]:
    first = period(str(row["valid_from"]))[0] if row["valid_from"] else date.min
    latest = max(middle(str(row["date"])), first)
    return _tier(row), latest, first, row["confidence"] == "high", str(row["id"])


def _tier(row: Row) -> float:
    tier = row["tier_from_tokens"]
    return tier if isinstance(tier, float) else 0.0


def _holds(row: Row, day: date, *, mine: bool) -> bool:
    if row["valid_to"] and period(str(row["valid_to"]))[1] < day:
        return False
    if row["valid_from"]:
        return period(str(row["valid_from"]))[0] <= day
    return bool(row["valid_to"]) or mine or period(str(row["date"]))[0] <= day


def quoted(row: Row) -> Price:
    """Return the price of one row as it stands there."""
    value = row["value"]
    assert isinstance(value, float)  # noqa: S101  the reader refuses a row without it
    tier = f" from {_tier(row):,.0f} prompt tokens" if _tier(row) else ""
    what = f"{row['vendor']}, {row['model']} {row['direction']}{tier}: {value:g}"
    valid = f", valid from {row['valid_from']}" if row["valid_from"] else ""
    valid += f", valid to {row['valid_to']}" if row["valid_to"] else ""
    read = f", read in {row['read_in']}" if row["read_in"] else ""
    note = f"; {row['notes']}" if row["notes"] else ""
    source = (
        f"{what} {row['currency']}/1M tokens, {row['date']}{valid}, {row['source_url']}{read} "
        f"({row['id']}){note}"
    )
    summary = f"{row['vendor']}, {row['date']}"
    return Price(value, source, row, str(row["currency"]), summary)


def _converted(found: Price, convert: Convert, currency: str) -> Price:
    value = convert(found.value, found.currency)
    return Price(value, found.source, found.row, currency, found.summary)


def _package_price(asked: TokensAsked) -> Price | None:
    """Return a price of the package genai-prices.

    None without the package, and for a model or a direction that it does not know.
    """
    try:
        import genai_prices
        from genai_prices.types import TieredPrices
    except ImportError:
        return None
    field = _PACKAGE_FIELDS.get(asked.direction)
    if field is None:
        return None
    now = datetime.now(UTC).replace(hour=NOON, minute=0, second=0, microsecond=0)
    usage = genai_prices.Usage(input_tokens=1000, output_tokens=1000)
    try:
        found = genai_prices.calc_price(usage, model_ref=asked.model, genai_request_timestamp=now)
    except LookupError:
        return None
    rate = getattr(found.model_price, field, None)
    if isinstance(rate, TieredPrices):
        reached = [tier.price for tier in rate.tiers if asked.context_tokens > tier.start]
        rate = reached[-1] if reached else rate.base
    if rate is None:
        return None
    page = (found.provider.pricing_urls or ["no page named"])[0]
    what = f"{found.provider.name}, {found.model.id} {asked.direction}: {float(rate):g}"
    source = f"{what} USD/1M tokens, no day named, genai-prices {_genai_version()}, {page}"
    return Price(float(rate), source, {}, "USD", f"{found.provider.name}, undated")


@functools.cache
def _genai_version() -> str:
    from importlib.metadata import version

    return version("genai-prices")
