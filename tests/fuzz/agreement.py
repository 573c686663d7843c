"""Does a recalculation store a value that no second engine gives, and say nothing?

Sound formulas by a grammar, or an edited workbook, are recalculated. Each value that is stored then
is given by two engines that calculate the new file alone, or was stored before and one gives it, or
the recalculation has told of its cell. Our own functions, which Python alone may know, are left
out, and so is what follows from volatile functions.
"""

import functools

from xlcalc.calc.differences import OURS, Verdict, same_value, tolerance_of
from xlcalc.calc.engines.interface import EngineError
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import recalculated
from xlcalc.calc.voices import OwnEngine
from xlcalc.calc.witnesses import WITNESSES
from xlcalc.errors import XlcalcError
from xlcalc.formula_text import bare_name, called_functions
from xlcalc.registry import BY_NAME

INPUTS = {
    "A1": 2.5,
    "A2": -3.0,
    "A3": 0.0,
    "A4": 1200.0,
    "A5": "gpu 7",
    "A6": True,
    "A7": 46082.0,
    "A8": 0.1,
    "B1": "a",
    "B2": "b",
    "B3": "a",
    "B4": "gpu 7",
    "B5": "c",
}
"""Cells that formulas read; A9 and B6 are empty."""
_NUMBERS = ("0", "1", "2", "3", "-1", "0.5", "0.1", "1.005", "12", "1E3", "1E-7", "100%")
_TEXTS = ('"a"', '"gpu 7"', '""', '"2.5"', '" b "', '"c"')
_CELLS = ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "$A$1", "B1", "B4", "B6")
_RANGES = ("A1:A4", "A1:A8", "A1:A9", "A$1:A$3", "B1:B5", "A3:A3")
_OPERATORS = ("+", "-", "*", "/", "^", "&", "=", "<>", "<", ">", "<=", ">=")
_CALLS = {
    **dict.fromkeys(("SUM", "AVERAGE", "MIN", "MAX", "COUNT", "COUNTA", "PRODUCT"), "r"),
    **dict.fromkeys(("MEDIAN", "STDEV", "COUNTBLANK", "SUMSQ", "VAR"), "r"),
    **dict.fromkeys(("ABS", "SQRT", "EXP", "LN", "INT", "SIGN", "NOT", "LOG10", "EVEN"), "x"),
    **dict.fromkeys(("LEN", "UPPER", "TRIM", "VALUE", "T", "N", "PROPER"), "t"),
    **dict.fromkeys(("ISNUMBER", "ISTEXT", "ISBLANK", "ISERROR", "ISLOGICAL"), "x"),
    **dict.fromkeys(("ROUND", "ROUNDUP", "ROUNDDOWN", "MOD", "POWER"), "xx"),
    **dict.fromkeys(("AND", "OR", "SUM", "MAX", "IFERROR", "CEILING", "FLOOR", "QUOTIENT"), "xx"),
    **dict.fromkeys(("LEFT", "RIGHT", "REPT"), "tn"),
    **dict.fromkeys(("EXACT", "CONCATENATE", "FIND", "SEARCH"), "tt"),
    **dict.fromkeys(("LARGE", "SMALL", "INDEX"), "rn"),
    **dict.fromkeys(("IF", "CHOOSE", "DATE"), "xxx"),
    "MID": "tnn",
    "SUBSTITUTE": "ttt",
    "TEXT": "xf",
    "EDATE": "dn",
    "YEAR": "d",
    "WEEKDAY": "d",
    "MATCH": "xr0",
    "VLOOKUP": "x20",
    "SUMIF": "rc",
    "COUNTIF": "rc",
    "SUMPRODUCT": "rr",
    "PMT": "pnx",
    "NPV": "pr",
    "EOMONTH": "dn",
    "IFNA": "xx",
    "XOR": "xx",
    "TRUNC": "x",
}
_FORMATS = ('"0.00"', '"0%"', '"#,##0"', '"0"', '"yyyy-mm-dd"', '"0.0E+00"')
_CRITERIA = ('">1"', '"a"', '"<>0"', "A1", '"gpu*"', "0", '"<=0.1"')
FORMULAS = 4
"""Cells are C1 to C4; a formula reads those above it too."""


def formula(source, above, depth=3):
    """Return a formula that every spreadsheet program takes."""
    kind = source.below(6) if depth else source.below(3)
    if kind == 0:
        return source.one(_NUMBERS)
    if kind == 1:
        return source.one((*_CELLS, *above))
    if kind == 2:
        return source.one(_TEXTS) if source.chance(3) else source.one(_CELLS)
    if kind == 3:
        one, other = (formula(source, above, depth - 1) for _ in range(2))
        return f"({one}{source.one(_OPERATORS)}{other})"
    name = source.one(tuple(_CALLS))
    return f"{name}({','.join(_argument(source, above, depth, of) for of in _CALLS[name])})"


def _argument(source, above, depth, kind):
    """Return an argument: a range, a small number, a date, a share, a criterion, or anything."""
    match kind:
        case "r":
            return source.one(_RANGES)
        case "n":
            return source.one(("0", "1", "2", "3", "5"))
        case "d":
            return source.one(("A7", "DATE(2026,1,31)", "46082", "60"))
        case "p":
            return source.one(("0.1", "A8", "0", "5%"))
        case "f":
            return source.one(_FORMATS)
        case "c":
            return source.one(_CRITERIA)
        case "0":
            return "0"
        case "2":
            return "A1:B8,2"
    return formula(source, above, depth - 1)


def formulas(source):
    """Return the formulas of a workbook by cell."""
    made = {}
    for row in range(1, FORMULAS + 1):
        made[f"C{row}"] = f"={formula(source, tuple(made))}"
    return made


@functools.cache
def _engines():
    return (OwnEngine(), *(make() for make in WITNESSES))


def check(model):
    """Recalculate a workbook, and hold what it stores to what engines give for the new file."""
    before = _stored(model)
    done = recalculated(model)
    told = {
        found.place
        for found in done.verification.differences
        if found.verdict in {Verdict.KEPT, Verdict.UNSURE}
    }
    fresh = WorkbookModel(done.package.to_bytes(), "fresh.xlsx", model.now)
    given = []
    for engine in _engines():
        try:
            given.append((engine.name, engine.values(fresh)))
        except (EngineError, XlcalcError):
            continue
    for place, value in _stored(fresh).items():
        text = fresh.texts[place]
        called = {bare_name(name) for name in called_functions(text)}
        if place in told | done.verification.aside or called & BY_NAME.keys():
            continue
        tolerance = tolerance_of(frozenset(called))
        sheet, position = place
        agree = {
            name
            for name, values in given
            if position in values.get(sheet, {})
            and same_value(value, values[sheet][position], tolerance)
        }
        kept = before.get(place) is not None and same_value(before[place], value, tolerance)
        said = {name: values.get(sheet, {}).get(position) for name, values in given}
        assert len(agree) >= (1 if kept else 2) or len(said) < 2, (
            f"{place}: ={text} stores {value!r}, and engines say {said} ({OURS} is ours)"
        )


def _stored(model):
    """Return the stored value of each formula cell that has one."""
    return {
        (sheet, position): cell.value
        for sheet, cells in model.formulas.items()
        for position, cell in cells.items()
        if cell.value is not None and cell.kind != "dataTable"
    }
