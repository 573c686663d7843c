"""The audit of claims: what comes out as printed, what does not, and what an assumption moves."""

import functools
import io
import re

import openpyxl
import pytest

import xlcalc
from tests.built import built, built_model
from tests.workbooks import failed_checks
from xlcalc.dialects import Form
from xlcalc.templates.claims_audit.cases import cases, read_table
from xlcalc.templates.claims_audit.claims import UNKNOWN
from xlcalc.templates.parts.lines import read_model

DIFFERING = {
    "image_run_h100",
    "vendors_h100",
    "petabyte_a100",
    "cluster_days",
    "cluster_days_steps",
    "kimi_tokens",
    "a3_flops",
    "llama33_carbon",
    "llama405_cache",
    "maxtext_mfu",
    "int8_caches",
    "int4_caches",
    "gptoss_flops",
    "photo_tokens",
    "pile_gb",
    "nemotron_mfu",
}


def made(language="en"):
    return built("claims_audit", Form("udf", language=language))


def model(language="en"):
    return built_model("claims_audit", Form("udf", language=language))


@functools.cache
def values(language="en"):
    return model(language).evaluate().values


def rows(data):
    """Return the cells of each claim by the English heading of their column."""
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Claims"]
    heads = [cell.value for cell in sheet[4]]
    return [
        dict(zip(heads, row, strict=True))
        for row in sheet.iter_rows(min_row=5, values_only=True)
        if row[1] and row[2]
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("image_run_h100", 777_846),
        ("image_run_h100_sparse", 388_903),
        ("vendors_h100", 3_889_230),
        ("vendors_h100_sparse", 1_944_517),
        ("petabyte_a100", 1_204_429),
        ("petabyte_tokens", 2.2417e12),
        ("petabyte_bytes", 446.08),
        ("cluster_mfu", 0.33563),
        ("cluster_days_recompute", 33.908),
        ("cluster_days_steps", 34.732),
        ("gpt3_gpu_days", 25_293),
        ("images_flops", 9.216e26),
        ("gpt4_dense_pflops", 7_800),
        ("answer_memory_seconds", 51.496),
        ("video_tokens_all", 94 * 66 * 66),
        ("a3_flops", 1.26e25),
        ("llama33_carbon", 7e6 * 700 / 1e6 * 0.4137),
        ("llama405_cache", 61.523),
        ("maxtext_mfu", 0.35177),
        ("int8_caches", 43),
        ("int4_caches", 43),
        ("gptoss_flops", 3.2576e10),
        ("photo_tokens", 48 * 32),
        ("mid_train_gpus", 8),
        ("ladder_full_sizes", 4),
        ("train_7b_days", 6 * 7e9 * 1.4e11 / (64 * 312e12 * 0.3465 * 86400)),
        ("tune_12_cards", 1),
        ("nemotron_mfu", 0.45709),
        ("pile_gb", 825.18 * 1.073741824),
        ("gpt4_gpus", 25_000),
        ("gpt4_run_mfu", 2.1e25 / (25_000 * 95 * 86400 * 312e12)),
        ("gpt4_run_days", 91.650),
        ("gpt5_ratio", 66 / 21),
        ("order_a800", 1e9 / 17_500),
        ("rdma_share", 4 / 7),
        ("rdma_saving", 2 / 7),
        ("updates_a_year", 1143),
    ],
)
def test_a_figure_is_as_computed_by_hand(name, expected):
    assert pytest.approx(expected, rel=1e-4) == values()[name]


def test_the_claims_that_differ_are_known_by_name():
    assert {row["Name"] for row in rows(made()) if row["Verdict"] == "Differs"} == DIFFERING


def test_a_claim_needs_an_assumption_where_it_names_one_and_each_is_an_input():
    named = {line.name for line in read_model("claims_audit").lines("inputs")}
    for claim, row in zip(read_table("claims.csv"), rows(made()), strict=True):
        assert bool(claim["assumption"]) is (row["Verdict"] == "Needs an assumption")
        assert set(filter(None, claim["assumption"].split(", "))) <= named


def test_the_formula_shown_is_the_live_one_and_hides_no_constant():
    sheet = openpyxl.load_workbook(io.BytesIO(made()))["Claims"]
    count = 0
    for row in sheet.iter_rows(min_row=5, values_only=True):
        if row[1] and row[2]:
            computed, shown = row[3], row[14]
            assert computed == shown
            assert not set(re.findall(r"(?<![\w$.])\d[\d.]*", computed)) - {"0", "1"}
            assert '"' not in computed
            count += 1
    assert len(read_table("claims.csv")) == count


@pytest.mark.slow
def test_published_cases_read_every_argument_from_a_cell():
    sheet = openpyxl.load_workbook(io.BytesIO(made()))["Published cases"]
    calls = [
        str(cell.value)
        for row in sheet.iter_rows(min_row=5)
        for cell in row
        if re.match(r"=[A-Z0-9_]{4,}\(", str(cell.value))
    ]
    assert len(cases()) == len(calls)
    assert [] == [
        call for call in calls if not re.fullmatch(r"=[A-Z0-9_]+\([A-Z]\d+(,[A-Z]\d+)*\)", call)
    ]


def test_a_case_is_shown_or_says_why_a_workbook_cannot():
    reasons = {row["not_shown"]: row for row in read_table("published_cases.csv")}
    del reasons[""]
    assert {
        "a short name: a workbook without Python looks up full ones",
        "a look-up of the catalogue, which the sheet Catalogue does not carry",
        "a look-up that a workbook without Python does not have",
        "more arguments than the sheet has columns",
    } == set(reasons)
    shown = [row for row in read_table("published_cases.csv") if not row["not_shown"]]
    assert len(cases()) == len(shown)
    assert len({(row["function"], row["args"]) for row in shown}) >= 260


def test_the_claims_whose_report_nobody_recorded_are_known_by_name():
    unknown = {row["name"] for row in read_table("claims.csv") if row["source"] == UNKNOWN}
    assert {
        "pc_devices",
        "pangu_gpus",
        "gpt4_data_ratio",
        "gpt5_ratio",
        "sequence_share",
        "updates_a_year",
    } == unknown


def test_no_name_is_given_twice():
    audit = read_model("claims_audit")
    names = [line.name for table in ("inputs", "results") for line in audit.lines(table)]
    names = [name for name in names if name]
    names += [claim["name"] for claim in read_table("claims.csv")]
    assert len(names) == len(set(names))


def test_another_utilisation_moves_what_needs_an_assumption():
    before = values()
    after = model().evaluate({"run_mfu": 0.33563}).values
    flops = xlcalc.train_flops(175e9, 300e9)
    assert xlcalc.train_days(flops, 1024, 312, 0.33563) == pytest.approx(after["cluster_days_run"])
    assert before["claims_agree_assumed"] + 1 == after["claims_agree_assumed"]
    assert before["claims_hold"] == after["claims_hold"]


def test_another_premise_of_the_report_makes_its_figures_differ():
    after = model().evaluate({"report_mfu": 0.4}).values
    assert xlcalc.gpu_days(3.15e23, 312, 0.4) == pytest.approx(after["gpt3_gpu_days"])
    assert len(DIFFERING) < after["claims_differ"]
    assert after["checks_hold"] is True


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"gpt4_flops": 9e25, "big_rate": 450}, id="utilisations above 1"),
        pytest.param({"int8_weights": 200, "usable_share": 0.4}, id="nothing fits"),
        pytest.param({"sequence_gpus": 1, "copy_servers": 128}, id="no exchange"),
        pytest.param({"answer_output": 0, "nemotron_kv": 96}, id="nothing to save"),
        pytest.param({"step_recompute": "none", "tune_recompute": "none"}, id="nothing twice"),
    ],
)
def test_the_checks_hold_at_the_ends_of_what_may_be_typed(settings):
    assert [] == failed_checks(model(), settings)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"h100_peak": 1979}, "The H100's rate with sparsity is twice the dense one"),
        ({"a100_sparse": 312}, "The A100's rate with sparsity is twice the dense one"),
    ],
)
def test_a_sparse_rate_in_the_place_of_a_dense_one_is_noticed(settings, expected):
    assert [expected] == failed_checks(model(), settings)


@pytest.mark.slow
def test_the_verdicts_are_counted_in_chinese_too():
    english, chinese = (values(language) for language in ("en", "zh"))
    assert "成立" == chinese["verdict_holds"]
    for name in ("claims_hold", "claims_differ", "claims_need", "cases_hold"):
        assert english[name] == chinese[name]
