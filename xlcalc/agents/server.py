"""Which tools does an agent get, and what do they take?

A server of the Model Context Protocol has a tool for each question. It speaks over its standard
input and output; `commands` asks, and `folder` says of what.
"""

import contextlib
import json
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlcalc._version import __version__
from xlcalc.agents.commands import Commands, Value, optional, settings
from xlcalc.agents.folder import Folder, RefusedError
from xlcalc.errors import UsageError, suggestion
from xlcalc.plain_texts import shortened
from xlcalc.templates import TEMPLATES, summary

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

MISSING = 'agents are served with the package mcp: pip install "xlcalc[mcp]"'
_GUIDE = """Budgets of AI training and inference, as workbooks with named inputs and results.
Begin with `workbooks`, then `inputs` of the one that fits; a template is a workbook too.
Nothing is changed by a question: `evaluate` calculates with other inputs and leaves the file."""
_NAMES = "a list of names"
_INPUTS = "names of inputs, each with a number, a text, true or false"
_TAKES = {
    "before": _INPUTS,
    "after": _INPUTS,
    "inputs": f"{_INPUTS}, or a list of such objects",
    "results": _NAMES,
    "by": f'{_NAMES}, as ["mfu"]',
    "subject": 'a list of conditions, as ["train_days<=30"]',
    "target": "a number",
    "swing": "a number",
}
"""What arguments take that are no single text."""


def server_of(commands: Commands, *, write: bool) -> "MCPServer[Any]":
    """Return a server with the tools.

    Raises
    ------
    UsageError
        If the package mcp is not installed.
    """
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp_types import CallToolResult, InputRequiredResult, Tool, ToolAnnotations
        from pydantic import ValidationError
    except ImportError:
        raise UsageError(MISSING) from None

    class Server(MCPServer[Any]):
        """A server whose tools refuse arguments that they do not know, and say why in a sentence.

        An unknown one that is left aside would change what is asked: with a misspelt `to`,
        `recalculate` would write over the workbook.
        """

        async def list_tools(self) -> list[Tool]:
            tools = await super().list_tools()
            for tool in tools:
                tool.input_schema["additionalProperties"] = False
            return tools

        async def call_tool(
            self, name: str, arguments: dict[str, Any], context: Any = None
        ) -> CallToolResult | InputRequiredResult:
            schemas = {tool.name: tool.input_schema for tool in await self.list_tools()}
            if name in schemas:
                refused = _unfit(name, schemas[name]["properties"], arguments)
                if refused:
                    raise ToolError(refused)
            try:
                return await super().call_tool(name, arguments, context)
            except ToolError as error:
                if not isinstance(error.__cause__, ValidationError):
                    raise
                found = error.__cause__.errors()[0]["loc"][0]
                raise ToolError(_misfit(name, str(found), arguments)) from None

    server: MCPServer[Any] = Server(
        "xlcalc", instructions=_GUIDE, version=__version__, log_level="WARNING"
    )

    @contextlib.contextmanager
    def sentences() -> Iterator[None]:
        try:
            yield
        except RefusedError as error:
            raise ToolError(str(error)) from None

    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    writes = ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=False)

    @server.tool(annotations=reads)
    def workbooks() -> dict[str, Any]:
        """List the workbooks of the folder, and the templates, which are workbooks too."""
        return {
            "files": commands.folder.names(),
            "templates": {name: summary(name) for name in TEMPLATES},
        }

    @server.tool(annotations=reads)
    def inputs(workbook: str) -> dict[str, Any]:
        """Describe the inputs, results and tables of a workbook as a JSON Schema.

        Each has its unit, label and cell; an input its domain and its value (default).
        """
        with sentences():
            return commands.answer("contract", [], [commands.workbook(workbook)])

    @server.tool(annotations=reads)
    def evaluate(
        workbook: str,
        inputs: dict[str, Value] | list[dict[str, Value | None]] | None = None,
        results: list[str] | None = None,
    ) -> dict[str, Any]:
        """Calculate a workbook with other inputs; all results if none are named.

        Inputs that are left out keep the workbook's values. Remarks say what is doubtful. A list of
        up to 1000 inputs gives a list: each with its inputs, results, and an error if there is one.
        """
        with sentences():
            wanted = [f"--get={name}" for name in results or []]
            file = commands.workbook(workbook)
            if isinstance(inputs, list):
                files = [file, commands.list_of(inputs, "scenarios")]
                return commands.answer("evaluate", ["--json", *wanted], files)
            options = ["--json", *settings(inputs or {}), *wanted]
            return commands.answer("run", options, [file])

    @server.tool(annotations=reads)
    def compare(
        workbook: str,
        output: str,
        before: dict[str, Value] | None = None,
        after: dict[str, Value] | None = None,
        other: str | None = None,
    ) -> dict[str, Any]:
        """Say which inputs moved a result, and by how much each.

        Give the inputs before and after, where the workbook's own stand for what is left out; or
        another workbook instead.
        """
        with sentences():
            options = ["--json", f"--output={output}"]
            for option, changed in (("from", before), ("to", after)):
                if changed:
                    options.append(f"--{option}={commands.list_of([changed], option)}")
            files = [commands.workbook(name) for name in (workbook, other) if name is not None]
            return commands.answer("compare", options, files)

    @server.tool(annotations=reads)
    def solve(
        workbook: str,
        by: list[str],
        output: str | None = None,
        target: float | None = None,
        minimise: str | None = None,
        maximise: str | None = None,
        subject: list[str] | None = None,
    ) -> dict[str, Any]:
        """Find the inputs that bring a result to a target, or make one least or greatest.

        `by` names inputs that may change, with a range if wanted: ["params=1e9:1e12"]. A target
        takes one of them. `subject` has conditions: ["train_days<=30"].
        """
        with sentences():
            options = [
                *("--json", *(f"--by={text}" for text in by)),
                *(*optional("output", output), *optional("target", target)),
                *(*optional("minimise", minimise), *optional("maximise", maximise)),
                *(f"--subject={text}" for text in subject or []),
            ]
            return commands.answer("solve", options, [commands.workbook(workbook)])

    @server.tool(annotations=reads)
    def sensitivity(
        workbook: str, output: str, inputs: list[str] | None = None, swing: float = 0.1
    ) -> dict[str, Any]:
        """Say which inputs would move a result most, each lowered and raised by a share."""
        with sentences():
            named = None if inputs is None else ",".join(inputs)
            options = [f"--output={output}", f"--swing={swing!r}", *optional("inputs", named)]
            return commands.answer(
                "sensitivity", ["--json", *options], [commands.workbook(workbook)]
            )

    @server.tool(annotations=reads)
    def check(workbook: str) -> dict[str, Any]:
        """Audit a workbook: what is wrong, where, and how it is mended."""
        with sentences():
            file = commands.workbook(workbook)
            return commands.answer("check", ["--format=json"], [file], strict=True)

    if write:

        @server.tool(annotations=writes)
        def recalculate(workbook: str, to: str | None = None) -> dict[str, Any]:
            """Store fresh values in a workbook, or write it so to a new file of the folder."""
            with sentences():
                if to is None:
                    options = []
                    file = commands.folder.file(workbook)
                else:
                    file = commands.workbook(workbook)
                    options = [f"--output={commands.folder.new_file(to, file.suffix.lower())}"]
                return commands.answer("recalc", ["--json", *options], [file], strict=True)

    return server


def _unfit(tool: str, known: Collection[str], arguments: Mapping[str, Any]) -> str:
    """Return why a tool cannot take some arguments by their names; empty where it can."""
    for name in arguments:
        if name not in known:
            takes = f"it takes {', '.join(known)}" if known else "it takes none"
            return f'{tool} has no argument "{name}"{suggestion(name, known) or f"; {takes}"}'
    return ""


def _misfit(tool: str, name: str, arguments: Mapping[str, Any]) -> str:
    """Return why a tool cannot take an argument, or not do without it."""
    takes = _TAKES.get(name, "a text")
    if name not in arguments:
        return f"{tool} needs {name}, {takes}"
    got = shortened(json.dumps(arguments[name], ensure_ascii=False), 100)
    return f"{name} takes {takes}, got {got}"


def serve(folder: Path, *, write: bool, seconds: float, gigabytes: float) -> None:
    """Serve the workbooks of a folder until the standard input ends.

    Raises
    ------
    UsageError
        If there is no such folder, or the package mcp is not installed.
    """
    inside = Folder(folder)
    with tempfile.TemporaryDirectory(prefix="xlcalc-") as scratch:
        commands = Commands(inside, Path(scratch).resolve(), seconds, gigabytes)
        server_of(commands, write=write).run("stdio")
