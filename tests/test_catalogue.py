"""The catalogues: their rows, the names under which they are found, and a team's own."""

import csv
import json
import re

import openpyxl
import pytest

import xlcalc
from tests.conftest import ROOT
from tests.files import PRICES
from xlcalc import catalogue as package
from xlcalc import templates
from xlcalc.catalogue import Catalogues, catalogues, figure
from xlcalc.catalogue.checks import CONFIDENCES
from xlcalc.catalogue.names import Finder
from xlcalc.catalogue.reader import FILES, TEXT_COLUMNS, read_aliases
from xlcalc.errors import CatalogueError, NotFoundError

BUNDLED = Catalogues()
OURS = (
    "ours-1,gpu_rental,Our contract,h100-sxm,USD/chip-hour on-demand,USD,1.75,2026-10-01,C-4711\n"
)
GRIDS = "id,region,metric,unit,value,date,source_url\n"
RATES = "id,from_currency,to_currency,rate,date,source_url\n"
TOKENS = "id,vendor,model,direction,currency,value,date,valid_from,valid_to,source_url\n"


@pytest.fixture
def team(tmp_path):
    """Write a team's file, and return its folder."""

    def write(text, file="prices.csv"):
        (tmp_path / file).write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def using(team):
    """Put a team's file over the catalogue for the length of a test."""

    def write(text, file="prices.csv"):
        package.use(team(text, file))

    yield write
    package.use(None)


def test_the_catalogues_have_the_rows_they_should():
    expected = {
        "gpus": 73,
        "models": 306,
        "prices": 988,
        "token_prices": 1918,
        "grids": 131,
        "rates": 0,
        "tokenisers": 85,
        "assumptions": 24,
    }
    assert expected == {name: len(rows) for name, rows in BUNDLED.rows.items()}


def test_every_id_stands_once_in_its_file():
    for file in FILES:
        with (ROOT / "xlcalc" / "catalogue" / file).open(encoding="utf-8", newline="") as lines:
            ids = [row["id"] for row in csv.DictReader(lines)]
        assert len(ids) == len(set(ids)), file


def test_every_row_has_a_source_and_a_date():
    wrong = []
    for name, rows in BUNDLED.rows.items():
        for identity, row in rows.items():
            # Software that was measured is named by its package; everything else by its page.
            sourced = re.match(r"https?://|PyPI package ", str(row["source_url"]))
            dated = re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?|20\d\d-20\d\d", str(_date(name, row)))
            if not sourced or not dated or row["confidence"] not in CONFIDENCES:
                wrong.append(identity)
    assert wrong == []


def _date(name, row):
    return row["date"] if "date" in row else row["as_of"]


def test_every_figure_is_a_number_from_zero_and_every_other_cell_a_text():
    wrong = [
        (identity, column)
        for rows in BUNDLED.rows.values()
        for identity, row in rows.items()
        for column, value in row.items()
        if value is not None
        and not (isinstance(value, str) if column in TEXT_COLUMNS else value >= 0.0)
    ]
    assert wrong == []


def test_dense_rates_are_told_from_sparse_ones():
    for row in BUNDLED.rows["gpus"].values():
        dense = [row[f"{name}_tflops"] for name in ("fp16", "bf16") if row[f"{name}_tflops"]]
        assert row["peak_tflops"] == (dense[-1] if dense else None)
        # The sources of the Ascend 910C give 800 and 780.
        assert not dense or max(dense) <= 1.03 * min(dense)
        if row["fp16_sparse_tflops"] is not None:
            assert row["fp16_sparse_tflops"] > 1.9 * row["peak_tflops"]


def test_the_peak_is_the_dense_rate_of_the_format_that_is_named():
    rates = {
        "peak_tflops": 989.4,
        "bf16_tflops": 989.4,
        "fp16_tflops": 989.4,
        "fp8_tflops": 1978.9,
        "tf32_tflops": 494.7,
        "fp16_sparse_tflops": 1978.9,
    }
    for field, rate in rates.items():
        assert rate == xlcalc.gpu_spec("H100 SXM", field)
    assert 125.0 == xlcalc.gpu_spec("V100 SXM2 32GB", "peak_tflops")
    assert 275.0 == xlcalc.gpu_spec("TPU v4", "peak_tflops")


def test_prices_have_units_of_their_kind():
    units = {
        "gpu_rental": "USD/chip-hour ",
        "gpu_purchase": "USD/unit",
        "power": "/kWh",
        "pue": "ratio",
        "api_token": "/1M tokens",
    }
    for row in BUNDLED.rows["prices"].values():
        assert units[row["category"]] in row["unit"]
        assert row["category"] == "pue" or row["unit"].startswith(row["currency"])
        assert row["value_high"] is None or row["value_high"] >= row["value"]
        if row["category"] == "gpu_rental":
            assert row["item"] in BUNDLED.rows["gpus"]


@pytest.mark.parametrize(
    ("expected", "names"),
    [
        ("h100-sxm", ["H100", "h100", "h100 sxm", "H100-SXM", "NVIDIA H100 SXM 80GB", "H100 SXM5"]),
        ("a100-sxm-80", ["A100 SXM 80GB", "a100-sxm-80", "a100 sxm 80 gb", " A100 SXM 80GB "]),
        ("tpu-v4", ["TPU v4", "google tpu v4"]),
        ("mi300x", ["MI300X", "AMD Instinct MI300X"]),
    ],
)
def test_an_accelerator_is_found_as_people_write_it(expected, names):
    for name in names:
        assert expected == BUNDLED.gpu(name)["id"]


def test_every_accelerator_and_model_is_found_by_its_own_id_and_name():
    for find, catalogue in ((BUNDLED.gpu, "gpus"), (BUNDLED.model, "models")):
        for row in BUNDLED.rows[catalogue].values():
            assert row is find(str(row["id"]))
            assert row is find(str(row["name"]))


def test_an_ambiguous_name_lists_what_it_could_mean():
    with pytest.raises(NotFoundError, match=re.escape("V100 PCIe 16GB, A10 PCIe, A100 PCIe 40GB")):
        BUNDLED.gpu("PCIe")
    with pytest.raises(NotFoundError, match=r"could be any of: LLaMA 7B, .* and 10 more"):
        BUNDLED.model("llama")


@pytest.mark.parametrize(
    ("expected", "names"),
    [
        ("a100-sxm-80", ["A100", "a100", "A100 80GB", "A100-80GB"]),
        ("h800-sxm", ["H800"]),
        ("v100-sxm2-32", ["V100"]),
        ("gh200-96", ["GH200"]),
        ("gb200-gpu", ["GB200", "GB200 NVL72", "gb200-nvl72"]),
        ("ascend-910b", ["910B", "Ascend 910B", "昇腾910B", "昇腾 910B"]),
        ("trainium2", ["Trn2", "trn2"]),
        ("tpu-v7", ["TPU7x", "tpu7x", "Ironwood"]),
        ("rubin-gpu", ["Rubin", "Vera Rubin NVL72", "Vera Rubin NVL144"]),
        ("mi455x", ["Helios"]),
        ("h100-sxm", ["DGX H100", "HGX H100"]),
        ("kunlun-p800", ["昆仑芯P800", "Kunlun P800"]),
        ("ascend-950pr", ["Atlas 350", "昇腾950PR"]),
    ],
)
def test_a_name_of_several_forms_is_the_usual_one_and_that_is_said(expected, names):
    for name in names:
        row = BUNDLED.gpu(name)
        assert expected == row["id"]
        said = f'"{name}" is taken for {row["name"]}'
        assert said == BUNDLED.taken_for(name)
        assert BUNDLED.source("gpus", name).startswith(said + ": https://")
    assert "" == BUNDLED.taken_for("A100 SXM 80GB")
    assert "" == BUNDLED.taken_for("a100-sxm-80")


def test_every_alias_stands_for_a_row_and_is_no_name_of_another():
    aliases = read_aliases()
    assert set(aliases.values()) <= set(BUNDLED.rows["gpus"])
    names = {row["name"].lower() for row in BUNDLED.rows["gpus"].values()}
    assert not names & set(aliases)
    assert all(alias == alias.lower() for alias in aliases)


def test_a_version_number_never_matches_a_size():
    finder = Finder(
        "model",
        [
            {"id": "a", "name": "Gemma 3 4B"},
            {"id": "b", "name": "Gemma 3 12B"},
            {"id": "c", "name": "Llama 3.2 1B"},
            {"id": "d", "name": "Qwen3 30B-A3B"},
        ],
        lambda row: row["name"],
        lambda _: "",
        {},
        sizes=True,
    )
    for name in ("gemma 4", "gemma 12", "Gemma 3 1"):
        with pytest.raises(NotFoundError, match="it has Gemma 3 4B, Gemma 3 12B"):
            finder.find(name)
    with pytest.raises(NotFoundError, match=r'no model "Llama 1"; it has Llama 3\.2 1B'):
        finder.find("Llama 1")
    with pytest.raises(NotFoundError, match="could be any of: Gemma 3 4B, Gemma 3 12B"):
        finder.find("gemma 3")
    assert "a" == finder.find("gemma 4b")["id"] == finder.find("gemma-3-4 B")["id"]
    assert "c" == finder.find("llama-3-2-1b")["id"]
    assert "d" == finder.find("qwen 30b")["id"] == finder.find("qwen3-a3b")["id"]


def test_llama_1_is_no_model_of_one_billion():
    with pytest.raises(NotFoundError, match='no model "Llama 1"; it has LLaMA 7B, LLaMA 13B'):
        BUNDLED.model("Llama 1")
    with pytest.raises(NotFoundError, match='no model "gemma 1"; it has Gemma 2B'):
        BUNDLED.model("gemma 1")
    with pytest.raises(NotFoundError, match="could be any of: Gemma 4 26B-A4B, Gemma 4 31B"):
        BUNDLED.model("gemma 4")


def test_an_unknown_name_shows_the_nearest():
    with pytest.raises(NotFoundError, match='did you mean "H200 SXM 141GB"'):
        BUNDLED.gpu("H200 SXM 144GBx")
    with pytest.raises(NotFoundError, match='did you mean "h100"'):
        BUNDLED.gpu("H1000")
    for name in ("", "  ", "???"):
        with pytest.raises(NotFoundError):
            BUNDLED.gpu(name)


def test_an_unknown_field_lists_the_fields_and_an_empty_figure_says_so():
    h100 = BUNDLED.gpu("H100")
    assert 80.0 == figure(h100, "GPU", " Memory GB ")
    with pytest.raises(NotFoundError, match="memory_gb"):
        figure(h100, "GPU", "memry")
    with pytest.raises(NotFoundError, match="the catalogue has no tdp_w of TPU v4"):
        figure(BUNDLED.gpu("TPU v4"), "GPU", "tdp_w")


def test_a_teams_row_adds_an_accelerator_or_overrides_its_figures(using):
    using(
        "id,name,vendor,bf16_tflops,source_url\nx-1,X1 Prototype,ACME,500,memo 7\n"
        "h100-sxm,,,800,measured by us\n",
        "accelerators.csv",
    )
    assert 500.0 == xlcalc.gpu_spec("ACME X1", "peak_tflops")
    assert (800.0, 700.0) == (
        xlcalc.gpu_spec("H100", "peak_tflops"),
        xlcalc.gpu_spec("H100", "tdp_w"),
    )
    assert xlcalc.catalogue_source("gpus", "H100").endswith(
        "measured by us, undated, read by way of accelerators.csv (h100-sxm)"
    )


def test_a_teams_prices_stand_on_the_catalogue_sheet_with_their_source(using):
    using(PRICES + OURS)
    sheet = templates.author("training_budget").sheet("Catalogue")
    [row] = [r for r in sheet.iter_rows(min_row=5, values_only=True) if r[1] == "H100 SXM5 80GB"]
    assert (1.75, "USD", "Our contract, 2026-10-01", "C-4711") == row[12:16]


def test_the_environment_names_the_folder(team, monkeypatch):
    monkeypatch.setenv(package.VARIABLE, str(team(PRICES + OURS)))
    catalogues.cache_clear()
    try:
        assert 1.75 == xlcalc.rental_price("H100")
    finally:
        monkeypatch.delenv(package.VARIABLE)
        catalogues.cache_clear()
    assert 1.75 != xlcalc.rental_price("H100")


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("prices.csv", "", "has no header row"),
        (
            "prices.csv",
            "id,prise\n",
            r'line 1: no column "prise"; did you mean "price'.replace("price", "provider")
            + "|no column",
        ),
        ("prices.csv", "id,id\n", "each column once"),
        ("prices.csv", "value\n1\n", "one of them id"),
        ("prices.csv", PRICES + "a,b\n", "line 2: 2 values for 9 columns"),
        ("prices.csv", PRICES + OURS + OURS, 'line 3: the id "ours-1" stands there twice'),
        ("prices.csv", PRICES + OURS.replace("C-4711", ""), "line 2: a row without a source_url"),
        ("prices.csv", PRICES + OURS.replace("ours-1", ""), "line 2: a row without an id"),
        ("prices.csv", PRICES + OURS.replace("1.75", "1,75"), "10 values for 9 columns"),
        (
            "prices.csv",
            PRICES + OURS.replace("1.75", "cheap"),
            'line 2, column value: must be a number, got "cheap"',
        ),
        (
            "prices.csv",
            PRICES + OURS.replace("1.75", "-1"),
            "line 2, column value: must be a finite number from 0",
        ),
        ("prices.csv", PRICES + OURS.replace("1.75", "nan"), "finite"),
        ("prices.csv", PRICES + OURS.replace("1.75", ""), 'the new row "ours-1" lacks value'),
        ("prices.csv", PRICES + OURS.replace("h100-sxm", "h100sxm"), "no id of an accelerator"),
        ("accelerators.csv", "id,source_url\nx,y\n", 'the new row "x" lacks name'),
        (
            "accelerators.csv",
            "id,fp16_tflops,source_url\nh100-sxm,1979,y\n",
            "line 2, column fp16_tflops: fp16_tflops is the dense rate",
        ),
        ("prices.csv", PRICES + OURS.replace("1.75", "1_000"), 'must be a number, got "1_000"'),
        ("prices.csv", PRICES + OURS.replace(",USD,", ",USX,"), 'column currency: .* "USX"'),
        ("prices.csv", PRICES + OURS.replace(",USD,", ",EUR,"), "column unit: .* in EUR, got"),
        ("prices.csv", PRICES + OURS.replace("2026-10-01", "2026-10-32"), "column date: must be"),
        ("prices.csv", PRICES + OURS.replace("2026-10-01", "01.10.2026"), "column date: must be"),
        ("prices.csv", PRICES + OURS.replace("on-demand", "per hour"), "column unit: unit must"),
        ("prices.csv", PRICES + OURS.replace("gpu_rental", "gpu_rent"), 'mean "gpu_rental"'),
        (
            "prices.csv",
            "id,value_high,source_url\ngpu_rental-037,1,y\n",
            "column value_high: must be at least value, got 1 and 2.99",
        ),
        ("rates.csv", RATES + "r,EUR,USD,0,2026,y\n", "column rate: must be above 0"),
        ("grids.csv", GRIDS + "g,X,watter,L/kWh,1,2026,y\n", 'column metric: .* mean "water"'),
        ("grids.csv", GRIDS + "g,X,water,gCO2e/kWh,1,2026,y\n", 'column unit: must be "L/kWh"'),
        ("grids.csv", GRIDS + "g,X,carbon,gCO2e/kWh,1_000,2026,y\n", "column value: must be a nu"),
        ("rates.csv", RATES + "r,EURO,USD,1,2026,y\n", "column from_currency: .* three letters"),
        ("token_prices.csv", TOKENS + "t,U,m,inputs,USD,1,2026,,,y\n", "column direction: must"),
        (
            "token_prices.csv",
            TOKENS + "t,U,m,input,USD,1,2026,2026-05,2026-04,y\n",
            "column valid_to: must not be before 2026-05-01, got 2026-04-30",
        ),
        ("models.csv", "id,confidence,source_url\ngpt-1,sure,y\n", "high, med or low"),
        ("price.csv", PRICES, r'is no catalogue; did you mean "prices\.csv"'),
    ],
)
def test_a_bad_row_is_refused_with_file_line_and_reason(team, file, text, reason):
    folder = team(text, file)
    with pytest.raises(CatalogueError, match=reason) as caught:
        Catalogues(folder)
    assert file in str(caught.value)


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(CatalogueError, match="there is no folder"):
        Catalogues(tmp_path / "none")
    with pytest.raises(CatalogueError, match="has none of"):
        Catalogues(tmp_path)


def test_a_folder_that_cannot_be_read_leaves_the_one_of_before_in_use(tmp_path):
    with pytest.raises(CatalogueError, match="there is no folder"):
        xlcalc.load("training_budget", catalogue=tmp_path / "none")
    assert 70953.52564102563 == xlcalc.load("training_budget")(params=7e9, mfu=0.4)["total_cost"]


def test_rows_are_searched_by_words():
    assert ["gpu_rental-037", "gpu_rental-088"] == [
        row["id"] for row in BUNDLED.search("prices", "RunPod h100-sxm gpu_rental-0")
    ]
    assert 306 == len(BUNDLED.search("models", ""))
    assert [] == BUNDLED.search("models", "no such model")
    assert json.dumps(BUNDLED.search("tokenisers", "zh"))


def test_the_catalogue_sheet_shows_the_price_that_the_function_gives():
    sheet = openpyxl.load_workbook(ROOT / "workbooks" / "training_budget.xlsx")["Catalogue"]
    shown = {row[1]: row[12] for row in sheet.iter_rows(min_row=5, values_only=True)}
    assert xlcalc.rental_price("H100") == shown["H100 SXM5 80GB"]
    assert shown["TPU v3"] is None
