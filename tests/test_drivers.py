"""The sheets Drivers and Cases: are the drivers the strongest inputs, and are their cases right?"""

import io
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.built import built_model
from xlcalc.analysis.sensitivities import sensitivity
from xlcalc.templates.parts import lines
from xlcalc.templates.parts.drivers import links
from xlcalc.templates.parts.lines import TableError, read_model
from xlcalc.workbook import load

BASES = {"More or less by the step", "Lowest and highest of the market"}

FACTS = {
    "inference_budget": {"gpus_per_replica"},
    "context_and_experts": {
        *("kv_rank", "rope_dim", "query_rank", "embeddings", "ffn_matrices", "shared_experts"),
        *("dense_layers", "dense_ffn_dim", "gpus_per_server", "short_text", "long_text"),
    },
}
"""Inputs of the model's or the machine's shape that the catalogue does not hold.

What is looked up with GPU_SPEC or MODEL_SPEC is a fact as well, and `currency_rate` changes the
currency and not the cost.
"""
RANGES = {
    "price_per_gpu_hour": ("price_low", "price_high"),
    "serving_price": ("serving_price_low", "serving_price_high"),
    "serve_price": ("serve_price_low", "serve_price_high"),
}
STRONGEST = [
    (
        "training_budget",
        "total_cost",
        ["price_per_gpu_hour", "mfu", "flops_per_param_token", "params", "tokens", "contingency"],
    ),
    (
        "inference_budget",
        "own_cost",
        [
            *("price_per_gpu_hour", "target_utilisation", "daily_users", "peak_factor"),
            *("requests_per_user", "bandwidth_share", "bytes_per_param", "goodput"),
            *("most_sequences", "output_tokens"),
        ],
    ),
    (
        "scaling_plan",
        "chosen_total_cost",
        [
            *("serving_price", "price_per_gpu_hour", "budget_amount", "lifetime_tokens"),
            *("run_share", "decode_mfu", "mfu", "prefill_mfu", "output_share", "size_ratio"),
        ],
    ),
    (
        "context_and_experts",
        "long_output_price",
        [
            *("serve_price", "weight_bytes", "bandwidth_reached", "serve_utilisation", "usable"),
            *("kv_bytes", "long_context"),
        ],
    ),
    (
        "multimodal_data",
        "cost_dense",
        ["price_per_gpu_hour", "patch", "mfu", "flops_per_param_token", "params"],
    ),
]
"""Template, result, and the inputs that move it most, the strongest first, those alike by name."""


def is_fact(line, template):
    looked_up = any(f"{word}_SPEC(" in str(line.value) for word in ("GPU", "MODEL"))
    return looked_up or line.name == "currency_rate" or line.name in FACTS.get(template, ())


@pytest.fixture(scope="module", params=STRONGEST, ids=[name for name, _, _ in STRONGEST])
def case(request):
    """Template, the inputs expected, and each input's two results: those of its range, if any."""
    template, result, expected = request.param
    book = load(template)
    found = {
        one.name: (one.at_low, one.at_high) for one in sensitivity(book, result, swing=0.2).swings
    }
    values = book()
    prices = {name: values[name] for name in RANGES if name in found}
    for name in prices:  # a price that follows from another one stays
        ends = RANGES[name]
        found[name] = tuple(book({**prices, name: values[end]})[result] for end in ends)
    return template, expected, found


@pytest.mark.slow
def test_the_drivers_are_the_inputs_that_move_the_result_most(case):
    template, expected, found = case
    lines = [line for line in read_model(template).lines("inputs") if not is_fact(line, template)]
    swings = {
        line.name: float(f"{abs(found[line.name][1] - found[line.name][0]):.9g}")
        for line in lines
        if line.name in found
    }
    ordered = sorted(swings, key=lambda name: (-swings[name], name))
    assert expected == ordered[: len(expected)]


@pytest.mark.slow
def test_the_cases_are_what_the_workbook_gives_for_the_input_itself(case):
    template, expected, found = case
    model = built_model(template)
    data = io.BytesIO(model.to_bytes(model.evaluate()))
    sheet = openpyxl.load_workbook(data, data_only=True)["Drivers"]
    labels = {line.label: line.name for line in read_model(template).lines("inputs")}
    shown = {
        labels[row[0]]: row[3:5]
        for row in sheet.iter_rows(min_row=7, min_col=2, values_only=True)
        if row[0] in labels and row[7] in BASES
    }
    assert set(expected) == set(shown)
    for name, ends in shown.items():
        assert pytest.approx(found[name], rel=1e-9) == ends, name


def test_a_line_follows_from_a_driver_through_the_lines_between():
    chain = links(read_model("training_budget"), "total_cost", {})
    assert {"mfu", "params", "tokens", "flops_per_param_token"} == chain["gpu_hours"].follows
    assert {"params", "tokens", "flops_per_param_token"} == chain["train_flops"].follows
    assert "train_days" not in chain
    assert "SUM(compute_cost,power_cost,contingency_cost)" == chain["total_cost"].formula
    assert "+(total_cost-SUM(compute_cost,power_cost,contingency_cost))" == chain["total_cost"].rest


def test_a_driver_that_the_lines_do_not_have_is_refused(tmp_path, monkeypatch):
    shutil.copytree(Path(lines.__file__).parent.parent / "training_budget", tmp_path / "t")
    monkeypatch.setattr(lines, "_FOLDER", tmp_path)
    (tmp_path / "t" / "drivers.csv").write_text("name,low,high,basis\nmfus,,,\n")
    with pytest.raises(TableError, match=r't/drivers.csv, line 2: lines.csv has no "mfus"; did'):
        read_model("t")
    (tmp_path / "t" / "drivers.csv").write_text("name,low,high,basis\nmfu,0.3,,\n")
    with pytest.raises(TableError, match="low, high and basis are given together"):
        read_model("t")
