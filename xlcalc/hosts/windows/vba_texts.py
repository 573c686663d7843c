"""How is a text written in VBA, whatever its characters and its length?

The source of a module has the characters of a code page, and which one is chosen by the machine
that imports it. So a literal keeps to ASCII, and `ChrW` stands for every other character:
`"m" & ChrW(178)`.
"""

import re
from collections.abc import Iterator

MAX_LINE = 1023
"""Characters of a line that the Visual Basic Editor takes."""
MAX_CONTINUATIONS = 24
"""Lines by which a statement may go on."""
EMPTY = '""'
_ROOM = 900
"""Characters of a literal before it goes on in the next line: some are left for what is around."""
_PLAIN = re.compile(r"[ -~]{1,400}|.", re.DOTALL)


def literal(text: str) -> str:
    """Return an expression of VBA that has a text as its value.

    Parameters
    ----------
    text : str
        Any text; each character beyond U+FFFF becomes two halves, as in VBA's own texts.
    """
    return " & ".join(_pieces(text)) or EMPTY


def _pieces(text: str) -> Iterator[str]:
    for piece in _PLAIN.findall(text):
        if " " <= piece[0] <= "~":
            yield '"' + piece.replace('"', '""') + '"'
        else:
            halves = piece.encode("utf-16-le")
            for place in range(0, len(halves), 2):
                yield f"ChrW({int.from_bytes(halves[place : place + 2], 'little')})"


def call(procedure: str, texts: list[str], indent: str) -> str:
    """Return a call of a procedure with texts as its arguments, a line each.

    Parameters
    ----------
    procedure : str
        Its name.
    texts : list of str
        The arguments. They share lines where there are more of them than a statement has lines.
    indent : str
        Blanks before the call.

    Raises
    ------
    ValueError
        If no statement of VBA is long enough.
    """
    lines = [line for text in texts for line in _folded(text)]
    arguments = _joined(lines) if len(lines) > MAX_CONTINUATIONS else lines
    if len(arguments) > MAX_CONTINUATIONS:
        raise ValueError(f"{procedure} has more texts than a statement of VBA takes")
    return f"{indent}{procedure} _\n" + " _\n".join(
        f"{indent}    {line}" for line in arguments
    ).removesuffix(",")


def _folded(text: str) -> Iterator[str]:
    """Yield the lines of an argument, each short enough; the last one ends in a comma."""
    line = ""
    for piece in _pieces(text):
        if line and len(line) + len(piece) > _ROOM:
            yield f"{line} &"
            line = piece
        else:
            line = f"{line} & {piece}" if line else piece
    yield f"{line or EMPTY},"


def _joined(lines: list[str]) -> list[str]:
    joined: list[str] = []
    for line in lines:
        if joined and len(joined[-1]) + len(line) < _ROOM:
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined
