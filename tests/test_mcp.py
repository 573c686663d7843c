"""Workbooks for agents: what `xlcalc mcp` answers, and what it refuses."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest

from tests.conftest import ROOT

mcp = pytest.importorskip("mcp")
from mcp.client.client import Client  # noqa: E402
from mcp.client.stdio import StdioServerParameters  # noqa: E402

QUESTIONS = {"workbooks", "inputs", "evaluate", "compare", "solve", "sensitivity", "check"}


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a workbook in a folder inside, and one beside it, which is not."""
    inside = tmp_path / "folder"
    (inside / "plans").mkdir(parents=True)
    shutil.copy(ROOT / "workbooks" / "training_budget.xlsx", inside / "plans" / "budget.xlsx")
    shutil.copy(ROOT / "workbooks" / "training_budget.xlsx", tmp_path / "secret.xlsx")
    return inside


@asynccontextmanager
async def agent(folder, *options, limits=()):
    words = ["-m", "xlcalc.cli", *limits, "mcp", *options, "--", str(folder)]
    environment = {"PYTHONPATH": str(ROOT)}
    server = StdioServerParameters(command=sys.executable, args=words, env=environment)
    async with Client(server) as client:
        yield client


def ask(folder, *calls, options=(), limits=()):
    """Return the answers of one server to several calls: data, or the sentence of an error."""

    async def asked():
        async with agent(folder, *options, limits=limits) as client:
            done = []
            for name, arguments in calls:
                result = await client.call_tool(name, arguments)
                [said] = result.content
                if result.is_error:
                    done.append(said.text.removeprefix(f"Error executing tool {name}: "))
                else:
                    assert result.structured_content == json.loads(said.text)
                    done.append(result.structured_content)
            return done

    return asyncio.run(asked())


def tools(folder, *options):
    async def listed():
        async with agent(folder, *options) as client:
            return (await client.list_tools()).tools

    return asyncio.run(listed())


@pytest.mark.slow
def test_the_tools_only_read_unless_writing_is_asked_for(folder):
    reading = tools(folder)
    assert QUESTIONS == {tool.name for tool in reading}
    assert all(tool.annotations.read_only_hint and tool.description for tool in reading)
    writing = {tool.name: tool for tool in tools(folder, "--write")}
    assert QUESTIONS | {"recalculate"} == set(writing)
    assert not writing["recalculate"].annotations.read_only_hint
    [refused] = ask(folder, ("recalculate", {"workbook": "plans/budget.xlsx"}))
    assert "Unknown tool: recalculate" == refused


@pytest.mark.slow
def test_a_template_and_a_workbook_are_listed_described_and_calculated(folder):
    seven = {"inputs": {"params": 7e9, "mfu": 0.4}, "results": ["total_cost", "gpu_hours"]}
    listed, described, template, workbook = ask(
        folder,
        ("workbooks", {}),
        ("inputs", {"workbook": "plans/budget.xlsx"}),
        ("evaluate", {"workbook": "training_budget", **seven}),
        ("evaluate", {"workbook": "plans/budget.xlsx", **seven}),
    )
    assert ["plans/budget.xlsx"] == listed["files"]
    assert listed["templates"]["training_budget"].startswith("Budget of one training run")
    properties = described["answer"]["properties"]
    mfu = properties["inputs"]["properties"]["mfu"]
    assert (0, 1) == (mfu["exclusiveMinimum"], mfu["maximum"])
    # 6 × 7e9 × 300e9 FLOP / (312e12 FLOP/s × 0.4) / 3600 s; at 2.3 USD an hour and 10 % more.
    expected = {"gpu_hours": 28044.871794871793, "total_cost": 70953.52564102563}
    for found in (template, workbook):
        assert pytest.approx(expected, rel=1e-12) == found["answer"]
        assert [] == found["remarks"]


@pytest.mark.slow
def test_many_scenarios_are_one_question(folder):
    about = {"workbook": "plans/budget.xlsx", "results": ["gpu_hours"]}
    listed = [{"params": 7e9, "mfu": 0.4}, {"params": 14e9, "mfu": None}, {"mfu": 9}]
    many, one, none, too_many = ask(
        folder,
        ("evaluate", {**about, "inputs": listed}),
        ("evaluate", {**about, "inputs": {"params": 14e9}}),
        ("evaluate", {**about, "inputs": []}),
        ("evaluate", {**about, "inputs": [{"mfu": 0.4}] * 1001}),
    )
    # 6 × params × 300e9 FLOP / (312e12 FLOP/s × mfu) / 3600 s; the workbook's own mfu is 0.462.
    expected = [6 * p * 300e9 / (312e12 * mfu) / 3600 for p, mfu in ((7e9, 0.4), (14e9, 0.462))]
    found = [row["gpu_hours"] for row in many["answer"]]
    assert [*map(pytest.approx, expected), None] == found
    assert pytest.approx(expected[1]) == one["answer"]["gpu_hours"]
    assert "mfu must be above 0 and at most 1 ratio, got 9" == many["answer"][2]["error"]
    assert ["1 scenario has no result; see the column error"] == many["remarks"]
    assert "inputs must be 1 to 1,000 scenarios, got 0" in none
    assert "inputs must be 1 to 1,000 scenarios, got 1,001" in too_many


def test_arguments_that_a_tool_does_not_take_are_refused_with_a_sentence(folder):
    file = {"workbook": "plans/budget.xlsx"}
    untouched = (folder / "plans" / "budget.xlsx").read_bytes()
    output, after, null, without, number = ask(
        folder,
        ("recalculate", {**file, "output": "plans/new.xlsx"}),
        ("compare", {**file, "output": "total_cost", "afte": {"mfu": 0.4}}),
        ("evaluate", {**file, "inputs": {"mfu": None}}),
        ("solve", {**file, "output": "total_cost", "target": 1e6}),
        ("solve", {**file, "output": "total_cost", "target": "much", "by": ["mfu"]}),
        options=("--write",),
    )
    assert 'recalculate has no argument "output"; it takes workbook, to' == output
    assert 'compare has no argument "afte"; did you mean "after"?' == after
    assert (
        "inputs takes names of inputs, each with a number, a text, true or false, or a list of such"
        ' objects, got {"mfu": null}'
    ) == null
    assert 'solve needs by, a list of names, as ["mfu"]' == without
    assert 'target takes a number, got "much"' == number
    assert untouched == (folder / "plans" / "budget.xlsx").read_bytes()


@pytest.mark.slow
def test_questions_are_answered(folder):
    about = {"workbook": "plans/budget.xlsx", "output": "total_cost"}
    bridge, tornado, solved, cheapest, impossible, findings = ask(
        folder,
        ("compare", {**about, "before": {"mfu": 0.4}, "after": {"mfu": 0.5, "contingency": 0.2}}),
        ("sensitivity", {**about, "inputs": ["mfu", "contingency"], "swing": 0.2}),
        ("solve", {**about, "target": 2e6, "by": ["contingency=0:1"]}),
        ("solve", {"workbook": about["workbook"], "minimise": "total_cost", "by": ["mfu=0.3:0.5"]}),
        ("solve", {**about, "target": -5, "by": ["mfu=0.3:0.5"]}),
        ("check", {"workbook": "plans/budget.xlsx"}),
    )
    # 6 × 175e9 × 300e9 FLOP / 312e12 FLOP/s / 3600 s × 2.3 USD, over the utilisation, and × 1.1.
    rent = 6 * 175e9 * 300e9 / 312e12 / 3600 * 2.3
    # Each change once before and once after the other, which is their mean.
    expected = {
        "mfu": rent * (1 / 0.5 - 1 / 0.4) * (1.1 + 1.2) / 2,
        "contingency": rent * (1 / 0.4 + 1 / 0.5) / 2 * (1.2 - 1.1),
    }
    moved = {part["name"]: part["amount"] for part in bridge["answer"]["parts"]}
    assert pytest.approx(expected) == moved
    assert ["mfu", "contingency"] == [bar["name"] for bar in tornado["answer"]["swings"]]
    assert pytest.approx([2e6 / (rent / 0.462) - 1]) == solved["answer"]["values"]
    assert pytest.approx(0.5) == cheapest["answer"]["inputs"]["mfu"]
    assert [] == impossible["answer"]["values"]
    assert impossible["remarks"][0].startswith("total_cost is never -5 for mfu")
    assert {"answer": [], "remarks": []} == findings


@pytest.mark.slow
def test_what_lies_outside_of_the_folder_is_refused(folder, tmp_path):
    (folder / "link.xlsx").symlink_to(tmp_path / "secret.xlsx")
    (folder / "out").symlink_to(tmp_path)
    (folder / "ring.xlsx").symlink_to(folder / "ring.xlsx")
    (folder / "device.xlsx").symlink_to("/dev/zero")
    (folder / "near.xlsx").symlink_to(folder / "plans" / "budget.xlsx")
    (folder / "note.txt").write_text("secret", encoding="utf-8")
    os.mkfifo(folder / "pipe.xlsx")
    outside = {
        str(tmp_path / "secret.xlsx"): "leads out",
        "../secret.xlsx": "leads out",
        "plans/../../secret.xlsx": "leads out",
        "..\\secret.xlsx": "leads out",
        "C:secret.xlsx": "leads out",
        "link.xlsx": "leads out",
        "out/secret.xlsx": "leads out",
        "device.xlsx": "leads out",
        "ring.xlsx": "there is no workbook",
        "": "leads out",
        "a\0.xlsx": "leads out",
        "plans": "is no xlsx or xlsm file",
        "pipe.xlsx": "is no xlsx or xlsm file",
        "note.txt": "is no xlsx or xlsm file",
        "CON.xlsx": "is a device",
        "--help": "there is no workbook",
        "-.xlsx": "there is no workbook",
        "s3://bucket/a.xlsx": "leads out",
        "a" * 5000 + ".xlsx": "there is no workbook",
    }
    calls = [("evaluate", {"workbook": name}) for name in outside]
    beside = {"workbook": "near.xlsx", "output": "total_cost", "other": "../secret.xlsx"}
    *refused, compared, listed, near = ask(
        *(folder, *calls, ("compare", beside), ("workbooks", {})),
        ("evaluate", {"workbook": "near.xlsx", "results": ["gpu_days"]}),
    )
    faults = zip(outside.items(), refused, strict=True)
    assert [] == [(name, said) for (name, fault), said in faults if fault not in str(said)]
    assert "'../secret.xlsx' leads out of the folder" == compared
    assert ["near.xlsx", "plans/budget.xlsx"] == listed["files"]
    assert {"gpu_days"} == set(near["answer"])


@pytest.mark.slow
def test_a_text_of_an_agent_is_never_an_option(folder, tmp_path):
    (folder / "--output=stolen.xlsx").touch()
    book = "plans/budget.xlsx"
    stolen = tmp_path / "stolen.xlsx"
    answers = ask(
        folder,
        ("evaluate", {"workbook": book, "results": [f"--output={stolen}"]}),
        ("evaluate", {"workbook": book, "inputs": {"--contract": 1}}),
        ("evaluate", {"workbook": book, "inputs": {"mfu=0.4 --get": "total_cost"}}),
        ("sensitivity", {"workbook": book, "output": "--json", "inputs": ["-o", str(stolen)]}),
        ("solve", {"workbook": book, "output": f"-o{stolen}", "target": 1, "by": ["--force"]}),
        ("evaluate", {"workbook": "--output=stolen.xlsx"}),
        ("evaluate", {"workbook": book, "results": ["$(touch stolen.xlsx)"]}),
        ("evaluate", {"workbook": book, "results": ["a\0b"]}),
    )
    assert [] == [said for said in answers if not isinstance(said, str) or "\n" in said]
    assert not stolen.exists()
    assert [folder / "--output=stolen.xlsx"] == list(folder.rglob("*stolen*"))
    assert [] == [said for said in answers if str(folder) in said]


@pytest.mark.slow
def test_writing_keeps_to_new_files_of_the_folder_and_to_what_is_asked(folder, tmp_path):
    (folder / "out").symlink_to(tmp_path)
    book = folder / "plans" / "budget.xlsx"
    before = book.read_bytes()
    budget, template = {"workbook": "plans/budget.xlsx"}, {"workbook": "training_budget"}
    refused = ask(
        folder,
        *(("recalculate", {**budget, "to": name}) for name in ("../b.xlsx", "out/b.xlsx")),
        *(("recalculate", {**budget, "to": name}) for name in ("b.txt", "plans/budget.xlsx")),
        ("recalculate", template),
        options=["--write"],
    )
    assert [
        "'../b.xlsx' leads out of the folder",
        "out/b.xlsx leads out of the folder",
        "b.txt must end in .xlsx",
        "plans/budget.xlsx exists; give another name",
        "there is no workbook training_budget",
    ] == refused
    assert before == book.read_bytes()
    assert ["secret.xlsx"] == [path.name for path in tmp_path.glob("*.xlsx")]
    new, same = ask(
        folder,
        ("recalculate", {**template, "to": "plans/new.xlsx"}),
        ("recalculate", budget),
        options=["--write"],
    )
    assert "plans/new.xlsx" == new["answer"]["file"]
    assert "plans/budget.xlsx" == same["answer"]["file"]
    assert (folder / "plans" / "new.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.slow
def test_a_command_that_takes_too_long_is_ended(folder):
    for name in ("evaluate", "inputs"):
        [said] = ask(
            folder, (name, {"workbook": "plans/budget.xlsx"}), limits=["--time-limit=0.05"]
        )
        assert "the command took more than 0.05 s; --time-limit gives it more" == said


@pytest.mark.slow
def test_a_file_that_is_no_workbook_is_a_sentence(folder):
    (folder / "bad.xlsx").write_bytes(b"PK\x03\x04 nothing")
    answers = ask(folder, *((name, {"workbook": "bad.xlsx"}) for name in ("evaluate", "check")))
    assert [] == [said for said in answers if "bad.xlsx" not in said or str(folder) in said]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["nowhere"], "", "xlcalc: there is no folder nowhere\n"),
        (
            ["."],
            "import sys; sys.modules['mcp'] = sys.modules['mcp.server.mcpserver'] = None; ",
            'xlcalc: agents are served with the package mcp: pip install "xlcalc[mcp]"\n',
        ),
    ],
)
def test_a_server_that_cannot_start_says_why(words, code, sentence, tmp_path):
    start = f"{code}from xlcalc.cli.guard import guarded; guarded()"
    done = subprocess.run(
        [sys.executable, "-c", start, "mcp", *words],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert ("", sentence, 2) == (done.stdout, done.stderr, done.returncode)
