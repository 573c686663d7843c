"""The catalogues' rows, and the names under which they are found."""

import csv
import re
from importlib import resources

import pytest

from xlcalc.catalogue import accelerators, models
from xlcalc.errors import NotFoundError

FILES = ("accelerators.csv", "models.csv", "prices.csv", "tokenisation.csv")


def rows(file):
    text = resources.files("xlcalc.catalogue").joinpath(file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("file", FILES)
def test_every_row_has_an_id_of_its_own_and_a_source(file):
    table = rows(file)
    assert len({row["id"] for row in table}) == len(table)
    assert [] == [row["id"] for row in table if not row["source_url"]]
    assert {row["confidence"] for row in table} <= {"high", "med", "low"}
    assert all(None not in row for row in table)


def test_sparse_rates_are_never_below_dense_ones():
    for row in accelerators().rows:
        if row["fp16_sparse_tflops"] is not None:
            assert row["fp16_sparse_tflops"] > row["peak_tflops"]


def test_the_peak_rate_is_the_dense_16_bit_rate():
    assert 989.4 == accelerators().figure("H100 SXM", "peak_tflops")
    assert 125.0 == accelerators().figure("V100 SXM2 32GB", "peak_tflops")
    assert 275.0 == accelerators().figure("TPU v4", "peak_tflops")


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
        assert expected == accelerators().find(name)["id"]


def test_every_accelerator_and_model_is_found_by_its_own_id_and_name():
    for catalogue in (accelerators(), models()):
        for row in catalogue.rows:
            assert row is catalogue.find(str(row["id"]))
            assert row is catalogue.find(str(row["name"]))


def test_an_ambiguous_name_lists_what_it_could_mean():
    with pytest.raises(NotFoundError, match=re.escape("A100 PCIe 40GB, A100 PCIe 80GB")):
        accelerators().find("A100")


def test_an_unknown_name_shows_the_nearest():
    with pytest.raises(NotFoundError, match='did you mean "H200 SXM 141GB"'):
        accelerators().find("H200 SXM 144GBx")
    for name in ("", "  ", "???"):
        with pytest.raises(NotFoundError):
            accelerators().find(name)


def test_an_unknown_field_lists_the_fields_and_an_empty_figure_says_so():
    with pytest.raises(NotFoundError, match="memory_gb"):
        accelerators().figure("H100", "memry")
    with pytest.raises(NotFoundError, match="nobody published tdp_w of TPU v4"):
        accelerators().figure("TPU v4", "tdp_w")
    with pytest.raises(NotFoundError, match="nobody published total_params"):
        models().figure("gpt-4o", "total_params")
