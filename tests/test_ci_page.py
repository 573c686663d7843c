"""The page about CI, and the hooks of pre-commit: what they say runs."""

import json
import os
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
import yaml

from tests.conftest import ROOT
from tests.test_cli import xlcalc
from tests.workbooks import parts, small_workbook, zipped
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import recalculated

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = {
    name: text
    for _, name, text in re.findall(
        r"^```(yaml|toml)\n# (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL
    )
}
STEPS = [
    step["run"]
    for step in yaml.safe_load(BLOCKS[".github/workflows/workbooks.yml"])["jobs"]["workbooks"][
        "steps"
    ]
    if "run" in step
]
SCRIPT = yaml.safe_load(BLOCKS[".gitlab-ci.yml"])["workbooks"]["script"]
HOOKS = {
    hook["id"]: hook
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
}
NAMES = {"params": "B1", "price": "B2", "total_cost": "B3", "train_days": "B4", "status": "B5"}


def budget(price: float, stored: str = "") -> bytes:
    """Return a budget that keeps to the guards of the page, its second value perhaps an old one."""
    cells = {
        "A1": "Parameters",
        "A2": "Price",
        "A3": "Total cost",
        "A4": "Days",
        "A5": "Status",
        "A6": "Checks",
        "B1": 1000.0,
        "B2": price,
        "B3": "=params*price",
        "B4": "=params/100",
        "B5": '=IF(total_cost>1e6,"REVIEW","OK")',
        "B6": "=total_cost>0",
    }
    data = small_workbook(cells, NAMES | {"checks_hold": "B6"})
    made = parts(recalculated(WorkbookModel(data, "budget.xlsx")).package.to_bytes())
    sheet = made["xl/worksheets/sheet1.xml"]
    assert b"<v>10</v>" in sheet
    if stored:
        made["xl/worksheets/sheet1.xml"] = sheet.replace(b"<v>10</v>", f"<v>{stored}</v>".encode())
    return zipped(made)


@pytest.fixture
def clone(tmp_path):
    """A clone whose main branch has a budget, with what the page's jobs need beside it."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    origin, work = tmp_path / "origin", tmp_path / "work"
    subprocess.run([*git, "init", "-q", "-b", "main", origin], check=True)
    (origin / "budget.xlsx").write_bytes(budget(100.0))
    (origin / "report.toml").write_text(BLOCKS["report.toml"])
    (origin / "runs.csv").write_text("scenario,params\nsmall,2000\nlarge,3000\n")
    subprocess.run([*git, "add", "."], cwd=origin, check=True)
    subprocess.run([*git, "commit", "-q", "-m", "budget"], cwd=origin, check=True)
    subprocess.run([*git, "clone", "-q", origin, work], check=True)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "xlcalc").write_text(f'#!/bin/sh\nexec {sys.executable} -m xlcalc.cli "$@"\n')
    (programs / "xlcalc").chmod(0o755)
    return work


def shell(lines, clone):
    """Run the lines of a job, except the one that installs xlcalc, and return each one's status."""
    environment = {
        **os.environ,
        "PATH": f"{clone.parent / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GITHUB_BASE_REF": "main",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    }
    environment.pop("GITHUB_STEP_SUMMARY", None)
    return {
        line.split("\n")[-2 if line.endswith("\n") else -1].split(" --")[0]: subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", line],
            cwd=clone,
            env=environment,
            capture_output=True,
            timeout=120,
        ).returncode
        for line in lines
        if line != "pip install xlcalc"
    }


GOOD = {
    "mkdir -p results": 0,
    "xlcalc check budget.xlsx": 0,
    "xlcalc recalc": 0,
    "xlcalc report report.toml": 0,
}


@pytest.mark.slow
def test_the_github_workflow_passes_a_change_within_its_guards(clone):
    (clone / "budget.xlsx").write_bytes(budget(104.0))
    assert GOOD == shell(STEPS, clone)
    suite = ET.parse(clone / "results" / "report.xml").getroot()  # noqa: S314
    assert ("2", "0") == (suite.get("tests"), suite.get("failures"))
    for file in ("check.sarif", "report.sarif"):
        assert [] == json.loads((clone / "results" / file).read_text())["runs"][0]["results"]
    assert (clone / "reports" / "summary.xlsx").exists()


@pytest.mark.slow
def test_the_github_workflow_fails_where_a_change_is_too_large(clone):
    (clone / "budget.xlsx").write_bytes(budget(110.0))
    assert GOOD | {"xlcalc report report.toml": 1} == shell(STEPS, clone)
    [run] = json.loads((clone / "results" / "report.sarif").read_text())["runs"]
    assert [("broken-guard", "runs.csv", 2), ("broken-guard", "runs.csv", 3)] == [
        (
            one["ruleId"],
            one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            one["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for one in run["results"]
    ]
    assert (
        "small: total_cost is 220,000, 10% above the 200,000 of main.xlsx; a change of at most 5% "
        "is allowed" == run["results"][0]["message"]["text"]
    )


@pytest.mark.slow
def test_the_gitlab_job_fails_where_a_value_is_old_and_passes_else(clone):
    good = GOOD | {
        'git fetch origin "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"': 0,
        "git show FETCH_HEAD:budget.xlsx > main.xlsx": 0,
    }
    assert good == shell(SCRIPT, clone)
    assert {"check.xml", "report.xml"} == {one.name for one in (clone / "results").iterdir()}
    (clone / "budget.xlsx").write_bytes(budget(100.0, stored="11"))
    found = shell(SCRIPT, clone)
    assert 1 == found["xlcalc recalc"]


def test_the_page_and_the_hooks_name_each_other():
    [repo] = yaml.safe_load(BLOCKS[".pre-commit-config.yaml"])["repos"]
    assert ["xlcalc-check", "xlcalc-recalc-check"] == [hook["id"] for hook in repo["hooks"]]
    assert ["xlcalc-check", "xlcalc-recalc-check"] == list(HOOKS)


@pytest.mark.parametrize("hook", HOOKS.values(), ids=list(HOOKS))
def test_a_hook_takes_workbooks_alone(hook):
    def takes(path):
        return bool(re.search(hook["files"], path)) and not re.search(hook["exclude"], path)

    assert [True, True, True] == [takes(path) for path in ("a.xlsx", "b/c d.XLSM", "b/~a.xlsx")]
    assert [False] * 4 == [takes(path) for path in ("a.xls", "a.xlsx.md", "~$a.xlsx", "b/~$a.xlsx")]


@pytest.mark.slow
@pytest.mark.parametrize("hook", HOOKS.values(), ids=list(HOOKS))
def test_the_entry_of_a_hook_fails_where_a_value_is_old(hook, tmp_path):
    (tmp_path / "good.xlsx").write_bytes(budget(100.0))
    (tmp_path / "old one.xlsx").write_bytes(budget(100.0, stored="11"))
    program, *words = shlex.split(hook["entry"])
    assert ("xlcalc", "python") == (program, hook["language"])
    assert 0 == xlcalc(*words, "good.xlsx", cwd=tmp_path).returncode
    done = xlcalc(*words, "good.xlsx", "old one.xlsx", cwd=tmp_path)
    assert 1 == done.returncode
    assert "old one.xlsx" in done.stdout
    assert "good.xlsx:" not in done.stdout
