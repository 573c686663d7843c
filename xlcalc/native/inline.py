"""How is a call written as one formula that can be filled down, and found again in it?

`TRAIN_FLOPS(C6,D6)` becomes

    IF(COUNT("TRAIN_FLOPS(params,tokens)",C6,D6)=2,
       IF(AND(C6>0,D6>0),6*C6*D6,#NUM!),
       IF(ISERROR(SUM(C6,D6)),SUM(C6,D6),#VALUE!))

The text in COUNT, which is no number and counts for nothing, says which function it was, and by
name what the cells behind it are: a person reads it, and so does the way back, which writes the
formula of that function again and finds the cells where it has names.
"""

import re
from collections.abc import Sequence

from xlcalc.cell_values import CellError
from xlcalc.native.arguments import Form, Given, constant_of, is_one_call, paired, read_argument
from xlcalc.native.lookups import LOOKUPS
from xlcalc.native.texts import (
    MAX_DEPTH,
    NUM,
    VALUE,
    PlainWriter,
    all_of,
    choice_number,
    default_literal,
    in_words,
    options_of,
    same_value,
)
from xlcalc.native.tracing import Chosen, Live, trace
from xlcalc.quantities import Choice, Flag, Quantity
from xlcalc.registry import BY_NAME
from xlcalc.terms import MAX_LENGTH, NoLambdaFormError, bounds, number_literal
from xlcalc.worksheet import Argument, SameAs, Spec, spec_of

_TAG = re.compile(r'COUNT\(\s*"([A-Z0-9_]+)\(((?:[^")]++|""|\)(?!"(?!")))*+)\)"')
_MARK = "\x00"


def inline(spec: Spec, arguments: Sequence[Given]) -> str | None:
    """Return a call as one formula; None where it would be too long, or has a range.

    Parameters
    ----------
    spec : Spec
        The function.
    arguments : sequence of Given
        What the call gives, in order.
    """
    if len(arguments) > len(spec.arguments) or spec.untraceable or spec.name in LOOKUPS:
        return None
    if any(given.form is Form.RANGE for given in arguments):
        return None
    pairs = paired(spec, list(arguments))
    if any(not given.text and not argument.optional for argument, given in pairs):
        return None
    try:
        return _Inline(spec, pairs).text()
    except NoLambdaFormError:
        return None


def explained(spec: Spec, arguments: Sequence[Given]) -> str:
    """Return in words what the one formula of a call calculates."""
    return _Inline(spec, paired(spec, list(arguments))).words()


class _Inline:
    """One call as one formula."""

    def __init__(self, spec: Spec, pairs: list[tuple[Argument, Given]]) -> None:
        self.spec = spec
        self.pairs = pairs
        self.values: dict[str, str] = {}
        self.numbers: list[tuple[Quantity, Given, str]] = []
        self.choices: list[str] = []

    def text(self) -> str | None:
        """Return the formula; None where it would be too long."""
        operands = tuple(self.operand(argument, given) for argument, given in self.pairs)
        if any(isinstance(operand, CellError) for operand in operands):
            return None
        writer = PlainWriter(self.values)
        term = trace(self.spec.formula, operands)
        length, depth = writer.size(term)
        if length > MAX_LENGTH // 2 or depth > MAX_DEPTH:
            return None
        body = writer.text(term, {})
        for number in reversed(self.choices):
            body = f"IF({number}>0,{body},{VALUE})"
        conditions = [one for kind, _, value in self.numbers for one in bounds(kind, value)]
        if conditions:
            body = f"IF({all_of(conditions)},{body},{NUM})"
        cells = [given.text for _, given, _ in self.numbers if given.form is Form.CELL]
        others = [given.text for _, given, _ in self.numbers if given.form is not Form.CELL]
        counted = ",".join([f'"{self.tag()}"', *cells])
        tests = [f"COUNT({counted})={len(cells)}", *(f"ISNUMBER({value})" for value in others)]
        wrong = VALUE
        if self.numbers:
            sums = f"SUM({','.join(given.text for _, given, _ in self.numbers)})"
            wrong = f"IF(ISERROR({sums}),{sums},{VALUE})"
        return f"IF({all_of(tests)},{body},{wrong})"

    def words(self) -> str:
        """Return the expression with the names of arguments, what it repeats as steps before it."""
        operands = tuple(self.operand(argument, given) for argument, given in self.pairs)
        term = trace(self.spec.formula, operands)
        writer = PlainWriter()
        labels: dict[int, str] = {}
        said = []
        for number, (key, part) in enumerate(writer.repeated(term), start=1):
            said.append(f"step {number} = {in_words(part, writer.keys, labels)}")
            labels[key] = f"step {number}"
        return "; ".join([*said, in_words(term, writer.keys, labels)])

    def operand(self, argument: Argument, given: Given) -> object:
        """Return an argument as the trace takes it, and remember what must be checked."""
        kind = argument.kind
        if not given.is_live:
            if given.form is Form.LEFT_OUT and isinstance(argument.default, SameAs):
                other = argument.default.argument
                self.values[argument.name] = self.values[other]
                return Live(argument.name)
            left_out = given.form is Form.LEFT_OUT
            constant = constant_of(kind, argument.default if left_out else given.value)
            if isinstance(constant, CellError) or not isinstance(kind, Quantity):
                return constant
            self.values[argument.name] = number_literal(float(constant), 9)
            return float(constant)
        value = given.bracketed
        if given.form is Form.CELL and argument.optional:
            default = argument.default
            instead = (
                self.values[default.argument]
                if isinstance(default, SameAs)
                else default_literal(default)
            )
            value = f"IF(ISBLANK({value}),{instead},{value})"
            given = Given(Form.EXPRESSION, value)
        self.values[argument.name] = value
        if isinstance(kind, Quantity):
            self.numbers.append((kind, given, value))
            return Live(argument.name)
        if isinstance(kind, Choice | Flag):
            number = choice_number(kind, value)
            self.choices.append(number)
            self.values[f"choice of {argument.name}"] = number
            return Chosen(options_of(kind), f"choice of {argument.name}")
        raise NoLambdaFormError(f"{argument.name} is no number and no choice")

    def tag(self) -> str:
        """Return the call with names in the place of cells, constants as they stand."""
        shown = []
        for argument, given in self.pairs:
            if given.form is Form.CELL:
                shown.append(argument.name)
            elif given.form is Form.EXPRESSION:
                name = argument.name
                shown.append(f"{name}()" if is_one_call(given.text) else f"({name})")
            else:
                shown.append(given.text.replace('"', '""'))
        while shown and not shown[-1]:
            shown.pop()
        return f"{self.spec.name}({','.join(shown)})"


def _split(text: str) -> list[str]:
    """Return what commas outside of brackets and texts part, up to a bracket that closes more."""
    pieces: list[str] = []
    depth, begin, quote = 0, 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "({[":
            depth += 1
        elif sign in ")}]" and depth:
            depth -= 1
        elif sign in ")}]":
            return [*pieces, text[begin:place]]
        elif sign == "," and not depth:
            pieces.append(text[begin:place])
            begin = place + 1
    return [*pieces, text[begin:]]


def _mark(place: int) -> str:
    """Return what stands for the argument in a place; it has no digit and no capital."""
    return f"{_MARK}{'abcdefghijklmnopqrstuvwxyz'[place]}{_MARK}"


def is_tagged(text: str) -> bool:
    """Whether a formula has a call that is written inline."""
    return _TAG.search(text) is not None


def call_of(text: str) -> str | None:
    """Return the call that a formula is the inline form of; None where it is none."""
    tag = _TAG.search(text[:400])
    if tag is None or tag[1] not in BY_NAME:
        return None
    spec = spec_of(BY_NAME[tag[1]])
    known = {argument.name for argument in spec.arguments}
    given: list[Given] = []
    for part in _split(tag[2].replace('""', '"')):
        if part.strip("()") not in known:
            given.append(read_argument(part, {}))
            continue
        mark = _mark(len(given))
        form = Form.EXPRESSION if part.endswith(")") else Form.CELL
        given.append(Given(form, f"Z({mark})" if part.endswith("()") else mark))
    template = inline(spec, given)
    if template is None:
        return None
    found = _filled(template, text)
    if found is None:
        return None
    parts = [found.get(_mark(place), one.text) for place, one in enumerate(given)]
    return f"{spec.name}({','.join(parts)})"


def _filled(template: str, text: str) -> dict[str, str] | None:
    """Return what a formula has in the place of each mark of a template, the same each time.

    None where it is no such formula. A mark comes first where a comma or a bracket ends it.
    """
    found: dict[str, str] = {}
    at = 0
    for piece in _MARKS.split(template):
        mark = piece.removeprefix("Z(").removesuffix(")") if _MARK in piece else ""
        if mark and mark not in found:
            found[mark] = _split(text[at:])[0]
        behind = _behind(found[mark] if mark else piece, text, at)
        if behind is None:
            return None
        at = behind
    return found if at == len(text) else None


def _behind(wanted: str, text: str, at: int) -> int | None:
    """Return where a text ends in a formula that has it, in its own way to write numbers.

    None where it does not have it there.
    """
    for token in _TOKENS.finditer(wanted):
        found = _TOKENS.match(text, at)
        if found is None or same_value(found[0]) != same_value(token[0]):
            return None
        at = found.end()
    return at


_MARKS = re.compile(rf"(Z\({_MARK}\w+{_MARK}\)|{_MARK}\w+{_MARK})")

_TOKENS = re.compile(
    r'"(?:[^"]|"")*"|(?<![\w.$])\d+\.?\d*(?:E[+-]?\d+)?(?![\w(!])|(?:TRUE|FALSE)(?:\(\))?|.',
    re.IGNORECASE | re.DOTALL,
)
"""What a formula is read by: texts, numbers, TRUE and FALSE, and single signs."""
