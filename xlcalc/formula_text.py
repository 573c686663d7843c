"""What stands in the text of a formula: its calls, its words, its texts, what it leaves out?

One pattern passes over what is no code, and stops at what is looked for: texts in double quotes,
names of sheets in single ones, and the columns of tables in square brackets are passed over. It
reads a formula as it is typed and as XML has it (`&quot;` for a quotation mark).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

# What does not end goes on to the end of the formula: else the search for its end would begin anew
# at each of its letters. For the same reason nothing is given back (`*+`).
TEXT = r'"(?:[^"]|"")*+(?:"|\Z)'
"""A text in a formula, which doubles its quotation marks."""
_PASSED = (
    rf"{TEXT}|&quot;(?:(?!&quot;).)*+(?:&quot;|\Z)"
    r"|'(?:[^']|'')*+(?:'|\Z)|&apos;(?:(?!&apos;).)*+(?:&apos;|\Z)"
    r"|\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*+(?:\]|\Z))*+(?:\]|\Z)"
)


def scanner(wanted: str) -> re.Pattern[str]:
    """Return a pattern that finds something in the code of formulas, in its own groups.

    A match without a group is something that is passed over.
    """
    return re.compile(f"{_PASSED}|{wanted}", re.IGNORECASE | re.DOTALL)


_TEXT = re.compile(TEXT)
# What opens, parts and closes arguments, with the name before the bracket; array constants have
# commas of their own.
_PART = scanner(r'\{(?:[^{}"]|"[^"]*")*+\}|((?<![\w.])[^\W\d][\w.]*+)?(\()|([,)])')
_CALL = scanner(r"(?<![\w.!])([a-z_][\w.]*+)\s*+\(")
_WORD = scanner(r"((?<![\w.!$'])[a-z_]\w*\b(?![\w(!]))")
# A comma with nothing before or behind it. Empty brackets leave nothing out: PI() has no argument.
_LEFT_OUT = re.compile(r"\(\s*+,|,\s*+[,)]")


class Call(NamedTuple):
    """A call of a function in a formula.

    Attributes
    ----------
    name : str
        The function, as it is written.
    start, end : int
        Where the name begins, and what stands behind the closing bracket.
    arguments : list of (int, int)
        Where each argument begins and ends. `IF()` has none and `IF(,)` has two.
    """

    name: str
    start: int
    end: int
    arguments: list[tuple[int, int]]


def calls(formula: str) -> Iterator[Call]:
    """Yield the calls of a formula, those inside others first.

    Examples
    --------
    >>> [call.name for call in calls('IF(SUM(A1:A3)>0,"MAX(1)",ABS(A1))')]
    ['SUM', 'ABS', 'IF']
    """
    outer: list[tuple[str, int, int, list[tuple[int, int]]]] = []
    name, begin, start = "", 0, 0
    arguments: list[tuple[int, int]] = []
    for part in _PART.finditer(formula):
        if part[2]:
            outer.append((name, begin, start, arguments))
            name, begin, start, arguments = part[1] or "", part.start(), part.end(), []
        elif part[3] == ",":
            arguments.append((start, part.start()))
            start = part.end()
        elif part[3] and outer:
            if name:
                if arguments or formula[start : part.start()].strip():
                    arguments.append((start, part.start()))
                yield Call(name, begin, part.end(), arguments)
            name, begin, start, arguments = outer.pop()


def replace_calls(formula: str, change: Callable[[Call, list[str]], str | None]) -> str:
    """Return a formula with other texts in the place of its calls, those inside others first.

    Parameters
    ----------
    formula : str
        A formula, with or without `=`.
    change : callable
        Takes a call and the texts of its arguments, in which calls are replaced already. Returns
        what stands in its place, or None where the call stays.

    Examples
    --------
    >>> replace_calls("F(F(A1))+F", lambda call, arguments: f"({arguments[0]}+1)")
    '((A1+1)+1)+F'
    """
    done: list[tuple[int, int, str]] = []
    for call in calls(formula):
        inside = len(done)
        while inside and done[inside - 1][0] >= call.start:
            inside -= 1
        within = done[inside:]
        text = change(call, [_spliced(formula, *place, within) for place in call.arguments])
        if text is not None:
            done[inside:] = [(call.start, call.end, text)]
    return _spliced(formula, 0, len(formula), done)


def _spliced(formula: str, start: int, end: int, done: Sequence[tuple[int, int, str]]) -> str:
    """Return a piece of a formula with what was replaced in it."""
    pieces: list[str] = []
    for begin, stop, text in done:
        if start <= begin < end:
            pieces += (formula[start:begin], text)
            start = stop
    return "".join((*pieces, formula[start:end]))


def called_functions(formulas: str) -> set[str]:
    """Return the names of the functions that formulas call, as they are written."""
    return set(filter(None, _CALL.findall(formulas)))


def bare_name(function: str) -> str:
    """Return a function's name as a table lists it: in capitals, without the prefixes of files.

    Examples
    --------
    >>> bare_name("_xlfn._xlws.Sort")
    'SORT'
    """
    return function.upper().removeprefix("_XLFN.").removeprefix("_XLWS.")


def replace_words(formula: str, change: Callable[[str], str]) -> str:
    """Return a formula with other words in the place of its names; calls and sheets stay."""
    return _WORD.sub(lambda found: change(found[1]) if found[1] else found[0], formula)


def replace_texts(formula: str, change: Callable[[str], str]) -> str:
    """Return a formula with other texts, each with its quotation marks, in place of its own."""
    return _TEXT.sub(lambda found: change(found[0]), formula)


def may_leave_out(formulas: str) -> bool:
    """Whether a formula may leave out an argument: a comma with nothing before or behind it."""
    return _LEFT_OUT.search(formulas) is not None


class Reference(NamedTuple):
    """What a formula may read: cells of a sheet, or what a name or a table stands for.

    Attributes
    ----------
    sheets : str
        The sheet, or two of them with a colon between, without quotation marks; empty for that of
        the formula.
    area : str
        Cells, as B7, B2:C9, B:C or 2:9; empty for a name.
    name : str
        A name, or that of a table, whose columns in brackets are left out.
    """

    sheets: str
    area: str
    name: str


_REFERENCE = re.compile(
    r"(?:('(?:[^']|'')+'|(?<![\w.$'])[^\W\d][\w.]*(?::[^\W\d][\w.]*)?)!)?"
    r"(?:(?<![\w.])(\$?[a-z]{1,3}\$?\d+(?::\$?[a-z]{1,3}\$?\d+)?|\$?[a-z]{1,3}:\$?[a-z]{1,3}|\$?\d+:\$?\d+)"
    r"(?![\w(.!])|((?<![\w.$])[^\W\d][\w.\\]*)(?![\w.(!]))"
    rf"|{_PASSED}",
    re.IGNORECASE | re.DOTALL,
)


def references(formula: str) -> list[Reference]:
    """Return the cells, names and tables that a formula names, in its order."""
    found = []
    for match in _REFERENCE.finditer(formula):
        if match[2] or match[3]:
            sheets = (match[1] or "").strip("'").replace("''", "'")
            found.append(Reference(sheets, (match[2] or "").replace("$", ""), match[3] or ""))
    return found


def replace_references(formula: str, change: Callable[[Reference], str | None]) -> str:
    """Return a formula with other texts in the place of the cells, names and tables that it names.

    Parameters
    ----------
    formula : str
        A formula, with or without `=`.
    change : callable
        Takes what stands there and returns what shall, or None where it stays. The columns of a
        table, in brackets behind its name, stay in any case.

    Examples
    --------
    >>> replace_references("rate*A1", lambda found: f"S!{found.area}" if found.area else "2")
    '2*S!A1'
    """

    def changed(match: re.Match[str]) -> str:
        if not (match[2] or match[3]) or formula.startswith("#N/A", max(0, match.start() - 3)):
            return match[0]
        sheets = (match[1] or "").strip("'").replace("''", "'")
        text = change(Reference(sheets, (match[2] or "").replace("$", ""), match[3] or ""))
        return match[0] if text is None else text

    return _REFERENCE.sub(changed, formula)
