"""Stored values against what engines make of the formulas, and what becomes of the differences."""

import json
import subprocess
import sys

import pytest

from tests.workbooks import parts, small_workbook, zipped
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import EVERY, recalculated, trusted
from xlcalc.calc.verification import Verdict, unconfirmed
from xlcalc.cells import CellError
from xlcalc.errors import DifferencesError, UsageError, WorkbookError

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


def stored(cells, names=None, book=""):
    """Return a workbook of cells that are constants, or formulas with their stored values."""
    constants = {cell: value for cell, value in cells.items() if not isinstance(value, tuple)}
    formulas = {cell: value for cell, value in cells.items() if isinstance(value, tuple)}
    data = small_workbook(constants | {c: f for c, (f, _) in formulas.items()}, names or {})
    changed = parts(data)
    sheet = changed[SHEET].decode()
    for cell, (_, value) in formulas.items():
        kind = "" if isinstance(value, int | float) else ' t="str"'
        if isinstance(value, str) and value.startswith("#"):
            kind = ' t="e"'
        before, _, after = sheet.partition(f'<c r="{cell}"')
        element, _, rest = after.partition("</c>")
        formula = element[element.index("<f>") : element.index("</f>") + 4]
        sheet = f'{before}<c r="{cell}"{kind}>{formula}<v>{value}</v></c>{rest}'
    changed[SHEET] = sheet.encode()
    head = changed[BOOK].decode().replace("<calcPr", f"<calcPr {book}")
    changed[BOOK] = head.encode()
    return WorkbookModel(zipped(changed), "own.xlsx")


def told(model, accepted=()):
    found = recalculated(model, accepted).verification.differences
    return [(str(difference), difference.verdict) for difference in found]


def values(model, accepted=()):
    package = recalculated(model, accepted).package
    again = WorkbookModel(package, "again.xlsx")
    return {position: cell.value for position, cell in again.formulas["Sheet"].items()}


def test_a_workbook_whose_values_hold_is_written_as_it_is():
    model = stored({"A1": 2.0, "A2": ("=A1*2", 4), "A3": ("=A2+1E-12", 4)})
    assert [] == told(model)
    assert model.package.to_bytes() == recalculated(model).package.to_bytes()


def test_a_value_that_two_engines_contradict_is_renewed_and_told():
    model = stored({"A1": 2.0, "A2": ("=A1*10", 99), "A3": ("=A2+1", 100), "A4": ("=A1+1", 3)})
    assert [
        ("Sheet!A2  99 → 20  =A1*10", Verdict.STALE),
        ("Sheet!A3  100 → 21  =A2+1", Verdict.STALE),
    ] == told(model)
    assert {(2, 1): 20.0, (3, 1): 21.0, (4, 1): 3.0} == values(model)


def test_a_stored_error_that_becomes_a_value_is_renewed():
    model = stored({"A1": 1e9, "A2": ("=TRAIN_FLOPS(A1,2)", "#NAME?")})
    assert [("Sheet!A2  #NAME? → 12000000000  =TRAIN_FLOPS(A1,2)", Verdict.STALE)] == told(model)


def test_what_no_engine_knows_is_kept_with_all_that_follows_from_it():
    cells = {"A1": 2.0, "A2": ("=NOSUCH(A1)", 777), "A3": ("=IFERROR(A2,0)+A1", 779)}
    assert [
        ("Sheet!A2  777 → 777  =NOSUCH(A1)", Verdict.KEPT),
        ("Sheet!A3  779 → 779  =IFERROR(A2,0)+A1", Verdict.KEPT),
    ] == told(stored(cells))
    assert {(2, 1): 777.0, (3, 1): 779.0} == values(stored(cells))


def test_what_ours_gets_wrong_and_another_engine_right_is_kept():
    # Excel adds what meets either criterion: 5 + 30.
    cells = {"A1": "People", "A2": "Infra", "A3": "Other", "B1": 5.0, "B2": 30.0, "B3": 7.0}
    formula = '=SUM(SUMIFS(B1:B3,A1:A3,{"People","Infra"}))'
    model = stored(cells | {"C1": (formula, 35), "C2": ("=C1*2", 70)})
    assert {Verdict.RIGHT} == {verdict for _, verdict in told(model)}
    assert {(1, 3): 35.0, (2, 3): 70.0} == values(model)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=IFERROR(A1*10,0)", 99),  # what hides errors proves no value old
        ("=1/(A1-2)", 5),  # a value would become an error
        ("=A3", 5),  # a circle with the cell below
    ],
)
def test_a_difference_on_which_nobody_can_decide_is_refused_unless_it_is_accepted(formula, value):
    cells = {"A1": 2.0, "A2": (formula, value), "A3": ("=A2", value)}
    with pytest.raises(DifferencesError, match="do not agree on them") as refused:
        recalculated(stored(cells))
    assert "Sheet!A2" in [found.cell for found in refused.value.differences]
    assert {(2, 1), (3, 1)} == set(values(stored(cells), (EVERY,)))
    for nowhere in ("Sheet!B9", "B9", "own.xlsx"):
        with pytest.raises(UsageError, match=f'no difference is in "{nowhere}" of own'):
            recalculated(stored(cells), (nowhere,))


def test_a_workbook_without_stored_values_gets_those_that_two_engines_agree_on():
    model = WorkbookModel(small_workbook({"A1": 2.0, "A2": "=A1*3", "A3": '=A1&"x"'}), "new.xlsx")
    assert [Verdict.NEW, Verdict.NEW] == [verdict for _, verdict in told(model)]
    assert {(2, 1): 6.0, (3, 1): "2x"} == values(model)


@pytest.mark.parametrize("formula", ["=1/0", "=NOSUCH(1)", "=A3+1"])
def test_an_error_an_unknown_name_and_a_circle_are_refused_without_stored_values(formula):
    data = small_workbook({"A1": 2.0, "A2": formula, "A3": "=A2"})
    with pytest.raises(DifferencesError) as refused:
        recalculated(WorkbookModel(data, "new.xlsx"))
    assert ["Sheet!A2", "Sheet!A3"] == [found.cell for found in refused.value.differences]


def test_volatile_functions_and_what_follows_from_them_are_left_aside():
    model = stored({"A1": ("=TODAY()", 45000), "A2": ("=A1+1", 45001), "A3": ("=1+1", 2)})
    assert [] == told(model)
    assert values(model)[(2, 1)] > 46000.0


def test_a_circle_that_excel_iterates_keeps_its_values():
    cells = {"A1": 100.0, "A2": ("=A1*0.1+A3", 20), "A3": ("=A2*0.5", 10), "A4": ("=A1*2", 200)}
    model = stored(cells, book='iterate="1"')
    assert [Verdict.KEPT, Verdict.KEPT] == [verdict for _, verdict in told(model)]
    assert {(2, 1): 20.0, (3, 1): 10.0, (4, 1): 200.0} == values(model)


def test_an_input_may_change_where_nothing_that_is_kept_follows_from_it():
    cells = {"A1": 2.0, "A2": ("=NOSUCH(A1)", 777), "B1": 3.0, "B2": ("=B1+A2", 780)}
    model = stored(cells, {"code": "A1", "size": "B1", "total": "B2"})
    trusted(model)
    assert 787.0 == model.evaluate({"size": 10.0}).values["total"]
    with pytest.raises(WorkbookError, match=r"code cannot be changed in own\.xlsx: Sheet!A2"):
        model.evaluate({"code": 1.0})


def test_the_command_tells_refuses_and_accepts(tmp_path):
    book, out = tmp_path / "own.xlsx", tmp_path / "out.xlsx"
    model = stored({"A1": 2.0, "A2": ("=IFERROR(A1*10,0)", 99), "A3": ("=A1+1", 4)})
    book.write_bytes(model.package.to_bytes())

    def recalc(*options):
        command = [sys.executable, "-m", "xlcalc.cli", "recalc", str(book), "-o", str(out)]
        return subprocess.run([*command, *options], capture_output=True, text=True, timeout=120)

    refused = recalc()
    assert (1, False) == (refused.returncode, out.exists())
    assert "\n  Sheet!A2  99 → 20  =IFERROR(A1*10,0)\n" in refused.stderr
    listed = json.loads(recalc("--json").stdout)
    assert None is listed["file"]
    assert [["Sheet", "A2", 99.0, 20.0, "unsure"]] == [
        [d[key] for key in ("sheet", "cell", "stored", "calculated", "verdict")]
        for d in listed["differences"]
    ]
    done = recalc("--accept-differences", "Sheet!A2")
    assert (0, f"wrote {out}\n") == (done.returncode, done.stdout)
    assert "xlcalc: renewed 1 cell, whose stored values were old\n  Sheet!A3  4 → 3" in done.stderr
    assert "xlcalc: accepted the differences of 1 cell\n  Sheet!A2  99 → 20" in done.stderr
    again = WorkbookModel(out.read_bytes(), "out.xlsx").formulas["Sheet"]
    assert [20.0, 3.0] == [again[2, 1].value, again[3, 1].value]
    assert not isinstance(again[2, 1].value, CellError)


def test_a_call_that_another_program_did_not_know_is_renewed_even_if_python_alone_knows_it():
    # No other engine can look up a provider's price, which only Python's catalogue has.
    formula = '=IF(ISNA(RENTAL_PRICE("H100 SXM","RunPod")),0,RENTAL_PRICE("H100 SXM","RunPod"))'
    assert [Verdict.STALE] == [verdict for _, verdict in told(stored({"A1": (formula, "#NAME?")}))]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('=WEBSERVICE("http://127.0.0.1:9/")', "a page"),
        ("=SUM(NoTable[price])", 33059),
    ],
)
def test_a_value_is_kept_where_all_that_engines_say_is_that_they_have_none(formula, value):
    model = stored({"A1": (formula, value), "A2": 1.0})
    assert [Verdict.KEPT] == [verdict for _, verdict in told(model)]
    assert {(1, 1): value} == values(model)


def test_run_and_batch_go_on_with_what_other_engines_agree_on():
    # Excel: a comparison is no number in SUMPRODUCT, and E+00 is an exponent.
    cells = {"A1": 10.0, "A2": 3.0, "A3": 3.0, "B1": "=SUMPRODUCT(A1:A3=3,A1:A3)", "B2": "=B1*1000"}
    cells["C1"] = '=TEXT(A1,"0.00E+00")'
    names = {"size": "A1", "found": "B1", "more": "B2", "text": "C1"}
    model = WorkbookModel(small_workbook(cells, names), "new.xlsx")
    trusted(model)
    shown = model.evaluate().values
    assert (0.0, 0.0, "1.00E+01") == (shown["found"], shown["more"], shown["text"])
    with pytest.raises(WorkbookError, match="size cannot be changed"):
        model.evaluate({"size": 3.0})


@pytest.mark.parametrize("formula", ['NOSUCH(INDIRECT("A1"))', "NOSUCH(OFFSET(A2,-1,0))"])
def test_what_reads_by_offset_or_indirect_may_follow_from_any_input(formula):
    cells = {"A1": 2.0, "A2": 3.0, "B1": (f"={formula}", 42), "B2": ("=B1+1", 43)}
    model = stored(cells, {"size": "A1", "total": "B2"})
    trusted(model)
    with pytest.raises(WorkbookError, match="size cannot be changed"):
        model.evaluate({"size": 20.0})


def test_prices_that_only_python_can_look_up_are_written():
    formula = '=RENTAL_PRICE("H100 SXM","RunPod")'
    model = WorkbookModel(small_workbook({"A1": formula, "A2": "=A1*2"}), "new.xlsx")
    assert [Verdict.NEW, Verdict.NEW] == [verdict for _, verdict in told(model)]
    assert [Verdict.STALE] == [verdict for _, verdict in told(stored({"A1": (formula, 1.5)}))]


@pytest.mark.parametrize(
    ("formula", "status", "said"),
    [
        # Excel: a comparison is no number in SUMPRODUCT. Our engine takes TRUE for 1.
        (
            "=IF(A1>9,SUMPRODUCT(A1:A2=3,A1:A2),7)",
            1,
            "another engine gives other values for the changed inputs of {file}\n"
            "  Sheet!B1  3 → 0  =IF(A1>9,SUMPRODUCT(A1:A2=3,A1:A2),7)\n",
        ),
        ("=IF(A1>9,A1*A2,7)", 0, ""),
        (
            '=IF(A1>9,RENTAL_PRICE("H100 SXM","RunPod"),7)',
            0,
            "no other engine can confirm what these cells become\n"
            '  Sheet!B1  3.99 → 3.99  =IF(A1>9,RENTAL_PRICE("H100 SXM","RunPod"),7)\n',
        ),
    ],
)
def test_a_branch_that_was_never_taken_is_confirmed_by_witnesses(formula, status, said, tmp_path):
    model = stored({"A1": 3.0, "A2": 3.0, "B1": (formula, 7)}, {"size": "A1", "found": "B1"})
    book = tmp_path / "own.xlsx"
    book.write_bytes(model.package.to_bytes())
    command = [sys.executable, "-m", "xlcalc.cli", "run", str(book), "--set", "size=10"]
    done = subprocess.run([*command, "--witness"], capture_output=True, text=True, timeout=120)
    expected = f"xlcalc: {said.format(file=book)}" if said else ""
    assert (status, expected) == (done.returncode, done.stderr)


class _Silent:
    """A witness that knows 7 for the inputs of the file, and has no function for others."""

    name = "silent"

    def values(self, model, constants=None):
        return {"Sheet": {(1, 2): CellError("#NAME?") if constants else 7.0}}

    def unknown(self, functions):
        return set()


def test_a_witness_that_cannot_calculate_a_changed_cell_contradicts_nobody():
    cells = {"A1": 3.0, "A2": 3.0, "B1": ("=IF(A1>9,A1*A2,7)", 7)}
    model = stored(cells, {"size": "A1", "found": "B1"})
    found = unconfirmed(model, model.evaluate({"size": 10}), [_Silent])
    assert [("Sheet!B1", 30.0, Verdict.KEPT)] == [(d.cell, d.stored, d.verdict) for d in found]
