"""In which currency does a price stand in its list?

`as_quoted` asks for a price in US dollars, and if its rows are in another currency, in that one: a
row in euros is shown in euros, whether a rate of exchange is known or not.
"""

from collections.abc import Callable, Iterable

from xlcalc.catalogue.prices import Price
from xlcalc.errors import NotFoundError

BASE = "USD"
"""The currency of the bundled rows, and of the functions where none is asked for."""


def as_quoted(ask: Callable[[str], Price], currencies: Iterable[str]) -> Price:
    """Return a price in the currency of its row.

    Parameters
    ----------
    ask : callable
        Takes the code of a currency, and returns the price in it.
    currencies : iterable of str
        The currencies in which the price may stand.

    Raises
    ------
    NotFoundError
        If there is no such price in any of them.
    """
    missing: NotFoundError | None = None
    for currency in (BASE, *sorted(set(currencies) - {BASE})):
        try:
            price = ask(currency)
        except NotFoundError as reason:
            missing = missing or reason
            continue
        listed = str(price.row.get("currency") or currency)
        return price if listed == price.currency else ask(listed)
    raise missing or NotFoundError("the catalogue has no such price")
