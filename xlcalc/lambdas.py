"""What is a worksheet function as the text of an Excel LAMBDA?

The formula's own Python is run with symbolic arguments, once for each choice that its words allow.
Its checks become conditions, its defaults ISOMITTED, and subexpressions that are used twice get a
name by LET, so that the formula is written once, in Python.
"""

import itertools
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from xlcalc.errors import XlcalcError
from xlcalc.quantities import Choice, Flag, Quantity, Several
from xlcalc.worksheet import REQUIRED, Argument, SameAs, Spec

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
_BINDING = {
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
    if isinstance(value, int | float | np.number):
        return Term("number", (float(value),))
    raise NoLambdaFormError(f"{type(value).__name__} has no counterpart in Excel")


_ROW = "IFERROR(XMATCH(TRIM({0}),{1}_names),XMATCH(TRIM({0}),{1}_ids))"
_FIELD = "XMATCH(TRIM(field_),{0}_fields)"
# The cell is named twice: an empty one would lose its emptiness in a name of LET.
_CELL = 'IF(INDEX({0},{1})="",#N/A,INDEX({0},{1}))'


def _texts(body: str, *arguments: str) -> str:
    """Return a formula behind the checks that its arguments are no errors, but texts."""
    for argument in reversed(arguments):
        body = f"IF(ISTEXT({argument}),{body},#VALUE!)"
    for argument in reversed(arguments):
        body = f"IF(ISERROR({argument}),{argument},{body})"
    return body


def _spec(argument: str, catalogue: str) -> str:
    row, field = _ROW.format(argument, catalogue), _FIELD.format(catalogue)
    figure = _CELL.format(f"{catalogue}_figures", "v_row,v_field")
    body = f"LET(v_row,{row},v_field,{field},IF(ISERROR(v_row),v_row,{figure}))"
    return f"LAMBDA({argument},field_,{_texts(body, argument, 'field_')})"


_EMPTY, _MEDIAN, _DEMAND, _DOLLARS = '""', '"median"', '"on-demand"', '"USD"'
_OTHER_TERMS = ("spot", "reserved", "1-year", "3-year", "marketplace", "serverless")
_GPU_ROW = _ROW.format("{0}", "catalogue_gpu")
_PRICE = _CELL.format("catalogue_gpu_prices", _GPU_ROW.format("gpu_"))
_PRICE_SOURCE = _CELL.format("catalogue_gpu_price_sources", "v_row")
_GPU_SOURCE = _CELL.format("catalogue_gpu_sources", "v_row")
_SOURCE = (
    f"LET(v_row,{_GPU_ROW.format('id_')},SWITCH(LOWER(TRIM(catalogue_)),"
    f'"prices",{_PRICE_SOURCE},"gpus",{_GPU_SOURCE},"accelerators",{_GPU_SOURCE},'
    '"models",#N/A,"token_prices",#N/A,"grids",#N/A,"rates",#N/A,"tokenisers",#N/A,'
    '"tokenisation",#N/A,#VALUE!))'
)


def _given(argument: str, default: str) -> str:
    """Return an optional argument, or its default where it is left out or an empty cell."""
    present = f"IF(ISBLANK({argument}),{default},{argument})"
    return f"IF(ISOMITTED({argument}),{default},{present})"


def _is_usual(value: str, usual: str, *others: str) -> str:
    """Return 1 for the usual choice, 0 for the others, and #VALUE! for what is no choice."""
    cases = ",".join([f'"{usual}",1', *(f'"{other}",0' for other in others)])
    return f"SWITCH(LOWER(TRIM({value})),{cases},#VALUE!)"


# The sheet has the median of prices on demand in dollars. Products, for AND would make one value of
# a range.
_USUAL = (
    f"LET(v_median,{_is_usual('v_basis', 'median', 'low', 'high', 'newest')},"
    f"v_demand,{_is_usual('v_terms', 'on-demand', *_OTHER_TERMS)},"
    "IF(ISERROR(v_median),v_median,IF(ISERROR(v_demand),v_demand,"
    'IF((TRIM(v_asked)="")*v_median*v_demand*(UPPER(TRIM(v_money))="USD")*(v_day=""),'
    f"{_PRICE},#N/A))))"
)
_RENTAL = _texts(
    f"IF(ISERROR(v_day),v_day,IF(ISLOGICAL(v_day),#VALUE!,{_USUAL}))",
    *("gpu_", "v_asked", "v_basis", "v_terms", "v_money"),
)
LOOKUPS = {
    "GPU_SPEC": _spec("gpu_", "catalogue_gpu"),
    "MODEL_SPEC": _spec("model_", "catalogue_model"),
    "RENTAL_PRICE": (
        "LAMBDA(gpu_,[provider_],[basis_],[terms_],[currency_],[day_],"
        f"LET(v_asked,{_given('provider_', _EMPTY)},v_basis,{_given('basis_', _MEDIAN)},"
        f"v_terms,{_given('terms_', _DEMAND)},v_money,{_given('currency_', _DOLLARS)},"
        f"v_day,{_given('day_', _EMPTY)},{_RENTAL}))"
    ),
    "CATALOGUE_SOURCE": f"LAMBDA(catalogue_,id_,{_texts(_SOURCE, 'catalogue_', 'id_')})",
}
"""Look-ups on the workbook's own catalogue sheets, which its named ranges tell.

They know the rows and fields of these sheets under their full names or ids; what the sheets do not
show, prices by provider among it, is #N/A.
"""


def lookup_names(function: str) -> set[str]:
    """Return the named ranges that the look-up of a function reads."""
    return set(re.findall(r"catalogue_[a-z]+(?:_[a-z]+)*", LOOKUPS[function]))


_NEWER = ("LAMBDA", "LET", "ISOMITTED", "SWITCH", "XMATCH")


def lambda_text(spec: Spec, *, stored: bool = False) -> str:
    """Return a worksheet function as an Excel LAMBDA, as it is typed or as a file stores it.

    Raises
    ------
    NoLambdaFormError
        If the function has no counterpart in Excel; `spec.untraceable` says why.
    """
    if spec.current in LOOKUPS:
        return _stored(LOOKUPS[spec.current]) if stored else LOOKUPS[spec.current]
    if spec.untraceable:
        raise NoLambdaFormError(f"{spec.name} cannot go without Python: {spec.untraceable}")
    text = _Writer(stored).function(spec)
    if len(text) > MAX_LENGTH:
        raise NoLambdaFormError(f"{spec.name} is {len(text)} characters long in Excel")
    return text


def _stored(text: str) -> str:
    """Return a look-up as a file stores it."""
    text = re.sub(r"\[(\w+)\]", r"_xlop.\1", text)
    text = re.sub(r"(?<![.\w])(v_[a-z]+|[a-z]+_)(?!\w)", r"_xlpm.\1", text)
    return re.sub(rf"\b({'|'.join(_NEWER)})\(", r"_xlfn.\1(", text)


class _Writer:
    """Writes terms as Excel text, in the form that a person types or that a file stores."""

    def __init__(self, stored: bool) -> None:
        self.stored = stored
        self.keys = _Keys()

    def function(self, spec: Spec) -> str:
        declared = [self.declaration(argument) for argument in spec.arguments]
        values = {argument.name: _value_name(argument) for argument in spec.arguments}
        body = self.guarded(spec, list(spec.arguments), values, {})
        for argument in reversed(spec.arguments):
            value = self.local(values[argument.name])
            if isinstance(argument.kind, Several):
                value = f"SUMPRODUCT({value})"
            body = f"IF(ISERROR({value}),{value},{body})"
        lets = [
            f"{self.local(values[a.name])},{self.default(a, values)}"
            for a in spec.arguments
            if a.optional
        ]
        if lets:
            body = f"{self.call('LET')}({','.join(lets)},{body})"
        return f"{self.call('LAMBDA')}({','.join(declared)},{body})"

    def guarded(
        self, spec: Spec, arguments: list[Argument], values: dict[str, str], words: dict[str, Any]
    ) -> str:
        """Return the formula inside the checks of the arguments that are left."""
        if not arguments:
            return self.formula(spec, values, words)
        argument, *rest = arguments
        value = self.local(values[argument.name])
        kind = argument.kind
        if isinstance(kind, Quantity):
            inner = self.guarded(spec, rest, values, words)
            checked = f"IF({_domain(kind, value)},{inner},#NUM!)"
            return f"IF(ISNUMBER({value}),{checked},#VALUE!)"
        if isinstance(kind, Several):
            inner = self.guarded(spec, rest, values, words)
            # Each condition is counted over the range: AND would pass over its texts.
            checked = f"IF(SUMPRODUCT(1-({_domain(kind.quantity, value)}))=0,{inner},#NUM!)"
            # Only a number or an empty cell equals itself with 0 added, and not every cell may be
            # empty. ISNUMBER would say the same, but not every engine lets it look at a range.
            strange = f"SUMPRODUCT(1-({value}={value}+0))"
            numbers = f'SUMPRODUCT(1-({value}=""))'
            return f"IF({strange}=0,IF({numbers}>0,{checked},#VALUE!),#VALUE!)"
        options: tuple[Any, ...]
        if isinstance(kind, Choice):
            options, subject = kind.options, f"LOWER(TRIM({value}))"
        elif isinstance(kind, Flag):
            options, subject = (True, False), f"{value}*1"
        else:
            raise NoLambdaFormError(f"{argument.name} is a free text")
        choices = [{**words, argument.name: option} for option in options]
        if not rest and len(options) >= MANY_CHOICES:
            return self.families(spec, values, subject, options, choices)
        cases = [
            f"{_word(option)},{self.guarded(spec, rest, values, choice)}"
            for option, choice in zip(options, choices, strict=True)
        ]
        switch = f"{self.call('SWITCH')}({subject},{','.join(cases)},#VALUE!)"
        return f"IF(ISTEXT({value}),#VALUE!,{switch})" if isinstance(kind, Flag) else switch

    def families(
        self,
        spec: Spec,
        values: dict[str, str],
        subject: str,
        options: tuple[Any, ...],
        choices: list[dict[str, Any]],
    ) -> str:
        """Return the formulas of many choices: one for all that differ in constants alone.

        A choice gets a number, those of one family in a row, so that a comparison tells the family,
        and CHOOSE the constants, which its formula uses by names.
        """
        grouped: dict[str, list[tuple[Any, Term]]] = {}
        for option, choice in zip(options, choices, strict=True):
            term = self.term(spec, values, choice)
            grouped.setdefault(_skeleton(term), []).append((option, term))
        chosen = self.local("v_choice")
        ordered = [option for members in grouped.values() for option, _ in members]
        told = ",".join(f"{_word(option)},{place}" for place, option in enumerate(ordered, start=1))
        body, first = "", len(ordered)
        for members in reversed(grouped.values()):
            first -= len(members)
            text = self.family(f"{chosen}-{first}" if first else chosen, [t for _, t in members])
            body = f"IF({chosen}<={first + len(members)},{text},{body})" if body else text
        body = f"IF(ISERROR({chosen}),{chosen},{body})"
        switch = f"{self.call('SWITCH')}({subject},{told},#VALUE!)"
        return f"{self.call('LET')}({chosen},{switch},{body})"

    def family(self, place: str, terms: list[Term]) -> str:
        """Return the formula of terms that differ in constants, which a place tells apart."""
        names: dict[int, str] = {}
        lets: list[str] = []
        known: dict[tuple[float, ...], str] = {}
        for position, column in enumerate(zip(*map(_constants, terms), strict=True)):
            if len(set(column)) == 1:
                continue
            if column not in known:
                known[column] = f"k_{len(known) + 1}"
                told = ",".join(_number(value, -1) for value in column)
                lets.append(f"{self.local(known[column])},CHOOSE({place},{told})")
            names[position] = known[column]
        text = self.shared(_with_names(terms[0], names))
        return f"{self.call('LET')}({','.join(lets)},{text})" if lets else text

    def formula(self, spec: Spec, values: dict[str, str], words: dict[str, Any]) -> str:
        return self.shared(self.term(spec, values, words))

    def term(self, spec: Spec, values: dict[str, str], words: dict[str, Any]) -> Term:
        given = [
            words[a.name] if a.name in words else Term("name", (values[a.name],))
            for a in spec.arguments
        ]
        return as_term(spec.formula(*given))

    def shared(self, term: Term) -> str:
        """Return the text of a term with LET for the parts that it uses more than once."""
        counts: dict[int, int] = {}
        order: list[tuple[int, Term]] = []
        for part in self.inside_out(term, set()):
            key = self.keys.of(part)
            counts[key] = counts.get(key, 0) + 1
            if counts[key] == 1:
                order.append((key, part))
        names: dict[int, str] = {}
        lets = []
        numbers = itertools.count(1)
        for key, part in order:
            if counts[key] > 1 and part.head not in {"name", "number"} and part is not term:
                text = self.text(part, names)
                names[key] = self.local(f"s_{next(numbers)}")
                lets.append(f"{names[key]},{text}")
        body = self.text(term, names)
        return f"{self.call('LET')}({','.join(lets)},{body})" if lets else body

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
            return _number(float(term.parts[0]), binding)
        if term.head == "neg":
            # Excel binds a sign closer than a power, so a negated power needs its brackets.
            inner = f"-{self.text(term.parts[0], names, _BINDING['^'] + 1)}"
            return f"({inner})" if binding >= 0 else inner
        if term.head in _BINDING:
            own = _BINDING[term.head]
            left = self.text(term.parts[0], names, own)
            right = self.text(term.parts[1], names, own + 1)
            text = f"{left}{term.head}{right}"
            return f"({text})" if binding > own else text
        parts = (self.text(part, names) for part in term.parts)
        return f"{self.call(term.head)}({','.join(parts)})"

    def declaration(self, argument: Argument) -> str:
        # No parameter has the name of a cell: templates call theirs params, tokens and the like.
        if not argument.optional:
            return self.local(f"{argument.name}_")
        return f"_xlop.{argument.name}_" if self.stored else f"[{argument.name}_]"

    def default(self, argument: Argument, values: dict[str, str]) -> str:
        """Return the value of an optional argument: an empty cell counts as left out."""
        given = self.local(f"{argument.name}_")
        assert argument.default is not REQUIRED  # noqa: S101  optional arguments have one
        if isinstance(argument.default, SameAs):
            default = self.local(values[argument.default.argument])
        else:
            default = _word(argument.default)
        present = f"IF(ISBLANK({given}),{default},{given})"
        return f"IF({self.call('ISOMITTED')}({given}),{default},{present})"

    def local(self, name: str) -> str:
        return f"_xlpm.{name}" if self.stored else name

    def call(self, function: str) -> str:
        return f"_xlfn.{function}" if self.stored and function in _NEWER else function


def _inner_first(term: Term) -> list[Term]:
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


def _skeleton(term: Term) -> str:
    """Return how a term is built, whatever its constants are."""
    places: dict[int, int] = {}
    lines = []
    for part in _inner_first(term):
        places[id(part)] = len(places)
        if part.head == "number":
            lines.append("#")
        elif part.head == "name":
            lines.append(str(part.parts[0]))
        else:
            lines.append(f"{part.head}{[places[id(inner)] for inner in part.parts]}")
    return ";".join(lines)


def _constants(term: Term) -> list[float]:
    """Return the constants of a term, in one order for all terms that are built alike."""
    return [float(part.parts[0]) for part in _inner_first(term) if part.head == "number"]


def _with_names(term: Term, names: dict[int, str]) -> Term:
    """Return a term with names in place of some of its constants, counted as `_constants` does."""
    made: dict[int, Term] = {}
    places = itertools.count()
    for part in _inner_first(term):
        if part.head == "number":
            name = names.get(next(places))
            made[id(part)] = part if name is None else Term("name", (name,))
        elif part.head == "name":
            made[id(part)] = part
        else:
            made[id(part)] = Term(part.head, tuple(made[id(inner)] for inner in part.parts))
    return made[id(term)]


class _Keys:
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


def _value_name(argument: Argument) -> str:
    """Return the name that holds an argument's value, its default included."""
    return f"v_{argument.name}" if argument.optional else f"{argument.name}_"


def _domain(quantity: Quantity, value: str) -> str:
    """Return the condition that a number is inside its domain.

    It is a product of conditions: AND would make one value of a range.
    """
    bounds = (
        (">", quantity.above),
        (">=", quantity.at_least),
        ("<", quantity.below),
        ("<=", quantity.at_most),
    )
    conditions = [f"{value}{sign}{_number(at)}" for sign, at in bounds if math.isfinite(at)]
    if quantity.whole:
        conditions.append(f"{value}=INT({value})")
    if len(conditions) == 1:
        return conditions[0]
    return "*".join(f"({condition})" for condition in conditions) or "TRUE"


def _word(value: Any) -> str:
    """Return a choice, a flag or a number as a literal of a formula."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str):
        return '"{}"'.format(value.replace('"', '""'))
    return _number(float(value))


def _number(value: float, binding: int = -1) -> str:
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
