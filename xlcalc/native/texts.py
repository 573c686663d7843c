"""How are conditions, choices and errors written plainly, and which cells does a formula name?"""

import re
from collections.abc import Callable, Collection, Mapping

from xlcalc.ooxml.positions import Position, column_number
from xlcalc.quantities import Choice, Flag, Kind
from xlcalc.terms import Keys, Term, TermWriter, word_literal
from xlcalc.worksheet import SameAs

NUM, VALUE, NOT_FOUND = "#NUM!", "#VALUE!", "#N/A"
"""Errors as literals: programs differ in which error SQRT(-1) or VALUE("x") is."""
MAX_DEPTH = 60
"""How deep functions may be nested in one formula; Excel takes 64."""
TOKEN = re.compile(
    r'"(?:[^"]|"")*"|\#[\w/]+[!?]?|\[(?:[^\[\]]|\[[^\]]*+(?:\]|\Z))*+(?:\]|\Z)'
    r"|(?P<sheet>(?:(?<!')'(?:[^']|'')++'|[^\W\d][\w.]*)!)?"
    r"(?:(?P<area>\$?[a-z]{1,3}\$?\d+(?::\$?[a-z]{1,3}\$?\d+)?|\$?[a-z]{1,3}:\$?[a-z]{1,3}"
    r"|\$?\d+:\$?\d+)(?![\w.(!])|(?P<name>[^\W\d][\w.\\]*)(?![\w.\\(\[!]))"
    r"|\d[\d.]*(?:E[+-]\d+)?[\w.]*|[^\W\d][\w.]*",
    re.IGNORECASE,
)
"""What a formula is made of: texts, errors, columns of tables, references, numbers, functions."""


class PlainWriter(TermWriter):
    """Writes terms without LET, parts that have a name by this name.

    Parameters
    ----------
    words : dict of str to str, optional
        What stands in the place of names; the names themselves if left out.
    """

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.words = words or {}

    def local(self, name: str) -> str:
        """Return what stands in the place of a name."""
        return self.words.get(name, name)

    def size(self, term: Term) -> tuple[int, int]:
        """Return at most how long the text of a term is, and how deep its functions are nested.

        The text itself may be too long to be made: it says each shared part again and again.
        """
        return self._size(term, {})

    def _size(self, term: Term, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
        key = self.keys.of(term)
        if key not in known:
            if term.head in {"name", "number"}:
                known[key] = len(self.text(term, {}, 9)), 0
            else:
                sizes = [self._size(part, known) for part in term.parts]
                length = sum(size for size, _ in sizes) + len(term.head) + len(sizes) + 4
                known[key] = length, max(depth for _, depth in sizes) + 1
        return known[key]


def in_words(term: Term, keys: Keys | None = None, labels: dict[int, str] | None = None) -> str:
    """Return a term as a person reads it, with the names of arguments and steps.

    Parameters
    ----------
    term : Term
        The term.
    keys : Keys, optional
        The numbers of terms.
    labels : dict of int to str, optional
        The names of steps by these numbers.
    """
    writer = PlainWriter()
    writer.keys = keys or writer.keys
    text = writer.text(term, labels or {})
    text = _MANY_ZEROS.sub(lambda found: f"1E{len(found[1])}", text)
    text = text.replace("*", " × ").replace("/", " / ").replace(",", ", ")
    return _SUM.sub(r" \1 ", text)


_SUM = re.compile(r"(?<=[\w)])(?<!\dE)([+-])(?=[\w(])")
_MANY_ZEROS = re.compile(r"\b1(0{6,})\b")


def all_of(conditions: list[str]) -> str:
    """Return the condition that all of some hold."""
    return conditions[0] if len(conditions) == 1 else f"AND({','.join(conditions)})"


def passed_on(cell: str) -> str:
    """Return what a check says of a cell that is not as it should be: its error, or #VALUE!.

    Where an argument and its check are different errors, LibreOffice 7.4 takes the last of them.
    """
    return f"IF(ISERROR({cell}),{cell},{VALUE})"


def choice_number(kind: Kind, value: str) -> str:
    """Return the number of the option that a cell chooses, from 1; 0 where it is none.

    `=` compares without regard to case, and takes no sign for a wildcard, as MATCH would.
    """
    if isinstance(kind, Flag):
        return f"IF(ISTEXT({value}),0,IF({value}*1=1,1,IF({value}*1=0,2,0)))"
    assert isinstance(kind, Choice)  # noqa: S101  nothing else is chosen
    text = "0"
    for number, option in reversed(list(enumerate(kind.options, start=1))):
        text = f"IF(TRIM({value})={word_literal(option)},{number},{text})"
    return text


def options_of(kind: Kind) -> tuple[str | bool, ...]:
    """Return what may be chosen."""
    return kind.options if isinstance(kind, Choice) else (True, False)


def default_literal(default: object) -> str:
    """Return a default that is no other argument as a formula has it."""
    assert not isinstance(default, SameAs)  # noqa: S101  callers ask for the other argument
    if isinstance(default, bool):
        return str(default).upper()
    return word_literal(default)


def same_value(token: str) -> str:
    """Return a piece of a formula, alike for all ways in which programs write it.

    LibreOffice writes 1E12 in full, 14 digits of a small number, and FALSE() for FALSE.
    """
    if token[0].isdigit():
        try:
            return f"{float(token):.12g}"
        except ValueError:
            return token
    upper = token.upper()
    return upper.removesuffix("()") if upper in {"TRUE()", "FALSE()"} else token


def quoted(sheet: str) -> str:
    """Return the name of a sheet as it stands before the references to its cells."""
    return "'" + sheet.replace("'", "''") + "'!"


def qualified(formula: str, sheet: str, local_names: Collection[str] = ()) -> str:
    """Return a formula of a sheet as it means the same on another one.

    Parameters
    ----------
    formula : str
        The formula.
    sheet : str
        The sheet that it is from.
    local_names : collection of str
        The names that hold on that sheet alone, in small letters.
    """

    def changed(found: re.Match[str]) -> str:
        if found["sheet"]:
            return found[0]
        if found["area"] or (found["name"] or "").lower() in local_names:
            return quoted(sheet) + found[0]
        return found[0]

    return TOKEN.sub(changed, formula)


def unqualified(formula: str, sheet: str) -> str:
    """Return a formula without the name of its own sheet before references."""
    own = {quoted(sheet).lower(), f"{sheet}!".lower()}

    def changed(found: re.Match[str]) -> str:
        prefix = found["sheet"] or ""
        return found[0][len(prefix) :] if prefix.lower() in own else found[0]

    return TOKEN.sub(changed, formula)


def relative_form(formula: str, position: Position) -> str:
    """Return a formula with its relative references as distances from its own cell.

    Formulas that are filled down or across have the same one.
    """

    def distance(text: str, own: int, read: Callable[[str], int]) -> str:
        return text if text.startswith("$") else f"[{read(text) - own}]"

    def corner(found: re.Match[str]) -> str:
        column = distance(found[1], position[1], lambda text: column_number(text.upper().encode()))
        return column + distance(found[2], position[0], int)

    def changed(found: re.Match[str]) -> str:
        if not found["area"]:
            return found[0]
        moved = _CORNER.sub(corner, found["area"])
        return (found["sheet"] or "") + moved

    return TOKEN.sub(changed, formula)


_CORNER = re.compile(r"(\$?[A-Za-z]{1,3})(\$?\d+)")
