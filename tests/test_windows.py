"""Workbooks with macros, which `xlcalc excel windows` makes."""

import re
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
import xlwings
from click.testing import CliRunner
from openxml_audit import OpenXmlValidator
from pyopenvba import ExcelFile

from tests.built import built
from tests.conftest import ROOT
from tests.marks import needs_libreoffice
from tests.test_workbooks import findings
from tests.workbooks import parts, to_bytes, zipped
from tools.libreoffice import convert
from xlcalc.cli.excel.windows import windows
from xlcalc.hosts.windows.installed import installed_xlwings, missing_dll
from xlcalc.hosts.windows.intellisense import intellisense_xml
from xlcalc.hosts.windows.vba_project import Module, extended_project, modules_of
from xlcalc.hosts.windows.workbook import start_workbook, with_functions
from xlcalc.ooxml.package import Package
from xlcalc.registry import BY_NAME, specs

QUICKSTART = Path(xlwings.__file__).parent / "quickstart_standalone.xlsm"
"""A workbook with macros that Excel saved."""
PYTHON = r"C:\Users\Ann Lee\xlcalc\Scripts\python.exe"
PROJECT = "xl/vbaProject.bin"
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def run(*arguments, cwd=None):
    return CliRunner().invoke(windows, list(map(str, arguments)), catch_exceptions=True)


def made(data: bytes, name: str = "own.xlsx") -> tuple[bytes, tuple[str, ...]]:
    done = with_functions(Package(data, name), specs(), installed_xlwings(), PYTHON)
    return done.package.to_bytes(), done.remarks


def own_workbook(*sheets: str) -> openpyxl.Workbook:
    workbook = openpyxl.Workbook()
    workbook.active.title = sheets[0]
    for sheet in sheets[1:]:
        workbook.create_sheet(sheet)
    return workbook


def code_names(data: bytes) -> list[str]:
    """Return the code names of the workbook and of its sheets, in the order of the tabs."""
    package = Package(data, "made.xlsm")
    found = [package.xml(package.workbook_part).find(f"{SPREADSHEET}workbookPr")]
    found += [package.xml(part).find(f"{SPREADSHEET}sheetPr") for part in package.sheets.values()]
    return [element.get("codeName") for element in found]


def with_module(data: bytes, *modules: Module) -> bytes:
    changed = parts(data)
    changed[PROJECT] = extended_project(changed[PROJECT], modules)
    return zipped(changed)


def with_text(data: bytes, part: str, old: str, new: str) -> bytes:
    changed = parts(data)
    text = changed[part].decode()
    assert old in text
    changed[part] = text.replace(old, new, 1).encode()
    return zipped(changed)


def test_the_command_writes_a_workbook_that_needs_no_further_step(tmp_path):
    done = run("-o", tmp_path / "my.xlsm", "--interpreter", PYTHON)
    assert (0, "") == (done.exit_code, done.stderr)
    names = ("my.xlsm", "my.bas", "my.intellisense.xml")
    assert [f"wrote {tmp_path / name}" for name in names] == done.stdout.splitlines()
    workbook = openpyxl.load_workbook(tmp_path / "my.xlsm", keep_vba=True)
    assert ["Start", "xlwings.conf"] == workbook.sheetnames
    rows = list(workbook["xlwings.conf"].iter_rows(max_row=4, values_only=True))
    assert [
        ("Interpreter_Win", PYTHON),
        ("UDF Modules", "xlcalc_udfs"),
        ("Show Console", False),
        (None, None),
    ] == rows
    assert "=TRAIN_FLOPS(7E9,1.4E12)" == workbook["Start"]["A3"].value
    workbook.vba_archive.close()
    with ExcelFile(tmp_path / "my.xlsm") as file:
        assert [] == file.validate()
        assert ["ThisWorkbook", "Sheet1", "Sheet2", "xlwings", "Dictionary", "xlwings_udfs"] == (
            file.module_names()
        )
        module = (tmp_path / "my.bas").read_bytes()
        assert module == file.get_module("xlwings_udfs").encode()
        with ExcelFile(QUICKSTART) as theirs:
            assert theirs.get_module("xlwings") == file.get_module("xlwings")
        assert f"'Version: {xlwings.__version__}" in file.get_module("xlwings")
    assert f"for xlwings {xlwings.__version__}." in module.decode()


def test_the_same_command_gives_the_same_bytes(tmp_path):
    once, again = tmp_path / "once.xlsm", tmp_path / "again.xlsm"
    for path in (once, again):
        assert 0 == run("-o", path).exit_code
    assert once.read_bytes() == again.read_bytes()


def test_where_excel_finds_no_python_by_itself_a_sentence_says_what_to_do(tmp_path):
    said = run("-o", tmp_path / "my.xlsm").stderr
    assert sys.platform == "win32" or said == (
        "xlcalc: this is not Windows, so Excel will take the Python that it finds; another one is "
        "written into B1 of the sheet xlwings.conf, or given with --interpreter\n"
    )


@pytest.mark.slow
def test_a_template_keeps_everything_but_the_names_of_its_sheets(tmp_path):
    before = built("training_budget")
    assert 0 == run("--template", "training_budget", "-o", tmp_path / "b.xlsm").exit_code
    after = (tmp_path / "b.xlsm").read_bytes()
    old, new = parts(before), parts(after)
    assert {PROJECT, "xl/worksheets/sheet12.xml"} == set(new) - set(old)
    changed = {name for name in old if old[name] != new[name]}
    sheets = {f"xl/worksheets/sheet{number}.xml" for number in range(1, 12)}
    assert changed == sheets | {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
    }
    for name in sheets:
        assert old[name] == re.sub(rb'<sheetPr codeName="\w+"/>| codeName="\w+"', b"", new[name])
    assert ["ThisWorkbook", *(f"Sheet{n}" for n in range(1, 13))] == code_names(after)
    assert [*code_names(after), "xlwings", "Dictionary", "xlwings_udfs"] == list(
        modules_of(new[PROJECT])
    )
    assert [] == list(findings(tmp_path / "b.xlsm"))


def test_the_empty_workbook_is_valid(tmp_path):
    path = tmp_path / "my.xlsm"
    assert 0 == run("-o", path).exit_code
    found = [error.description for error in OpenXmlValidator().validate(path).errors]
    # Excel has a theme of its own for a workbook without one.
    assert all("inline-string" in text or "relationships/theme" in text for text in found)


def test_a_workbook_with_macros_keeps_them():
    before = QUICKSTART.read_bytes()
    after, remarks = made(before, "quickstart.xlsm")
    assert () == remarks
    old, new = parts(before), parts(after)
    changed = {name for name in old if old[name] != new[name]}
    assert {
        PROJECT,
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
    } == changed
    theirs, ours = modules_of(old[PROJECT]), modules_of(new[PROJECT])
    assert {"xlwings_udfs"} == set(ours) - set(theirs)
    assert theirs == {name: ours[name] for name in theirs}
    again, remarks = made(after, "again.xlsm")
    assert ours == modules_of(parts(again)[PROJECT])
    assert remarks == (
        "again.xlsm has a sheet xlwings.conf, which stays as it is, its interpreter included",
    )


def test_xlwings_of_another_version_is_replaced_and_its_add_in_left_alone(tmp_path):
    module = modules_of(parts(QUICKSTART.read_bytes())[PROJECT])["xlwings"]
    older = Module("xlwings", module.source.replace(f"{xlwings.__version__}", "0.30.0"))
    data, _ = made(with_module(QUICKSTART.read_bytes(), older))
    assert module == modules_of(parts(data)[PROJECT])["xlwings"]
    path = tmp_path / "book.xlsm"
    with ExcelFile.create_new(path) as file:
        file.add_reference("xlwings", "{11111111-2222-3333-4444-555555555555}")
        file.save()
    data, _ = made(path.read_bytes())
    assert {"ThisWorkbook", "Sheet1", "Module1", "xlwings_udfs"} == set(
        modules_of(parts(data)[PROJECT])
    )


def test_functions_that_xlwings_imported_are_replaced_and_those_of_others_stay():
    xlwings_made = 'Attribute VB_Name = "xlwings_udfs"\r\nFunction {}(x)\r\nEnd Function\r\n'
    imported = Module("xlwings_udfs", xlwings_made.format("TRAIN_FLOPS"))
    data, _ = made(with_module(QUICKSTART.read_bytes(), imported))
    assert "XLCALC_STATUS" in modules_of(parts(data)[PROJECT])["xlwings_udfs"].source
    other = Module("xlwings_udfs", xlwings_made.format("DOUBLE_SUM"))
    data, _ = made(with_module(QUICKSTART.read_bytes(), other))
    found = modules_of(parts(data)[PROJECT])
    assert other == found["xlwings_udfs"]
    assert found["xlcalc_udfs"].source.startswith('Attribute VB_Name = "xlcalc_udfs"\r\n')


def test_an_auto_open_of_the_workbook_stays_and_a_sentence_says_so():
    source = 'Attribute VB_Name = "Mine"\r\nSub auto_open()\r\nEnd Sub\r\n'
    _, remarks = made(with_module(QUICKSTART.read_bytes(), Module("Mine", source)), "own.xlsm")
    assert remarks == (
        "own.xlsm has an Auto_Open of its own in Mine: have it call xlwings_udfs.Auto_Open, or "
        "Excel does not know the help of the functions",
    )


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        pytest.param("<sheetData/>", "Sheet2", id="no properties"),
        pytest.param('<sheetPr codeName="Costs"/><sheetData/>', "Costs", id="a good name stays"),
        pytest.param('<sheetPr codeName="表1"/><sheetData/>', "Sheet2", id="another code page"),
        pytest.param("<sheetPr codeName='Sheet1'/><sheetData/>", "Sheet2", id="taken"),
        pytest.param('<sheetPr filterMode="1"><tabColor rgb="FF000000"/></sheetPr><sheetData/>',
                     "Sheet2", id="properties without a name"),
    ],
)  # fmt: skip
def test_a_sheet_of_any_kind_has_a_code_name_that_the_macros_know(sheet, expected):
    data = to_bytes(own_workbook("One", "Two"))
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    changed = parts(data)
    changed["xl/worksheets/sheet2.xml"] = f"<worksheet {namespace}>{sheet}</worksheet>".encode()
    done, _ = made(zipped(changed))
    assert ["ThisWorkbook", "Sheet1", expected, "Sheet3"] == code_names(done)
    documents = list(modules_of(parts(done)[PROJECT]))[:4]
    assert code_names(done) == documents


def test_a_chart_of_a_tab_of_its_own_has_a_code_name_too():
    workbook = own_workbook("One")
    workbook.create_chartsheet("Picture")
    workbook.create_sheet("Two")
    done, _ = made(to_bytes(workbook))
    found = modules_of(parts(done)[PROJECT])
    assert ["ThisWorkbook", "Sheet1", "Chart2", "Sheet3", "Sheet4"] == list(found)[:5]
    assert "{00020821-0000-0000-C000-000000000046}" in found["Chart2"].source
    assert b'<sheetPr codeName="Chart2"' in parts(done)["xl/chartsheets/sheet1.xml"]


def test_a_workbook_without_properties_gets_them_where_the_schema_wants_them():
    data = to_bytes(own_workbook("One"))
    workbook = parts(data)["xl/workbook.xml"].decode()
    own = re.search(r"<workbookPr[^>]*/>|<workbookPr[^>]*>.*?</workbookPr>", workbook)[0]
    data = with_text(data, "xl/workbook.xml", own, '<fileVersion appName="xl"/>')
    done, _ = made(data)
    assert (
        b'<fileVersion appName="xl"/><workbookPr codeName="ThisWorkbook"/>'
        in (parts(done)["xl/workbook.xml"])
    )
    assert "Sheet2" == code_names(done)[-1]


SIGNED = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="vbaProjectSignature.bin" Type="http://schemas.microsoft.com/'
    'office/2006/relationships/vbaProjectSignature"/></Relationships>'
)


@pytest.mark.parametrize(
    ("sentence", "change"),
    [
        (
            "own.xlsm has a macro GPU_DAYS in the module Mine; remove it, or give it another name",
            lambda data: with_module(
                data, Module("Mine", 'Attribute VB_Name = "Mine"\r\nFunction Gpu_Days()\r\n')
            ),
        ),
        (
            "own.xlsm has signed macros, and a change would break the signature; remove it in "
            "Excel first",
            lambda data: zipped(
                parts(data) | {"xl/_rels/vbaProject.bin.rels": SIGNED.encode(),
                               "xl/vbaProjectSignature.bin": b"signature"}
            ),
        ),
        (
            "own.xlsm is of a kind that cannot have macros",
            lambda data: with_text(data, "[Content_Types].xml", "sheet.macroEnabled", "addin."),
        ),
        (
            "own.xlsm is a Strict Open XML workbook, which has no macros; save it as an Excel "
            "Workbook first",
            lambda data: with_text(
                data,
                "xl/workbook.xml",
                'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"',
                'xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"',
            ),
        ),
        (
            "own.xlsm: its VBA project cannot be read: ",
            lambda data: zipped(parts(data) | {PROJECT: b"no project"}),
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(sentence, change, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("own.xlsm").write_bytes(change(QUICKSTART.read_bytes()))
    done = run("own.xlsm", "-o", "new.xlsm")
    assert sentence in str(done.exception)
    assert "\n" not in str(done.exception)
    assert ["own.xlsm"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("sentence", "arguments"),
    [
        ("my.xlsx would have macros, so its name must end in .xlsm", ("-o", "my.xlsx")),
        ("give FILE or --template, not both", ("a.xlsx", "--template", "gpu_tco")),
        ('there is no template "gpu_tc"; did you mean "gpu_tco"?', ("--template", "gpu_tc")),
        ("there is no file a.xlsx", ("a.xlsx",)),
        (
            "there.bas exists; give another name with -o, or replace it with --force",
            ("-o", "there.xlsm"),
        ),
    ],
)
def test_a_bad_order_is_one_sentence(sentence, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("there.bas").touch()
    assert sentence == str(run(*arguments).exception)
    assert ["there.bas"] == [path.name for path in tmp_path.iterdir()]
    assert 0 == run("-o", "there.xlsm", "--force").exit_code


@pytest.mark.parametrize("package", ["xlwings", "pyopenvba"])
def test_without_the_extra_the_sentence_says_what_to_install(package, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    said = str(run("-o", tmp_path / "my.xlsm").exception)
    assert said.startswith(package)
    assert said.endswith('is not installed; install it with: pip install "xlcalc[excel]"')


def test_the_dll_is_looked_for_where_excel_looks_for_it(tmp_path):
    python = tmp_path / "venv" / "Scripts" / "python.exe"
    python.parent.mkdir(parents=True)
    assert "xlwings64-1.2.dll" == missing_dll(str(python), "1.2")
    for place in (python.parent, python.parent.parent):
        (place / "xlwings64-1.2.dll").touch()
        assert missing_dll(str(python), "1.2") is None
        (place / "xlwings64-1.2.dll").unlink()


def test_the_add_in_for_tooltips_knows_every_function_and_argument():
    root = ET.fromstring(intellisense_xml(specs()))  # noqa: S314  we wrote it
    space = "{http://schemas.excel-dna.net/intellisense/1.0}"
    assert f"{space}IntelliSense" == root.tag
    functions = {found.get("Name"): found for found in root.iter(f"{space}Function")}
    assert list(BY_NAME) == list(functions)
    for spec in specs():
        arguments = functions[spec.name].findall(f"{space}Argument")
        assert [a.name for a in spec.arguments] == [found.get("Name") for found in arguments]
        assert functions[spec.name].get("Description").startswith(spec.summary)
    train = functions["TRAIN_FLOPS"]
    assert "https://arxiv.org/abs/2001.08361" == train.get("HelpTopic")
    assert functions["GPU_MONTHS"].get("HelpTopic") is None


@pytest.mark.slow
def test_the_page_needs_five_steps_and_its_commands_work(tmp_path, monkeypatch):
    page = (ROOT / "docs/hosts/windows.md").read_text(encoding="utf-8")
    steps = page.partition("## From nothing")[2].partition("\n## ")[0]
    assert list("12345") == re.findall(r"^(\d+)\.", steps, re.MULTILINE)
    commands = re.findall(r"^ *py -m xlcalc\.cli excel windows(.*)$", page, re.MULTILINE)
    assert 3 == len(commands)
    monkeypatch.chdir(tmp_path)
    Path("model.xlsx").write_bytes(to_bytes(own_workbook("Costs")))
    for command in commands:
        assert 0 == run(*command.split()).exit_code
    made_files = {path.name for path in tmp_path.glob("*.xlsm")}
    assert {"my.xlsm", "budget.xlsm", "model.xlsm"} == made_files


@pytest.mark.slow
@needs_libreoffice
def test_libreoffice_opens_the_workbooks_with_their_macros(tmp_path):
    data, _ = made(built("training_budget"))
    start = with_functions(start_workbook("s"), specs(), installed_xlwings(), None)
    files = {"budget": data, "start": start.package.to_bytes()}
    for name, content in files.items():
        (tmp_path / f"{name}.xlsm").write_bytes(content)
    converted = convert([tmp_path / f"{name}.xlsm" for name in files], "ods", tmp_path)
    for path in converted.values():
        with zipfile.ZipFile(path) as archive:
            module = archive.read("Basic/VBAProject/xlwings_udfs.xml").decode()
        assert "Function TRAIN_FLOPS(params, tokens, Optional flops_per_param_token)" in module
