"""The model landscape: published figures, what they imply, and what nobody published."""

import csv
import io

import openpyxl
import pytest

import xlcalc
from tests.built import built_model
from tests.conftest import ROOT
from tests.workbooks import evaluated, failed_checks, opened
from xlcalc.catalogue import catalogues

NONE = "–"


@pytest.fixture(scope="module")
def model():
    return built_model("model_landscape")


@pytest.fixture(scope="module")
def shown(model):
    return opened(evaluated(model, {}))


def rows_of(sheet, heading_row, columns):
    """Return the rows of a table by the text of their first cell."""
    return {
        row[1]: row[1 : 1 + columns]
        for row in sheet.iter_rows(min_row=heading_row + 1, values_only=True)
        if row[1]
    }


@pytest.mark.slow
def test_a_published_run_is_what_the_functions_say(shown):
    training = rows_of(shown["Training"], 4, 20)
    row = training["GPT-3 175B"]
    flops = xlcalc.train_flops(175e9, 300e9)
    price = xlcalc.rental_price("A100 SXM 80GB")
    assert ("OpenAI", "Dense", 175e9, 300e9) == (row[1], row[3], row[5], row[8])
    assert flops == row[9]
    assert pytest.approx(3.14e23 / 3.15e23) == row[12]
    assert pytest.approx(300 / 175) == row[13]
    assert pytest.approx(xlcalc.gpu_days(flops, 312, 0.4)) == row[16]
    assert pytest.approx(xlcalc.train_cost(flops, 312, 0.4, price)) == row[17]


def test_what_nobody_published_is_a_dash_and_no_chart_sees_it(shown):
    training = rows_of(shown["Training"], 4, 20)
    assert {NONE} == {training["GPT-4o"][place] for place in (3, 4, 5, 6, 8, 9, 10, 12, 16, 17)}
    for row in shown["Training"].iter_rows(min_row=5, min_col=2, max_col=21, values_only=True):
        assert None not in row
        assert 0 not in row
    for row in shown["Series"].iter_rows(min_row=5, min_col=2, max_col=14, values_only=True):
        assert NONE not in row


def test_the_cache_is_left_out_where_heads_do_not_say_it(shown):
    memory = rows_of(shown["Memory"], 4, 18)
    assert xlcalc.kv_cache_bytes(126, 8, 128, 1) == memory["Llama 3.1 405B"][16]
    assert "Grouped-query" == memory["Llama 3.1 405B"][13]
    for name, attention in (
        ("DeepSeek-V3", "Latent"),
        ("Kimi K2", "Latent"),
        ("Hunyuan-Large", "Shared by layers"),
        ("MiniMax-Text-01", "Hybrid"),
    ):
        assert (attention, NONE, NONE) == (memory[name][13], memory[name][16], memory[name][17])


def test_a_sliding_window_keeps_its_tokens_of_a_full_context(shown):
    memory = rows_of(shown["Memory"], 4, 18)
    # 131,072 tokens in 10 layers of Gemma 3 27B, 1,024 in the other 52.
    assert 11.173625856 == pytest.approx(memory["Gemma 3 27B"][17], rel=1e-12)


def test_the_headline_figures_come_out(model):
    values = model.evaluate().values
    rows = catalogues().rows["models"].values()
    runs = [
        xlcalc.train_flops(row["active_params"], row["train_tokens"])
        for row in rows
        if row["active_params"] and row["train_tokens"] and row["id"] != "gpt-4-rumoured"
    ]
    assert len(rows) == values["model_count"]
    assert pytest.approx(sum(runs)) == values["total_flops"]
    assert ("Llama 3.1 405B", max(runs)) == (values["largest_model"], values["largest_flops"])
    assert pytest.approx(10_550 / 4.6) == values["set_growth"]
    assert "10.9" == f"{values['rumour_ratio']:.1f}"
    assert 61 * (512 + 64) * 2 == values["latent_cache"]
    assert [1_086_366, 2_006_018] == [
        round(values[name]) for name in ("kimi_tokens_low", "kimi_tokens_high")
    ]


def test_a_changed_input_changes_what_follows(model):
    settings = {"gpu": "H100", "mfu": 0.5, "price_per_gpu_hour": 2, "compare_model": "PaLM 540B"}
    values = model.evaluate(settings).values
    flops = xlcalc.train_flops(540.35e9, 780e9)
    assert flops == values["first_flops"]
    assert pytest.approx(xlcalc.train_cost(flops, 989.4, 0.5, 2)) == values["first_cost"]
    total = xlcalc.train_cost(values["total_flops"], 989.4, 0.5, 2)
    assert pytest.approx(total) == values["total_cost"]
    assert values["checks_hold"] is True


def test_a_closed_model_compares_with_dashes(model):
    values = model.evaluate({"compare_model": "GPT-5", "compare_with": "Claude 3 Opus"}).values
    assert ("GPT-5", 400_000, 6.6e25) == tuple(
        values[f"first_{name}"] for name in ("name", "context", "reported")
    )
    assert {NONE} == {values[f"second_{name}"] for name in ("params", "flops", "cost", "weights")}
    assert values["checks_hold"] is True


def test_an_error_of_an_input_is_not_taken_for_a_missing_figure(model):
    evaluation = model.evaluate({"gpu": "H800 SXM5 80GB (China)"})
    assert ["#N/A", "#N/A"] == [
        evaluation.values[name].code for name in ("total_cost", "first_cost")
    ]
    missing = "the catalogue has no rental price of H800 SXM5 80GB (China)"
    assert [True] == [True for sentence in evaluation.failures if sentence.startswith(missing)]
    assert (
        "total_cost is #N/A: the input price_per_gpu_hour has no value, and must be given"
        == evaluation.explain("total_cost", model.inputs)
    )


@pytest.mark.parametrize(
    ("settings", "check"),
    [
        ({"compare_model": "no such model"}, "Both models to compare are in the catalogue"),
        ({"peak_tflops": 624}, "The peak rate is the dense one"),
    ],
)
def test_a_check_fails_where_it_should(model, settings, check):
    assert [check] == failed_checks(model, settings)


def test_the_tables_of_benchmarks_are_the_published_ones(shown):
    folder = ROOT / "xlcalc" / "templates" / "model_landscape"
    with (folder / "benchmarks.csv").open(encoding="utf-8") as file:
        published = {(row["model"], float(row["score"])) for row in csv.DictReader(file)}
    tables = rows_of(shown["Benchmarks"], 4, 13)
    found = {
        (model, cell)
        for model, *cells in tables.values()
        for cell in cells[:8]
        if isinstance(cell, float | int)
    }
    assert published <= found
    palm = tables["PaLM-cont 62B"]
    assert [83.9, 81.4, None, 80.6, 77.0, None, None, None] == list(palm[1:9])
    assert [pytest.approx(80.725), 4] == list(palm[9:11])


def test_every_misprint_is_marked_in_the_printed_table(model):
    sheet = openpyxl.load_workbook(io.BytesIO(model.to_bytes(model.evaluate())))["Printed"]
    marked = {
        cell.value
        for row in sheet["B6:I12"]
        for cell in row
        if cell.fill.fgColor.rgb[2:] != "000000"
    }
    assert {
        "8 MoE (2 x 7B active)",
        "train 8K, inference 128K",
        "inference 2,000K Chinese characters (~3000K tokens)",
        "2023-11-25",
        "2024-02-07",
    } == marked


def test_the_companies_around_kimi_are_restated_and_the_statements_computed(shown):
    rows = rows_of(shown["Companies"], 5, 6)
    codes = {row[1] for row in rows.values() if isinstance(row[1], str) and row[1].isdigit()}
    companies = {name: row for name, row in rows.items() if row[1] in codes}
    assert 23 == len(companies)
    assert ["华策影视", "300133", 210.26, 101.46, NONE, NONE] == list(companies["华策影视"])
    assert ["引力传媒", "603598", 57.72, 21.14, "Back in profit", 0.53] == list(
        companies["引力传媒"]
    )
    assert ["688095", 77.61, 70.86, -5582.84, -0.99] == list(companies["福昕软件"][1:])
    found = [row[1:4] for name, row in rows.items() if row[3] in {"Holds", "Differs"}]
    assert [(23, 23, "Holds"), (101.46, 101.46, "Holds"), (3, 3, "Holds")] == found
