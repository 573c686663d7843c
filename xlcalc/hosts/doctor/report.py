"""How is what was found told: as lines of text, and as data whose keys stay?"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from xlcalc.hosts.doctor.add_in import MODULE, AddIn, find_add_in
from xlcalc.hosts.doctor.machine import Machine, Python, this_python
from xlcalc.hosts.doctor.programs import Excel, LibreOffice, find_excel, find_libreoffice
from xlcalc.hosts.doctor.server_project import Server, find_server
from xlcalc.hosts.doctor.workbook import Diagnosis
from xlcalc.registry import BY_NAME, plugin_of
from xlcalc.worksheet import spec_of

_KEYS = {
    "missing": "no licence key",
    "placeholder": "the placeholder for a licence key",
    "noncommercial": "licensed for noncommercial use",
    "present": "a licence key",
}
_SYSTEMS = {"win32": "Windows", "darwin": "macOS", "linux": "Linux"}
_SPEAKS = {
    "udf": "udf, calls of the xlwings add-in or xlwings Lite",
    "officejs": "officejs, calls of an Office add-in",
    "lambda": "lambda, names with a LAMBDA behind them",
    "native": "native, plain formulas",
    "values": "values, a copy without formulas of ours",
}


@dataclass(frozen=True)
class MachineReport:
    """What a machine has to calculate with."""

    system: str
    python: Python
    excel: Excel | None
    libreoffice: tuple[LibreOffice, ...]
    add_in: AddIn
    server: Server

    @property
    def faults(self) -> tuple[str, ...]:
        """What is set wrong, a sentence each."""
        return (*self.add_in.faults, *self.server.faults)


def look_at(machine: Machine) -> MachineReport:
    """Return what a machine has to calculate with.

    Parameters
    ----------
    machine : Machine
        The machine.
    """
    return MachineReport(
        system=machine.system,
        python=this_python(("numpy", "xlwings", "xlwings_server", MODULE)),
        excel=find_excel(machine),
        libreoffice=find_libreoffice(machine),
        add_in=find_add_in(machine),
        server=find_server(machine),
    )


def machine_data(found: MachineReport) -> dict[str, Any]:
    """Return a report of a machine as data for JSON."""
    data = asdict(found)
    data["libreoffice"] = list(data["libreoffice"])
    return {**data, "lite": None, "faults": list(found.faults)}


def machine_lines(found: MachineReport) -> Iterator[str]:
    """Yield the lines that tell of a machine."""
    yield f"System       {_SYSTEMS.get(found.system, found.system)}"
    yield f"Python       {_python_text(found.python)}"
    yield f"Excel        {_excel_text(found.excel)}"
    for office in found.libreoffice:
        yield f"LibreOffice  {office.version or 'of unknown version'}, {office.path}"
        yield f"             {_office_python_text(office.python)}"
    if not found.libreoffice:
        yield "LibreOffice  not found"
    yield from _add_in_lines(found.add_in)
    yield "Lite         leaves no trace on a machine: look for xlwings Lite among Excel's add-ins"
    yield from _server_lines(found.server)
    for fault in found.faults:
        yield f"! {fault}"


def workbook_data(name: str, found: Diagnosis, command: str | None) -> dict[str, Any]:
    """Return what was found in a workbook as data for JSON.

    Parameters
    ----------
    name : str
        The file.
    found : Diagnosis
        What was found.
    command : str or None
        The command that makes a workbook without these problems.
    """
    data = asdict(found)
    functions = [
        {"name": function, "since": _since(function), **asdict(use)}
        for function, use in found.functions.items()
    ]
    return {"name": name, **data, "functions": functions, "command": command}


def workbook_lines(
    name: str, found: Diagnosis, command: str | None, reader: str | None
) -> Iterator[str]:
    """Yield the lines that tell of a workbook.

    Parameters and what they mean are those of `workbook_data`; `reader` is the version of Excel of
    a reader, or None.
    """
    yield name
    speaks = "; ".join(_SPEAKS[dialect] for dialect in found.dialects)
    if found.namespaces:
        speaks += f" with the namespace {', '.join(found.namespaces)}"
    yield f"  Speaks     {speaks or 'Excel alone: it calls no function of xlcalc'}"
    calls = ", ".join(
        f"{name} ({since})" if not plugin_of(name) and (since := _since(name)) else name
        for name in found.functions
    )
    if calls:
        yield f"  Calls      {calls}"
    yield from (f"  Needs      {need}" for need in _needs(found))
    if found.settings:
        settings = ", ".join(f"{name} {value}" for name, value in found.settings.items())
        yield f"  Settings   {settings}"
    stored = found.formulas - found.without_value
    yield f"  Formulas   {found.formulas}, {stored} of them with a value for a reader's first look"
    yield from (f"  Note       {sentence}" for sentence in found.renamed)
    if not found.problems:
        yield "  All would calculate" + ("" if reader is None else f" in Excel {reader}")
    for problem in found.problems:
        yield f"! {problem.sentence}"
    if command is not None:
        what = "This mends it" if found.problems else "For a reader without the add-in"
        if "--dialect values" in command:
            what += ", with the figures and without their formulas"
        yield f"  {what}: {command}"
    elif found.problems:
        yield "  No conversion mends this"


def _since(name: str) -> str:
    return spec_of(BY_NAME[name]).since


def _needs(found: Diagnosis) -> Iterator[str]:
    newest = f", for {', '.join(found.newest[:5])}" if found.newest else ""
    name = (
        "Excel with a subscription or on the web"
        if found.excel == "365"
        else (f"Excel {found.excel} or newer")
    )
    if found.formulas:
        yield name + newest
    release = f"xlcalc {found.since} or newer" if found.since else "xlcalc"
    if "udf" in found.dialects:
        yield f"the xlwings add-in with {release} on Windows, xlwings Lite, or a server"
    if "officejs" in found.dialects:
        yield f"the Office add-in of a server with {release}"
    if found.add_in:
        yield from (f"{plugin}, where Python calculates" for plugin in found.plugins)
    if found.other_add_ins:
        yield f"other add-ins or workbooks, for {', '.join(found.other_add_ins[:5])}"
    if found.macros:
        yield "macros, which the workbook carries"


def _python_text(python: Python) -> str:
    if not python.version:
        return f"{python.path}, which does not run"
    return f"{python.version}, {python.bits} bits, {python.path}"


def _excel_text(excel: Excel | None) -> str:
    if excel is None:
        return "not found"
    name = f"{excel.name}, " if excel.name else ""
    bits = f", {excel.bits} bits" if excel.bits else ""
    return f"{name}version {excel.version}{bits}" + (f", {excel.path}" if excel.path else "")


def _office_python_text(python: Python | None) -> str:
    if python is None:
        return "without a Python, so that no function in Python runs there"
    has = [name for name, there in python.packages.items() if there]
    lacks = [name for name, there in python.packages.items() if not there]
    parts = [f"with {', '.join(has)}"] if has else []
    parts += [f"without {', '.join(lacks)}"] if lacks else []
    return ", ".join([f"its Python {_python_text(python)}", *parts])


def _add_in_lines(add_in: AddIn) -> Iterator[str]:
    yield f"xlwings      {add_in.version or 'not installed'}"
    yield f"  add-in     {add_in.installed or 'not in the start-up folder of Excel'}"
    yield f"  settings   {add_in.conf or 'none'}"
    if add_in.interpreter is not None:
        yield f"  starts     {_python_text(add_in.interpreter)}"
    if add_in.python_path:
        yield f"  looks in   {'; '.join(add_in.python_path)}"
    if add_in.modules:
        yield f"  functions  {', '.join(add_in.modules)}"


def _server_lines(server: Server) -> Iterator[str]:
    yield f"Server       {server.version or 'xlwings-server is not installed'}, {_KEYS[server.key]}"
    if server.project:
        https = "with" if server.certificates else "without"
        yield f"  project    {server.project}, {https} certificates"
    if not server.certificates:
        yield f"  mkcert     {'found' if server.mkcert else 'not found'}"
