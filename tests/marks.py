"""Marks of tests: what is slow, and what one process runs for all because it shares it."""

from collections.abc import Callable

import pytest


def all_of(*marks: pytest.MarkDecorator) -> Callable[[Callable], Callable]:
    """Return a decorator that gives a test several marks."""

    def decorate(test: Callable) -> Callable:
        for mark in marks:
            test = mark(test)
        return test

    return decorate


def slow_but(quick: set[str], names: list[str]) -> list[object]:
    """Return parameters of a test, of which all but a few are slow."""
    return [name if name in quick else pytest.param(name, marks=pytest.mark.slow) for name in names]
