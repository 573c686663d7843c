"""How does LibreOffice learn which methods an add-in has?

From a type library: a file in the binary form that LibreOffice's own `unoidl-write` writes. This
module writes the one kind that an add-in needs, an interface whose methods take and return `any`,
so that the library follows from the registry and no development kit is needed. For the same
interface the bytes are those of `unoidl-write`, but for the note that names the writer.

A file is a header, the interface, and a map for each module around it. A map is an array of pairs
of 32-bit offsets, of a name and of what it names; names in maps end with NUL. All other texts
carry their length, and where one comes again, the offset of the first with the top bit set.
"""

import struct
from collections.abc import Mapping, Sequence

_MAGIC = b"UNOIDL\xff\0"
_NOTE = b"\0** Created by xlcalc **\0"
_MODULE, _INTERFACE = 0, 5  # kinds of entities
_AGAIN = 0x80000000
_BASE = "com.sun.star.uno.XInterface"
_IN = 0  # direction of a parameter
_ARGUMENT = "any"  # a number, a text, rows of them, or nothing
_RESULT = "[][]any"  # rows; as `any`, Python's tuples would arrive in a form that Calc refuses


def type_library(name: str, methods: Mapping[str, Sequence[str]], note: bytes = _NOTE) -> bytes:
    """Return a type library that has one interface.

    Parameters
    ----------
    name : str
        The interface with the modules around it, divided by points.
    methods : mapping of str to sequence of str
        The methods, and the names of the parameters of each; all are of the type `any`.
    note : bytes
        What stands behind the header and says who wrote the file, between NULs.
    """
    *modules, interface = name.split(".")
    file = bytearray(_MAGIC + bytes(8) + note)
    place = len(file)
    _write_interface(file, methods)
    for module in reversed(modules):
        named = _write_name(file, interface)
        entry = struct.pack("<II", named, place)
        place, interface = len(file), module
        file += struct.pack("<BI", _MODULE, 1) + entry
    named = _write_name(file, interface)
    struct.pack_into("<II", file, len(_MAGIC), len(file), 1)
    file += struct.pack("<II", named, place)
    return bytes(file)


def _write_interface(file: bytearray, methods: Mapping[str, Sequence[str]]) -> None:
    written: dict[str, int] = {}

    def number(value: int) -> None:
        file.extend(struct.pack("<I", value))

    def text(value: str) -> None:
        if value in written:
            number(written[value] | _AGAIN)
            return
        written[value] = len(file)
        number(len(value))
        file.extend(value.encode("ascii"))

    file.append(_INTERFACE)
    number(1)
    text(_BASE)
    number(0)  # optional bases
    number(0)  # attributes
    number(len(methods))
    for method, parameters in methods.items():
        text(method)
        text(_RESULT)
        number(len(parameters))
        for parameter in parameters:
            file.append(_IN)
            text(parameter)
            text(_ARGUMENT)
        number(0)  # exceptions


def _write_name(file: bytearray, name: str) -> int:
    """Write a name as maps point to it, and return its offset."""
    offset = len(file)
    file += name.encode("ascii") + b"\0"
    return offset
