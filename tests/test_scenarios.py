"""Lists of runs, as people and programs write them."""

import openpyxl
import pytest

from xlcalc.errors import ScenarioError, WorkbookError
from xlcalc.runs.run_names import file_stem
from xlcalc.runs.scenarios import read_scenarios


@pytest.fixture
def write(tmp_path):
    def write(text, name="runs.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        return path

    return write


def test_columns_are_inputs_and_an_empty_cell_is_left_out(write, model):
    path = write("scenario,params,mfu\na,1e9,40%\nb,,50%\n,2e9,\n,,\n")
    first, second, third = read_scenarios(path, model)
    assert ("a", "a", {"params": 1e9, "mfu": 0.4}, 2) == (
        first.name, first.stem, first.settings, first.row,
    )  # fmt: skip
    assert {"mfu": 0.5} == second.settings
    assert ("run-003", {"params": 2e9}) == (third.name, third.settings)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_csv_of_any_spreadsheet_program_is_read(write, model, delimiter, encoding):
    path = write(f"scenario{delimiter}params\r\n模型{delimiter}1e9\r\n", encoding=encoding)
    [scenario] = read_scenarios(path, model)
    assert ("模型", {"params": 1e9}) == (scenario.name, scenario.settings)


def test_excels_line_that_names_the_delimiter_and_capitals_are_understood(write, model):
    [scenario] = read_scenarios(write("sep=;\nScenario;PARAMS;run_name\na;1e9;b, c\n"), model)
    assert ("a", {"params": 1e9, "run_name": "b, c"}, 3) == (
        scenario.name, scenario.settings, scenario.row,
    )  # fmt: skip


def test_a_formula_without_a_value_is_no_empty_cell(tmp_path, model):
    workbook = openpyxl.Workbook()
    workbook.active.append(["scenario", "params"])
    workbook.active.append(["a", "=1+1"])
    workbook.save(tmp_path / "runs.xlsx")
    with pytest.raises(ScenarioError, match="cell B2: the formula has no value"):
        read_scenarios(tmp_path / "runs.xlsx", model)


def test_quoted_cells_may_hold_commas_and_lines(write, model):
    [scenario] = read_scenarios(write('scenario,run_name\na,"x, y\nz"\n'), model)
    assert {"run_name": "x, y\nz"} == scenario.settings


def test_an_xlsx_list_keeps_its_numbers(tmp_path, model):
    workbook = openpyxl.Workbook()
    for row in (["scenario", "params", "mfu", None], ["a", 1e9, 0.4], [None], [7, "2e9", None]):
        workbook.active.append(row)
    workbook.save(tmp_path / "runs.xlsx")
    first, second = read_scenarios(tmp_path / "runs.xlsx", model)
    assert {"params": 1e9, "mfu": 0.4} == first.settings
    assert ("7", {"params": 2e9}, 4) == (second.name, second.settings, second.row)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no header row"),
        ("scenario,params\n", "lists no scenario"),
        ("scenario,params\n,\n", "lists no scenario"),
        ("scenario,parms\na,1\n", 'column "parms".*did you mean "params"'),
        ("scenario,total_cost\na,1\n", "cannot be set"),
        ("scenario,params,PARAMS\na,1,2\n", 'has the column "PARAMS" twice'),
        ("scenario,\na,1\n", "a column without a name"),
        ('scenario,params\n"a,1\n', "line"),
        (b"scenario,params\n\xff\xfe,1\n", "not a CSV file in UTF-8"),
        (b"scenario\x00,params\na,1\n", "binary data"),
        ("scenario;params\na;2,500\n", 'row 2: "2,500" may mean thousands or decimals'),
        ("scenario\tmfu\na\t46,2%\n", "may mean thousands or decimals"),
    ],
)
def test_a_list_that_cannot_be_used_is_one_sentence(write, model, text, sentence):
    with pytest.raises(ScenarioError, match=sentence):
        read_scenarios(write(text), model)


def test_a_missing_or_broken_file_is_one_sentence(write, model, tmp_path):
    with pytest.raises(WorkbookError, match="there is no file"):
        read_scenarios(tmp_path / "none.csv", model)
    with pytest.raises(WorkbookError, match="cannot read"):
        read_scenarios(tmp_path, model)
    with pytest.raises(WorkbookError, match="not an xlsx workbook: it is a text"):
        read_scenarios(write("scenario,params\na,1\n", "runs.xlsx"), model)


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        ("a", "a"),
        ("Llama 3.1 405B", "Llama 3.1 405B"),
        ("模型", "模型"),
        ("-etc-passwd", "../../etc/passwd".replace("../../", "/")),
        ("-..-etc-passwd", "../../etc/passwd"),
        ("a-b-c", 'a<>:"b|?*c'),
        ("_CON", "CON"),
        ("_com1.txt", "com1.txt"),
        ("a", " a. "),
        ("scenario", "..."),
        ("x" * 180, "x" * 300),
        ("大" * 60, "大" * 95),
        ("_CONIN$", "CONIN$"),
        ("_COM¹", "COM¹"),
        ("a-b", "a\n\x07b"),
    ],
)
def test_a_file_name_is_safe_on_every_system(expected, name):
    assert expected == file_stem(name)


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        ("A,2", "scenario", "has the file name of row 2"),
        ("errors,1", "scenario", "the report's own summary"),
        ("b,1,2,3", "", "4 values for 2 columns"),
        (",,,3", "", "4 values for 2 columns"),
        ("b,-1", "params", "params must be above 0"),
        ("b,many", "params", "params must be a number"),
    ],
)
def test_a_row_that_cannot_be_used_stops_no_other(write, model, row, column, problem):
    listed = read_scenarios(write(f"scenario,params\na,1\n{row}\nz,3\n"), model)
    for _ in range(2):
        first, bad, last = listed
        assert ["", ""] == [first.problem, last.problem]
        assert (column, 3, {}) == (bad.column, bad.row, bad.settings)
        assert problem in bad.problem


def test_names_that_differ_only_in_what_no_file_system_takes_clash(write, model):
    first, second = read_scenarios(write("scenario,params\na/b,1\na:b,2\n"), model)
    assert ("", "the run has the file name of row 2") == (first.problem, second.problem)
