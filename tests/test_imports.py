"""Price lists of others, read from small files of the forms that they have."""

import json
import subprocess
import sys

import pytest

from xlcalc.catalogue import Catalogues
from xlcalc.catalogue.imports import SOURCES, Asked, read_source
from xlcalc.catalogue.merging import changes, write_rows
from xlcalc.errors import CatalogueError

BUNDLED = Catalogues()
LITELLM = {
    "sample_spec": {"input_cost_per_token": "see the documentation"},
    "m-1": {
        "litellm_provider": "acme",
        "input_cost_per_token": 2e-06,
        "output_cost_per_token": 8e-06,
        "cache_read_input_token_cost": 2e-07,
        "input_cost_per_token_above_200k_tokens": 4e-06,
        "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 1e-05,
        "input_cost_per_token_batches": 1e-06,
        "max_input_tokens": 300000,
    },
}
MODELS_DEV = {
    "acme": {
        "id": "acme",
        "models": {
            "m-1": {
                "id": "m-1",
                "last_updated": "2026-05-01",
                "cost": {"input": 2, "output": 8, "context_over_200k": {"input": 4}},
            },
            "m-free": {"id": "m-free", "last_updated": "2026-05-01"},
        },
    }
}
GENAI = [
    {
        "id": "acme",
        "models": [
            {
                "id": "m-1",
                "prices_checked": "2026-06-07",
                "prices": {
                    "input_mtok": {"base": 2, "tiers": [{"start": 200000, "price": 4}]},
                    "output_mtok": 8,
                    "requests_kcount": 1,
                },
            },
            {
                "id": "m-2",
                "prices_checked": "2026-06-07",
                "prices": [
                    {"prices": {"input_mtok": 3}},
                    {"constraint": {"start_date": "2026-09-01"}, "prices": {"input_mtok": 1}},
                ],
            },
        ],
    }
]
SKYPILOT = (
    "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,SpotPrice,Region\n"
    "big-8,H100,8,96,1000,32,16,east\n"
    "big-8,H100,8,96,1000,24,,west\n"
    "small,,,2,8,0.1,,east\n"
    "odd,NoSuchChip,1,2,8,1,,east\n"
)
AZURE = {
    "Items": [
        {
            "armSkuName": "Standard_ND96isr_H100_v5",
            "productName": "Virtual Machines NDsr H100 v5 Series",
            "meterName": meter,
            "retailPrice": price,
            "currencyCode": "USD",
            "type": kind,
            "unitOfMeasure": unit,
            "armRegionName": "eastus",
            "effectiveStartDate": "2026-03-01T00:00:00Z",
            **term,
        }
        for meter, price, kind, unit, term in (
            ("ND96isr H100 v5", 98.32, "Consumption", "1 Hour", {}),
            ("ND96isr H100 v5 Spot", 40.0, "Consumption", "1 Hour", {}),
            ("ND96isr H100 v5", 420480.0, "Reservation", "1 Hour", {"reservationTerm": "1 Year"}),
        )
    ]
}
AZURE["Items"].append({**AZURE["Items"][0], "productName": "Windows", "retailPrice": 1.0})
EPOCH = (
    "Model,Organization,Publication date,Parameters,Training compute (FLOP),"
    "Training dataset size (total),Training hardware,Training time (hours),Hardware quantity,Link\n"
    'M One,Acme,2026-02-03,7e9,8.4e22,2e12,"NVIDIA H100 SXM5 80GB,other",100,64,https://m.example\n'
    "M Two,Acme,2026-03,,,,,,,\n"
)
FILES = {
    "litellm": json.dumps(LITELLM),
    "models-dev": json.dumps(MODELS_DEV),
    "genai-prices": json.dumps(GENAI),
    "skypilot": SKYPILOT,
    "azure": json.dumps(AZURE),
    "epoch": EPOCH,
}


@pytest.fixture
def read(tmp_path):
    """Return a function that reads the sample of a source."""

    def rows(name, text=None, *, day="2026-11-01", provider="Sky"):
        path = tmp_path / "list"
        path.write_text(FILES[name] if text is None else text, encoding="utf-8")
        asked = Asked(day, provider, BUNDLED.gpu)
        return {row["id"]: row for row in read_source(name, path, asked)}

    return rows


def values(rows):
    return {identity: row["value"] for identity, row in rows.items()}


def test_litellm_gives_dollars_a_million_tokens_with_tiers_and_batches(read):
    rows = read("litellm")
    assert {
        "litellm-acme-m-1-input": "2",
        "litellm-acme-m-1-output": "8",
        "litellm-acme-m-1-cache_read": "0.2",
        "litellm-acme-m-1-input-200001": "4",
        "litellm-acme-m-1-cache_write_1h-200001": "10",
        "litellm-acme-m-1-input_batch": "1",
    } == values(rows)
    assert {"2026-11-01"} == {row["date"] for row in rows.values()}
    assert {"MIT"} == {row["licence"] for row in rows.values()}
    with pytest.raises(CatalogueError, match="does not say of which day it is; say it by --date"):
        read("litellm", day="")


def test_models_dev_gives_the_day_of_each_model(read):
    rows = read("models-dev", day="")
    assert {
        "models-dev-acme-m-1-input": "2",
        "models-dev-acme-m-1-output": "8",
        "models-dev-acme-m-1-input-200001": "4",
    } == values(rows)
    assert {"2026-05-01"} == {row["date"] for row in rows.values()}


def test_genai_prices_gives_the_day_of_its_look_and_when_a_price_begins(read):
    rows = read("genai-prices")
    assert {
        "genai-prices-acme-m-1-input": "2",
        "genai-prices-acme-m-1-input-200001": "4",
        "genai-prices-acme-m-1-output": "8",
        "genai-prices-acme-m-2-input": "3",
        "genai-prices-acme-m-2-input-2026-09-01": "1",
    } == values(rows)
    assert {"2026-06-07"} == {row["date"] for row in rows.values()}
    assert "2026-09-01" == rows["genai-prices-acme-m-2-input-2026-09-01"]["valid_from"]


def test_skypilot_gives_the_cheapest_region_for_one_accelerator(read):
    rows = read("skypilot")
    assert {
        "skypilot-sky-h100-sxm-on-demand": "3",
        "skypilot-sky-h100-sxm-spot": "2",
    } == values(rows)
    assert "big-8, west" == rows["skypilot-sky-h100-sxm-on-demand"]["notes"]
    with pytest.raises(CatalogueError, match="does not name its cloud; say it by --provider"):
        read("skypilot", provider="")


def test_azure_gives_the_hour_of_one_accelerator_of_a_machine(read):
    rows = read("azure", day="")
    assert {
        "azure-microsoft-azure-h100-sxm-on-demand": "12.29",
        "azure-microsoft-azure-h100-sxm-spot": "5",
        "azure-microsoft-azure-h100-sxm-1-year-commitment": "6",
    } == values(rows)
    assert {"2026-03-01"} == {row["date"] for row in rows.values()}


def test_epoch_gives_models_with_their_training(read):
    rows = read("epoch")
    assert ["epoch-m-one", "epoch-m-two"] == list(rows)
    first = rows["epoch-m-one"]
    assert ("7000000000", "2e+12", "8.4e+22", "6400") == tuple(
        first[c]
        for c in ("total_params", "train_tokens", "train_flops_epoch", "gpu_hours_reported")
    )
    assert ("NVIDIA H100 SXM5 80GB", "CC BY 4.0 (Epoch AI)") == (
        first["gpu_type"],
        first["licence"],
    )


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_what_was_read_is_written_and_is_a_catalogue(read, tmp_path, name):
    folder, file = tmp_path / "own", SOURCES[name].file
    rows = list(read(name).values())
    found = changes(folder, file, rows)
    assert all(change.new for change in found)
    assert len(rows) == len(found)
    write_rows(folder, file, rows)
    assert [] == changes(folder, file, rows)
    own = Catalogues(folder)
    catalogue = file.removesuffix(".csv")
    assert {row["id"] for row in rows} <= set(own.rows[catalogue])


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_another_file_is_refused_with_a_sentence(read, name):
    for text in ("[1, 2]", "{}", "a,b\n1,2\n", "nothing"):
        with pytest.raises(CatalogueError, match="list"):
            read(name, text)


def test_a_changed_row_shows_both_values_and_other_rows_stay(read, tmp_path):
    folder = tmp_path / "own"
    rows = list(read("litellm").values())
    mine = {**rows[0], "id": "mine", "model": "ours"}
    write_rows(folder, "token_prices.csv", [mine, *rows])
    dearer = {**rows[0], "value": "3"}
    [change] = changes(folder, "token_prices.csv", [dearer, *rows[1:]])
    assert (False, (("value", "2", "3"),)) == (change.new, change.columns)
    write_rows(folder, "token_prices.csv", [dearer])
    own = Catalogues(folder)
    assert (3.0, 2.0) == tuple(own.token_price(m, "input").value for m in ("m-1", "ours"))


def test_a_bad_row_leaves_the_file_as_it_was(read, tmp_path):
    folder = tmp_path / "own"
    rows = list(read("litellm").values())
    write_rows(folder, "token_prices.csv", rows)
    before = (folder / "token_prices.csv").read_bytes()
    with pytest.raises(CatalogueError, match=r"nothing was written: .*column currency"):
        write_rows(folder, "token_prices.csv", [{**rows[0], "currency": "dollars"}])
    assert before == (folder / "token_prices.csv").read_bytes()


@pytest.mark.slow
def test_the_command_shows_first_and_writes_only_when_told(tmp_path):
    path, folder = tmp_path / "prices.json", tmp_path / "own"
    path.write_text(FILES["litellm"], encoding="utf-8")
    command = [sys.executable, "-m", "xlcalc.cli", "catalogue", "import", "litellm", str(path)]
    command += ["--to", str(folder), "--date", "2026-11-01", "--find", "output"]

    def run(*more):
        return subprocess.run([*command, *more], capture_output=True, text=True, timeout=120)

    shown = run()
    assert (0, "") == (shown.returncode, shown.stderr)
    line = "+ litellm-acme-m-1-output: currency USD, value 8, date 2026-11-01\n"
    summary = f"{folder}/token_prices.csv: 1 new, 0 changed, 0 as they are"
    assert f"{line}{summary}; --write writes this\n" == shown.stdout
    assert not folder.exists()
    assert f"{line}wrote {summary}\n" == run("--write").stdout
    assert f"{summary.replace('1 new', '0 new').replace('0 as', '1 as')}\n" == run("--write").stdout
    assert 2 == run("--date", "today").returncode
