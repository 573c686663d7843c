"""In what do two files differ that have no differences to tell?"""

from xlcalc.calc.differences import alike_but_last_digits
from xlcalc.errors import WorkbookError
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.stored_values import stored_values

_NAMED = 3
"""Parts of the file that a sentence names."""


def parts_of(package: Package) -> dict[str, bytes]:
    """Return the parts of a workbook by name."""
    return {name: package.part(name) for name in package.names()}


def why_the_same(old: Package, new: Package) -> list[str]:
    """Return in what two files differ though nothing that is compared does; nothing if in nothing.

    Parameters
    ----------
    old, new : Package
        The workbooks as they were read.
    """
    one, other = parts_of(old), parts_of(new)
    if one == other:
        same = old.to_bytes() == new.to_bytes()
        return [] if same else ["the files differ in how they are zipped alone"]
    try:
        values = [
            {
                (sheet, p): value
                for sheet, cells in stored_values(side).items()
                for p, value in cells.items()
            }
            for side in (old, new)
        ]
    except WorkbookError:
        values = [{}, {}]
    first, second = values
    moved = [place for place in first.keys() & second.keys() if first[place] != second[place]]
    if moved:
        digits = all(alike_but_last_digits(first[place], second[place]) for place in moved)
        if digits:
            return [f"{len(moved):,} stored values differ in their last digits alone"]
        return [f"{len(moved):,} stored values differ, and calculated they are the same"]
    names = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    more = len(names) - _NAMED
    also = f" and {more:,} more" if more > 0 else ""
    listed = ", ".join(names[:_NAMED])
    return [f"the files differ in what is not compared, in {listed}{also}"]
