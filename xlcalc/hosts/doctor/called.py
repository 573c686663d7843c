"""What do the formulas of a workbook call, and whose is it?

Each function is one of Excel's, one of ours in a dialect, a LAMBDA name of the workbook, one of an
add-in or a workbook that is not ours, or nobody's. Names that are handed to a function, as in
`MAP(A1:A9,XLC.GPU_DAYS)`, count as calls; variables of LET and LAMBDA do not.
"""

from dataclasses import dataclass, field

from xlcalc.calc.engine import LAMBDA_PREFIX, without_prefix
from xlcalc.formula_text import called_functions, scanner
from xlcalc.hosts.doctor.excel_versions import first_version
from xlcalc.hosts.doctor.formulas import Formula, Formulas
from xlcalc.office_cards import CARDS
from xlcalc.registry import BY_NAME

_OFFICE = "_XLDUDF_"
_CARDS = frozenset(card.name for card in CARDS)
_VARIABLES = ("_XLPM.", "_XLOP.")
_WORD = scanner(r"(?<![\w.$!'])([A-Za-z_\\][\w.]*)")
_ELSEWHERE = scanner(r"(?<=!)([A-Za-z_][\w.]*)\s*\(|(_xll\.[\w.]+)\s*\(")
_OTHER_PROGRAMS = ("_XLFN.ORG.", "_XLFN.COM.", "_XLFNODF.")
"""How LibreOffice writes functions that no Excel has."""


@dataclass
class Use:
    """How often formulas name something, and where first."""

    place: str
    formulas: int = 0


@dataclass
class Called:
    """What formulas call, each with its use.

    Attributes
    ----------
    ours : dict of str to dict
        Our functions, by dialect: "udf", "officejs", "lambda".
    cards : dict of str to Use
        Functions of an Office add-in of ours that return cards.
    namespaces : dict of str to None
        The namespaces of Office add-ins, in the order in which they were met.
    excels : dict of str to Use
        Excel's own functions, as the file writes them, in capitals.
    lambdas : dict of str to Use
        LAMBDA names of the workbook, those among them that others call.
    missing : dict of str to Use
        LAMBDA names of ours that the workbook does not have.
    unknown : dict of str to Use
        Functions of nobody.
    elsewhere : dict of str to Use
        Functions of add-ins and workbooks that are not ours.
    """

    ours: dict[str, dict[str, Use]] = field(default_factory=dict)
    cards: dict[str, Use] = field(default_factory=dict)
    namespaces: dict[str, None] = field(default_factory=dict)
    excels: dict[str, Use] = field(default_factory=dict)
    lambdas: dict[str, Use] = field(default_factory=dict)
    missing: dict[str, Use] = field(default_factory=dict)
    unknown: dict[str, Use] = field(default_factory=dict)
    elsewhere: dict[str, Use] = field(default_factory=dict)


def called_in(formulas: Formulas) -> Called:
    """Return what the formulas of a workbook call, its LAMBDA names followed.

    Parameters
    ----------
    formulas : Formulas
        Those of the workbook.
    """
    found = Called()
    texts: dict[str, Use] = {}
    for formula in formulas.called:
        count(texts, formula.text, formula.place)
    for text, use in texts.items():
        _sort_into(found, Formula(use.place, text), use.formulas, formulas)
    followed: set[str] = set()
    while following := [name for name in found.lambdas if name not in followed]:
        for name in following:
            followed.add(name)
            words = {word.upper() for word in _WORD.findall(formulas.lambdas[name])}
            for other in sorted((words & formulas.lambdas.keys()) - {name}):
                count(found.lambdas, other, found.lambdas[name].place)
    return found


def _sort_into(found: Called, formula: Formula, times: int, formulas: Formulas) -> None:
    """Add what one formula names, which stands so many times."""
    text, place = formula.text, formula.place
    for name in sorted(called_functions(text)):
        upper = name.upper()
        bare = without_prefix(name)
        if upper.startswith(_VARIABLES) or upper.startswith(LAMBDA_PREFIX):
            continue  # a variable, or a name, of which the words below tell
        if upper in formulas.lambdas:
            continue  # the words below tell of it, too
        if upper.startswith(_OFFICE) and bare in _CARDS:
            count(found.cards, bare, place, times)
            found.namespaces[upper[len(_OFFICE) : -len(bare) - 1]] = None
        elif upper.startswith(_OFFICE) and bare in BY_NAME:
            count(found.ours.setdefault("officejs", {}), bare, place, times)
            found.namespaces[upper[len(_OFFICE) : -len(bare) - 1]] = None
        elif bare in BY_NAME:
            count(found.ours.setdefault("udf", {}), bare, place, times)
        elif upper.startswith(_OTHER_PROGRAMS):
            count(found.unknown, name, place, times)
        elif upper.startswith("_XLFN.") or first_version(name):
            count(found.excels, upper, place, times)
        elif upper.startswith(_OFFICE):
            count(found.elsewhere, name, place, times)
        elif not upper.startswith("_XLL.") and upper not in formulas.names:
            count(found.unknown, name, place, times)
    for names in _ELSEWHERE.findall(text):
        for name in filter(None, names):
            count(found.elsewhere, name, place, times)
    for word in sorted({word.upper() for word in _WORD.findall(text)}):
        function = word.removeprefix(LAMBDA_PREFIX)
        if function != word and function in BY_NAME:
            count(found.ours.setdefault("lambda", {}), function, place, times)
            if word not in formulas.names:
                count(found.missing, word, place, times)
        if word in formulas.lambdas:
            count(found.lambdas, word, place, times)


def count(uses: dict[str, Use], name: str, place: str, times: int = 1) -> None:
    """Add that formulas name something, first at a place if they have not named it before."""
    uses.setdefault(name, Use(place)).formulas += times
