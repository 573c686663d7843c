"""What does a formula's own Python say as an expression that a spreadsheet can calculate?

The Python is run with symbolic arguments. What comes out is a `Term`, a graph of operations whose
parts are shared where the Python used a value twice. `TermWriter` writes it as the text of a
formula; how long that text is can be told from the graph, without the text.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from xlcalc.errors import XlcalcError
from xlcalc.quantities import Quantity

MAX_LENGTH = 8192  # Excel's limit for a formula
MANY_CHOICES = 8  # from here on the formulas of choices share what they have in common
_OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "^"}
_COMPARISONS = {
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
    "equal": "=",
    "not_equal": "<>",
}
_SINGLE = {
    "floor": "INT",
    "sqrt": "SQRT",
    "log10": "LOG10",
    "exp": "EXP",
    "inv_cdf (vectorized)": "NORMSINV",  # of statistics.NormalDist
}
BINDING = {
    "=": 0,
    "<>": 0,
    ">": 0,
    ">=": 0,
    "<": 0,
    "<=": 0,
    "+": 1,
    "-": 1,
    "*": 2,
    "/": 2,
    "^": 4,
}


class NoLambdaFormError(XlcalcError):
    """A function cannot be written as an Excel formula."""


@dataclass(frozen=True, eq=False)
class Term(np.lib.mixins.NDArrayOperatorsMixin):
    """A symbolic number: an operation on other terms, a parameter, or a constant.

    Attributes
    ----------
    head : str
        An operator, an Excel function, `name` or `number`.
    parts : tuple
        Terms, or what the name or the number is.
    """

    head: str
    parts: tuple[Any, ...]

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> "Term":
        name = ufunc.__name__
        # Excel has one precision alone.
        if method != "__call__" or not options.keys() <= {"dtype", "casting"}:
            raise NoLambdaFormError(f"numpy's {name}.{method} has no counterpart in Excel")
        terms = tuple(map(as_term, inputs))
        if name in _OPERATORS or name in _COMPARISONS:
            return Term(_OPERATORS.get(name) or _COMPARISONS[name], terms)
        if name in {"maximum", "minimum"}:
            # MAX and MIN would make one value of a range.
            first, second = terms
            comparison = Term(">" if name == "maximum" else "<", terms)
            return Term("IF", (comparison, first, second))
        if name == "ceil":
            return Term("neg", (Term("INT", (Term("neg", terms),)),))
        if name in _SINGLE:
            return Term(_SINGLE[name], terms)
        if name == "negative":
            return Term("neg", terms)
        if name == "positive":
            return terms[0]
        raise NoLambdaFormError(f"numpy's {name} has no counterpart in Excel")

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any
    ) -> "Term":
        if function is np.where and len(args) == 3 and not kwargs:
            if not isinstance(args[0], Term):
                return as_term(args[1] if args[0] else args[2])
            return Term("IF", tuple(map(as_term, args)))
        if function is np.sum and len(args) == 1 and not kwargs:
            return Term("SUMPRODUCT", (as_term(args[0]),))
        raise NoLambdaFormError(f"numpy's {function.__name__} has no counterpart in Excel")

    def __bool__(self) -> bool:
        raise NoLambdaFormError("a condition on a number must be written with numpy.where")


def as_term(value: Any) -> Term:
    """Return a term for a term or a number."""
    if isinstance(value, Term):
        return value
    if isinstance(value, int | float | np.number | np.bool_) or (
        isinstance(value, np.ndarray) and value.ndim == 0
    ):
        if math.isinf(value):
            raise NoLambdaFormError("Excel has no infinite number")
        return Term("number", (float(value),))
    raise NoLambdaFormError(f"{type(value).__name__} has no counterpart in Excel")


def called(formula: Callable[..., Any], operands: Iterable[Any]) -> Term:
    """Return the expression that the Python of a function makes of symbolic arguments.

    Raises
    ------
    NoLambdaFormError
        If it has no counterpart in a spreadsheet.
    """
    try:
        return as_term(formula(*operands))
    except NoLambdaFormError as error:
        told = str(error)
    # A function of others may do with its arguments whatever Python lets it do with numbers.
    except Exception as error:  # noqa: BLE001
        told = " ".join(f"{type(error).__name__}: {error}".split())
    raise NoLambdaFormError(f"{formula.__name__.upper()} cannot go without Python: {told}")


def inner_first(term: Term) -> list[Term]:
    """Return the parts of a term before the term, each object once: a part may be used often."""
    found: dict[int, Term] = {}

    def visit(part: Term) -> None:
        if id(part) not in found:
            if part.head not in {"name", "number"}:
                for inner in part.parts:
                    visit(inner)
            found[id(part)] = part

    visit(term)
    return list(found.values())


def skeleton(term: Term) -> str:
    """Return how a term is built, whatever its constants are."""
    places: dict[int, int] = {}
    lines = []
    for part in inner_first(term):
        places[id(part)] = len(places)
        if part.head == "number":
            lines.append("#")
        elif part.head == "name":
            lines.append(str(part.parts[0]))
        else:
            lines.append(f"{part.head}{[places[id(inner)] for inner in part.parts]}")
    return ";".join(lines)


class Keys:
    """Numbers terms, the same number for terms that are written the same."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._known: dict[int, tuple[Term, int]] = {}

    def of(self, term: Term) -> int:
        """Return the number of a term."""
        if id(term) not in self._known:
            parts = (self.of(part) if isinstance(part, Term) else repr(part) for part in term.parts)
            written = (term.head, *parts)
            number = self._numbers.setdefault(written, len(self._numbers))
            self._known[id(term)] = (term, number)  # the term stays, and so its id
        return self._known[id(term)][1]


class TermWriter:
    """Writes terms as the text of a formula.

    Attributes
    ----------
    keys : Keys
        The numbers of the terms that it has met.
    """

    def __init__(self) -> None:
        self.keys = Keys()

    def local(self, name: str) -> str:
        """Return how a name stands in the text."""
        return name

    def call(self, function: str) -> str:
        """Return how the name of a function stands in the text."""
        return function

    def repeated(self, term: Term) -> list[tuple[int, Term]]:
        """Return the parts that a term uses more than once, each after those inside it."""
        counts: dict[int, int] = {}
        order: list[tuple[int, Term]] = []
        for part in self.inside_out(term, set()):
            key = self.keys.of(part)
            counts[key] = counts.get(key, 0) + 1
            if counts[key] == 1:
                order.append((key, part))
        return [
            (key, part)
            for key, part in order
            if counts[key] > 1 and part.head not in {"name", "number"} and part is not term
        ]

    def inside_out(self, term: Term, seen: set[int]) -> Iterator[Term]:
        """Yield the parts of a term before the term; those of a part that came before once."""
        key = self.keys.of(term)
        if term.head not in {"name", "number"} and key not in seen:
            for inner in term.parts:
                yield from self.inside_out(inner, seen)
        seen.add(key)
        yield term

    def text(self, term: Term, names: dict[int, str], binding: int = -1) -> str:
        """Return the text of a term, in brackets where what stands around it binds closer."""
        if (key := self.keys.of(term)) in names:
            return names[key]
        if term.head == "name":
            return self.local(str(term.parts[0]))
        if term.head == "number":
            return number_literal(float(term.parts[0]), binding)
        if term.head == "neg":
            # Excel binds a sign closer than a power, so a negated power needs its brackets.
            inner = f"-{self.text(term.parts[0], names, BINDING['^'] + 1)}"
            return f"({inner})" if binding >= 0 else inner
        if term.head in BINDING:
            own = BINDING[term.head]
            left = self.text(term.parts[0], names, own)
            right = self.text(term.parts[1], names, own + 1)
            text = f"{left}{term.head}{right}"
            return f"({text})" if binding > own else text
        parts = (self.text(part, names) for part in term.parts)
        return f"{self.call(term.head)}({','.join(parts)})"


def bounds(quantity: Quantity, value: str) -> list[str]:
    """Return the conditions that a number is inside its domain, one for each bound."""
    limits = (
        (">", quantity.above),
        (">=", quantity.at_least),
        ("<", quantity.below),
        ("<=", quantity.at_most),
    )
    conditions = [f"{value}{sign}{number_literal(at)}" for sign, at in limits if math.isfinite(at)]
    return [*conditions, f"{value}=INT({value})"] if quantity.whole else conditions


def domain(quantity: Quantity, value: str) -> str:
    """Return the condition that a number is inside its domain.

    It is a product of conditions: AND would make one value of a range.
    """
    conditions = bounds(quantity, value)
    if len(conditions) == 1:
        return conditions[0]
    return "*".join(f"({condition})" for condition in conditions) or "TRUE"


def word_literal(value: Any) -> str:
    """Return a choice, a flag or a number as a literal of a formula."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str):
        return '"{}"'.format(value.replace('"', '""'))
    return number_literal(float(value))


def number_literal(value: float, binding: int = -1) -> str:
    """Return a number that Excel reads back as the same: a fraction where digits do not suffice."""
    if math.isnan(value):
        return "#NUM!"
    text = str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    digits = sum(character.isdigit() for character in text.partition("e")[0].lstrip("-0."))
    if digits > 15:
        fraction = Fraction(value).limit_denominator(1000)
        if fraction.numerator / fraction.denominator == value:
            return f"({fraction.numerator}/{fraction.denominator})"
    text = text.upper()
    return f"({text})" if value < 0 and binding >= 0 else text
