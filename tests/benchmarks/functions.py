"""What the checks of the functions cost: `python -m tests.benchmarks.functions`.

On a million rows each function is timed in turn with the bare numpy expression, and the ratio of
the fastest runs is printed; single calls are printed in microseconds.
"""

import time
from collections.abc import Callable

import numpy as np

import xlcalc
from xlcalc.cells import call_function

ROWS = 1_000_000
ROUNDS = 100
CALLS = 20_000


def ratio(checked: Callable[[], object], bare: Callable[[], object]) -> tuple[float, float, float]:
    """Return the ratio of two calls that run in turn, and the fastest time of each."""
    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for index, call in enumerate((checked, bare)):
            start = time.perf_counter()
            call()
            best[index] = min(best[index], time.perf_counter() - start)
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


def main() -> None:
    random = np.random.default_rng(20240507)
    params = random.uniform(1e9, 1e12, ROWS)
    tokens = random.uniform(1e9, 1e13, ROWS)
    peak = random.uniform(100.0, 2000.0, ROWS)
    mfu = random.uniform(0.1, 0.6, ROWS)
    flops = xlcalc.train_flops(params, tokens)
    print(f"{ROWS:,} rows               ratio   checked      bare")
    for name, checked, bare in (
        ("TRAIN_FLOPS", lambda: xlcalc.train_flops(params, tokens), lambda: 6 * params * tokens),
        (
            "GPU_DAYS",
            lambda: xlcalc.gpu_days(flops, peak, mfu),
            lambda: flops / (peak * 1e12 * mfu * 86_400),
        ),
        (
            "GPU_DAYS, one machine",
            lambda: xlcalc.gpu_days(flops, 312, 0.462),
            lambda: flops / (312 * 1e12 * 0.462 * 86_400),
        ),
    ):
        times, slow, fast = ratio(checked, bare)
        print(f"{name:<24}  {times:4.2f}  {slow * 1e3:5.2f} ms  {fast * 1e3:5.2f} ms")
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
