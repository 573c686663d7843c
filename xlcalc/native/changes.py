"""Has a person changed what a block of workings calculates?

The block is made again for the call that its lines say, and compared with what stands there. Only
the references may differ, which programs move, and the way in which they write numbers.
"""

import re
from collections.abc import Iterable

from xlcalc.native.arguments import Given
from xlcalc.native.blocks import traced_block
from xlcalc.native.lines import Block, Kind, Line
from xlcalc.native.lookups import LOOKUPS, lookup_block
from xlcalc.native.texts import TOKEN, same_value
from xlcalc.worksheet import Spec

_LIVE = {Kind.CALL, Kind.ARGUMENT, Kind.LEFT_OUT}
"""Lines whose values are what somebody may change."""


def made_again(spec: Spec, arguments: list[Given], *, alone: bool) -> Block:
    """Return the block of a call as it would be written, in any place.

    Parameters
    ----------
    spec : Spec
        The function.
    arguments : list of Given
        What the call gives, in order.
    alone : bool
        Whether the cell shows the body by itself.
    """
    block = Block(spec, "", 1)
    block.add(Line(Kind.CALL, Kind.CALL.value, ""))
    if spec.name in LOOKUPS:
        lookup_block(block, arguments, str, "W!")
    else:
        traced_block(block, arguments, str, "W!", alone=alone)
    return block


def is_changed(block: Block, lines: Iterable[tuple[str, str, str]]) -> bool:
    """Whether lines are no longer those of a block.

    Parameters
    ----------
    block : Block
        The block as it would be written.
    lines : iterable of (str, str, str)
        What stands there: the name of each line, the formula of its value and that of its check.
    """
    wanted = [
        (
            line.label,
            "" if line.kind in _LIVE or not isinstance(line.value, str) else line.value,
            line.check,
        )
        for line in block.lines
    ]
    live = {line.label for line in block.lines if line.kind in _LIVE}
    found = [(label, "" if label in live else value, check) for label, value, check in lines]
    return [tuple(map(shape, line)) for line in wanted] != [
        tuple(map(shape, line)) for line in found
    ]


def shape(formula: str) -> str:
    """Return a formula without what programs change: its references, its blanks, its numbers."""

    def changed(found: re.Match[str]) -> str:
        if found["area"] or found["name"]:
            return "·"
        return same_value(found[0])

    plain = _FLAG.sub(r"\1", formula.removeprefix("="))
    return re.sub(r"\s", "", TOKEN.sub(changed, plain)).upper()


_FLAG = re.compile(r"\b(TRUE|FALSE)\(\)", re.IGNORECASE)
