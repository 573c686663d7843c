"""What stands in the text of a formula: its calls, its words, its texts, what it leaves out?

One pattern passes over what is no code, and stops at what is looked for: texts in double quotes,
names of sheets in single ones, and the columns of tables in square brackets are passed over. It
reads a formula as it is typed and as XML has it (`&quot;` for a quotation mark).
"""

import re
from collections.abc import Callable
from typing import NamedTuple

TEXT = r'"(?:[^"]|"")*"'
"""A text in a formula, which doubles its quotation marks."""
_PASSED = (
    rf"{TEXT}|&quot;(?:(?!&quot;).)*&quot;"
    r"|'(?:[^']|'')*'|&apos;(?:(?!&apos;).)*&apos;"
    r"|\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"
)


def scanner(wanted: str) -> re.Pattern[str]:
    """Return a pattern that finds something in the code of formulas, in its own groups.

    A match without a group is something that is passed over.
    """
    return re.compile(f"{_PASSED}|{wanted}", re.IGNORECASE | re.DOTALL)


_TEXT = re.compile(TEXT)
_CALL = scanner(r"(?<![\w.!])([a-z_][\w.]*)\s*\(")
_WORD = scanner(r"((?<![\w.!$'])[a-z_]\w*\b(?![\w(!]))")
# A comma with nothing before or behind it. Empty brackets leave nothing out: PI() has no argument.
_LEFT_OUT = re.compile(r"\(\s*,|,\s*[,)]")


def called_functions(formulas: str) -> set[str]:
    """Return the names of the functions that formulas call, as they are written."""
    return set(filter(None, _CALL.findall(formulas)))


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
