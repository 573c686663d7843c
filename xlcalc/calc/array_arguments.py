"""Which arguments of a call may hold several values, and not one?

Excel takes a range where a formula asks for one number, and gives several values back. Engines
differ there. So the places of a formula where several values stand are found by their marks: a
range, an array constant, a column of a table, a name of a range, or a function that returns an
array. Those inside a function that makes one value of many, as SUM and VLOOKUP, count no more.

For example, in `F(SUM(A1:A3),B1:B2)` the colon at 8 is gone behind SUM, and the one at 15 is not:
the second argument of F may hold several values, the first one holds one.
"""

from collections.abc import Mapping, Set

from xlcalc.formula_text import Call, bare_name, calls, scanner

_ALL = frozenset(range(255))
_ODD = frozenset(range(1, 255, 2))
_EVEN = frozenset(range(0, 255, 2))
_AGGREGATES = """
SUM PRODUCT SUMSQ SUMPRODUCT AVERAGE AVERAGEA MIN MAX MINA MAXA COUNT COUNTA COUNTBLANK MEDIAN MODE
MODE.SNGL STDEV STDEVA STDEVP STDEVPA STDEV.S STDEV.P VAR VARA VARP VARPA VAR.S VAR.P GEOMEAN
HARMEAN DEVSQ AVEDEV SKEW SKEW.P KURT SUBTOTAL AGGREGATE ROWS COLUMNS AREAS AND OR XOR CONCAT
TEXTJOIN NPV IRR MIRR XIRR XNPV SUMXMY2 SUMX2MY2 SUMX2PY2 CORREL PEARSON COVAR COVARIANCE.P
COVARIANCE.S RSQ SLOPE INTERCEPT STEYX GCD LCM MULTINOMIAL TRIMMEAN DSUM DAVERAGE DCOUNT DCOUNTA
DGET DMAX DMIN DPRODUCT SINGLE
"""
_RANGES: dict[str, frozenset[int]] = {
    **dict.fromkeys(_AGGREGATES.split(), _ALL),
    **dict.fromkeys(("LARGE", "SMALL", "PERCENTRANK", "COUNTIF", "INDEX"), frozenset({0})),
    **dict.fromkeys(("PERCENTILE", "PERCENTILE.INC", "PERCENTILE.EXC"), frozenset({0})),
    **dict.fromkeys(("QUARTILE", "QUARTILE.INC", "QUARTILE.EXC"), frozenset({0})),
    **dict.fromkeys(("MATCH", "XMATCH", "VLOOKUP", "HLOOKUP", "RANK"), frozenset({1})),
    **dict.fromkeys(("RANK.EQ", "RANK.AVG"), frozenset({1})),
    **dict.fromkeys(("LOOKUP", "XLOOKUP", "FORECAST", "FORECAST.LINEAR"), frozenset({1, 2})),
    **dict.fromkeys(("SUMIF", "AVERAGEIF"), frozenset({0, 2})),
    **dict.fromkeys(("SUMIFS", "AVERAGEIFS", "MAXIFS", "MINIFS"), _ODD | {0}),
    "COUNTIFS": _EVEN,
    **dict.fromkeys(("NETWORKDAYS", "WORKDAY"), frozenset({2})),
    **dict.fromkeys(("NETWORKDAYS.INTL", "WORKDAY.INTL"), frozenset({3})),
}
"""The arguments of which a function makes one value, counted from 0."""
_ARRAYS = (
    "ANCHORARRAY|BYCOL|BYROW|CHOOSECOLS|CHOOSEROWS|DROP|EXPAND|FILTER|FREQUENCY|GROUPBY|GROWTH"
    "|HSTACK|INDIRECT|LINEST|LOGEST|MAKEARRAY|MAP|MINVERSE|MMULT|MODE\\.MULT|MUNIT|OFFSET|PIVOTBY"
    "|RANDARRAY|SCAN|SEQUENCE|SORT|SORTBY|TAKE|TEXTSPLIT|TOCOL|TOROW|TRANSPOSE|TREND|TRIMRANGE"
    "|UNIQUE|VSTACK|WRAPCOLS|WRAPROWS"
)
"""Functions that may return several values whatever they are given."""
# In turn: an array constant or the colon of a range; a function that returns arrays; a variable of
# LET or LAMBDA; a name.
_MARK = scanner(
    rf"([{{:])|((?<!\w)(?:{_ARRAYS})(?=\())|(_xl(?:pm|op)\.\w+)"
    r"|((?<![\w.!$'])[a-z_\\][\w.\\]*(?![\w.(!]))"
)
_WHOLE = frozenset({"", "0"})
"""What stands for a whole row or column in INDEX."""


def places_of_arrays(formula: str, ranges: Set[str]) -> list[int]:
    """Return the places of a formula where several values may stand.

    Parameters
    ----------
    formula : str
        A formula, without `=`.
    ranges : set of str
        The names that stand for several values, in small letters.

    Returns
    -------
    list of int
        They rise. A variable of LET or LAMBDA may hold several values where anything else does.

    Examples
    --------
    >>> places_of_arrays("F(SUM(A1:A3),B1:B2)", set())
    [8, 15]
    """
    places: list[int] = []
    variables: list[int] = []
    for mark in _MARK.finditer(formula):
        if mark[1] or mark[2]:
            places.append(mark.start())
        elif mark[3]:
            variables.append(mark.start())
        elif mark[4]:
            if mark[4].lower() in ranges:
                places.append(mark.start())
        elif mark[0].startswith("[") and not _is_one_cell(mark[0]):
            places.append(mark.start())
    return sorted(places + variables) if places and variables else places


def _is_one_cell(columns: str) -> bool:
    """Whether columns of a table are one cell of this row, or a number of another workbook."""
    this_row = columns.startswith("[@") or "#this row" in columns.lower()
    return columns[1:-1].isdecimal() or (this_row and ":" not in columns)


def places_behind(call: Call, formula: str, places: list[int]) -> list[int]:
    """Return the places that still count behind a call.

    Parameters
    ----------
    call : Call
        A call; those inside it were asked before.
    formula : str
        The formula in which it stands.
    places : list of int
        Where several values may stand in the formula.

    Returns
    -------
    list of int
        Without those of which the call makes one value.
    """
    name = bare_name(call.name)
    taken = _RANGES.get(name)
    if taken is None:
        return places
    if name == "INDEX" and any(formula[a:b].strip() in _WHOLE for a, b in call.arguments[1:]):
        return places
    inside = [place for n, place in enumerate(call.arguments) if n in taken]
    return [place for place in places if not any(a <= place < b for a, b in inside)]


def may_be_array(formula: str, ranges: Set[str]) -> bool:
    """Whether a formula may give several values; parameters are those of `places_of_arrays`."""
    places = places_of_arrays(formula, ranges)
    for call in calls(formula) if places else ():
        places = places_behind(call, formula, places)
    return bool(places)


def array_names(names: Mapping[str, str]) -> set[str]:
    """Return the names that may stand for several values, in small letters.

    Parameters
    ----------
    names : mapping of str to str
        What each name of a workbook stands for, as `Inputs!$C$7:$C$9`.

    Examples
    --------
    >>> sorted(array_names({"Rates": "S!$A$1:$A$3", "double": "2*Rates", "rate": "S!$A$1"}))
    ['double', 'rates']
    """
    found: set[str] = set()
    while True:
        more = {name.lower() for name, text in names.items() if may_be_array(text, found)}
        if more == found:
            return found
        found = more
