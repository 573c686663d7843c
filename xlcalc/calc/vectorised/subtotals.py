"""Which cells do SUBTOTAL and AGGREGATE add up, and by which function?

Both name the function by a number and pass over some cells: hidden rows, and cells that are
subtotals themselves. Where the file says which, they become that function of the cells that are
left. https://support.microsoft.com, "SUBTOTAL function" and "AGGREGATE function".
"""

import functools
import re
from collections.abc import Iterator

import formualizer

from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.vectorised.references import number_of
from xlcalc.calc.vectorised.syntax import Call, Cell, Literal, Node, NotVectorised, Place, Range
from xlcalc.ooxml.markup import Position, cell_name

_FUNCTIONS = (
    *("", "AVERAGE", "COUNT", "COUNTA", "MAX", "MIN", "PRODUCT", "STDEV", "STDEVP", "SUM", "VAR"),
    *("VARP", "MEDIAN", "MODE", "LARGE", "SMALL", "PERCENTILE", "QUARTILE", "PERCENTILE.EXC"),
    "QUARTILE.EXC",
)
"""By their numbers; SUBTOTAL has the first eleven."""
_LAST_SUBTOTAL, _FIRST_WITH_K = 11, 14
_ONLY_VISIBLE = 100
"""Added to a number of SUBTOTAL, it passes over rows that a person has hidden."""
_VISIBLE, _NO_ERRORS, _NESTED = {1, 3, 5, 7}, {2, 3, 6, 7}, {4, 5, 6, 7}
"""Options of AGGREGATE: pass over hidden rows, pass over errors, take subtotals as well."""
_TOTAL = re.compile(r"\b(?:SUBTOTAL|AGGREGATE)\(", re.IGNORECASE)
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_NUMBER = re.compile(rb"\br=[\"'](\d+)[\"']")
_ALL_HIDDEN = re.compile(rb"\bzeroHeight=[\"'](?:1|true)[\"']")
_FILTER = re.compile(rb"<(?:\w+:)?(?:autoFilter|tableParts)\b")


class Totals:
    """The cells of a workbook that subtotals pass over.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    """

    def __init__(self, model: WorkbookModel) -> None:
        self._model = model
        self._hidden = functools.cache(self._hidden_rows)
        self._nested = functools.cache(self._nested_totals)

    def resolved(self, name: str, arguments: tuple[Node, ...], own: Place) -> Node:
        """Return SUBTOTAL or AGGREGATE as the function that it stands for, of the cells left.

        Parameters
        ----------
        name : str
            SUBTOTAL or AGGREGATE.
        own : (str, (int, int))
            The cell of the formula.

        Raises
        ------
        NotVectorised
            If the file does not say which function or which cells these are.
        """
        number, option, references = self._parted(name, arguments)
        function = _FUNCTIONS[number]
        last: tuple[Node, ...] = ()
        if name == "AGGREGATE" and number >= _FIRST_WITH_K:
            references, last = references[:1], tuple(references[1:])
            if len(last) != 1:
                raise NotVectorised(f"it uses AGGREGATE({number}) without one array and one rank")
        kept: list[Node] = []
        for reference in references:
            if not isinstance(reference, Cell | Range):
                raise NotVectorised(f"it uses {name} of what is no cell")
            kept += self._left(name, option, reference, own)
        if not kept:
            raise NotVectorised(f"it uses {name} of subtotals alone")
        if option in _NO_ERRORS:
            if number > _LAST_SUBTOTAL:
                raise NotVectorised(f"it uses AGGREGATE({number}) without errors")
            # What is nested is left out by now, and no row is hidden: 6 passes over errors alone.
            return Call(name, (Literal(float(number)), Literal(6.0), *kept))
        return Call(function, (*kept, *last))

    def _parted(self, name: str, arguments: tuple[Node, ...]) -> tuple[int, int, tuple[Node, ...]]:
        """Return the number of the function, the option as AGGREGATE has it, and the rest."""
        number = number_of(arguments[0])
        if name == "SUBTOTAL":
            option, rest = 0.0, arguments[1:]
            if number is not None and number > _ONLY_VISIBLE:
                number, option = number - _ONLY_VISIBLE, 1.0
            last = _LAST_SUBTOTAL
        else:
            found = number_of(arguments[1])
            option, rest = 0.0 if arguments[1] == Literal(None) else found, arguments[2:]  # type: ignore[assignment]
            last = len(_FUNCTIONS) - 1
        if number is None or option is None or int(number) not in range(1, last + 1):
            raise NotVectorised(f"it uses {name} with a function that is no constant of its list")
        if int(option) not in range(8):
            raise NotVectorised(f"it uses AGGREGATE with the option {option:g}")
        return int(number), int(option), rest

    def _left(
        self, name: str, option: int, reference: Cell | Range, own: Place
    ) -> list[Cell | Range]:
        """Return a reference without the cells that are passed over."""
        sheet = reference.places[0][0][0]
        top, bottom = reference.places[0][0][1][0], reference.places[-1][-1][1][0]
        filtered, hidden = self._hidden(sheet)
        # What a filter hides is always passed over, what a person hides for some numbers only.
        if (option in _VISIBLE or filtered) and any(top <= row <= bottom for row in hidden):
            raise NotVectorised(f"it uses {name} of hidden rows")
        if option in _NESTED:
            return [reference]
        passed = {place for row in reference.places for place in row} & self._nested(sheet).keys()
        if own in passed:
            raise NotVectorised(f"it uses {name} of its own cell")
        for place in passed:
            # Whether Excel takes these for subtotals, its documentation does not say.
            if self._nested(sheet)[place] not in {"SUBTOTAL", name}:
                raise NotVectorised(f"it uses {name} of {place[0]}!{cell_name(place[1])}")
        return [reference] if not passed else list(_without(reference, passed))

    def _hidden_rows(self, sheet: str) -> tuple[bool, list[int]]:
        """Return whether a sheet may have a filter, and its hidden rows."""
        data = self._model.package.part(self._model.package.sheets[sheet])
        if _ALL_HIDDEN.search(data):
            raise NotVectorised(f"it adds up hidden rows of {sheet}")
        hidden = [
            int(number[1])
            for row in (_ROW.finditer(data) if b"hidden=" in data else ())
            if _HIDDEN.search(row[1]) and (number := _NUMBER.search(row[1]))
        ]
        return _FILTER.search(data) is not None, hidden

    def _nested_totals(self, sheet: str) -> dict[Place, str]:
        """Return the cells of a sheet that hold a subtotal, and of which function it is.

        The function is empty where the subtotal is a part of a formula.
        """
        found = {}
        for position in self._model.formulas[sheet]:
            text = self._model.formula_text(sheet, position)
            if _TOTAL.search(text):
                found[sheet, position] = _only_call(text)
        return found


def _only_call(formula: str) -> str:
    """Return the function that a formula is a call of, empty where it is more than one."""
    try:
        tree = formualizer.parse(f"={formula}")
    except Exception:  # noqa: BLE001  the engine raises no narrower class
        return ""
    if tree.node_type() != "Function" or len(_TOTAL.findall(formula)) != 1:
        return ""
    return str(tree.get_function_name()).upper()


def _without(reference: Cell | Range, passed: set[Place]) -> Iterator[Cell | Range]:
    """Yield the parts of a range between some of its cells, row by row."""
    if isinstance(reference, Cell):
        return
    sheet, (top, left, bottom, right) = reference.sheet, reference.box
    first = top
    for row in sorted({position[0] for _, position in passed}):
        if first < row:
            yield _box(sheet, (first, left), (row - 1, right))
        begin = left
        for column in [*sorted(c for _, (r, c) in passed if r == row), right + 1]:
            if begin < column:
                yield _box(sheet, (row, begin), (row, column - 1))
            begin = column + 1
        first = row + 1
    if first <= bottom:
        yield _box(sheet, (first, left), (bottom, right))


def _box(sheet: str, first: Position, last: Position) -> Cell | Range:
    return Cell((sheet, first)) if first == last else Range(sheet, (*first, *last))
