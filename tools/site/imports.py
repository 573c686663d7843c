"""How does the house look: which folder of the package uses which?

The imports are read from the code and drawn as a matrix of dots. The folders stand in such an
order that each one uses only those above it; where imports went both ways, there would be none.
"""

import ast
from collections import defaultdict
from graphlib import TopologicalSorter
from html import escape
from pathlib import Path

from tools import ROOT

PACKAGE = ROOT / "xlcalc"
CELL = 16
"""Pixels from one dot to the next."""
LABEL = 130
"""Pixels that the names of folders take."""


def room(module: str) -> str:
    """Return the folder, or the single file, in which a module of the package is."""
    return module.split(".")[0]


def in_order(used: dict[str, set[str]]) -> list[str]:
    """Return the folders and files at the top of the package, those that use none first."""
    sorter = TopologicalSorter({name: used[name] for name in sorted(used)})
    sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return order


def uses() -> dict[str, set[str]]:
    """Return which folders each folder imports."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.py")):
        here = room(".".join(path.relative_to(PACKAGE).with_suffix("").parts))
        for name in _imported(path):
            if name != here:
                found[here].add(name)
    return found


def _imported(path: Path) -> set[str]:
    """Return the folders that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "xlcalc":
            found |= {alias.name for alias in node.names if (PACKAGE / alias.name).is_dir()}
            found |= {a.name for a in node.names if (PACKAGE / f"{a.name}.py").is_file()}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("xlcalc."):
            found.add((node.module or "").split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("xlcalc.")}
    return found


def drawing() -> str:
    """Return the matrix as SVG, to stand in a page."""
    used = uses()
    order = in_order(used)
    size = LABEL + CELL * (len(order) + 1)
    parts = [
        f'<svg viewBox="0 0 {size} {size}" role="img" style="max-width: {size}px" '
        'font-size="10" font-family="sans-serif" fill="currentColor">',
        "<title>Which folder uses which: a dot in a row says that the folder of the row imports "
        "the folder of the column.</title>",
    ]
    for place, name in enumerate(order):
        middle = LABEL + CELL * place + CELL / 2
        parts.append(
            f'<text x="{LABEL - 6}" y="{middle + 3:g}" text-anchor="end">{escape(name)}</text>'
            f'<text transform="translate({middle + 3:g} {LABEL - 6}) rotate(-60)">'
            f"{escape(name)}</text>"
            f'<line x1="{LABEL}" x2="{middle:g}" y1="{middle:g}" y2="{middle:g}" '
            'stroke="currentColor" stroke-opacity="0.15"/>'
            f'<rect x="{middle - 4:g}" y="{middle - 4:g}" width="8" height="8" '
            'fill-opacity="0.25"/>'
        )
        parts += [
            f'<circle cx="{LABEL + CELL * other + CELL / 2:g}" cy="{middle:g}" r="4"/>'
            for other, used_name in enumerate(order)
            if used_name in used.get(name, set())
        ]
    return "".join([*parts, "</svg>"])
