"""What is an amount of one currency in another?

`Rates.rate` returns how much of one currency a unit of another is, by the newest rate of the
catalogue on a day. The bundled catalogue has no rates: they come from a team's rates.csv.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from xlcalc.catalogue.dates import middle, period
from xlcalc.catalogue.reader import Row
from xlcalc.errors import NotFoundError


@dataclass(frozen=True)
class Rate:
    """A rate of exchange and where it was read; one of a currency to itself has no source."""

    value: float
    source: str = ""


class Rates:
    """The rates of a catalogue.

    Parameters
    ----------
    rows : iterable of Row
        Rows with `from_currency`, `to_currency`, `rate` and `date`.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = list(rows)

    def rate(self, of: str, to: str, as_of: str = "") -> Rate:
        """Return the newest rate that a day knows; a pair is read in both directions.

        Raises
        ------
        NotFoundError
            If no row has the pair, on that day or before.
        """
        of, to = of.strip().upper(), to.strip().upper()
        if of == to and of:
            return Rate(1.0)
        found = [
            row for row in self._rows if {row["from_currency"], row["to_currency"]} == {of, to}
        ]
        if as_of:
            day = period(as_of)[1]
            found = [row for row in found if period(str(row["date"]))[0] <= day]
        if not found:
            when = f" as of {as_of}" if as_of else ""
            raise NotFoundError(
                f"the catalogue has no rate of {of} to {to}{when}; a row in rates.csv gives one"
            )
        row = max(found, key=lambda row: middle(str(row["date"])))
        given = row["rate"]
        assert isinstance(given, float)  # noqa: S101  the reader refuses a row without it
        value = given if row["from_currency"] == of else 1.0 / given
        source = (
            f"1 {row['from_currency']} = {given:g} {row['to_currency']}, {row['date']}, "
            f"{row['source_url']} ({row['id']})"
        )
        return Rate(value, source)
