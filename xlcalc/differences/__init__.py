"""What changed between two versions of a workbook, and what did it do to the results?

`differences` reads both, finds which row, column and sheet of the one is which of the other, and
returns a `Report`: what was put in and taken out, inputs, formulas, names and rules that changed,
the results that moved, and by which inputs. Some kinds of differences make a comparison fail unless
a person allows them. Text, Markdown, JSON and a workbook are renderings of the report.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from xlcalc.differences.changes import GATES as GATES
from xlcalc.differences.changes import Change as Change
from xlcalc.differences.explaining import bridges
from xlcalc.differences.moves import Moves
from xlcalc.differences.opening import opened
from xlcalc.differences.report import Report as Report
from xlcalc.differences.report import compared, random_remark
from xlcalc.differences.sameness import parts_of, why_the_same
from xlcalc.differences.sides import Side
from xlcalc.errors import UsageError, suggestion
from xlcalc.ooxml.package import Package


def differences(
    old: Path | Package,
    new: Path | Package,
    *,
    stored: bool = False,
    outputs: Sequence[str] = (),
    allowed: Collection[str] = (),
) -> Report:
    """Return what changed between two versions of a workbook.

    Parameters
    ----------
    old, new : Path or Package
        The workbooks; they are only read.
    stored : bool
        Whether the values that they store are compared, and nothing is calculated.
    outputs : sequence of str
        Named results whose movement is explained; those that moved most if left out.
    allowed : collection of str
        Gates that are opened, of `GATES`.

    Raises
    ------
    WorkbookError
        If one of them cannot be read.
    UsageError
        If there is no such gate, or no such result.
    """
    for gate in allowed:
        if gate not in GATES:
            raise UsageError(
                f'allow must be one of {", ".join(GATES)}, got "{gate}"{suggestion(gate, GATES)}'
            )
    one, other = (side if isinstance(side, Package) else Package.read(side) for side in (old, new))
    if parts_of(one) == parts_of(other) and not outputs:
        Side(one)  # it says if the workbook cannot be read
        remarks = why_the_same(one, other)
        return Report(
            one.name, other.name, (), (), tuple(remarks), frozenset(allowed), (), Moves(())
        )
    now = datetime.now().astimezone()
    first, second = (opened(package, stored=stored, now=now) for package in (one, other))
    changes, sheets, moves = compared(first, second)
    explained, remarks = bridges(first.book, second.book, outputs)
    return Report(
        one.name,
        other.name,
        tuple(changes),
        tuple(explained),
        tuple(
            list(dict.fromkeys(first.remarks + second.remarks))
            + random_remark(first.random | second.random)
            + remarks
            + ([] if changes else why_the_same(one, other))
        ),
        frozenset(allowed),
        tuple(sheets),
        moves,
        second.side.date1904,
    )
