"""How do the functions of others travel with an add-in that carries its own modules?

`carried` returns the modules that a plugin's functions need, as they are, and `entry_points` the
file by which `xlcalc.plugins` finds them there. `moved` rewrites the imports of a module where the
packages have other names.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from xlcalc.errors import OutputError
from xlcalc.files import read_file
from xlcalc.plugins import Plugin

_WHOLE = "xlcalc"
_FOLDER = Path(__file__).parents[1]


def carried(plugin: Plugin) -> dict[str, Path]:
    """Return the modules of a plugin that its functions need, by place.

    These are the one that has the functions, those of the same package that its imports lead to,
    and the packages around them.

    Parameters
    ----------
    plugin : Plugin
        The functions of a package or a file.
    """
    sources = plugin.sources()
    found: dict[str, Path] = {}
    waiting = [plugin.module]
    while waiting:
        name = waiting.pop()
        for end in range(1, name.count(".") + 2):
            base = "/".join(name.split(".")[:end])
            place = f"{base}/__init__.py" if f"{base}/__init__.py" in sources else f"{base}.py"
            if place in sources and place not in found:
                found[place] = sources[place]
                waiting += _imported(ast.parse(read_file(sources[place])), place)
    return dict(sorted(found.items()))


def entry_points(group: str, modules: Mapping[str, Plugin]) -> bytes:
    """Return the file that names modules with functions.

    Parameters
    ----------
    group : str
        The entry-point group.
    modules : mapping of str to Plugin
        The functions by the names of their modules in the add-in.
    """
    lines = [
        f"functions_{number} = {module}{f':{plugin.attribute}' if plugin.attribute else ''}"
        for number, (module, plugin) in enumerate(modules.items(), start=1)
    ]
    return "\n".join((f"[{group}]", *lines, "")).encode()


def moved(path: Path, packages: Mapping[str, str]) -> str:
    """Return the source of a module whose imports name packages by their new names.

    Parameters
    ----------
    path : Path
        The module.
    packages : mapping of str to str
        The new name of each package.

    Raises
    ------
    OutputError
        If it imports one of them in another way than by `from PACKAGE.MODULE import NAME`.
    """
    lines = read_file(path).decode("utf-8").splitlines(keepends=True)
    for node in ast.walk(ast.parse("".join(lines))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] in packages:
                    raise OutputError(
                        f"line {node.lineno} of {path} must be: from {alias.name} import …"
                    )
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            old = node.module.partition(".")[0]
            if old not in packages:
                continue
            if node.module == _WHOLE and not all(_is_module(alias.name) for alias in node.names):
                raise OutputError(
                    f"line {node.lineno} of {path} must name the module, as in: "
                    "from xlcalc.functions.training import train_flops"
                )
            line, new = lines[node.lineno - 1], packages[old]
            lines[node.lineno - 1] = re.sub(rf"\bfrom {old}\b", f"from {new}", line, count=1)
    return "".join(lines)


def _is_module(name: str) -> bool:
    return (_FOLDER / name).is_dir() or (_FOLDER / f"{name}.py").is_file()


def _imported(tree: ast.Module, place: str) -> Iterator[str]:
    """Yield the names of the modules, or of what stands in them, that a module imports."""
    own = place.removesuffix(".py").split("/")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            around = own[: -node.level] if node.level else []
            base = ".".join([*around, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)
