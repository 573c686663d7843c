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


CHROMIUM = shutil.which("chromium")

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
needs_libreoffice = pytest.mark.skipif(
    not AVAILABLE, reason="LibreOffice Calc or poppler-utils is not installed"
)
