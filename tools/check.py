"""Are the generated files what their makers would write now: `python -m tools.check`.

Everything is made in memory and compared; nothing is written. Each file that differs is named with
the command that makes it, and the exit status is then 1. Pictures are left out: each version of
LibreOffice draws them in its own way.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from tools import ROOT, checks, surface, terminal, texts, workbooks

MAKERS = (surface, checks, terminal, texts, workbooks)
"""The makers, the quick ones first."""


def stale(root: Path, makers: Iterable[ModuleType]) -> Iterator[tuple[str, str]]:
    """Yield the path of every file that differs, and the command that makes it."""
    for maker in makers:
        for path, data in maker.made():
            file = root / path
            if not file.exists() or file.read_bytes() != data:
                yield path, f"python -m {maker.__name__}"


def main() -> None:
    found = list(stale(ROOT, MAKERS))
    for path, command in found:
        print(f"{path} is out of date; run: {command}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
