"""How does a page show the formula of a function as mathematics?

The Python of the function is run with symbolic arguments, as for a LAMBDA, and the expression is
written as MathML, which browsers show without a script. A choice stands at its default, what rounds
on 15 digits is a floor or a ceiling, and what only says that arguments fit together is left to the
errors of the page. Formulas that nobody would read in this form are left out.
"""

import math
from html import escape
from typing import Any

from xlcalc.functions.rounding import whole_down, whole_up
from xlcalc.lambdas import why_no_lambda
from xlcalc.quantities import Choice, Flag, Quantity, Several
from xlcalc.terms import BINDING, NoLambdaFormError, Term, called, inner_first
from xlcalc.worksheet import Spec

MOST_PARTS = 70
"""Operations, names and numbers that a reader can take in."""
_HOLE = Term("name", ("",))
_ROUNDINGS = {"⌈⌉": whole_up(_HOLE), "⌊⌋": whole_down(_HOLE)}
"""How the functions round, with a hole for what is rounded."""
_EXTREMES = {">": "max", "<": "min"}
_SIGNS = {"*": "⋅", "<=": "≤", ">=": "≥", "<>": "≠"}


def mathematics(spec: Spec) -> str:
    """Return the formula of a function as MathML; nothing where it has none that can be read."""
    given: list[Any] = []
    for argument in spec.arguments:
        if isinstance(argument.kind, Quantity | Several):
            given.append(Term("name", (argument.name,)))
        elif isinstance(argument.kind, Choice | Flag) and argument.optional:
            given.append(argument.default)
        else:
            return ""
    if why_no_lambda(spec):
        return ""
    try:
        term = _simpler(called(spec.formula, given), {})
    except NoLambdaFormError:
        return ""
    if _size(term) > MOST_PARTS:
        return ""
    left = f"{_word(spec.name)}<mo>=</mo>"
    formula = f'<math display="block"><mrow>{left}{_written(term)}</mrow></math>'
    return f'<div style="overflow: auto hidden; padding: 0.5em 0">{formula}</div>'


def _simpler(term: Term, done: dict[int, Term]) -> Term:
    """Return a term with roundings and extremes as one operation each, and without guards."""
    if id(term) not in done:
        if _is_guarded(term):
            return _simpler(term.parts[1], done)
        head, parts = term.head, term.parts
        for brackets, pattern in _ROUNDINGS.items():
            filled: list[Term] = []
            if _is_like(pattern, term, filled):
                head, parts = brackets, (filled[0],)
        if head == "IF":
            condition, chosen, other = parts
            same = all(a is b for a, b in zip(condition.parts, (chosen, other), strict=False))
            if condition.head in _EXTREMES and same:
                head, parts = _EXTREMES[condition.head], (chosen, other)
        if head not in {"name", "number"}:
            parts = tuple(_simpler(part, done) for part in parts)
        done[id(term)] = Term(head, parts)
    return done[id(term)]


def _is_guarded(term: Term) -> bool:
    """Whether a term is a formula for arguments that fit together, and an error for others."""
    other = term.parts[-1]
    return term.head == "IF" and other.head == "number" and math.isnan(other.parts[0])


def _is_like(pattern: Term, term: Term, filled: list[Term]) -> bool:
    """Whether a term is a pattern with one term in each of its holes, which is then in `filled`."""
    if pattern is _HOLE:
        filled.append(term)
        return filled[0] is term
    if pattern.head != term.head or len(pattern.parts) != len(term.parts):
        return False
    if pattern.head in {"name", "number"}:
        return pattern.parts == term.parts
    return all(_is_like(a, b, filled) for a, b in zip(pattern.parts, term.parts, strict=True))


def _size(term: Term) -> int:
    """Return how many operations, names and numbers a term is when it is written out."""
    sizes: dict[int, int] = {}
    for part in inner_first(term):
        within = part.parts if part.head not in {"name", "number"} else ()
        sizes[id(part)] = 1 + sum(sizes[id(inner)] for inner in within)
    return sizes[id(term)]


def _word(name: str) -> str:
    return f"<mtext>{escape(name)}</mtext>" if len(name) > 1 else f"<mi>{escape(name)}</mi>"


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _bracketed(left: str, inner: str, right: str) -> str:
    return _row(f"<mo>{left}</mo>", inner, f"<mo>{right}</mo>")


def _number(value: float) -> str:
    text = f"{value:.10g}"
    if value >= 1e6 and value == 10.0 ** round(math.log10(value)):
        text = f"{value:.0e}"
    if "e" not in text:
        return f"<mn>{text.replace('-', '−')}</mn>"
    digits, _, power = text.partition("e")
    ten = f"<msup><mn>10</mn><mn>{int(power)}</mn></msup>".replace("-", "−")
    return ten if digits == "1" else _row(f"<mn>{digits}</mn><mo>⋅</mo>", ten)


def _written(term: Term) -> str:
    """Return a term as MathML."""
    head, parts = term.head, term.parts
    if head == "name":
        return _word(str(parts[0]))
    if head == "number":
        return _number(float(parts[0]))
    if head == "neg":
        # A ceiling is written as the negative floor of the negative.
        [inner] = parts
        if inner.head == "INT" and inner.parts[0].head == "neg":
            return _bracketed("⌈", _written(inner.parts[0].parts[0]), "⌉")
        return _row("<mo>−</mo>", _within(inner, BINDING["*"]))
    if head == "IF":
        return _cases(term)
    special = {
        "/": lambda a, b: f"<mfrac>{_written(a)}{_written(b)}</mfrac>",
        "^": lambda a, b: f"<msup>{_within(a, BINDING['^'] + 1)}{_written(b)}</msup>",
        "SQRT": lambda a: f"<msqrt>{_written(a)}</msqrt>",
        "INT": lambda a: _bracketed("⌊", _written(a), "⌋"),
        "⌈⌉": lambda a: _bracketed("⌈", _written(a), "⌉"),
        "⌊⌋": lambda a: _bracketed("⌊", _written(a), "⌋"),
        "SUMPRODUCT": lambda a: _row("<mo>∑</mo>", _within(a, BINDING["*"])),
        "EXP": lambda a: f"<msup><mi>e</mi>{_written(a)}</msup>",
        "LOG10": lambda a: _row(
            "<msub><mi>log</mi><mn>10</mn></msub>", _bracketed("(", _written(a), ")")
        ),
    }
    if head in special:
        return special[head](*parts)
    if head in BINDING:
        first, second = parts
        tight = BINDING[head] + (head == "-")
        sign = _SIGNS.get(head, "−" if head == "-" else head)
        left, right = _within(first, BINDING[head]), _within(second, tight)
        return _row(left, f"<mo>{escape(sign)}</mo>", right)
    inner = "<mo>,</mo>".join(_written(part) for part in parts)
    return _row(_word(head), _bracketed("(", inner, ")"))


def _within(term: Term, binding: int) -> str:
    """Return a term with brackets where it binds less than what is around it."""
    loose = term.head == "neg" or (term.head in BINDING and BINDING[term.head] < binding)
    fraction = term.head == "/" and binding <= BINDING["^"]
    inner = _written(term)
    return _bracketed("(", inner, ")") if loose and not fraction else inner


def _cases(term: Term) -> str:
    """Return a choice by a condition, and those within it, as lines behind one bracket."""
    lines = []
    while term.head == "IF":
        condition, chosen, term = term.parts
        lines.append(f"<mtr><mtd>{_written(chosen)}</mtd><mtd>{_written(condition)}</mtd></mtr>")
    lines.append(f"<mtr><mtd>{_written(term)}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr>")
    return _row("<mo>{</mo>", f'<mtable columnalign="left">{"".join(lines)}</mtable>')
