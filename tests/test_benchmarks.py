"""The programs that measure xlcalc on other people's workbooks and on cases of functions."""

import io
import json
import re
import zipfile

import openpyxl
import pytest
import xlsxwriter

from tests.benchmarks import corpus, functions_suite, peers
from tests.benchmarks.cell_values import CellFailure, Key, same
from tests.benchmarks.changed_files import with_numbers, without_values
from tests.benchmarks.document_cases import wanted
from tests.benchmarks.engine_values import EngineValues
from tests.benchmarks.formula_storage import as_stored
from tests.benchmarks.python_peers import PythonPeer
from tests.benchmarks.recalc_command import BareCommand, recalculate, reported, sentence_kind
from tests.benchmarks.references import References
from tests.benchmarks.stored_values import Cell, read
from tests.benchmarks.suite_cases import Case
from tests.marks import needs_libreoffice
from xlcalc.calc.engines.interface import EngineError


def workbook(cells, names=(), **options):
    """Return a workbook of XlsxWriter: constants, and formulas as (text, stored value)."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet("Plan")
        for cell, value in cells.items():
            if isinstance(value, tuple):
                sheet.write_formula(cell, value[0], None, value[1])
            else:
                sheet.write(cell, value)
        for name, meaning in names:
            book.define_name(name, meaning)
    return target.getvalue()


def strict(data, part, old, new):
    """Return a workbook with some markup of one part replaced."""
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as written:
        for item in source.infolist():
            body = source.read(item)
            written.writestr(
                item.filename, body.replace(old, new) if item.filename == part else body
            )
    return target.getvalue()


@pytest.fixture
def folder(tmp_path):
    """A folder with a right, a stale and a refused workbook, and one that follows the clock."""
    files = {
        "right.xlsx": workbook({"A1": 2, "A2": 3, "A3": ("=A1+A2", 5), "A4": ("=A3*2", 10)}),
        "stale.xlsx": workbook({"A1": 2, "A2": ("=A1*10", 99), "A3": ("=A1+1", 3)}),
        "refused.xlsx": workbook({"A1": 2, "A2": ("=NOSUCH(A1)", 777)}),
        "clock.xlsx": workbook({"A1": ("=NOW()", 1), "A2": ("=A1+1", 2), "A3": ("=1+1", 2)}),
    }
    rows = ["file,group"]
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        rows.append(f"{name},{'models' if name == 'right.xlsx' else 'files'}")
    (tmp_path / "index.csv").write_text("\n".join(rows), encoding="utf-8")
    return tmp_path


def without_seconds(text):
    """Return a table without its last two columns."""
    return re.sub(r"(\|[^|\n]*){2}\|$", "|", text, flags=re.MULTILINE)


@pytest.mark.slow
def test_corpus_tells_right_stale_and_refused_workbooks_apart(folder, capsys, tmp_path):
    found = tmp_path / "found.json"
    corpus.main([str(folder), "--engines", "formualizer", "--jobs", "1", "--json", str(found)])
    tables = capsys.readouterr().out.split("\n\n")
    assert """\
| xlcalc recalc | files | usable | whole | cells right | reported | silent | not written \
| refused | crashes | too slow |
| ------------- | ----: | -----: | ----: | ----------: | -------: | -----: | ----------: \
| ------: | ------: | -------: |
| files         |     3 |      3 |     1 |      75.0 % |   2 in 2 | 0 in 0 |           0 \
|       0 |       0 |        0 |
| models        |     1 |      1 |     1 |     100.0 % |   0 in 0 | 0 in 0 |           0 \
|       0 |       0 |        0 |
| all           |     4 |      4 |     2 |      83.3 % |   2 in 2 | 0 in 0 |           0 \
|       0 |       0 |        0 |""" == without_seconds(tables[0])
    assert """\
| why | files |
| --- | ----: |""" == tables[1]
    assert """\
| formualizer on bare input | files | whole | cells right | does not load |
| ------------------------- | ----: | ----: | ----------: | ------------: |
| files                     |     3 |     1 |      50.0 % |             0 |
| models                    |     1 |     1 |     100.0 % |             0 |
| all                       |     4 |     2 |      66.6 % |             0 |""" == without_seconds(
        tables[2]
    )
    results = {one["file"]: one for one in json.loads(found.read_text(encoding="utf-8"))}
    assert [] == results["stale.xlsx"]["xlcalc"]["wrong"]


def test_command_over_its_time_is_ended_and_counted(folder, tmp_path):
    outcome = recalculate(folder / "right.xlsx", tmp_path / "out.xlsx", 0.001)
    assert ("slow", None, "over 0.001 s", None) == (
        outcome.kind,
        outcome.status,
        outcome.sentence,
        outcome.written,
    )


def test_engine_on_bare_input_does_not_hand_a_stored_value_back(folder):
    data = (folder / "refused.xlsx").read_bytes()
    engine = EngineValues("formualizer")
    bare, _ = engine.values(data, [Key("Plan", 2, 1)], 60)
    with pytest.raises(EngineError, match=r"^the workbook is not an xlsx workbook: "):
        engine.values(b"no workbook", [], 60)
    engine.close()
    assert [CellFailure("#NAME?")] == bare


@pytest.mark.slow
def test_command_on_bare_input_gives_what_it_calculates_or_says_why_not(folder):
    stale, refused = ((folder / name).read_bytes() for name in ("stale.xlsx", "refused.xlsx"))
    command, cells = BareCommand(), [Key("Plan", 2, 1)]
    assert [20.0] == command.values(without_values(stale), cells, 60)[0]
    # The command takes differences that are accepted, also where nobody knows the function.
    found = command.values(without_values(refused), cells, 60)[0]
    assert [CellFailure("#NAME?")] == found


@pytest.mark.slow
def test_corpus_counts_what_a_changed_input_moves(folder, capsys):
    corpus.main([
        str(folder), "--engines", "formualizer,ironcalc", "--only", "right", "--change"
    ])  # fmt: skip
    assert """\
| one input changed | files | moved | witnessed | unwitnessed | contradicted | all witnessed \
| xlcalc wrote | silently contradicted | unwitnessed unnamed |
| ----------------- | ----: | ----: | --------: | ----------: | -----------: | ------------: \
| -----------: | --------------------: | ------------------: |
| models            |     1 |     2 |         2 |           0 |            0 |             1 \
|            1 |                0 in 0 |              0 in 0 |
""" == capsys.readouterr().out.split("\n\n")[-1]


@pytest.mark.slow
def test_functions_suite_tells_right_wrong_and_unknown_cases_apart(tmp_path, capsys):
    def case(name, formula, expect, *, bound=False, setup=None):
        return {
            "suite": "own",
            "id": name,
            "formula": formula,
            "setup": setup or {},
            "expect": expect,
            "tolerance": {"abs": 0.0, "rel": 0.0},
            "locale_bound": bound,
        }

    cells = {"A1": {"kind": "number", "value": 2.0}, "A2": {"kind": "text", "value": "x"}}
    cases = [
        case("sum", "=SUM(A1:A2,3)", {"kind": "number", "value": 5.0}, setup=cells),
        case("wrong", "=SUM(1,1)", {"kind": "number", "value": 3.0}),
        case("error", "=1/0", {"kind": "error", "code": "#DIV/0!"}),
        case("unknown", "=NOSUCH(1)", {"kind": "number", "value": 1.0}),
        case("bound", '=UPPER("a")', {"kind": "text", "value": "A"}, bound=True),
    ]
    (tmp_path / "formulon.json").write_text(json.dumps(cases), encoding="utf-8")
    functions_suite.main([str(tmp_path), "--engines", "formualizer"])
    by_function, totals, _ = capsys.readouterr().out.split("\n\n")
    assert (
        """\
| as Excel / differs / unknown | cases |    xlcalc | formualizer |
| ---------------------------- | ----: | --------: | ----------: |
| (operators)                  |     1 | 1 / 0 / 0 |   1 / 0 / 0 |
| NOSUCH                       |     1 | 0 / 0 / 1 |   0 / 0 / 1 |
| SUM                          |     2 | 1 / 1 / 0 |   1 / 1 / 0 |
| UPPER                        |     1 | 1 / 0 / 0 |   1 / 0 / 0 |"""
        == by_function
    )
    assert (
        """\
| formulon.json, 1 bound to a locale left out | cases | as Excel | differs | unknown |  share |
| ------------------------------------------- | ----: | -------: | ------: | ------: | -----: |
| xlcalc                                      |     4 |        2 |       1 |       1 | 50.0 % |
| formualizer                                 |     4 |        2 |       1 |       1 | 50.0 % |
| one or more                                 |     4 |        2 |         |         | 50.0 % |\
"""
        == totals
    )


def test_reported_reads_lines_and_json_of_the_command():
    line = "Sheet One!C5  35 → 0  =SUM(SUMIFS(B1:B4,A1:A4,{1,2}))\nwrote out.xlsx"
    row = {"sheet": "Plan", "cell": "C5", "stored": 35, "calculated": 0, "verdict": "stale"}
    assert {("sheet one", 5, 3): ""} == reported(line, "")
    assert {("plan", 5, 3): "stale"} == reported(json.dumps([row]), "")
    assert {("plan", 5, 3): "stale"} == reported(json.dumps({"differences": [row]}), "")
    assert {} == reported("wrote out.xlsx", "")


def test_sentences_are_counted_without_what_is_particular_to_a_file():
    assert (
        "CELL in FILE would turn from a value into #NAME?"
        == sentence_kind(
            "xlcalc: Sheet 1!B2 in /tmp/a b.xlsx would turn from 3.0 into #NAME?: "
            "xlcalc cannot calculate =SUM(T[x])"
        )
    )  # fmt: skip


def test_reader_gives_every_kind_of_stored_value():
    cells = {
        "A1": "text",
        "A2": True,
        "A3": 1.5,
        "A4": ("=1/0", "#DIV/0!"),
        "A5": ('="a"', "a"),
        "A6": ("=TRUE", True),
    }
    stored = read(workbook(cells)).cells
    assert ["text", True, 1.5, CellFailure("#DIV/0!"), "a", True] == [
        stored[Key("Plan", row, 1)].value for row in range(1, 7)
    ]


def test_reader_takes_inline_strings_dates_and_strict_namespaces():
    data = workbook({"A1": 1, "A2": 2})
    part = "xl/worksheets/sheet1.xml"
    inline = b'<c r="A1" t="inlineStr"><is><t>in</t><t>line</t></is></c>'
    data = strict(data, part, b'<c r="A1"><v>1</v></c>', inline)
    data = strict(data, part, b'<c r="A2">', b'<c r="A2" t="d">')
    data = strict(data, part, b"<v>2</v>", b"<v>2026-11-25T12:00:00Z</v>")
    for name in (part, "xl/workbook.xml"):
        old, new = b"schemas.openxmlformats.org/spreadsheetml/2006", b"purl.oclc.org/ooxml"
        data = strict(data, name, old, new)
    stored = read(data).cells
    assert ["inline", 46_351.5] == [stored[Key("Plan", row, 1)].value for row in (1, 2)]


def test_spilled_cells_and_shared_formulas_have_the_formula_they_come_from():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_array_formula("A1:A2", "{=B1:B2*2}", None, 2)
        sheet.write_number("A2", 4)
        sheet.write_formula("C1", "=B1+$B$9", None, 1)
        sheet.write_formula("C3", "=0", None, 3)
    data = strict(
        target.getvalue(),
        "xl/worksheets/sheet1.xml",
        b"<f>B1+",
        b'<f t="shared" ref="C1:C3" si="0">B1+',
    )
    data = strict(data, "xl/worksheets/sheet1.xml", b"<f>0</f>", b'<f t="shared" si="0"/>')
    stored = read(data)
    references = References(stored)
    assert ("spill", Key("Plan", 1, 1)) == (
        stored.cells[Key("Plan", 2, 1)].kind,
        stored.cells[Key("Plan", 2, 1)].master,
    )
    assert "B3+$B$9" == references.text(Key("Plan", 3, 3))
    assert [("Plan", (2, 3, 2, 3)), ("Plan", (2, 9, 2, 9))] == references.uses(Key("Plan", 3, 3))


def test_what_follows_from_the_clock_is_found_through_names_and_sheets_in_any_case():
    names = [("moment", "=NOW()"), ("base", "=Plan!$A$1")]
    cells = {
        "A1": ("=moment", 1),
        "A2": ("=base+1", 2),
        "A3": ("=SUM(plan!A2:A2)", 2),
        "A4": ("=OFFSET(B1,0,0)", 0),
        "A5": ('="NOW()"', "NOW()"),
    }
    volatile = References(read(workbook(cells, names))).volatile()
    assert {Key("Plan", 1, 1), Key("Plan", 2, 1), Key("Plan", 3, 1)} == volatile


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1.0, 1.0 + 5e-10, True),
        (1.0, 1.0 + 5e-9, False),
        (0.0, -1.4e-13, False),
        (1.0, True, False),
        ("", None, True),
        (0.0, None, False),
        (CellFailure("#VALUE!", newer=True), CellFailure("#SPILL!"), True),
        (CellFailure("#VALUE!"), CellFailure("#SPILL!"), False),
    ],
)
def test_values_are_the_same_to_a_billionth(one, other, expected):
    assert expected == same(one, other)


def test_files_change_in_nothing_but_the_values_asked_for():
    data = workbook({"A1": 2, "A2": ("=A1*10", 20), "A3": "text"})
    stored = read(data)
    bare = read(without_values(data)).cells
    assert (2.0, None, "A1*10", "text") == (
        bare[Key("Plan", 1, 1)].value,
        bare[Key("Plan", 2, 1)].value,
        bare[Key("Plan", 2, 1)].text,
        bare[Key("Plan", 3, 1)].value,
    )
    changed = with_numbers(data, stored, {Key("Plan", 1, 1): 3.0})
    sheet = openpyxl.load_workbook(io.BytesIO(changed), data_only=True)["Plan"]
    assert [3, 20, "text"] == [sheet.cell(row, 1).value for row in (1, 2, 3)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ('=LET(x,2,y,x*3,x+y&"x")', '=LET(_xlpm.x,2,_xlpm.y,_xlpm.x*3,_xlpm.x+_xlpm.y&"x")'),
        ("=MAP(A1:A2,LAMBDA(v,v+1))", "=MAP(A1:A2,LAMBDA(_xlpm.v,_xlpm.v+1))"),
        ("=@A1:A3", "=A1:A3"),
    ],
)
def test_typed_formulas_are_stored_as_excel_stores_them(typed, expected):
    assert expected == as_stored(typed)


@pytest.mark.slow
def test_suites_are_read_from_workbooks_with_a_manifest_and_from_documents(tmp_path, capsys):
    (tmp_path / "cellrune").mkdir()
    (tmp_path / "libreoffice").mkdir()
    data = workbook({
        "A1": 2,
        "B1": ("=A1*10", 20),
        "B2": ("=NOSUCH(A1)", 777),
        "B3": ("=A1+1", 4),
    })  # fmt: skip
    (tmp_path / "cellrune" / "book.xlsx").write_bytes(data)
    cases = [
        {
            "case_key": f"case:{row}",
            "function": f"F{row}",
            "authored_formula": "",
            "formula_address": f"Plan!B{row}",
            "active": row != 4,
        }
        for row in (1, 2, 3, 4)
    ]
    manifest = tmp_path / "cellrune" / "case-manifest.json"
    manifest.write_text(json.dumps({"cases": cases}), encoding="utf-8")
    document = workbook({"A2": ("=ABS(-2)", 2), "B2": 2, "C2": ("=A2=B2", True)})
    (tmp_path / "libreoffice" / "abs.xlsx").write_bytes(document)
    functions_suite.main([str(tmp_path), "--engines", ""])
    assert """\
| as Excel / differs / unknown | cases |    xlcalc |
| ---------------------------- | ----: | --------: |
| ABS                          |     1 | 1 / 0 / 0 |
| F1                           |     1 | 1 / 0 / 0 |
| F2                           |     1 | 0 / 0 / 1 |
| F3                           |     1 | 0 / 1 / 0 |""" == capsys.readouterr().out.split("\n\n")[0]


DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.2"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:body><office:spreadsheet><table:table table:name="Sheet2">{rows}</table:table>
</office:spreadsheet></office:body></office:document>
"""


def fods(*rows):
    """Return a document as LibreOffice's source has them: formula, expected value and check."""

    def cell(content):
        if isinstance(content, float):
            return f'<table:table-cell office:value-type="float" office:value="{content}"/>'
        if content.startswith("="):
            return f'<table:table-cell table:formula="of:{content}"/>'
        text = f"<text:p>{content}</text:p>"
        return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'

    head = ("Function", "Expected", "Correct")
    lines = ["".join(map(cell, row)) for row in (head, *rows)]
    return DOCUMENT.format(
        rows="".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    )


@pytest.mark.thorough
@needs_libreoffice
@pytest.mark.slow
def test_documents_of_libreoffice_are_converted_and_judged_as_their_checks_say(tmp_path, capsys):
    folder = tmp_path / "libreoffice" / "mathematical" / "fods"
    folder.mkdir(parents=True)
    close = ("=PI()", 3.14159265358, "=ROUND([.A3];10)=ROUND([.B3];10)")
    (folder / "abs.fods").write_text(
        fods(("=ABS(-2)", 2.0, "=[.A2]=[.B2]"), close, ("=ABS(1/0)", "error", "=ISERROR([.A4])"))
    )
    (folder / "sqrt.fods").write_text(
        fods(
            ("=SQRT(4)", 3.0, "=[.A2]=[.B2]"),  # its check fails in LibreOffice too
            ("=SQRT(9)", 3.0, "=AND([.D1:.D9])"),  # its check says nothing of A and B
            ("=SQRT(-1)", 0.0, "=ISERROR([.A4])"),
            ("=SQRT()", "error", "=ISERROR([.A5])"),  # Excel does not take it
        )
    )
    (folder / "broken.fods").write_text("no document")
    functions_suite.main([str(tmp_path), "--engines", ""])
    found = capsys.readouterr()
    assert """\
| as Excel / differs / unknown | cases |    xlcalc |
| ---------------------------- | ----: | --------: |
| ABS                          |     3 | 3 / 0 / 0 |
| SQRT                         |     1 | 1 / 0 / 0 |""" == found.out.split("\n\n")[0]
    assert "broken.fods is left out: LibreOffice does not read it\n" in found.err


@pytest.mark.parametrize(
    ("check", "expected", "found"),
    [
        ("A2=B2", 2.0, (2.0, 0.0, 1e-9)),
        ("(Sheet2!$A2=Sheet2!$B2)", "x", ("x", 0.0, 1e-9)),
        ("B2=A2", True, (True, 0.0, 1e-9)),
        ("ROUND(A2,12)=ROUND(B2,12)", 2.0, (2.0, 1e-12, 0.0)),
        (
            "_xlfn.ORG.LIBREOFFICE.ROUNDSIG(A2,9)=_xlfn.ORG.LIBREOFFICE.ROUNDSIG(B2,9)",
            2.0,
            (2.0, 0.0, 1e-8),
        ),
        ("ISERROR(A2)", "error", (CellFailure("any error"), 0.0, 0.0)),
        ("IF(ISNA(Sheet2!A2),1,0)", "#N/A", (CellFailure("#N/A"), 0.0, 0.0)),
        ("A3=B3", 2.0, None),
        ("AND(D2:F2)", 2.0, None),
        ("A2=B2", None, None),
    ],
)
def test_check_of_a_document_says_how_exactly_a_value_is_wanted(check, expected, found):
    assert found == wanted(2, check, Cell(1.0), Cell(expected))


def test_a_wanted_error_is_no_function_that_the_engine_does_not_know():
    case = Case("own", "a", "F", "=F()", (Key("S", 1, 1),), (CellFailure("any error"),))
    given = ("#VALUE!", "#NUM!", "#NAME?", "#CALC!")
    assert [True, True, False, False] == [case.right([CellFailure(code)]) for code in given]


@pytest.mark.slow
def test_cases_that_are_not_as_excel_go_into_a_file(tmp_path, capsys):
    def case(name, formula, kind, value):
        setup = {"A1": {"kind": "number", "value": 2.0}}
        return {
            "suite": "own",
            "id": name,
            "formula": formula,
            "setup": setup,
            "expect": {"kind": kind, "code" if kind == "error" else "value": value},
            "locale_bound": False,
        }

    cases = [
        case("right", "=A1+1", "number", 3.0),
        case("text", '=A1&"|"&"b"', "text", "a"),
        case("number", "=SUM(A1,1)", "number", 0.1),
        case("unknown", "=NOSUCH(1)", "error", "#N/A"),
    ]
    (tmp_path / "formulon.json").write_text(json.dumps(cases), encoding="utf-8")
    for ending in ("csv", "md"):
        target = str(tmp_path / f"found.{ending}")
        functions_suite.main([str(tmp_path), "--engines", "", "--divergences", target])
    assert '''\
suite,function,formula,Excel,xlcalc
formulon.json,(operators),"=A1&""|""&""b""","""a""","""2|b"""
formulon.json,NOSUCH,=NOSUCH(1),#N/A,#NAME?
formulon.json,SUM,"=SUM(A1,1)",0.1,3
''' == (tmp_path / "found.csv").read_text(encoding="utf-8")
    assert r"""| suite         | function    | formula      | Excel | xlcalc |
| ------------- | ----------- | ------------ | ----- | ------ |
| formulon.json | (operators) | =A1&"\|"&"b" | "a"   | "2\|b" |
| formulon.json | NOSUCH      | =NOSUCH(1)   | #N/A  | #NAME? |
| formulon.json | SUM         | =SUM(A1,1)   | 0.1   | 3      |
""" == (tmp_path / "found.md").read_text(encoding="utf-8")


def measured(folder, capsys, programs, *options):
    """Return the counts of each program by its name."""
    peers.main([str(folder), "--programs", programs, *options])
    _, _, *lines = capsys.readouterr().out.splitlines()
    rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    return {program.split()[0]: counts[:-2] for program, *counts in rows}


COUNTS = ["4", "4", "2", "4", "66.6 %", "1", "1", "0"]
"""Files, calculated, whole, cells right, their share, error or empty, wrong, not calculated."""


@pytest.mark.thorough
@pytest.mark.slow
def test_peers_are_measured_on_the_same_bare_files(folder, capsys, tmp_path):
    found = tmp_path / "found.json"
    counted = measured(folder, capsys, "xlcalc,formualizer", "--json", str(found))
    assert {"xlcalc": COUNTS, "formualizer": COUNTS} == counted
    (stale,) = [
        one["examples"]
        for one in json.loads(found.read_text(encoding="utf-8"))["xlcalc"]
        if one["file"] == "stale.xlsx"
    ]
    assert [["Plan!A2", 99.0, 20.0]] == stale


def test_sample_takes_the_same_files_from_each_group(folder):
    (folder / "broken.xlsx").write_bytes(b"no workbook")
    with (folder / "index.csv").open("a", encoding="utf-8") as index:
        index.write("\nbroken.xlsx,a broken group\n")
    assert ["stale.xlsx", "right.xlsx"] == [name for name, _ in peers.sample(folder, 2)]
    three = [name for name, _ in peers.sample(folder, 3)]
    assert ["stale.xlsx", "right.xlsx", "refused.xlsx"] == three
    assert 4 == len(list(peers.sample(folder, None)))


@needs_libreoffice
@pytest.mark.slow
def test_libreoffice_is_measured_without_handing_stored_values_back(folder, capsys):
    assert {"LibreOffice": COUNTS} == measured(folder, capsys, "LibreOffice")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["formulas", "pycel"])
def test_packages_in_python_are_measured(name, folder, capsys):
    pytest.importorskip(name, reason="pip install 'xlcalc[benchmarks]'")
    assert {name: COUNTS} == measured(folder, capsys, name)


def test_package_over_its_time_is_ended(folder):
    with pytest.raises(EngineError, match=r"^over 0\.001 s$"):
        PythonPeer("pycel").values((folder / "right.xlsx").read_bytes(), [], 0.001)
