"""Which expression does a call stand for, when some of its words are known and others are not?

The formula's Python runs once for each combination of the choices that are left to cells. Where its
results differ, CHOOSE takes the one of the choice; where they are alike, nothing tells that there
was one. Arguments have their names in it, so that calls of one kind have one expression.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from xlcalc.terms import MANY_CHOICES, Keys, Term, as_term, called, inner_first, skeleton


@dataclass(frozen=True)
class Live:
    """A number that cells have.

    Attributes
    ----------
    name : str
        What it is called in the expression.
    """

    name: str


@dataclass(frozen=True)
class Chosen:
    """A choice that a cell makes.

    Attributes
    ----------
    options : tuple
        What can be chosen.
    name : str
        What the number of the option, from 1, is called in the expression.
    """

    options: tuple[Any, ...]
    name: str


@functools.lru_cache(maxsize=1024)
def trace(formula: Callable[..., Any], operands: tuple[Any, ...]) -> Term:
    """Return the expression of a function for some arguments.

    Parameters
    ----------
    formula : callable
        The Python of the function.
    operands : tuple
        For each argument a number, a word, a `Live` or a `Chosen`.

    Raises
    ------
    NoLambdaFormError
        If the formula has no counterpart in a spreadsheet.
    """
    return _without_underflow(_Merging().traced(formula, list(operands)))


def _without_underflow(term: Term) -> Term:
    """Return a term whose powers are 0 where LibreOffice says #NUM!: below the least number."""
    made: dict[int, Term] = {}
    for part in inner_first(term):
        if part.head in {"name", "number"}:
            made[id(part)] = part
            continue
        parts = tuple(made[id(inner)] for inner in part.parts)
        made[id(part)] = power = Term(part.head, parts)
        if part.head == "^" and not any(inner.head == "number" for inner in parts):
            base, exponent = parts
            logarithm = Term("LN", (Term("IF", (base > 0.0, base, as_term(1.0))),))
            gone = exponent * logarithm < _LEAST_LOGARITHM
            made[id(part)] = Term("IF", (gone, as_term(0.0), power))
    return made[id(term)]


_LEAST_LOGARITHM = -700.0
"""That of 1E-304; the least number of all is 2.2E-308."""


def _as_formulas_take_it(operand: Any) -> Any:
    if isinstance(operand, Live):
        return Term("name", (operand.name,))
    return np.float64(operand) if type(operand) is float else operand


class _Merging:
    """Makes one expression of those of several options."""

    def __init__(self) -> None:
        self._keys = Keys()
        self._known: dict[tuple[object, ...], Term] = {}  # results share parts: each pair once

    def traced(self, formula: Callable[..., Any], operands: list[Any]) -> Term:
        place = next((n for n, one in enumerate(operands) if isinstance(one, Chosen)), None)
        if place is None:
            with np.errstate(all="ignore"):
                return called(formula, map(_as_formulas_take_it, operands))
        chosen = operands[place]
        results = [
            self.traced(formula, [*operands[:place], option, *operands[place + 1 :]])
            for option in chosen.options
        ]
        count = len(results)
        families: dict[str, list[tuple[int, Term]]] = {}
        for number, term in enumerate(results):
            # Many choices are kept apart where they are other formulas, and not other constants.
            family = skeleton(term) if count >= MANY_CHOICES else ""
            families.setdefault(family, []).append((number, term))
        ones = [(group, self.merged(chosen.name, group, count)) for group in families.values()]
        return self.picked(chosen.name, ones, count) if len(ones) > 1 else ones[0][1]

    def merged(self, number: str, results: list[tuple[int, Term]], count: int) -> Term:
        """Return one expression for those of some options, by their places."""
        key = (number, *((place, self._keys.of(term)) for place, term in results))
        if key not in self._known:
            self._known[key] = self._merge(number, results, count)
        return self._known[key]

    def _merge(self, number: str, results: list[tuple[int, Term]], count: int) -> Term:
        first = results[0][1]
        if len({self._keys.of(term) for _, term in results}) == 1:
            return first
        shapes: dict[object, list[tuple[int, Term]]] = {}
        for place, term in results:
            simple = term.head in {"name", "number"}
            shape = self._keys.of(term) if simple else (term.head, len(term.parts))
            shapes.setdefault(shape, []).append((place, term))
        if len(shapes) == 1:
            parts = (
                self.merged(number, [(place, term.parts[index]) for place, term in results], count)
                for index in range(len(first.parts))
            )
            return Term(first.head, tuple(parts))
        groups = [(group, self.merged(number, group, count)) for group in shapes.values()]
        return self.picked(number, groups, count)

    def picked(
        self, number: str, groups: list[tuple[list[tuple[int, Term]], Term]], count: int
    ) -> Term:
        """Return the expression that takes that of the group in which the choice is."""
        taken = {place: one for group, one in groups for place, _ in group}
        # Options that never come here have any number in their place.
        rest = Term("number", (0.0,))
        options = (taken.get(place, rest) for place in range(count))
        return Term("CHOOSE", (Term("name", (number,)), *options))
