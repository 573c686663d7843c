"""Which files does a calculation need, and nothing more?

The modules that are imported from given ones on, found in their text, and the tables beside them:
without templates, engines and command line, with numpy as the only other package.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import xlcalc

_PACKAGE = Path(xlcalc.__file__).parent


def light_files(*modules: str) -> dict[str, bytes]:
    """Return files of this package, those that modules need to be imported and to run.

    Parameters
    ----------
    modules : str
        Full names, such as `xlcalc.cells`.

    Returns
    -------
    dict of str to bytes
        The content by path, such as `xlcalc/cells.py`, in order.
    """
    found: set[Path] = set()
    waiting = [path for module in modules for path in _paths(module)]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            for module in _imported(path):
                waiting += _paths(module)
    tables = [
        table
        for folder in {path.parent for path in found if path.parent != _PACKAGE}
        for table in folder.glob("*.csv")
    ]
    return {
        path.relative_to(_PACKAGE.parent).as_posix(): path.read_bytes()
        for path in sorted([*found, *tables])
    }


def _imported(path: Path) -> Iterator[str]:
    """Yield what a module imports when it is imported itself, each name with its module before it.

    What functions import later counts too, but for `xlcalc/__init__.py`, which imports there what
    is asked for by name.
    """
    tree = ast.parse(path.read_bytes())
    for node in tree.body if path.parent == _PACKAGE and path.stem == "__init__" else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _paths(name: str) -> list[Path]:
    """Return the files of a module and of the packages around it; none if it is not ours."""
    first, *parts = name.split(".")
    if first != _PACKAGE.name:
        return []
    folder, paths = _PACKAGE, [_PACKAGE / "__init__.py"]
    for part in parts:
        if (folder / part / "__init__.py").exists():
            folder /= part
            paths.append(folder / "__init__.py")
        elif (folder / f"{part}.py").exists():
            return [*paths, folder / f"{part}.py"]
    return paths
