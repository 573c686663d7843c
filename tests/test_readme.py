"""What the README says is so."""

import doctest
import re
import shlex
import subprocess
import sys

import click
import pytest

from tests.conftest import ROOT
from tools.readme import README, with_tables
from xlcalc import templates
from xlcalc.catalogue import Catalogues
from xlcalc.cli import app
from xlcalc.errors import ScenarioError
from xlcalc.runs.config import load_config

TEXT = README.read_text(encoding="utf-8")
CONSOLE = re.findall(r"^```console\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = [
    (command, output)
    for block in CONSOLE
    for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
]


def test_the_generated_tables_are_current():
    assert with_tables(TEXT) == TEXT, "run: python -m tools.readme"


@pytest.mark.parametrize(("command", "output"), COMMANDS)
def test_a_command_prints_what_is_shown(command, output):
    words = shlex.split(command)
    assert "xlcalc" == words[0]
    done = subprocess.run(
        [sys.executable, "-m", "xlcalc.cli", *words[1:]],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=60,
    )
    assert (output, "") == (done.stdout, done.stderr)


def test_the_python_examples_run():
    assert 0 == doctest.testfile(str(README), module_relative=False).failed


def test_the_two_commands_are_shown_and_ci_runs_the_second():
    blocks = re.findall(r"^```sh\n(.*?)\n```", TEXT, re.MULTILINE | re.DOTALL)
    assert ["pip install . && xlcalc report", 'pip install -e ".[test]" && pytest'] == blocks
    assert "README.md" in (ROOT / ".ci" / "run").read_text()


def test_every_command_is_documented():
    names = app.list_commands(click.Context(app))
    assert [] == [name for name in names if f"xlcalc {name}" not in TEXT]


def test_the_shown_configuration_is_a_configuration(tmp_path):
    [config] = re.findall(r"^```toml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    scenarios, _ = re.findall(r"^```csv\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    (tmp_path / "report.toml").write_text(config, encoding="utf-8")
    (tmp_path / "runs.csv").write_text(scenarios, encoding="utf-8")
    loaded = load_config(tmp_path / "report.toml")
    assert ("assistant",) == tuple(scenario.name for scenario in loaded.scenarios)
    assert 3 == len(loaded.guards)
    (tmp_path / "runs.csv").write_text("scenario,nothing\n", encoding="utf-8")
    with pytest.raises(ScenarioError):
        load_config(tmp_path / "report.toml")


def test_every_file_that_is_named_exists():
    for path in re.findall(r"`((?:xlcalc|udfs|tests|workbooks|\.ci)/[\w./]+)`", TEXT):
        assert (ROOT / path).exists() or "NAME" in path, path


def test_the_gallery_shows_every_template_in_small_pictures():
    shown = re.findall(r"\((workbooks/pictures/[\w/]+\.png)\)", TEXT)
    wanted = [f"workbooks/pictures/{name}.png" for name in templates.TEMPLATES]
    assert [name for name in wanted if "function_library" not in name] == shown
    assert all((ROOT / path).stat().st_size < 200_000 for path in shown)


def test_the_shown_prices_are_a_catalogue(tmp_path):
    _, prices = re.findall(r"^```csv\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    (tmp_path / "prices.csv").write_text(prices, encoding="utf-8")
    assert 1.75 == Catalogues(tmp_path).rental_price("H100").value
