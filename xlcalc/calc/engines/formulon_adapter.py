"""How does formulon take, calculate and give a workbook?

The engine is WebAssembly. Two things make it usable: its machine code is kept on the disk, where
compiling takes 5 to 20 s in each process; and a small module beside it reads many cells in one
call, where a call from Python takes 0.05 ms.
"""

import contextlib
import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import formulon
import wasmtime
from formulon._c import LIB as _LIB
from formulon._c import ValueKind

from xlcalc.calc.engines.adapting import number, sheet_index, sheet_indices, unsayable
from xlcalc.calc.engines.interface import THE_WORKBOOK, EngineDiedError
from xlcalc.cell_values import CellError, CellValue
from xlcalc.ooxml.positions import Position

LIB: Any = _LIB  # its functions are made by name
_ERRORS = {
    0: "#NULL!",
    1: "#DIV/0!",
    2: "#VALUE!",
    3: "#REF!",
    4: "#NAME?",
    5: "#NUM!",
    6: "#N/A",
    7: "#GETTING_DATA",
    8: "#SPILL!",
    9: "#CALC!",
    10: "#FIELD!",
    11: "#BLOCKED!",
    12: "#CONNECT!",
    13: "#EXTERNAL!",
    14: "#BUSY!",
    15: "#PYTHON!",
    16: "#UNKNOWN!",
}
_NUMBERS = {code: number for number, code in _ERRORS.items()}

_CELLS = 4096
"""Cells that are read in one call."""
_TEXT_BYTES = 2**20
"""Room for their texts, more than eight of the longest that Excel takes."""
_PLACE_SIZE, _VALUE_SIZE = 8, 16
_VALUE = struct.Struct("<i4xd")
_TEXT = struct.Struct("<i4xII")
_FAILED = -1
"""The kind of a value that the engine could not give."""

_READER = """
(module
  (import "formulon" "memory" (memory 0))
  (import "formulon" "fm_workbook_get_value"
    (func $get (param i32 i32 i32 i32 i32) (result i32)))
  ;; Reads `count` cells: a row and a column for each stand at `place`, 16 bytes of a value for
  ;; each go to `value`. The engine's own text lasts until the next call: it is copied to `text`,
  ;; and its place and length into the value. Returns how many were read before `end` was reached.
  (func (export "read")
    (param $book i32) (param $sheet i32) (param $place i32) (param $count i32)
    (param $value i32) (param $text i32) (param $end i32) (result i32)
    (local $done i32) (local $from i32) (local $length i32)
    (block $full
      (loop $next
        (br_if $full (i32.eq (local.get $done) (local.get $count)))
        (if (call $get (local.get $book) (local.get $sheet)
              (i32.load (local.get $place)) (i32.load offset=4 (local.get $place))
              (local.get $value))
          (then (i32.store (local.get $value) (i32.const -1))))
        (if (i32.eq (i32.load (local.get $value)) (i32.const 3))
          (then
            (local.set $from (i32.load offset=8 (local.get $value)))
            (local.set $length (i32.const 0))
            (block $counted
              (loop $more
                (br_if $counted (i32.eqz (i32.load8_u
                  (i32.add (local.get $from) (local.get $length)))))
                (local.set $length (i32.add (local.get $length) (i32.const 1)))
                (br $more)))
            (br_if $full (i32.gt_u (local.get $length)
              (i32.sub (local.get $end) (local.get $text))))
            (memory.copy (local.get $text) (local.get $from) (local.get $length))
            (i32.store offset=8 (local.get $value) (local.get $text))
            (i32.store offset=12 (local.get $value) (local.get $length))
            (local.set $text (i32.add (local.get $text) (local.get $length)))))
        (local.set $done (i32.add (local.get $done) (i32.const 1)))
        (local.set $place (i32.add (local.get $place) (i32.const 8)))
        (local.set $value (i32.add (local.get $value) (i32.const 16)))
        (br $next)))
    (local.get $done)))
"""


class Adapter:
    """A workbook in formulon."""

    name = "formulon"

    def __init__(self) -> None:
        self._read_cells = _reader()
        self._workbook: Any = None

    def load(self, data: bytes, file: str = THE_WORKBOOK, now: datetime | None = None) -> None:
        """Take and calculate a workbook."""
        if self._workbook is not None:
            self._workbook.close()
        with _traps():
            workbook = self._workbook = formulon.Workbook.load(data)
        self._indices = sheet_indices(
            workbook.sheet_name(index) for index in range(workbook.sheet_count())
        )
        if now is not None:
            workbook.set_pinned_now(*now.timetuple()[:6])
        self._calculate()

    def values(self, places: Mapping[str, Sequence[Position]]) -> dict[str, list[CellValue]]:
        """Return the values of cells."""
        with self._room() as room:
            return {
                sheet: self._read(sheet_index(self._indices, sheet), positions, room)
                for sheet, positions in places.items()
            }

    def set_values(self, constants: Mapping[str, Mapping[Position, CellValue]]) -> None:
        """Put constants into cells, and calculate."""
        workbook = self._workbook
        for sheet, cells in constants.items():
            index = sheet_index(self._indices, sheet)
            for (row, column), value in cells.items():
                place = index, row - 1, column - 1
                if value is None:
                    workbook.set_blank(*place)
                elif isinstance(value, CellError):
                    workbook.set_error(*place, _NUMBERS.get(value.code, _NUMBERS["#VALUE!"]))
                elif isinstance(value, bool):
                    workbook.set_bool(*place, value)
                elif isinstance(value, str):
                    workbook.set_text(*place, value)
                else:
                    workbook.set_number(*place, float(value))
        self._calculate()

    def _calculate(self) -> None:
        with _traps():
            self._workbook.recalc()

    @contextlib.contextmanager
    def _room(self) -> Iterator[int]:
        """Lend memory inside the engine for places, values and texts of a call."""
        room = LIB.alloc(_CELLS * (_PLACE_SIZE + _VALUE_SIZE) + _TEXT_BYTES)
        try:
            yield room
        finally:
            LIB.free(room)

    def _read(self, sheet: int, positions: Sequence[Position], room: int) -> list[CellValue]:
        found: list[CellValue] = []
        book = self._workbook._require()
        values = room + _CELLS * _PLACE_SIZE
        texts = values + _CELLS * _VALUE_SIZE
        while len(found) < len(positions):
            block = positions[len(found) : len(found) + _CELLS]
            numbers = [part - 1 for position in block for part in position]
            LIB.write_bytes(room, struct.pack(f"<{len(numbers)}I", *numbers))
            done = self._read_cells(
                LIB.store, book, sheet, room, len(block), values, texts, texts + _TEXT_BYTES
            )
            if not done:  # one text alone is too long for the room
                row, column = block[0]
                found.append(self._workbook.get_value(sheet, row - 1, column - 1).to_python())
                continue
            written = LIB.read_bytes(values, done * _VALUE_SIZE)
            length = max(
                (
                    start + size - texts
                    for kind, start, size in _TEXT.iter_unpack(written)
                    if kind == ValueKind.TEXT
                ),
                default=0,
            )
            letters = LIB.read_bytes(texts, length) if length else b""
            found.extend(_cell_values(written, letters, texts))
        return found


@contextlib.contextmanager
def _traps() -> Iterator[None]:
    """Tell when the engine stopped for good: after a trap it refuses every other call."""
    try:
        yield
    except formulon.FormulonError as error:
        if LIB._poison_message is None:
            raise
        *_, trap = str(error).splitlines()
        raise EngineDiedError(
            f"its WebAssembly stopped, as it does when it gets no memory ({trap.strip()})"
        ) from None


def _cell_values(written: bytes, letters: bytes, begin: int) -> Iterator[CellValue]:
    """Yield the values of a block of cells; their texts begin at a place in the engine's memory."""
    for place, (kind, value) in zip(
        range(0, len(written), _VALUE_SIZE), _VALUE.iter_unpack(written), strict=True
    ):
        if kind == ValueKind.NUMBER:
            yield number(value)
        elif kind == ValueKind.BLANK:
            yield None
        elif kind == ValueKind.TEXT:
            _, start, size = _TEXT.unpack_from(written, place)
            yield letters[start - begin : start - begin + size].decode("utf-8", "replace")
        elif kind == ValueKind.BOOL:
            yield bool(struct.unpack_from("<i", written, place + 8)[0])
        elif kind == ValueKind.ERROR:
            code = struct.unpack_from("<i", written, place + 8)[0]
            yield CellError(_ERRORS.get(code, "#VALUE!"))
        elif kind == _FAILED:
            yield unsayable("nothing")
        else:
            yield unsayable(f"a value of kind {kind}")


def _reader() -> Any:
    """Return a function that reads many cells, once the engine stands.

    `LIB` makes its own wasmtime engine and has no setting for it; for that moment the name stands
    for one that keeps machine code in the user's cache folder.
    """
    plain = wasmtime.Engine

    def caching() -> wasmtime.Engine:
        try:
            config = wasmtime.Config()
            config.cache = True
            return plain(config)
        except wasmtime.WasmtimeError:  # no folder to keep it in
            return plain()

    wasmtime.Engine = caching  # type: ignore[assignment,misc]
    try:
        store, memory = LIB.store, LIB.memory
    finally:
        wasmtime.Engine = plain  # type: ignore[misc]
    module = wasmtime.Module(LIB._engine, _READER)
    instance = wasmtime.Instance(store, module, [memory, LIB._exports["fm_workbook_get_value"]])
    return instance.exports(store)["read"]
