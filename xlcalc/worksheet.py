"""How does ordinary typed Python become a worksheet function?

`@worksheet` reads a function's signature and docstring once into a frozen `Spec`, and puts the
checks of its quantities before the formula and a finiteness check behind it.
It registers nothing: each module of `xlcalc.functions` lists its functions in `FUNCTIONS`.
"""

import ast
import functools
import inspect
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, TypeVar, cast, get_args, get_origin

import numpy as np
from numpy.typing import NDArray

from xlcalc.errors import (
    ArgumentError,
    ChoiceError,
    DivisionByZeroError,
    DomainError,
    ShapeError,
)
from xlcalc.quantities import (
    Choice,
    Day,
    Flag,
    Kind,
    LookupResult,
    Quantity,
    Several,
    Text,
    outermost,
)
from xlcalc.zero_division import divides_by_zero

P = ParamSpec("P")
R = TypeVar("R")

HELP_LIMIT = 255
"""Characters of help that Excel keeps for a function and for an argument."""
_EXACT = 2**1000  # every integer below this has a finite float
_TYPED = str.maketrans("", "", "_ ")
REQUIRED = inspect.Parameter.empty
_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)
_LINK = re.compile(r"(arXiv:)([\d.]+\d)|(doi:)(10\.\S+[^\s.,;])|https?://[^\s,;]+[^\s.,;]")
_FAILURE = re.compile(r"^(\w+)\n((?: {4}.*\n?)+)", re.MULTILINE)
_PARAMETER = re.compile(r"^(\w+) : .*\n((?: {4}.*\n?)+)", re.MULTILINE)


@dataclass(frozen=True)
class SameAs:
    """A default: the value of another argument, which stands before it and has the same kind."""

    argument: str

    def __repr__(self) -> str:
        return self.argument


def same_as(argument: str) -> Any:
    """Return the default of an argument that counts for another one where it is left out."""
    return SameAs(argument)


class Together(np.ndarray[Any, Any]):
    """Numbers that are one argument: they never broadcast with the arrays of others."""


@dataclass(frozen=True)
class Argument:
    """One argument of a worksheet function."""

    name: str
    kind: Kind
    default: Any
    help: str

    @property
    def optional(self) -> bool:
        """Whether the argument may be left out."""
        return self.default is not REQUIRED

    @property
    def default_text(self) -> str:
        """The default as it is typed into a cell, or nothing where there is none."""
        if not self.optional:
            return ""
        if isinstance(self.default, bool):
            return str(self.default).upper()
        if isinstance(self.default, str):
            return f'"{self.default}"'
        if isinstance(self.default, SameAs):
            return self.default.argument
        return f"{self.default:g}"


@dataclass(frozen=True)
class Spec:
    """Everything that a host needs to know about one worksheet function.

    `summary` is the docstring's first sentence as a help text has it: "Returns the FLOP …".
    `untraceable` is the reason why the formula cannot be written as an Excel LAMBDA; empty for the
    others. `since` is the release in which the name appeared, and `formerly` has the earlier names
    that are still understood, each with the release in which it appeared. The Spec of such an
    earlier name, which `renames` makes, has the name of now in `replaced_by`.
    """

    name: str
    topic: str
    arguments: tuple[Argument, ...]
    returns: Quantity | LookupResult
    summary: str
    sections: Mapping[str, str]
    formula: Callable[..., Any]
    untraceable: str = ""
    since: str = ""
    formerly: tuple[tuple[str, str], ...] = ()
    replaced_by: str = ""

    @property
    def current(self) -> str:
        """The name that the function has now."""
        return self.replaced_by or self.name

    @property
    def syntax(self) -> str:
        """The call as Excel's help writes it, optional arguments in brackets."""
        shown = [f"[{a.name}={a.default_text}]" if a.optional else a.name for a in self.arguments]
        return f"{self.name}({', '.join(shown)})"

    @property
    def example(self) -> str:
        """The docstring's example as a formula to paste into a cell."""
        lines = self.sections.get("Examples", "").splitlines()
        source = "\n".join(line[4:] for line in lines if line.startswith((">>> ", "... ")))
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id.upper() == self.current:
                typed = (_as_typed(source, argument) for argument in node.args)
                return f"={self.name}({','.join(typed)})"
        return f"={self.name}()"

    @property
    def raises(self) -> tuple[tuple[str, str], ...]:
        """The failures of the docstring: the name of each exception, and when it comes."""
        found = _FAILURE.findall(self.sections.get("Raises", "") + "\n")
        return tuple((name, " ".join(when.split())) for name, when in found)

    @property
    def required(self) -> int:
        """How many arguments must be given."""
        return sum(not argument.optional for argument in self.arguments)


def _as_typed(source: str, argument: ast.expr) -> str:
    """Return an argument of an example as it is typed into a cell."""
    value = ast.literal_eval(argument) if isinstance(argument, ast.Constant) else None
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(argument, ast.List):  # a range, in a cell an array of rows
        return f"{{{';'.join(_as_typed(source, element) for element in argument.elts)}}}"
    return (ast.get_source_segment(source, argument) or "").translate(_TYPED).upper()


def function_help(spec: Spec, limit: int = HELP_LIMIT) -> str:
    """Return what a spreadsheet shows of a function: what it returns, the unit, and the source.

    A source that would not fit within the limit is left out.
    """
    source = " ".join(spec.sections.get("References", "").split())
    text = f"{spec.summary} [{spec.returns.unit}]"
    return f"{text} {source}" if len(text) + len(source) < limit else text[:limit]


def argument_help(argument: Argument, limit: int = HELP_LIMIT) -> str:
    """Return what a spreadsheet shows of an argument: the unit, what it is, and the default."""
    default = f" {argument.default_text} if left out." if argument.optional else ""
    return f"[{argument.kind.unit}] {argument.help}{default}"[:limit]


def help_link(spec: Spec) -> str:
    """Return the address of the first source that has one, or nothing."""
    addresses = addresses_in(spec.sections.get("References", ""))
    return next((address for _, address in addresses), "")


def addresses_in(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield where a text of sources names an address, as arXiv:2001.08361, and the address."""
    for found in _LINK.finditer(text):
        address = found[0]
        if found[1]:
            address = f"https://arxiv.org/abs/{found[2]}"
        elif found[3]:
            address = f"https://doi.org/{found[4]}"
        yield found.span(), address


def spec_of(function: Callable[..., Any]) -> Spec:
    """Return the Spec of a function that `@worksheet` made."""
    return cast("Spec", function.spec)  # type: ignore[attr-defined]


def worksheet(
    topic: str,
    *,
    since: str = "",
    formerly: Mapping[str, str] | None = None,
    untraceable: str = "",
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Turn a formula into a checked, vectorised worksheet function of a topic.

    Parameters
    ----------
    topic : str
        The heading under which it is listed.
    since : str
        The release in which the function appeared under its name, such as "0.2".
    formerly : mapping of str to str, optional
        Earlier names that stay for two releases, each with the release in which it appeared.
    untraceable : str
        Why the formula cannot be written as an Excel LAMBDA, if it cannot.
    """

    def decorate(formula: Callable[P, R]) -> Callable[P, R]:
        spec = replace(
            _read_spec(formula, topic, untraceable),
            since=since,
            formerly=tuple((formerly or {}).items()),
        )
        names = tuple(a.name for a in spec.arguments)
        kinds = tuple(a.kind for a in spec.arguments)
        defaults = tuple(a.default for a in spec.arguments)
        position = {name: index for index, name in enumerate(names)}
        count = len(names)

        @functools.wraps(formula)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            given: list[Any] = list(args)
            if len(given) > count:
                raise ArgumentError(f"{spec.syntax} takes {count} arguments, got {len(given)}")
            given.extend(defaults[len(given) :])
            for name, value in kwargs.items():
                index = position.get(name, -1)
                if index < len(args):
                    problem = "got twice" if index >= 0 else "does not know"
                    raise ArgumentError(f"{spec.syntax} {problem} the argument {name}")
                given[index] = value
            scalar = True
            for index, kind in enumerate(kinds):
                value = given[index]
                if value is REQUIRED:
                    raise ArgumentError(f"{names[index]} is missing in {spec.syntax}")
                if type(value) is SameAs:
                    given[index] = given[position[value.argument]]  # converted before
                    continue
                value = given[index] = _convert(names[index], value, kind)
                scalar = scalar and type(value) is not np.ndarray
            if scalar:
                return cast("R", _call_scalar(spec, given))
            return cast("R", _call_array(spec, given))

        checked.spec = spec  # type: ignore[attr-defined]
        # Help shows names and defaults; the quantities stand in the docstring, in words.
        signature = inspect.signature(formula)
        checked.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[
                parameter.replace(annotation=REQUIRED)
                for parameter in signature.parameters.values()
            ],
            return_annotation=signature.empty,
        )
        return checked

    return decorate


def _read_spec(formula: Callable[..., Any], topic: str, untraceable: str) -> Spec:
    """Read the signature and the docstring of a formula."""
    document = inspect.cleandoc(formula.__doc__ or "") + "\n"
    heads = list(_SECTION.finditer(document))
    sections = {
        head[1]: document[head.end() : following.start() if following else None].strip("\n")
        for head, following in zip(heads, [*heads[1:], None], strict=False)
    }
    helps = {
        found[1]: " ".join(found[2].split())
        for found in _PARAMETER.finditer(sections.get("Parameters", "") + "\n")
    }
    signature = inspect.signature(formula, eval_str=True)
    arguments = []
    for name, parameter in signature.parameters.items():
        if parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
            raise TypeError(f"{name} of {formula.__name__} is no argument that a cell can give")
        kind = _annotated_kind(f"{name} of {formula.__name__}", parameter.annotation)
        arguments.append(Argument(name, kind, parameter.default, helps.get(name, "")))
    returns = _annotated_kind(f"what {formula.__name__} returns", signature.return_annotation)
    return Spec(
        name=formula.__name__.upper(),
        topic=topic,
        arguments=tuple(arguments),
        returns=returns,
        summary=_summary(document),
        sections=sections,
        formula=formula,
        untraceable=untraceable,
    )


def _summary(document: str) -> str:
    """Return the first sentence of a docstring as Excel's function wizard says it.

    Python's docstrings ask ("Return the FLOP"), a help text tells ("Returns the FLOP").
    """
    first = document.partition("\n\n")[0].strip()
    return re.sub(r"^Return\b", "Returns", first.replace("\n", " "))


def _annotated_kind(what: str, annotation: Any) -> Any:
    for note in get_args(annotation)[1:] if get_origin(annotation) is not None else ():
        if isinstance(note, Quantity | Several | Choice | Flag | Text | Day | LookupResult):
            return note
    given = "nothing" if annotation is inspect.Parameter.empty else repr(annotation)
    raise TypeError(f"{what} is annotated with {given}, which is no quantity")


def _convert(name: str, value: Any, kind: Kind) -> Any:
    """Return a checked np.float64, text or bool, or an array of them."""
    if type(kind) is Quantity:
        if type(value) is int and abs(value) < _EXACT:
            value = float(value)
        if type(value) is float or type(value) is np.float64:
            if not kind.contains(value):
                raise _outside(name, kind, value)
            return np.float64(value)
        return _convert_numbers(name, value, kind)
    if type(kind) is Several:
        numbers = np.ravel(_convert_numbers(name, value, kind.quantity))
        if not numbers.size:
            raise ArgumentError(f"{name} must be numbers [{kind.unit}], got none")
        return numbers.view(Together)
    if isinstance(value, str | bool | np.bool_ | int | float) or value is None:
        return _convert_word(name, value, kind)
    words = np.asarray(value, dtype=object)
    converted = np.empty(words.shape, dtype=object)
    for index, word in np.ndenumerate(words):
        converted[index] = _convert_word(name, word, kind)
    return converted if words.ndim else converted[()]


def _convert_numbers(name: str, value: Any, quantity: Quantity) -> Any:
    """Convert and check what is not simply a float."""
    if isinstance(value, np.ma.MaskedArray):
        value = np.ma.filled(value.astype(np.float64), np.nan)
    try:
        array = np.asarray(value, dtype=object if isinstance(value, list | tuple) else None)
    except ValueError as error:
        raise ShapeError(f"{name} is a ragged list: {error}") from None
    if array.dtype.kind == "O":
        for kind in set(map(type, array.flat)):
            if not issubclass(kind, int | float | np.integer | np.floating) or kind is bool:
                raise ArgumentError(f"{name} must be a number [{quantity.unit}], got {value!r:.80}")
    elif array.dtype.kind not in "iuf":
        raise ArgumentError(f"{name} must be a number [{quantity.unit}], got {value!r:.80}")
    try:
        numbers = array.astype(np.float64, copy=False)
    except OverflowError:
        raise DomainError(f"{name} must be {quantity.domain}, got {value!r:.80}") from None
    if not quantity.contains_all(numbers):
        raise _outside(name, quantity, numbers[~quantity.contains_each(numbers)].flat[0])
    return numbers if numbers.ndim else numbers[()]


def _outside(name: str, quantity: Quantity, value: float) -> DomainError:
    return DomainError(f"{name} must be {quantity.domain}, got {value:.15g}")


def _convert_word(name: str, value: Any, kind: Kind) -> Any:
    """Convert and check one text, choice or flag."""
    if isinstance(kind, Flag):
        if isinstance(value, bool | np.bool_) or value in (0, 1):
            return bool(value)
    elif isinstance(kind, Day):
        day = kind.text(value)
        if day is not None:
            return day
    elif isinstance(value, str):
        if isinstance(kind, Text):
            return str(value)
        if isinstance(kind, Choice):
            for option in kind.options:
                if option == value.strip().lower():
                    return option
            raise ChoiceError(f'{name} must be {kind.domain}, got "{value}"')
    raise ArgumentError(f"{name} must be {kind.domain}, got {value!r:.80}")


def _call_scalar(spec: Spec, values: list[Any]) -> Any:
    with np.errstate(all="ignore"):
        result = spec.formula(*values)
    if isinstance(result, str):
        if isinstance(spec.returns, LookupResult):
            return result
        raise TypeError(f"it gives a text, {result!r:.80}, where it declares {spec.returns.unit}")
    if not math.isfinite(result):
        raise _not_finite(spec, values, result)
    return result[()] if isinstance(result, np.ndarray) else np.float64(result)


def _call_array(spec: Spec, values: list[Any]) -> Any:
    arrays = [value for value in values if type(value) is np.ndarray]
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = ", ".join(
            f"{argument.name} {value.shape}"
            for argument, value in zip(spec.arguments, values, strict=True)
            if type(value) is np.ndarray
        )
        raise ShapeError(f"the shapes do not broadcast together: {shapes}") from None
    if any(array.dtype.kind == "O" for array in arrays):
        return _call_word_by_word(spec, values, shape)
    with np.errstate(all="ignore"):
        result = np.asarray(spec.formula(*values), dtype=np.float64)
    if not _all_finite(result):
        spread = np.broadcast_to(result, shape)
        index = tuple(np.argwhere(~np.isfinite(spread))[0])
        element = [
            value if type(value) is Together else np.broadcast_to(value, shape)[index]
            for value in values
        ]
        raise _not_finite(spec, element, spread[index])
    return result if result.shape == shape else np.broadcast_to(result, shape).copy()


def _call_word_by_word(spec: Spec, values: list[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Evaluate arrays of texts, choices or flags: one call for each combination of them."""
    columns = [
        value if type(value) is Together else np.broadcast_to(np.asarray(value), shape).reshape(-1)
        for value in values
    ]
    words = [not isinstance(argument.kind, Quantity | Several) for argument in spec.arguments]
    groups: dict[tuple[Any, ...], list[int]] = {}
    size = math.prod(shape)
    keys = zip(*(c for c, word in zip(columns, words, strict=True) if word), strict=True)
    for row, key in enumerate(keys):
        groups.setdefault(key, []).append(row)
    result = np.empty(size, dtype=object)
    for key, rows in groups.items():
        texts = iter(key)
        taken = [
            next(texts) if word else column if type(column) is Together else column[rows]
            for column, word in zip(columns, words, strict=True)
        ]
        call = _call_scalar if all(words) else _call_array
        result[rows] = call(spec, taken)
    if not any(isinstance(element, str) for element in result):
        result = result.astype(np.float64)
    return result.reshape(shape)


def _all_finite(result: NDArray[np.float64]) -> bool:
    if result.size == 0:
        return True
    extreme = outermost(result)
    if extreme >= 0.0:
        return math.isfinite(extreme)
    return math.isfinite(result.min()) and math.isfinite(result.max())


def _not_finite(spec: Spec, values: list[Any], result: float) -> DivisionByZeroError | DomainError:
    """Explain a result that is infinite, or nan, which a formula returns where it is undefined."""
    given = ", ".join(
        f"{argument.name}={value:.15g}" if isinstance(value, float) else f"{argument.name}={value}"
        for argument, value in zip(spec.arguments, values, strict=True)
    )
    if math.isinf(result) and divides_by_zero(spec.formula, values):
        return DivisionByZeroError(f"{spec.name} divides by zero for {given}")
    return DomainError(f"{spec.name} has no finite result for {given}")
