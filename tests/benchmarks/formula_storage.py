"""How is a formula stored that was typed into Excel?

XlsxWriter puts `_xlfn.` before newer functions. What it leaves is done here: the variables of LET
and LAMBDA are stored as `_xlpm.x`, a leading `@` is not stored at all, and a formula that may give
more than one value is a dynamic array formula.
"""

import re

_TEXT = re.compile(r'("(?:[^"]|"")*")')
_BINDER = re.compile(r"(?<![\w.])(LET|LAMBDA)\s*\(", re.IGNORECASE)
_NAME = re.compile(r"\s*([A-Za-z_]\w*)\s*")
_MANY = re.compile(
    r"[A-Za-z]\$?[0-9]+:\$?[A-Za-z]|[A-Za-z]:\$?[A-Za-z]|\d:\d|\{|(?<![\w.])LET\s*\("
)
_SPILLING = re.compile(
    r"(?<![\w.])(OFFSET|INDIRECT|CHOOSE|INDEX|MUNIT|LINEST|LOGEST|TREND|GROWTH|MODE\.MULT"
    r"|FREQUENCY|TRANSPOSE|MMULT|MINVERSE)\s*\(",
    re.IGNORECASE,
)


def as_stored(formula: str) -> str:
    """Return a formula with the prefixes that files have, but for those of functions."""
    text = formula.removeprefix("=").lstrip("@")
    for name in sorted(_variables(text), key=len, reverse=True):
        pieces = _TEXT.split(text)
        pattern = re.compile(rf"(?<![\w.!]){re.escape(name)}(?![\w.!])", re.IGNORECASE)
        pieces[::2] = [pattern.sub(f"_xlpm.{name}", piece) for piece in pieces[::2]]
        text = "".join(pieces)
    return f"={text}"


def may_spill(formula: str) -> bool:
    """Whether Excel stores a formula as a dynamic array formula, as far as its text shows it."""
    if formula.startswith("=@"):
        return False
    text = _TEXT.sub('""', formula)
    return bool(_MANY.search(text) or _SPILLING.search(text))


def _variables(text: str) -> set[str]:
    """Return the names that LET and LAMBDA bind."""
    found: set[str] = set()
    for call in _BINDER.finditer(_TEXT.sub(lambda quoted: " " * len(quoted[0]), text)):
        arguments = _arguments(text, call.end())
        step = 2 if call[1].upper() == "LET" else 1
        for argument in arguments[:-1:step]:
            name = _NAME.fullmatch(argument)
            if name is not None:
                found.add(name[1])
    return found


def _arguments(text: str, start: int) -> list[str]:
    """Return the arguments of a call whose bracket opens before `start`."""
    found, depth, begin, quoted = [], 0, start, False
    for index in range(start, len(text)):
        letter = text[index]
        if letter == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "({":
            depth += 1
        elif letter in ")}" and depth:
            depth -= 1
        elif letter == ")" or (letter == "," and not depth):
            found.append(text[begin:index])
            begin = index + 1
            if letter == ")":
                break
    return found
