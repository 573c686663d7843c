"""What is a worksheet function as the text of an Excel LAMBDA?

The formula's own Python is run with symbolic arguments, once for each choice that its words allow.
Its checks become conditions, its defaults ISOMITTED, and subexpressions that are used twice get a
name by LET, so that the formula is written once, in Python.
"""

import itertools
import re
from typing import Any

from xlcalc.quantities import Choice, Flag, Quantity, Several
from xlcalc.terms import (
    MANY_CHOICES,
    MAX_LENGTH,
    NoLambdaFormError,
    Term,
    TermWriter,
    called,
    domain,
    inner_first,
    number_literal,
    skeleton,
    word_literal,
)
from xlcalc.worksheet import REQUIRED, Argument, SameAs, Spec

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
OTHER_TERMS = ("spot", "reserved", "1-year", "3-year", "marketplace", "serverless")
_GPU_ROW = _ROW.format("{0}", "catalogue_gpu")
_PRICE = _CELL.format("catalogue_gpu_prices", _GPU_ROW.format("gpu_"))
_PRICE_SOURCE = _CELL.format("catalogue_gpu_price_sources", "v_row")
_GPU_SOURCE = _CELL.format("catalogue_gpu_sources", "v_row")
_SOURCE = (
    f"LET(v_row,{_GPU_ROW.format('id_')},SWITCH(LOWER(TRIM(catalogue_)),"
    f'"prices",{_PRICE_SOURCE},"gpus",{_GPU_SOURCE},"accelerators",{_GPU_SOURCE},'
    '"models",#N/A,"token_prices",#N/A,"grids",#N/A,"rates",#N/A,"tokenisers",#N/A,'
    '"tokenisation",#N/A,"assumptions",#N/A,#VALUE!))'
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
    f"v_demand,{_is_usual('v_terms', 'on-demand', *OTHER_TERMS)},"
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


def why_no_lambda(spec: Spec) -> str:
    """Return why a function cannot be written as a LAMBDA; nothing where it can.

    Ours say so themselves, by `untraceable`. A function of others may not know.
    """
    if spec.untraceable:
        return spec.untraceable
    try:
        lambda_text(spec)
    except NoLambdaFormError as error:
        return str(error).removeprefix(f"{spec.name} cannot go without Python: ")
    return ""


def _stored(text: str) -> str:
    """Return a look-up as a file stores it."""
    text = re.sub(r"\[(\w+)\]", r"_xlop.\1", text)
    text = re.sub(r"(?<![.\w])(v_[a-z]+|[a-z]+_)(?!\w)", r"_xlpm.\1", text)
    return re.sub(rf"\b({'|'.join(_NEWER)})\(", r"_xlfn.\1(", text)


class _Writer(TermWriter):
    """Writes terms as Excel text, in the form that a person types or that a file stores."""

    def __init__(self, stored: bool) -> None:
        super().__init__()
        self.stored = stored

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
            checked = f"IF({domain(kind, value)},{inner},#NUM!)"
            return f"IF(ISNUMBER({value}),{checked},#VALUE!)"
        if isinstance(kind, Several):
            inner = self.guarded(spec, rest, values, words)
            # Each condition is counted over the range: AND would pass over its texts.
            checked = f"IF(SUMPRODUCT(1-({domain(kind.quantity, value)}))=0,{inner},#NUM!)"
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
            f"{word_literal(option)},{self.guarded(spec, rest, values, choice)}"
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
            grouped.setdefault(skeleton(term), []).append((option, term))
        chosen = self.local("v_choice")
        ordered = [option for members in grouped.values() for option, _ in members]
        places = enumerate(ordered, start=1)
        told = ",".join(f"{word_literal(option)},{place}" for place, option in places)
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
                told = ",".join(number_literal(value, -1) for value in column)
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
        return called(spec.formula, given)

    def shared(self, term: Term) -> str:
        """Return the text of a term with LET for the parts that it uses more than once."""
        names: dict[int, str] = {}
        lets = []
        for number, (key, part) in enumerate(self.repeated(term), start=1):
            text = self.text(part, names)
            names[key] = self.local(f"s_{number}")
            lets.append(f"{names[key]},{text}")
        body = self.text(term, names)
        return f"{self.call('LET')}({','.join(lets)},{body})" if lets else body

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
            default = word_literal(argument.default)
        present = f"IF(ISBLANK({given}),{default},{given})"
        return f"IF({self.call('ISOMITTED')}({given}),{default},{present})"

    def local(self, name: str) -> str:
        return f"_xlpm.{name}" if self.stored else name

    def call(self, function: str) -> str:
        return f"_xlfn.{function}" if self.stored and function in _NEWER else function


def _constants(term: Term) -> list[float]:
    """Return the constants of a term, in one order for all terms that are built alike."""
    return [float(part.parts[0]) for part in inner_first(term) if part.head == "number"]


def _with_names(term: Term, names: dict[int, str]) -> Term:
    """Return a term with names in place of some of its constants, counted as `_constants` does."""
    made: dict[int, Term] = {}
    places = itertools.count()
    for part in inner_first(term):
        if part.head == "number":
            name = names.get(next(places))
            made[id(part)] = part if name is None else Term("name", (name,))
        elif part.head == "name":
            made[id(part)] = part
        else:
            made[id(part)] = Term(part.head, tuple(made[id(inner)] for inner in part.parts))
    return made[id(term)]


def _value_name(argument: Argument) -> str:
    """Return the name that holds an argument's value, its default included."""
    return f"v_{argument.name}" if argument.optional else f"{argument.name}_"
