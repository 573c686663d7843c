"""How does a workbook look when the rows of one of its blocks grow or shrink?

`with_rows` gives a copy of the workbook in which a table, or a named range, has another number of
rows. Formulas are filled down, what stands below moves, and every address in the workbook follows.
All other parts, and all other cells, keep their bytes.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from html import unescape

from xlcalc.errors import WorkbookError
from xlcalc.ooxml.blocks import Block, Formula, block_names, find_block
from xlcalc.ooxml.edits import map_cell_formulas, write_cells
from xlcalc.ooxml.literals import formula_xml
from xlcalc.ooxml.markup import (
    CELL,
    FORMULA,
    ROW,
    SHEET_DATA,
    Position,
    attributes_of,
    cell_name,
    column_letters,
    placed_cells,
    read_cell,
    row_number,
)
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.row_moves import RowMoves, filled
from xlcalc.ooxml.row_places import move_parts, moved_markup
from xlcalc.ooxml.sheet import MAX_ROW, array_cells, box_of, last_cell
from xlcalc.ooxml.spills import dynamic_arrays, with_extents
from xlcalc.ooxml.tables import Table, read_tables

_SHARED = re.compile(rb"\bt\s*=\s*[\"']shared[\"']")
_ROW_NUMBER = re.compile(rb"(\sr\s*=\s*)(?:\"[^\"]*\"|'[^']*')")
_HIDDEN = re.compile(rb"\s(?:hidden|collapsed)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_OWN_CELLS = re.compile(rb"(\s(?:ref|r1|r2)\s*=\s*[\"'])([^\"']*)")


def with_rows(package: Package, name: str, count: int, filled_in: Collection[int]) -> Package:
    """Return a workbook in which a block has another number of rows.

    Parameters
    ----------
    package : Package
        The workbook.
    name : str
        A table or a named range.
    count : int
        How many rows it shall have; at least one, which a table cannot do without.
    filled_in : collection of int
        Numbers of the columns that will be given values. They keep what they have, so that the
        workbook calculates; the other ones without a formula become empty.

    Raises
    ------
    NameNotFoundError
        If the workbook has no such block.
    WorkbookError
        If the rows would move a part of something that only moves whole, or do not fit the sheet.
    """
    block = find_block(package, name)
    moves = RowMoves(block.sheet, block.left, block.first, block.right, block.last, max(count, 1))
    package = package.copy()
    part = package.sheets[block.sheet]
    package.replace(part, _unshared(package.part(part)))
    package.replace(part, _without_spills(package.part(part), moves))
    _refuse(package, block, moves)
    whole = block.sheet.encode().lower()
    for sheet, other in package.sheets.items():
        data = package.part(other)
        if sheet == block.sheet:
            data = _moved_sheet(data, block, moves, filled_in)
        elif whole in unescape(data.decode()).lower().encode():
            data = _followed(_unshared(data), moves, sheet)
        package.replace(other, data)
    move_parts(package, moves, None if block.is_table else block.name)
    package.drop_calculation_chain()
    package.drop_chart_caches()
    return package


def _followed(data: bytes, moves: RowMoves, sheet: str) -> bytes:
    """Return another sheet than that of the block, whose formulas have followed."""
    data = map_cell_formulas(data, lambda _, text: moves.formula(text, sheet))
    cells = SHEET_DATA.search(data)
    start, end = cells.span() if cells else (0, 0)
    head, tail = data[:start], data[end:]
    return moved_markup(head, moves, sheet) + data[start:end] + moved_markup(tail, moves, sheet)


def _unshared(data: bytes) -> bytes:
    """Return a sheet in which each cell has the formula that it shares with others."""
    if not _SHARED.search(data):
        return data
    sheet = SHEET_DATA.search(data)
    groups: dict[str, tuple[str, Position]] = {}
    pieces, done = [], 0
    for position, cell, _, place in placed_cells(sheet) if sheet else ():
        formula = FORMULA.search(cell[0])
        attributes = attributes_of(formula[2]) if formula else {}
        if formula is None or attributes.get("t") != "shared":
            continue
        group, text = attributes.get("si", ""), unescape((formula[3] or b"").decode())
        if text:
            groups[group] = text, position
        elif group in groups:
            master, origin = groups[group]
            text = filled(master, position[0] - origin[0], position[1] - origin[1])
        prefix = formula[1]
        own = b"<%bf>%b</%bf>" % (prefix, formula_xml(text).encode(), prefix) if text else b""
        pieces += [data[done : place + formula.start()], own]
        done = place + formula.end()
    return b"".join([*pieces, data[done:]])


def _without_spills(data: bytes, moves: RowMoves) -> bytes:
    """Return a sheet whose dynamic arrays that reach below the block are in their own cell alone.

    They fill their cells anew when the workbook is calculated.
    """
    extents: dict[Position, str] = {}
    empty: dict[Position, None] = {}
    wanted = set(dynamic_arrays(data))
    sheet = SHEET_DATA.search(data)
    for position, cell, _, _ in placed_cells(sheet) if sheet and wanted else ():
        formula = FORMULA.search(cell[3] or b"") if position in wanted else None
        if formula is None:
            continue
        extent = attributes_of(formula[2]).get("ref", "")
        bottom = box_of(extent)[3]
        if position[0] <= moves.last and (bottom > moves.last or bottom in moves.gone):
            extents[position] = cell_name(position)
            empty |= dict.fromkeys(array_cells(position, extent)[1:])
    if not extents:
        return data
    return write_cells(with_extents(data, extents), {}, empty)


def _refuse(package: Package, block: Block, moves: RowMoves) -> None:
    """Refuse rows that would tear something apart."""
    label = f"{block.name} in {package.name} cannot have {moves.count:,} rows: "
    data = package.part(package.sheets[block.sheet])
    if moves.by > 0 and last_cell(data)[0] + moves.by > MAX_ROW:
        raise WorkbookError(f"{label}a sheet has {MAX_ROW:,}")
    if not moves.by:
        return
    for table in read_tables(package):
        if table.sheet != block.sheet or table.name == block.name.lower():
            continue
        inside = table.top <= block.last and table.bottom >= block.first
        if inside and table.left <= block.right and table.right >= block.left:
            raise WorkbookError(f"{label}it overlaps the table {_title(package, table)}")
        torn = (
            table.top <= block.last < table.bottom
            if moves.by > 0
            else (table.top <= block.last and table.bottom >= moves.gone.start)
        )
        if torn:
            raise WorkbookError(
                f"{label}the table {_title(package, table)} stands beside it on {block.sheet}, "
                "and rows are rows of the whole sheet"
            )
    sheet = SHEET_DATA.search(data)
    for position, cell, _, _ in placed_cells(sheet) if sheet else ():
        beside = not block.left <= position[1] <= block.right
        if beside and cell[3] and position[0] in moves.gone:
            raise WorkbookError(
                f"{label}{block.sheet}!{cell_name(position)} stands beside it in a row that goes"
            )
        formula = FORMULA.search(cell[3] or b"")
        attributes = attributes_of(formula[2]) if formula else {}
        if attributes.get("t") in {"array", "dataTable"} and attributes.get("ref"):
            _, top, _, bottom = box_of(attributes["ref"])
            torn = top <= block.last < bottom or (
                top != bottom and any(row in moves.gone for row in (top, bottom))
            )
            if torn:
                raise WorkbookError(
                    f"{label}the formula of {block.sheet}!{cell_name(position)} fills "
                    f"{attributes['ref']}, which moves whole or not at all"
                )


def _title(package: Package, table: Table) -> str:
    """Return the name of a table as the workbook writes it."""
    return next(name for name in block_names(package) if name.lower() == table.name)


def _moved_sheet(data: bytes, block: Block, moves: RowMoves, filled_in: Collection[int]) -> bytes:
    """Return the sheet of the block."""
    sheet = SHEET_DATA.search(data)
    if sheet is None or sheet[3] is None:
        raise WorkbookError(f"{block.name} has no cells on {block.sheet}")
    merged = _merged_within(data, block)
    head = moved_markup(data[: sheet.start(3)], moves, block.sheet)
    tail = moved_markup(data[sheet.end(3) :], moves, block.sheet, merged)
    rows = b"".join(_moved_rows(sheet[3], sheet[1], block, moves, filled_in))
    return head + rows + tail


def _merged_within(data: bytes, block: Block) -> list[str]:
    """Return the columns of the last row that are merged into one cell, as A:C."""
    found = []
    for area in re.findall(rb"mergeCell\s[^<>]*ref\s*=\s*[\"']([^\"']*)", data):
        left, top, right, bottom = box_of(area.decode())
        if top == bottom == block.last and block.left <= left < right <= block.right:
            found.append(f"{column_letters(left)}:{column_letters(right)}")
    return found


def _moved_rows(
    data: bytes, prefix: bytes, block: Block, moves: RowMoves, filled_in: Collection[int]
) -> Iterator[bytes]:
    """Yield the rows of the sheet of the block."""
    formulas = {
        column: Formula(moves.formula(one.text, block.sheet, inside=True), one.array)
        for column, one in block.formulas.items()
    }
    last_kept = min(block.last, block.first + moves.count - 1)
    number = 0
    due = block.first  # the next row of the block
    attributes, example = b"", b""
    for row in ROW.finditer(data):
        number = row_number(row, number)
        while due <= last_kept and due < number:
            yield _block_row(prefix, due, b"", b"", block, formulas, filled_in)
            due += 1
        if block.first <= number <= last_kept:
            cells = b"".join(_moved_cells(row[3] or b"", number, number, block, moves))
            if number == block.last:
                attributes, example = row[2], cells
            yield _block_row(prefix, number, row[2], cells, block, formulas, filled_in)
            due = number + 1
            continue
        if number > block.last:
            yield from _new_rows(
                prefix, due, attributes, example, block, moves, formulas, filled_in
            )
            due = block.first + moves.count
        moved = moves.row(number)
        if moved is not None:
            cells = b"".join(_moved_cells(row[3] or b"", number, moved, block, moves))
            yield _row(prefix, moved, row[2], cells)
    while due <= last_kept:
        yield _block_row(prefix, due, b"", b"", block, formulas, filled_in)
        due += 1
    yield from _new_rows(prefix, due, attributes, example, block, moves, formulas, filled_in)


def _new_rows(
    prefix: bytes,
    due: int,
    attributes: bytes,
    example: bytes,
    block: Block,
    moves: RowMoves,
    formulas: Mapping[int, Formula],
    filled_in: Collection[int],
) -> Iterator[bytes]:
    """Yield the rows that the block gets, after the image of its last one."""
    pattern = [
        (read_cell(cell[2]), cell[3] or b"", attributes_of(cell[2]))
        for cell in CELL.finditer(example)
    ]
    own = _HIDDEN.sub(b"", attributes)
    for number in range(due, block.first + moves.count):
        cells = []
        for (position, style, kind), body, _ in pattern:
            if position is None:
                continue
            column = position[1]
            kept = b"" if FORMULA.search(body) or column not in filled_in else body
            if not block.left <= column <= block.right:
                kept = b""
            cells.append(_cell(prefix, (number, column), style, kind if kept else b"n", kept))
        yield _block_row(prefix, number, own, b"".join(cells), block, formulas, filled_in)


def _row(prefix: bytes, number: int, attributes: bytes, cells: bytes) -> bytes:
    own, found = _ROW_NUMBER.subn(rb'\g<1>"%d"' % number, attributes, count=1)
    if not found:
        own = b' r="%d"%b' % (number, attributes)
    return b"<%brow%b>%b</%brow>" % (prefix, own, cells, prefix)


def _cell(prefix: bytes, position: Position, style: str, kind: bytes, body: bytes) -> bytes:
    look = b' s="%b"' % style.encode() if style != "0" else b""
    shown = b' t="%b"' % kind if kind != b"n" else b""
    name = cell_name(position).encode()
    if not body:
        return b'<%bc r="%b"%b/>' % (prefix, name, look)
    return b'<%bc r="%b"%b%b>%b</%bc>' % (prefix, name, look, shown, body, prefix)


def _block_row(
    prefix: bytes,
    number: int,
    attributes: bytes,
    cells: bytes,
    block: Block,
    formulas: Mapping[int, Formula],
    filled_in: Collection[int],
) -> bytes:
    """Return a row of the block: each of its columns has a cell, with its formula if it has one."""
    written: dict[int, bytes] = {}
    for cell in CELL.finditer(cells):
        position, style, kind = read_cell(cell[2])
        if position is None:
            continue
        column, body = position[1], cell[3] or b""
        if not block.left <= column <= block.right:
            written[column] = cell[0]
        elif column in formulas:
            if FORMULA.search(body):
                written[column] = cell[0]
            else:
                formula = _formula(prefix, formulas[column], number, column, block)
                written[column] = _cell(prefix, position, style, b"n", formula)
        else:
            kept = body if column in filled_in and not FORMULA.search(body) else b""
            written[column] = _cell(prefix, position, style, kind if kept else b"n", kept)
    for column in range(block.left, block.right + 1):
        if column not in written:
            one = formulas.get(column)
            body = b"" if one is None else _formula(prefix, one, number, column, block)
            written[column] = _cell(prefix, (number, column), "0", b"n", body)
    return _row(prefix, number, attributes, b"".join(written[c] for c in sorted(written)))


def _formula(prefix: bytes, formula: Formula, number: int, column: int, block: Block) -> bytes:
    text = formula_xml(filled(formula.text, number - block.last)).encode()
    array = b' t="array" ref="%b"' % cell_name((number, column)).encode() if formula.array else b""
    return b"<%bf%b>%b</%bf>" % (prefix, array, text, prefix)


def _moved_cells(data: bytes, old: int, new: int, block: Block, moves: RowMoves) -> Iterator[bytes]:
    """Yield the cells of a row in another one, with formulas whose addresses have followed."""
    inside_rows = block.first <= old <= block.last
    column, done = 0, 0
    for cell in CELL.finditer(data):
        position, _, _ = read_cell(cell[2])
        column = position[1] if position else column + 1
        yield data[done : cell.start()]
        done = cell.end()
        attributes, found = _ROW_NUMBER.subn(
            rb'\g<1>"%b"' % cell_name((new, column)).encode(), cell[2], count=1
        )
        if not found:
            attributes = b' r="%b"%b' % (cell_name((new, column)).encode(), cell[2])
        body = cell[3]
        if body is None:
            yield b"<%bc%b/>" % (cell[1], attributes)
            continue
        inside = inside_rows and block.left <= column <= block.right

        def formula(element: re.Match[bytes], inside: bool = inside) -> bytes:
            text = unescape((element[3] or b"").decode())
            moved = moves.formula(text, block.sheet, inside=inside)
            own = _OWN_CELLS.sub(lambda m: m[1] + _own(m[2], moves), element[2])
            if element[3] is None:
                return b"<%bf%b/>" % (element[1], own)
            return b"<%bf%b>%b</%bf>" % (element[1], own, formula_xml(moved).encode(), element[1])

        yield b"<%bc%b>%b</%bc>" % (cell[1], attributes, FORMULA.sub(formula, body), cell[1])
    yield data[done:]


def _own(area: bytes, moves: RowMoves) -> bytes:
    moved = moves.area(area.decode(), grows=False)
    return area if moved is None else moved.encode()
