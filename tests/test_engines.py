"""Spreadsheet engines behind one interface, each in a process of its own."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import ROOT
from tests.workbooks import small_workbook, to_bytes, workbook_of
from xlcalc.calc.engines.files import engine_file
from xlcalc.calc.engines.interface import EngineDiedError, EngineError
from xlcalc.calc.engines.local import ENGINES, LocalEngine, package_is_here
from xlcalc.calc.engines.process import EnginePool, EngineProcess
from xlcalc.calc.engines.worker import DONE, HUNGRY, read_frame, write_frame
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import UsageError
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.positions import cell_position
from xlcalc.ooxml.stored_values import without_stored_values

FORMULON = pytest.param("formulon", marks=pytest.mark.slow)
"""It compiles itself once on each machine, which takes up to 20 s."""
NAMES = ["formualizer", "betteroffice", "ironcalc", FORMULON]
LIMITED = pytest.mark.skipif(
    sys.platform != "linux", reason="Linux alone limits the memory of a process"
)
GARBAGE = b"PK\x03\x04 no workbook"


@pytest.fixture(scope="module")
def pool():
    with EnginePool() as engines:
        yield engines


@pytest.fixture(params=NAMES)
def engine(request, pool):
    return pool[request.param]


def values(engine, *cells: str, sheet: str = "Sheet") -> list[CellValue]:
    """Return the values of cells; of errors the code alone."""
    found = engine.values({sheet: [cell_position(cell) for cell in cells]})[sheet]
    return [CellError(value.code) if isinstance(value, CellError) else value for value in found]


def set_cell(engine, cell: str, value: CellValue) -> None:
    engine.set_values({"Sheet": {cell_position(cell): value}})


def doubled(times: int) -> bytes:
    """Return a workbook whose formula doubles a text many times."""
    formula = 'REPT("x",1000)'
    for _ in range(times):
        formula = f'SUBSTITUTE({formula},"x","xx")'
    return small_workbook({"A1": f"={formula}"})


def chain(rows: int) -> bytes:
    """Return a workbook each of whose rows follows from the one before."""
    cells = {f"A{row}": f"=A{row - 1}*1.0001+SIN(A{row - 1})" for row in range(2, rows + 1)}
    return small_workbook({"A1": 1.0, **cells})


def test_a_small_workbook_has_the_same_values_in_every_engine(engine):
    engine.load(
        small_workbook(
            {
                "A1": 7,
                "A2": "seven",
                "A3": True,
                "A4": datetime(2024, 1, 31),
                "A5": "1.0",
                "A6": "#N/A is a text here",
                "B1": "=A1/2",
                "B2": '=A2&"!"',
                "B3": "=NOT(A3)",
                "B4": "=A4+1",
                "B5": "=ISTEXT(A5)",
                "B6": "=A1/0",
                "B7": "=NA()",
                "B8": "=SUM(A1,B1)",
                "B9": '=IF(A1>1,"","x")',
                "B10": '="ä"&"€"&"𝄞"',
            }
        )
    )
    expected = [7.0, "seven", True, 45322.0, "1.0", "#N/A is a text here", None]
    assert expected == values(engine, *(f"A{row}" for row in range(1, 8)))
    error, missing = CellError("#DIV/0!"), CellError("#N/A")
    expected = [3.5, "seven!", False, 45323.0, True, error, missing, 10.5, "", "ä€𝄞"]
    assert expected == values(engine, *(f"B{row}" for row in range(1, 11)))


def test_values_come_in_the_order_of_their_positions(engine):
    engine.load(small_workbook({"A1": 1, "C3": 3, "XFD1048576": 4}))
    expected = [4.0, None, 3.0, 1.0, 3.0]
    assert expected == values(engine, "XFD1048576", "B2", "C3", "A1", "C3")
    assert {} == engine.values({})
    assert {"Sheet": []} == engine.values({"Sheet": []})


@pytest.mark.slow
def test_many_cells_are_read_at_once(engine):
    engine.load(small_workbook({f"A{row}": f"={row}*2" for row in range(1, 10_001)}))
    found = engine.values({"Sheet": [(row, 1) for row in range(1, 10_001)]})["Sheet"]
    assert [2.0, 20_000.0] == [found[0], found[-1]]
    assert 100_010_000.0 == sum(found)


def test_long_texts_come_whole(engine):
    cells: dict[str, object] = {f"A{row}": f'=REPT("x",32000)&{row}' for row in range(1, 41)}
    engine.load(small_workbook({**cells, "B1": '=REPT("é",16000)'}))
    found = values(engine, *cells, "B1")
    assert "x" * 32_000 + "1" == found[0]
    assert "x" * 32_000 + "40" == found[39]
    assert "é" * 16_000 == found[40]


def test_a_number_that_is_not_finite_is_an_error(engine):
    engine.load(small_workbook({"A1": "=10^308*10", "A2": "=-(10^308)*10", "A3": "=EXP(1000)"}))
    assert [CellError("#NUM!")] * 3 == values(engine, "A1", "A2", "A3")


def test_a_sheet_is_known_in_any_case(engine):
    engine.load(small_workbook({"A1": 5}))
    assert [5.0] == values(engine, "A1", sheet="sHEET")


UNKNOWN = {
    "unknown function": '<c r="B1"><f>NOSUCH(A1)</f><v>777</v></c>',
    "LAMBDA": '<c r="B1"><f>_xlfn.LAMBDA(_xlpm.x,_xlpm.x*2)(A1)</f><v>777</v></c>',
    "3-D reference": '<c r="B1"><f>SUM(Sheet:Sheet!A1)</f><v>777</v></c>',
    "external reference": '<c r="B1"><f>[1]Other!A1</f><v>777</v></c>',
    "cube": '<c r="B1"><f>CUBEVALUE("a","b")</f><v>777</v></c>',
    "text": '<c r="B1" t="str"><f>NOSUCH(A1)</f><v>777</v></c>',
    "shared text": '<c r="B1" t="s"><f>NOSUCH(A1)</f><v>0</v></c>',
    "shared formula": '<c r="B1"><f t="shared" ref="B1" si="0">NOSUCH(A1)</f><v>777</v></c>',
    "array": '<c r="B1"><f t="array" ref="B1:B2">NOSUCH(A1)</f><v>777</v></c>',
}
"""Formulas that some engine cannot calculate, with a false stored value."""


def falsely_stored(cell: str) -> Package:
    """Return a workbook with such a cell, and one that follows from it."""
    rows = (
        f'<row r="1"><c r="A1"><v>5</v></c>{cell}<c r="C1"><f>B1+0</f><v>777</v></c></row>'
        '<row r="2"><c r="B2"><v>777</v></c></row>'
    )
    return Package(workbook_of(rows, "<si><t>777</t></si>"), "b.xlsx")


@pytest.mark.parametrize("kind", UNKNOWN)
def test_a_stored_value_never_comes_back_for_what_an_engine_cannot_calculate(engine, kind):
    try:
        engine.load(engine_file(falsely_stored(UNKNOWN[kind]), engine.name))
    except EngineError:
        assert ("formualizer", "external reference") == (engine.name, kind)
        return
    right = {"LAMBDA": 10.0, "3-D reference": 5.0}.get(kind)
    for value in values(engine, "B1", "C1", *(["B2"] if kind == "array" else [])):
        # B2 may be empty, where a formula that fails fills one cell.
        assert isinstance(value, CellError) or value == right or (kind == "array" and not value)


def test_a_stored_value_would_come_back_if_the_engine_saw_it(pool):
    pool["betteroffice"].load(falsely_stored(UNKNOWN["LAMBDA"]).to_bytes())
    assert [777.0, 777.0] == values(pool["betteroffice"], "B1", "C1")


def test_a_formula_that_is_not_calculated_is_no_empty_cell(pool):
    bare = without_stored_values(falsely_stored(UNKNOWN["LAMBDA"]))
    pool["betteroffice"].load(bare.to_bytes())
    assert [CellError("#CALC!"), None] == values(pool["betteroffice"], "B1", "Z1")


INPUTS = [
    (2.5, [2.5, True, False]),
    (-1e-07, [-1e-07, True, False]),
    (1.2345678901234567e300, [1.2345678901234567e300, True, False]),
    ("1.0", ["1.0", False, True]),
    ("TRUE", ["TRUE", False, True]),
    ("=A9", ["=A9", False, True]),
    ("'quoted", ["'quoted", False, True]),
    ("31/01/2024", ["31/01/2024", False, True]),
    ('two\nlines "and" marks', ['two\nlines "and" marks', False, True]),
    ("#N/A", ["#N/A", False, True]),
    (False, [False, False, False]),
    (CellError("#N/A"), [CellError("#N/A"), False, False]),
    (None, [0.0, False, False]),
]


@pytest.mark.parametrize(("value", "expected"), INPUTS, ids=[repr(value) for value, _ in INPUTS])
@pytest.mark.parametrize("number_format", ["General", "@", "0%", "yyyy-mm-dd"])
def test_an_input_keeps_its_kind_whatever_the_format_of_its_cell(
    engine, value, expected, number_format
):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A1"] = 1
    sheet["A1"].number_format = number_format
    sheet["B1"], sheet["B2"], sheet["B3"] = "=A1", "=ISNUMBER(A1)", "=ISTEXT(A1)"
    engine.load(to_bytes(workbook))
    set_cell(engine, "A1", value)
    assert [value, *expected] == values(engine, "A1", "B1", "B2", "B3")


def test_what_follows_from_changed_inputs_is_calculated(engine):
    cells: dict[str, object] = {f"A{row}": row for row in range(1, 51)}
    engine.load(small_workbook({**cells, "B1": "=SUM(A1:A50)", "C1": "=B1*2"}))
    assert [1275.0, 2550.0] == values(engine, "B1", "C1")
    set_cell(engine, "A1", 2.0)
    assert [1276.0, 2552.0] == values(engine, "B1", "C1")
    engine.set_values({"Sheet": {(row, 1): 1.0 for row in range(1, 51)}})
    assert [50.0, 100.0] == values(engine, "B1", "C1")


def test_a_constant_takes_the_place_of_a_formula(engine):
    engine.load(small_workbook({"A1": "=1+1", "B1": "=A1"}))
    set_cell(engine, "A1", 9.0)
    assert [9.0, 9.0] == values(engine, "A1", "B1")


@pytest.mark.parametrize("name", ["formualizer", "betteroffice", FORMULON])
def test_the_clock_is_that_of_the_given_moment(name, pool):
    workbook = small_workbook({"A1": "=TODAY()", "A2": "=NOW()-TODAY()"})
    pool[name].load(workbook, "b.xlsx", datetime(2024, 1, 31, 18, tzinfo=UTC))
    assert [45322.0, 0.75] == values(pool[name], "A1", "A2")


def test_two_workbooks_are_calculated_in_turn_by_one_process(engine):
    engine.load(small_workbook({"A1": "=1+1", "B1": 3}))
    before = engine.process_id
    engine.load(small_workbook({"A1": "=2+2"}))
    assert [4.0, None] == values(engine, "A1", "B1")
    engine.load(small_workbook({"A1": "=1+1", "B1": 3}))
    assert [2.0, 3.0] == values(engine, "A1", "B1")
    assert before == engine.process_id


def test_what_is_no_workbook_is_refused_by_name(engine):
    with pytest.raises(EngineError, match=rf"^{engine.name} cannot calculate bad\.xlsx: "):
        engine.load(GARBAGE, "bad.xlsx")
    with pytest.raises(EngineError, match=f"^{engine.name} has no workbook$"):
        values(engine, "A1")
    with pytest.raises(EngineError, match=f"^{engine.name} has no workbook$"):
        set_cell(engine, "A1", 1.0)
    engine.load(small_workbook({"A1": "=1+1"}))
    assert [2.0] == values(engine, "A1")


def test_a_sheet_that_is_missing_is_told(engine):
    engine.load(small_workbook({"A1": 5}), "b.xlsx")
    with pytest.raises(EngineError, match=rf'^{engine.name} .* b\.xlsx: it knows no sheet "No"$'):
        values(engine, "A1", sheet="No")
    with pytest.raises(EngineError, match=r'b\.xlsx: it knows no sheet "No"$'):
        engine.set_values({"No": {(1, 1): 1.0}})
    with pytest.raises(EngineError, match="has no workbook"):  # half of a change is none
        values(engine, "A1")


@pytest.mark.slow
@LIMITED
@pytest.mark.parametrize("name", ["formualizer", "ironcalc"])
def test_an_engine_that_takes_all_memory_ends_with_one_sentence_and_begins_again(name, pool):
    with pytest.raises(EngineDiedError) as caught:
        pool[name].load(doubled(28), "x.xlsx")
    expected = f"{name} ended while it calculated x.xlsx: more than 1 GB of memory"
    assert expected == str(caught.value)
    assert pool[name].process_id is None
    pool[name].load(small_workbook({"A1": "=1+1"}))
    assert [2.0] == values(pool[name], "A1")


@pytest.mark.parametrize("name", ["betteroffice", FORMULON])
def test_an_engine_that_knows_how_long_texts_are_gives_an_error_in_the_cell(name, pool):
    pool[name].load(doubled(28))
    assert [CellError("#VALUE!")] == values(pool[name], "A1")


@LIMITED
@pytest.mark.parametrize("name", NAMES)
def test_an_engine_with_less_memory_than_it_needs_is_told_and_begins_again(name):
    text = small_workbook({f"A{row}": f'=REPT("x",32000)&{row}' for row in range(1, 6001)})
    with EngineProcess(name, memory=100 << 20) as engine:
        with pytest.raises(EngineError, match=rf"^{name} .*x\.xlsx: .*[mM]emory"):
            engine.load(text, "x.xlsx")
        engine.load(small_workbook({"A1": "=1+1"}))
        assert [2.0] == values(engine, "A1")


@LIMITED
@pytest.mark.slow
def test_webassembly_that_stops_is_begun_again():
    # Whether it or the process meets the limit first depends on the machine.
    stopped = r"^formulon .*x\.xlsx: (its WebAssembly stopped|more than 60 MB of memory)"
    with EngineProcess("formulon", memory=60 << 20) as engine:
        with pytest.raises(EngineDiedError, match=stopped):
            engine.load(chain(40_000), "x.xlsx")
        assert engine.process_id is None
        engine.memory = 1 << 30
        engine.load(small_workbook({"A1": "=1+1"}))
        assert [2.0] == values(engine, "A1")


@pytest.mark.parametrize("name", NAMES)
def test_an_engine_is_ended_at_its_time_limit(name):
    with EngineProcess(name) as engine:
        engine.load(small_workbook({"A1": "=1+1"}))
        process = engine.process_id
        engine.timeout = 0.001
        with pytest.raises(EngineDiedError, match=rf"^{name} ended while it .* after 0\.001 s$"):
            engine.load(chain(5000), "x.xlsx")
        assert is_gone(process)
        engine.timeout = 60.0
        engine.load(small_workbook({"A1": "=2+2"}))
        assert [4.0] == values(engine, "A1")


@pytest.mark.parametrize("name", NAMES)
def test_the_process_is_gone_when_its_context_ends(name):
    with EngineProcess(name) as engine:
        assert engine.process_id is None
        engine.load(small_workbook({"A1": "=1+1"}))
        process = engine.process_id
        assert not is_gone(process)
    assert is_gone(process)
    engine.close()  # a second time does nothing
    with pytest.raises(EngineError, match="has no workbook"):
        values(engine, "A1")


def test_a_process_that_somebody_ends_is_told_and_begun_again(engine):
    engine.load(small_workbook({"A1": "=1+1"}), "x.xlsx")
    assert engine.process_id is not None
    os.kill(engine.process_id, 9)
    with pytest.raises(EngineDiedError, match=r"ended while it gave values of x\.xlsx: .*KILL"):
        values(engine, "A1")
    engine.load(small_workbook({"A1": "=1+1"}))
    assert [2.0] == values(engine, "A1")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_process_ends_with_its_parent():
    program = (
        "import os, sys\n"
        "from xlcalc.calc.engines.process import EngineProcess\n"
        "engine = EngineProcess('formualizer')\n"
        "try: engine.load(b'no workbook')\n"
        "except Exception: pass\n"
        "print(engine.process_id, flush=True)\n"
        "os._exit(0)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    process = int(run.stdout)
    wait_until(lambda: is_gone(process), 10.0)
    assert is_gone(process)


LONG = """
import sys
from tests.workbooks import small_workbook
from xlcalc.calc.engines.process import EngineProcess
cells = {f"A{row}": row for row in range(1, 20_001)}
for row in range(1, 5001):
    cells[f"B{row}"] = f"=SUMPRODUCT(SIN(A$1:A$20000+{row})*COS(A$1:A$20000))"
data = small_workbook(cells)
engine = EngineProcess("formualizer")
engine.start()
print(engine.process_id, flush=True)
engine.load(data)
print("done", flush=True)
"""
"""A parent whose engine calculates for longer than a test waits."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone ends a process with its parent")
def test_a_calculation_ends_at_once_when_its_parent_is_killed():
    with subprocess.Popen([sys.executable, "-c", LONG], stdout=subprocess.PIPE, cwd=ROOT) as parent:
        process = int(parent.stdout.readline())
        wait_until(lambda: processor_seconds(process) > 1.0, 60.0)
        parent.kill()
        assert b"" == parent.stdout.read()  # it was not done
    wait_until(lambda: is_gone(process), 5.0)
    assert is_gone(process)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone ends a process with its parent")
def test_a_process_whose_parent_was_gone_before_it_began_ends_by_itself():
    program = "from xlcalc.calc.engines.worker import serve; serve('formualizer', 0, 4_194_305)"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as process:
        assert 0 == process.wait(30)  # though nobody closed its requests


def test_an_engine_outlives_the_thread_that_began_it():
    with EngineProcess("formualizer") as engine:
        thread = threading.Thread(target=engine.load, args=(small_workbook({"A1": "=1+1"}),))
        thread.start()
        thread.join()
        time.sleep(0.1)
        assert [2.0] == values(engine, "A1")


STAND_IN = """
import os, sys, types

class Adapter:
    def load(self, data, file, now):
        print("noise")
        os.write(1, b"noise")
        if data == b"hungry":
            raise MemoryError

module = types.ModuleType("xlcalc.calc.engines.ironcalc_adapter")
module.Adapter = Adapter
sys.modules[module.__name__] = module
from xlcalc.calc.engines.worker import serve
serve("ironcalc", 0)
"""


def test_an_engine_that_prints_does_not_disturb_its_replies():
    with subprocess.Popen(
        [sys.executable, "-c", STAND_IN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        for data, expected in ((b"", (DONE, None)), (b"hungry", (HUNGRY, ""))):
            write_frame(process.stdin, ("load", (data, "x.xlsx", None), 60.0))
            assert expected == read_frame(process.stdout)
        process.stdin.close()
        assert b"" == process.stdout.read()
    assert 0 == process.returncode


def test_a_pool_ends_all_its_processes():
    with EnginePool(["formualizer", "ironcalc"]) as engines:
        assert ["formualizer", "ironcalc"] == list(engines)
        for name in engines:
            engines[name].load(small_workbook({"A1": "=1+1"}))
        processes = [engines[name].process_id for name in engines]
    assert 2 == len(set(processes))
    assert all(map(is_gone, processes))


@pytest.mark.parametrize("name", NAMES)
def test_an_engine_calculates_in_this_process_too(name):
    engine = LocalEngine(name)
    with pytest.raises(EngineError, match=f"^{name} has no workbook$"):
        values(engine, "A1")
    engine.load(small_workbook({"A1": "=1/0", "B1": 2, "B2": "=B1*2"}))
    set_cell(engine, "B1", 3.0)
    assert [CellError("#DIV/0!"), 6.0] == values(engine, "A1", "B2")
    with pytest.raises(EngineError, match=rf"^{name} cannot calculate bad\.xlsx: "):
        engine.load(GARBAGE, "bad.xlsx")


def test_a_package_that_is_missing_is_named_with_its_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "ironcalc", None)
    monkeypatch.delitem(sys.modules, "xlcalc.calc.engines.ironcalc_adapter", raising=False)
    expected = "ironcalc needs the package ironcalc"
    with pytest.raises(EngineError, match=expected):
        LocalEngine("ironcalc")


def test_an_engine_that_nobody_knows_is_refused():
    with pytest.raises(UsageError, match='no engine is called "formulizer"; did you mean "form'):
        EngineProcess("formulizer")
    with pytest.raises(UsageError, match="formualizer, betteroffice, ironcalc, formulon"):
        package_is_here("excel")


def test_the_packages_of_all_engines_are_here():
    assert [True] * 4 == [package_is_here(name) for name in ENGINES]


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    """Wait until something holds, or some time is over."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)


def processor_seconds(process: int) -> float:
    """Return the time that a process has calculated [s]; only where there is /proc."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) / os.sysconf("SC_CLK_TCK")


def is_gone(process: int | None) -> bool:
    """Whether a process ended; one that only waits for somebody to ask how has ended too."""
    assert process is not None
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{process}/stat")
    try:
        return state.exists() and state.read_text().rpartition(")")[2].split()[0] in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return True
