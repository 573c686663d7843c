"""Stored values against what engines make of the formulas, and what becomes of the differences."""

import json
import re
import subprocess
import sys

import pytest

from tests.workbooks import parts, small_workbook, zipped
from xlcalc.calc.consensus import agreed, heard
from xlcalc.calc.differences import OURS, Verdict
from xlcalc.calc.ensemble import Ensemble
from xlcalc.calc.model import Trust, WorkbookModel
from xlcalc.calc.recalculation import EVERY, recalculated, trusted
from xlcalc.calc.voices import Voice
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


def test_what_no_engine_knows_is_kept_and_what_follows_from_it_is_right_again():
    cells = {"A1": 2.0, "A2": ("=NOSUCH(A1)", 777), "A3": ("=IFERROR(A2,0)+A1", 779)}
    assert [
        ("Sheet!A2  777 stays, formualizer gives #NAME?  =NOSUCH(A1)", Verdict.KEPT),
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
    ],
)
def test_a_difference_on_which_nobody_can_decide_is_refused_unless_it_is_accepted(formula, value):
    cells = {"A1": 2.0, "A2": (formula, value), "A3": ("=A2", value)}
    with pytest.raises(DifferencesError, match="do not settle which are right") as refused:
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


def test_a_circle_that_excel_iterates_keeps_its_values_and_iterates_from_them():
    cells = {"A1": 100.0, "A2": ("=A1*0.1+A3", 20), "A3": ("=A2*0.5", 10), "A4": ("=A2*2", 40)}
    model = stored(cells, {"size": "A1", "found": "A4"}, book='iterate="1" iterateDelta="1E-9"')
    assert [] == told(model)
    assert {(2, 1): 20.0, (3, 1): 10.0, (4, 1): 40.0} == values(model)
    trusted(model)
    # A2 = 20 + A2/2, so that A2 is 40.
    assert 80.0 == pytest.approx(model.evaluate({"size": 200.0}).values["found"], abs=1e-8)


def test_a_circle_begins_with_the_stored_values_and_stops_at_the_limit_of_the_file():
    # Any two values with the sum 5 are at rest, and those of the file are.
    cells = {"A1": 5.0, "B1": ("=A1-C1", 1), "C1": ("=A1-B1", 4)}
    model = stored(cells, book='iterate="1"')
    assert [] == told(model)
    assert {(1, 2): 1.0, (1, 3): 4.0} == values(model)
    counter = stored({"A1": ("=A1+1", 7)}, book='iterate="1" iterateCount="3"')
    assert {(1, 1): 10.0} == counter.evaluate().cached["Sheet"]


def test_an_input_may_change_where_nothing_that_is_kept_follows_from_it():
    cells = {"A1": 2.0, "A2": ("=NOSUCH(A1)", 777), "B1": 3.0, "B2": ("=B1+A2", 780)}
    model = stored(cells, {"code": "A1", "size": "B1", "total": "B2"})
    trusted(model)
    assert 787.0 == model.evaluate({"size": 10.0}).values["total"]
    with pytest.raises(WorkbookError, match=r"code cannot be changed in own\.xlsx: Sheet!A2"):
        model.evaluate({"code": 1.0})


@pytest.mark.slow
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
    renewed = (
        "xlcalc: 1 cell would have been renewed, whose values are old\n  Sheet!A3  4 → 3  =A1+1\n"
    )
    assert renewed in refused.stderr
    listed = json.loads(recalc("--json").stdout)
    assert None is listed["file"]
    assert [
        ["Sheet", "A2", 99.0, 20.0, 20.0, "unsure"],
        ["Sheet", "A3", 4.0, 3.0, 3.0, "stale"],
    ] == [
        [d[key] for key in ("sheet", "cell", "stored", "calculated", "ours", "verdict")]
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
    shown = model.evaluate({"size": 30.0}).values
    assert (0.0, 0.0, "3.00E+01") == (shown["found"], shown["more"], shown["text"])


@pytest.mark.parametrize("formula", ['NOSUCH(INDIRECT("A1"))', "NOSUCH(OFFSET(A2,-1,0))"])
def test_what_reads_by_offset_or_indirect_may_follow_from_any_input(formula):
    cells = {"A1": 2.0, "A2": 3.0, "B1": (f"={formula}", 42), "B2": ("=B1+1", 43)}
    model = stored(cells, {"size": "A1", "total": "B2"})
    trusted(model)
    with pytest.raises(WorkbookError, match="size cannot be changed"):
        model.evaluate({"size": 20.0})


def test_an_input_of_a_what_if_table_cannot_be_changed_and_others_can():
    model = stored({"A1": 2.0, "B1": ("=A1*10", 20), "C1": 1.0, "C2": 2.0, "E1": 5.0, "E2": 6.0})
    data = parts(model.package.to_bytes())
    table = b'<c r="D2"><f t="dataTable" ref="D2" dt2D="0" dtr="0" r1="A1"/><v>20</v></c>'
    row = data[SHEET].partition(b'<row r="2"')[2]
    cell = re.search(rb'<c r="C2".*?</c>', row, re.S)[0]
    data[SHEET] = data[SHEET].replace(cell, cell + table)
    names = b"".join(
        b'<definedName name="%b">Sheet!$%b</definedName>' % pair
        for pair in ((b"size", b"A$1"), (b"other", b"E$1"))
    )
    sheets = b"</sheets><definedNames>%b</definedNames>" % names
    data[BOOK] = data[BOOK].replace(b"<definedNames/>", b"").replace(b"</sheets>", sheets)
    model = WorkbookModel(zipped(data), "own.xlsx")
    assert () == trusted(model).differences
    assert {"size": 2.0, "other": 9.0} == model.evaluate({"other": 9.0}).values
    with pytest.raises(WorkbookError, match="D2 follows from it, and no engine calculates what-if"):
        model.evaluate({"size": 3.0})


def test_prices_that_only_python_can_look_up_are_written():
    formula = '=RENTAL_PRICE("H100 SXM","RunPod")'
    model = WorkbookModel(small_workbook({"A1": formula, "A2": "=A1*2"}), "new.xlsx")
    assert [Verdict.NEW, Verdict.NEW] == [verdict for _, verdict in told(model)]
    assert [Verdict.STALE] == [verdict for _, verdict in told(stored({"A1": (formula, 1.5)}))]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("formula", "found", "said", "alone"),
    [
        # Excel: a comparison is no number in SUMPRODUCT. Our engine alone takes TRUE for 1.
        ("=IF(A1>9,SUMPRODUCT(A1:A2=3,A1:A2),7)", 0.0, "", []),
        ("=IF(A1>9,A1*A2,7)", 30.0, "", []),
        (
            '=IF(A1>9,RENTAL_PRICE("H100 SXM","RunPod"),7)',
            3.99,
            "xlcalc: no other engine can confirm what these cells become\n"
            '  Sheet!B1  3.99  =IF(A1>9,RENTAL_PRICE("H100 SXM","RunPod"),7)\n',
            [
                {
                    "sheet": "Sheet",
                    "cell": "B1",
                    "taken": 3.99,
                    "ours": 3.99,
                    "formula": 'IF(A1>9,RENTAL_PRICE("H100 SXM","RunPod"),7)',
                }
            ],
        ),
    ],
)
def test_a_branch_that_was_never_taken_is_confirmed_by_other_engines(
    formula, found, said, alone, tmp_path
):
    model = stored({"A1": 3.0, "A2": 3.0, "B1": (formula, 7)}, {"size": "A1", "found": "B1"})
    book = tmp_path / "own.xlsx"
    book.write_bytes(model.package.to_bytes())
    command = [sys.executable, "-m", "xlcalc.cli", "run", str(book), "--set", "size=10"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (0, f"found  {found:g}\n", said) == (done.returncode, done.stdout, done.stderr)
    assert ({"found": found}, 0, said) == listed(*command)
    beside = {"results": {"found": found}, "contradicted": [], "unwitnessed": alone}
    assert (beside, 0, said) == listed(*command, "--witness")


def listed(*command):
    """Return what a command prints as JSON, its status, and what it says."""
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=120)
    return json.loads(done.stdout or "null"), done.returncode, done.stderr


@pytest.mark.slow
def test_what_engines_do_not_agree_on_for_changed_inputs_is_named(tmp_path):
    # Excel takes the second, as one engine of four does.
    cells = {"A1": 3.0, "A2": 20.0, "A3": 10.0, "B1": ("=IF(A1>9,LARGE(A2:A3,1.9),7)", 7)}
    model = stored(cells, {"size": "A1", "found": "B1"})
    book = tmp_path / "own.xlsx"
    book.write_bytes(model.package.to_bytes())
    command = [sys.executable, "-m", "xlcalc.cli", "run", str(book), "--set", "size=10"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (1, "") == (done.returncode, done.stdout)
    said = (
        f"xlcalc: the engines do not agree on these cells of {book} for the changed inputs\n"
        "  Sheet!B1  10, another engine gives 20  =IF(A1>9,LARGE(A2:A3,1.9),7)\n"
    )
    assert said == done.stderr
    cell = {"sheet": "Sheet", "cell": "B1", "taken": 10.0, "other": 20.0, "ours": 20.0}
    against = [cell | {"formula": "IF(A1>9,LARGE(A2:A3,1.9),7)"}]
    beside = {"results": None, "contradicted": against, "unwitnessed": []}
    assert (None, 1, said) == listed(*command)
    assert (beside, 1, said) == listed(*command, "--witness")
    alone = subprocess.run([*command, "--no-witness"], capture_output=True, text=True, timeout=120)
    assert (0, "found  20\n", "") == (alone.returncode, alone.stdout, alone.stderr)


def test_two_engines_that_sum_a_constant_are_believed_before_the_one_that_takes_its_first_value():
    formula = '=SERIESSUM("2",0,2,{1,-0.5,0.25,-0.125})'  # 1 - 0.5*4 + 0.25*16 - 0.125*64
    assert {(2, 3): -5} == values(WorkbookModel(small_workbook({"C2": formula}, {}), "own.xlsx"))


@pytest.mark.parametrize(
    ("said", "is_array", "taken"),
    [
        ({OURS: 47.0, "betteroffice": 47.0, "ironcalc": None, "formulon": None}, True, 47.0),
        ({OURS: 47.0, "betteroffice": 48.0, "ironcalc": None, "formulon": None}, True, None),
        ({OURS: 47.0, "betteroffice": None, "ironcalc": None, "formulon": None}, True, None),
        ({OURS: 47.0, "betteroffice": 47.0, "ironcalc": None, "formulon": None}, False, None),
    ],
)
def test_an_engine_that_leaves_a_cell_of_an_array_empty_is_not_heard_before_two(
    said, is_array, taken
):
    assert taken == agreed(heard(said, "TREND(B1:B3,A1:A3,D1:D2)", is_array=is_array))[0]


class _Engine:
    """An engine that gives a value for the inputs of the file, and others for others."""

    def __init__(self, name, before, after):
        self.name, self._values = name, (before, after)

    def values(self, model, constants=None, pinned=None):
        return {"Sheet": {(1, 2): self._values[bool(constants)]}}

    def unknown(self, functions):
        return set()


@pytest.mark.parametrize(
    ("before", "after", "taken", "verdicts"),
    [
        (7.0, CellError("#NAME?"), 30.0, [Verdict.KEPT]),  # it has no function for the other inputs
        (7.0, 30.0, 30.0, []),
        (8.0, 31.0, 30.0, [Verdict.KEPT]),  # it was wrong before
        (7.0, 31.0, 31.0, [Verdict.UNSURE]),  # the best engine goes before ours
    ],
)
def test_an_engine_counts_on_cells_that_it_had_right(before, after, taken, verdicts):
    cells = {"A1": 3.0, "A2": 3.0, "B1": ("=IF(A1>9,A1*A2,7)", 7)}
    model = stored(cells, {"size": "A1", "found": "B1"})
    trusted(model)
    together = Ensemble([lambda: _Engine("formulon", before, after)])
    confirmed = together.confirmed(model, model.constants({"size": 10}))
    assert taken == confirmed.evaluation.values["found"]
    assert verdicts == [difference.verdict for difference in confirmed.differences]


def test_an_engine_is_looked_at_again_when_other_values_are_decided_on():
    cells = {"A1": 3.0, "A2": 3.0, "B1": ("=IF(A1>9,A1*A2,7)", 7)}
    model = stored(cells, {"size": "A1", "found": "B1"})
    together = Ensemble([lambda: _Engine("formulon", 8.0, 31.0)])
    found = ("Sheet", (1, 2))
    taken = []
    for trust in (Trust(), Trust(frozenset({found}), {found: 8.0})):
        model.trusted(trust)
        confirmed = together.confirmed(model, model.constants({"size": 10}))
        taken.append(confirmed.evaluation.values["found"])
    assert [30.0, 31.0] == taken


def test_an_engine_that_calculates_again_has_a_voice_again():
    model = stored({"A1": 3.0, "B1": ("=A1*2", 6)})
    found = ("Sheet", (1, 2))

    class Recovering(_Engine):
        def values(self, model, constants=None, pinned=None):
            if not pinned:
                raise WorkbookError("it ended")
            return super().values(model, constants, pinned)

    voice = Voice(Recovering("formulon", 6.0, 6.0), model, (), {found: frozenset()})
    voice.ask()
    assert ("it ended", False) == (voice.failure, voice.has(found))
    voice.pin({("Sheet", (1, 1)): 3.0})
    voice.ask()
    assert ("", True) == (voice.failure, voice.has(found))


@pytest.mark.parametrize(
    ("formula", "after"),
    [('=GPU_SPEC(A1,"tdp_w")', CellError("#N/A")), ('=IFERROR(GPU_SPEC(A1,"tdp_w"),1)', 1.0)],
)
def test_a_short_name_that_python_alone_looks_up_is_not_contradicted(formula, after):
    model = stored({"A1": "A100 SXM 80GB", "B1": (formula, 400)}, {"gpu": "A1", "found": "B1"})
    trusted(model)
    engines = [lambda n=n: _Engine(n, 400.0, after) for n in ("formulon", "ironcalc")]
    confirmed = Ensemble(engines).confirmed(model, model.constants({"gpu": "H100 SXM"}))
    assert 700.0 == confirmed.evaluation.values["found"]
    assert [Verdict.KEPT] == [difference.verdict for difference in confirmed.differences]
