"""How is an xlsx file written again and again, when few of its parts change?

The parts that stay are copied as they are compressed; only the others are deflated. Python's
`zipfile` can copy no compressed entry, and it spends more time on bookkeeping than on deflating.
"""

import struct
import zipfile
import zlib
from collections.abc import Collection, Mapping

from xlcalc.ooxml.package import Package

try:
    from isal import isal_zlib as fast_zlib
except ImportError:  # no wheel for this platform, as in a browser
    import zlib as fast_zlib  # type: ignore[no-redef]

LEVEL = 1
_RAW = -15
_SIZES = struct.Struct("<3L")
_END = struct.Struct("<4s4H2LH")
_UTF8 = 0x800


class _Record:
    """What the archive says of a file: its record before it, and the one in the directory.

    All of it but checksum and sizes is the same in every copy.
    """

    def __init__(self, info: zipfile.ZipInfo, compression: int) -> None:
        name = info.filename.encode()
        flags = 0 if info.filename.isascii() else _UTF8
        year, month, day, hour, minute, second = info.date_time
        common = struct.pack(
            "<4H",
            flags,
            compression,
            hour << 11 | minute << 5 | second // 2,
            (year - 1980) << 9 | month << 5 | day,
        )
        needed = bytes((zipfile.DEFAULT_VERSION, 0))
        self._local = b"PK\x03\x04" + needed + common
        self._local_end = struct.pack("<2H", len(name), 0) + name
        made_by = bytes((zipfile.DEFAULT_VERSION, info.create_system))
        self._central = b"PK\x01\x02" + made_by + needed + common
        attributes = (len(name), 0, 0, 0, info.internal_attr, info.external_attr)
        self._central_end = struct.pack("<5HL", *attributes)
        self._name = name

    def local(self, sizes: bytes) -> bytes:
        """Return the record before a file."""
        return self._local + sizes + self._local_end

    def central(self, sizes: bytes, offset: int) -> bytes:
        """Return the record in the directory."""
        place = struct.pack("<L", offset)
        return b"".join((self._central, sizes, self._central_end, place, self._name))


class Archive:
    """A file that is written again and again with other bytes in some parts.

    Parameters
    ----------
    package : Package
        The file.
    changing : collection of str
        Names of these parts; they stand at the end of what is written.
    """

    def __init__(self, package: Package, changing: Collection[str]) -> None:
        entries = package.entries()
        kept, central = [], []
        size = 0
        self._changing: dict[str, _Record] = {}
        for info, compressed in entries:
            if info.filename in changing:
                self._changing[info.filename] = _Record(info, zipfile.ZIP_DEFLATED)
                continue
            data = package.part(info.filename)
            method = zipfile.ZIP_DEFLATED if compressed is None else info.compress_type
            body = _deflated_once(data) if compressed is None else compressed
            record = _Record(info, method)
            sizes = _SIZES.pack(fast_zlib.crc32(data), len(body), len(data))
            central.append(record.central(sizes, size))
            kept += [record.local(sizes), body]
            size += len(kept[-2]) + len(body)
        self._kept = b"".join(kept)
        self._central = b"".join(central)
        self._count = len(entries)

    def write(self, parts: Mapping[str, bytes]) -> bytes:
        """Return the file with other bytes in the parts that change."""
        written = [self._kept]
        central = [self._central]
        size = len(self._kept)
        for name, record in self._changing.items():
            data = parts[name]
            body = fast_zlib.compress(data, LEVEL, _RAW)
            sizes = _SIZES.pack(fast_zlib.crc32(data), len(body), len(data))
            local = record.local(sizes)
            written += [local, body]
            central.append(record.central(sizes, size))
            size += len(local) + len(body)
        directory = b"".join(central)
        end = _END.pack(b"PK\x05\x06", 0, 0, self._count, self._count, len(directory), size, 0)
        return b"".join((*written, directory, end))


def _deflated_once(data: bytes) -> bytes:
    """Return a part that stays, as small as Python's zipfile makes it: it is in every copy."""
    deflater = zlib.compressobj(wbits=_RAW)
    return deflater.compress(data) + deflater.flush()


def checksum(data: bytes) -> int:
    """Return the CRC-32 of a file."""
    return fast_zlib.crc32(data)
