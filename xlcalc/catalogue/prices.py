"""What does a GPU-hour or a million tokens cost, by whom and when?

The functions take the rows of prices and return a `Price`: the value and where it was read. A
team's own price goes before all others, and a newer one before an older.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from xlcalc.catalogue.names import is_part, words
from xlcalc.catalogue.reader import Row
from xlcalc.errors import NotFoundError, suggestion

NOON = 12
"""Hour of the day, in UTC, of a price that changes over the day: none of the vendors' off-peak."""


@dataclass(frozen=True)
class Price:
    """A price and where it was read; a price of genai-prices has an empty row."""

    value: float
    source: str
    row: Row


def rental_price(
    rows: Iterable[Row], gpu: Row, provider: str = "", own: frozenset[str] = frozenset()
) -> Price:
    """Return the newest price of a GPU-hour: a team's own before others, on demand before the rest.

    The range of a whole market is no offer, and is returned only if it is asked for by its name. Of
    two prices of one day the first of the catalogue is returned.
    """
    offers = [row for row in rows if row["category"] == "gpu_rental" and row["item"] == gpu["id"]]
    if provider:
        offers = _of_provider(offers, provider, str(gpu["name"]))
    else:
        offers = [row for row in offers if row["value_high"] is None]
    if not offers:
        raise NotFoundError(f"the catalogue has no rental price of {gpu['name']}")
    offers = [row for row in offers if row["id"] in own] or offers
    on_demand = [row for row in offers if str(row["unit"]).endswith("on-demand")]
    return _price(max(on_demand or offers, key=lambda row: str(row["date"])))


def token_price(rows: Iterable[Row], model: str, direction: str, own: frozenset[str]) -> Price:
    """Return the price of a million tokens: a team's own, then genai-prices, then the snapshot."""
    offers = [row for row in rows if row["category"] == "api_token"]
    asked = words(model)
    matching = [
        row
        for row in offers
        if (item := str(row["item"])).endswith(f" {direction}")
        and words(item.removesuffix(f" {direction}")) == asked
    ]
    team = [row for row in matching if row["id"] in own]
    if not team:
        live = _live_token_price(model.strip(), direction)
        if live is not None:
            return live
    if not matching:
        names = {str(row["item"]).rpartition(" ")[0] for row in offers}
        raise NotFoundError(
            f'the catalogue has no price of the model "{model}"{suggestion(model, names)}'
        )
    return _price(max(team or matching, key=lambda row: str(row["date"])))


def price_by_id(rows: Mapping[str, Row], identity: str) -> Price | None:
    """Return the price of the row with an id, or None if there is no such row."""
    row = rows.get(identity.strip())
    return None if row is None else _price(row)


def _price(row: Row) -> Price:
    value = row["value"]
    if not isinstance(value, float):
        raise NotFoundError(f"the catalogue has no figure for the price {row['id']}")
    upper = f" to {row['value_high']:g}" if row["value_high"] is not None else ""
    what = f"{row['provider']}, {row['item']}: {value:g}{upper} {row['unit']}"
    return Price(value, f"{what}, {row['date']}, {row['source_url']} ({row['id']})", row)


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


def _live_token_price(model: str, direction: str) -> Price | None:
    """Return a price from the package genai-prices, or None without it or for unknown models."""
    try:
        import genai_prices
    except ImportError:
        return None
    now = datetime.now(UTC).replace(hour=NOON, minute=0, second=0, microsecond=0)
    # A thousand tokens, not a million: those could fall into the tier of long contexts.
    usage = genai_prices.Usage(input_tokens=1000, output_tokens=1000)
    try:
        found = genai_prices.calc_price(usage, model_ref=model, genai_request_timestamp=now)
    except LookupError:
        return None
    price = found.input_price if direction == "input" else found.output_price
    page = (found.provider.pricing_urls or ["no page named"])[0]
    per_million = float(price * 1000)
    what = f"{found.provider.name}, {found.model.id} {direction}: {per_million:g} USD/1M tokens"
    return Price(per_million, f"{what}, genai-prices {_genai_version()}, {page}", {})


@functools.cache
def _genai_version() -> str:
    from importlib.metadata import version

    return version("genai-prices")
