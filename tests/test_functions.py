"""What holds for every worksheet function, and the properties of some."""

import csv
import inspect
import math
import pydoc
import re
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import xlcalc
from tests.test_reference_cases import FOLDER, read_cases
from tools import surface
from xlcalc.calc.engine import evaluate_formula
from xlcalc.cells import CellError, call_function
from xlcalc.errors import (
    ArgumentError,
    ChoiceError,
    DivisionByZeroError,
    DomainError,
    NotFoundError,
    ShapeError,
)
from xlcalc.functions.billing_rules import IMAGE_RULES
from xlcalc.functions.scaling import FITS
from xlcalc.quantities import Choice, Day, Flag, Quantity, Several, Text
from xlcalc.registry import FUNCTIONS, specs
from xlcalc.worksheet import spec_of

NUMERIC = [
    function
    for function in FUNCTIONS
    if any(isinstance(argument.kind, Quantity) for argument in spec_of(function).arguments)
]
IDS = [spec_of(f).name for f in NUMERIC]


def sample(argument, factor=1.0):
    """Return a value that the argument takes."""
    kind = argument.kind
    if isinstance(kind, Choice):
        return kind.options[0]
    if isinstance(kind, Flag):
        return False
    if isinstance(kind, Day):
        return ""
    if isinstance(kind, Text):
        return {"model": "gpt-4o", "currency": "USD"}.get(kind.unit, "x")
    if isinstance(kind, Several):
        return 0.3
    lower = max(kind.above, kind.at_least)
    if kind.whole:
        return lower + 1.0
    if math.isfinite(kind.at_most):
        return lower + (kind.at_most - lower) * 0.4 * factor
    # Of some pairs of arguments one must be above the other.
    above = argument.name in {"rent_price", "api_price", "prompt_tokens"}
    return (9.0 if above else 3.0) * factor + max(lower, 0.0)


def samples(function, factor=1.0):
    return [sample(argument, factor) for argument in spec_of(function).arguments]


def numeric_positions(function):
    return [i for i, a in enumerate(spec_of(function).arguments) if isinstance(a.kind, Quantity)]


@pytest.mark.parametrize("function", NUMERIC, ids=IDS)
def test_scalars_give_a_scalar_and_arrays_broadcast_in_any_dimension(function):
    values = samples(function)
    expected = function(*values)
    assert type(expected) is np.float64
    positions = numeric_positions(function)
    for shape in ((1,), (2, 1), (3, 1, 2), (0,), ()):
        for position in positions:
            given_values = list(values)
            given_values[position] = np.full(shape, values[position])
            result = function(*given_values)
            assert shape == np.shape(result)
            np.testing.assert_array_equal(np.full(shape, expected), result)
    first, *rest = positions
    given_values = list(values)
    given_values[first] = np.full((4, 1), values[first])
    for position in rest:
        given_values[position] = np.full((1, 3), values[position])
    assert ((4, 3) if rest else (4, 1)) == function(*given_values).shape


def read_domains():
    """Return the domain of each number by function and argument, as the table has it in words."""
    with (FOLDER / "domains.csv").open(encoding="utf-8", newline="") as lines:
        return {(row["function"], row["argument"]): row["domain"] for row in csv.DictReader(lines)}


DOMAINS = read_domains()


def edges(domain):
    """Return the numbers just outside a domain in words, and those just inside."""
    outside, inside = [math.nan, math.inf, -math.inf], []
    for bound, value in re.findall(r"(above|at least|at most) (-?[\d.]+)", domain):
        edge = float(value)
        inner, outer = (math.inf, -math.inf) if bound != "at most" else (-math.inf, math.inf)
        # The number next to 0 is so small that few results with it are finite.
        near = 1e-300 if edge == 0.0 else math.nextafter(edge, inner)
        outside += [edge if bound == "above" else math.nextafter(edge, outer)]
        outside += [edge - 1.0 if inner > 0.0 else edge + 1.0]
        inside += [near] if bound == "above" else [edge]
    if "whole" in domain:
        outside += [inside[0] + 0.5]
        inside += [inside[0] + 1.0]
    return outside, inside


def test_the_table_of_domains_has_every_number_and_nothing_else():
    numbers = {
        (spec.name, argument.name)
        for spec in specs()
        for argument in spec.arguments
        if isinstance(argument.kind, Quantity)
    }
    assert numbers == set(DOMAINS)
    assert [] == [domain for domain in DOMAINS.values() if not edges(domain)[1]]


@pytest.mark.parametrize("function", NUMERIC, ids=IDS)
def test_every_number_outside_its_domain_is_refused_with_its_argument_bound_and_value(function):
    spec = spec_of(function)
    for position in numeric_positions(function):
        argument = spec.arguments[position]
        domain = DOMAINS[spec.name, argument.name]
        for value in edges(domain)[0]:
            values = samples(function)
            values[position] = value
            with pytest.raises(DomainError) as caught:
                function(*values)
            sentence = f"{argument.name} must be {domain}, got {value:.15g}"
            assert sentence == str(caught.value)
            values[position] = np.array([sample(argument), value])
            with pytest.raises(DomainError, match=re.escape(sentence)):
                function(*values)
            cells = [[[v]] if i != position else [[sample(argument)], [value]] for i, v in
                     enumerate(samples(function))]  # fmt: skip
            good, wrong = call_function(function, cells)
            assert isinstance(good[0], float)
            assert wrong[0].code == "#NUM!"


@pytest.mark.parametrize("function", NUMERIC, ids=IDS)
def test_every_number_at_the_edge_of_its_domain_is_taken(function):
    spec = spec_of(function)
    for position in numeric_positions(function):
        argument = spec.arguments[position]
        for value in edges(DOMAINS[spec.name, argument.name])[1]:
            values = samples(function)
            values[position] = value
            try:
                said = f"{function(*values):.15g}"
            except (DivisionByZeroError, DomainError) as failure:
                # No number comes out, or an argument does not fit another one.
                said = str(failure)
            assert f"{argument.name} must be {DOMAINS[spec.name, argument.name]}" not in said
            assert said not in {"nan", "inf", "-inf"}


@pytest.mark.parametrize("function", NUMERIC, ids=IDS)
def test_text_logical_values_and_nothing_are_no_numbers(function):
    spec = spec_of(function)
    for position in numeric_positions(function):
        for value in ("7", True, np.True_, None, 1j, b"7", object(), [1.0, "7"], [True], [None]):
            values = samples(function)
            values[position] = value
            with pytest.raises(ArgumentError, match=spec.arguments[position].name):
                function(*values)


@pytest.mark.parametrize("function", NUMERIC, ids=IDS)
def test_shapes_that_do_not_broadcast_are_named(function):
    positions = numeric_positions(function)
    values = samples(function)
    if len(positions) > 1:
        values[positions[0]] = np.full(2, values[positions[0]])
        values[positions[-1]] = np.full(3, values[positions[-1]])
        with pytest.raises(ShapeError, match=spec_of(function).arguments[positions[0]].name):
            function(*values)


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: spec.name)
def test_signature_docstring_and_units_agree(spec):
    parameters = dict(
        re.findall(r"^(\w+) : .*\[(.+)\]$", spec.sections["Parameters"], re.MULTILINE)
    )
    expected = {argument.name: argument.kind.unit for argument in spec.arguments}
    assert expected == parameters
    assert list(expected) == list(inspect.signature(spec.formula).parameters)
    returned = re.search(r"\[(.+)\]$", spec.sections["Returns"], re.MULTILINE)[1]
    assert spec.returns.unit == returned
    assert ["Parameters", "Returns", "Raises", "References", "Examples"] == list(spec.sections)
    for argument in spec.arguments:
        assert argument.help.endswith(".")


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: spec.name)
def test_names_and_help_fit_excel(spec):
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+", spec.name)
    assert not re.fullmatch(r"[A-Z]{1,3}[0-9]+", spec.name)
    assert len(spec.summary) <= 255
    assert spec.summary.endswith(".")
    for argument in spec.arguments:
        assert len(f"[{argument.kind.unit}] {argument.help}") <= 230


def test_the_package_shows_every_registered_function_under_its_lower_case_name():
    others = ["Results", "Workbook", "batch", "load", "report", "__version__"]
    names = [*(spec.name.lower() for spec in specs()), *others]
    assert sorted(names) == dir(xlcalc)
    for function in FUNCTIONS:
        assert getattr(xlcalc, function.__name__) is function


def test_a_choice_is_compared_without_case_and_an_unknown_one_lists_the_choices():
    values = (1.0, 2.0, 3.0, 4.0, 5.0)
    expected = xlcalc.iteration_flops(*values, "full")
    assert expected == xlcalc.iteration_flops(*values, "FULL ")
    with pytest.raises(ChoiceError, match='one of "none", "selective", "full", got "most"'):
        xlcalc.iteration_flops(*values, "most")
    with pytest.raises(ArgumentError, match="recompute"):
        xlcalc.iteration_flops(*values, 3.0)


def test_a_flag_takes_true_and_false_and_one_and_zero():
    shape = (2, 8, 32, 2, 2, 4, 100, 3)
    tied = xlcalc.model_params(*shape, True)
    assert xlcalc.model_params(*shape, False) - tied == 800
    assert tied == xlcalc.model_params(*shape, 1)
    with pytest.raises(ArgumentError, match="tied_embeddings"):
        xlcalc.model_params(*shape, "TRUE")


def test_arrays_of_choices_are_evaluated_element_by_element():
    result = xlcalc.iteration_flops([1.0, 2.0], 2, 3, 4, 5, [["none"], ["full"]])
    assert (2, 2) == result.shape
    assert result[1, 1] == xlcalc.iteration_flops(2.0, 2, 3, 4, 5, "full")


def test_a_result_that_is_not_finite_is_a_failure_that_shows_the_arguments():
    with pytest.raises(DomainError, match=r"TRAIN_FLOPS has no finite result for params=1e\+200"):
        xlcalc.train_flops(1e200, 1e200)
    with pytest.raises(DomainError, match=r"params=1e\+200"):
        xlcalc.train_flops([1.0, 1e200], 1e200)


def test_buying_never_pays_where_renting_is_not_dearer():
    for rent in (0.5, 0.4):
        with pytest.raises(DomainError, match="RENT_OR_BUY_HOURS"):
            xlcalc.rent_or_buy_hours(30_000, 0.5, rent)
    with pytest.raises(DomainError):
        xlcalc.rent_or_buy_hours(30_000, [0.1, 0.5], 0.5)


def test_wrong_calls_say_what_the_function_takes():
    syntax = re.escape("TRAIN_FLOPS(params, tokens, [flops_per_param_token=6])")
    with pytest.raises(ArgumentError, match=f"tokens is missing in {syntax}"):
        xlcalc.train_flops(1.0)
    with pytest.raises(ArgumentError, match=f"{syntax} takes 3 arguments, got 4"):
        xlcalc.train_flops(1.0, 2.0, 3.0, 4.0)
    with pytest.raises(ArgumentError, match="does not know the argument size"):
        xlcalc.train_flops(1.0, 2.0, size=3.0)
    with pytest.raises(ArgumentError, match="got twice the argument params"):
        xlcalc.train_flops(1.0, 2.0, params=3.0)
    assert 6.0 == xlcalc.train_flops(tokens=1.0, params=1.0)


def test_arguments_are_never_changed():
    params = np.array([1.0, 2.0])
    xlcalc.train_flops(params, params)[:] = 0.0
    np.testing.assert_array_equal([1.0, 2.0], params)


def test_masked_elements_are_missing_numbers():
    with pytest.raises(DomainError, match="nan"):
        xlcalc.train_flops(np.ma.masked_array([1.0, 2.0], mask=[False, True]), 1.0)


def test_integers_of_any_size_are_numbers():
    assert 2.0**101 * 6 == xlcalc.train_flops(2**101, 1)
    assert 6e9 == xlcalc.train_flops(np.int32(10), np.array(10**8))
    with pytest.raises(DomainError):
        xlcalc.train_flops(10**400, 1)


@pytest.mark.parametrize("field", ["peak_tflops", "Peak TFLOPS ".strip(), "tdp_w", "name"])
def test_a_catalogue_figure_is_a_number_or_a_text(field):
    value = xlcalc.gpu_spec("H100 SXM", field)
    assert isinstance(value, str if field == "name" else np.float64)


def test_unknown_catalogue_names_are_not_found():
    for call in (
        lambda: xlcalc.gpu_spec("H1000", "tdp_w"),
        lambda: xlcalc.gpu_spec("H100 SXM", "colour"),
        lambda: xlcalc.gpu_spec("TPU v4", "tdp_w"),
        lambda: xlcalc.model_spec("GPT-4o", "total_params"),
    ):
        with pytest.raises(NotFoundError):
            call()
    assert CellError("#N/A").code == call_function(xlcalc.gpu_spec, ["H1000", "tdp_w"]).code


positive = st.floats(1e-3, 1e30)
utilisation = st.floats(1e-3, 1.0)
peak = st.floats(1e-3, 1e6)


@pytest.mark.slow
@settings(deadline=None, max_examples=100, derandomize=True)
@given(positive, st.floats(1e-2, 1e6), peak, utilisation)
def test_utilisation_undoes_days(flops, gpus, peak_tflops, mfu):
    days = xlcalc.train_days(flops, gpus, peak_tflops, mfu)
    assert math.isclose(mfu, xlcalc.train_mfu(flops, gpus, days, peak_tflops), rel_tol=1e-12)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(positive, st.floats(1e-2, 1e4), peak, utilisation)
def test_the_gpus_needed_never_miss_the_deadline(flops, days, peak_tflops, mfu):
    gpus = xlcalc.gpus_needed(flops, days, peak_tflops, mfu)
    assert gpus == math.ceil(gpus)
    assert xlcalc.train_days(flops, gpus, peak_tflops, mfu) <= days * (1 + 1e-12)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.floats(1.0, 1e35), st.floats(1e-2, 1e4))
def test_the_compute_optimal_model_spends_the_budget(flops, ratio):
    params = xlcalc.chinchilla_params(flops, ratio)
    tokens = xlcalc.chinchilla_tokens(params, ratio)
    assert math.isclose(flops, xlcalc.train_flops(params, tokens), rel_tol=1e-12)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.floats(0, 1e15), st.floats(1e-2, 1e2))
def test_words_and_tokens_undo_each_other(words, rate):
    tokens = xlcalc.word_tokens(words, rate)
    assert math.isclose(words, xlcalc.token_words(tokens, rate), rel_tol=1e-12)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.floats(1, 1e4), st.floats(1, 1e4), st.floats(1, 64))
def test_an_image_has_at_least_its_area_in_patches(height, width, patch):
    tokens = xlcalc.image_tokens(height, width, patch)
    assert tokens >= height * width / patch**2 * (1 - 1e-12)
    assert tokens <= (height / patch + 1) * (width / patch + 1)


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: spec.name)
def test_the_example_is_a_formula_to_paste(spec):
    assert spec.example.startswith(f"={spec.name}(")
    [[value]], reasons = evaluate_formula(spec.example)
    assert reasons == []
    assert isinstance(value, str if spec.name == "CATALOGUE_SOURCE" else float)


def test_every_function_has_a_published_or_hand_computed_case():
    with_cases = {name for name, *_ in read_cases()}
    assert {"CATALOGUE_SOURCE"} == {spec.name for spec in specs()} - with_cases  # returns a text


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.floats(1.0, 1e35), st.sampled_from(sorted(FITS)))
def test_the_optimal_model_spends_the_budget_and_no_other_split_is_better(flops, fit):
    params, tokens = xlcalc.optimal_params(flops, fit), xlcalc.optimal_tokens(flops, fit)
    assert math.isclose(flops, 6 * params * tokens, rel_tol=1e-12)
    best = xlcalc.scaling_loss(params, tokens, fit)
    for factor in (0.5, 0.9, 1.1, 2.0):
        other = xlcalc.scaling_loss(params * factor, tokens / factor, fit)
        assert other >= best * (1 - 1e-12)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.floats(1e6, 1e13), st.floats(1e6, 1e15), st.floats(1.01, 100.0))
def test_more_parameters_and_more_data_never_raise_the_loss(params, tokens, factor):
    loss = xlcalc.scaling_loss(params, tokens)
    assert xlcalc.scaling_loss(params * factor, tokens) <= loss
    assert xlcalc.scaling_loss(params, tokens * factor) <= loss
    assert xlcalc.kaplan_loss(params * factor) < xlcalc.kaplan_loss(params)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.integers(1, 9000), st.integers(1, 9000), st.sampled_from(sorted(IMAGE_RULES)))
def test_vendors_bill_whole_tokens_and_turn_an_image_at_no_cost(height, width, rule):
    tokens = xlcalc.image_tokens_api(height, width, rule)
    assert tokens >= 1
    assert tokens == math.floor(tokens)
    assert tokens == xlcalc.image_tokens_api(width, height, rule)


def billed(height, width, most_patches, most):
    """Return the patches of the largest size that keeps both limits, by exact arithmetic."""

    def patches(scale):
        return math.ceil(width * scale / 28) * math.ceil(height * scale / 28)

    largest = min(Fraction(1), Fraction(28 * most_patches, max(height, width)))
    # Patches step up just above a size whose one side is a whole number of patches.
    sizes = [Fraction(28 * n, side) for side in (height, width) for n in range(1, most_patches + 1)]
    return patches(max(s for s in (largest, *sizes) if s <= largest and patches(s) <= most))


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.integers(1, 9000), st.integers(1, 9000))
def test_patches_after_shrinking_are_those_of_the_largest_size_that_keeps_the_limits(height, width):
    for rule, most_patches, most in (("standard", 56, 1568), ("high", 92, 4784)):
        tokens = xlcalc.image_tokens_api(height, width, f"anthropic-28-{rule}")
        assert billed(height, width, most_patches, most) == tokens


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.floats(1, 1e5), st.floats(0.1, 1e4), st.floats(0.01, 1.0))
def test_the_serving_gpus_carry_the_load_and_one_fewer_does_not(load, rate, target):
    gpus = xlcalc.serving_gpus(load, rate, target)
    assert gpus * rate * target >= load * (1 - 1e-12)
    assert (gpus - 1) * rate * target < load * (1 + 1e-12)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(st.floats(1, 640), st.integers(1, 16), st.floats(0, 2000), st.floats(1e6, 1e11))
def test_the_sequences_that_fit_do_fit_and_one_more_does_not(memory, gpus, weights, cache):
    count = xlcalc.max_sequences(memory, gpus, weights, cache)
    free = memory * gpus * 0.9 - weights
    assert count >= 0
    if count:
        assert count * cache / 1e9 <= free * (1 + 1e-9)
    assert (count + 1) * cache / 1e9 > free * (1 - 1e-9)


@settings(deadline=None, max_examples=50, derandomize=True)
@given(st.floats(1e6, 1e13), st.integers(1, 1024))
def test_each_stage_of_zero_takes_less_than_the_one_before(params, shards):
    stages = xlcalc.train_state_gb(params, [0, 1, 2, 3], shards)
    assert all(np.diff(stages) <= 0)
    assert math.isclose(stages[0], xlcalc.train_state_gb(params, 3), rel_tol=1e-12)


@pytest.mark.parametrize("function", NUMERIC, ids=IDS)
def test_a_million_rows_are_one_call(function):
    values = samples(function)
    position = numeric_positions(function)[0]
    values[position] = np.full(10_000, values[position])
    assert (10_000,) == function(*values).shape


def test_the_rules_of_vendors_carry_their_dates_and_sources():
    for name, rule in IMAGE_RULES.items():
        assert re.match(r"\d{4}-\d\d|early \d{4}", rule.first), name
        assert rule.last or rule.dates.endswith("at least 2026-11")
        assert rule.source
        assert rule.vendor
    with pytest.raises(ChoiceError, match=r'"openai-tile-4o", .*"qwen-32", got "openai"'):
        xlcalc.image_tokens_api(1, 1, "openai")


def test_a_vendor_bills_a_small_image_less_than_a_large_one():
    sizes = np.array([100.0, 400.0, 1000.0, 3000.0])
    for rule in IMAGE_RULES:
        assert all(np.diff(xlcalc.image_tokens_api(sizes, sizes, rule)) >= 0)


def test_prices_are_looked_up_for_each_provider_of_a_range():
    prices = xlcalc.rental_price("A100 SXM 80GB", ["RunPod", "Amazon Web Services"])
    assert [1.79, 3.4309] == list(prices)
    with pytest.raises(ChoiceError, match="direction"):
        xlcalc.token_price("gpt-4", "both")
    with pytest.raises(NotFoundError, match="no rental price"):
        xlcalc.rental_price("MLU590")


def test_the_help_of_the_package_fits_a_few_screens_and_shows_batch():
    shown = pydoc.plain(pydoc.render_doc(xlcalc))
    assert re.search(r"batch\(\s*workbook: ", shown)
    assert "help(xlcalc.gpu_days)" in shown
    assert re.search(r"load\(\s*workbook: ", shown)
    assert len(shown.splitlines()) <= (200 if sys.version_info < (3, 13) else 250)  # a line each
    assert "\ngpu_days(flops, peak_tflops, mfu)\n" in pydoc.plain(pydoc.render_doc(xlcalc.gpu_days))


def test_divisions_by_zero_are_named():
    with pytest.raises(DivisionByZeroError, match="SCALING_LOSS divides by zero"):
        xlcalc.scaling_loss(1e9, 0)
    assert "#DIV/0!" == call_function(xlcalc.scaling_loss, [1e9, 0.0]).code


def test_the_types_of_the_public_surface_follow_from_the_registry():
    assert surface.stub() == surface.FILE.read_text(encoding="utf-8"), "python -m tools.surface"
    for function in FUNCTIONS:
        assert getattr(xlcalc, function.__name__) is function
