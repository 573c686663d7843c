"""The worksheet functions as LibreOffice Calc sees them.

LibreOffice loads this module as a component of the add-in that `xlcalc excel libreoffice` writes.
It runs in LibreOffice's own Python, which may be as old as 3.8 and without numpy. So it needs UNO
and the standard library alone, and calculates in this process where it can, and else in another
Python, which the add-in's `settings.json` or the environment variable XLCALC_PYTHON names.

A number from Calc is a float, TRUE 1.0, an empty cell that is an argument 0.0, in a range None, and
an argument left out None. An error of Calc is a float that is not a number and has a code in its
last four bytes; a cell shows it as that error.
"""

import importlib
import importlib.util
import io
import json
import math
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path

import unohelper
from com.sun.star.lang import XServiceInfo, XServiceName
from org.xlcalc import XFunctions

HERE = Path(__file__).resolve().parent
LIBRARY = HERE / "library"
SETTINGS = json.loads((HERE / "settings.json").read_text(encoding="utf-8"))
SERVICE = SETTINGS["service"]
NEEDED = ".".join(map(str, SETTINGS["python_needed"]))
FUNCTIONS = SETTINGS["functions"]
"""The Excel name by the method's."""

VARIABLE = "XLCALC_PYTHON"
STATUS = "XLCALCSTATUS"

ERRORS = {
    "#NUM!": 503,
    "#VALUE!": 519,
    "#NULL!": 521,
    "#REF!": 524,
    "#NAME?": 525,
    "#DIV/0!": 532,
    "#N/A": 32767,
}
"""Calc's code for each error that xlcalc knows."""
CODES = {code: error for error, code in ERRORS.items()}
NO_ADDIN = 530
"""Calc's code for an add-in that is not there; the cell shows Err:530."""

_NOT_A_NUMBER = 0x7FF8000000000000
_ROWS_OF_A_SHEET = 1048576


class UnavailableError(Exception):
    """There is no Python that can calculate; the message says what to do."""


def _version(version):
    return ".".join(map(str, version[:2]))


class _Here:
    """Calculates in LibreOffice's own Python."""

    def __init__(self):
        needed = tuple(SETTINGS["python_needed"])
        if sys.version_info < needed:
            raise UnavailableError(f"it is Python {_version(sys.version_info)}")
        if importlib.util.find_spec("numpy") is None:
            raise UnavailableError("it has no numpy")
        sys.path.insert(0, str(LIBRARY))
        try:
            self.call = importlib.import_module("xlcalc.hosts.calls").call
        except ImportError as error:
            sys.path.remove(str(LIBRARY))
            raise UnavailableError(str(error)) from None
        self.where = f"LibreOffice's own Python {_version(sys.version_info)}"


class _Beside:
    """Calculates in a process of another Python, which ends with LibreOffice."""

    def __init__(self, python):
        self.where = python
        environment = dict(os.environ, PYTHONPATH=str(LIBRARY), PYTHONIOENCODING="utf-8")
        # LibreOffice sets these for its own Python and its own libraries.
        for name in ("PYTHONHOME", "LD_LIBRARY_PATH"):
            environment.pop(name, None)
        try:
            self.process = subprocess.Popen(
                [python, "-m", "xlcalc.hosts.calls"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env=environment,
                cwd=str(HERE),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise UnavailableError(f"it does not start: {error}") from None
        self.answers = io.BufferedReader(self.process.stdout)
        if self.answers.readline().strip() != b'"ready"':
            raise UnavailableError(f"it is older than Python {NEEDED} or has no numpy")

    def call(self, name, cells):
        self.process.stdin.write(json.dumps([name, cells]).encode("ascii") + b"\n")
        return json.loads(self.answers.readline())


class _Calculator:
    """The first Python that can calculate; it is looked for at the first call."""

    def __init__(self):
        self.lock = threading.Lock()
        self.python = None
        self.problem = ""

    def call(self, name, cells):
        """Return the result of a function, or fail with UnavailableError."""
        with self.lock:
            if self.python is None:
                self.python = self.find()
            try:
                return self.python.call(name, cells)
            except (OSError, ValueError):  # the other process is gone
                self.python = self.find()
                return self.python.call(name, cells)

    def find(self):
        """Return a Python that can calculate."""
        if self.problem:
            raise UnavailableError(self.problem)
        tried = []
        named = os.environ.get(VARIABLE)
        if not named:
            try:
                return _Here()
            except UnavailableError as error:
                tried.append(f"LibreOffice's own Python cannot: {error}")
        for python in [named] if named else filter(None, [SETTINGS["python"]]):
            try:
                return _Beside(python)
            except UnavailableError as error:
                tried.append(f"{python} cannot: {error}")
        self.problem = (
            f"xlcalc needs a Python {NEEDED} or newer with numpy ({'; '.join(tried)}): install it, "
            f"set the environment variable {VARIABLE} to its path, and start LibreOffice again"
        )
        raise UnavailableError(self.problem)

    def status(self):
        """Return a sentence that says where functions are calculated, or what to do."""
        try:
            self.call("", [])
        except (UnavailableError, OSError, ValueError) as error:
            return str(error)
        return f"xlcalc {SETTINGS['version']} calculates in {self.python.where}"


_CALCULATOR = _Calculator()


def _error(code):
    """Return the number that Calc shows as an error."""
    return struct.unpack("<d", struct.pack("<Q", _NOT_A_NUMBER | code))[0]


def _from_calc(value):
    """Return a cell or a range of Calc as JSON has it."""
    if isinstance(value, tuple):
        return [[_from_calc(element) for element in row] for row in value]
    if isinstance(value, float) and not math.isfinite(value):
        (code,) = struct.unpack("<Ixxxx", struct.pack("<d", value))
        return {"error": CODES.get(code, "#VALUE!")}
    return value


def _to_calc(value):
    """Return a result as Calc takes it, in rows."""
    if isinstance(value, list):
        return tuple(tuple(map(_cell_to_calc, row)) for row in value)
    return ((_cell_to_calc(value),),)


def _cell_to_calc(value):
    if isinstance(value, dict):
        return _error(ERRORS[value["error"]])
    return value


def _trim(arguments):
    """Cut whole columns to the rows that are used in any of them."""
    whole = [a for a in arguments if isinstance(a, tuple) and len(a) >= _ROWS_OF_A_SHEET]
    if not whole:
        return arguments
    used = 1
    for column in whole:
        height = len(column)
        while height > used and not any(cell not in (None, "") for cell in column[height - 1]):
            height -= 1
        used = max(used, height)
    return [
        a[:used] if isinstance(a, tuple) and len(a) >= _ROWS_OF_A_SHEET else a for a in arguments
    ]


def _method(name):
    """Return the method that calculates a function."""

    def method(self, *arguments):
        try:
            return _to_calc(_CALCULATOR.call(name, list(map(_from_calc, _trim(arguments)))))
        except (UnavailableError, OSError, ValueError):
            return ((_error(NO_ADDIN),),)

    return method


class AddIn(unohelper.Base, XFunctions, XServiceName, XServiceInfo):
    """The add-in: a method for each function. Its texts are in CalcAddIns.xcu."""

    def __init__(self, context):
        pass

    def getServiceName(self):
        return SERVICE

    def getImplementationName(self):
        return SERVICE + ".python"

    def supportsService(self, name):
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self):
        return (SERVICE,)


for _name in FUNCTIONS:
    setattr(AddIn, _name, _method(FUNCTIONS[_name]))
setattr(AddIn, STATUS, lambda self: ((_CALCULATOR.status(),),))

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(AddIn, SERVICE + ".python", (SERVICE,))
