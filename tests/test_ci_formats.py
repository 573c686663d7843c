"""What CI systems read of runs: JUnit's XML, and SARIF."""

import json
import xml.etree.ElementTree as ET

import pytest

from tests.test_cli import xlcalc
from tests.workbooks import small_workbook
from xlcalc.ci_formats import Located, SarifRule, sarif

RULE = SarifRule("odd", "warning", "an odd thing", "Make it even")


def results(text):
    [run] = json.loads(text)["runs"]
    return run["results"]


def test_a_sarif_log_has_each_rule_once_and_each_finding_at_its_place():
    other = SarifRule("bad", "error", "a bad thing", "Make it good")
    log = json.loads(
        sarif(
            "xlcalc x",
            [
                Located(RULE, "it is 3", "a.csv", "run 1", 2),
                Located(other, "it is bad", "b.xlsx", "Plan!A1", fingerprint="abc"),
                Located(RULE, "it is 5", "a.csv"),
            ],
        )
    )
    assert ("2.1.0", ["$schema", "version", "runs"]) == (log["version"], list(log))
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert "xlcalc x" == driver["name"]
    assert [
        {
            "id": "odd",
            "shortDescription": {"text": "an odd thing"},
            "help": {"text": "Make it even"},
            "defaultConfiguration": {"level": "warning"},
        },
        {
            "id": "bad",
            "shortDescription": {"text": "a bad thing"},
            "help": {"text": "Make it good"},
            "defaultConfiguration": {"level": "error"},
        },
    ] == driver["rules"]
    assert [
        {
            "ruleId": "odd",
            "level": "warning",
            "message": {"text": "run 1: it is 3"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "a.csv"},
                        "region": {"startLine": 2},
                    },
                    "logicalLocations": [{"fullyQualifiedName": "run 1"}],
                }
            ],
        },
        {
            "ruleId": "bad",
            "level": "error",
            "message": {"text": "Plan!A1: it is bad"},
            "locations": [
                {
                    "physicalLocation": {"artifactLocation": {"uri": "b.xlsx"}},
                    "logicalLocations": [{"fullyQualifiedName": "Plan!A1"}],
                }
            ],
            "partialFingerprints": {"xlcalc/v1": "abc"},
        },
        {
            "ruleId": "odd",
            "level": "warning",
            "message": {"text": "it is 5"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.csv"}}}],
        },
    ] == run["results"]


@pytest.mark.parametrize(
    ("uri", "file"),
    [
        ("a%20b/c%23d.csv", "a b/c#d.csv"),
        ("%C3%A4.csv", "ä.csv"),
        ("inside/a.csv", "{here}/inside/a.csv"),
        ("file:///elsewhere/a%20b.csv", "/elsewhere/a b.csv"),
    ],
)
def test_a_file_is_named_as_code_hosts_find_it(uri, file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    [one] = results(sarif("x", [Located(RULE, "odd", file.format(here=tmp_path))]))
    assert uri == one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


def test_a_log_without_a_finding_is_whole():
    [run] = json.loads(sarif("x", []))["runs"]
    assert ([], []) == (run["results"], run["tool"]["driver"]["rules"])


@pytest.fixture
def project(tmp_path):
    cells = {"A1": 1.0, "A2": "=size*2", "A3": "=1/(size-5)", "A4": "=size<>6"}
    names = {"size": "A1", "twice": "A2", "other": "A3", "checks_hold": "A4"}
    (tmp_path / "own.xlsx").write_bytes(small_workbook(cells, names))
    (tmp_path / "own.csv").write_text(
        "scenario,size\nfine,1\n<large> & more,3\nsmall,0.1\nspoilt,5\nwrong,many\nchecked,6\n"
    )
    (tmp_path / "own.toml").write_text(
        'workbook = "own.xlsx"\nscenarios = "own.csv"\ntitle = "Sizes"\n'
        "[guards]\ntwice = { at_most = 4 }\nsize = { at_least = 1 }\n"
    )
    return tmp_path


@pytest.fixture
def made(project):
    done = xlcalc("report", "own.toml", "--junit", "r.xml", "--sarif", "r.sarif", cwd=project)
    assert 1 == done.returncode
    assert done.stdout.endswith("wrote r.xml\nwrote r.sarif\n")
    suite = ET.parse(project / "r.xml").getroot()  # noqa: S314
    return suite, results((project / "r.sarif").read_text())


@pytest.mark.slow
def test_a_report_is_a_test_for_each_run_and_a_finding_for_each_thing_that_is_wrong(made):
    suite, findings = made
    assert ("xlcalc report", "6", "3", "2") == tuple(
        suite.get(name) for name in ("name", "tests", "failures", "errors")
    )
    assert [
        ("fine", ""),
        ("<large> & more", "failure"),
        ("small", "failure"),
        ("spoilt", "error"),
        ("wrong", "error"),
        ("checked", "failure"),
    ] == [(case.get("name"), case[0].tag if len(case) else "") for case in suite]
    assert {"Sizes"} == {case.get("classname") for case in suite}
    assert "twice is 6, at most 4 allowed" == suite[1][0].get("message")
    assert "twice is 6, at most 4 allowed\nown.csv, row 3" == suite[1][0].text
    assert suite[4][0].text.endswith('own.csv, row 6, column "size"')
    assert [
        ("broken-guard", 3, "<large> & more: twice is 6, at most 4 allowed"),
        ("broken-guard", 4, "small: size is 0.1, at least 1 required"),
        ("failed-run", 5, None),
        ("failed-run", 6, 'wrong: size must be a number, got "many"'),
        ("broken-guard", 7, "checked: twice is 12, at most 4 allowed"),
        ("failed-check", 7, "checked: a check of the workbook fails"),
    ] == [
        (
            one["ruleId"],
            one["locations"][0]["physicalLocation"]["region"]["startLine"],
            None if "#DIV/0!" in one["message"]["text"] else one["message"]["text"],
        )
        for one in findings
    ]


@pytest.mark.slow
def test_a_batch_writes_both_too_and_a_row_of_a_workbook_is_no_line(project):
    import openpyxl

    listed = openpyxl.Workbook()
    listed.active.append(["scenario", "size"])
    listed.active.append(["wrong", "many"])
    listed.save(project / "list.xlsx")
    options = ("-o", "out", "--junit", "b.xml", "--sarif", "b.json")
    assert 1 == xlcalc("batch", "own.xlsx", "list.xlsx", *options, cwd=project).returncode
    suite = ET.parse(project / "b.xml").getroot()  # noqa: S314
    assert ("xlcalc batch", "1", "1") == (
        suite.get("name"),
        suite.get("tests"),
        suite.get("errors"),
    )
    [one] = results((project / "b.json").read_text())
    assert {"artifactLocation": {"uri": "list.xlsx"}} == one["locations"][0]["physicalLocation"]


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (("--junit", "own.csv"), "own.csv: a JUnit report is written as .xml"),
        (("--sarif", "own.toml"), "own.toml: a SARIF report is written as .sarif or .json"),
    ],
)
def test_another_kind_of_file_is_not_replaced(project, option, sentence):
    done = xlcalc("report", "own.toml", *option, cwd=project)
    assert (2, f"xlcalc: {sentence}\n") == (done.returncode, done.stderr)
    assert not (project / "reports").exists()
