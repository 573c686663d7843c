"""A plan as rows of FOCUS: what the rows come to, and whether they keep the specification."""

import csv
import io
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.built import built
from tests.plans import plan_bytes
from xlcalc.calc.model import WorkbookModel
from xlcalc.cli import app
from xlcalc.focus.actuals import actuals_of
from xlcalc.focus.bill import read_bill
from xlcalc.focus.plan import Plan
from xlcalc.focus.values import decimal_text
from xlcalc.focus.writing import COLUMNS, focus_csv

VALIDATOR = "XLCALC_FOCUS_VALIDATOR"
"""Names the program focus-validator, which needs an environment of its own (see .ci/run)."""


def rows_of(data):
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def small(**texts):
    return Plan(WorkbookModel(plan_bytes(**texts), "plan.xlsx"))


@pytest.fixture(scope="module")
def compute_plan():
    return Plan(WorkbookModel(built("compute_plan"), "plan.xlsx"))


@pytest.fixture(scope="module")
def rows(compute_plan):
    return rows_of(focus_csv(compute_plan, "base"))


def total(rows, column, **only):
    return sum(float(row[column]) for row in rows if only.items() <= row.items())


def test_the_rows_of_a_small_plan_are_its_costs():
    rows = rows_of(focus_csv(small()))
    january = {"ChargePeriodStart": "2027-01-01T00:00:00Z"}
    # 100 in January, half of it training and a quarter inference; 60 of it rental: 30, 15, 15.
    assert [("Training", 30), ("Inference", 15), ("Unused", 15)] == [
        (row["x_Purpose"], float(row["EffectiveCost"]))
        for row in rows
        if january.items() <= row.items() and row["x_CostLine"] == "rental"
    ]
    # 1,000 GPU-hours, 400 of them owned: 600 are rented.
    assert 600 == total(rows, "x_GpuHours", x_CostLine="rental", **january)
    assert 400 == total(rows, "x_GpuHours", x_CostLine="depreciation", **january)
    # February buys for 720, which no month's effective cost has; its depreciation is not billed.
    february = {"ChargePeriodStart": "2027-02-01T00:00:00Z"}
    assert (200, 200 - 40 + 720) == (
        total(rows, "EffectiveCost", **february),
        total(rows, "BilledCost", **february),
    )
    # 60 + 10 + 20 + 10 are 100, and 0 + 100 + 200 + 60 are 360 of 400: March alone has others.
    assert {"2027-03-01T00:00:00Z"} == {
        row["ChargePeriodStart"] for row in rows if row["x_CostLine"] == "other"
    }
    assert 40 == total(rows, "EffectiveCost", x_CostLine="other")


@pytest.mark.slow
def test_the_plan_is_read_back_as_actuals_without_variance(compute_plan, tmp_path):
    path = tmp_path / "plan.focus.csv"
    path.write_bytes(focus_csv(compute_plan))
    found = actuals_of(read_bill(path, runs=compute_plan.runs()), compute_plan)
    assert not found.unmapped
    assert not found.outside
    for row in ("cost", "training_cost", "inference_cost", "gpu_hours", "rental_cost"):
        sheet, places = compute_plan.cells(f"actual_{row}")
        actual = [found.cells[sheet][place] for place in places]
        planned = compute_plan.numbers(f"planned_{row}")
        assert planned == pytest.approx(actual, rel=1e-12, abs=1e-6), row


def test_billed_cost_is_running_costs_and_purchases(compute_plan, rows):
    cells = {name: cell.value for name, cell in compute_plan.model.cells.items()}
    billed = total(rows, "BilledCost")
    assert cells["running_costs"] + cells["total_capex"] == pytest.approx(billed, rel=1e-12)
    effective = total(rows, "EffectiveCost")
    running = cells["running_costs"] + cells["total_depreciation"]
    assert running == pytest.approx(effective, rel=1e-12)


def test_training_goes_to_the_runs_of_the_month(rows):
    named = {row["x_Model"] for row in rows if row["x_Purpose"] == "Training"}
    assert named
    assert "" not in named
    assert {""} == {row["x_Model"] for row in rows if row["x_Purpose"] != "Training"}


def test_the_same_plan_gives_the_same_bytes():
    assert focus_csv(small(), "a") == focus_csv(small(), "a")


def test_a_text_that_looks_like_a_formula_is_none():
    row = rows_of(focus_csv(small(plan_name="=1+1", gpu="@x"), "+run"))[0]
    assert ("'=1+1", "'@x", "'+run") == (row["x_Plan"], row["x_Accelerator"], row["x_Scenario"])


@pytest.mark.parametrize("value", [0.1, 1e300, 5e-324, -2.5, 1 / 3, 1e16])
def test_numbers_keep_all_their_digits_without_an_exponent(value):
    text = decimal_text(value)
    assert re.fullmatch(r"-?\d+\.\d+", text)
    assert value == float(text)


MANDATORY = {
    *("BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency"),
    *("BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass"),
    *("ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost"),
    *("EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit"),
    *("ProviderName", "PublisherName", "ServiceCategory", "ServiceName"),
}
"""Columns of the feature level Mandatory in FOCUS 1.2."""
FILLED = MANDATORY - {"BillingAccountName", "ChargeClass", "PricingQuantity", "PricingUnit"}
AMOUNTS = {
    *("BilledCost", "ConsumedQuantity", "ContractedCost", "ContractedUnitPrice", "EffectiveCost"),
    *("ListCost", "ListUnitPrice", "PricingQuantity"),
}
PRICED = {
    *("ContractedUnitPrice", "ListUnitPrice", "PricingCategory", "PricingQuantity"),
    *("PricingUnit", "SkuId", "SkuPriceId"),
}
"""What the specification asks of a row of usage or of a purchase."""


def broken_rules(row):
    """Yield the rules of the specification, of the columns that we fill, that a row breaks."""
    given = {column for column, text in row.items() if text}
    for column in sorted(FILLED - given):
        yield f"{column} is empty"
    for column in sorted(AMOUNTS & given):
        if not re.fullmatch(r"-?\d+(\.\d+)?", row[column]):
            yield f"{column} is no number"
    for column in ("BillingPeriod", "ChargePeriod"):
        start, end = row[f"{column}Start"], row[f"{column}End"]
        if not all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", at) for at in (start, end)):
            yield f"{column} is not in UTC"
        if start >= end:
            yield f"{column} ends before it begins"
    if row["ChargeCategory"] not in {"Usage", "Purchase", "Credit"}:
        yield "ChargeCategory is none"
    if row["ChargeFrequency"] not in {"One-Time", "Recurring", "Usage-Based"}:
        yield "ChargeFrequency is none"
    if row["ServiceCategory"] not in {"AI and Machine Learning", "Compute", "Other"}:
        yield "ServiceCategory is none"
    if not re.fullmatch("[A-Z]{3}", row["BillingCurrency"]):
        yield "BillingCurrency is no code"
    if not isinstance(json.loads(row["Tags"]), dict):
        yield "Tags are no object"
    yield from broken_prices(row, given)


def broken_prices(row, given):
    if row["ChargeCategory"] == "Credit":
        if float(row["EffectiveCost"]) != float(row["BilledCost"]):
            yield "a credit has another effective cost than it is billed"
        return
    for column in sorted(PRICED - given):
        yield f"{column} is empty"
    quantity = float(row["PricingQuantity"])
    for price, cost in (("ListUnitPrice", "ListCost"), ("ContractedUnitPrice", "ContractedCost")):
        if float(row[price]) * quantity != float(row[cost]) or float(row[price]) < 0:
            yield f"{cost} is not price × quantity"
    usage = row["ChargeCategory"] == "Usage"
    if usage != ("ConsumedQuantity" in given) or usage != ("ConsumedUnit" in given):
        yield "ConsumedQuantity is for usage, and for usage alone"
    if usage and not float(row["ConsumedQuantity"]) > 0:
        yield "ConsumedQuantity is not above 0"
    if not usage and float(row["EffectiveCost"]):
        yield "a purchase that covers later months has an effective cost"


def test_the_columns_are_those_of_focus_and_own_ones_with_their_prefix():
    own = [column for column in COLUMNS if column.startswith("x_")]
    focus = [column for column in COLUMNS if column not in own]
    assert set(focus) >= MANDATORY
    assert sorted(focus) + sorted(own) == list(COLUMNS)
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", column) for column in focus)


def test_every_row_keeps_the_rules_of_the_specification(rows):
    assert rows
    found = {(row["x_CostLine"], rule) for row in rows for rule in broken_rules(row)}
    assert set() == found
    assert {"Usage", "Purchase"} == {row["ChargeCategory"] for row in rows}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"BilledCost": ""}, "BilledCost is empty"),
        ({"BilledCost": "1E5"}, "BilledCost is no number"),
        ({"ListUnitPrice": "7.0"}, "ListCost is not price × quantity"),
        ({"ChargePeriodEnd": "2020-01-01T00:00:00Z"}, "ChargePeriod ends before it begins"),
        ({"ConsumedUnit": ""}, "ConsumedQuantity is for usage, and for usage alone"),
    ],
)
def test_the_test_of_the_rules_sees_what_breaks_them(change, rule, rows):
    usage = next(row for row in rows if row["ChargeCategory"] == "Usage")
    assert rule in set(broken_rules(usage | change))


def test_a_negative_cost_is_a_credit():
    plan = small()
    plan.numbers("planned_cost")[0] = -100.0
    plan.numbers("planned_rental_cost")[0] = -140.0
    credits_ = [r for r in rows_of(focus_csv(plan)) if r["ChargeCategory"] == "Credit"]
    assert credits_
    assert not [rule for row in credits_ for rule in broken_rules(row)]


@pytest.mark.skipif(VALIDATOR not in os.environ, reason=f"{VALIDATOR} names no focus-validator")
@pytest.mark.slow
@pytest.mark.parametrize("name", ["compute_plan", "small"])
def test_focus_validator_passes(name, compute_plan, tmp_path):
    """Version 1.0.0 of the validator, with its rules of FOCUS 1.0 and its own list of currencies.

    Its rules call four columns by other names than the specification, and one of them reads
    ChargeType, a column that FOCUS 1.0 does not have: it is judged on a copy with these names.
    """
    data = focus_csv(compute_plan if name == "compute_plan" else small())
    names = {
        "InvoiceIssuerName": "InvoiceIssuer",
        "ProviderName": "Provider",
        "PublisherName": "Publisher",
        "ResourceId": "ResourceID",
    }
    renamed, plain = tmp_path / "renamed.csv", tmp_path / "plain.csv"
    plain.write_bytes(data)
    with renamed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*(names.get(c, c) for c in COLUMNS), "ChargeType"])
        writer.writeheader()
        for row in rows_of(data):
            own = {names.get(column, column): text for column, text in row.items()}
            writer.writerow(own | {"ChargeType": row["ChargeCategory"]})
    assert ["Validation succeeded."] == validated(renamed)[-1:]
    failed = {line.split()[0] for line in validated(plain) if line.endswith(" failed:")}
    required = {f"{column}_Required" for column in names.values()}
    assert {*required, "SkuPriceId_Nullable"} == failed


def validated(path):
    """Return what the validator says; it looks for its currencies from its own folder."""
    program = Path(os.environ[VALIDATOR]).absolute()
    (folder,) = program.parent.parent.glob("lib/python*/site-packages")
    command = [program, "--data-file", path, "--validate-version", "1.0"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.split("\n")[:-1]


def test_a_report_writes_each_plan_beside_its_workbook(tmp_path):
    (tmp_path / "plan.xlsx").write_bytes(plan_bytes())
    (tmp_path / "cases.csv").write_text("scenario,plan_name\none,A\ntwo,B\n", encoding="utf-8")
    config = 'workbook = "plan.xlsx"\nscenarios = "cases.csv"\noutput = "out"\n'
    (tmp_path / "plan.toml").write_text(config, encoding="utf-8")
    done = CliRunner().invoke(app, ["report", str(tmp_path / "plan.toml"), "--focus"])
    assert done.exit_code == 0, done.output
    assert "wrote 2 FOCUS files beside the workbooks" in done.output
    for stem, plan in (("one", "A"), ("two", "B")):
        rows = rows_of((tmp_path / "out" / f"{stem}.focus.csv").read_bytes())
        assert {(stem, plan)} == {(row["x_Scenario"], row["x_Plan"]) for row in rows}


def test_a_report_of_another_workbook_is_refused_before_anything_is_written(tmp_path):
    done = CliRunner().invoke(app, ["report", "--focus", "-o", str(tmp_path / "out")])
    assert "has no months to fill in" in str(done.exception)
    assert not (tmp_path / "out").exists()
