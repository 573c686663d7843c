"""Can the server start here, and if not, which one thing is missing?

`main` is what the project's `main.py` calls. It checks the key, the certificates and the port, says
in one sentence what is wrong, and else runs the server until it is ended.
"""

import argparse
import importlib
import os
import socket
import ssl
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xlcalc.errors import UsageError

KEY = "XLWINGS_LICENSE_KEY"
PLACEHOLDERS = {"", "your_license_key"}
LICENCE = (
    "xlwings Server is free for noncommercial use (PolyForm Noncommercial 1.0.0); a company needs "
    "a paid key, or a trial key, from https://www.xlwings.org"
)
"""What everyone must know who chooses this host."""
MISSING = 'xlwings-server is not installed: pip install "xlwings-server>=1.20"'
CERTIFICATE = Path("certs") / "localhost+2.pem"
PRIVATE_KEY = Path("certs") / "localhost+2-key.pem"
"""The names that mkcert gives the certificate of three names of this machine."""


def main(project: Path, arguments: Sequence[str] | None = None) -> None:
    """Run the server of a project, or end with exit status 2 and a sentence.

    Parameters
    ----------
    project : Path
        Folder of the project.
    arguments : sequence of str, optional
        Words of the command line; those of this process if left out.
    """
    try:
        run(project, _parser().parse_args(arguments))
    except UsageError as error:
        sys.stderr.write(f"xlcalc server: {error}\n")
        raise SystemExit(2) from None


def run(project: Path, options: argparse.Namespace) -> None:
    """Check everything that the server needs, and run it."""
    project = project.resolve()
    check_key(project)
    certificate: dict[str, Any] = {}
    if not options.http:
        certificate = check_certificate(
            options.certfile or project / CERTIFICATE, options.keyfile or project / PRIVATE_KEY
        )
    check_port(options.host, options.port)
    application = load(project)
    import uvicorn  # only a server has it

    scheme = "http" if options.http else "https"
    sys.stderr.write(f"xlcalc server: {scheme}://{options.host}:{options.port}, end with Ctrl+C\n")
    uvicorn.run(
        application,
        host=options.host,
        port=options.port,
        log_level=options.log_level,
        access_log=False,
        proxy_headers=options.http,
        **certificate,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python main.py", description="Run the server of the functions.", epilog=LICENCE
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at")
    parser.add_argument("--port", type=int, default=8000, help="port to listen at, else 8000")
    parser.add_argument(
        "--http", action="store_true", help="without https, behind a proxy that has it"
    )
    parser.add_argument("--certfile", type=Path, help=f"certificate, else {CERTIFICATE}")
    parser.add_argument("--keyfile", type=Path, help=f"its private key, else {PRIVATE_KEY}")
    parser.add_argument("--log-level", default="warning", help="as uvicorn has it, else warning")
    return parser


def check_key(project: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Raise `UsageError` unless the environment or the project's `.env` has a key."""
    key = environment.get(KEY) or _settings(project / ".env").get(KEY, "")
    if key.strip() in PLACEHOLDERS:
        raise UsageError(
            f'{KEY} is not filled in: write your key into {project / ".env"}, or "noncommercial" '
            f"where that is what you do; {LICENCE}"
        )


def _settings(path: Path) -> dict[str, str]:
    """Return the lines NAME="value" of a file of settings; none if there is no file."""
    if not path.is_file():
        return {}
    pairs = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines())
    return {
        name.strip(): value.strip().strip("\"'")
        for name, equals, value in pairs
        if equals and not name.lstrip().startswith("#")
    }


def check_certificate(certificate: Path, private_key: Path) -> dict[str, str]:
    """Return a certificate as uvicorn takes it, or raise `UsageError` where it cannot be used."""
    for path in (certificate, private_key):
        if not path.is_file():
            raise UsageError(
                f"{path} is missing: Excel loads add-ins over https alone; make a certificate as "
                "README.md says, or give --http behind a proxy that has one"
            )
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            certificate, private_key
        )
    except (ssl.SSLError, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise UsageError(
            f"{certificate} and {private_key} are no certificate with its key: {reason}"
        ) from None
    return {"ssl_certfile": str(certificate), "ssl_keyfile": str(private_key)}


def check_port(host: str, port: int) -> None:
    """Raise `UsageError` where another program has the port, or nobody may have it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as tried:
            if os.name != "nt":  # there it would take a port that is in use
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"port {port} of {host} cannot be had ({reason}): end the program that has it, or give "
            "another one with --port"
        ) from None


def load(project: Path) -> Any:
    """Return the application of xlwings Server with a project, or raise `UsageError`."""
    os.environ["XLWINGS_PROJECT_DIR"] = str(project)
    os.chdir(project)
    try:
        return importlib.import_module("xlwings_server.main").main_app
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "xlwings_server":
            raise
        raise UsageError(MISSING) from None
    except Exception as error:
        # xlwings cannot be named here: its import is what fails.
        if type(error).__name__ != "LicenseError":
            raise
        raise UsageError(f"the key in {KEY} is no good: {error} {LICENCE}") from None
