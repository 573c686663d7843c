"""Rows of a scenario in a table of a workbook: everything that points at them follows."""

import csv
import io
import random
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import polars
import pytest
import xlsxwriter

import xlcalc
from tests.calc import INSTALLED
from tests.conftest import ROOT
from tests.files import contents, scenario_lines
from xlcalc.calc.filled_tables import FilledTables, ListColumns
from xlcalc.calc.model import WorkbookModel
from xlcalc.errors import ScenarioError, WorkbookError
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.row_changes import with_rows
from xlcalc.ooxml.row_moves import RowMoves, filled
from xlcalc.runs.jobs import BlockSize, ListOrder, blocks
from xlcalc.runs.picture_files import PictureFiles
from xlcalc.runs.results import Result
from xlcalc.runs.scenarios import Scenario

PLAN = "xl/worksheets/sheet1.xml"
GPU = ("gpu", 10.0, 2.0)


def budget(rows=3, totals=True, beside=False):
    """A budget with a table in rows 4 and below, a tax and a total under it, and all around it."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    plan, other = book.add_worksheet("Plan"), book.add_worksheet("Summary")
    plan.write("A1", "Budget")
    last = 3 + rows
    columns = [
        {"header": "item", "total_string": "Total"},
        {"header": "units"},
        {"header": "price"},
        {
            "header": "cost",
            "formula": f"=Items[[#This Row],[units]]*Items[[#This Row],[price]]*(1+$B${last + 5})",
            "total_function": "sum",
        },
        {"header": "running"},
    ]
    area = (2, 0, last - 1 + totals, 4)
    plan.add_table(
        *area, {"name": "Items", "columns": columns, "total_row": totals, "data": [GPU] * rows}
    )
    for row in range(4, last + 1):
        plan.write_formula(f"E{row}", f"=SUM(D$4:D{row})/SUM(D$4:D${last})")
    if beside:
        plan.add_table(2, 6, last + 4, 7, {"name": "Other"})
    plan.write_row(f"A{last + 5}", ["tax", 0.19])
    plan.write(f"A{last + 6}", "total")
    plan.write_formula(f"B{last + 6}", f"=SUM(D4:D{last})")
    plan.merge_range(f"A{last + 8}:C{last + 8}", "merged")
    plan.set_row(last + 5, 30)
    for name, place in {
        "tax": f"Plan!$B${last + 5}",
        "total": f"Plan!$B${last + 6}",
        "all_units": f"Plan!$B$4:$B${last}",
        "last_item": "Summary!$A$3",
        "net": "Summary!$A$5",
    }.items():
        book.define_name(name, f"={place}")
    other.write_formula("A1", f"=SUM(Plan!D4:D{last})")
    other.write_formula("A2", "=SUM(Plan!B:B)")
    other.write_formula("A3", "=INDEX(Items[item],ROWS(Items[]))")
    other.write_formula("A4", f"=Plan!B{last + 5}*2")
    other.write_formula("A5", "=SUMPRODUCT(all_units,Items[price])")
    bold = book.add_format({"bold": True})
    rule = {"type": "cell", "criteria": ">", "value": f"$B${last + 5}", "format": bold}
    plan.conditional_format(f"D4:D{last}", rule)
    plan.data_validation(f"B4:B{last}", {"validate": "decimal", "criteria": ">=", "value": 0})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": f"=Plan!$A$4:$A${last}", "values": f"=Plan!$D$4:$D${last}"})
    plan.insert_chart(f"J{last + 5}", chart)
    plan.print_area(f"A1:E{last + 8}")
    plan.set_h_pagebreaks([last + 3])
    plan.write_comment(f"A{last + 5}", "of Germany")
    plan.write_url(f"A{last + 9}", f"internal:'Plan'!A{last + 5}")
    book.close()
    package = Package(file.getvalue(), "budget.xlsx")
    plain, named = b"SUBTOTAL(109,[cost])", b"SUBTOTAL(109,Items[cost])"  # as Excel writes it
    package.replace(PLAN, package.part(PLAN).replace(plain, named))
    return package.to_bytes()


def lines(count, seed=1):
    """Rows of a list, and what their costs add up to before tax."""
    numbers = random.Random(seed)  # noqa: S311
    return [
        (f"item {n}", numbers.randint(1, 99), round(numbers.uniform(1, 9), 3))
        for n in range(1, count + 1)
    ]


def write_lists(folder, scenarios, book=None):
    """Write a workbook, a list of scenarios with a tax each, and the list of their rows."""
    (folder / "budget.xlsx").write_bytes(book or budget())
    with (folder / "runs.csv").open("w", newline="") as runs:
        csv.writer(runs).writerows([("scenario", "tax"), *((name, 0.1) for name in scenarios)])
    with (folder / "items.csv").open("w", newline="") as items:
        csv.writer(items).writerows(
            [
                ("scenario", "item", "units", "price"),
                *((name, *row) for name, rows in scenarios.items() for row in rows),
            ]
        )


def fill(folder, **options):
    return xlcalc.batch(
        folder / "budget.xlsx",
        folder / "runs.csv",
        folder / "out",
        rows={"items": folder / "items.csv"},
        dialect="udf",
        **options,
    )


def in_libreoffice(files, folder):
    """Return what LibreOffice calculates of some workbooks when it has opened them."""
    bare = folder / "bare"
    bare.mkdir()
    for file in files:  # without values, so that none is taken from the file
        book = openpyxl.load_workbook(file)
        book.save(bare / file.name)
    subprocess.run(
        [
            INSTALLED.soffice,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"),
            *(str(folder / "saved"), *map(str, sorted(bare.iterdir()))),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return {file.name: shown(folder / "saved" / file.name) for file in files}


def shown(path):
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        f"{sheet.title}!{cell.coordinate}": cell.value
        for sheet in book
        for row in sheet
        for cell in row
        if cell.value is not None
    }


@pytest.mark.slow
@pytest.mark.skipif(not Path(INSTALLED.soffice).exists(), reason="LibreOffice is not installed")
def test_python_and_libreoffice_calculate_the_same_of_1_to_30_rows(tmp_path):
    scenarios = {f"s{count}": lines(count, count) for count in (1, 2, 3, 30)}
    write_lists(tmp_path, scenarios)
    counts = fill(tmp_path)
    assert (4, 0) == (counts.runs, counts.failed)
    files = [tmp_path / "out" / f"{name}.xlsx" for name in scenarios]
    theirs = in_libreoffice(files, tmp_path)
    for file, rows in zip(files, scenarios.values(), strict=True):
        last = 3 + len(rows)
        net = sum(units * price for _, units, price in rows)
        ours = shown(file)
        expected = {
            f"Plan!A{last}": rows[-1][0],
            f"Plan!D{last}": rows[-1][1] * rows[-1][2] * 1.1,
            f"Plan!E{last}": 1.0,
            f"Plan!D{last + 1}": net * 1.1,
            f"Plan!B{last + 5}": 0.1,
            f"Plan!B{last + 6}": net * 1.1,
            "Summary!A1": net * 1.1,
            "Summary!A3": rows[-1][0],
            "Summary!A4": 0.2,
            "Summary!A5": net,
        }
        for place, value in expected.items():
            wanted = value if isinstance(value, str) else pytest.approx(value, rel=1e-12)
            assert (place, wanted) == (place, ours[place])
        numbers = {p: v for p, v in ours.items() if isinstance(v, int | float)}
        found = {p: theirs[file.name][p] for p in numbers}
        assert found == {p: pytest.approx(v, rel=1e-9) for p, v in numbers.items()}


def test_the_engine_and_the_vectors_write_the_same_files(tmp_path):
    write_lists(tmp_path, {f"s{n}": lines(4, n) for n in range(6)})
    fill(tmp_path)
    model = WorkbookModel.read(tmp_path / "budget.xlsx")
    columns = ListColumns(model, "Items", ["item", "units", "price"])
    tables = FilledTables(model, [columns])
    rows = {"Items": [columns.read(row) for row in lines(4, 5)]}
    grown = tables.model((4,))
    evaluation = grown.evaluate({"tax": 0.1, **tables.settings(rows)})
    package = grown.to_package(evaluation)
    written = Package.read(tmp_path / "out" / "s5.xlsx")
    for sheet in package.sheets.values():
        assert shown_numbers(package.part(sheet)) == shown_numbers(written.part(sheet))


def shown_numbers(data):
    return [round(float(v), 9) for v in re.findall(rb"<v>([-\d.e]+)</v>", data)]


def test_everything_around_a_table_follows():
    package = with_rows(Package(budget(), "b"), "items", 5, [1, 2, 3])
    sheet = package.part(PLAN)
    for piece in (
        b'<dimension ref="A1:E17"/>',
        b'<mergeCell ref="A16:C16"/>',
        b'sqref="D4:D8"><cfRule type="cellIs" dxfId="0" priority="1" operator="greaterThan">'
        b"<formula>$B$13</formula>",
        b'sqref="B4:B8"><formula1>0</formula1>',
        b'<brk id="11"',
        b'<hyperlink ref="A17" location="&#x27;Plan&#x27;!A13"',
        b'<row r="14" spans="1:5" ht="30"',
        b"<f>SUM(D$4:D8)/SUM(D$4:D$8)</f>",
        b"<f>SUM(D$4:D4)/SUM(D$4:D$8)</f>",
        b'<c r="B14"><f>SUM(D4:D8)</f>',
    ):
        assert piece in sheet, piece
    table = package.part("xl/tables/table1.xml")
    assert b'ref="A3:E9"' in table
    assert b'<autoFilter ref="A3:E8"/>' in table
    assert b"(1+$B$13)</calculatedColumnFormula>" in table
    names = package.part("xl/workbook.xml")
    for piece in (b">Plan!$B$13<", b">Plan!$B$4:$B$8<", b">Plan!$A$1:$E$16<"):
        assert piece in names, piece
    chart = package.part("xl/charts/chart1.xml")
    assert b"<c:f>Plan!$D$4:$D$8</c:f>" in chart
    assert b"Cache" not in chart
    assert b"<xdr:row>12</xdr:row>" in package.part("xl/drawings/drawing1.xml")
    assert b'ref="A13"' in package.part("xl/comments1.xml")
    assert b"<x:Row>12</x:Row>" in package.part("xl/drawings/vmlDrawing1.vml")
    other = package.part("xl/worksheets/sheet2.xml")
    for piece in (b"SUM(Plan!D4:D8)", b"SUM(Plan!B:B)", b"Plan!B13*2"):
        assert piece in other, piece


@pytest.mark.parametrize(
    ("count", "place", "expected"),
    [(5, "G12:H20", "G14:H22"), (1, "G12:H20", "G10:H18"), (1, "G5:H6", "G5:H6")],
)
def test_a_pivot_table_follows_and_always_has_a_place(count, place, expected):
    package = Package(budget(), "b")
    part, kind = "xl/pivotTables/pivotTable1.xml", "application/vnd.ms-excel.pivotTable+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/pivotTable"
    data = b'<pivotTableDefinition><location ref="%b"/></pivotTableDefinition>' % place.encode()
    package.add(part, data, kind, relation, PLAN)
    moved = with_rows(package, "items", count, [1, 2, 3]).part(part)
    assert b'<location ref="%b"/>' % expected.encode() in moved


@pytest.mark.parametrize("totals", [True, False])
@pytest.mark.parametrize("rows", [1, 3])
def test_no_row_leaves_an_empty_one_as_tables_need_one(rows, totals, tmp_path):
    write_lists(tmp_path, {"none": [], "two": lines(2)}, budget(rows, totals))
    assert 0 == fill(tmp_path).failed
    two = shown(tmp_path / "out" / "two.xlsx")
    net = sum(units * price for _, units, price in lines(2))
    assert pytest.approx(net * 1.1) == two["Plan!B11"]
    package = with_rows(Package(budget(rows, totals), "b"), "Items", 0, [1, 2, 3])
    assert f'ref="A3:E{4 + totals}"'.encode() in package.part("xl/tables/table1.xml")


def test_a_named_range_of_one_row_grows_too(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "It's"
    for row in (["item", "units", "cost"], ["gpu", 2, "=B2*$B$5"], [], [None, "=SUM(C2:C2)"]):
        sheet.append(row)
    sheet["B5"] = 3
    sheet["B4"] = "=SUM(C1:C2)"
    names = {"lines": "$A$2:$C$2", "total": "$B$4", "price": "$B$5"}
    for name, place in names.items():
        book.defined_names[name] = openpyxl.workbook.defined_name.DefinedName(
            name, attr_text=f"'It''s'!{place}"
        )
    book.save(tmp_path / "b.xlsx")
    frame = polars.DataFrame(
        {"scenario": ["a", "b"], "lines": [[{"item": "x", "units": 4.0}] * 3, []]},
        schema_overrides={
            "lines": polars.List(polars.Struct({"item": polars.String, "units": polars.Float64}))
        },
    )
    assert 0 == xlcalc.batch(tmp_path / "b.xlsx", frame, tmp_path / "out", dialect="udf").failed
    found = shown(tmp_path / "out" / "a.xlsx")
    assert ("x", 4, 12, 36) == tuple(found[f"It's!{c}"] for c in ("A4", "B4", "C4", "B6"))
    book = openpyxl.load_workbook(tmp_path / "out" / "a.xlsx")
    assert "'It''s'!$A$2:$C$4" == book.defined_names["lines"].attr_text
    assert 0 == shown(tmp_path / "out" / "b.xlsx")["It's!B4"]


@pytest.mark.slow
def test_a_formula_in_a_list_is_a_text(tmp_path):
    write_lists(tmp_path, {"a": [("=1+1", 2, 3.0)]})
    fill(tmp_path)
    book = openpyxl.load_workbook(tmp_path / "out" / "a.xlsx")
    assert ("=1+1", "s") == (book["Plan"]["A4"].value, book["Plan"]["A4"].data_type)


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ("item,units", 'items.csv must have one column "scenario" beside those of items'),
        ("scenario,itm", 'items.csv, line 1: Items has no column "itm"; did you mean "item"?'),
        (
            "scenario,cost\na,3",
            'items.csv, line 1: a formula fills the column "cost" of Items, and a list does not',
        ),
        ("scenario,item\na,x\nb,y", 'items.csv, line 3: {runs} has no scenario "b"'),
        ("scenario,item\na,x,y", "items.csv, line 2: 3 values for 2 columns"),
        ("scenario,item\n,x", "items.csv, line 2 names no scenario"),
    ],
)
def test_a_list_that_does_not_fit_is_refused_with_its_line(items, sentence, tmp_path):
    write_lists(tmp_path, {"a": lines(1)})
    (tmp_path / "items.csv").write_text(items)
    with pytest.raises(ScenarioError) as failure:
        fill(tmp_path)
    expected = sentence.replace("{runs}", str(tmp_path / "runs.csv"))
    assert f"{tmp_path}/{expected}" == str(failure.value)


def test_a_row_that_the_table_does_not_take_fails_its_scenario_alone(tmp_path):
    write_lists(tmp_path, {"a": lines(2), "b": [("x", -1, 2.0)], "c": [("x", "many", 2.0)]})
    counts = fill(tmp_path)
    assert (3, 2) == (counts.runs, counts.failed)
    errors = contents(tmp_path / "out")["errors.csv"].decode()
    assert "items.csv, line 4: Items[units]" in errors
    assert 'items.csv, line 5: Items[units] must be a number, got ""many""' in errors


def test_rows_that_would_tear_another_table_are_refused():
    package = Package(budget(beside=True), "b.xlsx")
    with pytest.raises(WorkbookError) as failure:
        with_rows(package, "Items", 5, [])
    assert (
        "Items in b.xlsx cannot have 5 rows: the table Other stands beside it on Plan, and rows "
        "are rows of the whole sheet"
    ) == str(failure.value)


def test_more_rows_than_a_sheet_has_are_refused():
    with pytest.raises(WorkbookError, match="cannot have 1,048,576 rows: a sheet has 1,048,576"):
        with_rows(Package(budget(), "b.xlsx"), "Items", 1_048_576, [])


@pytest.mark.parametrize(
    ("formula", "grown", "shrunk"),
    [
        ("B4", "B4", "B4"),
        ("B6", "B6", "#REF!"),
        ("B9*$B$9", "B11*$B$11", "B7*$B$7"),
        ("SUM(B4:B6)", "SUM(B4:B8)", "SUM(B4:B4)"),
        ("SUM(B5:B6)", "SUM(B5:B6)", "SUM(#REF!)"),
        ("SUM(B4:B9)", "SUM(B4:B11)", "SUM(B4:B7)"),
        ("SUM(H4:H6)", "SUM(H4:H6)", "SUM(H4:H4)"),
        ("SUM(Plan!$B$4:$B$6)", "SUM(Plan!$B$4:$B$8)", "SUM(Plan!$B$4:$B$4)"),
        ("Other!B9+'Plan'!B9", "Other!B9+'Plan'!B11", "Other!B9+'Plan'!B7"),
        ("[1]Plan!B9&\"B9\"&LOG10(B9)", "[1]Plan!B9&\"B9\"&LOG10(B11)",
         "[1]Plan!B9&\"B9\"&LOG10(B7)"),
        ("SUM(B:B)+SUM(9:9)", "SUM(B:B)+SUM(11:11)", "SUM(B:B)+SUM(7:7)"),
        ("INDEX(B4:B6,2)+Items[B9]", "INDEX(B4:B8,2)+Items[B9]", "INDEX(B4:B4,2)+Items[B9]"),
        ("SUM(B6:B4)", "SUM(B8:B4)", "SUM(B4:B4)"),
        ("A9B+x.B9+B9:B9", "A9B+x.B9+B11:B11", "A9B+x.B9+B7:B7"),
    ],
)  # fmt: skip
def test_addresses_in_formulas_follow(formula, grown, shrunk):
    assert grown == RowMoves("Plan", 1, 4, 5, 6, 5).formula(formula, "Plan")
    assert shrunk == RowMoves("Plan", 1, 4, 5, 6, 1).formula(formula, "Plan")


@pytest.mark.parametrize(
    ("formula", "down", "right", "expected"),
    [
        ("B2*$C$1+SUM(B$2:B2)", 3, 0, "B5*$C$1+SUM(B$2:B5)"),
        ("S!B2:C2&\"B2\"", 1, 2, "S!D3:E3&\"B2\""),
        ("B1", -1, 0, "#REF!"),
        ("T[[#This Row],[B2]]+2:2", 1, 0, "T[[#This Row],[B2]]+3:3"),
    ],
)  # fmt: skip
def test_a_formula_is_filled_down(formula, down, right, expected):
    assert expected == filled(formula, down, right)


@pytest.mark.slow
def test_the_example_of_the_page_on_rows_runs(tmp_path):
    text = (ROOT / "docs" / "rows.md").read_text(encoding="utf-8")
    blocks = re.findall(r"\n((?:    .+\n)+)", text)
    runs, items, command = ("".join(line[4:] + "\n" for line in b.splitlines()) for b in blocks)
    (tmp_path / "budget.xlsx").write_bytes(budget())
    (tmp_path / "runs.csv").write_text(runs)
    (tmp_path / "items.csv").write_text(items)
    program, *arguments = command.split()
    assert "xlcalc" == program
    subprocess.run(
        [sys.executable, "-m", "xlcalc.cli", *arguments],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    # By hand: (4 × 2.5 + 2 × 1) × 1.19 = 14.28, total six rows below the last one, and 5 × 1.2.
    assert pytest.approx(14.28) == shown(tmp_path / "out" / "North.xlsx")["Plan!B11"]
    assert pytest.approx(6.0) == shown(tmp_path / "out" / "South.xlsx")["Plan!B10"]


def test_scenarios_with_as_many_rows_are_made_together_and_told_in_the_order_of_the_list():
    scenarios = [
        Scenario(f"s{row}", f"s{row}", {}, row, rows={"Items": [()] * (row % 3)})
        for row in range(1, 8)
    ]
    size, order = BlockSize(100, 1), ListOrder()
    size.size = 2
    alike = blocks(
        scenarios, {5: "kept"}.get, size, order, PictureFiles(), lambda one: len(one.rows["Items"])
    )
    made = list(alike)
    assert [[1, 4], [7, 2], [5, 3], [6]] == [[s.row for s in block.scenarios] for block in made]
    assert ("kept", None) == made[2].known
    told = [
        [result.row for result in order.add(Result(s.row, s.name) for s in block.scenarios)]
        for block in made
    ]
    assert [[1], [2], [3, 4, 5], [6, 7]] == told


def test_a_batch_of_many_numbers_of_rows_lists_its_results_in_order(tmp_path):
    write_lists(tmp_path, {f"s{n}": lines(1 + n % 3, n) for n in range(9)})
    fill(tmp_path)
    out = tmp_path / "out"
    with (out / "summary.csv").open() as summary:
        named = [row[0] for row in csv.reader(summary)]
    assert [f"s{n}" for n in range(9)] == named[1:]
    noted = scenario_lines((out / "manifest.jsonl").read_bytes())
    assert [f"s{n}" for n in range(9)] == [line["scenario"] for line in noted]
