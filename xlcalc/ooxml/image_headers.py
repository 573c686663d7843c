"""Of which kind is a picture, and how many pixels does it have?

The first bytes of a file say it: in PNG and GIF at a fixed place, in JPEG in the first segment that
begins a frame. Only kinds are known that every Excel shows as they are; SVG needs a second picture
beside it for older ones.
"""

import struct

from xlcalc.errors import InputValueError

CONTENT_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif"}
MOST_PIXELS = 20_000
"""Pixels of a side, at most."""
# SOF0 to SOF15 without those that define tables: ITU-T T.81 (1992), table B.1.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers of JPEG without a length."""


def image_header(data: bytes, name: str) -> tuple[str, int, int]:
    """Return the kind of a picture, a key of `CONTENT_TYPES`, and its width and height [pixel].

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        What to call it in a sentence.

    Raises
    ------
    InputValueError
        If it is of another kind, is cut off, or has no pixels or too many.
    """
    kind, size = "", None
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        # The first chunk is IHDR: PNG, third edition (2025), 11.2.1.
        kind = "png"
        size = struct.unpack(">II", data[16:24]) if data[12:16] == b"IHDR" and data[23:] else None
    elif data.startswith((b"GIF87a", b"GIF89a")):
        kind, size = "gif", struct.unpack("<HH", data[6:10]) if data[9:] else None
    elif data.startswith(b"\xff\xd8\xff"):
        kind, size = "jpeg", _frame(data)
    if not kind:
        raise InputValueError(f"{name} is no PNG, JPEG or GIF picture")
    if size is None or not all(0 < side <= MOST_PIXELS for side in size):
        got = "none in its header" if size is None else f"{size[0]:,} × {size[1]:,}"
        raise InputValueError(f"{name} must have 1 to {MOST_PIXELS:,} pixels a side, got {got}")
    return kind, size[0], size[1]


def _frame(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a JPEG, or None where no frame begins."""
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # bytes that fill up stand before a marker
            place += 1
        elif marker in _ALONE:
            place += 2
        elif marker in _FRAMES:
            if place + 9 > len(data):
                return None
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        else:
            place += 2 + struct.unpack_from(">H", data, place + 2)[0]
    return None
