"""How is the project of a server written?

`write_project` lets the installed xlwings Server write a project of its own, puts our files in the
place of its samples, and writes the whole into a folder. What a person has filled in stays: a key
in `.env`, and the ids by which Excel knows the add-in.
"""

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from xlcalc._version import __version__
from xlcalc.dialects import NAMESPACE
from xlcalc.errors import DialectError, OutputError, UsageError
from xlcalc.files import make_folder, read_toml, write_file
from xlcalc.hosts.server.identifiers import ENVIRONMENTS, manifest_id
from xlcalc.hosts.server.start import MISSING

FILES = Path(__file__).parent / "files"
DEFAULT_URL = "https://localhost:8000"
_SAMPLES = {"custom_functions/functions.py", "custom_scripts/scripts.py"}
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9_.-]+)*/?")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SUFFIX = ".txt"
"""What stands behind the name of a file that is no module of this package."""


@dataclass(frozen=True)
class Wanted:
    """What a project is for.

    Attributes
    ----------
    namespace : str
        What stands before the names of the functions in Excel.
    url : str
        Address at which Excel finds the server, with https.
    identity : str
        Id of the add-in in production; made of the other two if empty.
    name : str
        Name of the add-in in Excel.
    """

    namespace: str = NAMESPACE
    url: str = DEFAULT_URL
    identity: str = ""
    name: str = "xlcalc"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", self.namespace):
            raise DialectError(
                f'a namespace is a letter, then letters and digits, got "{self.namespace}"'
            )
        if not _ADDRESS.fullmatch(self.url):
            raise UsageError(f'the address must be as https://xl.example.com, got "{self.url}"')
        if self.identity and not _UUID.fullmatch(self.identity.lower()):
            raise UsageError(f'an id is a UUID, got "{self.identity}"')
        if not re.fullmatch(r"[\w .()-]{1,60}", self.name):
            raise UsageError(f'a name is at most 60 letters and digits, got "{self.name}"')


def write_project(folder: Path, wanted: Wanted, *, force: bool = False) -> list[Path]:
    """Write a project of xlwings Server with our functions.

    Parameters
    ----------
    folder : Path
        Where to; it may exist, and must be empty without `force`.
    wanted : Wanted
        What the project is for.
    force : bool
        Replace the files of a project. Its `.env`, its ids and files that are not ours stay.

    Returns
    -------
    list of Path
        The files, as written.

    Raises
    ------
    OutputError
        If the folder has files, or cannot be written to.
    UsageError
        If xlwings Server is not installed or cannot make a project.
    """
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise OutputError(f"{folder} has files; give another folder, or replace them with --force")
    kept = {".env"} if (folder / ".env").exists() else set()
    files = project_files(wanted, _ids(folder, wanted))
    written = []
    for name, data in sorted(files.items()):
        if name in kept:
            continue
        path = folder / name
        make_folder(path.parent)
        write_file(path, data)
        written.append(path)
    return written


def project_files(wanted: Wanted, ids: dict[str, str]) -> dict[str, bytes]:
    """Return every file of a project by its name; all but `.env` are the same each time."""
    files = {name: data for name, data in _initial().items() if name not in _SAMPLES}
    words = {
        "NAMESPACE": wanted.namespace.upper(),
        "NAME": wanted.name,
        "URL": wanted.url.rstrip("/"),
        "HOSTNAME": urlsplit(wanted.url).netloc,
        "APP_PATH": urlsplit(wanted.url).path.rstrip("/"),
        "IDS": "\n".join(f'manifest_id_{name} = "{ids[name]}"' for name in ENVIRONMENTS),
        "XLCALC": __version__,
        "XLWINGS_SERVER": version("xlwings-server"),
        "XLWINGS": version("xlwings"),
    }
    for path in sorted(FILES.rglob("*")):
        if path.is_file():
            name = path.relative_to(FILES).as_posix().removesuffix(_SUFFIX)
            data = path.read_bytes()
            if path.suffix == _SUFFIX:
                text = data.decode("utf-8")
                data = re.sub(r"@(\w+)@", lambda found: words[found[1]], text).encode("utf-8")
            files[name] = data
    files[".env"] = _environment(files[".env"].decode("utf-8"), files.pop("env").decode("utf-8"))
    return files


def _ids(folder: Path, wanted: Wanted) -> dict[str, str]:
    """Return the ids of the add-in: those of the project that is there, else made ones."""
    settings = folder / "pyproject.toml"
    address = wanted.url.rstrip("/").lower()
    made = {name: manifest_id(wanted.namespace.upper(), address, name) for name in ENVIRONMENTS}
    if settings.is_file():
        own: Any = read_toml(settings, UsageError)
        for table in ("tool", "xlwings_server"):
            own = own.get(table, {}) if isinstance(own, dict) else {}
        own = own if isinstance(own, dict) else {}
        made |= {name: own[key] for name in ENVIRONMENTS if (key := f"manifest_id_{name}") in own}
    return made | ({"prod": wanted.identity.lower()} if wanted.identity else {})


def _initial() -> dict[str, bytes]:
    """Return the files that the installed xlwings Server makes for a new project."""
    try:
        version("xlwings-server")
    except PackageNotFoundError:
        raise UsageError(MISSING) from None
    with tempfile.TemporaryDirectory() as place:
        made = Path(place, "project")
        command = [sys.executable, "-m", "xlwings_server.cli", "init", str(made)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place)  # noqa: S603 its own command
        if done.returncode or not (made / ".env").is_file():
            reason = (done.stderr or done.stdout).strip().splitlines() or ["it wrote no project"]
            raise UsageError(f"xlwings-server cannot make a project: {reason[-1]}")
        return {
            path.relative_to(made).as_posix(): path.read_bytes()
            for path in sorted(made.rglob("*"))
            if path.is_file()
        }


def _environment(initial: str, ours: str) -> bytes:
    """Return the file of secrets: the key to fill in, and the random one that was made."""
    # Without quotation marks: Docker would take them for a part of the value.
    secret = re.search(r'^XLWINGS_SECRET_KEY="?([^"\n]+)', initial, re.MULTILINE)
    return f"{ours}{f'XLWINGS_SECRET_KEY={secret[1]}' if secret else ''}\n".encode()
