"""Which electricity grid does a person mean by a region?

`find_grid` takes a text and what is asked for, carbon or water, and returns the newest row of a
country or of a region of a cloud.
"""

from collections.abc import Callable, Iterable

from xlcalc.catalogue.dates import middle
from xlcalc.catalogue.names import is_part, words
from xlcalc.catalogue.reader import Row
from xlcalc.errors import NotFoundError, suggestion

_NAMES: tuple[Callable[[Row], object], ...] = (
    lambda row: row["id"],
    lambda row: None if row["provider_region"] else row["region"],
    lambda row: None if row["provider_region"] else row["country"],
    lambda row: row["region"],
    lambda row: str(row["provider_region"] or "").partition(":")[2],
)
"""What a row goes by, the first first: Finland is the country, not a cloud's region there."""


def find_grid(rows: Iterable[Row], region: str, metric: str, own: frozenset[str]) -> Row:
    """Return the newest row of a region for a metric, a team's own before others.

    A region goes by its name, a code of ISO 3166 as "DEU", or a cloud's name as "us-east4".

    Raises
    ------
    NotFoundError
        If there is no such region, or several have the words.
    """
    rows, asked = [row for row in rows if row["metric"] == metric], words(region)
    for name in _NAMES:
        found = [row for row in rows if asked and words(str(name(row) or "")) == asked]
        if found:
            mine = [row for row in found if row["id"] in own]
            return max(mine or found, key=lambda row: middle(str(row["date"])))
    parts = [row for row in rows if asked and is_part(asked, words(str(row["region"])))]
    if len(parts) == 1:
        return parts[0]
    known = [str(row["region"]) for row in parts or rows]
    listed = f"; it has {', '.join(known[:8])}" if parts else suggestion(region, known)
    raise NotFoundError(f'the catalogue has no {metric} of a grid "{region}"{listed}')
