"""Every template with its samples, as a CI job renders them."""

import functools
import re

import pytest

from tests.built import once
from tests.marks import thorough_but
from xlcalc import templates
from xlcalc.dialects import Form
from xlcalc.gallery import Gallery
from xlcalc.runs.config import DIALECT, SAMPLES, load_batch, load_config
from xlcalc.runs.report import run_report

pytestmark = pytest.mark.slow

WITH_SAMPLES = [name for name in templates.TEMPLATES if name not in templates.PORTABLE_ONLY]


SOME = pytest.mark.parametrize("name", thorough_but({"training_budget", "gpu_tco"}, WITH_SAMPLES))


@functools.cache
def samples(name):
    """Return the runs of a template's samples, as a report writes them."""
    folder = once(f"samples-{name}", lambda folder: None)
    return list(run_report(load_config(SAMPLES / f"{name}.toml", folder, Form(DIALECT))))


def test_every_template_but_the_library_has_samples():
    assert sorted(WITH_SAMPLES) == sorted(path.stem for path in SAMPLES.glob("*.toml"))


@SOME
def test_all_checks_of_the_samples_hold(name):
    runs = samples(name)
    assert len(runs) >= 2 or name == "model_landscape"
    assert [] == [f"{run.scenario}: {run.remark}" for run in runs if not run.ok]


@SOME
def test_every_sample_says_where_its_figures_come_from(name):
    sources = [str(run.values["run_source"]) for run in samples(name)]
    assert all(len(source) > 40 for source in sources)
    few = {"claims_audit", "model_landscape"}
    assert len(set(sources)) == len(sources) or name in few


@pytest.mark.thorough
def test_the_page_leads_to_every_workbook_that_was_written(tmp_path):
    gallery = Gallery(tmp_path)
    gallery.write_templates()
    runs = {config.store.path.name: list(run_report(config)) for config in gallery.configs()}
    assert WITH_SAMPLES == list(runs)
    linked = set(re.findall(r"\]\(([^)]+)\)", gallery.write_index().read_text(encoding="utf-8")))
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.xlsx")}
    assert written == {link for link in linked if link.endswith(".xlsx")}
    assert all((tmp_path / link).exists() for link in linked)
    assert len(written) > 50


def test_the_sample_of_china_is_in_its_currency_and_its_power(tmp_path):
    listed = SAMPLES / "training_budget_china.csv"
    runs = run_report(load_batch("training_budget", listed, tmp_path, Form(language="zh")))
    rented, own_power = (run.values for run in runs if run.ok)
    # 6 FLOP for each of 37 B parameters and 14.8 T tokens, at 34.6 % of 989.4 TFLOP/s.
    hours = 6 * 37e9 * 14.8e12 / (0.346 * 989.4e12) / 3600
    assert hours * 2 * 7.2014 == pytest.approx(rented["compute_cost"], rel=1e-9)
    assert rented["power_cost"] == 0
    assert 634 * own_power["energy_mwh"] == pytest.approx(own_power["power_cost"], rel=1e-9)


@pytest.mark.thorough
def test_the_samples_are_written_in_chinese_too(tmp_path):
    [config] = [
        c for c in Gallery(tmp_path, Form(language="zh")).configs() if "gpu_tco" in str(c.store)
    ]
    assert all(run.ok for run in run_report(config))
    text = (tmp_path / "gpu_tco" / "summary.md").read_text(encoding="utf-8")
    assert re.search("个方案已写出", text)
