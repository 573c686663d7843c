"""VBA without Excel: a grammar that reads a module, and an interpreter that runs it."""

# ruff: noqa: N802, N803  the names are Excel's and ANTLR's
import re
from typing import Any

import xlcalc_udfs
from antlr4 import CommonTokenStream, InputStream
from antlr4.error.ErrorListener import ErrorListener
from antlr4_vba.vbaLexer import vbaLexer
from antlr4_vba.vbaParser import vbaParser
from pyopenvba.exceptions import VBARuntimeError
from pyopenvba.interpreter import (
    MISSING,
    HostBridge,
    Interpreter,
    VBAArray,
    VBAErrorValue,
    VBAObject,
    member,
    method,
    setter,
)
from pyopenvba.interpreter._runtime import UNRESOLVED

from xlcalc.hosts.windows.vba_module import ERROR_NUMBERS

CODES = {number: code for code, number in ERROR_NUMBERS.items()}


class _Errors(ErrorListener):
    def __init__(self) -> None:
        self.found: list[str] = []

    def syntaxError(self, recognizer, symbol, line, column, message, error):
        self.found.append(f"{line}:{column} {message[:100]}")


def _kinds(text: str) -> tuple[int, ...]:
    """Return the kinds of the words of a text, which are all that the parser sees of it."""
    return tuple(token.type for token in vbaLexer(InputStream(text)).getAllTokens())


def each_kind_once(module: str) -> str:
    """Return a module without procedures that the parser cannot tell from an earlier one.

    Lines that go on are joined, and blanks at their beginning are gone: the parser is slow at them.
    """
    module = re.sub(r"(?m)^ +| _\r\n *", lambda found: " " if "_" in found[0] else "", module)
    first, *others = re.split(r"(?m)^(?=(?:Public|Private) (?:Function|Sub) )", module)
    unlike: dict[tuple[int, ...], str] = {}
    for text in others:
        unlike.setdefault(_kinds(text), text)
    return first + "".join(unlike.values())


def syntax_errors(module: str) -> list[str]:
    """Return what the grammar of VBA does not accept in a module."""
    errors = _Errors()
    lexer = vbaLexer(InputStream(module))
    parser = vbaParser(CommonTokenStream(lexer))
    for recognizer in (lexer, parser):
        recognizer.removeErrorListeners()
        recognizer.addErrorListener(errors)
    parser.startRule()
    return errors.found


class Range(VBAObject):
    """A cell that calls a function."""


class Workbook(VBAObject):
    """The workbook that has the macros."""

    saved: object = True

    @member
    def Name(self) -> str:
        return "Dave's budget.xlsm"

    @member
    def Saved(self) -> object:
        return self.saved

    @setter("Saved")
    def _save(self, value: object) -> None:
        self.saved = value


class Application(VBAObject):
    """Excel, which a cell has made call a function."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.described: dict[str, dict[str, Any]] = {}

    @member
    def Caller(self) -> object:
        return Range()

    @method
    def MacroOptions(
        self, Macro, Description="", Category="", HelpFile="", ArgumentDescriptions=MISSING
    ) -> None:
        self.workbook.saved = False
        self.described[Macro] = {
            "Description": Description,
            "Category": Category,
            "HelpFile": HelpFile,
            "ArgumentDescriptions": list(ArgumentDescriptions.items),
        }


class Python(VBAObject):
    """What `XLPy` gives to VBA: calls of Python, arguments and results as COM carries them."""

    fails = ""

    @method
    def CallUDF(self, module, name, arguments, workbook, caller) -> object:
        assert "xlcalc_udfs" == module
        assert isinstance(workbook, Workbook)
        assert isinstance(caller, Range)
        self._fail()
        given = [None if item is MISSING else _rows(item) for item in arguments.items]
        result = getattr(xlcalc_udfs, name)(*given)
        return array(result if isinstance(result, list) else [[result]])

    @method
    def Module(self, name) -> VBAObject:
        self._fail()
        return self

    def _fail(self) -> None:
        if self.fails:
            raise VBARuntimeError(1, self.fails)


def _rows(item: object) -> list[list[object]]:
    """Return an argument as xlwings hands it over with ndim=2 and err_to_str."""
    if isinstance(item, VBAArray):
        (top, bottom), (left, right) = item.bounds
        return [
            [_cell(item.get([row, column])) for column in range(left, right + 1)]
            for row in range(top, bottom + 1)
        ]
    return [[_cell(item)]]


def _cell(value: object) -> object:
    return CODES[value.number] if isinstance(value, VBAErrorValue) else value


def array(rows: list[list[Any]]) -> VBAArray:
    """Return rows as COM carries them, counted from 0."""
    made = VBAArray([(0, len(rows) - 1), (0, len(rows[0]) - 1)])
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            made.set([i, j], value)
    return made


class Excel(HostBridge):
    """What a module of ours finds around it."""

    def __init__(self, module: str) -> None:
        self.python, self.workbook = Python(), Workbook()
        self.application = Application(self.workbook)
        self.interpreter = Interpreter(self)
        self.interpreter.add_module(module, name="xlwings_udfs")

    def global_object(self, name: str) -> object:
        known = {
            "xlpy": self.python,
            "application": self.application,
            "thisworkbook": self.workbook,
        }
        return known.get(name.lower(), UNRESOLVED)

    def call(self, name: str, *arguments: object) -> object:
        """Return what a cell shows that calls a function: a value, an error's code, or rows."""
        result = self.interpreter.run(name, arguments)
        if isinstance(result, VBAArray):
            return _rows(result)
        return _cell(result)
