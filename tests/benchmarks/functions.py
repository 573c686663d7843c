"""What the checks of the functions cost: `python -m tests.benchmarks.functions`.

On a million rows each function is timed in turn with its bare numpy expression, which its module
has, and the ratio of the fastest runs is printed; single calls are printed in microseconds. The
rows lie around the example of a function's docstring. Look-ups have no expression of numpy, and
are left out.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import xlcalc
from tests.benchmarks.tables import table
from xlcalc.cells import call_function
from xlcalc.quantities import Quantity
from xlcalc.registry import FUNCTIONS
from xlcalc.worksheet import REQUIRED, SameAs, Spec, spec_of

ROWS = 1_000_000
SECONDS = 0.5  # for the turns of a function
LEAST_TURNS = 5
CALLS = 20_000


def ratio(checked: Callable[[], object], bare: Callable[[], object]) -> tuple[float, float, float]:
    """Return the ratio of two calls that run in turn, and the fastest time of each [s]."""
    best = [float("inf"), float("inf")]
    began, turns = time.perf_counter(), 0
    while turns < LEAST_TURNS or time.perf_counter() - began < SECONDS:
        for index, call in enumerate((checked, bare)):
            start = time.perf_counter()
            call()
            best[index] = min(best[index], time.perf_counter() - start)
        turns += 1
    return best[0] / best[1], best[0], best[1]


def each(call: Callable[[], object]) -> float:
    """Return the microseconds of a call, over the fastest of ten batches."""
    best = float("inf")
    for _ in range(10):
        start = time.perf_counter()
        for _ in range(CALLS // 10):
            call()
        best = min(best, (time.perf_counter() - start) / (CALLS // 10))
    return best * 1e6


def example(function: Callable[..., Any]) -> list[Any]:
    """Return the arguments of the first call in a function's docstring, defaults filled in."""
    spec = spec_of(function)
    called: list[list[Any]] = []

    def record(*arguments: Any, **named: Any) -> Any:
        left = spec.arguments[len(arguments) :]
        called.append([*arguments, *(named.get(a.name, a.default) for a in left)])
        return function(*arguments, **named)

    lines = spec.sections["Examples"].splitlines()
    source = "\n".join(line[4:] for line in lines if line.startswith((">>> ", "... ")))
    names = {other.__name__: other for other in FUNCTIONS} | {function.__name__: record}
    exec(source, {**names, "np": np, "print": str})  # noqa: S102  our own docstrings
    return called[0]


def rows(spec: Spec, given: list[Any]) -> list[Any] | None:
    """Return arguments with a million rows around an example; None if no argument has rows."""
    # One factor a row for all arguments, so that what is a part of another stays one.
    factor = np.random.default_rng(20240507).uniform(0.95, 1.05, ROWS)
    taken: list[Any] = []
    varied = False
    places = {argument.name: place for place, argument in enumerate(spec.arguments)}
    for argument, value in zip(spec.arguments, given, strict=True):
        if isinstance(value, SameAs):
            value = taken[places[value.argument]]
        assert value is not REQUIRED, f"{spec.name}: no {argument.name}"
        if type(argument.kind) is Quantity and not isinstance(value, np.ndarray):
            steady = argument.kind.whole or value == argument.default
            column = np.full(ROWS, float(value)) if steady else value * factor
            varied = True
            # An example on the edge of a domain stays inside it.
            taken.append(np.where(argument.kind.contains_each(column), column, float(value)))
        else:
            taken.append(value)
    return taken if varied else None


def compared() -> list[tuple[str, float, float, float]]:
    """Return each function with its ratio and both times, the largest ratio first."""
    found = []
    for function in FUNCTIONS:
        spec = spec_of(function)
        taken = rows(spec, example(function))
        if taken is None or spec.topic == "Catalogue":
            continue
        # Converted once, as the bare expression needs it.
        plain = [np.asarray(v) if isinstance(v, list) else v for v in taken]

        def bare(formula: Callable[..., Any] = spec.formula, plain: list[Any] = plain) -> object:
            with np.errstate(all="ignore"):
                return formula(*plain)

        def checked(call: Callable[..., Any] = function, taken: list[Any] = taken) -> object:
            return call(*taken)

        found.append((spec.name, *ratio(checked, bare)))
    return sorted(found, key=lambda line: -line[1])


def main() -> None:
    found = compared()
    print(f"{ROWS:,} rows, checked call over bare numpy expression, {len(found)} functions\n")
    lines = [
        [name, f"{times:.2f}", f"{slow * 1e3:.2f}", f"{fast * 1e3:.2f}"]
        for name, times, slow, fast in found
    ]
    print(table(["function", "ratio", "checked ms", "bare ms"], lines))
    ratios = [times for _, times, _, _ in found]
    print(f"\nmedian {statistics.median(ratios):.2f}, worst {ratios[0]:.2f} ({found[0][0]})")
    print("\none call                      µs")
    for name, call in (
        ("TRAIN_FLOPS in Python", lambda: xlcalc.train_flops(175e9, 300e9)),
        ("GPU_DAYS in Python", lambda: xlcalc.gpu_days(3.15e23, 312, 0.462)),
        ("SCALING_LOSS in Python", lambda: xlcalc.scaling_loss(70e9, 1.4e12)),
        (
            "TRAIN_FLOPS from a cell",
            lambda: call_function(xlcalc.train_flops, [175e9, 300e9, None]),
        ),
    ):
        print(f"{name:<24}  {each(call):6.2f}")


if __name__ == "__main__":
    main()
