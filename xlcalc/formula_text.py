"""What stands in the text of a formula: its calls, its words, its texts, what it leaves out?

One pattern passes over what is no code, and stops at what is looked for: texts in double quotes,
names of sheets in single ones, and the columns of tables in square brackets are passed over. It
reads a formula as it is typed and as XML has it (`&quot;` for a quotation mark).
"""

import re
from collections.abc import Callable

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
