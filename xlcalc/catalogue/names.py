"""Which row does a person mean by a name?

`Finder.find` takes a text and returns one row. It finds an id, a name or an alias whatever the
case, and a part of a name if one row alone has it; else `NotFoundError` says which rows it could
be. An alias that leaves out what tells forms apart, as "A100", stands for the usual form, and
`Finder.taken_for` says so.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from xlcalc.catalogue.reader import Row
from xlcalc.errors import NotFoundError, suggestion

_WORDS = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")
_SIZES = re.compile(r"\d+(?:\.\d+)?\s?[bmt]\b|[^\W\d_]+|\d+(?:\.\d+)?")
"""A size, as 4B, is one word: the 4 of "Gemma 4" is a version, and no part of "Gemma 3 4B"."""
_HYPHENATED = re.compile(r"(?<![\d.])(\d)-(\d)(?![\d.]|\s?[bmt])")
"""A version as price lists write it: claude-sonnet-4-5."""


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
    sizes : bool
        Whether names have sizes in parameters, which no version number means.
    """

    def __init__(
        self,
        what: str,
        rows: Iterable[Row],
        name: Callable[[Row], str],
        maker: Callable[[Row], str],
        aliases: Mapping[str, str],
        *,
        sizes: bool = False,
    ) -> None:
        self.what = what
        self._name = name
        self._sizes = sizes
        self._words = sized_words if sizes else words
        self._aliases = {self._words(alias): identity for alias, identity in aliases.items()}
        self._short = list(aliases)
        self._unknown: dict[str, str] = {}
        self._by_id = {str(row["id"]).lower(): row for row in rows}
        self._by_words = {self._words(name(row)): row for row in self._by_id.values()}
        self._full = [
            (self._words(f"{maker(row)} {name(row)}"), row) for row in self._by_id.values()
        ]

    def find(self, text: str) -> Row:
        """Return the row that a name means; `NotFoundError` if there is none, or more than one."""
        key = text.strip().lower()
        asked = self._words(text)
        row = self._by_id.get(key) or self._by_words.get(asked)
        if row is None and asked in self._aliases:
            row = self._by_id.get(self._aliases[asked])
        if row is not None:
            return row
        candidates = [row for full, row in self._full if asked and is_part(asked, full)]
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            names = [self._name(row) for row in candidates]
            raise NotFoundError(f'the {self.what} "{text}" could be any of: {_listed(names)}')
        if key not in self._unknown:
            self._unknown[key] = self._nearest(text, asked)
        raise NotFoundError(f'the catalogue has no {self.what} "{text}"{self._unknown[key]}')

    def taken_for(self, text: str) -> str:
        """Return which form a short name is taken for, in words; nothing for a full name."""
        asked = self._words(text)
        if text.strip().lower() in self._by_id or asked in self._by_words:
            return ""
        if asked not in self._aliases:
            return ""
        return f'"{text.strip()}" is taken for {self._name(self.find(text))}'

    def _nearest(self, text: str, asked: tuple[str, ...]) -> str:
        """Return what an unknown name may mean: a name but for its numbers, or one spelt alike."""
        if self._sizes:
            plain = tuple(word for word in asked if not word[0].isdigit())
            alike = [row for full, row in self._full if plain and is_part(plain, full)]
            if alike and len(plain) < len(asked):
                return f"; it has {_listed([self._name(row) for row in alike])}"
        known = [*map(self._name, self._by_id.values()), *self._by_id]
        known += self._short
        return suggestion(text, known)


def words(name: str) -> tuple[str, ...]:
    """Split a name into words and numbers, so that `H100 80GB` and `h-100 80 gb` are equal."""
    return tuple(_WORDS.findall(name.lower()))


def sized_words(name: str) -> tuple[str, ...]:
    """Split a name as `words` does, but with `4B` and `4 b` as one word, and `4-5` as 4.5."""
    versions = _HYPHENATED.sub(r"\1.\2", name.lower())
    return tuple(word.replace(" ", "") for word in _SIZES.findall(versions))


def is_part(asked: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Whether a name has some words, in their order."""
    rest = iter(full)
    return all(word in rest for word in asked)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more
