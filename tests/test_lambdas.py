"""The formulas as Excel LAMBDAs, with IronCalc and Formulon as witnesses against Python."""

import itertools
import math
import random
import re

import formulon
import ironcalc
import numpy as np
import pytest

from xlcalc.cells import CellError, call_function
from xlcalc.lambdas import LOOKUPS, lambda_text
from xlcalc.quantities import Choice, Quantity, Several
from xlcalc.registry import BY_NAME, specs
from xlcalc.terms import MAX_LENGTH, NoLambdaFormError, Term, as_term
from xlcalc.worksheet import spec_of

TRACED = [spec for spec in specs() if not spec.untraceable and spec.name not in LOOKUPS]
IDS = [spec.name for spec in TRACED]
# ruff: noqa: S311  the draws are for tests, and the same at every run
POINTS = 200
EMPTY_CELL = "$Z$1"


def number(draw: random.Random, quantity: Quantity) -> float:
    """Draw a number of a quantity's domain, over many orders of magnitude."""
    lower = max(quantity.above, quantity.at_least)
    if quantity.whole:
        return float(draw.randint(int(lower), int(quantity.at_most)))
    if math.isfinite(quantity.at_most):
        return as_excel_reads(draw.uniform(lower + 1e-6, quantity.at_most))
    return as_excel_reads(lower + 10.0 ** draw.uniform(-2.0, 6.0))


def as_excel_reads(value: float) -> float:
    """Round to the 15 digits that Excel keeps of a typed number."""
    return float(f"{value:.15g}")


def word(draw: random.Random, kind) -> object:
    if isinstance(kind, Choice):
        option = draw.choice(kind.options)
        return draw.choice((option, option.upper(), f" {option} "))
    return draw.choice((True, False, 1.0, 0.0))


def edges(spec):
    """Yield calls at the edges: bounds, and what does not belong in a cell."""
    base = [typical(argument) for argument in spec.arguments]
    for index, argument in enumerate(spec.arguments):
        kind = argument.kind
        values: list[object] = ["text", CellError("#N/A"), CellError("#DIV/0!"), None]
        if isinstance(kind, Several):
            values += [-1.0, 11.0, True, False]
        elif isinstance(kind, Quantity):
            bounds = {kind.above, kind.at_least, kind.at_most}
            values += [b for b in bounds if math.isfinite(b)]
            values += [as_excel_reads(b * 1.001 + 0.001) for b in bounds if math.isfinite(b)]
            # Beyond 1e308 on the way Excel says #NUM!, even where the result would be small.
            values += [-1.0, True, 1e100]
        else:
            values += [5.0, -1.0]
        for value in values:
            yield [*base[:index], value, *base[index + 1 :]]
    for count in range(len(spec.arguments) + 1):
        yield base[:count]


def typical(argument) -> object:
    kind = argument.kind
    if isinstance(kind, Quantity):
        return number(random.Random(1), kind)
    if isinstance(kind, Several):
        return number(random.Random(1), kind.quantity)
    return kind.options[0] if isinstance(kind, Choice) else True


def random_calls(spec):
    draw = random.Random(spec.name)
    for _ in range(POINTS):
        call = []
        for argument in spec.arguments:
            if argument.optional and draw.random() < 0.4:
                call.append(None)
            elif isinstance(argument.kind, Quantity):
                call.append(number(draw, argument.kind))
            elif isinstance(argument.kind, Several):
                call.append(number(draw, argument.kind.quantity))
            else:
                call.append(word(draw, argument.kind))
        if draw.random() < 0.5:
            while call and call[-1] is None:
                call.pop()
        yield call


def as_typed(value, draw) -> str:
    """Return an argument as typed; what is missing is left out or an empty cell."""
    if value is None:
        return draw.choice(("", EMPTY_CELL))
    if isinstance(value, CellError):
        return {"#N/A": "NA()", "#DIV/0!": "(1/0)"}[value.code]
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, list):
        return f"{{{';'.join(map(repr, value))}}}"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def typed_call(spec, call) -> str:
    draw = random.Random(repr(call))
    texts = [as_typed(value, draw) for value in call]
    if len(texts) == 1 and texts[0] == "":
        texts = [EMPTY_CELL]
    return f"=XLC.{spec.name}({','.join(texts)})"


def ironcalc_values(spec, calls) -> list[object]:
    """Return what IronCalc makes of the LAMBDA for each call."""
    model = ironcalc.create("witness", "en", "UTC", "en")
    model.new_defined_name(f"XLC.{spec.name}", None, lambda_text(spec))
    for row, call in enumerate(calls, start=1):
        model.set_user_input(0, row, 2, typed_call(spec, call))
    model.evaluate()
    return [model.get_cell_value(0, row, 2) for row in range(1, len(calls) + 1)]


def formulon_values(spec, calls) -> list[object]:
    """Return what Formulon makes of the LAMBDA for each call."""
    with formulon.Workbook.create_default() as workbook:
        workbook.set_defined_name(f"XLC.{spec.name}", lambda_text(spec))
        for row, call in enumerate(calls):
            workbook.set_formula(0, row, 1, typed_call(spec, call))
        workbook.recalc()
        values = [workbook.get_value(0, row, 1) for row in range(len(calls))]
    return [
        value.to_python()
        if value.error_code is None
        else formulon.error_display_name(value.error_code)
        for value in values
    ]


WITNESSES = pytest.mark.parametrize(
    "witness", [ironcalc_values, pytest.param(formulon_values, marks=pytest.mark.slow)]
)


def agree(expected, got) -> bool:
    if isinstance(expected, CellError):
        return expected.code == got
    if not isinstance(got, float) or not isinstance(expected, float):
        return expected == got
    return math.isclose(expected, got, rel_tol=1e-12, abs_tol=0.0)


def disagreements(witness, spec, calls) -> list[str]:
    found = []
    for call, got in zip(calls, witness(spec, calls), strict=True):
        expected = call_function(BY_NAME[spec.name], call)
        if not agree(expected, got):
            found.append(f"{typed_call(spec, call)}: Python {expected}, not {got}")
    return found


@WITNESSES
@pytest.mark.parametrize("spec", TRACED, ids=IDS)
def test_a_second_engine_agrees_on_random_points(spec, witness):
    calls = list(random_calls(spec))
    assert len(calls) >= 200
    assert [] == disagreements(witness, spec, calls)


@WITNESSES
@pytest.mark.parametrize("spec", TRACED, ids=IDS)
def test_a_second_engine_agrees_at_the_edges_and_on_every_error(spec, witness):
    # Excel refuses a call that leaves out an argument at the end that must be given.
    calls = [c for c in edges(spec) if len(c) >= spec.required]
    assert [] == disagreements(witness, spec, calls)


@WITNESSES
def test_exact_multiples_are_whole_in_a_second_engine_too(witness):
    counts = range(1, 301)
    for name, call in (
        ("GPUS_NEEDED", lambda n: [n * 30 * 86400 * 312e12 * 0.4, 30.0, 312.0, 0.4]),
        ("SERVING_GPUS", lambda n: [n * 0.7, 1.0, 0.7]),
        ("GPUS_TO_FIT", lambda n: [n * 126.9, 141.0, 0.9]),
        ("MAX_SEQUENCES", lambda n: [n * 0.1, 1.0, 0.0, 1e8, 1.0]),
    ):
        found = witness(spec_of(BY_NAME[name]), list(map(call, counts)))
        assert list(counts) == found, name


@WITNESSES
def test_a_range_is_one_argument(witness):
    calls = [[1e6, 0.36055512754639893], [1e6, [0.2, 0.3]], [1e6, [0.2, 0.3, -1.0]]]
    low, alike, outside = witness(spec_of(BY_NAME["RANGE_LOW"]), calls)
    assert [pytest.approx(552633.4096764187, rel=1e-12)] * 2 == [low, alike]
    assert "#NUM!" == outside


def test_every_choice_is_a_case():
    for spec in TRACED:
        for argument in spec.arguments:
            if isinstance(argument.kind, Choice):
                text = lambda_text(spec)
                assert all(f'"{option}",' in text for option in argument.kind.options)


@pytest.mark.parametrize("spec", TRACED, ids=IDS)
def test_a_lambda_fits_excel_and_its_names_are_no_cells(spec):
    typed, stored = lambda_text(spec), lambda_text(spec, stored=True)
    assert max(len(typed), len(stored)) <= MAX_LENGTH
    assert stored.startswith("_xlfn.LAMBDA(")
    for name in re.findall(r"_xl(?:pm|op)\.(\w+)", stored):
        assert "_" in name
        assert not re.fullmatch(r"[A-Za-z]{1,3}[0-9]+", name)
    assert typed == re.sub(r"_xlop\.(\w+)", r"[\1]", stored).replace("_xlpm.", "").replace(
        "_xlfn.", ""
    )
    depth = list(itertools.accumulate({"(": 1, ")": -1}.get(c, 0) for c in typed))
    assert max(depth) <= 64
    assert depth[-1] == 0


def test_what_cannot_be_traced_says_why():
    untraced = {spec.name for spec in specs() if spec.untraceable}
    looked_up = {"TOKEN_PRICE", "PURCHASE_PRICE", "POWER_PRICE", "PUE_OF"}
    assert looked_up | {"GRID_INTENSITY", "GRID_WATER", "FX"} == untraced
    for name in untraced:
        spec = next(spec for spec in specs() if spec.name == name)
        with pytest.raises(NoLambdaFormError, match=f"{name} cannot go without Python: "):
            lambda_text(spec)
    for name in LOOKUPS:
        text = lambda_text(next(spec for spec in specs() if spec.name == name), stored=True)
        assert text.startswith("_xlfn.LAMBDA(_xlpm.")
        assert not re.search(r"_xlpm\.catalogue_[a-z]", text)


def test_terms_keep_the_order_of_operations():
    from xlcalc.lambdas import _Writer

    a, b, c = (Term("name", (name,)) for name in ("a_", "b_", "c_"))
    for expected, term in (
        ("(a_+b_)*c_", (a + b) * c),
        ("a_+b_*c_", a + b * c),
        ("a_-(b_-c_)", a - (b - c)),
        ("a_-b_-c_", a - b - c),
        ("a_/(b_*c_)", a / (b * c)),
        ("a_^b_^c_", np.power(np.power(a, b), c)),
        ("a_^(b_^c_)", np.power(a, np.power(b, c))),
        ("(a_+1)^2", np.power(a + 1, 2)),
        ("-INT(-a_)", np.ceil(a)),
        ("b_*(-INT(-a_))", b * np.ceil(a)),
        ("2-a_", 2 - a),
        ("IF(a_>b_,a_,b_)", np.maximum(a, b)),
        ("IF(a_>0,b_/a_,#NUM!)", np.where(a > 0, b / a, np.nan)),
        ("LET(s_1,a_+b_,s_1*s_1)", (a + b) * (a + b)),
    ):
        assert expected == _Writer(False).shared(term)


def test_what_has_no_counterpart_in_excel_is_refused():
    a = Term("name", ("a_",))
    for attempt in (
        lambda: np.sin(a),
        lambda: np.add.reduce(a),
        lambda: bool(a > 1),
        lambda: np.sort(a),
        lambda: as_term("text"),
    ):
        with pytest.raises(NoLambdaFormError):
            attempt()
