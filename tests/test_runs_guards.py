"""What guards of a report let pass, and what they refuse."""

import pytest

from tests.workbooks import small_workbook
from xlcalc.errors import ConfigError, InputValueError, NameNotFoundError, WorkbookError
from xlcalc.runs.config import load_config
from xlcalc.runs.report import run_report

NAMES = {"size": "A1", "twice": "A2", "status": "A3", "fits": "A4", "price": "A5", "cost": "A6"}
CELLS = {
    "A1": 1.0,
    "A2": "=size*2",
    "A3": '=IF(size>2,"LATE","OK")',
    "A4": "=size<=2",
    "A5": 10.0,
    "A6": "=size*price",
}


def workbook(changed=(), names=NAMES) -> bytes:
    cells = CELLS | dict(changed)
    return small_workbook(
        {cell: value for cell, value in cells.items() if value is not None}, names
    )


@pytest.fixture
def report(tmp_path):
    """Run a report of three sizes with guards, and return its remarks."""
    (tmp_path / "own.xlsx").write_bytes(workbook())
    (tmp_path / "own.csv").write_text("scenario,size\na,1\nb,2\nc,3\n")

    def remarks(guards, *, jobs=1, settings="", notice=lambda _: None):
        (tmp_path / "own.toml").write_text(
            f'workbook = "own.xlsx"\nscenarios = "own.csv"\n{settings}[guards]\n{guards}\n'
        )
        made = run_report(load_config(tmp_path / "own.toml"), jobs=jobs, notice=notice)
        return [run.remark for run in made]

    return remarks


@pytest.mark.parametrize(
    ("expected", "guard"),
    [
        (["", "", 'status is "LATE", "OK" required'], 'status = { equals = "OK" }'),
        (["", "", 'status is "LATE", one of "OK", "DONE" required'],
         'status = { one_of = ["OK", "DONE"] }'),
        (["", "", ""], 'status = { one_of = ["OK", "LATE"] }'),
        (['status is "OK", "ok" required', 'status is "OK", "ok" required',
          'status is "LATE", "ok" required'], 'status = { equals = "ok" }'),
        (["", "", "fits is FALSE, TRUE required"], "fits = { equals = true }"),
        (["fits is TRUE, FALSE required", "fits is TRUE, FALSE required", ""],
         "fits = { equals = false }"),
        (["twice is 2, 4 required", "", "twice is 6, 4 required"], "twice = { equals = 4 }"),
        (["", "twice is 4, one of 2, 6 required", ""], "twice = { one_of = [2, 6.0] }"),
        (["twice is 2, at least 3 required", "", "twice is 6, one of 2, 4 required"],
         "twice = { at_least = 3 }\nTWICE = { one_of = [2, 4] }"),
    ],
)  # fmt: skip
def test_a_guard_on_texts_truth_values_and_numbers(report, expected, guard):
    assert expected == report(guard)


@pytest.mark.parametrize(
    ("expected", "change"),
    [
        # The base counts 10 a unit, the workbook 11.
        (["", "", ""], '"10%"'),
        (
            [
                "cost is 11, 10% above the 10 of main.xlsx; a change of at most 9.9% is allowed",
                "cost is 22, 10% above the 20 of main.xlsx; a change of at most 9.9% is allowed",
                "cost is 33, 10% above the 30 of main.xlsx; a change of at most 9.9% is allowed",
            ],
            '"9.9%"',
        ),
        (["", "", "cost is 33, 3 above the 30 of main.xlsx; a change of at most 2 is allowed"],
         "2"),
        (["", "", "cost is 33, 3 above the 30 of main.xlsx; a change of at most 2.5 is allowed"],
         '"2.5"'),
        (["", "", ""], "3"),
    ],
)  # fmt: skip
def test_a_guard_relative_to_a_base_compares_run_by_run(report, tmp_path, expected, change):
    (tmp_path / "main.xlsx").write_bytes(workbook())
    (tmp_path / "own.xlsx").write_bytes(workbook({"A5": 11.0}))
    guard = f'cost = {{ at_most_change = {change}, against = "main.xlsx" }}'
    assert expected == report(guard)


@pytest.mark.slow
def test_a_base_is_compared_run_by_run_in_several_processes_too(report, tmp_path):
    (tmp_path / "main.xlsx").write_bytes(workbook({"A6": "=size*price+IF(size>2,10,0)"}))
    guard = 'cost = { at_most_change = 0, against = "main.xlsx" }'
    sentence = "cost is 30, 10 below the 40 of main.xlsx; a change of at most 0 is allowed"
    assert ["", "", sentence] == report(guard, jobs=2)


def test_bounds_and_a_base_hold_together(report, tmp_path):
    (tmp_path / "main.xlsx").write_bytes(workbook({"A5": 10.5}))
    guard = 'cost = { at_most = 25, at_most_change = "1%", against = "main.xlsx" }'
    found = report(guard)
    assert found[0].startswith("cost is 10, 4.7619% below the 10.5 of main.xlsx")
    assert "cost is 30, at most 25 allowed" == found[2]


def test_a_base_stands_in_another_folder_than_that_of_the_command(report, tmp_path, monkeypatch):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "main.xlsx").write_bytes(workbook())
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert ["", "", ""] == report('cost = { at_most_change = 0, against = "base/main.xlsx" }')


def test_an_empty_cell_of_the_list_keeps_what_each_workbook_has(report, tmp_path):
    (tmp_path / "main.xlsx").write_bytes(workbook())
    (tmp_path / "own.xlsx").write_bytes(workbook({"A1": 2.0}))
    (tmp_path / "own.csv").write_text("scenario,size,price\na,,5\nb,3,5\nc,3,\n")
    sentence = "cost is 10, 5 above the 5 of main.xlsx; a change of at most 0 is allowed"
    assert [sentence, "", ""] == report('cost = { at_most_change = 0, against = "main.xlsx" }')


def test_an_input_that_the_base_does_not_have_is_told_and_left_out(report, tmp_path):
    names = {name: cell for name, cell in NAMES.items() if name != "price"}
    (tmp_path / "main.xlsx").write_bytes(workbook({"A6": "=size*10"}, names))
    (tmp_path / "own.csv").write_text("scenario,size,price\na,1,10\nb,2,20\n")
    said = []
    found = report('cost = { at_most_change = 5, against = "main.xlsx" }', notice=said.append)
    assert "" == found[0]
    assert "cost is 40, 20 above the 20 of main.xlsx; a change of at most 5 is allowed" == found[1]
    assert ["main.xlsx has no input price; guards compare with it as it stands otherwise"] == said


def test_a_base_without_any_input_of_the_list_is_compared_as_it_stands(report, tmp_path):
    (tmp_path / "main.xlsx").write_bytes(small_workbook({"A6": "=10*2"}, {"cost": "A6"}))
    found = report('cost = { at_most_change = "49%", against = "main.xlsx" }')
    assert [
        "cost is 10, 50% below the 20 of main.xlsx; a change of at most 49% is allowed",
        "",
        "cost is 30, 50% above the 20 of main.xlsx; a change of at most 49% is allowed",
    ] == found


def test_a_base_that_gives_no_number_breaks_the_guard_with_its_reason(report, tmp_path):
    (tmp_path / "main.xlsx").write_bytes(
        workbook({"A6": '=IF(size=1,10,IF(size=2,"none",1/(size-3)))'})
    )
    found = report('cost = { at_most_change = 0, against = "main.xlsx" }')
    assert "" == found[0]
    assert 'cost cannot be compared with main.xlsx: it is "none" there' == found[1]
    assert found[2].startswith("cost cannot be compared with main.xlsx: ")
    assert "#DIV/0!" in found[2]


def test_a_share_of_nothing_is_nothing(report, tmp_path):
    (tmp_path / "main.xlsx").write_bytes(workbook({"A6": "=size*price*0"}))
    found = report('cost = { at_most_change = "5%", against = "main.xlsx" }')
    assert "cost is 10, 10 above the 0 of main.xlsx; a change of at most 5% is allowed" == found[0]


def test_a_guard_on_a_text_is_not_what_the_report_draws(tmp_path):
    (tmp_path / "own.xlsx").write_bytes(workbook())
    (tmp_path / "own.csv").write_text("scenario,size\na,1\n")
    (tmp_path / "own.toml").write_text(
        'workbook = "own.xlsx"\nscenarios = "own.csv"\n'
        '[guards]\nstatus = { equals = "OK" }\ncost = { at_most = 50 }\n'
    )
    assert "cost" == load_config(tmp_path / "own.toml").charted


@pytest.mark.parametrize(
    ("failure", "sentence", "guard"),
    [
        (NameNotFoundError, 'no named cell "cots"; did you mean "cost"', "cots = { equals = 1 }"),
        (ConfigError, 'got "at_mots"; did you mean "at_most"', "cost = { at_mots = 1 }"),
        (ConfigError, "guard cost must be a table with one or more of at_most", "cost = 5"),
        (ConfigError, "guard cost must be a table with one or more of at_most", "cost = {}"),
        (ConfigError, "takes equals alone", "cost = { equals = 1, at_most = 2 }"),
        (ConfigError, "takes equals alone", "cost = { equals = 1, one_of = [2] }"),
        (ConfigError, "takes one_of alone", "cost = { one_of = [2], at_most = 2 }"),
        (ConfigError, r'must be a list, as \["OK", "DONE"\]', 'status = { one_of = "OK" }'),
        (ConfigError, r'must be a list, as \["OK", "DONE"\]', "status = { one_of = [] }"),
        (ConfigError, "takes texts, numbers, true and false, got 2026-01-01",
         "cost = { equals = 2026-01-01 }"),
        (ConfigError, "takes texts, numbers, true and false, got nan", "cost = { equals = nan }"),
        (ConfigError, "expects a text, and the cell holds TRUE or FALSE, TRUE; write true or false "
         "without quotation marks", 'fits = { equals = "TRUE" }'),
        (ConfigError, 'expects TRUE or FALSE, and the cell holds a text, "OK"',
         "status = { equals = true }"),
        (ConfigError, "expects a text or TRUE or FALSE, and the cell holds a number, 10",
         'cost = { one_of = ["OK", true] }'),
        (ConfigError, "guard status is on a cell that holds no number", "status = { at_most = 1 }"),
        (ConfigError, "guard cost lacks against, the workbook to compare with",
         'cost = { at_most_change = "5%" }'),
        (ConfigError, "guard cost lacks at_most_change", 'cost = { against = "main.xlsx" }'),
        (ConfigError, 'is a share as "5%", or an amount of at least 0, got "-1"',
         'cost = { at_most_change = -1, against = "main.xlsx" }'),
        (ConfigError, 'is a share as "5%", or an amount of at least 0, got "much"',
         'cost = { at_most_change = "much", against = "main.xlsx" }'),
        (ConfigError, 'is a share as "5%", or an amount of at least 0, got "True"',
         'cost = { at_most_change = true, against = "main.xlsx" }'),
        (ConfigError, "against of the guard cost must be the path of a workbook",
         "cost = { at_most_change = 1, against = 3 }"),
        (WorkbookError, "there is no file .*none.xlsx",
         'cost = { at_most_change = 1, against = "none.xlsx" }'),
        (WorkbookError, "own.csv is not an xlsx workbook",
         'cost = { at_most_change = 1, against = "own.csv" }'),
        (NameNotFoundError, 'main.xlsx has no named cell "cost"; did you mean "costs"',
         'cost = { at_most_change = 1, against = "main.xlsx" }'),
        (ConfigError, "holds no number in main.xlsx",
         'twice = { at_most_change = 1, against = "main.xlsx" }'),
    ],
)  # fmt: skip
def test_a_guard_that_cannot_be_meant_is_one_sentence(report, tmp_path, failure, sentence, guard):
    (tmp_path / "main.xlsx").write_bytes(
        small_workbook(
            {"A1": 1.0, "A2": '=A1&"x"', "A6": "=A1"}, {"size": "A1", "twice": "A2", "costs": "A6"}
        )
    )
    with pytest.raises(failure, match=sentence):
        report(guard)
    assert not (tmp_path / "reports").exists()


def test_a_copy_of_values_is_no_base(report, tmp_path):
    from xlcalc.workbook import load

    (tmp_path / "live.xlsx").write_bytes(workbook())
    load(tmp_path / "live.xlsx").convert("values", tmp_path / "main.xlsx")
    with pytest.raises(InputValueError, match=r"main\.xlsx is a copy of values"):
        report('cost = { at_most_change = 0, against = "main.xlsx" }')
