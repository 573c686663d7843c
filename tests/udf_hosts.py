"""The hosts of xlwings, each in a process of its own: what is live is chosen at its import."""

import atexit
import json
import os
import subprocess
import sys
from typing import Any

SERVER = """
import asyncio, json, sys
import xlwings
from xlwings.server import custom_functions_call, custom_functions_meta
import types
import xlcalc_udfs

formatted = types.ModuleType("formatted")
vars(formatted).update(xlcalc_udfs.exposed(formats=True, namespace=False))

async def call(request, module):
    data = dict(
        func_name=request[0], args=request[1:], version=xlwings.__version__, client="Office.js",
        runtime="1.4", date_format="m/d/yyyy", culture_info_name="en-US", caller_address=None,
    )
    return await custom_functions_call(data, module)

for line in sys.stdin:
    request = json.loads(line)
    if request in ("meta", "formatted meta"):
        answer = custom_functions_meta(xlcalc_udfs if request == "meta" else formatted)
    elif isinstance(request, dict):
        answer = asyncio.run(call(request["formatted"], formatted))
    else:
        answer = asyncio.run(call(request, xlcalc_udfs))
    print(json.dumps(answer, allow_nan=False), flush=True)
"""

# Stand-ins for pywin32 let xlwings' own generator of VBA run without Windows.
VBA = """
import json, sys, types
from pathlib import Path
for name in ("pythoncom", "pywintypes", "win32com", "win32com.client"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["pythoncom"].CoInitialize = lambda: None
sys.modules["pywintypes"].com_error = type("com_error", (Exception,), {})
sys.modules["win32com.client"].Dispatch = lambda *args, **kwargs: None
import xlwings
import xlwings.udfs as udfs
xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret

class Components:
    def __call__(self, name): return name
    def Remove(self, component): pass
    def Import(self, file): result["vba"] = Path(file).read_text()

class Application:
    Version = "16.0"
    def MacroOptions(self, name, **options): result["options"][name.split("!")[1]] = options

result = {"options": {}}
book = types.SimpleNamespace(
    Name="book.xlsm", Application=Application(),
    VBProject=types.SimpleNamespace(VBComponents=Components()),
)
import xlcalc.registry
sys.platform = "win32"  # what is imported from here on is told so
import xlcalc_udfs
udfs.__pro__ = False
udfs.get_udf_module = lambda name, book: xlcalc_udfs  # the original asks Excel for the book
udfs.import_udfs("xlcalc_udfs", book)
print(json.dumps(result))
"""


class Server:
    """A process that answers calls as xlwings Server does."""

    def __init__(self) -> None:
        licensed = {"XLWINGS_ON_SERVER": "true", "XLWINGS_LICENSE_KEY": "noncommercial"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | licensed,
        )
        atexit.register(self.stop)

    def ask(self, request: Any) -> Any:
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=10)


_servers: list[Server] = []


def ask_server(request: Any) -> Any:
    if not _servers:
        _servers.append(Server())
    return _servers[0].ask(request)


def call_server(name: str, *arguments: Any) -> Any:
    """Call a function as Excel does: a range is a list of rows, an argument left out None."""
    return ask_server([name, *arguments])


def generate_vba() -> dict[str, Any]:
    """Return the VBA module and the help that xlwings gives to Excel on Windows."""
    done = subprocess.run(
        [sys.executable, "-c", VBA], capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(done.stdout.splitlines()[-1])
