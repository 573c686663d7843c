"""Makers of what is committed and generated: `python -m tools.NAME`.

A maker's `made` yields the path of each of its files below `ROOT` and the bytes that belong there.
"""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent


def write(files: Iterator[tuple[str, bytes]]) -> None:
    """Write what a maker made, and say so."""
    for path, data in files:
        (ROOT / path).write_bytes(data)
        print(f"wrote {path}")
