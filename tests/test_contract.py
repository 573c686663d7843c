"""What a workbook takes and gives, and what a new version of it breaks."""

import io
import json
import subprocess
import sys

import formualizer
import jsonschema
import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

import xlcalc
from xlcalc.calc.model import WorkbookModel
from xlcalc.contracts import breaches, contract_of, manifest_of
from xlcalc.contracts.domains import narrowed
from xlcalc.errors import ContractError


def workbook(change=lambda sheet, book: None) -> bytes:
    """Return a small budget: people × price = cost."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "My plan"
    rows = [
        ("People", 4, "people"),
        ("Price", 12.5, "USD"),
        ("Region", "north", None),
        ("Start", None, None),
        ("Urgent", True, None),
        ("Cost", "=B1*B2", "USD"),
        ("Word", '="all "&B3', None),
    ]
    for row in rows:
        sheet.append(row)
    sheet["B4"].number_format = "yyyy-mm-dd"
    sheet["B4"] = 46023  # 2026-01-01
    names = {"people": "B1", "price": "B2", "region": "B3", "start": "B4"}
    for name, cell in {**names, "urgent": "B5", "cost": "B6", "word": "B7"}.items():
        place = f"'My plan'!${cell[0]}${cell[1]}"
        book.defined_names[name] = DefinedName(name, attr_text=place)
    for column, text in enumerate(["North", "South"], start=1):
        sheet.cell(row=20 + column, column=5, value=text)
    rules = {
        "B1": DataValidation("whole", operator="between", formula1="1", formula2="100"),
        "B2": DataValidation("decimal", operator="greaterThan", formula1="0"),
        "B3": DataValidation("list", formula1='"north,south,east"'),
        "B4": DataValidation("date", operator="greaterThanOrEqual", formula1="46023"),
    }
    for cell, rule in rules.items():
        rule.showErrorMessage = True
        rule.add(cell)
        sheet.add_data_validation(rule)
    sheet["H1"], sheet["I1"], sheet["H2"], sheet["I2"] = "Item", "Cost", "desk", 3.5
    sheet.add_table(Table(displayName="Items", ref="H1:I2"))
    change(sheet, book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rules_of(sheet):
    return {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}


def contract(change=lambda sheet, book: None):
    return contract_of(WorkbookModel(workbook(change), "/some/where/plan.xlsx"))


def test_a_contract_has_kinds_units_domains_defaults_and_tables():
    found = contract()
    properties = found["properties"]
    assert "plan.xlsx" == found["title"]
    inputs = properties["inputs"]["properties"]
    assert {
        "title": "People",
        "type": "integer",
        "x-kind": "whole number",
        "x-cell": "My plan!B1",
        "x-unit": "people",
        "minimum": 1,
        "maximum": 100,
        "default": 4.0,
    } == inputs["people"]
    assert (0, "number") == (inputs["price"]["exclusiveMinimum"], inputs["price"]["type"])
    assert ["north", "south", "east"] == inputs["region"]["enum"]
    assert ("2026-01-01", "2026-01-01") == (
        inputs["start"]["x-minimum"],
        inputs["start"]["default"],
    )
    assert ("boolean", True) == (inputs["urgent"]["type"], inputs["urgent"]["default"])
    results = properties["results"]["properties"]
    assert {"cost": "number", "word": "string"} == {n: r["type"] for n, r in results.items()}
    columns = properties["tables"]["properties"]["Items"]["items"]["properties"]
    assert {"Item": "text", "Cost": "number"} == {n: c["x-kind"] for n, c in columns.items()}
    assert json.loads(json.dumps(found)) == found


def test_a_contract_is_a_json_schema_that_checks_inputs():
    found = contract()
    jsonschema.Draft202012Validator.check_schema(found)
    validator = jsonschema.Draft202012Validator(found)
    assert validator.is_valid({"inputs": {"people": 5, "region": "east"}})
    for wrong in ({"people": 0}, {"people": 2.5}, {"price": 0}, {"region": "west"}, {"peple": 1}):
        assert not validator.is_valid({"inputs": wrong}), wrong


def test_a_manifest_is_one_that_formualizer_binds_and_calculates():
    yaml = manifest_of(contract())
    book = formualizer.load_workbook_bytes(workbook())
    session = formualizer.SheetPortSession.from_manifest_yaml(yaml, book)
    assert 4 == session.read_inputs()["people"]
    session.write_inputs({"people": 10})
    assert 125.0 == session.evaluate_once()["cost"]
    with pytest.raises(formualizer.SheetPortConstraintError):
        session.write_inputs({"people": 1000})


def renamed(sheet, book):
    del book.defined_names["cost"]
    book.defined_names["price_of_all"] = DefinedName("price_of_all", attr_text="'My plan'!$B$6")


def unnamed(sheet, book):
    del book.defined_names["people"]


def constant(sheet, book):
    sheet["B6"] = 50


def formula(sheet, book):
    sheet["B2"] = "=10+2.5"


BREACHES = [
    (renamed, "the result cost is called price_of_all now"),
    (unnamed, "the input people is missing"),
    (constant, "cost is no result any more: My plan!B6 holds no formula"),
    (formula, "price is no input any more: My plan!B2 holds a formula in a locked cell"),
    (lambda s, b: s.__setitem__("C6", "EUR"), "the result cost is in EUR, not in USD"),
    (lambda s, b: s.__setitem__("C6", None), "the result cost is in no unit, not in USD"),
    (
        lambda s, b: s.__setitem__("B6", '="much"'),
        "the result cost is of the kind text, not number",
    ),
    (
        lambda s, b: setattr(rules_of(s)["B1"], "formula2", "99"),
        "the input people takes less: at least 1 and at most 99, "
        "where it took at least 1 and at most 100",
    ),
    (
        lambda s, b: setattr(rules_of(s)["B2"], "formula1", "1"),
        "the input price takes less: above 1, where it took above 0",
    ),
    (
        lambda s, b: setattr(rules_of(s)["B3"], "formula1", '"north,south"'),
        "the input region takes less: one of north, south, where it took one of north, south, east",
    ),
    (
        lambda s, b: setattr(rules_of(s)["B4"], "formula1", "46024"),
        "the input start takes less: at least 2026-01-02, where it took at least 2026-01-01",
    ),
    (lambda s, b: setattr(s.tables["Items"], "displayName", "T"), "the table Items is missing"),
]


@pytest.mark.parametrize(("change", "sentence"), BREACHES)
def test_a_breach_is_said(change, sentence):
    assert [sentence] == breaches(contract(), contract(change))


@pytest.mark.parametrize(
    "change",
    [
        lambda s, b: b.defined_names.update(more=DefinedName("more", attr_text="'My plan'!$E$21")),
        lambda s, b: setattr(rules_of(s)["B1"], "formula2", "101"),
        lambda s, b: setattr(rules_of(s)["B2"], "operator", "greaterThanOrEqual"),
        lambda s, b: setattr(rules_of(s)["B3"], "formula1", '"west,east,south,north"'),
        lambda s, b: setattr(rules_of(s)["B4"], "formula1", "46000"),
        lambda s, b: setattr(rules_of(s)["B1"], "showErrorMessage", False),
        lambda s, b: s.__setitem__("B1", 5),
        lambda s, b: s.__setitem__("B6", "=1/0"),
    ],
)
def test_what_is_new_or_wider_is_no_breach(change):
    assert [] == breaches(contract(), contract(change))


def test_a_list_of_cells_is_compared_by_its_entries():
    def listed(area):
        return lambda s, b: setattr(rules_of(s)["B3"], "formula1", area)

    before = contract(listed("$E$21:$E$22"))
    assert ["North", "South"] == before["properties"]["inputs"]["properties"]["region"]["enum"]
    assert 1 == len(breaches(before, contract(listed("$E$21:$E$21"))))


@pytest.mark.parametrize(
    ("old", "new", "less"),
    [
        ({}, {"minimum": 1}, True),
        ({"minimum": 1}, {}, False),
        ({"minimum": 1}, {"exclusiveMinimum": 1}, True),
        ({"exclusiveMinimum": 1}, {"minimum": 1}, False),
        ({"enum": [1, 2]}, {"minimum": 1, "maximum": 2}, False),
        ({"enum": [1, 3]}, {"maximum": 2}, True),
        ({"const": 2}, {"minimum": 1, "maximum": 2}, False),
        ({"minimum": 0}, {"not": {"const": 5}}, True),
        ({"maxLength": 3}, {"maxLength": 4}, False),
        ({"maxLength": 3}, {"maxLength": 2}, True),
        ({"x-rule": "at most =a"}, {"x-rule": "at most =b"}, True),
        ({"allOf": [{"minimum": 3}]}, {"minimum": 2}, False),
        ({"x-maximum": "2026-12-31"}, {"x-maximum": "2026-06-30"}, True),
        ({"x-maximum": "2026-06-30"}, {"x-maximum": "2026-12-31"}, False),
    ],
)
def test_a_narrower_domain_is_told_from_a_wider_one(old, new, less):
    assert less == narrowed(old, new)


def command(*words, cwd):
    return subprocess.run(
        [sys.executable, "-m", "xlcalc.cli", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        timeout=60,
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "plan.xlsx").write_bytes(workbook())
    (tmp_path / "new.xlsx").write_bytes(workbook(renamed))
    (tmp_path / "list.csv").write_text("scenario,people\na,7\n")
    (tmp_path / "c.json").write_text(json.dumps(contract()))
    return tmp_path


@pytest.mark.slow
def test_commands_keep_a_contract_and_refuse_a_breach_with_status_1(folder):
    sentence = (
        "xlcalc: new.xlsx breaks the contract c.json: the result cost is called price_of_all now\n"
    )
    done = command("run", "plan.xlsx", "--contract", "c.json", "--get", "cost", cwd=folder)
    assert (0, "") == (done.returncode, done.stderr)
    done = command("run", "new.xlsx", "--contract", "c.json", cwd=folder)
    assert (1, "", sentence) == (done.returncode, done.stdout, done.stderr)
    done = command(
        *("batch", "new.xlsx", "list.csv", "-o", "out", "--contract", "c.json"), cwd=folder
    )
    assert (1, sentence) == (done.returncode, done.stderr)
    assert not (folder / "out").exists()


def test_a_report_and_a_batch_keep_the_contract_that_they_are_given(folder):
    text = 'workbook = "new.xlsx"\nscenarios = "list.csv"\ncontract = "c.json"\n'
    (folder / "report.toml").write_text(text)
    with pytest.raises(ContractError, match="the result cost is called price_of_all now"):
        xlcalc.report(folder / "report.toml")
    xlcalc.batch(
        folder / "plan.xlsx", folder / "list.csv", folder / "out", contract=folder / "c.json"
    )
    assert (folder / "out" / "a.xlsx").exists()
    with pytest.raises(ContractError):
        xlcalc.batch(
            folder / "new.xlsx", folder / "list.csv", folder / "o", contract=folder / "c.json"
        )


@pytest.mark.slow
def test_the_command_writes_both_forms(folder):
    done = command("contract", "plan.xlsx", "-o", "made.json", cwd=folder)
    assert (0, "wrote made.json\n", "") == (done.returncode, done.stdout, done.stderr)
    assert contract() == json.loads((folder / "made.json").read_text())
    assert xlcalc.load(folder / "plan.xlsx").contract() == contract()
    done = command("contract", "plan.xlsx", "--format", "sheetport", cwd=folder)
    assert manifest_of(contract()) == done.stdout
    done = command("contract", "plan.xlsx", "-o", "made.json", cwd=folder)
    assert (2, 1) == (done.returncode, done.stderr.count("\n"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "null", "[" * 100_000, '{"properties": 3}', "\x00"),
        '{"properties": {"inputs": []}}',
        '{"properties": {"inputs": {"properties": {"people": 1}}}}',
        '{"properties": {"inputs": {"properties": {"people": {"minimum": "x"}}}}}',
        '{"properties": {"inputs": {"properties": {"people": {"enum": 3}}}}}',
        '{"properties": {"inputs": {"properties": {"people": {"allOf": [1]}}}}}',
        '{"properties": {"inputs": {"properties": {"people": {"not": 3}}}}}',
        '{"properties": {"tables": {"properties": {"Items": {"items": 1}}}}}',
    ],
)
def test_a_file_that_is_no_contract_is_refused_in_a_sentence(text, folder):
    (folder / "bad.json").write_text(text)
    done = command("run", "plan.xlsx", "--contract", "bad.json", cwd=folder)
    assert (2, 1) == (done.returncode, done.stderr.count("\n")), done.stderr
    assert done.stderr.startswith("xlcalc: bad.json is no contract: ")
