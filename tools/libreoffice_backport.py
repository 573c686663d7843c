"""How do tests get a newer LibreOffice, 25.2: `python -m tools.libreoffice_backport`.

Debian's backports for bookworm have it; the system's own may stay. apt downloads the packages that
this machine lacks, and they are unpacked into a folder: nothing is installed, and root is not
needed. The folder is `.ci-libreoffice` here, or the one that the environment variable
XLCALC_LIBREOFFICE_25 names; what is complete there is left alone. Its `soffice25` and `unopkg25`
are the programs to start.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import ROOT

VARIABLE = "XLCALC_LIBREOFFICE_25"
RELEASE = "bookworm"
PACKAGES = ("libreoffice-calc-nogui", "libreoffice-l10n-zh-cn", "python3-uno")
UNO_COMPILER = "libreoffice-dev"
"""Has `unoidl-write`; taken alone, since the rest of its dependencies are compilers."""

_WRAPPER = """\
#!/bin/sh
# {name} of LibreOffice 25.2, which is not installed. Give it a profile of its own:
# -env:UserInstallation=file:///FOLDER
root=$(dirname "$(readlink -f "$0")")/root
program="$root/usr/lib/libreoffice/program"
export LD_LIBRARY_PATH="$program:$root/usr/lib/x86_64-linux-gnu"
export PYTHONPATH="$root/usr/lib/python3/dist-packages${{PYTHONPATH:+:$PYTHONPATH}}"
"$program/{binary}" "$@"
status=$?
# The first start with a new profile ends with 81, which asks for another one.
[ "$status" -ne 81 ] || exec "$program/{binary}" "$@"
exit "$status"
"""
_PROGRAMS = {"soffice25": "soffice.bin", "unopkg25": "unopkg.bin"}


def folder() -> Path:
    """Return where LibreOffice 25.2 is, or would be."""
    return Path(os.environ.get(VARIABLE) or ROOT / ".ci-libreoffice").absolute()


def unpack(target: Path) -> None:
    """Download LibreOffice 25.2 and make it run from a folder.

    Parameters
    ----------
    target : Path
        The folder; what is in it is replaced.
    """
    shutil.rmtree(target, ignore_errors=True)
    packages = _download(target / "apt")
    for package in packages:
        subprocess.run(["dpkg-deb", "--extract", str(package), str(target / "root")], check=True)
    _mend(target / "root")
    shutil.rmtree(target / "apt")
    for name, binary in _PROGRAMS.items():
        wrapper = target / name  # the last of all: a folder that has them is complete
        wrapper.write_text(_WRAPPER.format(name=name, binary=binary), encoding="utf-8")
        wrapper.chmod(0o755)


def _sources() -> str:
    """Return apt's sources of the release and its backports, from where this machine takes it."""
    asked = [
        "apt-get",
        "indextargets",
        "--format",
        "$(RELEASE) $(REPO_URI)",
        "Created-By: Packages",
    ]
    known = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.splitlines()
    places = [line.partition(" ")[2] for line in known if line.startswith(f"{RELEASE} ")]
    if not places:
        sys.exit(f"apt has no source of Debian {RELEASE}: run apt-get update first")
    return "".join(f"deb {places[0]} {one} main\n" for one in (RELEASE, f"{RELEASE}-backports"))


def _download(place: Path) -> list[Path]:
    """Download the packages that this machine lacks, by apt with lists and caches of its own."""
    for name in ("lists/partial", "archives/partial"):
        (place / name).mkdir(parents=True)
    sources = place / "sources.list"
    sources.write_text(_sources(), encoding="utf-8")
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": place / "lists",
        "Dir::Cache": place,
        "Debug::NoLocking": "1",
        "APT::Sandbox::User": "",
        "APT::Install-Recommends": "0",
    }
    apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
    backports = ["--target-release", f"{RELEASE}-backports"]
    subprocess.run([*apt, "update"], check=True)
    subprocess.run(
        [*apt, *backports, "--yes", "--download-only", "install", *PACKAGES],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    subprocess.run([*apt, *backports, "download", UNO_COMPILER], check=True, cwd=place / "archives")
    return sorted((place / "archives").glob("*.deb"))


def _mend(root: Path) -> None:
    """Replace what leads to folders of the system, where another LibreOffice may be."""
    home = root / "usr/lib/libreoffice"
    for link in home.rglob("*"):
        if link.is_symlink() and (target := os.readlink(link)).startswith("/"):
            link.unlink()
            own = root / target[1:]
            if not own.exists():  # as main.xcd, which setup copies from here to /etc
                own = home / "share" / f".{link.relative_to(home / 'share')}"
            if own.is_file():
                shutil.copy(own, link)
            else:
                link.mkdir()
    for name in ("fundamentalrc", "sofficerc"):
        file = home / "program" / name
        text = file.read_text(encoding="utf-8")
        text = text.replace("file:///usr/lib/libreoffice\n", "${ORIGIN}/..\n")
        text = text.replace("file:///etc/", "${ORIGIN}/../../../../etc/")
        file.write_text(text, encoding="utf-8")


def main() -> None:
    target = folder()
    if all((target / name).exists() for name in _PROGRAMS):
        print(f"LibreOffice 25.2 is in {target}")
        return
    if f"VERSION_CODENAME={RELEASE}" not in Path("/etc/os-release").read_text(encoding="utf-8"):
        sys.exit(f"LibreOffice 25.2 is made of packages of Debian {RELEASE}, which this is not")
    unpack(target)
    print(f"unpacked LibreOffice 25.2 into {target}")


if __name__ == "__main__":
    main()
