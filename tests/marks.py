"""Marks of tests."""

import shutil
from collections.abc import Iterable

import pytest

from tools.libreoffice import AVAILABLE


def slow_but(quick: set[str], names: list[str]) -> list[object]:
    """Return parameters of a test, of which all but a few are slow."""
    return [name if name in quick else pytest.param(name, marks=pytest.mark.slow) for name in names]


def thorough_but(some: set[str], names: Iterable[str]) -> list[object]:
    """Return parameters of a test that tries on all what it tries on some as a rule."""
    marks = [pytest.mark.slow, pytest.mark.thorough]
    return [name if name in some else pytest.param(name, marks=marks) for name in names]


def asked(request: pytest.FixtureRequest, parameter: str) -> set[str]:
    """Return the values of a parameter that tests of a fixture's module run with this time.

    What a fixture makes for a whole module need not be made for tests that were left out.
    """
    return {
        item.callspec.params[parameter]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path
        if hasattr(item, "callspec") and parameter in item.callspec.params
    }


CHROMIUM = shutil.which("chromium")

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
needs_libreoffice = pytest.mark.skipif(
    not AVAILABLE, reason="LibreOffice Calc or poppler-utils is not installed"
)
