"""Which row does a person mean by a name?

`Finder.find` takes a text and returns one row. It finds an id, a name or an alias whatever the
case, and a part of a name if one row alone has it; else `NotFoundError` says which rows it could
be.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from xlcalc.catalogue.reader import Row
from xlcalc.errors import NotFoundError, suggestion

_WORDS = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")


class Finder:
    """Rows, to be found by id, name, alias, or a part of a name that one row alone has.

    Parameters
    ----------
    what : str
        What a row describes, for sentences.
    rows : iterable of Row
        Rows with the column `id`.
    name, maker : callable
        They return the name of a row, and who makes what it describes.
    aliases : Mapping[str, str]
        Short names in lower case, and the ids that they stand for.
    """

    def __init__(
        self,
        what: str,
        rows: Iterable[Row],
        name: Callable[[Row], str],
        maker: Callable[[Row], str],
        aliases: Mapping[str, str],
    ) -> None:
        self.what = what
        self._name = name
        self._aliases = aliases
        self._unknown: dict[str, str] = {}
        self._by_id = {str(row["id"]).lower(): row for row in rows}
        self._by_words = {words(name(row)): row for row in self._by_id.values()}
        self._full = [(words(f"{maker(row)} {name(row)}"), row) for row in self._by_id.values()]

    def find(self, text: str) -> Row:
        """Return the row that a name means; `NotFoundError` if there is none, or more than one."""
        key = text.strip().lower()
        asked = words(text)
        row = self._by_id.get(self._aliases.get(key, key)) or self._by_words.get(asked)
        if row is not None:
            return row
        candidates = [row for full, row in self._full if asked and is_part(asked, full)]
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            could_be = ", ".join(self._name(candidate) for candidate in candidates[:8])
            more = f" and {len(candidates) - 8} more" if len(candidates) > 8 else ""
            raise NotFoundError(f'the {self.what} "{text}" could be any of: {could_be}{more}')
        if key not in self._unknown:
            known = [*map(self._name, self._by_id.values()), *self._by_id, *self._aliases]
            self._unknown[key] = suggestion(text, known)
        raise NotFoundError(f'the catalogue has no {self.what} "{text}"{self._unknown[key]}')


def words(name: str) -> tuple[str, ...]:
    """Split a name into words and numbers, so that `H100 80GB` and `h-100 80 gb` are equal."""
    return tuple(_WORDS.findall(name.lower()))


def is_part(asked: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Whether a name has some words, in their order."""
    rest = iter(full)
    return all(word in rest for word in asked)
