"""Write the types of the public surface, `xlcalc/__init__.pyi`: `python -m tools.surface`."""

from collections.abc import Iterator
from itertools import groupby

from tools import ROOT, write
from xlcalc.registry import FUNCTIONS

FILE = ROOT / "xlcalc" / "__init__.pyi"
HEAD = '''"""The types of the public surface. Made by `python -m tools.surface`."""

from xlcalc._version import __version__ as __version__
'''


def stub() -> str:
    """Return the stub: each function from the module that lists it, and `batch`."""
    modules = groupby(
        sorted(FUNCTIONS, key=lambda f: (f.__module__, f.__name__)), key=lambda f: f.__module__
    )
    lines = [
        f"from {module} import {function.__name__} as {function.__name__}"
        for module, functions in modules
        for function in functions
    ]
    return "\n".join([HEAD.rstrip(), *lines, "from xlcalc.runs.report import batch as batch", ""])


def made() -> Iterator[tuple[str, bytes]]:
    yield FILE.relative_to(ROOT).as_posix(), stub().encode()


def main() -> None:
    write(made())


if __name__ == "__main__":
    main()
