"""An audit finds each kind of defect in a workbook that has it, and none in one that has not."""

import gc
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import ROOT
from tests.test_cli import xlcalc
from tools.check_examples import EXAMPLES, edited, plan, saved
from xlcalc.audit import audit, rules
from xlcalc.audit.acceptance import open_findings, read_acceptances, read_baseline
from xlcalc.audit.findings import with_fingerprints
from xlcalc.audit.rendering import FORMATS
from xlcalc.audit.workbook import Audited, relative
from xlcalc.calc.model import WorkbookModel
from xlcalc.errors import ConfigError


def found(data: bytes) -> list:
    return audit(WorkbookModel(data, "plan.xlsx"))


def put(**cells):
    def change(book):
        for cell, value in cells.items():
            book["Plan"][cell] = value

    return change


def _hidden_sheet(book):
    book.create_sheet("Lists").sheet_state = "veryHidden"


def _iterating(book):
    book.calculation.iterate = True


def test_nothing_is_wrong_in_a_plan_without_a_fault():
    assert [] == found(saved(plan()))


def test_a_workbook_that_was_audited_is_not_kept():
    found(saved(plan()))
    gc.collect()
    assert [] == [one for one in gc.get_objects() if isinstance(one, Audited)]


def read(variant) -> WorkbookModel:
    return WorkbookModel(variant.to_bytes(), "plan.xlsx")


_CODES: dict[int, set[str]] = {}


def codes_of(variant) -> set[str]:
    """Return the rules that a workbook shows; many examples share the plan as it is."""
    if id(variant) not in _CODES:
        _CODES[id(variant)] = {one.code for one in audit(read(variant))}
    return _CODES[id(variant)]


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_rule_finds_its_defect_and_passes_over_what_looks_alike(code):
    example = EXAMPLES[code]
    other = read(example.against) if example.against else None
    shown = [one.place for one in audit(read(example.shows), other) if one.code == code]
    assert example.place == shown[0]
    if other is not None:
        assert code not in {one.code for one in audit(read(example.sound), other)}
    else:
        assert code not in codes_of(example.sound)


def test_an_old_value_is_an_error_and_so_is_none():
    data = saved(plan())
    old = edited(data, "xl/worksheets/sheet1.xml", "<v>633</v>", "<v>634</v>")
    assert [("stale-value", "Plan!B9", "error")] == [
        (one.code, one.place, one.severity) for one in found(old)
    ]
    kinds = {one.code for one in found(saved(plan(), fresh=False))}
    assert {"never-calculated"} == kinds


def test_a_circle_is_found_unless_the_workbook_iterates():
    book = plan()
    put(D3="=D4+1", D4="=D3+1")(book)
    codes = {one.code for one in found(saved(book, fresh=False))}
    assert "circle" in codes
    _iterating(book)
    codes = {one.code for one in found(saved(book, fresh=False))}
    assert "circle" not in codes
    assert "iteration" in codes


@pytest.mark.parametrize(
    "change",
    [
        put(C5="=ROUND(B5*$B$1,0)"),  # another calculation, meant so
        put(D3="=SUM(B3:B8)", B2=2026.0),  # a year above a column is no part of it
        put(D3='=VLOOKUP("Month 2",A3:C8,3,FALSE)', D4='=MATCH("Month 2",A3:A8,0)'),
        put(D3="=SUM(C3:C9)-C9"),  # the subtotal is taken out again
        put(D3="=SUM(C3:C9)-SUM(C9)"),
        put(D3="=B3*12/100"),  # months and per cent
        put(D3='=IF(B3>0,"#REF! and [1]x!",1)'),
        put(D3="=SUM(B$3:B3)", D4="=SUM(B$3:B4)", D7="=SUM(B$3:B7)"),  # a running total
        put(A4="104"),  # a label that looks like a number, in a column of texts
    ],
)
def test_what_is_meant_so_is_no_finding_above_a_note(change):
    book = plan()
    change(book)
    assert [] == [one for one in found(saved(book)) if one.severity != "note"]


def test_a_text_in_the_first_row_of_numbers_is_found_and_a_heading_is_not():
    book = plan()
    put(B3="103", D2="2026", D3=5.0, E2="2027", E3=6.0)(book)
    texts = [one.place for one in found(saved(book)) if one.code == "text-number"]
    assert ["Plan!B3"] == texts


def test_like_findings_are_one_and_say_how_many():
    book = plan()
    for row in range(3, 9):
        book["Plan"][f"D{row}"] = f"=B{row}*1.19"
    (one,) = found(saved(book))
    assert ("constant-in-formula", "Plan!D3") == (one.code, one.place)


def test_a_fingerprint_stays_when_rows_are_inserted_above():
    before = plan()
    put(C5=262.5)(before)
    after = openpyxl.Workbook()
    sheet = after.active
    sheet.title = "Plan"
    sheet["B2"] = 2.5
    for row in range(5, 11):
        sheet[f"A{row}"], sheet[f"B{row}"] = f"Month {row - 4}", 98.0 + row
        sheet[f"C{row}"] = f"=B{row}*$B$1" if row != 7 else 262.5
    sheet["B1"] = 2.5
    (one,) = [o for o in found(saved(before)) if o.code == "number-among-formulas"]
    (other,) = [o for o in found(saved(after)) if o.code == "number-among-formulas"]
    assert one.fingerprint == other.fingerprint
    assert one.place != other.place


@pytest.mark.parametrize(
    ("formula", "position", "expected"),
    [
        ("B2*$C$1+Rates!B2", (2, 3), "R[0]C[-1]*R1C3+Rates!R[0]C[-1]"),
        ('"B2"&LOG10(B2)', (2, 2), '"B2"&LOG10(R[0]C[0])'),
        ("'A1 B2'!A1", (1, 1), "'A1 B2'!R[0]C[0]"),
        ("Table1[B2]+price", (1, 1), "Table1[B2]+price"),
    ],
)
def test_a_relative_formula_has_distances(formula, position, expected):
    assert expected == relative(formula, position)


@pytest.mark.slow
def test_no_workbook_of_ours_has_an_error_or_a_warning():
    for file in ("training_budget", "gpu_tco", "portable/training_budget"):
        findings = audit(ROOT / "workbooks" / f"{file}.xlsx")
        assert [] == [f"{one.place}: {one.sentence}" for one in findings if one.severity != "note"]


@pytest.mark.thorough
@pytest.mark.parametrize(
    "file", sorted((ROOT / "workbooks").rglob("*.xlsx")), ids=lambda f: f"{f.parent.name}/{f.stem}"
)
def test_no_template_has_an_error(file):
    assert [] == [f"{one.place}: {one.sentence}" for one in audit(file) if one.severity == "error"]


def test_every_rule_has_an_example_and_says_how_it_is_mended():
    assert set(EXAMPLES) == set(rules())
    for rule in rules().values():
        assert rule.severity in {"error", "warning", "note"}
        assert rule.confidence in {"certain", "likely"}
        assert rule.mend[0].isupper()
        assert not rule.mend.endswith(".")
        assert rule.finds.endswith(".")


@pytest.fixture
def faulty(tmp_path) -> Path:
    book = plan()
    put(C5=262.5, A3="x|<b>\x1b"[:5])(book)
    _hidden_sheet(book)
    path = tmp_path / "plan.xlsx"
    path.write_bytes(saved(book))
    return path


def test_findings_are_shown_in_the_form_of_each_reader(faulty):
    findings = audit(faulty)
    assert "number-among-formulas" in FORMATS["text"](findings)
    listed = json.loads(FORMATS["json"](findings))
    assert {"error", "warning"} == {one["severity"] for one in listed}
    sarif = json.loads(FORMATS["sarif"](findings))
    (run,) = sarif["runs"]
    assert "2.1.0" == sarif["version"]
    assert {one["ruleId"] for one in run["results"]} == {
        rule["id"] for rule in run["tool"]["driver"]["rules"]
    }
    suite = ET.fromstring(FORMATS["junit"](findings))  # noqa: S314
    assert ("2", "1") == (suite.get("tests"), suite.get("failures"))
    assert 4 == len(FORMATS["md"](findings).splitlines())
    lines = FORMATS["github"](findings).splitlines()
    assert lines[0].startswith("::error file=")
    assert 2 == len(lines)


def test_a_sentence_cannot_break_out_of_its_form(faulty):
    one = audit(faulty)[0]
    (bad,) = with_fingerprints(
        [type(one)(one.code, "S|<x>", "A1", 'a\n::error::b]]> <i> "q" %0A')], "a,b:c.xlsx"
    )
    assert "\n" not in FORMATS["github"]([bad])
    assert FORMATS["github"]([bad]).startswith("::error file=a%2Cb%3Ac.xlsx,")
    assert "<i>" not in FORMATS["md"]([bad]).splitlines()[2].replace("\\<", "")
    ET.fromstring(FORMATS["junit"]([bad]))  # noqa: S314
    assert 2 == len(FORMATS["text"]([bad]).splitlines())


def test_a_team_accepts_a_finding_with_a_reason(faulty, tmp_path):
    config = tmp_path / "check.toml"
    config.write_text(
        '[[accept]]\ncode = "hidden-sheet"\nplace = "Lists"\nreason = "Drop-downs."\n'
    )
    left = open_findings(audit(faulty), read_acceptances(config))
    assert ["number-among-formulas"] == [one.code for one in left]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[accept]]\ncode = "hidden-sheet"\n', "acceptance 1: a reason is missing"),
        ('[[accept]]\ncode = "hiden-sheet"\nreason = "x"\n', 'no rule "hiden-sheet"; did you mean'),
        ('[[accept]]\ncod = "x"\n', 'unknown key "cod"'),
        ("accept = 3\n", "accept must be tables"),
        ("[[accept]]\ncode = 3\n", "must be texts"),
        ("[[", "is not a TOML file"),
    ],
)
def test_an_acceptance_that_says_nothing_is_refused(text, sentence, tmp_path):
    config = tmp_path / "check.toml"
    config.write_text(text)
    with pytest.raises(ConfigError, match=sentence):
        read_acceptances(config)


def test_only_what_is_new_counts_against_a_baseline(faulty, tmp_path):
    base = tmp_path / "base.json"
    base.write_text(FORMATS["json"](audit(faulty)))
    assert [] == open_findings(audit(faulty), [], read_baseline(base))
    base.write_text("[1]")
    with pytest.raises(ConfigError, match="is no baseline; write one with"):
        read_baseline(base)


@pytest.mark.slow
def test_the_command_fails_on_errors_and_reads_folders(faulty, tmp_path):
    done = xlcalc("check", tmp_path)
    assert 1 == done.returncode
    assert "Plan!C5" in done.stdout
    assert "1 workbook: 1 error, 1 warning" in done.stderr
    made = tmp_path / "report.sarif"
    done = xlcalc("check", faulty, "--format", "sarif", "-o", made)
    assert (1, "") == (done.returncode, done.stdout)
    assert "2.1.0" == json.loads(made.read_text())["version"]


@pytest.mark.slow
def test_a_file_that_is_no_workbook_is_one_sentence_and_the_others_are_read(faulty, tmp_path):
    (tmp_path / "bad.xlsx").write_text("no")
    done = xlcalc("check", tmp_path / "bad.xlsx", faulty)
    assert 1 == done.returncode
    assert done.stderr.startswith(f"xlcalc: {tmp_path / 'bad.xlsx'}: ")
    assert "Plan!C5" in done.stdout
    empty = tmp_path / "empty"
    empty.mkdir()
    assert 2 == xlcalc("check", empty).returncode


@pytest.mark.parametrize(
    ("expected", "formula"),
    [
        (["IFERROR hides #DIV/0! of B3/E3"], "=IFERROR(B3/E3,0)"),
        (["IFERROR hides #VALUE! of A3+1"], '=IFERROR(A3+1,"")'),
        (["IFNA hides #N/A of MATCH(7,B3:B8,0)"], "=1+IFNA(MATCH(7,B3:B8,0),1)"),
        (["IFERROR hides #DIV/0! of price/E3"], "=SUM(IFERROR(price/E3,2),B3)"),
        ([], "=IFERROR(B3/B4,0)"),
        ([], "=IFERROR(B3/B4,B3)"),
        ([], "=IF(E3=0,0,B3/E3)"),
    ],
)
def test_a_fallback_is_found_with_the_error_that_it_stands_for(expected, formula):
    book = plan()
    put(D3=formula)(book)
    assert expected == [o.sentence for o in found(saved(book)) if o.code == "fallback-shown"]


def test_a_fallback_for_the_error_of_another_cell_is_said_once():
    book = plan()
    put(D3="=1/0", D4="=IFERROR(D3,0)")(book)
    assert ["masked-error"] == [o.code for o in found(saved(book)) if o.cell == "D4"]
