"""Is an xlwings server ready: the package, a project, its licence key and its certificates?

A project is a folder with a file `.env`, which `xlcalc excel server` or `xlwings-server init` made.
Excel's task pane loads over https alone; `mkcert` makes certificates that the machine trusts, and
the server takes them from `certs`.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from xlcalc.hosts.doctor.add_in import KEY, key_state, package_version
from xlcalc.hosts.doctor.machine import Machine

_LINE = re.compile(r"(?m)^[ \t]*(?:export[ \t]+)?(XLWINGS_\w+)[ \t]*=[ \t]*(.*?)[ \t\r]*$")
_CERTIFICATES = ("certs/localhost+2.pem", "certs/localhost+2-key.pem")


@dataclass(frozen=True)
class Server:
    """An xlwings server on a machine.

    Attributes
    ----------
    version : str
        Of the package xlwings-server beside xlcalc; empty where it is not installed.
    project : str
        The project's folder; empty where the folder at hand is none.
    key : str
        "missing", "placeholder", "noncommercial" or "present": the project's, else the machine's.
    certificates : bool
        Whether the project has certificates for https.
    mkcert : bool
        Whether the machine has mkcert, which makes them.
    faults : tuple of str
        What is wrong with the project, a sentence each.
    """

    version: str
    project: str
    key: str
    certificates: bool
    mkcert: bool
    faults: tuple[str, ...]


def find_server(machine: Machine) -> Server:
    """Return what a machine has for an xlwings server; its project is the folder at hand.

    Parameters
    ----------
    machine : Machine
        The machine.
    """
    folder = machine.here
    text = machine.text(folder / ".env")
    settings = {name: value.strip("\"'") for name, value in _LINE.findall(text or "")}
    is_project = text is not None and any(name.startswith("XLWINGS_") for name in settings)
    key = key_state(machine.environ.get(KEY, "") or settings.get(KEY, ""))
    certificates = all((folder / name).is_file() for name in _CERTIFICATES)
    has_mkcert = shutil.which("mkcert", path=machine.environ.get("PATH", "")) is not None
    return Server(
        version=package_version("xlwings-server"),
        project=str(folder) if is_project else "",
        key=key,
        certificates=certificates,
        mkcert=has_mkcert,
        faults=tuple(_faults(folder, key, certificates)) if is_project else (),
    )


def _faults(folder: Path, key: str, certificates: bool) -> list[str]:
    faults = []
    if key in {"missing", "placeholder"}:
        what = "no licence key" if key == "missing" else "the placeholder for a licence key"
        faults.append(
            f"{folder / '.env'} has {what}: set {KEY}; noncommercial is right for tests and not "
            "for a company"
        )
    if not certificates:
        faults.append(
            f"{folder} has no certificates, without which Excel loads no task pane: make "
            f"{' and '.join(_CERTIFICATES)} by mkcert"
        )
    return faults
