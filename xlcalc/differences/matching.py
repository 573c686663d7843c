"""Which sheet, which row and which column of an old workbook is which of a new one?

Sheets are matched by name, and renamed ones by what they hold. In a sheet, values that stand once
on each side say which rows belong together; rows that do say it of the columns, and by the columns
all rows are aligned: those that hold the same first, then those with the same texts, then those
that have most in common. The work is bounded: pairs of lines are compared in small gaps alone.
"""

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias

from xlcalc.cells import CellError, CellValue
from xlcalc.differences.alignment import Pairs, aligned, heaviest
from xlcalc.differences.formulas import parted, skeleton
from xlcalc.differences.moves import SheetMoves, Track
from xlcalc.differences.sides import Sheet, Side
from xlcalc.ooxml.cell_styles import is_date_format
from xlcalc.ooxml.markup import Position

Lines: TypeAlias = dict[int, dict[int, Hashable]]
"""For each row (or column) the content of its cells by column (or row)."""
_SAMPLE = 400
"""Rows by which columns are aligned."""
_SMALL = 10_000
"""Old lines times new lines of a gap up to which all pairs are compared."""
_ALIKE = 0.5
"""Share of its cells that a renamed sheet has kept at least."""
_SHEETS = 1_000
"""Sheets that are gone times new ones up to which renamed ones are looked for."""
_CONTENT_WEIGHT = 4
"""How much what stands in a cell says of it, beside the value that a formula gives."""
_TEXT_WEIGHT = 3
"""How much a text says of which row it is, beside a number."""


def matched_sheets(old: Side, new: Side) -> list[tuple[Sheet | None, Sheet | None]]:
    """Return the sheets of two workbooks side by side, None where one lacks it."""
    names = {name.lower(): name for name in new.sheets}
    pairs = {name: names[name.lower()] for name in old.sheets if name.lower() in names}
    pairs |= _renamed(
        [sheet for name, sheet in old.sheets.items() if name not in pairs],
        [sheet for name, sheet in new.sheets.items() if name not in pairs.values()],
    )
    found: list[tuple[Sheet | None, Sheet | None]] = []
    back = {there: name for name, there in pairs.items()}
    for name, sheet in new.sheets.items():
        found.append((old.sheets[back[name]] if name in back else None, sheet))
    found += [(sheet, None) for name, sheet in old.sheets.items() if name not in pairs]
    return found


def _renamed(gone: Sequence[Sheet], made: Sequence[Sheet]) -> dict[str, str]:
    """Return the sheets that were renamed: those that hold most of the same cells."""
    if len(gone) * len(made) > _SHEETS:
        return {}
    bags = [[_bag(sheet) for sheet in sheets] for sheets in (gone, made)]
    scores = []
    for i, one in enumerate(bags[0]):
        for j, other in enumerate(bags[1]):
            most = max(one.total(), other.total())
            share = (one & other).total() / most if most else 1.0
            if share >= _ALIKE:
                scores.append((-share, i, j))
    found: dict[str, str] = {}
    for _, i, j in sorted(scores):
        if gone[i].name not in found and made[j].name not in found.values():
            found[gone[i].name] = made[j].name
    return found


def _bag(sheet: Sheet) -> Counter[Hashable]:
    return Counter(content(sheet, position) for position in sheet.cells)


def content(sheet: Sheet, position: Position) -> Hashable:
    """Return what stands in a cell: a value, or a formula without the cells that it names."""
    formula = sheet.formulas.get(position)
    if formula is not None:
        return f"={skeleton(parted(formula.text))}"
    return plain(None if position in sheet.spills else sheet.values.get(position))


def plain(value: CellValue) -> Hashable:
    """Return a value that is equal to one of the same kind alone."""
    if isinstance(value, bool):
        return (value,)
    return f"#{value.code}" if isinstance(value, CellError) else value


def moves_of(old: Sheet, new: Sheet) -> SheetMoves:
    """Return where the rows and columns of a sheet are now."""
    contents = [{p: content(sheet, p) for p in sheet.cells} for sheet in (old, new)]
    if contents[0] == contents[1]:
        return SheetMoves(old.name, new.name)
    rows = [_lines(cells, 0) for cells in contents]
    # A heading that a formula gives is a heading too: its value says which one.
    shown = [_lines(_headings(sheet), 0) for sheet in (old, new)]
    votes = _louder(_row_votes(rows)) + _row_votes(shown)
    likely = _track(rows[0], rows[1], heaviest(votes))
    pairs = [(row, there) for row in rows[0] if (there := likely.to(row)) in rows[1]]
    sample = [(one, other) for one, other in pairs if other is not None]
    sample = sample[:: max(1, len(sample) // _SAMPLE)]
    votes = _louder(_column_votes(rows, sample)) + _column_votes(shown, sample)
    columns = _columns(rows, votes, sample)
    return SheetMoves(old.name, new.name, _rows(rows[0], rows[1], columns), columns)


def _louder(votes: Counter[tuple[int, int]]) -> Counter[tuple[int, int]]:
    """Return votes that count more than those of values that formulas give."""
    return Counter({pair: _CONTENT_WEIGHT * count for pair, count in votes.items()})


def _headings(sheet: Sheet) -> dict[Position, Hashable]:
    """Return the texts and dates that formulas give; other numbers may be alike by chance."""
    found: dict[Position, Hashable] = {}
    for p in sheet.cells:
        value = sheet.values.get(p) if p in sheet.formulas else None
        dated = isinstance(value, float) and is_date_format(sheet.formats.get(p, "General"))
        if dated or (isinstance(value, str) and value):
            found[p] = value
    return found


def _lines(cells: Mapping[Position, Hashable], axis: int) -> Lines:
    found: Lines = {}
    for position, held in cells.items():
        found.setdefault(position[axis], {})[position[1 - axis]] = held
    return found


def _once(lines: Iterable[tuple[Hashable, int]]) -> dict[Hashable, int]:
    """Return the places of what stands in one place alone."""
    found: dict[Hashable, int | None] = {}
    for held, place in lines:
        found[held] = None if held in found else place
    return {held: place for held, place in found.items() if place is not None}


def _row_votes(lines: Sequence[Lines]) -> Counter[tuple[int, int]]:
    """Return which rows belong together, by what stands once on each side."""
    first, second = (
        _once((held, row) for row, line in side.items() for held in line.values()) for side in lines
    )
    votes: Counter[tuple[int, int]] = Counter()
    for held, row in first.items():
        if held in second:
            weight = _TEXT_WEIGHT if isinstance(held, str) and held[:1] != "=" else 1
            votes[row, second[held]] += weight
    return votes


def _column_votes(lines: Sequence[Lines], sample: Pairs) -> Counter[tuple[int, int]]:
    """Return which columns belong together, by what stands once in each of two like rows."""
    votes: Counter[tuple[int, int]] = Counter()
    for row, other in sample:
        if row in lines[0] and other in lines[1]:
            two = lines[0][row], lines[1][other]
            first, second = (_once((held, at) for at, held in line.items()) for line in two)
            votes.update((at, second[held]) for held, at in first.items() if held in second)
    return votes


def _columns(lines: Sequence[Lines], votes: Mapping[tuple[int, int], int], sample: Pairs) -> Track:
    """Return where the columns are, by votes and by rows that belong together."""
    old, new = lines
    sides = (
        _lines({(other, c): held for row, other in sample for c, held in old[row].items()}, 1),
        _lines({(other, c): held for _, other in sample for c, held in new[other].items()}, 1),
    )
    for side, whole in zip(sides, lines, strict=True):
        for column in {column for line in whole.values() for column in line}:
            side.setdefault(column, {})
    return _track(sides[0], sides[1], heaviest(votes))


def _rows(old: Lines, new: Lines, columns: Track) -> Track:
    """Return where the rows are: by all that they hold, then by texts, then by likeness."""
    kept = {c: columns.to(c) for line in old.values() for c in line}
    first = {
        row: {there: held for c, held in line.items() if (there := kept[c]) is not None}
        for row, line in old.items()
    }
    second = {
        row: {c: held for c, held in line.items() if columns.back(c) is not None}
        for row, line in new.items()
    }
    numbers = list(first), list(second)
    pairs = aligned(
        [tuple(line.items()) for line in first.values()],
        [tuple(line.items()) for line in second.values()],
    )
    titles = [[_title(line) for line in lines.values()] for lines in (first, second)]
    whole = list(pairs)
    edges = [(-1, -1), *pairs, (len(first), len(second))]
    for (i, j), (k, m) in itertools.pairwise(edges):
        if k - i > 1 and m - j > 1:
            inside = aligned(titles[0][i + 1 : k], titles[1][j + 1 : m])
            whole += [(i + 1 + one, j + 1 + other) for one, other in inside]
    anchors = [(numbers[0][i], numbers[1][j]) for i, j in sorted(whole)]
    return _track(first, second, anchors)


def _title(line: Mapping[int, Hashable]) -> Hashable:
    """Return the texts of a row; a row without any is like no other."""
    texts = tuple(
        (c, held) for c, held in line.items() if isinstance(held, str) and held[:1] != "="
    )
    return texts or object()


def _track(old: Lines, new: Lines, pairs: Pairs) -> Track:
    """Return a track through pairs of lines, with what stands between them.

    Lines between two pairs that are as far apart on both sides belong together, one by one.
    """
    kept: Pairs = [(0, 0)]
    numbers = sorted(old), sorted(new)
    for pair in [*pairs, None]:
        before = kept[-1]
        gap = [
            side[bisect_right(side, before[n]) : bisect_left(side, pair[n]) if pair else len(side)]
            for n, side in enumerate(numbers)
        ]
        if pair is None or pair[0] - before[0] != pair[1] - before[1]:
            likely = _likely(gap[0], gap[1], (old, new))
            for one in [*likely, *([pair] if pair else [])]:
                kept += _empty(kept[-1], one, numbers)
                kept.append(one)
        else:
            kept.append(pair)
    return Track(_runs(kept))


def _empty(
    one: tuple[int, int], other: tuple[int, int], numbers: tuple[Sequence[int], Sequence[int]]
) -> Pairs:
    """Return where empty lines end that follow a pair, and begin before the other one."""
    if other[0] - one[0] == other[1] - one[1]:
        return []
    ends = []
    for side, begin, stop in zip(numbers, one, other, strict=True):
        inside = side[bisect_right(side, begin) : bisect_left(side, stop)]
        free = stop - begin - 1
        ends.append((inside[0] - begin - 1, stop - inside[-1] - 1) if inside else (free, free))
    most = min(other[0] - one[0], other[1] - one[1]) - 1
    head = min(ends[0][0], ends[1][0])
    tail = min(ends[0][1], ends[1][1], most - head)
    found = [(one[0] + head, one[1] + head)] if head else []
    return found + ([(other[0] - tail, other[1] - tail)] if tail else [])


def _likely(old: Sequence[int], new: Sequence[int], lines: tuple[Lines, Lines]) -> Pairs:
    """Return the lines of a gap that have most in common, in order."""
    if not old or not new or len(old) * len(new) > _SMALL:
        return []
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_likeness(lines[0][i], lines[1][j]) for j in new] for i in old]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            both = alike[i][j] + best[i + 1][j + 1] if alike[i][j] else 0.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    found: Pairs = []
    i = j = 0
    while i < len(old) and j < len(new):
        if alike[i][j] and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            found.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _likeness(one: Mapping[int, Hashable], other: Mapping[int, Hashable]) -> float:
    """Return the share of cells that two lines have in common; 0 where it is less than half."""
    most = max(len(one), len(other))
    same = sum(other.get(place) == held for place, held in one.items()) if most else 0
    return same / most if most and 2 * same >= most else 0.0


def _runs(pairs: Pairs) -> list[tuple[int, int, int]]:
    """Return pairs of lines, the first of which is before the first line, as runs."""
    runs: list[tuple[int, int, int]] = []
    shift = 0
    for one, other in pairs:
        if runs and other - one == shift:
            old, new, _ = runs[-1]
            runs[-1] = (old, new, one - old + 1)
        else:
            runs.append((one, other, 1))
            shift = other - one
    first, _, count = runs[0]
    if first == 0:  # the place before the first line is no line
        runs[0] = (1, 1, count - 1)
    return [run for run in runs if run[2]] or [(1, 1, 1)]
