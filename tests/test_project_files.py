"""What contributors, reporters and citations are told is so."""

import re

import pytest
import yaml

import xlcalc
from tests.conftest import ROOT
from tools.floors import floors

PAGES = ("CONTRIBUTING.md", "SECURITY.md", "README.md", "CHANGELOG.md")


def read(page):
    return (ROOT / page).read_text(encoding="utf-8")


def test_every_tool_is_explained_to_contributors_and_each_that_is_named_exists():
    named = set(re.findall(r"`python -m tools\.(\w+)`", read("CONTRIBUTING.md")))
    makers = (ROOT / "tools").glob("[!_]*.py")
    assert named == {path.stem for path in makers if "def main(" in path.read_text("utf-8")}


def test_every_task_that_contributors_are_told_of_is_one():
    named = set(re.findall(r"`nox (?:--no-venv )?-s (\w+)`", read("CONTRIBUTING.md")))
    sessions = set(re.findall(r"^@nox\.session\ndef (\w+)", read("noxfile.py"), re.MULTILINE))
    checks = {"tests", "fast", "thorough", "oldest", "fuzz", "kills"}
    assert checks | {"lint", "types", "generated", "benchmarks", "docs"} == sessions
    assert set() == named - sessions


def test_every_folder_of_the_package_has_its_line_in_the_table():
    column = "\n".join(re.findall(r"^\| (`[^|]*) \|", read("CONTRIBUTING.md"), re.MULTILINE))
    named = set(re.findall(r"`(\w+)(?:/|\.py)`", column))
    assert set() == named - {path.stem for path in (ROOT / "xlcalc").iterdir()}
    modules = {path.stem for path in (ROOT / "xlcalc").glob("[!_]*.py")}
    folders = {path.parent.name for path in (ROOT / "xlcalc").glob("*/__init__.py")}
    assert set() == (modules | folders) - named


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_exists(page):
    paths = re.findall(r"`((?:xlcalc|udfs|tests|workbooks|tools|\.ci)/[\w./]*)`", read(page))
    links = re.findall(r"\]\(((?!https?:)[^)#]+)\)", read(page))
    assert [] == [path for path in [*paths, *links] if not (ROOT / path).exists()]


def test_every_link_of_a_page_about_a_host_leads_somewhere():
    pages = sorted((ROOT / "docs" / "hosts").glob("*.md"))
    assert "lite.md" in [page.name for page in pages]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(((?!https?:)[^)#]+)\)", page.read_text(encoding="utf-8"))
    ]
    assert [] == [(page.name, link) for page, link in links if not (page.parent / link).exists()]


def test_the_citation_is_of_this_version():
    assert [xlcalc.__version__] == re.findall(
        r"^version: (.*)$", read("CITATION.cff"), re.MULTILINE
    )


def test_the_supported_version_is_this_one():
    minor = xlcalc.__version__.rpartition(".")[0]
    assert f"| {minor} | yes |" in read("SECURITY.md")


def test_the_oldest_versions_are_those_of_the_project():
    listed = floors()
    assert "numpy==1.26" in listed
    assert "openpyxl==3.1.5" in listed
    assert "distributed==2024.8" in listed
    assert len(listed) > 20


def test_the_versions_that_are_tried_elsewhere_begin_with_the_oldest_python():
    jobs = yaml.safe_load(read(".github/workflows/versions.yml"))["jobs"]
    pythons = jobs["pythons"]["strategy"]["matrix"]["python"]
    assert ["3.11", "3.12", "3.13", "3.14"] == pythons
    assert 'requires-python = ">=3.11"' in read("pyproject.toml")
    run = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    asked = {found for text in run for found in re.findall(r"nox -s (\w+)", text)}
    assert {"oldest", "fast"} == asked
    assert asked <= set(re.findall(r"^@nox\.session\ndef (\w+)", read("noxfile.py"), re.MULTILINE))
