"""What `xlcalc excel doctor FILE` says of workbooks in each dialect, and of hostile ones."""

import csv
import io
import json
import shlex
from pathlib import Path

import openpyxl
import pytest
import xlwings
from click.testing import CliRunner
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from tests.built import built
from tests.conftest import ROOT
from tests.workbooks import parts, small_workbook, to_bytes, with_part, zipped
from xlcalc.calc.arguments import bounds
from xlcalc.cli import app
from xlcalc.cli.excel.doctor import doctor
from xlcalc.dialects import DIALECTS, convert
from xlcalc.errors import UsageError
from xlcalc.hosts.doctor import excel_versions
from xlcalc.hosts.doctor.excel_versions import VERSIONS, first_version, lacks_prefix, newer
from xlcalc.hosts.doctor.mending import mending_command
from xlcalc.hosts.doctor.workbook import diagnose
from xlcalc.ooxml.package import Package


def examined(data: bytes, reader: str | None = None):
    return diagnose(Package(data, "plan.xlsx"), reader)


def kinds(data: bytes, reader: str | None = None) -> list[tuple[str, str, str]]:
    return [(p.kind, p.name, p.place) for p in examined(data, reader).problems]


def command(data: bytes, reader: str | None = None) -> str | None:
    package = Package(data, "my plan.xlsx")
    return mending_command(package, diagnose(package, reader), reader)


def filled(fill) -> bytes:
    workbook = openpyxl.Workbook()
    fill(workbook.active, workbook)
    return to_bytes(workbook)


def with_value(formula: str, value: str = "<v>1</v>", kind: str = "") -> bytes:
    """Return a workbook whose cell A1 has a formula and a stored value."""
    named = parts(small_workbook({"A1": "=1"}))
    cell = f'<c r="A1"{kind}><f>{formula}</f>{value}</c>'.encode()
    sheet = named["xl/worksheets/sheet1.xml"]
    start, end = sheet.index(b"<c "), sheet.index(b"</c>") + len(b"</c>")
    return zipped(named | {"xl/worksheets/sheet1.xml": sheet[:start] + cell + sheet[end:]})


def with_name(element: str, formula: str = "1") -> bytes:
    """Return a workbook with a defined name, as XML has it."""
    named = parts(with_value(formula))
    workbook = named["xl/workbook.xml"].replace(b"<definedNames />", b"")
    names = f"</sheets><definedNames>{element}</definedNames>".encode()
    return zipped(named | {"xl/workbook.xml": workbook.replace(b"</sheets>", names)})


@pytest.mark.parametrize(
    ("expected", "function"),
    [
        ("2007", "SUM"),
        ("2007", "SUMIFS"),
        ("2010", "_xlfn.STDEV.S"),
        ("2010", "NETWORKDAYS.INTL"),
        ("2013", "_xlfn.IFNA"),
        ("2016", "_xlfn.FORECAST.LINEAR"),
        ("2019", "_xlfn.TEXTJOIN"),
        ("2021", "_xlfn.XLOOKUP"),
        ("2021", "_xlfn._xlws.FILTER"),
        ("2021", "_xlfn.LET"),
        ("2024", "_xlfn.LAMBDA"),
        ("2024", "_xlfn.VSTACK"),
        ("365", "_xlfn.GROUPBY"),
        (None, "TRAIN_FLOPS"),
    ],
)
def test_a_function_has_its_first_version_of_excel(expected, function):
    assert expected == first_version(function)


def test_the_table_has_excels_functions_alone_each_once_and_in_order():
    path = ROOT / "xlcalc" / "hosts" / "doctor" / "excel_versions.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    names = [row["function"] for row in rows]
    assert 174 == len(names)
    assert sorted(set(names)) == names
    assert set(VERSIONS[1:]) == {row["excel"] for row in rows}
    assert {"IMPORTCSV", "IMPORTTEXT", "PY"} == set(names) - bounds().keys()
    assert "Applies To" in excel_versions.__doc__


def test_versions_have_an_order_and_new_functions_a_prefix():
    pairs = [("365", "2024"), ("2010", "2007"), ("2016", "2016")]
    assert [True, True, False] == [newer(*pair) for pair in pairs]
    functions = ["xlookup", "_xlfn.XLOOKUP", "SUM", "WORKDAY.INTL"]
    assert [True, False, False, False] == [lacks_prefix(function) for function in functions]


@pytest.mark.parametrize(
    ("dialects", "dialect", "excel", "add_in"),
    [
        (("udf",), "udf", "2007", True),
        (("officejs",), "officejs", "2007", True),
        (("lambda",), "lambda", "2024", False),
        (("values",), "values", "2007", False),
    ],
)
def test_each_dialect_is_told_with_what_its_reader_needs(dialects, dialect, excel, add_in):
    found = examined(convert(built("training_budget"), "plan.xlsx", dialect).data)
    assert (dialects, excel, add_in, ()) == (
        found.dialects,
        found.excel,
        found.add_in,
        found.problems,
    )
    assert (("XLCALC",) if dialect == "officejs" else ()) == found.namespaces
    assert ("0.1" if dialect != "values" else "") == found.since
    calls = [] if dialect == "values" else ["BACKWARD_FLOPS", "CARBON_TONNES"]
    assert calls == list(found.functions)[:2]
    assert (("LAMBDA",) if dialect == "lambda" else ()) == found.newest
    assert 0 == found.without_value


def test_a_workbook_on_plain_formulas_is_told_by_its_sheet_of_workings():
    def fill(sheet, workbook):
        workbook.create_sheet("Workings")["A1"] = "=1+1"

    made = convert(small_workbook({"A1": "=TRAIN_FLOPS(7E9,1.4E12)"}), "plan", "native").data
    assert ("native",) == examined(made).dialects
    assert () == examined(filled(fill)).dialects


def test_new_functions_and_several_dialects_count_together():
    data = small_workbook({"A1": "=AGENT_COST(1,2,3,4,5,6)", "A2": "=_xldudf_ACME_GPU_DAYS(1,2)"})
    found = examined(data)
    assert ("udf", "officejs") == found.dialects
    assert ("ACME",) == found.namespaces
    assert "0.2" == found.since
    assert ["Sheet!A1", "Sheet!A2"] == [use.place for use in found.functions.values()]


@pytest.mark.parametrize("reader", ["2010", "2016", "2019", "2021"])
def test_an_older_excel_knows_no_lambda_and_gets_the_figures(reader):
    data = convert(built("training_budget"), "plan.xlsx", "lambda").data
    found = kinds(data, reader)
    assert {"newer_excel"} == {kind for kind, _, _ in found}
    assert ("newer_excel", "XLC.TRAIN_COST", "Calculation!C10") in [
        (kind, name, "Calculation!C10") for kind, name, place in found
    ]
    best = "native" if "native" in DIALECTS else "values"
    assert f'xlcalc convert "my plan.xlsx" --dialect {best} -o "my plan-{best}.xlsx"' == command(
        data, reader
    )
    assert [] == kinds(data, "2024")


def test_a_reader_without_the_add_in_sees_no_call_of_it():
    data = built("training_budget")
    assert {"add_in"} == {kind for kind, _, _ in kinds(data, "365")}
    told = 'xlcalc convert "my plan.xlsx" --dialect lambda -o "my plan-lambda.xlsx"'
    assert told == command(data, "365")
    assert told == command(data)
    assert None is command(small_workbook({"A1": "=SUM(1,2)"}))


@pytest.mark.parametrize(
    ("expected", "formula", "reader"),
    [
        ([], "SUM(A2:A3)", "2007"),
        ([("newer_excel", "XLOOKUP")], "_xlfn.XLOOKUP(1,A2:A3,B2:B3)", "2019"),
        ([], "_xlfn.XLOOKUP(1,A2:A3,B2:B3)", "2021"),
        ([], "_xlfn.XLOOKUP(1,A2:A3,B2:B3)", None),
        ([("newer_excel", "SORT")], "_xlfn._xlws.SORT(A2:A3)", "2016"),
        ([("newer_excel", "NETWORKDAYS.INTL")], "NETWORKDAYS.INTL(1,2)", "2007"),
        ([("newer_excel", "NEWFUNCTION")], "_xlfn.NEWFUNCTION(1)", "2024"),
        ([("missing_prefix", "XLOOKUP")], "XLOOKUP(1,A2:A3,B2:B3)", None),
        ([("missing_name", "XLC.GPU_DAYS")], "XLC.GPU_DAYS(1,2,3)", None),
        ([("missing_name", "XLC.GPU_DAYS")], "_xlfn.MAP(A2:A3,XLC.GPU_DAYS)", None),
        ([("unknown_function", "MY_TAX")], "MY_TAX(1)", None),
        ([("unknown_function", "ORG.LIBREOFFICE.REGEX")], "_xlfn.ORG.LIBREOFFICE.REGEX(1)", None),
        ([("other_add_in", "_xll.BDP")], "_xll.BDP(1)", "365"),
        ([], "_xll.BDP(1)", None),
        ([("other_add_in", "TAX")], "[1]!TAX(1)", "365"),
        ([("other_add_in", "_xldudf_CONTOSO_TAX")], "_xldudf_CONTOSO_TAX(1)", "365"),
        ([("add_in", "GPU")], '_xldudf_XLCALC_GPU("a100")', "365"),
        ([], '_xldudf_XLCALC_GPU("a100")', None),
        ([], '"XLOOKUP(1)"&amp;A2', None),
        ([], "_xlfn.LET(_xlpm.f,_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1),_xlpm.f(1))", "2024"),
        ([], "'My XLOOKUP(1)'!A1", None),
    ],
)
def test_a_function_is_told_that_the_reader_does_not_have(expected, formula, reader):
    found = kinds(with_value(formula), reader)
    assert [(kind, name, "Sheet!A1") for kind, name in expected] == found


def test_the_lambda_names_of_a_workbook_are_its_own_and_need_their_excel():
    def fill(sheet, workbook):
        sheet["A1"] = "=TAXED(1)"
        tax = "_xlfn.LAMBDA(_xlpm.x,_xlpm.x*RATE_OF(1))"
        rate = "_xlfn.LAMBDA(_xlpm.y,SUM(_xlfn._xlws.GROUPBY(_xlpm.y)))"
        unused = "_xlfn.LAMBDA(_xlpm.y,_xlfn.STOCKHISTORY(_xlpm.y))"
        for name, text in (("TAXED", tax), ("RATE_OF", rate), ("UNUSED", unused)):
            workbook.defined_names[name] = DefinedName(name, attr_text=text)

    found = examined(filled(fill))
    assert ((), "365", ("LAMBDA",)) == (found.dialects, found.excel, found.newest)
    assert [("newer_excel", "RATE_OF", "Sheet!A1")] == kinds(filled(fill), "2024")


def test_a_lambda_that_calls_itself_and_one_cut_short_are_read():
    recursive = "<definedName name='F'>_xlfn.LAMBDA(_xlpm.x,F(_xlpm.x))</definedName>"
    [problem] = examined(with_name(recursive, "F(1)"), "2016").problems
    assert "F, in 1 formula from Sheet!A1, needs Excel 2024 and not 2016" == problem.sentence
    cut = "<definedName name='F'>_xlfn.LAMBDA(</definedName>"
    assert ["LAMBDA"] == [problem.name for problem in examined(with_name(cut), "2016").problems]
    unclosed = kinds(with_value('F((((("'), "2016")
    assert [("unknown_function", "F", "Sheet!A1")] == unclosed


def test_a_call_of_a_lambda_name_that_is_gone_is_mended():
    data = with_value("XLC.GPU_DAYS(1,2,3)")
    told = command(data)
    assert 'xlcalc convert "my plan.xlsx" --dialect lambda -o "my plan-lambda.xlsx"' == told
    assert [] == kinds(convert(data, "plan.xlsx", "lambda").data)


def test_rules_tables_and_names_count_as_well_as_cells():
    def fill(sheet, workbook):
        sheet["A1"] = 1
        rule = DataValidation(type="custom", formula1="GPU_DAYS(A1,2,3)>0")
        rule.add("A1")
        sheet.add_data_validation(rule)
        sheet.conditional_formatting.add("A1", FormulaRule(["_xlfn.XOR(A1>1)"]))
        workbook.defined_names["LATER"] = DefinedName("LATER", attr_text="TRAIN_FLOPS(1,2)")

    found = examined(filled(fill))
    places = {name: use.place for name, use in found.functions.items()}
    assert {"GPU_DAYS": "a rule of Sheet", "TRAIN_FLOPS": "the name LATER"} == places
    assert ("2013", ("XOR",)) == (found.excel, found.newest)
    assert [("newer_excel", "XOR", "a rule of Sheet")] == [
        entry for entry in kinds(filled(fill), "2010") if entry[0] == "newer_excel"
    ]


def test_cells_that_show_name_errors_already_are_told_and_never_frozen():
    data = with_value("TRAIN_FLOPS(1,2)", "<v>#NAME?</v>", ' t="e"')
    [problem] = examined(data).problems
    assert "1 cell shows #NAME? already, the first one Sheet!A1" == problem.sentence
    untraceable = with_value("PUE_OF(1)", "<v>#NAME?</v>", ' t="e"')
    assert None is command(untraceable, "365")


@pytest.mark.slow
@pytest.mark.parametrize(("reader", "dialect"), [("365", "lambda"), ("2016", "values")])
def test_the_command_that_is_told_makes_what_the_reader_can_calculate(tmp_path, reader, dialect):
    path = tmp_path / "my plan.xlsx"
    path.write_bytes(built("training_budget"))
    told = mending_command(Package.read(path), diagnose(Package.read(path), reader), reader)
    if dialect == "values" and "native" in DIALECTS:
        dialect = "native"
    program, *arguments = shlex.split(told)
    assert "xlcalc" == program
    assert 0 == CliRunner().invoke(app, arguments).exit_code
    made = tmp_path / f"my plan-{dialect}.xlsx"
    assert (dialect,) == diagnose(Package.read(made), reader).dialects
    done = run(made, "--reader", reader)
    assert (0, "  All would calculate in Excel") == (
        done.exit_code,
        done.output.splitlines()[-1][:30],
    )


def test_a_function_with_no_lambda_leaves_the_figures():
    data = with_value('PUE_OF("google")')
    told = 'xlcalc convert "my plan.xlsx" --dialect values -o "my plan-values.xlsx"'
    assert told == command(data, "365")
    assert None is command(small_workbook({"A1": '=PUE_OF("google")'}), "365")  # it stores no value
    assert 1 == examined(small_workbook({"A1": '=PUE_OF("google")'})).without_value


def test_macros_may_have_the_functions_that_nobody_knows():
    plain = small_workbook({"A1": "=MY_TAX(1)"})
    assert [("unknown_function", "MY_TAX", "Sheet!A1")] == kinds(plain)
    found = examined(with_part(plain, "vbaProject", "vbaProject.bin", "macros"))
    assert (True, ()) == (found.macros, found.problems)


def test_the_settings_of_a_workbook_for_the_add_in_are_told_without_its_key():
    source = Path(xlwings.__file__).parent / "quickstart_standalone.xlsm"
    workbook = openpyxl.load_workbook(source, keep_vba=True)
    sheet = workbook["_xlwings.conf"]
    assert {} == examined(to_bytes(workbook)).settings
    sheet.title = "xlwings.conf"
    sheet["B6"] = "xlcalc_udfs"
    sheet["A10"], sheet["B10"] = "LICENSE_KEY", "secret-1234"
    found = examined(to_bytes(workbook))
    assert {"Interpreter_Win": "python", "UDF Modules": "xlcalc_udfs"} == found.settings
    assert found.macros
    assert "secret" not in repr(found)
    workbook.vba_archive.close()  # which openpyxl leaves to the collector


def run(*arguments):
    return CliRunner().invoke(doctor, list(map(str, arguments)))


def test_the_command_tells_a_workbook_and_ends_with_its_status(tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(with_value("XLC.GPU_DAYS(1,2,3)"))
    done = run(path)
    assert 1 == done.exit_code
    assert [
        str(path),
        "  Speaks     lambda, names with a LAMBDA behind them",
        "  Calls      GPU_DAYS (0.1)",
        "  Needs      Excel 2007 or newer",
        "  Formulas   1, 1 of them with a value for a reader's first look",
        "! XLC.GPU_DAYS, in 1 formula from Sheet!A1, is a name that the workbook does not have",
        f'  This mends it: xlcalc convert "{path}" --dialect lambda -o '
        f'"{tmp_path / "plan-lambda.xlsx"}"',
    ] == done.output.splitlines()
    path.write_bytes(with_value("SUM(1,2)"))
    done = run(path, "--reader", "2010")
    assert (0, "  All would calculate in Excel 2010") == (
        done.exit_code,
        done.output.splitlines()[-1],
    )


def test_the_command_gives_json_with_keys_that_stay(tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(with_value("GPU_DAYS(1,2,3)+XLC.GPU_DAYS(1,2,3)"))
    done = run(path, "--json", "--reader", "2016")
    data = json.loads(done.output)
    assert (1, False, None) == (done.exit_code, data["well"], data["machine"])
    assert {
        *("name", "dialects", "namespaces", "functions", "since", "excel", "newest", "add_in"),
        *(
            "other_add_ins",
            "plugins",
            "macros",
            "settings",
            "formulas",
            "without_value",
            "renamed",
            "problems",
        ),
        "command",
    } == data["workbook"].keys()
    assert [{"name": "GPU_DAYS", "since": "0.1", "place": "Sheet!A1", "formulas": 2}] == data[
        "workbook"
    ]["functions"]
    assert ["add_in", "missing_name"] == [p["kind"] for p in data["workbook"]["problems"]]
    assert {"kind", "name", "place", "sentence"} == data["workbook"]["problems"][0].keys()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\n1,2\n", "is not an xlsx workbook: it is a text, as a CSV file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "it is in the old .xls format"),
        (b"", "is not an xlsx workbook: it is empty"),
        (with_value("SUM(1,2)")[:800], "is not an xlsx workbook"),
        (zipped({"a.txt": b"text"}), "is not an xlsx workbook"),
        (zipped({"content.xml": b"<a/>"}), "is not an xlsx workbook: it names no workbook part"),
        (
            zipped(parts(with_value("1")) | {"xl/workbook.xml": b"<!DOCTYPE a []><workbook/>"}),
            "has a document type in xl/workbook.xml, which no workbook needs",
        ),
        (
            with_name("<definedName name='x' localSheetId='9'>1</definedName>"),
            'has a name "x" of no sheet',
        ),
        (
            zipped(parts(with_value("1")) | {"xl/worksheets/sheet1.xml": b"<worksheet><a></b>"}),
            "the sheet Sheet is damaged: mismatched tag",
        ),
    ],
)
def test_a_file_that_is_no_workbook_is_one_sentence(content, sentence, tmp_path):
    path = tmp_path / "file.xlsx"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        doctor.main([str(path)], standalone_mode=False)
    assert sentence in str(caught.value)
    assert 1 == len(str(caught.value).splitlines())


def test_a_reader_has_a_version_of_excel(tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(with_value("SUM(1,2)"))
    with pytest.raises(UsageError, match=r'2007, 2010, .*, 365; got "2012"'):
        doctor.main([str(path), "--reader", "2012"], standalone_mode=False)
    done = run("--reader", "2016")
    assert 2 == done.exit_code
    assert "--reader needs a FILE" in done.output
