"""The tasks of a developer: `nox -l` lists them, `nox -s NAME` runs one.

Without a name, `nox` runs what must hold before a commit: lint, types, generated files and the fast
tests. `nox --no-venv -s NAME` uses the environment that is active.
"""

import nox

nox.options.sessions = ["lint", "types", "generated", "fast"]
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = True

PROJECT = ("-e", ".[test]")
"""The project as it stands, with everything that its tests need."""
SMOKE = ("tests/test_cli.py", "tests/test_manifest.py", "tests/test_report.py")
"""Tests that use most of what xlcalc depends on."""


def install(session: nox.Session, *packages: str) -> None:
    """Install packages, unless the active environment is used as it is."""
    if session.venv_backend != "none":
        session.install(*packages)


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests, as the README's command does."""
    install(session, *PROJECT)
    session.run("pytest", *session.posargs)


@nox.session
def fast(session: nox.Session) -> None:
    """Run the tests that are not marked as slow."""
    install(session, *PROJECT)
    session.run("pytest", "-m", "not slow", *session.posargs)


@nox.session
def thorough(session: nox.Session) -> None:
    """Run the tests that try on every function and template what others try on some."""
    install(session, *PROJECT)
    session.run("pytest", "-m", "thorough", *session.posargs)


@nox.session
def oldest(session: nox.Session) -> None:
    """Run some tests with the oldest versions that pyproject.toml allows."""
    floors = session.create_tmp() + "/floors.txt"
    session.run("python", "-m", "tools.floors", floors)
    install(session, *PROJECT, "-c", floors)
    session.run("pytest", "-m", "not slow", *(session.posargs or SMOKE))


@nox.session
def fuzz(session: nox.Session) -> None:
    """Try hostile inputs for a minute, or as `-- --seconds N --target NAME` says."""
    install(session, *PROJECT)
    session.run("python", "-m", "tests.fuzz", *session.posargs)


@nox.session
def kills(session: nox.Session) -> None:
    """Kill a hundred commands at random moments."""
    install(session, *PROJECT)
    session.run("python", "-m", "tests.kills", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style and the layout of the code."""
    install(session, "ruff>=0.11")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types."""
    install(session, *PROJECT)
    session.run("mypy")


@nox.session
def generated(session: nox.Session) -> None:
    """Check that the makers in tools/ would change nothing."""
    install(session, *PROJECT)
    session.run("python", "-m", "tools.check")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation as a site, or show it: `nox -s docs -- serve`."""
    install(session, "-e", ".[docs]")
    task = session.posargs or ["build"]
    session.run(
        *("python", "-m", "mkdocs", *task, "--strict", "--config-file", "tools/site/mkdocs.yml"),
        env={"NO_MKDOCS_2_WARNING": "1"},
    )


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure a function's call and a batch, beside their rivals."""
    install(session, *PROJECT)
    session.run("python", "-m", "tests.benchmarks.functions")
    session.run("python", "-m", "tests.benchmarks.lite")
    session.run("python", "-m", "tests.benchmarks.batch", *session.posargs)
