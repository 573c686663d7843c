"""Pictures for tests: whole small files of each kind, without a library."""

import struct
import zlib


def png(width, height, colour=(200, 30, 30)):
    """Return a PNG of one colour."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(
            ">I", zlib.crc32(kind + data)
        )  # fmt: skip

    row = b"\x00" + bytes(colour) * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", zlib.compress(row * height)),
            chunk(b"IEND", b""),
        )
    )


def gif(width, height):
    """Return a GIF whose only image is a white pixel in its corner."""
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0)
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + screen + b"\xff\xff\xff\x00\x00\x00" + image + b"\x3b"


def jpeg(width, height, marker=0xC2):
    """Return the beginning of a JPEG: a comment, bytes that fill up, and the head of its frame."""
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"\xff\xc0xx"
    frame = struct.pack(">BBHBHHB", 0xFF, marker, 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + comment + b"\xff" + frame + b"\xff\xd9"
