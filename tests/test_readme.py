"""What the README says is so."""

import doctest
import re
import sys

import click
import pytest

from tests.conftest import ROOT
from tests.documented import DOCS, blocks, commands, newcomer, printed
from xlcalc import templates
from xlcalc.catalogue import Catalogues
from xlcalc.cli import app
from xlcalc.errors import ScenarioError
from xlcalc.runs.config import load_config

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
MOST_LINES = 130


def test_it_is_short():
    assert MOST_LINES >= len(TEXT.splitlines())


@pytest.mark.skipif(sys.platform == "win32", reason="the commands run in a shell of Unix")
@pytest.mark.parametrize(("command", "output"), commands(README))
def test_a_command_prints_what_is_shown(command, output, tmp_path):
    assert output == printed(command, ROOT, newcomer(tmp_path / "home"))


def test_the_python_examples_run():
    assert 0 == doctest.testfile(str(README), module_relative=False).failed


def test_the_two_commands_are_shown_and_ci_runs_the_second():
    assert ["pip install . && xlcalc report\n", 'pip install -e ".[test]" && pytest\n'] == blocks(
        README, "sh"
    )
    assert "README.md" in (ROOT / ".ci" / "run").read_text()


def test_every_command_is_documented():
    pages = "".join(page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md"))
    names = app.list_commands(click.Context(app))
    assert [] == [name for name in names if f"xlcalc {name}" not in pages]


@pytest.mark.slow
def test_the_shown_configuration_is_a_configuration(tmp_path):
    page = DOCS / "guides" / "reports.md"
    [config], [scenarios] = blocks(page, "toml"), blocks(page, "csv")
    (tmp_path / "report.toml").write_text(config, encoding="utf-8")
    (tmp_path / "runs.csv").write_text(scenarios, encoding="utf-8")
    loaded = load_config(tmp_path / "report.toml")
    assert ("assistant", "large") == tuple(scenario.name for scenario in loaded.scenarios)
    assert 3 == len(loaded.guards)
    (tmp_path / "runs.csv").write_text("scenario,nothing\n", encoding="utf-8")
    with pytest.raises(ScenarioError):
        load_config(tmp_path / "report.toml")


def test_every_file_that_is_named_exists():
    for path in re.findall(r"`((?:xlcalc|udfs|tests|workbooks|\.ci)/[\w./]+)`", TEXT):
        assert (ROOT / path).exists(), path


def test_every_template_has_a_page_with_its_picture():
    missing = []
    for name in templates.TEMPLATES:
        page = DOCS / "workbooks" / f"{name}.md"
        picture = ROOT / "workbooks" / "pictures" / f"{name}.png"
        shown = f"workbooks/pictures/{name}.png" in page.read_text(encoding="utf-8")
        if shown != picture.exists() or (shown and picture.stat().st_size >= 200_000):
            missing.append(name)
    assert [] == missing


def test_the_shown_prices_are_a_catalogue(tmp_path):
    [prices] = blocks(DOCS / "guides" / "catalogue.md", "csv")
    (tmp_path / "prices.csv").write_text(prices, encoding="utf-8")
    assert 1.75 == Catalogues(tmp_path).rental_price("H100").value
