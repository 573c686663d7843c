"""How does a workbook say what a row of the catalogue notes?

In its own language, and without what is for those who keep the catalogue: ids of rows, licences,
and packages that were compared. A note is a list of clauses, each of which is a text of the table
of texts, but for the numbers in it.

    cache read 0.5; litellm 1.80.0 agrees  ->  cached input 0.5
"""

import re
from functools import reduce

from xlcalc.author.book import Texts

_KEPT_APART = re.compile(
    r"\b(?:litellm|MIT$|CC BY|package default|docstring|not corroborated|read by way of)|xlcalc/"
)
"""Clauses that say how the catalogue came about."""
_ID = re.compile(r"\s*\((?:[a-z_]+(?:26)?-\d{3,4}(?: and -\d+)?(?:, )?)+\)|,? ?\([a-z]+26-\d+\)")
_DAY = r"\d{4}(?:-\d\d){0,2}"
_NUMBER = r"[\d.,]*\d"
_FORMS = (
    (
        rf"median of (\d+) providers, ({_NUMBER}) to ({_NUMBER}), ({_DAY}) to ({_DAY})",
        "median of {0} providers, {1} to {2}, {3} to {4}",
    ),
    (
        rf"median of (\d+) providers, ({_NUMBER}) to ({_NUMBER}), ({_DAY})",
        "median of {0} providers, {1} to {2}, {3}",
    ),
    (
        rf"median of (\d+) prices, ({_NUMBER}) to ({_NUMBER}), ({_DAY}) to ({_DAY})",
        "median of {0} prices, {1} to {2}, {3} to {4}",
    ),
    (
        rf"median of (\d+) prices, ({_NUMBER}) to ({_NUMBER}), ({_DAY})",
        "median of {0} prices, {1} to {2}, {3}",
    ),
    (r"no other price of the last (\d+) months", "no other price of the last {0} months"),
    (rf"market, ({_DAY})", "market, {0}"),
    (r"([A-Z][\w .]+), (\d{4}-\d\d-\d\d)", "{0}, {1}"),
    (r"([\w -]+) (industrial)", "{0}, industry"),
    (r"([\w -]+) (commercial)", "{0}, trade"),
    (rf"cache read ({_NUMBER})", "cached input {0}"),
    (r"long-context tier from (\d+) tokens", "dearer from {0} tokens on"),
)
"""Clauses with numbers, and the texts with a place for each."""
_COMPILED = tuple((re.compile(pattern), text) for pattern, text in _FORMS)


def shown_note(texts: Texts, note: str) -> str:
    """Return what a workbook says of a row's note.

    Parameters
    ----------
    texts : Texts
        The language of the workbook.
    note : str
        Clauses, parted by semicolons.

    Examples
    --------
    >>> shown_note(Texts(), "cache read 0.5; litellm 1.80.0 agrees")
    'cached input 0.5'
    """
    clauses = _ID.sub("", note).split("; ")
    kept = [_clause(texts, one) for one in clauses if not _KEPT_APART.search(one)]
    return reduce(texts("{0}; {1}").format, kept) if kept else ""


def _clause(texts: Texts, clause: str) -> str:
    for pattern, text in _COMPILED:
        if found := pattern.fullmatch(clause):
            return texts(text).format(*map(texts.if_known, found.groups()))
    return texts(clause)
