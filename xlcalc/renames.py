"""How long does a function that was renamed answer to its earlier name?

For two releases: the one that renamed it and the next. `@worksheet(…, formerly={"OLD": "0.1"})` of
a function that is `NEW` since 0.2 gives a second function `OLD`; its Spec has `replaced_by` "NEW".
Every host, the engines and `convert` take it from the registry, as any other one.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from xlcalc.worksheet import Spec, spec_of

LASTS = 2
"""Releases in which an earlier name is understood, the one that renamed the function included."""


def aliases(functions: Iterable[Callable[..., Any]]) -> tuple[Callable[..., Any], ...]:
    """Return each renamed function under its earlier names.

    Parameters
    ----------
    functions : iterable of callable
        Functions that `@worksheet` made.

    Raises
    ------
    ValueError
        If an earlier name is that of a function, or of two.
    """
    functions = tuple(functions)
    taken = {spec_of(function).name for function in functions}
    made = []
    for function in functions:
        for name, since in spec_of(function).formerly:
            if name in taken:
                raise ValueError(f"{name} is the name of a function, or of two earlier ones")
            taken.add(name)
            made.append(_alias(function, name, since))
    return tuple(made)


def renamed(spec: Spec) -> str:
    """Return the sentence about an earlier name: what the function is called now.

    Parameters
    ----------
    spec : Spec
        That of the earlier name.
    """
    return (
        f"{spec.name} is called {spec.replaced_by} now; "
        "the earlier name is understood for two releases"
    )


def overdue(specs: Iterable[Spec], releases: Sequence[str]) -> list[str]:
    """Return the earlier names whose time is over, a sentence each.

    Parameters
    ----------
    specs : iterable of Spec
        The functions under their names of now.
    releases : sequence of str
        The releases in their order; the last one is in the making.

    Raises
    ------
    ValueError
        If a function was renamed in a release that is none of these.
    """
    last = len(releases) - 1
    return [
        f"{spec.name} was {name} until {spec.since}: take the earlier name out"
        for spec in specs
        for name, _ in spec.formerly
        if last - list(releases).index(spec.since) >= LASTS
    ]


def _alias(function: Callable[..., Any], name: str, since: str) -> Callable[..., Any]:
    spec = spec_of(function)

    @functools.wraps(function)
    def alias(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    alias.__name__ = alias.__qualname__ = name.lower()
    alias.spec = replace(  # type: ignore[attr-defined]
        spec,
        name=name,
        since=since,
        formerly=(),
        replaced_by=spec.name,
        summary=f"{spec.summary} The name is now {spec.name}.",
    )
    return alias
