"""The bundled rows judged: what can be computed from a row, or compared with its neighbours."""

import re
import statistics
from collections import defaultdict

import pytest

from xlcalc.catalogue import Catalogues
from xlcalc.catalogue.checks import TERMS, number_problem, text_problem
from xlcalc.catalogue.dates import period
from xlcalc.catalogue.names import words
from xlcalc.catalogue.reader import TEXT_COLUMNS, row_problem
from xlcalc.errors import NotFoundError

BUNDLED = Catalogues()
MODELS = BUNDLED.rows["models"].values()
LICENCES = {
    "MIT",
    "Apache-2.0",
    "CC BY 4.0 (gpurentalprices.com)",
    "CC BY 4.0 (Epoch AI)",
    "CC BY 4.0 (Epoch AI) for train_flops_epoch",
    "CC BY 4.0 (SpotWire)",
    "CC BY 4.0 (World Resources Institute)",
    "CC BY 4.0 (Ember, Our World in Data)",
    "public domain",
    "Eurostat, reuse with acknowledgement",
    "fact, not a table",
}


def of(row, column):
    value = row[column]
    return 0.0 if value is None else value


def parts(row):
    """Return the parameters of a model by its columns: all of them, and the active ones."""
    layers, width, heads = (of(row, c) for c in ("layers", "d_model", "heads"))
    embeddings = of(row, "vocab") * width * (2.0 - of(row, "tied_embeddings"))
    if of(row, "kv_rank"):
        scored = of(row, "nope_dim") + of(row, "rope_dim")
        queries = width * heads * scored
        if of(row, "q_rank"):
            queries = of(row, "q_rank") * (width + heads * scored)
        keys = width * (of(row, "kv_rank") + of(row, "rope_dim"))
        values = of(row, "kv_rank") * heads * (of(row, "nope_dim") + of(row, "v_dim"))
        attention = queries + keys + values + heads * of(row, "v_dim") * width
    else:
        attention = 2.0 * width * of(row, "head_dim") * (heads + of(row, "kv_heads"))
    matrices, inner = of(row, "ffn_matrices"), of(row, "ffn_dim")
    experts, moe_layers = of(row, "n_experts"), of(row, "moe_layers")
    expert = matrices * (of(row, "expert_latent_dim") or width) * inner
    shared = matrices * width * (of(row, "shared_ffn_dim") or of(row, "shared_experts") * inner)
    router = width * experts + 2.0 * width * of(row, "expert_latent_dim")
    dense_inner = of(row, "dense_ffn_dim") if experts else inner
    fixed = embeddings + layers * attention + (layers - moe_layers) * matrices * width * dense_inner
    total = fixed + moe_layers * (experts * expert + shared + router)
    return total, fixed + moe_layers * (of(row, "experts_per_token") * expert + shared + router)


SHAPED = [row for row in MODELS if row["params_computed"]]


def test_a_hundred_models_of_2025_and_2026_have_their_shape():
    recent = [row for row in SHAPED if str(row["released"]) >= "2025-06"]
    assert 100 == len(recent)
    assert {"layers", "d_model", "heads", "kv_heads", "vocab"} <= set(recent[0])
    assert 164 == sum((row["released"] or "") >= "2025-06" for row in MODELS)


def test_the_parameters_follow_from_the_shape_or_the_row_says_why_not():
    counted, unexplained = [], []
    for row in SHAPED:
        total, active = parts(row)
        if abs(total / row["params_computed"] - 1.0) > 0.01:
            if "these columns do not give params_computed: " not in str(row["notes"]):
                unexplained.append((row["id"], total, row["params_computed"]))
            continue
        counted.append(row["id"])
        explained = "these columns do not give active_params: " in str(row["notes"])
        if abs(active / row["active_params"] - 1.0) > 0.01 and not explained:
            unexplained.append((row["id"], active, row["active_params"]))
    assert [] == unexplained
    assert 80 <= len(counted)


def test_a_published_total_that_differs_from_the_shape_says_so():
    wrong = [
        row["id"]
        for row in SHAPED
        if abs(row["params_computed"] / row["total_params"] - 1.0) > 0.01
        and "differs from params_computed" not in str(row["notes"])
    ]
    assert [] == wrong


def test_active_parameters_have_one_basis_with_the_published_figure_beside():
    for row in SHAPED:
        assert row["active_params_published"] is not None, row["id"]
        assert 0.4 < row["active_params"] / row["active_params_published"] < 1.5, row["id"]
    deepseek = BUNDLED.model("DeepSeek-V3")
    assert (37552150528.0, 37e9) == (deepseek["active_params"], deepseek["active_params_published"])


def test_the_parts_of_a_model_add_up():
    wrong = []
    for row in MODELS:
        total, active = row["total_params"], row["active_params"]
        split = (row["dense_layers"], row["moe_layers"])
        problems = (
            total is not None and active is not None and active > total * 1.01,
            of(row, "experts_per_token") > of(row, "n_experts"),
            None not in split and row["moe_layers"] and sum(split) > row["layers"],
            of(row, "window_layers") + of(row, "linear_layers") > of(row, "layers"),
            bool(row["window"]) != bool(row["window_layers"]),
            bool(row["kv_rank"]) and not row["v_dim"],
            row["kv_heads"] and row["heads"] and row["heads"] % row["kv_heads"],
        )
        wrong += [(row["id"], place) for place, problem in enumerate(problems) if problem]
    assert [] == wrong


def test_the_utilisation_that_training_figures_imply_is_possible_or_the_row_says_so():
    found, wrong = [], []
    for row in MODELS:
        figures = [row[c] for c in ("active_params", "train_tokens", "gpu_hours_reported")]
        if None in figures or row["gpu_type"] is None:
            continue
        try:
            peak = BUNDLED.gpu(str(row["gpu_type"]))["peak_tflops"]
        except NotFoundError:
            continue
        params, tokens, hours = figures
        mfu = 6.0 * params * tokens / (hours * 3600.0 * peak * 1e12)
        found.append(row["id"])
        if not 0.15 <= mfu <= 0.70 and "implied utilisation" not in str(row["notes"]):
            wrong.append((row["id"], round(mfu, 3)))
    assert [] == wrong
    assert 20 <= len(found)


def test_window_and_latent_ranks_give_the_caches_that_others_published():
    gemma = BUNDLED.model("Gemma 3 27B")
    per_token = 2 * gemma["kv_heads"] * gemma["head_dim"] * 2
    seen = (gemma["layers"] - gemma["window_layers"]) * 131072
    seen += gemma["window_layers"] * gemma["window"]
    assert pytest.approx(11.2e9, rel=0.01) == per_token * seen
    oss = BUNDLED.model("gpt-oss-120b")
    per_token = 2 * oss["kv_heads"] * oss["head_dim"] * 2
    seen = (oss["layers"] - oss["window_layers"]) * 131072 + oss["window_layers"] * oss["window"]
    assert pytest.approx(4.84e9, rel=0.01) == per_token * seen
    assert (512.0, 64.0) == tuple(BUNDLED.model("DeepSeek-V3")[c] for c in ("kv_rank", "rope_dim"))


def test_every_row_has_a_licence_that_lets_it_ship():
    for name in ("gpus", "models", "prices", "token_prices", "grids"):
        for row in BUNDLED.rows[name].values():
            assert row["licence"] in LICENCES, row["id"]


def test_the_bundled_rows_pass_the_checks_of_a_teams_rows():
    files = {"prices": "prices.csv", "token_prices": "token_prices.csv", "grids": "grids.csv"}
    for name in (*files, "gpus", "models"):
        for row in BUNDLED.rows[name].values():
            for column, value in row.items():
                if value is None or column == "peak_tflops":
                    continue
                check = text_problem(column, value) if column in TEXT_COLUMNS else ""
                check = check or (number_problem(repr(value)) if value.__class__ is float else "")
                assert "" == check, (row["id"], column)
            assert "" == row_problem(files.get(name, ""), row), row["id"]


def rented_out(gpu):
    """Whether the catalogue has a rent of the last 18 months, on whatever terms."""
    for terms in dict.fromkeys(TERMS.values()):
        try:
            BUNDLED.rental_price(gpu, terms=terms)
        except NotFoundError:
            continue
        return True
    return False


def test_a_chip_without_a_rent_of_these_months_says_why_and_none_with_one_does():
    chips = BUNDLED.rows["gpus"].values()
    without = {row["id"] for row in chips if not rented_out(str(row["id"]))}
    assert without == {row["id"] for row in chips if row["no_price"]}
    assert 34 == len(chips) - len(without)
    for row in chips:
        assert not str(row["no_price"] or "").endswith("."), row["id"]


def test_rates_of_narrow_formats_are_one_two_or_four_times_the_wider_ones_but_for_four_chips():
    odd = {}
    for row in BUNDLED.rows["gpus"].values():
        peak, eight, four = row["peak_tflops"], row["fp8_tflops"], row["fp4_tflops"]
        for name, low, high in (("fp8", peak, eight), ("fp4", eight, four)):
            times = high / low if high and low else 1.0
            if min(abs(times / whole - 1.0) for whole in (1.0, 2.0, 4.0)) > 0.06:
                odd[row["id"], name] = round(times, 2)
    assert {
        ("b300", "fp4"): 3.11,
        ("gb300-gpu", "fp4"): 3.0,
        ("rubin-gpu", "fp8"): 4.38,
        ("trainium3", "fp8"): 3.75,
    } == odd


def test_a_rent_is_not_far_from_the_middle_of_its_kind():
    kinds = defaultdict(list)
    for row in BUNDLED.rows["prices"].values():
        if row["category"] == "gpu_rental" and row["value_high"] is None:
            terms = TERMS[row["unit"].partition("/chip-hour ")[2]]
            kinds[row["item"], terms].append(row)
    far = []
    for rows in kinds.values():
        middle = statistics.median(row["value"] for row in rows)
        far += [row["id"] for row in rows if not middle / 4.5 <= row["value"] <= middle * 4.5]
    assert [] == far


def test_a_purchase_is_not_far_from_the_middle_of_its_kind():
    kinds = defaultdict(list)
    for row in BUNDLED.rows["prices"].values():
        if row["category"] == "gpu_purchase":
            kinds[row["item"], row["unit"]].append(row)
    for rows in kinds.values():
        middle = statistics.median(row["value"] for row in rows)
        for row in rows:
            assert middle / 2.5 <= row["value"] <= middle * 2.5, row["id"]


def newest(direction):
    """Return what the models cost now for short prompts, by their names."""
    found = {}
    for model in {str(row["model"]) for row in BUNDLED.rows["token_prices"].values()}:
        try:
            found[model] = BUNDLED.token_price(model, direction).value
        except NotFoundError:
            continue
    return found


def test_the_prices_of_a_model_stand_in_the_order_that_vendors_keep():
    inputs, outputs = newest("input"), newest("output")
    assert 380 <= len(inputs)
    odd = []
    for model in sorted(inputs.keys() & outputs.keys()):
        # Speech and pictures are dear, and come out of text.
        if "tts" in model or "image" in model or model == "qwen3-vl-32b-thinking":
            continue
        if not inputs[model] <= outputs[model] <= 13.0 * inputs[model]:
            odd.append(model)
    assert [] == odd
    for direction, low, high in (
        ("cache_read", 0.0, 1.0),
        ("cache_write", 0.0, 1.34),
        ("cache_write_1h", 1.0, 2.1),
        ("input_batch", 0.4, 1.0),
    ):
        wrong = [
            (model, price, inputs[model])
            for model, price in sorted(newest(direction).items())
            if inputs.get(model) and not low * inputs[model] <= price <= high * inputs[model]
        ]
        assert [] == wrong, direction


def test_the_prices_that_workbooks_show_are_those_of_the_list():
    for row in BUNDLED.rows["prices"].values():
        # Each host of an open model asks its own price.
        if row["category"] != "api_token" or row["id"].startswith("host26"):
            continue
        model, _, direction = row["item"].rpartition(" ")
        listed = [
            other
            for other in BUNDLED.rows["token_prices"].values()
            if words(other["model"]) == words(model) and not other["valid_to"]
            and (other["direction"], other["currency"]) == (direction, row["currency"])
        ]  # fmt: skip
        if listed:
            now = BUNDLED.token_price(model, direction, row["currency"]).value
            assert now == row["value"], row["id"]


def test_no_price_claims_a_day_later_than_its_catalogue():
    for name in ("prices", "token_prices"):
        for row in BUNDLED.rows[name].values():
            first, _ = period(str(row["date"]))
            assert str(first) <= "2026-11-26", row["id"]


def test_models_that_are_sold_are_listed():
    """A model of the large vendors that has a price of 2026 has a row, or is no language model."""
    other = re.compile(
        r"audio|realtime|transcribe|tts|live|image|embed|search|codex|computer|moderation|ocr|"
        r"vision|-preview-\d|latest|preview$|customtools|deep-research|robotics|\d{4}$|omni|"
        r"ada|babbage|curie|davinci|ft[:-]|-\d+k$|instruct|cyber|law|rosalind|reasoning|"
        r"multi-agent|:extended|claude-2|claude-v1|banana|-\d\d-\d\d$|gemini-pro|safeguard|fast$"
    )
    missing = set()
    for row in BUNDLED.rows["token_prices"].values():
        model = str(row["model"])
        large = row["vendor"] in {"OpenAI", "Anthropic", "Google", "xAI", "DeepSeek", "Moonshot"}
        if not large or str(row["date"]) < "2026-07" or other.search(model):
            continue
        try:
            BUNDLED.model(model)
        except NotFoundError as reason:
            if "could be any of" not in str(reason):
                missing.add(model)
    assert set() == missing
