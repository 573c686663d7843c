"""The examples: the commands of each README give what it shows, and its text says the same."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
import yaml

from tests.conftest import ROOT
from tests.environments import environment

EXAMPLES = ROOT / "docs" / "examples"
NAMES = ("ci_guard", "company_template", "dask_run", "plugin", "simulation")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="they run in a shell of Unix")


def readme(name: str) -> str:
    return (EXAMPLES / name / "README.md").read_text(encoding="utf-8")


def steps(text: str) -> list[tuple[str, str]]:
    """Return the commands of a text, each with what is shown below it."""
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [
        step
        for block in blocks
        for step in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    ]


class Copy:
    """A copy of an example in a folder of its own, and a shell that runs commands there."""

    def __init__(self, name: str, folder: Path, **more: str):
        self.folder = folder / name
        shutil.copytree(EXAMPLES / name, self.folder)
        programs = folder / "bin"
        programs.mkdir()
        for program, module in {"python": "", "xlcalc": "-m xlcalc"}.items():
            path = programs / program
            path.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
            path.chmod(0o755)
        self.environment = os.environ | {
            "PATH": os.pathsep.join((str(programs), os.environ["PATH"])),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error",
            **more,
        }
        self.environment.pop("GITHUB_STEP_SUMMARY", None)

    def sh(self, command: str) -> tuple[str, int]:
        """Return what a command prints, and its status."""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=300,
        )
        return done.stdout, done.returncode

    def follow(self, text: str) -> None:
        """Run the commands of a text, and compare what each prints."""
        found = steps(text)
        assert found
        # What a command says on stderr may come before or after what it prints, as in a terminal.
        shown = [(command, sorted(output.splitlines())) for command, output in found]
        assert shown == [
            (command, sorted(self.sh(command)[0].splitlines())) for command, _ in found
        ]

    def value(self, file: str, cell: str) -> object:
        """Return the stored value of a cell of the first sheet."""
        book = openpyxl.load_workbook(self.folder / file, data_only=True)
        return book.worksheets[0][cell].value


def test_each_example_has_a_readme_that_the_list_names():
    listed = re.findall(r"^\| \[(\w+)\]\(\1/README\.md\)", readme("."), re.MULTILINE)
    assert list(NAMES) == sorted(listed)
    assert list(NAMES) == sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_readme_leads_somewhere(name):
    text = re.sub(r"^```.*?^```", "", readme(name), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(((?!https?:)[^)#]+)\)", text)
    assert [] == [link for link in links if not (EXAMPLES / name / link).exists()]


@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_an_example_is_named_or_used(name):
    folder = EXAMPLES / name
    text = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir() if path.is_file())
    files = {path.name for path in folder.iterdir() if path.is_file()} - {"README.md"}
    assert set() == {file for file in files if file not in text}


def test_departments_get_workbooks_with_rows_of_their_own(tmp_path):
    example = Copy("company_template", tmp_path)
    text = readme("company_template")
    example.follow(text)
    rows = {"research": 3, "products": 2, "support": 4}
    assert rows == {
        name: openpyxl.load_workbook(example.folder / "budgets" / f"{name}.xlsx")
        .worksheets[0]
        .max_row
        - 11
        for name in rows
    }
    assert [348_000, 41_400, 55_200] == [
        example.value("budgets/research.xlsx", f"D{row}") for row in (12, 13, 14)
    ]
    assert 444_600 == example.value("budgets/research.xlsx", "B5")
    assert -9_400 == pytest.approx(example.value("budgets/support.xlsx", "B7"))
    assert "Support asks for 9,400 USD more than is approved." in text
    assert 0.1 == example.value("budgets/support.xlsx", "B3")
    assert "Support has its contingency of 10 %." in text


def test_the_guards_of_ci_see_a_price_and_a_typed_number(tmp_path):
    example = Copy("ci_guard", tmp_path)
    text = readme("ci_guard")
    example.follow(text)
    assert 12_000 == example.value("main.xlsx", "B7")
    assert "a month of today costs 14,400 USD and cost 12,000." in text
    assert 6_000 == example.value("budget.xlsx", "B5")
    assert "4,000 users still take 6,000 million tokens." in text
    assert "a month may cost 30,000 USD at most, and 5 % more or less than in `main.xlsx`" in text


@pytest.mark.slow
def test_the_workflow_of_the_guards_passes_what_is_within_them_alone(tmp_path):
    example = Copy("ci_guard", tmp_path, GITHUB_BASE_REF="main")
    job = yaml.safe_load((EXAMPLES / "ci_guard" / "workbooks.yml").read_text("utf-8"))
    lines = {
        step["name"]: step["run"] for step in job["jobs"]["workbooks"]["steps"] if "run" in step
    }
    assert "pip install xlcalc" == lines.pop("Install")
    git = "git -c user.name=a -c user.email=a@example.com"
    # A clone whose remote main branch has the budget, as the action that checks out leaves it.
    begin = (
        f"python make_budget.py budget.xlsx && git init -q -b main . && {git} add . && "
        f"{git} commit -q -m budget && git update-ref refs/remotes/origin/main HEAD"
    )
    assert ("", 0) == example.sh(begin)

    def statuses():
        return {name: example.sh(line)[1] for name, line in lines.items()}

    well = {"The version of the main branch": 0, "Audit": 0, "Stored values": 0, "Guards": 0}
    assert well == statuses()
    assert (example.folder / "report.xml").exists()
    example.sh("python make_budget.py budget.xlsx 2.4")
    assert well | {"Guards": 1} == statuses()
    example.sh("python make_budget.py budget.xlsx typed")
    assert well | {"Audit": 1, "Guards": 1} == statuses()


def test_a_simulation_says_how_unsure_a_cost_is(tmp_path):
    example = Copy("simulation", tmp_path)
    text = readme("simulation")
    example.follow(text)
    answer = openpyxl.load_workbook(example.folder / "answer.xlsx")
    assert ["Run", "Simulation"] == answer.sheetnames
    assert 1 <= len(answer["Simulation"]._charts)
    shown = [row[1] for row in answer["Simulation"].iter_rows(max_row=8, values_only=True)]
    assert "It exceeds 200,000 in 31 % of the draws." in shown
    assert "200,000 USD are too little in 31 of 100 draws." in text
    assert "The workbook says 162,135 USD as it stands; half of all draws cost more than" in text
    assert "more than 182,028, because" in text
    assert "The price drives 54 % of the spread" in text


def test_a_function_of_ones_own_works_from_its_file(tmp_path):
    example = Copy("plugin", tmp_path)
    text = readme("plugin").partition("## Give it to everybody")[0]
    example.follow(text)
    assert 350_000 == example.value("offer.xlsx", "B3")
    assert "150,000 hours cost 350,000 USD: 100,000 at 2.50 USD, and 50,000 at 2.00." in text


@pytest.mark.slow
def test_a_function_of_ones_own_works_from_a_package_in_an_environment_of_its_own(tmp_path):
    commands = environment(tmp_path / "venv", xlcalc="xlcalc")
    example = Copy(
        "plugin",
        tmp_path,
        PATH=os.pathsep.join((str(commands), os.environ["PATH"])),
        PIP_NO_BUILD_ISOLATION="0",  # what builds the package is here already
        PIP_NO_INDEX="1",
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PYTHONWARNINGS="",
    )
    example.follow(readme("plugin").partition("## Give it to everybody")[2])


@pytest.mark.slow
def test_a_cluster_writes_the_same_files_and_ends(tmp_path):
    example = Copy("dask_run", tmp_path)
    text = readme("dask_run")
    example.follow(text)
    assert 9 == len(list((example.folder / "budgets").glob("*B-*.xlsx")))
    assert "The largest model takes 12 days on 2,048 GPUs at a utilisation of 40 %." in text
    held = str(example.folder).encode()
    left = [path for path in Path("/proc").glob("[0-9]*/environ") if in_folder(path, held)]
    assert [] == left


def in_folder(path: Path, held: bytes) -> bool:
    """Whether a process that still lives was started for an example."""
    try:
        return held in path.read_bytes()
    except OSError:  # it has ended, or is another person's
        return False
