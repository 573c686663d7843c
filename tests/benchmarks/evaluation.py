"""What a workbook as a function costs: `python -m tests.benchmarks.evaluation`.

Three results of the training budget for many scenarios, five inputs varied, side by side with the
same budget written by hand in numpy.
"""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

import xlcalc

RESULTS = ("total_cost", "train_days", "energy_mwh")
SIZES = (100_000, 1_000_000)
ROUNDS = 5


def scenarios(count: int) -> dict[str, NDArray[np.float64]]:
    """Return inputs of some scenarios."""
    random = np.random.default_rng(20261126)
    return {
        "params": random.uniform(1e9, 1e12, count),
        "tokens": random.uniform(1e11, 1e13, count),
        "gpus": np.floor(random.uniform(100, 10_000, count)),
        "mfu": random.uniform(0.2, 0.6, count),
        "price_per_gpu_hour": random.uniform(1.0, 5.0, count),
    }


def by_hand(given: dict[str, NDArray[np.float64]]) -> tuple[NDArray[np.float64], ...]:
    """Return the three results as somebody would write them in numpy."""
    flops = 6.0 * given["params"] * given["tokens"]
    hours = flops / (312e12 * given["mfu"]) / 3600.0
    return (
        hours * given["price_per_gpu_hour"] * 1.1,
        hours / 24.0 / given["gpus"],
        hours * 400.0 * 1.4 * 1.42 / 1e6,
    )


def fastest(call: Callable[[], object]) -> float:
    """Return the seconds of the fastest of some calls."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    budget = xlcalc.load("training_budget")
    for count in SIZES:
        given = scenarios(count)
        made, hand = budget.evaluate(given, RESULTS), by_hand(given)
        for name, expected in zip(RESULTS, hand, strict=True):
            np.testing.assert_allclose(made[name], expected, rtol=1e-12)
        ours = fastest(lambda given=given: budget.evaluate(given, RESULTS))
        bare = fastest(lambda given=given: by_hand(given))
        print(
            f"{count:>9,} scenarios  {ours:6.3f} s  numpy {bare:6.4f} s  {ours / bare:5.1f} times"
        )


if __name__ == "__main__":
    main()
