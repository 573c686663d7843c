"""Actuals: what a bill in the form of FOCUS comes to, and what of it is refused or left out."""

import gzip
import json
import tracemalloc
from decimal import Decimal

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner

from tests.plans import HEADER, bill_text, charge, plan_bytes
from xlcalc.calc.model import WorkbookModel
from xlcalc.cli import app
from xlcalc.dialects import convert_package
from xlcalc.errors import UsageError
from xlcalc.focus.actuals import actuals_of
from xlcalc.focus.bill import read_bill
from xlcalc.focus.mapping import NO_RULES, Target, read_mapping, read_tags
from xlcalc.focus.plan import Plan
from xlcalc.focus.values import decimal, month_of
from xlcalc.ooxml.package import Package


@pytest.fixture(scope="module")
def plan():
    return Plan(WorkbookModel(plan_bytes(), "plan.xlsx"))


@pytest.fixture
def written(tmp_path):
    def write(text, name="bill.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def filled(written, plan):
    """Return the cells of a bill's actuals by their names in a row, as Plan!C2."""

    def fill(text, rules=NO_RULES, **options):
        bill = read_bill(written(text), rules)
        found = actuals_of(bill, plan, **options)
        return {f"{'BCDE'[c - 2]}{r}": v for (r, c), v in found.cells["Plan"].items()}, found

    return fill


def refusal(call, *arguments, **options):
    with pytest.raises(UsageError) as caught:
        call(*arguments, **options)
    return str(caught.value)


def run(*arguments):
    done = CliRunner().invoke(app, ["actuals", *(str(argument) for argument in arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_cost_is_summed_by_month_and_purpose(filled):
    cells, _ = filled(
        bill_text(
            charge("10.25"),
            charge("0.10"),
            charge("5", purpose="inference"),
            charge("7", "2027-03", "inference"),
            charge("1", "2027-03", "unused"),
        )
    )
    # January: 10.25 + 0.10 + 5 in all, 10.35 of it training; March: 7 + 1, 7 of it inference.
    assert {
        "C2": 15.35,
        "E2": 8.0,
        "C3": 10.35,
        "E3": 0.0,
        "C4": 5.0,
        "E4": 7.0,
    } == cells  # February is not in the bill and stays as it is


def test_sums_are_those_of_decimal_numbers(filled):
    cells, _ = filled(bill_text(*[charge("0.1")] * 1000))
    assert cells["C2"] == 100.0  # floats would give 99.9999999999986


def test_a_credit_lowers_the_cost(filled):
    cells, _ = filled(bill_text(charge("10"), charge("-12.5")))
    assert cells["C2"] == -2.5


@pytest.mark.slow
def test_a_large_bill_agrees_with_numpy_in_constant_memory(written, plan):
    count = 60_000
    cents = np.arange(count) * 7919 % 100_003
    rows = (charge(f"{c // 100}.{c % 100:02}", f"2027-0{i % 3 + 1}") for i, c in enumerate(cents))
    path = written(bill_text(*rows))
    tracemalloc.start()
    bill = read_bill(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    sums = {key.month % 12 + 1: sum_.cost for key, sum_ in bill.sums.items()}
    assert {m: Decimal(int(cents[m - 1 :: 3].sum())) / 100 for m in (1, 2, 3)} == sums
    assert count == bill.rows
    assert peak < 3_000_000  # the file has 3.5 MB


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "bill.csv is empty"),
        (bill_text(), "bill.csv has a header and no row"),
        (
            bill_text(("1", "USD", "2027-01-01"), header=("BilledCost", *HEADER[2:4])),
            "bill.csv, line 1: there is no column EffectiveCost",
        ),
        (
            bill_text(("1", "2027-01-01"), header=("EffectiveCost", "ChargePeriodStart")),
            "bill.csv, line 1: there is no column BillingCurrency; a FOCUS file has it",
        ),
        (
            bill_text(charge("1"), charge("1", "2027-13")),
            'line 3, column ChargePeriodStart: "2027-13-05T00:00:00Z" is not a moment',
        ),
        (bill_text(charge("1,000.00")), 'line 2, column EffectiveCost: "1,000.00" is not an amo'),
        (bill_text(charge("")), "line 2, column EffectiveCost: the cell is empty and not an amou"),
        (bill_text(charge("NaN")), 'line 2, column EffectiveCost: "NaN" is not an amount'),
        (bill_text(charge("1_0")), 'line 2, column EffectiveCost: "1_0" is not an amount'),
        (bill_text(charge("=1+1")), 'line 2, column EffectiveCost: "=1+1" is not an amount'),
        (bill_text(charge("1", currency="$")), 'line 2, column BillingCurrency: "$" is not a cur'),
        (bill_text(("1", "2")), "line 2: 2 values for 5 columns"),
        (
            bill_text((*charge("1"), "{"), header=(*HEADER, "Tags")),
            'line 2, column Tags: "{" is not a JSON object',
        ),
        (
            bill_text((*charge("1"), "x"), header=(*HEADER, "x_GpuHours")),
            'line 2, column x_GpuHours: "x" is not a number of GPU-hours',
        ),
        (
            bill_text((*charge("1"), "2"), header=(*HEADER, "effectivecost")),
            'line 1: the column "effectivecost" stands there twice',
        ),
        (b"PK\x03\x04\x00\x00", "bill.csv is not a CSV file: it holds binary data"),
        ('EffectiveCost,"a\n1', "bill.csv, line 2: unexpected end of data"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_column(text, sentence, written):
    assert sentence in refusal(read_bill, written(text))


def test_line_breaks_quotes_and_formulas_inside_fields_are_text(written):
    header = (*HEADER, "x_Model", "ChargeDescription")
    text = bill_text(
        (*charge("1"), "=1+1", 'two\nlines, a "quote"'),
        (*charge("x"), "", ""),
        header=header,
    )
    assert 'line 4, column EffectiveCost: "x"' in refusal(read_bill, written(text))
    whole = bill_text((*charge("1"), "=1+1", 'two\nlines, a "quote"'), header=header)
    (key,) = read_bill(written(whole)).sums
    assert Target("=1+1", "", "Training", "") == key.target


@pytest.mark.parametrize(
    ("name", "encode"),
    [
        ("bill.csv", lambda text: b"\xef\xbb\xbf" + text.encode()),
        ("bill.csv", lambda text: text.replace(",", ";").encode()),
        ("bill.csv", lambda text: b"sep=;\r\n" + text.replace(",", ";").encode()),
        ("bill.csv", lambda text: text.replace("\r\n", "\n").upper().encode()),
        ("bill.csv.gz", lambda text: gzip.compress(text.encode())),
    ],
    ids=["a BOM", "semicolons", "a line of Excel", "capitals", "gzip"],
)
def test_a_file_is_read_as_programs_write_it(name, encode, written):
    bill = read_bill(written(encode(bill_text(charge("1.5"), charge("2", "2027-02"))), name))
    assert [Decimal("1.5"), Decimal(2)] == [sum_.cost for sum_ in bill.sums.values()]


def test_a_broken_compressed_file_is_refused(written):
    whole = gzip.compress(bill_text(*[charge("1.5")] * 100).encode())
    for data in (whole[:-20], b"no gzip", whole[:30] + b"????" + whole[34:]):
        assert "is not a whole file of gzip" in refusal(read_bill, written(data, "bill.csv.gz"))


def test_a_parquet_file_is_read_as_the_csv_file_is(written, tmp_path):
    from datetime import UTC, datetime

    import pyarrow as pa
    from pyarrow import parquet

    months = [datetime(2027, 1, 31, 23, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)]
    tags = pa.array([[("model", "a")], None], pa.map_(pa.string(), pa.string()))
    table = pa.table(
        {
            "EffectiveCost": pa.array([Decimal("1.10"), Decimal("-2.20")]),
            "BillingCurrency": ["USD", "USD"],
            "ChargePeriodStart": months,
            "Tags": tags,
        }
    )
    parquet.write_table(table, tmp_path / "bill.parquet")
    sums = read_bill(tmp_path / "bill.parquet").sums
    assert [(0, "a", Decimal("1.10")), (1, "", Decimal("-2.20"))] == [
        (key.month % 12, key.target.model, sum_.cost) for key, sum_ in sums.items()
    ]
    assert "is not a Parquet file" in refusal(read_bill, written("x", "no.parquet"))


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2027-01-31T23:30:00Z", "2027-01"),
        ("2027-01-31T23:30:00-02:00", "2027-02"),
        ("2027-02-01T00:30:00+0100", "2027-01"),
        ("2027-01-31 23:59:59.999999999 UTC", "2027-01"),
        ("2027-02-28", "2027-02"),
        ("2027-02-29", None),
        ("01/02/2027", None),
        ("2027-01", None),
        ("46000", None),
        ("0001-01-01T00:00:00+10:00", None),
        ("", None),
    ],
)
def test_a_moment_has_its_month_in_utc(text, month):
    found = month_of(text)
    assert month == (found if found is None else f"{found // 12}-{found % 12 + 1:02}")


@pytest.mark.parametrize("text", ["1.", ".5", "-0", "1E-7", " 3 "])
def test_numbers_of_programs_are_read(text):
    assert float(text) == float(decimal(text))


def test_what_maps_to_nothing_is_counted_apart(filled):
    text = bill_text(charge("10"), charge("3", purpose=""), charge("4", "2027-02", "backup"))
    cells, found = filled(text)
    assert cells["C2"] == 10.0
    assert "D2" not in cells
    assert [(1, 3), (1, 4)] == [(part.rows, part.cost) for part in found.unmapped]
    cells, found = filled(text, count_unmapped=True)
    assert (13.0, 4.0, []) == (cells["C2"], cells["D2"], found.unmapped)


def test_services_of_rows_that_map_to_nothing_are_named(written, tmp_path):
    header = (*HEADER, "ServiceName")
    plan = tmp_path / "plan.xlsx"
    plan.write_bytes(plan_bytes())
    rows = [(*charge("1", purpose=""), "=A\nB"), (*charge("-30.5", purpose=""), "Credits")]
    done = run(written(bill_text((*charge("9"), "x"), *rows, header=header)), "--plan", plan)
    assert [
        "xlcalc: 2 rows belong to no model, accelerator, purpose or line, and -29.50 USD is not "
        "counted:",
        "  2027-01: 2 rows, -29.50 USD",
        "  not counted: Credits: 1 row, -30.50 USD",
        "  not counted: =A B: 1 row, 1.00 USD",
    ] == done.stderr.splitlines()
    counted = run(tmp_path / "bill.csv", "--plan", plan, "--count-unmapped")
    assert "not counted" not in counted.stderr


def test_services_are_told_apart_up_to_a_thousand(written):
    rows = [(*charge("1", purpose=""), f"service {n}") for n in range(1_500)]
    bill = read_bill(written(bill_text(*rows, header=(*HEADER, "ServiceName"))))
    assert (1_001, 500) == (len(bill.unmapped), bill.unmapped["other services", "USD"].rows)


def test_months_outside_the_plan_are_counted_apart(filled):
    cells, found = filled(bill_text(charge("10"), charge("3", "2026-12"), charge("4", "2027-04")))
    assert {"C2": 10.0, "C3": 10.0, "C4": 0.0} == cells
    assert [3, 4] == [part.cost for part in found.outside]


def test_a_bill_without_a_row_for_the_plan_is_refused(written, plan):
    other = read_bill(written(bill_text(charge("3", "2026-12"))))
    assert "2027-01 to 2027-03: those that belong to it are of 2026-12 to" in refusal(
        actuals_of, other, plan
    )
    nothing = read_bill(written(bill_text(charge("3", purpose=""))))
    assert "give a file with --map, or count all rows" in refusal(actuals_of, nothing, plan)


def test_rules_say_what_rows_belong_to(written, filled):
    rules = read_mapping(
        written(
            "column,value,model,accelerator,purpose,line,gpus\n"
            "SkuId,*P5.48XLARGE,,H100,,rental,8\n"
            "Tags.team,res*,llama,,training,,\n"
            "ServiceName,Electricity,,,,power,\n",
            "map.csv",
        )
    )
    header = (*HEADER[:4], "SkuId", "Tags", "ServiceName", "ConsumedQuantity", "ConsumedUnit")
    first = charge("9")[:4]
    text = bill_text(
        (*first, "aws-p5.48xlarge", '{"user:Team": "research"}', "EC2", "2", "Hours"),
        (*first, "x", "", "electricity", "2", "Hours"),
        (*first, "x", '{"team": "web"}', "EC2", "2", "Hours"),
        header=header,
    )
    cells, found = filled(text, rules)
    # Two rows belong to the plan: 9 rented for training, 2 hours of 8 GPUs, and 9 of power.
    assert {"C2": 18.0, "C3": 9.0, "C4": 0.0, "C5": 9.0, "C6": 9.0, "C9": 16.0} == cells
    assert [9] == [part.cost for part in found.unmapped]
    assert Target("llama", "H100 SXM5 80GB", "Training", "rental") in {
        part.target for part in found.parts
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "needs the columns column and value"),
        ("column,value,mdel\n", 'has a column "mdel"'),
        ("column,value,model,model\n", 'the column "model" twice'),
        ("column,value,model\n", "has no rule"),
        ("column,value,model\n,x,y\n", "line 2: a rule needs a column of the bill"),
        ("column,value,model\nSkuId,x,\n", "line 2: a rule needs a model, an accelerator"),
        ("column,value,purpose\nSkuId,x,trainning\n", 'column purpose: "trainning" is none'),
        ("column,value,line\nSkuId,x,rent\n", 'column line: "rent" is none of rental, power'),
        ("column,value,gpus\nSkuId,x,0\n", 'column gpus: "0" is no number above 0'),
        ("column,value,model\na,b,c,d\n", "line 2: 4 values for 3 columns"),
    ],
)
def test_a_wrong_mapping_is_refused(text, sentence, written):
    assert sentence in refusal(read_mapping, written(text, "map.csv"))


def test_a_rule_on_a_column_that_the_bill_lacks_is_refused(written):
    rules = read_mapping(written("column,value,model\nSkuIdd,x,y\n", "map.csv"))
    bill = written(bill_text((*charge("1"), "x"), header=(*HEADER, "SkuId")))
    assert 'map.csv, line 2: the bill has no column "skuidd"' in refusal(read_bill, bill, rules)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", {}),
        ("null", {}),
        ("[]", {}),
        ('{"Team": "a", "user:Model": "b"}', {"team": "a", "user:model": "b", "model": "b"}),
        ('{"model": "own", "aws:model": "theirs"}', {"model": "own", "aws:model": "theirs"}),
        ('[{"key": "team", "value": "a", "inherited": true}, 1, {}]', {"team": "a"}),
        ('{"n": 5, "b": true, "none": null}', {"n": "5", "b": "true"}),
    ],
)
def test_tags_are_read_as_providers_write_them(text, tags):
    assert tags == read_tags(text)


@pytest.mark.parametrize("text", ["x", "5", '"x"', "{", "[" * 100_000])
def test_tags_that_are_no_object_are_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  whatever it says: who reads adds the line
        read_tags(text)


@pytest.mark.parametrize(
    ("sku", "accelerator"),
    [("H100", "H100 SXM5 80GB"), ("8", ""), ("GPU", ""), ("p5.48xlarge", ""), ("Storage", "")],
)
def test_the_name_of_an_accelerator_speaks_by_itself(sku, accelerator, written):
    bill = written(bill_text((*charge("9")[:4], sku), header=(*HEADER[:4], "SkuId")))
    assert [Target("", accelerator, "", "")] == [key.target for key in read_bill(bill).sums]


def test_a_model_with_the_name_of_a_run_is_trained(written):
    plan = Plan(WorkbookModel(plan_bytes(run1_name="Base 13B"), "plan.xlsx"))
    header = (*HEADER[:4], "x_Model")
    text = bill_text((*charge("9")[:4], "base 13b"), (*charge("1")[:4], "other"), header=header)
    bill = read_bill(written(text), runs=plan.runs())
    assert ["Training", ""] == [key.target.purpose for key in bill.sums]


def test_dollars_are_converted_as_the_plan_converts_its_own(written):
    plan = Plan(WorkbookModel(plan_bytes("CNY", 7.1), "plan.xlsx"))
    bill = read_bill(written(bill_text(charge("10"), charge("5", currency="CNY"))))
    found = actuals_of(bill, plan)
    assert found.cells["Plan"][2, 3] == 76.0  # 10 × 7.1 + 5
    assert {"USD": "1 USD = 7.1 CNY, the currency_rate of the plan"} == found.rates


def test_other_currencies_need_a_rate_of_the_catalogue(written, plan, tmp_path, monkeypatch):
    bill = read_bill(written(bill_text(charge("10", currency="EUR"))))
    assert (
        "has amounts in EUR, the plan counts in USD, and the catalogue has no rate of EUR to USD "
        "as of 2027-01"
    ) in refusal(actuals_of, bill, plan)
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "rates.csv").write_text(
        "id,from_currency,to_currency,rate,date,source_url,read_in,licence,confidence,notes\n"
        "eur,EUR,USD,1.25,2026-12-31,https://example.org,x,x,high,\n",
        encoding="utf-8",
    )
    output, path = tmp_path / "out.xlsx", tmp_path / "plan.xlsx"
    path.write_bytes(plan_bytes())
    from xlcalc.catalogue import use

    try:
        done = run(tmp_path / "bill.csv", "--plan", path, "-o", output, "--catalogue", folder)
    finally:
        use(None)
    assert "converted at 1 EUR = 1.25 USD, 2026-12-31, https://example.org" in done.stderr
    assert openpyxl.load_workbook(output)["Plan"]["C2"].value == 12.5


def test_the_command_fills_in_the_plan_and_nothing_else(written, tmp_path):
    path, output = tmp_path / "plan.xlsx", tmp_path / "out.xlsx"
    plan = plan_bytes()
    path.write_bytes(plan)
    bill = written(bill_text(charge("90"), charge("250", "2027-02"), charge("1", purpose="")))
    done = run(bill, "--plan", path, "-o", output)
    assert [
        "EffectiveCost by ChargePeriodStart, in USD",
        "month      plan  actual  variance",
        "2027-01  100.00   90.00    -10.00",
        "2027-02  200.00  250.00     50.00",
        "total    300.00  340.00     40.00",
    ] == done.stdout.splitlines()[:5]
    assert "1 row belongs to no model, accelerator, purpose or line, and 1.00 USD" in done.stderr
    assert "2027-01: 1 row, 1.00 USD" in done.stderr
    sheet = openpyxl.load_workbook(output)["Plan"]
    assert [90, 250, None] == [sheet.cell(2, column).value for column in (3, 4, 5)]
    assert sheet["B2"].value == "=SUM(C2:E2)"
    assert openpyxl.load_workbook(output, data_only=True)["Plan"]["B2"].value == 340
    assert plan == path.read_bytes()


def test_the_command_prints_json(written, tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(plan_bytes())
    bill = written(bill_text(charge("90"), charge("3", "2026-12")))
    done = run(bill, "--plan", path, "--cost", "billed", "--format", "json")
    said = json.loads(done.stdout)
    assert [{"month": "2027-01", "plan": 100, "actual": 180, "variance": 80}] == said["months"]
    assert ("BilledCost", 2, 0) == (said["cost"], said["rows"], said["replaced_cells"])
    assert [("2026-12", 1, 6)] == [(p["month"], p["rows"], p["cost"]) for p in said["outside"]]
    again = run(written(bill_text(charge("80"))), "--plan", path)
    assert "2 cells held another value, which is replaced" in again.stderr


def test_a_workbook_without_months_is_refused(written, budget):
    done = CliRunner().invoke(
        app, ["actuals", str(written(bill_text(charge("1")))), "--plan", str(budget)]
    )
    assert "has no months to fill in" in str(done.exception)


def test_nothing_is_written_over_the_bill(written, tmp_path):
    bill, plan = written(bill_text(charge("1"))), tmp_path / "plan.xlsx"
    plan.write_bytes(plan_bytes())
    done = CliRunner().invoke(app, ["actuals", str(bill), "--plan", str(plan), "-o", str(bill)])
    assert "bill.csv would be written over, which is read" in str(done.exception)


def test_a_sum_beyond_what_a_cell_takes_is_refused(written, plan):
    bill = read_bill(written(bill_text(charge("9E15"))))
    assert "actual_cost of 2027-01 would be 9e+15" in refusal(actuals_of, bill, plan)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b"46447", b"46388", "2027-01 stands behind 2027-02"),  # March becomes January
        (b"46419", b"46447", "2027-03 stands behind 2027-01"),  # February becomes March
        (b"46388", b"-1", "names a cell that holds no date"),
    ],
)
def test_a_workbook_whose_months_are_none_is_refused(old, new, sentence):
    package = WorkbookModel(plan_bytes(), "plan.xlsx").package
    part = package.sheets["Plan"]
    package.replace(part, package.part(part).replace(b"<v>%b<" % old, b"<v>%b<" % new))
    assert sentence in refusal(Plan, WorkbookModel(package, "plan.xlsx"))


def test_a_copy_of_values_is_refused(written):
    copy = convert_package(Package(plan_bytes(), "plan.xlsx"), "values").package
    bill = read_bill(written(bill_text(charge("1"))))
    copied = Plan(WorkbookModel(copy, "plan.xlsx"))
    assert "plan.xlsx has no formulas" in refusal(actuals_of, bill, copied)


def test_a_plan_with_an_error_is_refused_before_it_is_written(written, tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(plan_bytes(error=True))
    before = path.read_bytes()
    done = CliRunner().invoke(
        app, ["actuals", str(written(bill_text(charge("1")))), "--plan", str(path)]
    )
    assert "planned_cost of 2027-03 is #N/A and no number" in str(done.exception)
    assert before == path.read_bytes()


def test_negative_gpu_hours_are_refused(written, plan):
    text = bill_text((*charge("1"), "-5"), header=(*HEADER, "x_GpuHours"))
    assert "actual_gpu_hours of 2027-01 would be -5" in refusal(
        actuals_of, read_bill(written(text)), plan
    )
