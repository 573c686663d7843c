"""What a release needs: its workflow, its checklist, and what the two archives hold."""

import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml
from hatchling.builders.sdist import SdistBuilder

import xlcalc
from tests.conftest import ROOT
from xlcalc._version import RELEASES

WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))
JOBS = WORKFLOW["jobs"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PAGE = (ROOT / "docs" / "release.md").read_text(encoding="utf-8")
LINES = {
    step["name"]: step["run"] for job in JOBS.values() for step in job["steps"] if "run" in step
}
ELSEWHERE = {
    "Install the tools",
    "Build",
    "Check what was built",
    "Install the tests",
    "Tests",
    "Style",
    "Types",
    "Generated files",
    "Install what was built",
}
"""Lines that need a registry, or that are this test suite and its neighbours."""
unix = pytest.mark.skipif(sys.platform == "win32", reason="the lines are a Unix shell's")


@pytest.fixture
def sh(tmp_path):
    """A shell in a folder with the files that the lines read, where xlcalc is this one."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, module in {"python": "", "xlcalc": "-m xlcalc"}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
        (programs / name).chmod(0o755)
    work = tmp_path / "work"
    (work / "xlcalc").mkdir(parents=True)
    for file in ("pyproject.toml", "CHANGELOG.md", "xlcalc/_version.py"):
        shutil.copy(ROOT / file, work / file)
    # Elsewhere than beside the copied `_version.py`, as behind an installed package.
    other = tmp_path / "other"
    other.mkdir()

    def run(name, tag=f"v{xlcalc.__version__}", folder=work):
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", LINES[name]],
            cwd=folder,
            env=os.environ
            | {
                "PATH": os.pathsep.join((str(programs), os.environ["PATH"])),
                "PYTHONPATH": str(ROOT),
                "GITHUB_REF_NAME": tag,
            },
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        return done.returncode, done.stdout

    run.work, run.other = work, other
    return run


@unix
def test_a_tag_that_is_not_the_version_stops_a_release(sh):
    assert (0, "") == sh("The tag is the version")
    assert (1, "") == sh("The tag is the version", "v9.9.9")


@unix
def test_a_version_without_a_dated_changelog_stops_a_release(sh):
    assert (0, "## 0.2.0 – 2026-11-26\n") == sh("The changelog has the release", "v0.2.0")
    assert (1, "") == sh("The changelog has the release", "v9.9.9")


@unix
def test_an_address_that_is_no_address_stops_a_release(sh):
    status, told = sh("The addresses are those of the repository")
    assert (1, 5) == (status, told.count("git.example.com"))
    project = sh.work / "pyproject.toml"
    project.write_text(project.read_text("utf-8").replace("git.example.com", "git.acme.test"))
    assert (0, "") == sh("The addresses are those of the repository")


@unix
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("The version", ""),
        ("Functions", "3.15e+23\n"),
        pytest.param("Templates", "wrote training_budget.xlsx\n", marks=pytest.mark.slow),
        pytest.param("A report", "summary.xlsx", marks=pytest.mark.slow),
    ],
)
def test_what_was_built_is_tried_by_commands_that_run(name, shown, sh):
    status, output = sh(name, folder=sh.other)
    assert 0 == status
    assert shown in output


def test_every_line_of_the_workflow_is_run_here_or_told_why_not():
    assert ELSEWHERE | {
        "The tag is the version",
        "The changelog has the release",
        "The addresses are those of the repository",
        "The version",
        "Functions",
        "Templates",
        "A report",
    } == set(LINES)


def test_only_the_last_job_may_publish_and_it_waits_for_all_others():
    assert {"contents": "read"} == WORKFLOW["permissions"]
    assert {"build", "source", "installed", "publish"} == set(JOBS)
    assert {"id-token": "write"} == JOBS["publish"]["permissions"]
    assert ["build", "source", "installed"] == JOBS["publish"]["needs"]
    assert [] == [name for name, job in JOBS.items() if "permissions" in job and name != "publish"]
    assert "secrets." not in (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")


def test_a_release_is_tried_with_every_python_that_the_project_names():
    named = [one.rpartition(" ")[2] for one in PROJECT["classifiers"] if ":: Python :: 3." in one]
    assert ["3.11", "3.12", "3.13"] == named
    assert named == JOBS["installed"]["strategy"]["matrix"]["python"]


def test_the_checklist_names_the_release_in_the_making():
    assert ["0.1", "0.2"] == list(RELEASES)
    assert "`## 0.2.0 – 2026-11-26`" in PAGE
    assert f"git push origin v{xlcalc.__version__}" in PAGE


def test_every_file_that_the_checklist_names_exists():
    paths = re.findall(r"`((?:xlcalc|docs|tests|workbooks|\.ci)/[\w./]+)`", PAGE)
    assert len(paths) > 5
    assert [] == [path for path in paths if not (ROOT / path).exists()]


def test_the_source_archive_has_docs_examples_tests_and_workbooks():
    files = {file.relative_path for file in SdistBuilder(str(ROOT)).recurse_included_files()}
    wanted = {
        "CHANGELOG.md",
        "docs/examples/plugin/README.md",
        "docs/release.md",
        "tests/test_release.py",
        "tools/check.py",
        "udfs/xlcalc_udfs.py",
        "workbooks/portable/training_budget.xlsx",
        "xlcalc/__main__.py",
    }
    assert set() == wanted - files
    assert [] == [file for file in files if "__pycache__" in file or file.startswith("reports")]
