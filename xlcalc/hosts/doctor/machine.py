"""What is a machine, as far as its spreadsheet programs can be seen?

Its kind, the folder of its user, its environment, where its programs are, and on Windows its
registry. All that looks at a machine takes one of these, so that tests hand in a prepared folder.
"""

import contextlib
import os
import platform
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_PATIENCE = 20
"""Seconds that a program may take to say its version."""


def _read_registry(key: str, name: str) -> str | None:
    """Return a value of the Windows registry; None where there is none, or no registry."""
    if sys.platform == "win32":
        import winreg

        root, _, rest = key.partition("\\")
        roots = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCR": winreg.HKEY_CLASSES_ROOT}
        with contextlib.suppress(OSError), winreg.OpenKey(roots[root], rest) as opened:
            return str(winreg.QueryValueEx(opened, name)[0])
    return None


@dataclass(frozen=True)
class Machine:
    """A machine.

    Attributes
    ----------
    system : str
        As `sys.platform` has it: "win32", "darwin" or "linux".
    home : Path
        The folder of its user.
    here : Path
        The folder in which the command was given.
    environ : mapping of str to str
        The environment.
    root : Path
        Where its files begin: "/" but in tests.
    registry : callable
        Returns a value of the Windows registry by key and name; None where there is none.
    python : str
        The interpreter that runs xlcalc.
    """

    system: str
    home: Path
    here: Path
    environ: Mapping[str, str]
    root: Path = Path("/")
    registry: Callable[[str, str], str | None] = field(default=_read_registry)
    python: str = sys.executable

    @classmethod
    def this(cls) -> "Machine":
        """Return the machine that runs this program."""
        return cls(sys.platform, Path.home(), Path.cwd(), os.environ)

    def text(self, path: Path) -> str | None:
        """Return the text of a file; None where it cannot be read."""
        try:
            return path.read_bytes().decode("utf-8-sig", "replace")
        except OSError:
            return None

    def below(self, folder: str) -> Path:
        """Return a folder by its path from the root."""
        return self.root / folder.lstrip("/")


def ask_python(interpreter: Path, code: str) -> str | None:
    """Return what an interpreter prints for some code; None where it does not run."""
    # Not what this program's own environment and folder add to the packages of an interpreter.
    environ = {name: value for name, value in os.environ.items() if name[:6] != "PYTHON"}
    try:
        done = subprocess.run(  # noqa: S603  an interpreter that the machine's own settings name
            [interpreter, "-c", code],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            cwd=interpreter.parent,
            env=environ,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


@dataclass(frozen=True)
class Python:
    """An interpreter.

    Attributes
    ----------
    path : str
        Where it is.
    version : str
        Its version; empty where it did not say.
    bits : int
        32 or 64; 0 where it did not say.
    packages : mapping of str to bool
        Whether it finds each package that was asked for.
    """

    path: str
    version: str = ""
    bits: int = 0
    packages: Mapping[str, bool] = field(default_factory=dict)


def look_at_python(interpreter: Path, packages: tuple[str, ...]) -> Python:
    """Return what an interpreter says of itself.

    Parameters
    ----------
    interpreter : Path
        The program.
    packages : tuple of str
        Packages that it may have.
    """
    code = (
        "import importlib.util, platform, struct;"
        f"found = [importlib.util.find_spec(name) is not None for name in {list(packages)!r}];"
        "print(platform.python_version(), struct.calcsize('P') * 8, *map(int, found))"
    )
    words = (ask_python(interpreter, code) or "").split()
    if len(words) != 2 + len(packages):
        return Python(str(interpreter))
    has = {name: word == "1" for name, word in zip(packages, words[2:], strict=True)}
    return Python(str(interpreter), words[0], int(words[1]), has)


def this_python(packages: tuple[str, ...]) -> Python:
    """Return the interpreter that runs this program."""
    from importlib.util import find_spec

    has = {name: find_spec(name) is not None for name in packages}
    return Python(sys.executable, platform.python_version(), struct.calcsize("P") * 8, has)
