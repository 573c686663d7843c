"""How does the house look: which folder of the package uses which, and what is in it?

The imports are read from the code. The drawing has the folders in levels: each one uses only those
below it. A line is left out where other lines already lead from the one to the other. The table has
each folder and each single file with the question that opens it.
"""

import ast
from collections import defaultdict
from functools import cache
from graphlib import TopologicalSorter
from html import escape
from pathlib import Path

from tools import ROOT

PACKAGE = ROOT / "xlcalc"
WIDTH, HEIGHT = 110, 26
"""Pixels of a box."""
STEP = 64
"""Pixels from one level to the next."""
ROOM = 900
"""Pixels from side to side."""
SWEEPS = 8
"""How often the boxes of each level are put in the order of those that they are joined with."""

Graph = dict[str, set[str]]


@cache
def uses() -> Graph:
    """Return which folders and single files each one imports, in a fixed order of names."""
    found: Graph = defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.py")):
        here = path.relative_to(PACKAGE).with_suffix("").parts[0]
        if here != "__init__":
            found[here] |= _imported(path) - {here}
    return {name: found[name] for name in sorted(found)}


def _imported(path: Path) -> set[str]:
    """Return the folders and single files that a module imports, wherever in it."""
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


def in_order(graph: Graph) -> list[str]:
    """Return the names of a graph, those that use none first."""
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return order


def folders() -> Graph:
    """Return which folders each folder uses, through single files too, without detours."""
    reached: Graph = {}
    for name in in_order(uses()):
        reached[name] = set().union(uses()[name], *(reached[used] for used in uses()[name]))
    names = [name for name in reached if (PACKAGE / name).is_dir()]
    found = {name: reached[name] & set(names) for name in names}
    return {
        name: {used for used in own if not any(used in found[other] for other in own)}
        for name, own in found.items()
    }


def levels(graph: Graph) -> list[list[str]]:
    """Return the names of a graph in levels, each one above all that it uses."""
    level: dict[str, int] = {}
    for name in in_order(graph):
        level[name] = 1 + max((level[used] for used in graph[name]), default=-1)
    return [[name for name in level if level[name] == at] for at in range(1 + max(level.values()))]


def drawing() -> str:
    """Return the folders and their lines as SVG."""
    graph = folders()
    ranks, joined = _with_bends(levels(graph), graph)
    _untangle(ranks, joined)
    size = STEP * len(ranks)
    place = {
        name: (ROOM * (at + 1) / (len(names) + 1), size - STEP * rank - STEP / 2)
        for rank, names in enumerate(ranks)
        for at, name in enumerate(names)
    }
    lines, boxes = [], []
    for name, below in joined.items():
        x, y = place[name]
        for other in sorted(below):
            x2, y2 = place[other]
            start = y if name not in graph else y + HEIGHT / 2
            end = y2 if other not in graph else y2 - HEIGHT / 2
            lines.append(f'<path d="M{x:.0f} {start:.0f}L{x2:.0f} {end:.0f}"/>')
        if name in graph:
            boxes.append(
                f'<rect x="{x - WIDTH / 2:.0f}" y="{y - HEIGHT / 2:.0f}" width="{WIDTH}" '
                f'height="{HEIGHT}" rx="4"/><text x="{x:.0f}" y="{y + 4:.0f}">{escape(name)}</text>'
            )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {ROOM} {size}" width="{ROOM}" '
        f'height="{size}" font-family="sans-serif" font-size="12" text-anchor="middle">'
        "<style>path{stroke:#8a94a6;fill:none}rect{fill:#eef2f8;stroke:#5b6b84}"
        "text{fill:#1c2733}</style>"
        f"{''.join([*lines, *boxes])}</svg>\n"
    )


def _with_bends(ranks: list[list[str]], graph: Graph) -> tuple[list[list[str]], Graph]:
    """Return the levels with a bend wherever a line passes one, and the lines from level to level.

    A bend is named by the ends of its line.
    """
    level = {name: rank for rank, names in enumerate(ranks) for name in names}
    bent = [list(names) for names in ranks]
    joined: Graph = {name: set() for name in graph}
    for name in graph:
        for used in sorted(graph[name]):
            above = name
            for rank in range(level[name] - 1, level[used], -1):
                bend = f"{name} {used} {rank}"
                bent[rank].append(bend)
                joined[above].add(bend)
                joined[bend] = set()
                above = bend
            joined[above].add(used)
    return bent, joined


def _untangle(ranks: list[list[str]], joined: Graph) -> None:
    """Put the names of each level in the order of what they are joined with, up and down."""
    upward: Graph = {name: set() for name in joined}
    for name, below in joined.items():
        for other in below:
            upward[other].add(name)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        place = {n: (i + 1) / (len(names) + 1) for names in ranks for i, n in enumerate(names)}
        for names in ranks if down else reversed(ranks):
            near = joined if down else upward
            means = {
                name: sum(place[other] for other in near[name]) / len(near[name])
                if near[name]
                else place[name]
                for name in names
            }
            names.sort(key=lambda name: (means[name], name))
            place |= {name: (at + 1) / (len(names) + 1) for at, name in enumerate(names)}


def table() -> str:
    """Return the folders and the single files with the question that opens each, as Markdown."""
    rows = ["| | question |", "|---|---|"]
    for name in in_order(uses()):
        folder = PACKAGE / name
        path = folder / "__init__.py" if folder.is_dir() else PACKAGE / f"{name}.py"
        document = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        question = " ".join(document.split("\n\n")[0].split()).replace("|", "\\|")
        rows.append(f"| `{name}{'/' if folder.is_dir() else '.py'}` | {question} |")
    return "\n".join(rows)
